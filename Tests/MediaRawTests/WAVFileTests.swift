import MediaModel
import MediaRaw
import TestSupport
import Testing

private let sound: [UInt8] = (0..<40).map { UInt8($0) }
private let info = chunk("LIST", Array("INFO".utf8) + chunk("INAM", Array("A title".utf8)))

/// A file, what is odd about it, and how much sound is in it all the same.
private struct Odd: Sendable, CustomStringConvertible {
  var description: String
  var bytes: [UInt8]
  var codes: [String]
  var frames = 10
  var title: String?
  /// Of the first finding.
  var offset: Int?
}

private let oddities = [
  Odd(description: "nothing", bytes: wav(fmt(), chunk("data", sound)), codes: []),
  Odd(
    description: "tags behind the data", bytes: wav(fmt(), chunk("data", sound), info), codes: [],
    title: "A title"),
  Odd(
    description: "an empty chunk of data", bytes: wav(fmt(), chunk("data", []), info), codes: [],
    frames: 0, title: "A title"),
  Odd(
    description: "sizes of a stream", codes: ["W50001"],
    bytes: wav(fmt(), chunk("data", sound, size: 0xffff_ffff), size: 0xffff_ffff), offset: 40),
  Odd(
    description: "sizes never written", codes: ["W50001"],
    bytes: wav(fmt(), chunk("data", sound, size: 0), size: 0), offset: 40),
  Odd(
    description: "the size of an empty file", codes: ["W50001"],
    bytes: wav(fmt(), chunk("data", sound, size: 0), size: 36), offset: 40),
  Odd(
    description: "sizes of SoX in a pipe", codes: ["W50001"],
    bytes: wav(fmt(), chunk("data", sound, size: 0x7fff_f000), size: 0x7fff_f024), offset: 40),
  Odd(
    description: "sizes of arecord in a pipe", codes: ["W50001"],
    bytes: wav(fmt(), chunk("data", sound, size: 0x8000_0000), size: 0x8000_0024), offset: 40),
  Odd(
    description: "only the file's size never written", codes: ["W50001"],
    bytes: wav(fmt(), chunk("data", sound), info, size: 0), title: "A title", offset: 4),
  Odd(
    description: "data beyond the end of the file", codes: ["E50002"],
    bytes: wav(fmt(), chunk("data", sound, size: 400), size: 436), offset: 84),
  Odd(
    description: "a file size too large", codes: ["W50003"],
    bytes: wav(fmt(), chunk("data", sound), size: 1000), offset: 4),
  Odd(
    description: "a file size inside the samples", codes: ["W50003"],
    bytes: wav(fmt(), chunk("data", sound), info, size: 50), title: "A title", offset: 4),
  Odd(
    description: "a file size before the tags", codes: ["W50003"],
    bytes: wav(fmt(), chunk("data", sound), info, size: 76), title: "A title", offset: 4),
  Odd(
    description: "an odd chunk before the data without pad byte", codes: ["W50004"],
    bytes: wav(fmt(), chunk("junk", [1, 2, 3], pad: false), chunk("data", sound)), offset: 47),
  Odd(
    description: "odd data without pad byte", codes: ["W50004"],
    bytes: wav(
      fmt(channels: 1, bits: 8), chunk("data", Array(sound.prefix(9)), pad: false), info),
    frames: 9, title: "A title", offset: 53),
  Odd(
    description: "odd data with pad byte",
    bytes: wav(fmt(channels: 1, bits: 8), chunk("data", Array(sound.prefix(9))), info), codes: [],
    frames: 9, title: "A title"),
  Odd(
    description: "odd data with a pad byte that is not 0",
    bytes: wav(
      fmt(channels: 1, bits: 8), chunk("data", Array(sound.prefix(9)), pad: false) + [0x41], info),
    codes: [], frames: 9, title: "A title"),
  Odd(
    description: "an odd end with a pad byte the file's size leaves out", codes: [],
    bytes: wav(fmt(channels: 1, bits: 8), chunk("data", Array(sound.prefix(9))), size: 45),
    frames: 9),
  Odd(
    description: "bytes behind the file's end", codes: ["W00012"],
    bytes: wav(fmt(), chunk("data", sound)) + hex("00 01 02 03 04 05 06 07 08 09"), offset: 84),
  Odd(
    description: "few bytes behind the file's end", codes: ["W00012"],
    bytes: wav(fmt(), chunk("data", sound)) + [0, 1, 2], offset: 84),
  Odd(
    description: "another file behind the end", codes: ["W00012"],
    bytes: wav(fmt(), chunk("data", sound)) + wav(fmt(), chunk("data", sound)), offset: 84),
  Odd(
    description: "no chunk behind the data", codes: ["W50014"],
    bytes: wav(fmt(), chunk("data", sound), hex("00 ff 01 02 03 04 05 06 07 08")), offset: 84),
  Odd(
    description: "a broken frame at the end", codes: ["W50005"],
    bytes: wav(fmt(), chunk("data", sound + [1, 2, 3])), offset: 84),
  Odd(
    description: "a frame of no size", codes: ["W50006"],
    bytes: wav(fmt(byteRate: 192_000, blockAlign: 0), chunk("data", sound)), offset: 32),
  Odd(
    description: "a frame of odd size", codes: ["W50006"],
    bytes: wav(fmt(byteRate: 192_000, blockAlign: 3), chunk("data", sound)), offset: 32),
  Odd(
    description: "bytes per second that are wrong", codes: ["W50007"],
    bytes: wav(fmt(byteRate: 12), chunk("data", sound)), offset: 28),
  Odd(
    description: "two chunks of data", codes: ["E50008"],
    bytes: wav(fmt(), chunk("data", sound), chunk("data", sound), info), title: "A title",
    offset: 84),
  Odd(
    description: "another number of frames in fact", codes: ["W50009"],
    bytes: wav(fmt(), chunk("fact", le(100, 4)), chunk("data", sound)), offset: 44),
  Odd(
    description: "fmt without bits per sample", codes: ["W50010"],
    bytes: wav(
      chunk("fmt ", le(7, 2) + le(1, 2) + le(8000, 4) + le(8000, 4) + le(1, 2)),
      chunk("data", sound)), frames: 40, offset: 20),
  Odd(
    description: "more valid bits than bits", codes: ["W50010"],
    bytes: wav(
      fmt(tag: 0xfffe, more: extensible(valid: 24, mask: 3)), chunk("data", sound)), offset: 38),
  Odd(
    description: "a mask of more channels", codes: ["W50011"],
    bytes: wav(
      fmt(tag: 0xfffe, more: extensible(valid: 16, mask: 0x3f)), chunk("data", sound)), offset: 40),
  Odd(
    description: "a LIST that ends inside a tag", codes: ["W50013"],
    bytes: wav(
      fmt(), chunk("LIST", Array("INFOINAM".utf8) + le(99, 4) + Array("A title".utf8) + [0]),
      chunk("data", sound)), title: "A title", offset: 48),
  Odd(
    description: "tags beyond the end of the file", codes: ["E80002", "W50013"],
    bytes: wav(fmt(), chunk("data", sound), Array(info.dropLast(4)), size: 110), title: "A ti",
    offset: 84),
]

