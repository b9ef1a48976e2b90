import MediaBitstream
import MediaBytes
import TestSupport
import Testing

@Suite struct MPEGAudioTests {
  struct Vector: Sendable, CustomTestStringConvertible {
    var wire: String
    var summary: String
    var bytes: Int?
    var samples: Int
    var testDescription: String { "\(wire): \(summary)" }
  }

  /// Sizes by the formula of 11172-3 2.4.3.1.
  private static let vectors = [
    Vector(
      wire: "fffb9064", summary: "MPEG-1 layer 3 44100 Hz stereo 128 kbit/s", bytes: 417,
      samples: 1152),
    Vector(
      wire: "fffb9264", summary: "MPEG-1 layer 3 44100 Hz stereo 128 kbit/s", bytes: 418,
      samples: 1152),
    Vector(
      wire: "fffbe8c0", summary: "MPEG-1 layer 3 32000 Hz mono 320 kbit/s", bytes: 1440,
      samples: 1152),
    Vector(
      wire: "fff388c4", summary: "MPEG-2 layer 3 16000 Hz mono 64 kbit/s", bytes: 288,
      samples: 576),
    Vector(
      wire: "ffe310c0", summary: "MPEG-2.5 layer 3 11025 Hz mono 8 kbit/s", bytes: 52,
      samples: 576),
    Vector(
      wire: "ffe31840", summary: "MPEG-2.5 layer 3 8000 Hz stereo 8 kbit/s", bytes: 72,
      samples: 576),
    Vector(
      wire: "fffde480", summary: "MPEG-1 layer 2 48000 Hz stereo 384 kbit/s", bytes: 1152,
      samples: 1152),
    Vector(
      wire: "fff514c0", summary: "MPEG-2 layer 2 24000 Hz mono 8 kbit/s", bytes: 48,
      samples: 1152),
    Vector(
      wire: "ffffe200", summary: "MPEG-1 layer 1 44100 Hz stereo 448 kbit/s", bytes: 488,
      samples: 384),
    Vector(
      wire: "fff7e400", summary: "MPEG-2 layer 1 24000 Hz stereo 256 kbit/s", bytes: 512,
      samples: 384),
    Vector(
      wire: "fffb0064", summary: "MPEG-1 layer 3 44100 Hz stereo free format", bytes: nil,
      samples: 1152),
  ]

  @Test(arguments: vectors) func reads(_ vector: Vector) throws {
    let header = try mpegAudio(hex(vector.wire))
    #expect(header.summary == vector.summary)
    #expect(header.frameByteCount == vector.bytes)
    #expect(header.samplesPerFrame == vector.samples)
    #expect(!header.hasCRC)
    expectPrefixesFail(hex(vector.wire), mpegAudio)
  }

  @Test func readsTheSmallFields() throws {
    let header = try mpegAudio(hex("fffa936f"))
    #expect(header.hasCRC && header.hasPadding && header.privateBit)
    #expect(header.channelMode == .jointStereo && header.modeExtension == 2)
    #expect(header.isCopyrighted && header.isOriginal && header.emphasis == 3)
    #expect(try mpegAudio(hex("fffb9080")).channelMode == .dualChannel)
  }

  @Test func refusesReservedValues() {
    for (wire, field) in [
      ("ffdb9064", "syncword"), ("ffeb9064", "ID"), ("fff99064", "layer"),
      ("fffbf064", "bitrate_index"), ("fffb9c64", "sampling_frequency"),
    ] {
      #expect { _ = try mpegAudio(hex(wire)) } throws: {
        ($0 as? ParseError)?.field.description == field
      }
    }
  }

  /// As LAME writes it: 3.100, 1105 samples before and 1000 behind.
  @Test func readsXingAndLAME() throws {
    let toc = [UInt8](repeating: 7, count: 100)
    let tag =
      hex("0000000f 00000064 00010000") + toc + hex("0000004e") + [UInt8]("LAME3.100".utf8)
      + [UInt8](repeating: 0, count: 12) + hex("4513e8")
    let frame = hex("fffb9064") + [UInt8](repeating: 0, count: 32) + [UInt8]("Xing".utf8) + tag
    let found = try #require(try infoTag(frame))
    #expect(found.kind == .xing && found.frameCount == 100 && found.byteCount == 65_536)
    #expect(found.quality == 78 && found.hasTableOfContents && found.encoder == "LAME3.100")
    #expect(found.delay == 1105 && found.padding == 1000)
    // Mono has shorter side information, and a CRC may come between.
    let mono =
      hex("fffa90c4") + [UInt8](repeating: 0, count: 19) + [UInt8]("Info".utf8)
      + hex("00000001 00000002")
    #expect(try infoTag(mono)?.kind == .info)
    #expect(try infoTag(mono)?.frameCount == 2)
    #expect(try infoTag(mono)?.encoder == nil)
    for count in 40..<156 {
      #expect(throws: ParseError.self, "\(count)") { _ = try infoTag([UInt8](frame[..<count])) }
    }
    #expect(try infoTag([UInt8](frame[..<39])) == nil)
    #expect(try infoTag(hex("fffd9064") + frame[4...]) == nil)
  }

  @Test func readsVBRI() throws {
    let frame =
      hex("fffb90c4") + [UInt8](repeating: 0, count: 32) + [UInt8]("VBRI".utf8)
      + hex("0001 0482 0050 00010000 00000064 0010")
    let found = try #require(try infoTag(frame))
    #expect(found.kind == .vbri && found.delay == 1154 && found.quality == 80)
    #expect(found.byteCount == 65_536 && found.frameCount == 100 && found.hasTableOfContents)
    #expect(found.padding == nil)
  }
}

