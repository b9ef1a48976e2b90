import MediaModel
import MediaRaw
import TestSupport
import Testing

private let sound: [UInt8] = (0..<40).map { UInt8($0) }

/// A chunk of AIFF with its pad byte.
private func aiffChunk(_ id: String, _ body: [UInt8], size: Int? = nil) -> [UInt8] {
  Array(id.utf8) + be(size ?? body.count, 4) + body + (body.count % 2 == 1 ? [0] : [])
}

/// The chunk `COMM`; 44100 Hz.
private func comm(
  channels: Int = 2, frames: Int = 10, bits: Int = 16, rate: String = "400e ac44 0000 0000 0000",
  coding: String = ""
) -> [UInt8] {
  aiffChunk(
    "COMM",
    be(channels, 2) + be(frames, 4) + be(bits, 2) + hex(rate) + Array(coding.utf8)
      + (coding.isEmpty ? [] : [0, 0]))
}

private func ssnd(_ samples: [UInt8], offset: Int = 0, blockSize: Int = 0, size: Int? = nil)
  -> [UInt8]
{
  aiffChunk("SSND", be(offset, 4) + be(blockSize, 4) + samples, size: size)
}

private func aiff(_ chunks: [UInt8]..., kind: String = "AIFF", size: Int? = nil) -> [UInt8] {
  let body = Array(kind.utf8) + chunks.flatMap { $0 }
  return Array("FORM".utf8) + be(size ?? body.count, 4) + body
}