extension Odd {
  /// In an order that reads well above.
  init(
    description: String, codes: [String], bytes: [UInt8], frames: Int = 10, title: String? = nil,
    offset: Int? = nil
  ) {
    self.init(
      description: description, bytes: bytes, codes: codes, frames: frames, title: title,
      offset: offset)
  }
}

/// Files whose sound nobody can tell.
private let refused: [(String, [UInt8], PCMFileError)] = [
  ("nothing", [], .malformed(offset: 0, "")),
  ("another kind of file", Array("OggS and more bytes".utf8), .malformed(offset: 0, "")),
  ("RIFF without WAVE", Array("RIFF....AVI LIST".utf8), .malformed(offset: 0, "")),
  ("a header that ends early", Array(wav(fmt()).prefix(30)), .malformed(offset: 12, "")),
  ("no data", wav(fmt()), .malformed(offset: 36, "")),
  ("data before fmt", wav(chunk("data", sound), fmt()), .malformed(offset: 12, "")),
  ("zero channels", wav(fmt(channels: 0), chunk("data", sound)), .malformed(offset: 22, "")),
  ("65 channels", wav(fmt(channels: 65), chunk("data", sound)), .malformed(offset: 22, "")),
  ("rate 0", wav(fmt(rate: 0), chunk("data", sound)), .malformed(offset: 24, "")),
  ("36 bits", wav(fmt(bits: 36), chunk("data", sound)), .malformed(offset: 34, "")),
  ("0 bits", wav(fmt(bits: 0), chunk("data", sound)), .malformed(offset: 34, "")),
  ("float of 16 bits", wav(fmt(tag: 3), chunk("data", sound)), .malformed(offset: 34, "")),
  (
    "a frame of any size", wav(fmt(blockAlign: 7, bits: 12), chunk("data", sound)),
    .malformed(offset: 32, "")
  ),
  (
    "a short fmt", wav(chunk("fmt ", [1, 0, 2, 0]), chunk("data", sound)),
    .malformed(offset: 20, "")
  ),
  (
    "a short WAVE_FORMAT_EXTENSIBLE", wav(fmt(tag: 0xfffe), chunk("data", sound)),
    .malformed(offset: 20, "")
  ),
  ("64-bit integers", wav(fmt(bits: 64), chunk("data", sound)), .unknownCoding("")),
  ("ADPCM", wav(fmt(tag: 2, bits: 4), chunk("data", sound)), .unknownCoding("")),
]

