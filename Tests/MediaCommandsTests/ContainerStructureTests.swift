import MediaModel
import Testing

@testable import MediaCommands
import TestSupport

// As in `structureVectors`.
private let ftyp = box("ftyp", Array("isom".utf8) + zeros(4))
private let moov = box("moov", box("mvhd", zeros(20)))
private let fragmentedMoov = box("moov", box("mvhd", zeros(20)) + box("mvex"))
private let mdat = box("mdat", zeros(32))
private let moof = box("moof", zeros(16))

private let foreignFiles: [[UInt8]] = [
  [], [0], zeros(4000), Array("hello, this is a text of some length\n".utf8),
  [0xff, 0xfe] + zeros(64), Array("GIF89a".utf8) + zeros(100), Array("FORM".utf8) + zeros(40),
  [0x47] + zeros(400), Array("RIF".utf8),
  // Seven packets to a datagram, as in a capture.
  (0..<9).flatMap { _ in zeros(42) + packets(7) },
]

@Suite struct ContainerStructureTests {
  @Test(arguments: structureVectors) func finds(_ vector: StructureVector) throws {
    let structure = try #require(try inspect(vector.bytes))
    #expect(structure.kind == vector.kind)
    #expect(structure.places == vector.places, "\(structure.findings)")
    #expect(structure.stoppedAt == nil)
    for finding in structure.findings {
      #expect(finding.message.contains("(") || finding.code.clause != nil, "no clause")
      #expect(!finding.message.hasSuffix("."))
    }
    let hasErrors = structure.findings.contains { $0.severity >= .error }
    #expect((structure.summary != nil) == hasErrors)
  }

  /// Every prefix is walked without a crash, and elements never leave the file.
  @Test(arguments: structureVectors) func everyPrefix(_ vector: StructureVector) throws {
    for count in 0..<vector.bytes.count {
      guard let structure = try inspect(Array(vector.bytes.prefix(count))) else { continue }
      #expect(structure.stoppedAt == nil)
      for element in structure.elements {
        #expect(element.offset + element.presentByteCount <= count)
        #expect(element.presentByteCount <= element.declaredByteCount ?? .max)
      }
      for finding in structure.findings {
        #expect((0...count).contains(finding.offset ?? -1))
      }
    }
  }

  /// Wherever an intact file is cut but between two structures, the cut is found.
  @Test(arguments: structureVectors.filter(\.places.isEmpty)) func everyCut(
    _ vector: StructureVector
  ) throws {
    let whole = try #require(try inspect(vector.bytes))
    var boundaries = Set(whole.elements.map { Int($0.offset + $0.presentByteCount) })
    boundaries.formUnion(whole.elements.map { Int($0.offset) })
    // These declare no length of the whole, or only for their first part.
    let isOpen = whole.elements.contains { $0.declaredByteCount == nil }
    guard whole.kind != .mp3, whole.kind != .adts, whole.kind != .flac, !isOpen else { return }
    for count in vector.bytes.indices.dropFirst(16) where !boundaries.contains(count) {
      guard let structure = try inspect(Array(vector.bytes.prefix(count))) else { continue }
      #expect(!structure.findings.isEmpty, "cut to \(count) of \(vector.bytes.count)")
    }
  }