@Suite struct OpusTests {
  private let stereo = hex("4f70757348656164 01 02 3801 80bb0000 0000 00")

  @Test func readsAndWritesTheHead() throws {
    let head = try opusHead(stereo)
    #expect(head.version == 1 && head.channels == 2 && head.preSkip == 312)
    #expect(head.inputSampleRate == 48_000 && head.outputGain == 0 && head.mapping == nil)
    #expect(head.summary == "Opus 48000 Hz stereo")
    #expect(head == OpusHead(channels: 2, preSkip: 312, inputSampleRate: 48_000))
    expectPrefixesFail(stereo, opusHead)
    for wire in [
      // 5.1 in Vorbis order with -1 dB, no meaning, ambisonics of first order, its matrix form.
      "4f70757348656164 01 06 3801 80bb0000 00ff 01 04 02 000401020305",
      "4f70757348656164 01 03 0000 00000000 0000 ff 03 00 00ff02",
      "4f70757348656164 01 04 3801 80bb0000 0000 02 04 00 00010203",
      "4f70757348656164 01 01 3801 80bb0000 0000 03 01 00 7fff",
    ] {
      let bytes = hex(wire)
      let head = try opusHead(bytes)
      #expect(written { head.write(to: &$0) } == bytes)
      expectPrefixesFail(bytes, opusHead)
    }
    let surround = try opusHead(
      hex("4f70757348656164 01 06 3801 80bb0000 00ff 01 04 02 000401020305"))
    #expect(surround.outputGain == -256 && surround.channelLayout == "5.1")
    #expect(surround.mapping?.streamCount == 4 && surround.mapping?.coupledCount == 2)
  }

  @Test func refusesWhatRFC7845Forbids() {
    for (wire, field) in [
      ("4f70757348656165 01 02 3801 80bb0000 0000 00", "OpusHead"),
      ("4f70757348656164 10 02 3801 80bb0000 0000 00", "version"),
      ("4f70757348656164 01 00 3801 80bb0000 0000 00", "channel count"),
      ("4f70757348656164 01 03 3801 80bb0000 0000 00", "channel count"),
      ("4f70757348656164 01 09 3801 80bb0000 0000 01 09 00 000000000000000000", "channel count"),
      ("4f70757348656164 01 02 3801 80bb0000 0000 01 00 00 0000", "stream count"),
      ("4f70757348656164 01 02 3801 80bb0000 0000 01 01 02 0000", "stream count"),
      ("4f70757348656164 01 02 3801 80bb0000 0000 01 01 00 0001", "channel mapping"),
    ] {
      #expect { _ = try opusHead(hex(wire)) } throws: {
        ($0 as? ParseError)?.field.description == field
      }
    }
  }

  /// RFC 6716 Table 2, all 32 configurations, in units of 2.5 ms.
  @Test func knowsTheDurations() throws {
    let silk = [4, 8, 16, 24]
    let units =
      silk + silk + silk + [4, 8, 4, 8] + [[1, 2, 4, 8], [1, 2, 4, 8]].flatMap { $0 + $0 }
    for (configuration, count) in units.enumerated() {
      let packet = try opusPacket([UInt8(configuration << 3)])
      #expect(packet.samplesPerFrame == 120 * count, "\(configuration)")
      #expect(packet.frameCount == 1 && !packet.isStereo && packet.samples == 120 * count)
    }
    #expect(try opusPacket(hex("01")).samples == 960)  // two of 10 ms
    #expect(try opusPacket(hex("0e")).samples == 1920)  // two of 20 ms, stereo
    #expect(try opusPacket(hex("0e")).isStereo)
    #expect(try opusPacket(hex("fb86")).samples == 6 * 960)  // 120 ms, VBR
    let packet = try opusPacket(hex("7c"))
    #expect(packet.mode == .hybrid && packet.bandwidth == .full)
    #expect(try opusPacket(hex("f8")).mode == .celt)
    #expect(try opusPacket(hex("20")).bandwidth == .medium)
  }

  @Test func refusesWhatIsTooLongOrEmpty() {
    for wire in ["fb87", "fb00", "1b03"] {
      #expect(throws: ParseError.self, "\(wire)") { _ = try opusPacket(hex(wire)) }
    }
    expectPrefixesFail(hex("fb86"), opusPacket)
  }
}