@Suite("WAV files")
struct WAVFileTests {
  @Test("What is odd about a file is told, and its sound read", arguments: oddities)
  private func odd(_ c: Odd) {
    let file = read(c.bytes)
    #expect(file.error == nil)
    #expect(file.codes == c.codes, "\(file.findings)")
    #expect(file.frames == c.frames)
    #expect(file.metadata.tags["title"] == c.title)
    if let offset = c.offset { #expect(file.findings.first?.offset == offset) }
    let start = file.samples?.lowerBound ?? 0
    #expect(
      c.bytes[start...].prefix(9).elementsEqual(sound.prefix(c.frames == 0 ? 0 : 9))
        || c.frames == 0)
  }

  @Test("A stream is read as a file is", arguments: oddities)
  private func streams(_ c: Odd) {
    #expect(read(c.bytes, isStream: true) == read(c.bytes))
  }

  @Test("What has no sound that can be read is refused at its byte", arguments: refused.indices)
  func refusals(_ index: Int) throws {
    let (name, bytes, expected) = refused[index]
    let error = try #require(read(bytes).error, "\(name)")
    switch (error, expected) {
    case (.malformed(let offset, let what), .malformed(let at, _)):
      #expect(offset == at && !what.isEmpty, "\(name): \(error)")
    case (.unknownCoding, .unknownCoding): break
    default: Issue.record("\(name): \(error)")
    }
  }

  @Test("Any end of a file is a clear error or what is there of its sound")
  func prefixes() {
    let bytes = wav(fmt(), info, chunk("data", sound), info)
    let start = 36 + info.count + 8
    for count in 0...bytes.count {
      let file = read(Array(bytes.prefix(count)))
      #expect((file.error != nil) == (count < start))
      #expect(file.frames ?? 0 == min(max(count - start, 0), 40) / 4)
    }
  }

  @Test("WAVE_FORMAT_EXTENSIBLE tells valid bits and loudspeakers")
  func extensibleFormat() {
    let file = read(
      wav(
        fmt(tag: 0xfffe, channels: 6, bits: 32, more: extensible(valid: 24, mask: 0x60f)),
        chunk("data", Array(repeating: 0, count: 48))))
    #expect(file.format?.sampleFormat == .s32le)
    #expect(file.format?.validBits == 24)
    #expect(file.format?.positions?.map(\.name) == ["FL", "FR", "FC", "LFE", "SL", "SR"])
    #expect(file.declaredFrames == 2 && file.findings.isEmpty)
  }

  @Test("A mask of too many channels loses those beyond, of too few says nothing")
  func masks() {
    func positions(_ mask: Int) -> [String]? {
      read(
        wav(fmt(tag: 0xfffe, more: extensible(valid: 16, mask: mask)), chunk("data", sound))
      ).format?.positions?.map(\.name)
    }
    #expect(positions(0x3f) == ["FL", "FR"])
    #expect(positions(0x4) == nil)
    #expect(positions(0) == nil)
    #expect(positions(1 << 31 | 1) == nil)
  }

  @Test("Wider containers hold their samples at the top")
  func wideContainers() {
    let file = read(
      wav(fmt(blockAlign: 8, bits: 24), chunk("data", Array(repeating: 0, count: 16))))
    #expect(file.format?.sampleFormat == .s32le && file.format?.validBits == 24)
    #expect(file.frames == 2 && file.codes == ["W50006"])
    let narrow = read(wav(fmt(bits: 12), chunk("data", sound)))
    #expect(narrow.format?.sampleFormat == .s16le && narrow.format?.validBits == 12)
    #expect(narrow.findings.isEmpty)
  }

  @Test("RF64 and BW64 take sizes from ds64", arguments: ["RF64", "BW64"])
  func longSizes(_ id: String) {
    let table = chunk(
      "ds64",
      le(36 + 36 + 12 + 8 + 20, 8) + le(40, 8) + le(10, 8) + le(1, 4) + Array("junk".utf8)
        + le(3, 8))
    let bytes = wav(
      table, fmt(), chunk("junk", [1, 2, 3], size: 0xffff_ffff),
      chunk("data", sound, size: 0xffff_ffff), chunk("LIST", info), size: 0xffff_ffff, id: id)
    let file = read(bytes)
    #expect(file.container == (id == "RF64" ? .rf64 : .bw64))
    #expect(file.frames == 10 && file.declaredFrames == 10)
    #expect(file.codes == ["W50003"])
    let cut = read(Array(bytes.prefix(100)))
    #expect(cut.error != nil)
  }

