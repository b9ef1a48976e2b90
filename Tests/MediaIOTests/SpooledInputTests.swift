import Foundation
import Testing

@testable import MediaIO
import TestSupport

@Suite struct SpooledInputTests {
  private func stream(
    _ bytes: [UInt8], cuts: [Int] = [], limit: Int64 = 1 << 30
  ) throws -> SpooledInput {
    let ends = try makePipe()
    try feed(bytes, cuts: cuts, to: ends.writing)
    return try SpooledInput(
      ReadableFile(FileDescriptor(owning: ends.reading, subject: "pipe")), limit: limit)
  }

  @Test(arguments: [1, 2, 3, 20_260_714]) func anyOrderGivesTheSameBytes(seed: UInt64) throws {
    var random = Seeded(seed)
    let content = random.bytes(700_000)
    let cuts = (0..<40).map { _ in Int.random(in: 1...30_000, using: &random) }
    let input = try stream(content, cuts: cuts)
    #expect(input.isStream && input.knownByteCount == nil)
    for _ in 0..<60 {
      let offset = Int.random(in: 0...700_100, using: &random)
      let count = Int.random(in: 1...50_000, using: &random)
      let part = try input.bytes(at: Int64(offset), count)
      let expected = content.dropFirst(offset).prefix(part.count)
      #expect(part[...] == expected, "seed \(seed)")
      #expect(part.isEmpty == (offset >= content.count), "seed \(seed)")
    }
    #expect(try input.byteCountByReadingToEnd() == 700_000)
    #expect(input.knownByteCount == 700_000)
    #expect(try input.bytes(at: 0, 800_000) == content)
  }

  @Test func givesWhatIsAtHand() throws {
    let ends = try makePipe()
    let writer = FileDescriptor(owning: ends.writing, subject: "writing end")
    let input = try SpooledInput(
      ReadableFile(FileDescriptor(owning: ends.reading, subject: "pipe")), limit: 100)
    try [UInt8](0..<10).withUnsafeBytes { try writer.writeAll($0) }
    // The writer is open and silent: waiting for 50 bytes would never end.
    #expect(try input.bytes(at: 4, 50) == Array(4..<10))
    #expect(try input.bytes(at: 0, 0) == [])
  }

  /// What was kept is still there, and the rest comes once, in its order.
  @Test func keepsNoMoreThanAsked() throws {
    var random = Seeded.of("no more")
    let content = random.bytes(600_000)
    let input = try stream(content, cuts: [10, 5000, 70_000])
    let kept = try input.bytes(at: 0, 3000)
    #expect(kept[...] == content.prefix(kept.count) && !kept.isEmpty)
    input.keepNoMore()
    #expect(try input.bytes(at: 0, kept.count) == kept)
    var all = [UInt8]()
    while true {
      let part = try input.bytes(at: Int64(all.count), 40_000)
      guard !part.isEmpty else { break }
      all += part
    }
    #expect(all == content)
    #expect(try input.bytes(at: 1, 2) == Array(content[1...2]))
  }

  @Test func emptyStream() throws {
    let input = try stream([])
    #expect(try input.bytes(at: 0, 10) == [])
    #expect(try input.byteCountByReadingToEnd() == 0)
    #expect(try input.bytes(at: Int64.max, 10) == [])
  }

  @Test(arguments: [0, 1, 999, 1000]) func overTheLimit(limit: Int) throws {
    let content = (0..<1001).map { UInt8(truncatingIfNeeded: $0) }
    let input = try stream(content, cuts: [3, 500], limit: Int64(limit))
    let expected = SpoolFailure.overLimit(subject: "pipe", limit: Int64(limit))
    #expect(throws: expected) { try input.byteCountByReadingToEnd() }
    #expect(throws: expected) { try input.bytes(at: Int64(limit), 1) }
    #expect(input.knownByteCount == nil)
    if limit > 0 {
      #expect(try input.bytes(at: 0, 2000) == Array(content.prefix(limit)))
    }
    #expect(expected.description == "pipe: more than the limit of \(limit) bytes has to be kept")
  }

  @Test func theLimitItselfFits() throws {
    let input = try stream([1, 2, 3], limit: 3)
    #expect(try input.byteCountByReadingToEnd() == 3)
    #expect(try input.bytes(at: 0, 9) == [1, 2, 3])
  }

  @Test func regularFileStartsWhereItStands() throws {
    let folder = try Folder()
    let file = try ReadableFile.open(folder.write("file", Array(0..<100)))
    #expect(try file.nextBytes(30).count == 30)
    let input = try SpooledInput(file, limit: 0)
    #expect(!input.isStream && input.knownByteCount == 70)
    #expect(try input.bytes(at: 0, 5) == Array(30..<35))
    #expect(try input.bytes(at: 60, 500) == Array(90..<100))
    #expect(try input.bytes(at: 70, 1) == [])
    #expect(try input.bytes(at: Int64.max, 1) == [])
    #expect(try input.byteCountByReadingToEnd() == 70)
  }

  @Test func aBrokenStreamIsTold() throws {
    let folder = try Folder()
    // A descriptor open for writing only: read answers EBADF, as a failing device might.
    let ends = try makePipe()
    close(ends.reading)
    let input = try SpooledInput(
      ReadableFile(FileDescriptor(owning: ends.writing, subject: folder("x"))), limit: 10)
    let expected = SpoolFailure.io(IOFailure(call: "read", code: EBADF, subject: folder("x")))
    #expect(throws: expected) { try input.bytes(at: 0, 1) }
    #expect(throws: expected) { try input.byteCountByReadingToEnd() }
  }
}