@Suite struct FLACTests {
  /// RFC 9639 D.1.2: 4096 samples, 44.1 kHz, stereo, 16 bits, one sample.
  private let info = hex(
    "1000 1000 00000f 00000f 0ac442f000000001 3e84b41807dc690307586a3dad1a2e0f")

  @Test func readsAndWritesStreamInfo() throws {
    let config = try flacConfiguration(info)
    let found = config.streamInfo
    #expect(found.minimumBlockSize == 4096 && found.maximumBlockSize == 4096)
    #expect(found.minimumFrameSize == 15 && found.maximumFrameSize == 15)
    #expect(found.sampleRate == 44_100 && found.channels == 2 && found.bitsPerSample == 16)
    #expect(found.totalSamples == 1 && found.md5 == [UInt8](info[18...]))
    #expect(found.summary == "FLAC 44100 Hz stereo 16 bits")
    #expect(written { found.write(to: &$0) } == info)
    expectPrefixesFail(info, flacConfiguration)
    let native = written { FLACConfiguration.write(found, to: &$0) }
    #expect(native == hex("664c6143 80000022") + info)
  }

  @Test func takesEveryForm() throws {
    let padding = hex("81000004 00000000")
    for (head, tail) in [
      ("664c6143 80000022", []), ("664c6143 00000022", padding),  // native
      ("00000000 80000022", []), ("00000000 00000022", padding),  // dfLa
      ("80000022", []), ("00000022", padding),
    ] {
      let bytes = hex(head) + info + tail
      let config = try flacConfiguration(bytes + [1, 2, 3])
      #expect(config.streamInfo.sampleRate == 44_100)
      #expect(
        config.blocks.map(\.name) == (tail.isEmpty ? ["STREAMINFO"] : ["STREAMINFO", "PADDING"]))
      #expect(config.blocks.last?.body.upperBound == bytes.count)
      expectPrefixesFail(bytes, flacConfiguration)
    }
    #expect(throws: ParseError.self) { _ = try flacConfiguration(hex("664c6143 84000022") + info) }
  }

  @Test func refusesBlocksWithoutNumber() throws {
    let head = hex("664c6143 00000022") + info
    let blocks = { (count: Int) in
      [[UInt8]](repeating: hex("01000000"), count: count).flatMap(\.self)
    }
    let last = hex("81000000")
    #expect(try flacConfiguration(head + blocks(1022) + last).blocks.count == 1024)
    #expect(throws: ParseError.self) { try flacConfiguration(head + blocks(1023) + last) }
  }

  /// RFC 9639 D.1.3 and D.2.8: the first frames of its examples.
  @Test func readsFrameHeaders() throws {
    let first = try flacFrame(hex("fff86918 00 00 bf"))
    #expect(!first.isVariableBlockSize && first.number == 0 && first.blockSize == 1)
    #expect(first.sampleRate == 44_100 && first.channels == 2 && first.bitsPerSample == 16)
    let second = try flacFrame(hex("fff86998 00 0f 99"))
    #expect(second.blockSize == 16 && second.channels == 2)
    expectPrefixesFail(hex("fff86998 00 0f 99"), flacFrame)
    #expect(throws: ParseError(.invalid(0x98), "frame header CRC", at: 6)) {
      _ = try flacFrame(hex("fff86998 00 0f 98"))
    }
  }

  /// Numbers of 1...7 bytes, block sizes and rates of each form; the CRC is ours to compute.
  @Test func readsEveryCode() throws {
    func frame(_ wire: String) throws -> FLACFrameHeader {
      let bytes = hex(wire)
      var found: FLACFrameHeader?
      for crc in UInt8.min...UInt8.max {
        do throws(ParseError) { found = try flacFrame(bytes + [crc]) } catch {
          guard error.field.description == "frame header CRC" else { throw error }
        }
      }
      return try #require(found)
    }
    #expect(try frame("fff9c9a8 fe bf bf bf bf bf bf").number == 0xf_ffff_ffff)
    #expect(try frame("fff9c9a8 c2 80").number == 0x80)
    #expect(try frame("fff9c9a8 ef bf bf").number == 0xffff)
    #expect(try frame("fff8c9a8 00").blockSize == 4096)
    #expect(try frame("fff81908 00").blockSize == 192)
    #expect(try frame("fff85908 00").blockSize == 4608)
    #expect(try frame("fff87908 00 ffff").blockSize == 65_536)
    #expect(try frame("fff8c008 00").sampleRate == nil)
    #expect(try frame("fff8cc08 00 30").sampleRate == 48_000)
    #expect(try frame("fff8cd08 00 1f40").sampleRate == 8000)
    #expect(try frame("fff8ce78 00 4b00").sampleRate == 192_000)
    #expect(try frame("fff8ce78 00 4b00").channels == 8)
    #expect(try frame("fff8c90e 00").bitsPerSample == 32)
    #expect(try frame("fff8c900 00").bitsPerSample == nil)
    for wire in [
      "fff7c9a8 00", "fffac9a8 00", "fff80908 00", "fff8cf08 00", "fff8c9b8 00", "fff8c906 00",
      "fff8c909 00", "fff8c908 80", "fff8c908 ff", "fff8c908 c2 00",
    ] {
      #expect(throws: ParseError.self, "\(wire)") { _ = try frame(wire) }
    }
  }
}