  /// Bytes changed at random are walked without a crash or a read outside.
  @Test func damage() throws {
    let seed = testSeed("ContainerStructureTests.damage")
    var generator = Seeded(seed)
    for _ in 0..<4000 {
      var bytes = structureVectors.randomElement(using: &generator)?.bytes ?? []
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        guard let index = bytes.indices.randomElement(using: &generator) else { continue }
        bytes[index] =
          [0, 1, 0x7f, 0xff, .random(in: 0...255, using: &generator)]
          .randomElement(using: &generator) ?? 0
      }
      let structure = try inspect(bytes)
      #expect(structure?.stoppedAt == nil, "seed \(seed)")
    }
  }

  @Test(arguments: foreignFiles)
  func otherFilesAreNoContainers(_ bytes: [UInt8]) throws {
    #expect(try inspect(bytes) == nil)
  }

  @Test func summaryOfAnUnfinishedRecording() throws {
    let bytes = ftyp + box("free") + box("mdat", zeros(4088), size: 10_000_000)
    let structure = try #require(try inspect(bytes))
    #expect(
      structure.summary
        == "no 'moov' box: the file holds ftyp, free, mdat (declares 10000000 bytes, 4096 are "
        + "there): an unfinished or cut recording")
    #expect(structure.elements.map(\.type) == ["ftyp", "free", "mdat"])
    #expect(structure.elements.map(\.offset) == [0, 16, 24])
    #expect(structure.elements.map(\.declaredByteCount) == [16, 8, 10_000_000])
    #expect(structure.elements.map(\.presentByteCount) == [16, 8, 4096])
    #expect(structure.elements.map(\.isCut) == [false, false, true])
  }

  @Test func sentencesCarryNumbersAndClause() throws {
    let cut = try #require(try inspect(ftyp + moov + box("mdat", zeros(9), size: 18)))
    #expect(
      cut.summary == "the 'mdat' box declares 18 bytes, 17 are there (ISO/IEC 14496-12 4.2)")
    let lost = try #require(try inspect(packets(9) + zeros(50) + packets(9)))
    #expect(
      lost.summary == "no packet begins here: sync is lost once in the file, 50 bytes belong to no "
        + "packet (ISO/IEC 13818-1 2.4.3.2)")
  }

  @Test func elementsAreCappedAndCounted() throws {
    let fragments = (0..<500).flatMap { _ in moof + mdat }
    let structure = try #require(try inspect(ftyp + fragmentedMoov + fragments))
    #expect(structure.elementCount == 1002)
    #expect(structure.elements.count == StructureLimits().elements)
    #expect(structure.findings.isEmpty)
    let cut = try #require(try inspect(ftyp + fragments))
    #expect(cut.summary?.contains("moof, … 1001 in all") == true)
  }

  /// A sparse file of boxes far apart stops at the limit and says where.
  @Test func readsAreLimited() throws {
    let byteCount: Int64 = 1 << 50
    var limits = StructureLimits()
    limits.reads = 100
    var reads = 0
    let structure = try #require(
      try ContainerStructure.inspect(byteCount: byteCount, limits: limits) { _, count in
        reads += 1
        return box("free", [], size: 1 << 20) + zeros(count - 8)
      })
    #expect(reads == 100)
    #expect(structure.stoppedAt == 100 << 20)
  }

  @Test func stepsAreLimited() throws {
    var limits = StructureLimits()
    limits.steps = 50
    let structure = try #require(
      try inspect(ftyp + (0..<100).flatMap { _ in box("free") }, limits: limits))
    #expect(structure.stoppedAt != nil)
    #expect(structure.findings.isEmpty)
  }

  /// What was found before a limit is reported all the same.
  @Test func findingsOutliveTheLimit() throws {
    var limits = StructureLimits()
    limits.reads = 3
    let lossy = packets(99) + zeros(50) + packets(99)
    let structure = try #require(
      try inspect((0..<9).flatMap { _ in lossy }, limits: limits))
    #expect(structure.stoppedAt != nil)
    #expect(structure.places == ["\(broken) at \(99 * 188)"])
  }

  /// Dense headers are read by large blocks, each byte about once.
  @Test func denseHeadersNeedFewReads() throws {
    let bytes = flvHeader + (0..<100_000).flatMap { _ in flvTag(8, 9) }
    var reads = 0
    var readByteCount = 0
    let structure = try ContainerStructure.inspect(byteCount: Int64(bytes.count)) { offset, count in
      reads += 1
      readByteCount += count
      return Array(bytes[Int(offset)..<Int(offset) + count])
    }
    #expect(structure?.elementCount == 100_001)
    #expect(reads < 20)
    #expect(readByteCount < bytes.count + bytes.count / 10)
  }

  @Test func errorsOfTheReaderPassThrough() {
    #expect(throws: ReadOutside.self) {
      try ContainerStructure.inspect(byteCount: 100) { offset, count in
        throw ReadOutside(offset: offset, count: count)
      }
    }
  }

  /// A file that got shorter since its length was taken ends early, no worse.
  @Test(arguments: structureVectors) func shrunkenFile(_ vector: StructureVector) throws {
    let bytes = vector.bytes
    let structure = try ContainerStructure.inspect(byteCount: Int64(bytes.count) + 5000) {
      offset, count in
      Array(bytes.dropFirst(Int(offset)).prefix(count))
    }
    #expect(structure?.stoppedAt == nil)
  }
}
