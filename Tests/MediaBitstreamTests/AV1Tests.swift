import MediaBitstream
import MediaBytes
import TestSupport
import Testing

/// The body of a sequence header with every optional part, bit by bit from AV1 5.5.
private let fullHeader = binary(
  """
  000 0 0
  1 00000000000000000000000000000001 00000000000000000000000000011001 1 1
  1 01001 00000000000000000000000000000001 01000 00111
  1 00001
  000100000011 01000 1 1 1111111111 0000000000 0 1 0011
  000000000000 00101 0 0
  1010 1001 11101111111 1000011011
  1 1100 010
  1 0 1
  1 0 1 0
  1 1 0
  0 1 0 1
  110
  0 1 1
  1 0 1 00001001 00010000 00001001 0 01
  1
  1 1
  """)

@Suite struct AV1SequenceHeaderTests {
  @Test func readsEveryPart() throws {
    let header = try av1Sequence(fullHeader)
    #expect(header.profile == 0 && !header.isStillPicture && header.profileName == "Main")
    #expect(header.timing?.unitsInDisplayTick == 1 && header.timing?.timeScale == 25)
    #expect(header.timing?.ticksPerPicture == 1)
    let rate = try #require(header.timing?.frameRate)
    #expect(rate == (25, 1))
    #expect(header.decoderModel?.bufferDelayLength == 10)
    #expect(header.decoderModel?.framePresentationTimeLength == 8)
    #expect(header.operatingPoints.map(\.idc) == [0x103, 0])
    #expect(header.operatingPoints.map(\.levelIndex) == [8, 5])
    #expect(header.operatingPoints.map(\.isHighTier) == [true, false])
    #expect(header.operatingPoints.map(\.initialDisplayDelay) == [4, nil])
    #expect(header.levelName == "4.0" && header.isHighTier)
    #expect(header.maxFrameWidth == 1920 && header.maxFrameHeight == 540)
    #expect(header.frameIDLengths?.delta == 14 && header.frameIDLengths?.full == 17)
    #expect(header.tools.uses128x128Superblock && !header.tools.filterIntra)
    #expect(header.tools.orderHintBits == 7 && header.tools.forceScreenContentTools == 1)
    #expect(header.tools.forceIntegerMotionVectors == 1)
    #expect(header.tools.cdef && header.tools.restoration && !header.tools.superres)
    #expect(header.color.bitDepth == 10 && !header.color.isMonochrome)
    #expect((header.color.primaries, header.color.transfer, header.color.matrix) == (9, 16, 9))
    #expect(header.color.chromaSamplePosition == 1 && header.color.hasSeparateUVDeltaQ)
    #expect(header.hasFilmGrain)
    #expect(header.summary == "Main 4.0 High tier 1920x540 10 bits 4:2:0 film grain")
    expectPrefixesFail(fullHeader, av1Sequence)
  }

  @Test func readsTheReducedForm() throws {
    // profile 1, still, reduced, level 31; 4 bits of size each; tools; 8 bits, no colour, no grain.
    let body = binary("001 1 1 11111 0011 0011 1111 0111 000 000 0 0 0 0 0")
    let header = try av1Sequence(body)
    #expect(header.isReducedStillPictureHeader && header.isStillPicture)
    #expect(header.summary == "High max 16x8 8 bits 4:4:4")
    var bits = BitReader(hex("ff").span.bytes)
    let frame = try AV1FrameHeader(parsing: &bits, sequence: header)
    #expect(frame.isShownKey && frame.existingFrameToShow == nil)
  }

  @Test func namesLevels() throws {
    let body = binary("000 1 1 01111 0011 0011 1111 0111 000 000 0 0 0 0 00 0 0")
    #expect(try av1Sequence(body).levelName == "5.3")
  }
}

@Suite struct AV1OBUTests {
  /// A temporal delimiter, a sequence header, metadata with an extension header, a frame.
  private let unit =
    hex("1200 0a0a0000000337f8e6d7c802") + hex("2e 48 06 01 03e8 0190 80") + hex("32 03 100000")