@Suite struct AC3Tests {
  struct Vector: Sendable, CustomTestStringConvertible {
    var wire: String
    var summary: String
    var bytes: Int
    var samples = 1536
    var bitRate: Int
    var testDescription: String { "\(wire): \(summary)" }
  }

  /// By hand from ETSI TS 102 366: 4.3.1, 4.3.2, 4.4.1.4, E.1.2.2.
  private static let vectors = [
    // frmsizecod 30, bsid 8, acmod 7, cmixlev 01, surmixlev 10, lfeon.
    Vector(
      wire: "0b77 0000 1e 40 ed", summary: "AC-3 48000 Hz 5.1(side)", bytes: 1792, bitRate: 448_000),
    Vector(
      wire: "0b77 0000 14 40 40", summary: "AC-3 48000 Hz stereo", bytes: 768, bitRate: 192_000),
    // 44.1 kHz: 69 and 70 words of 32 kbit/s.
    Vector(
      wire: "0b77 0000 40 40 20", summary: "AC-3 44100 Hz mono", bytes: 138, bitRate: 31_696),
    Vector(
      wire: "0b77 0000 41 40 30", summary: "AC-3 44100 Hz mono+LFE", bytes: 140, bitRate: 32_156),
    Vector(
      wire: "0b77 0000 a4 40 44", summary: "AC-3 32000 Hz 2.1", bytes: 3840, bitRate: 640_000),
    // bsid 9: half the rate.
    Vector(wire: "0b77 0000 00 48 20", summary: "AC-3 24000 Hz mono", bytes: 128, bitRate: 16_000),
    // strmtyp 0, substreamid 0, frmsiz 511, fscod 0, numblkscod 3, acmod 7, lfeon, bsid 16.
    Vector(
      wire: "0b77 01ff 3f 80", summary: "E-AC-3 48000 Hz 5.1(side)", bytes: 1024, bitRate: 256_000),
    // fscod 3: fscod2 0, six blocks.
    Vector(
      wire: "0b77 01ff c4 80", summary: "E-AC-3 24000 Hz stereo", bytes: 1024, bitRate: 128_000),
    // One block at 44.1 kHz.
    Vector(
      wire: "0b77 003f 42 80", summary: "E-AC-3 44100 Hz mono", bytes: 128, samples: 256,
      bitRate: 176_400),
  ]

  @Test(arguments: vectors) func reads(_ vector: Vector) throws {
    let bytes = hex(vector.wire)
    let frame = try syncframe(bytes)
    #expect(frame.summary == vector.summary)
    #expect(frame.frameByteCount == vector.bytes)
    #expect(frame.samplesPerFrame == vector.samples)
    #expect(frame.bitRate == vector.bitRate)
    expectPrefixesFail(bytes, syncframe)
  }

  @Test func readsSubstreams() throws {
    let frame = try syncframe(hex("0b77 51ff 3f 80"))
    #expect(frame.streamType == .dependent && frame.substreamID == 2 && frame.isEnhanced)
    #expect(try syncframe(hex("0b77 0000 1e 45 ed")).bitstreamMode == 5)
  }

  @Test func refusesReservedValues() {
    for (wire, field) in [
      ("0b78 0000 1e 40 ed", "syncword"), ("0b77 0000 c0 40 20", "fscod"),
      ("0b77 0000 26 40 20", "frmsizecod"), ("0b77 0000 00 88 20", "bsid"),
      ("0b77 01ff f4 80", "fscod2"),
    ] {
      #expect { _ = try syncframe(hex(wire)) } throws: {
        ($0 as? ParseError)?.field.description == field
      }
    }
  }
}
