import MediaBitstream
import MediaBytes
import TestSupport
import Testing

@Suite struct ADTSTests {
  private func framed(
    _ config: String, _ units: [[UInt8]]
  ) throws(ADTSFramer.Failure) -> [UInt8] {
    guard let config = try? asc(hex(config)) else { return [] }
    var framer = try ADTSFramer(config)
    var writer = ByteWriter()
    for unit in units { try framer.write(unit.span.bytes, to: &writer) }
    return writer.bytes
  }

  /// adts_fixed_header() and adts_variable_header(), bit by bit.
  @Test func readsEveryField() throws {
    // fff 1 00 1, 01 0100 0 010 1 1, 1 0 0000000001010 01010101010 00
    let header = try adts(hex("fff950b8014aa8"))
    #expect(header.isMPEG2 && header.crc == nil && header.byteCount == 7)
    #expect(header.objectType == .lowComplexity && header.samplingFrequency == 44_100)
    #expect(!header.privateBit && header.channelConfiguration == 2)
    #expect(header.isOriginal && header.isHome && header.copyrightBit && !header.copyrightStart)
    #expect(header.frameLength == 10 && header.payloadByteCount == 3)
    #expect(header.bufferFullness == 0x2aa && header.rawDataBlockCount == 1)
    #expect(written { header.write(to: &$0) } == hex("fff950b8014aa8"))
    #expect(header.audioSpecificConfig.summary == "LC 44100 Hz stereo")
  }

  @Test func readsTheCRC() throws {
    let one = hex("fff05080013ffc beef")
    let header = try adts(one)
    #expect(header.crc == 0xbeef && header.byteCount == 9 && header.frameLength == 9)
    // Three blocks: two positions before the CRC.
    let three = hex("fff050 80 01bffe 0102 0304 beef")
    let blocks = try adts(three)
    #expect(blocks.rawDataBlockCount == 3 && blocks.rawDataBlockPositions == [0x0102, 0x0304])
    #expect(blocks.byteCount == 13 && blocks.payloadByteCount == 0)
    #expect(written { blocks.write(to: &$0) } == three)
    expectPrefixesFail(three, adts)
  }

  @Test func refusesWhatIsNoHeader() {
    for (wire, error) in [
      ("fef15080013ffc", ParseError(.invalid(0xfef), "syncword", at: 0)),
      ("fff75080013ffc", ParseError(.invalid(3), "layer", at: 1)),
      ("fff17480013ffc", ParseError(.invalid(13), "sampling_frequency_index", at: 2)),
      ("fff1508000dffc", ParseError(.invalid(6), "aac_frame_length", at: 3)),
    ] {
      #expect(throws: error) { _ = try adts(hex(wire)) }
    }
  }

  @Test func framesAccessUnits() throws {
    let bytes = try framed("1210", [hex("aabb"), [], hex("cc")])
    #expect(bytes == hex("fff15080013ffcaabb fff15080011ffccc"))
    // SBR goes unsignalled: the core's values stand in the header.
    #expect(try framed("139056e5a0", [hex("aabb")]) == hex("fff15c80013ffcaabb"))
    #expect(try framed("2b920800", [hex("aabb")]) == hex("fff15c80013ffcaabb"))
  }

  /// What FFmpeg 5.1's muxer wrote of 2.1: the element stands in the first frame only.
  @Test func putsTheProgramConfigElementFirst() throws {
    let config = "118004c4010020000d4c61766335392e33372e31303056e500"
    let bytes = try framed(config, [hex("de02"), hex("0102")])
    let element = hex("a098802004000d4c61766335392e33372e313030")
    #expect(bytes == hex("fff14c0003bffc") + element + hex("de02 fff14c00013ffc 0102"))
    let first = try adts(bytes)
    #expect(first.frameLength == 29)
    let found = try ProgramConfigElement(rawDataBlock: bytes.span.bytes.extracting(7..<29))
    #expect(found?.channelLayout == "2.1")
    #expect(try ProgramConfigElement(rawDataBlock: bytes.span.bytes.extracting(27..<29)) == nil)
  }

  @Test func refusesWhatADTSCannotSay() throws {
    for (config, failure) in [
      ("f8e83000", ADTSFramer.Failure.objectType(.enhancedLowDelay)),
      ("ba0800", .objectType(.lowDelay)), ("1780678410", .samplingFrequency(53_000)),
      ("11e0", .channelConfiguration(12)), ("1194", .shortFrames), ("119291a0", .scalable),
      ("119180", .scalable), ("1180", .missingProgramConfigElement),
    ] {
      #expect(throws: failure, "\(config)") { _ = try framed(config, []) }
    }
    let largest = [UInt8](repeating: 0, count: 8191 - 7)
    #expect(try adts(try framed("1210", [largest])).frameLength == 8191)
    #expect(throws: ADTSFramer.Failure.frameLength(8192)) {
      _ = try framed("1210", [largest + [0]])
    }
  }
}