  @Test func walks() throws {
    let units = try av1OBUs(unit)
    #expect(
      units.map(\.type.name) == ["temporal delimiter", "sequence header", "metadata", "frame"])
    #expect(units[2].layer == .init(temporalID: 2, spatialID: 1))
    #expect(units.map(\.payload.count) == [0, 10, 6, 3])
    #expect(units.map(\.range.lowerBound) == [0, 2, 14, 23])
    #expect(units.last?.range.upperBound == unit.count)
    // The last unit may be without a size.
    let open = try av1OBUs(hex("1200 30 100000"))
    #expect(open.map(\.payload) == [2..<2, 3..<6])
    #expect(AV1OBUType(rawValue: 9).name == "reserved 9")
  }

  @Test func summarizesATemporalUnit() throws {
    let found = try av1Unit(unit)
    #expect(found.hasTemporalDelimiter && found.isKey && !found.isCut)
    #expect(found.sequenceHeader?.maxFrameWidth == 128)
    #expect(found.frames.count == 1 && found.frames[0].summary == "key")
  }

  @Test func keepsAThousandFrames() throws {
    let found = try av1Unit([[UInt8]](repeating: hex("32 01 10"), count: 1100).flatMap { $0 })
    #expect(found.frames.count == 1000 && found.frameCount == 1100)
  }

  /// 5.9.2: show_existing_frame, frame_type, show_frame, showable_frame, error_resilient_mode.
  @Test func readsFrameHeaders() throws {
    func frame(_ text: String, _ sequence: AV1SequenceHeader? = nil) throws -> AV1FrameHeader {
      let bytes = binary(text)
      var bits = BitReader(bytes.span.bytes)
      return try AV1FrameHeader(parsing: &bits, sequence: sequence)
    }
    let existing = try frame("1 101")
    #expect(existing.existingFrameToShow == 5 && existing.type == nil && existing.isShown)
    #expect(existing.summary == "shows frame 5" && !existing.isShownKey)
    let key = try frame("0 00 1")
    #expect(key.isShownKey && key.isErrorResilient && !key.isShowable)
    let hidden = try frame("0 00 0 1 0")
    #expect(hidden.type == .key && !hidden.isShownKey && hidden.isShowable)
    #expect(!hidden.isErrorResilient && hidden.summary == "key hidden")
    let inter = try frame("0 01 1 1")
    #expect(inter.type == .inter && inter.isErrorResilient && inter.isShowable)
    #expect(try frame("0 10 1 0").summary == "intra only")
    #expect(try frame("0 11 1").type == .switching)
    // With a decoder model and varying intervals a time of 8 bits comes between.
    var varying = try av1Sequence(fullHeader)
    varying.timing?.ticksPerPicture = nil
    #expect(try frame("0 01 1 11111111 0", varying).isErrorResilient == false)
    #expect(try frame("0 01 1 0", try av1Sequence(fullHeader)).isErrorResilient == false)
  }

  @Test func readsTheFirstBytesOnly() throws {
    for count in 26...unit.count {
      let found = try av1Unit([UInt8](unit[..<count]), allowsCut: true)
      #expect(found.isKey, "\(count)")
      #expect(found.isCut == (count < unit.count))
    }
    for count in 0..<26 {
      let found = try av1Unit([UInt8](unit[..<count]), allowsCut: true)
      #expect(found.frames.isEmpty)
    }
    for count in 1..<unit.count where ![2, 14, 23].contains(count) {
      #expect(throws: ParseError.self, "\(count)") { _ = try av1Unit([UInt8](unit[..<count])) }
    }
    #expect(throws: ParseError(.invalid(0x92), "obu_forbidden_bit", at: 0)) {
      _ = try av1Unit(hex("9200"), allowsCut: true)
    }
    // A frame without a size, and with a layer, cut behind its header.
    for text in ["1200 30", "1200 34 48"] {
      let found = try av1Unit(hex(text), allowsCut: true)
      #expect(found.frames.isEmpty && found.isCut)
      #expect(throws: ParseError.self) { _ = try av1Unit(hex(text)) }
    }
    // Of a unit that is there in full nothing can be missing.
    #expect(throws: ParseError.self) { _ = try av1Unit(hex("1200 32 00"), allowsCut: true) }
  }

  @Test func writesTemporalUnits() throws {
    func unit(_ text: String) throws -> [UInt8] {
      let bytes = hex(text)
      return try written { try AV1TemporalUnit.write(bytes.span.bytes, to: &$0) }
    }
    #expect(try unit("32 03 100000") == hex("1200 32 03 100000"))
    #expect(try unit("1200 30 100000") == hex("1200 32 03 100000"))
    // A size in more bytes than it takes, and an extension header.
    #expect(try unit("36 48 838000 100000") == hex("1200 36 48 03 100000"))
    let large = [0x30] + [UInt8](repeating: 0x10, count: 300)
    let bytes = try written { try AV1TemporalUnit.write(large.span.bytes, to: &$0) }
    #expect(bytes == hex("1200 32 ac02") + large[1...])
  }

  @Test func boundsSizes() throws {
    for (size, count) in [("7f", 127), ("87ad4b", 1_234_567), ("ffffffff0f", 4_294_967_295)] {
      let bytes = hex("32" + size)
      #expect(throws: ParseError(.truncated(needed: count), "obu", at: bytes.count)) {
        _ = try av1OBUs(bytes)
      }
    }
    #expect(throws: ParseError.self) { _ = try av1OBUs(hex("32 ffffffff1f")) }
    #expect(throws: ParseError.self) { _ = try av1OBUs(hex("32 8080808080808080 00")) }
    #expect(try av1OBUs(hex("32 8180808080808000 10")).map(\.payload.count) == [1])
  }
}

