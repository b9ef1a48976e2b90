import MediaBitstream
import MediaBytes
import Testing
import TestSupport

/// One parser and something it reads.
private struct Target: Sendable, CustomTestStringConvertible {
  var testDescription: String
  var sample: [UInt8]
  /// Reads bytes, then looks at all that follows from them.
  var parse: @Sendable ([UInt8]) throws(ParseError) -> Void

  init(
    _ name: String, _ sample: String,
    _ parse: @escaping @Sendable ([UInt8]) throws(ParseError) -> Void
  ) {
    testDescription = name
    self.sample = hex(sample)
    self.parse = parse
  }
}

/// Whether the ranges lie one after another inside the bytes.
private func expectInside(_ ranges: [Range<Int>], _ bytes: [UInt8]) {
  var end = 0
  for range in ranges {
    #expect(range.lowerBound >= end && range.upperBound <= bytes.count)
    end = range.upperBound
  }
}

private let targets = [
  Target("AudioSpecificConfig", "118004c4040021100d4c61766335392e33372e31303056e500") {
    bytes throws(ParseError) in
    let config = try asc(bytes)
    #expect(!config.summary.isEmpty && config.channels ?? 1 <= 93)
    guard config.isWritable else { return }
    let again = written { config.write(to: &$0) }
    #expect(try asc(again) == config)
  },
  Target("AudioSpecificConfig with extensions", "138856e5a54880") { bytes throws(ParseError) in
    let config = try asc(bytes)
    guard config.isWritable else { return }
    let again = written { config.write(to: &$0) }
    #expect(try asc(again) == config)
  },
  Target("ELD", "f8ee21800000") { bytes throws(ParseError) in _ = try asc(bytes).summary },
  Target("ADTS", "fff05080 01bffe 0102 0304 beef") { bytes throws(ParseError) in
    let header = try adts(bytes)
    #expect(header.payloadByteCount >= 0)
    let again = written { header.write(to: &$0) }
    #expect(try adts(again) == header)
  },
  Target("MPEG audio", "fffb9064 00000000") { bytes throws(ParseError) in
    let header = try mpegAudio(bytes)
    #expect(header.frameByteCount ?? 24 >= 24 && !header.summary.isEmpty)
    _ = try infoTag(bytes)
  },
  Target("OpusHead", "4f70757348656164 01 06 3801 80bb0000 00ff 01 04 02 000401020305") {
    bytes throws(ParseError) in
    let head = try opusHead(bytes)
    let again = written { head.write(to: &$0) }
    #expect(try opusHead(again) == head && !head.summary.isEmpty)
  },
  Target("Opus packet", "fb86") { bytes throws(ParseError) in
    let packet = try opusPacket(bytes)
    #expect((120...5760).contains(packet.samples))
  },
  Target(
    "FLAC configuration",
    """
    664c6143 00000022 1000 1000 00000f 00000f 0ac442f000000001
    3e84b41807dc690307586a3dad1a2e0f 81000004 00000000
    """
  ) { bytes throws(ParseError) in
    let config = try flacConfiguration(bytes)
    expectInside(config.blocks.map(\.body), bytes)
    let again = written { FLACConfiguration.write(config.streamInfo, to: &$0) }
    #expect(try flacConfiguration(again).streamInfo == config.streamInfo)
  },
  Target("FLAC frame", "fff86998 00 0f 99") { bytes throws(ParseError) in
    let frame = try flacFrame(bytes)
    #expect((1...65_536).contains(frame.blockSize))
  },
  Target("AC-3", "0b77 0000 1e 40 ed") { bytes throws(ParseError) in
    let frame = try syncframe(bytes)
    #expect(frame.frameByteCount > 0 && frame.bitRate > 0 && !frame.summary.isEmpty)
  },
  Target("E-AC-3", "0b77 01ff 3f 80") { bytes throws(ParseError) in
    let frame = try syncframe(bytes)
    #expect(frame.frameByteCount > 0 && frame.bitRate > 0 && !frame.summary.isEmpty)
  },
  Target(
    "AV1 temporal unit", "1200 0a0a0000000337f8e6d7c802 2e 48 06 01 03e8 0190 80 32 03 100000"
  ) { bytes throws(ParseError) in
    let cut = try av1Unit(bytes, allowsCut: true)
    #expect(!(cut.sequenceHeader?.summary.isEmpty ?? false))
    expectInside(try av1OBUs(bytes, allowsCut: true).map(\.range), bytes)
    let whole = try av1Unit(bytes)
    #expect(whole == cut)
    let again = try written { w throws(ParseError) in
      try AV1TemporalUnit.write(bytes.span.bytes, to: &w)
    }
    #expect(try av1Unit(again).frames == whole.frames)
  },
  Target("AV1 metadata", "02 0001 0002 0003 0004 0005 0006 0007 0008 00000900 0000000a 80") {
    bytes throws(ParseError) in _ = try av1Metadata(bytes).name
  },
  Target("av1C", "81004c00 0a0d0000000337f8e6d7ca84880482") { bytes throws(ParseError) in
    let record = try av1C(bytes)
    let again = written { record.write(to: &$0) }
    #expect(try av1C(again) == record && !record.summary.isEmpty)
  },
  Target("VP8", "d04300 9d012a 8042 d0c0") { bytes throws(ParseError) in
    _ = try vp8(bytes).summary
  },
  Target("VP9", "824983420027f016704200") { bytes throws(ParseError) in
    let header = try vp9(bytes)
    #expect(!header.summary.isEmpty)
    _ = VPCodecConfigurationRecord(keyFrame: header)
  },
  Target("VP9 superframe", "8080808080 c3 01 01 02 01 c3") { bytes throws(ParseError) in
    expectInside(try VP9Superframe(packet: bytes.span.bytes).frames, bytes)
  },
  Target("vpcC", "01000000 02 1f a2 02 02 02 0002 aabb") { bytes throws(ParseError) in
    let record = try vpcC(bytes)
    let again = written { record.write(to: &$0) }
    #expect(try vpcC(again) == record && !record.summary.isEmpty)
  },
  Target("IVF", "444b4946 0000 2000 56503930 8002 6801 1e000000 01000000 0a000000 00000000") {
    bytes throws(ParseError) in
    let header = try ivfHeader(bytes)
    let again = written { header.write(to: &$0) }
    #expect(try ivfHeader(again) == header && !header.summary.isEmpty)
  },
]

@Suite struct CodecDamageTests {
  /// A typed error or a value, never a trap; what is read can be written and read again.
  private func tryOut(_ target: Target, _ bytes: [UInt8]) {
    do throws(ParseError) {
      try target.parse(bytes)
    } catch {
      #expect(!error.description.isEmpty)
    }
  }

  @Test(arguments: targets) private func survivesPrefixes(_ target: Target) throws {
    try target.parse(target.sample)
    for count in 0..<target.sample.count { tryOut(target, [UInt8](target.sample[..<count])) }
  }

  @Test(arguments: targets) private func survivesMutations(_ target: Target) {
    var random = Seeded.of(target.testDescription)
    for _ in 0..<2000 {
      var bytes = target.sample
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let index = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 2: bytes.insert(UInt8.random(in: 0...255, using: &random), at: index)
        default: if bytes.count > 1 { bytes.remove(at: index) }
        }
      }
      tryOut(target, bytes)
    }
  }
}