@Suite("AIFF, AU and W64 files")
struct OtherContainerTests {
  @Test("AIFF tells its markers, its texts and its rate of ten bytes")
  func aiffMetadata() {
    let marks =
      be(2, 2) + be(7, 2) + be(3, 4) + [4] + Array("half".utf8) + [0] + be(9, 2) + be(8, 4)
      + [1] + Array("x".utf8)
    let file = read(
      aiff(
        comm(), aiffChunk("MARK", marks), aiffChunk("NAME", Array("A name".utf8)), ssnd(sound),
        aiffChunk("AUTH", Array("Ann".utf8)), aiffChunk("ANNO", [0x4e, 0xe4])))
    #expect(file.container == .aiff && file.format?.sampleRate == 44_100 && file.frames == 10)
    #expect(file.format?.sampleFormat == .s16be && file.format?.positions == nil)
    #expect(
      file.metadata.cues == [
        SoundCue(id: 7, frame: 3, label: "half"), SoundCue(id: 9, frame: 8, label: "x"),
      ])
    #expect(file.metadata.tags == ["title": "A name", "author": "Ann", "comment": "Nä"])
    #expect(file.findings.isEmpty)
  }

  @Test(
    "Rates of ten bytes",
    arguments: [
      ("400b fa00 0000 0000 0000", 8000), ("400d ac44 0000 0000 0000", 22_050),
      ("400d addd 1745 d145 d174", 22_255), ("400f bb80 0000 0000 0000", 96_000),
      ("3fff 8000 0000 0000 0000", 1),
    ])
  func rates(_ bytes: String, _ rate: Int) {
    #expect(read(aiff(comm(rate: bytes), ssnd(sound))).format?.sampleRate == rate)
  }

  @Test(
    "Every compression type of AIFF-C that is PCM",
    arguments: [
      ("NONE", 24, SampleFormat.s24be), ("twos", 16, .s16be), ("sowt", 16, .s16le),
      ("sowt", 24, .s24le), ("in24", 24, .s24be), ("in32", 32, .s32be), ("42ni", 24, .s24le),
      ("23ni", 32, .s32le), ("fl32", 32, .f32be), ("FL32", 32, .f32be), ("fl64", 64, .f64be),
      ("FL64", 64, .f64be), ("alaw", 16, .alaw), ("ALAW", 8, .alaw), ("ulaw", 16, .mulaw),
      ("ULAW", 8, .mulaw), ("raw ", 8, .u8), ("NONE", 12, .s16be),
    ])
  func aifc(_ coding: String, _ bits: Int, _ format: SampleFormat) {
    let file = read(aiff(comm(frames: 0, bits: bits, coding: coding), ssnd(sound), kind: "AIFC"))
    #expect(file.container == .aifc && file.format?.sampleFormat == format)
    #expect(file.format?.validBits == min(bits, format.bitsPerSample))
  }

  @Test("What is odd about AIFF is told")
  func aiffOddities() {
    let stream = read(aiff(comm(frames: 0), ssnd(sound, size: 0), size: 0))
    #expect(stream.codes == ["W50001"] && stream.frames == 10 && stream.declaredFrames == nil)
    let sox = read(
      aiff(
        comm(frames: 0x7f00_0000 / 4), ssnd(sound, size: 0x7f00_0008), size: 0x7f00_002e),
      isStream: true)
    #expect(sox.codes == ["W50001"] && sox.frames == 10)
    let empty = read(aiff(comm(frames: 0), ssnd([]), aiffChunk("ANNO", [0x41, 0x42])))
    #expect(empty.codes == [] && empty.frames == 0 && empty.metadata.tags["comment"] == "AB")
    let blocks = read(
      aiff(comm(frames: 8), ssnd([9, 9] + sound.dropLast(2), offset: 2, blockSize: 40)))
    #expect(blocks.codes == [] && blocks.frames == 8)
    #expect(blocks.samples?.lowerBound == 12 + 26 + 16 + 2)
    let wrong = read(aiff(comm(frames: 9), ssnd(sound)))
    #expect(wrong.codes == ["W50009"] && wrong.frames == 10 && wrong.declaredFrames == 9)
    let odd = read(
      aiff(
        comm(channels: 1, frames: 9, bits: 8), ssnd(Array(sound.prefix(9))).dropLast(),
        aiffChunk("NAME", [0x41, 0x42])))
    #expect(odd.codes == ["W50004"] && odd.frames == 9 && odd.metadata.tags["title"] == "AB")
  }

  @Test("AIFF without sound that can be read is refused")
  func aiffRefusals() {
    let cases: [([UInt8], Int64)] = [
      (aiff(ssnd(sound), comm()), 12), (aiff(comm()), 38),
      (aiff(comm(channels: 0), ssnd(sound)), 20),
      (aiff(comm(rate: "0000 0000 0000 0000 0000"), ssnd(sound)), 28),
      (aiff(comm(rate: "c00e ac44 0000 0000 0000"), ssnd(sound)), 28),
      (aiff(comm(rate: "7fff ffff ffff ffff ffff"), ssnd(sound)), 28),
      (aiff(comm(bits: 36), ssnd(sound)), 26),
      (aiff(comm(), ssnd(sound), kind: "AIFC"), 20),
    ]
    for (bytes, offset) in cases {
      guard case .malformed(let at, _) = read(bytes).error else {
        Issue.record("not refused at \(offset)")
        continue
      }
      #expect(at == offset)
    }
    let adpcm = read(aiff(comm(coding: "ima4"), ssnd(sound), kind: "AIFC")).error
    #expect(adpcm == .unknownCoding("AIFF-C compression type 'ima4'"))
  }

  private func au(
    offset: Int = 24, size: Int = 40, coding: Int = 3, rate: Int = 8000, channels: Int = 2,
    _ rest: [UInt8] = sound
  ) -> [UInt8] {
    Array(".snd".utf8) + [offset, size, coding, rate, channels].flatMap { be($0, 4) } + rest
  }

  @Test(
    "Every coding of AU that is PCM",
    arguments: [
      (1, SampleFormat.mulaw), (2, .s8), (3, .s16be), (4, .s24be), (5, .s32be), (6, .f32be),
      (7, .f64be), (27, .alaw),
    ])
  func auCodings(_ coding: Int, _ format: SampleFormat) {
    let file = read(au(coding: coding, channels: 1))
    #expect(file.format?.sampleFormat == format && file.frames == 40 / format.byteCount)
  }

  @Test("What is odd about AU is told")
  func auOddities() {
    #expect(read(au()).codes == [])
    let open = read(au(size: 0xffff_ffff))
    #expect(open.codes == ["W50001"] && open.frames == 10 && open.declaredFrames == nil)
    #expect(read(au(size: 400)).codes == ["E50002"])
    #expect(read(au(size: 36)).codes == ["W00012"])
    #expect(read(au(size: 38, Array(sound.prefix(38)))).codes == ["W50005"])
    let annotated = read(au(offset: 32, Array("A note\0\0".utf8) + sound))
    #expect(annotated.frames == 10 && annotated.metadata.tags["comment"] == "A note")
    let far = read(au(offset: 24 + 1 << 20 + 8, [UInt8](repeating: 0, count: 1 << 20 + 8) + sound))
    #expect(far.frames == 10 && far.samples?.lowerBound == 24 + 1 << 20 + 8)
    let little = Array("dns.".utf8) + [24, 40, 3, 8000, 2].flatMap { le($0, 4) } + sound
    #expect(read(little).format?.sampleFormat == .s16le)
  }

  @Test("AU without sound that can be read is refused")
  func auRefusals() {
    for (bytes, offset) in [
      (au(channels: 0), 20), (au(rate: 0), 16), (au(offset: 20), 4), (Array(au().prefix(20)), 20),
    ] {
      guard case .malformed(let at, _) = read(bytes).error else {
        Issue.record("not refused at \(offset)")
        continue
      }
      #expect(at == Int64(offset))
    }
    #expect(read(au(coding: 23)).error == .unknownCoding("AU encoding 23"))
  }

  private let w64Sound = "f3ac d311 8cd1 00c0 4f8e db8a"

  private func w64(_ id: String, _ body: [UInt8], size: Int? = nil) -> [UInt8] {
    let padding = [UInt8](repeating: 0, count: (8 - body.count % 8) % 8)
    return Array(id.utf8) + hex(w64Sound) + le(size ?? body.count + 24, 8) + body + padding
  }

  private func w64File(_ chunks: [UInt8]..., size: Int? = nil) -> [UInt8] {
    let body = Array("wave".utf8) + hex(w64Sound) + chunks.flatMap { $0 }
    return Array("riff".utf8) + hex("2e91 cf11 a5d6 28db 04c1 0000")
      + le(size ?? body.count + 24, 8)
      + body
  }

  @Test("W64 has its chunks at multiples of eight")
  func w64Chunks() {
    let format = Array(fmt().dropFirst(8))
    let bytes = w64File(
      w64("fmt ", format), w64("fact", le(10, 8)), w64("junk", [1, 2, 3]), w64("data", sound))
    let file = read(bytes)
    #expect(file.container == .w64 && file.frames == 10 && file.findings.isEmpty)
    #expect(file.samples?.upperBound == bytes.count)
    let open = read(
      w64File(w64("fmt ", format), w64("data", sound, size: .max), size: -1), isStream: true)
    #expect(open.codes == ["W50001"] && open.frames == 10)
    let cut = read(w64File(w64("fmt ", format), w64("data", sound, size: 1 << 40)))
    #expect(cut.codes == ["E50002"] && cut.frames == 10)
    #expect(read(w64File(w64("data", sound))).error != nil)
  }

  @Test("Any end of a file is a clear error or what is there of its sound")
  func prefixes() throws {
    let format = Array(fmt().dropFirst(8))
    for bytes in [
      aiff(comm(), ssnd(sound)), au(), w64File(w64("fmt ", format), w64("data", sound)),
    ] {
      let start = try #require(read(bytes).samples).lowerBound
      for count in 0...bytes.count {
        let file = read(Array(bytes.prefix(count)), maxSteps: 50)
        #expect((file.error != nil) == (count < start))
        #expect(file.frames ?? 0 == min(max(count - start, 0), 40) / 4)
      }
    }
  }

  @Test("The first bytes tell the container")
  func detection() {
    func container(_ bytes: [UInt8]) -> PCMContainer? {
      Array(bytes.prefix(PCMFileParser.prefixLength)).withUnsafeBytes {
        PCMFileParser.container(of: $0.bytes)
      }
    }
    #expect(container(wav(fmt())) == .wav)
    #expect(container(wav(fmt(), id: "RF64")) == .rf64)
    #expect(container(wav(fmt(), id: "BW64")) == .bw64)
    #expect(container(aiff(comm())) == .aiff)
    #expect(container(aiff(comm(), kind: "AIFC")) == .aifc)
    #expect(container(au()) == .au)
    #expect(container(w64File()) == .w64)
    #expect(container(Array("RIFF....AVI LIST".utf8)) == nil)
    #expect(container(Array("FORM....ILBM".utf8)) == nil)
    #expect(container([]) == nil)
  }
}