@Suite struct AV1MetadataTests {
  @Test func readsEachKind() throws {
    #expect(
      try av1Metadata(hex("01 03e8 0190 80"))
        == .contentLightLevel(.init(maxCLL: 1000, maxFALL: 400)))
    let display = try av1Metadata(
      hex("02 0001 0002 0003 0004 0005 0006 0007 0008 00000900 0000000a 80"))
    guard case .masteringDisplay(let colors) = display else {
      Issue.record("\(display)")
      return
    }
    #expect(colors.primaries == [.init(x: 1, y: 2), .init(x: 3, y: 4), .init(x: 5, y: 6)])
    #expect(colors.whitePoint == .init(x: 7, y: 8))
    #expect(colors.luminanceMax == 0x900 && colors.luminanceMin == 10)
    #expect(try av1Metadata(hex("03 00 80")).name == "scalability")
    #expect(try av1Metadata(hex("05 00 80")).name == "timecode")
    #expect(try av1Metadata(hex("8601 80")) == .other(134))
    for wire in ["01 03e8 0190", "04 b5"] { expectPrefixesFail(hex(wire), av1Metadata) }
  }

  @Test func readsT35() throws {
    func t35(_ wire: String) throws -> AV1Metadata.ITUTT35? {
      guard case .itutT35(let found) = try av1Metadata(hex(wire)) else { return nil }
      return found
    }
    let hdr = try #require(try t35("04 b5 003c 0001 04 01 40 80"))
    #expect(hdr.kind == "HDR10+" && hdr.providerCode == 0x3c)
    #expect(hdr.payload == hex("003c 0001 04 01 40"))
    #expect(try t35("04 b5 0031 47413934 03 c1 80")?.kind == "captions")
    #expect(try t35("04 ff 01 0203 80")?.countryCodeExtension == 1)
    #expect(try t35("04 b5 80")?.payload == [])
    #expect(try av1Metadata(hex("04 b5 0002 80")).name == "ITU-T T.35")
  }
}

@Suite struct AV1RecordWritingTests {
  @Test func writesWhatItReads() throws {
    for bytes in [
      Sample.av1C, Sample.av1CMain10HDR, Sample.av1CHigh444, Sample.av1CGray, hex("814dec13"),
      hex("81000c00 0a0a"),
    ] {
      let record = try av1C(bytes)
      #expect(written { record.write(to: &$0) } == bytes)
    }
    #expect(try av1C(hex("814dec13")).initialPresentationDelayMinusOne == 3)
    #expect(try av1C(hex("814dec13")).bitDepth == 12)
    #expect(try av1C(Sample.av1C).summary == "Main 2.0 128x72 8 bits 4:2:0")
  }

  /// FFmpeg's records are those that their own sequence headers make.
  @Test func buildsFromASequenceHeader() throws {
    for bytes in [Sample.av1C, Sample.av1CMain10HDR, Sample.av1CHigh444, Sample.av1CGray] {
      // In a temporal unit, the header without a size of its own.
      let obus = hex("1200") + bytes[4...] + hex("32 03 100000")
      let record = try #require(try AV1CodecConfigurationRecord(obus: obus.span.bytes))
      #expect(written { record.write(to: &$0) } == bytes)
      #expect(try av1C(bytes) == record)
    }
    let none = hex("1200 32 03 100000")
    #expect(try AV1CodecConfigurationRecord(obus: none.span.bytes) == nil)
    let open = hex("08") + Sample.av1C[6...]
    let record = try #require(try AV1CodecConfigurationRecord(obus: open.span.bytes))
    #expect(written { record.write(to: &$0) } == Sample.av1C)
  }
}