  @Test("A size that lost its upper bits reaches to the end")
  func wrapped() throws {
    var parser = PCMFileParser(byteCount: 44 + 5_000_000_000)
    let bytes = wav(fmt(), chunk("data", [], size: 5_000_000_000 - 1 << 32), size: 1 << 30)
    var position = 0
    while case .read(let count) = parser.next {
      let part = Array(bytes[position..<position + count])
      position += count
      try parser.receive(part.span.bytes)
    }
    #expect(parser.next == .samples(byteCount: nil))
    parser.pass(5_000_000_000)
    #expect(parser.findings.map(\.code) == [.pcmSizeUnset])
  }

  @Test("More than 4 GiB of samples are counted right")
  func long() throws {
    let size = 5_000_000_000
    let bytes = wav(
      chunk("ds64", le(size + 72, 8) + le(size, 8) + le(size / 4, 8) + le(0, 4)), fmt(),
      chunk("data", [], size: 0xffff_ffff), size: 0xffff_ffff, id: "RF64")
    var parser = PCMFileParser(byteCount: Int64(size + 80))
    var position = 0
    while case .read(let count) = parser.next, position < bytes.count {
      let part = Array(bytes[position..<position + count])
      position += count
      try parser.receive(part.span.bytes)
    }
    #expect(parser.next == .samples(byteCount: Int64(size)))
    #expect(parser.declaredFrames == Int64(size / 4))
    parser.pass(Int64(size))
    try parser.receive([UInt8]().span.bytes)
    #expect(parser.next == .end && parser.findings.isEmpty)
  }

  @Test("Sizes whose sum is beyond 64 bits are no sum")
  func largestSizes() throws {
    let size = 1 << 62 - 2
    let table =
      le(-1, 8) + le(size, 8) + le(0, 8) + le(1, 4) + Array("junk".utf8) + le(size, 8)
    let bytes = wav(
      chunk("ds64", table), fmt(), chunk("junk", [], size: 0xffff_ffff), size: 0xffff_ffff,
      id: "RF64")
    var parser = PCMFileParser(byteCount: .max)
    try feed(bytes, to: &parser)
    #expect(parser.next == .skip(byteCount: Int64(size)))
    parser.pass(Int64(size))
    try feed(chunk("data", [], size: 0xffff_ffff), to: &parser)
    #expect(parser.next == .samples(byteCount: Int64(size)))
  }

  private func feed(_ bytes: [UInt8], to parser: inout PCMFileParser) throws {
    var position = 0
    while case .read(let count) = parser.next, position < bytes.count {
      let part = Array(bytes[position..<min(position + count, bytes.count)])
      position += count
      try parser.receive(part.span.bytes)
    }
  }

  @Test("Of a thousand claims of frames the first few are kept")
  func manyFacts() {
    let facts = Array(repeating: chunk("fact", le(7, 4)), count: 1000).flatMap { $0 }
    let file = read(wav(fmt(), facts, chunk("data", sound)))
    #expect(file.frames == 10 && file.codes == Array(repeating: "W50009", count: 4))
  }

  @Test("Chunks too long to read are passed and told")
  func longChunks() {
    let text = [UInt8](repeating: 0x20, count: 1 << 20 | 2)
    let file = read(wav(fmt(), chunk("iXML", text), chunk("data", sound)))
    #expect(file.codes == ["I50012"] && file.frames == 10 && file.metadata.ixml == nil)
    let many = Array(repeating: chunk("iXML", Array(text.prefix(1 << 20))), count: 6).flatMap { $0 }
    #expect(read(wav(fmt(), many, chunk("data", sound))).codes == ["I50012", "I50012"])
  }

  @Test("Damage never crashes nor goes on forever, and a stream tells the same")
  func mutations() {
    var random = Seeded.of("damaged WAV")
    let files = oddities.map(\.bytes)
    for _ in 0..<3000 {
      guard var bytes = files.randomElement(using: &random) else { return }
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[index] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &random) ?? 0
        case 1: bytes.remove(at: index)
        default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
        }
      }
      let file = read(bytes, maxSteps: 1000)
      #expect(file == read(bytes, isStream: true, maxSteps: 1000))
      #expect(file.error != nil || file.samples != nil)
    }
  }
}
