import MediaBitstream
import MediaBytes
import TestSupport
import Testing

private func avc(_ bytes: [UInt8]) throws -> AVCDecoderConfigurationRecord {
  var reader = ByteReader(bytes.span)
  return try AVCDecoderConfigurationRecord(parsing: &reader)
}

private func hevc(_ bytes: [UInt8]) throws -> HEVCDecoderConfigurationRecord {
  var reader = ByteReader(bytes.span)
  return try HEVCDecoderConfigurationRecord(parsing: &reader)
}

private func av1(_ bytes: [UInt8]) throws -> AV1CodecConfigurationRecord {
  var reader = ByteReader(bytes.span)
  return try AV1CodecConfigurationRecord(parsing: &reader)
}

private func vp(_ bytes: [UInt8]) throws -> VPCodecConfigurationRecord {
  var reader = ByteReader(bytes.span)
  return try VPCodecConfigurationRecord(parsing: &reader)
}

private func h264InAnnexB(_ bytes: [UInt8]) throws -> H264ProfileLevel? {
  try H264ProfileLevel(in: bytes.span.bytes, framing: .annexB)
}

private func h265InAnnexB(_ bytes: [UInt8]) throws -> H265ProfileTierLevel? {
  try H265ProfileTierLevel(in: bytes.span.bytes, framing: .annexB)
}

private func av1Header(_ obus: [UInt8]) throws -> AV1SequenceHeader? {
  try AV1SequenceHeader(obus: obus.span.bytes)
}

/// Every prefix shorter than `whole` must fail with a ParseError.
private func expectPrefixesFail<Record>(
  _ bytes: [UInt8], upTo whole: Int, _ parse: ([UInt8]) throws -> Record
) {
  for count in 0..<whole {
    #expect(throws: ParseError.self, "\(count) bytes") { _ = try parse([UInt8](bytes[..<count])) }
  }
}

@Suite struct AVCRecordTests {
  @Test func parses() throws {
    let record = try avc(Sample.avcC)
    #expect(
      record.profileLevel
        == H264ProfileLevel(profileIDC: 100, constraintFlags: 0, levelIDC: 10))
    #expect(record.lengthSize == .four)
    #expect(record.sequenceParameterSets.map(\.count) == [25])
    #expect(record.pictureParameterSets == [hex("68ebe3cb22c0")])
    // The last four bytes are the extension for High profiles.
    expectPrefixesFail(Sample.avcC, upTo: Sample.avcC.count - 4, avc)
  }

  @Test func refusesWhatItDoesNotKnow() {
    var version = Sample.avcC
    version[0] = 2
    #expect(throws: ParseError(.unsupported(2), "configurationVersion", at: 0)) {
      _ = try avc(version)
    }
    var size = Sample.avcC
    size[4] = 0xfe
    #expect(throws: ParseError(.invalid(2), "lengthSizeMinusOne", at: 4)) { _ = try avc(size) }
  }

  @Test func findsTheParameterSetInAnnexB() throws {
    let found = try h264InAnnexB(Sample.h264AnnexB)
    #expect(found == H264ProfileLevel(profileIDC: 100, constraintFlags: 0, levelIDC: 10))
    let none = hex("000001 68ebe3cb22c0")
    #expect(try h264InAnnexB(none) == nil)
  }
}

@Suite struct HEVCRecordTests {
  private let main = H265ProfileTierLevel(
    profileIDC: 1, compatibilityFlags: 0x6000_0000, constraintFlags: 0x9000_0000_0000,
    levelIDC: 30)

  @Test func parses() throws {
    let record = try hevc(Sample.hvcC)
    #expect(record.profileTierLevel == main)
    #expect(record.chromaFormat == 1)
    #expect(record.bitDepthLuma == 8 && record.bitDepthChroma == 8)
    #expect(record.lengthSize == .four)
    #expect(record.arrays.map(\.type) == [.vps, .sps, .pps])
    #expect(record.arrays.map(\.isComplete) == [false, false, false])
    #expect(record.arrays.map { $0.units.map(\.count) } == [[24], [41], [7]])
    expectPrefixesFail(Sample.hvcC, upTo: Sample.hvcC.count, hevc)
  }

  /// The parameter sets hold emulation prevention within profile_tier_level.
  @Test func refusesMoreUnitsThanAnyStreamHas() throws {
    let head = Array(Sample.hvcC.prefix(22)) + [1, 0xa7]
    #expect(
      try hevc(head + [4, 0] + [UInt8](repeating: 0, count: 2048)).arrays[0].units.count == 1024)
    let error = #expect(throws: ParseError.self) {
      try hevc(head + [4, 1] + [UInt8](repeating: 0, count: 2050))
    }
    #expect(error?.reason == .overLimit(1025, limit: 1024))
  }

  @Test func findsItInEitherParameterSet() throws {
    let both = Sample.h265AnnexB
    #expect(try h265InAnnexB(both) == main)
    let spsOnly = [UInt8](both[28...])
    #expect(try h265InAnnexB(spsOnly) == main)
    let ppsOnly = hex("000001 4401c172b42240")
    #expect(try h265InAnnexB(ppsOnly) == nil)
    #expect(throws: ParseError.self) { _ = try h265InAnnexB([UInt8](both[..<12])) }
  }
}

@Suite struct AV1RecordTests {
  @Test func parsesRecordAndSequenceHeader() throws {
    let record = try av1(Sample.av1CMain10HDR)
    #expect(record.profile == 0 && record.levelIndex == 0 && !record.isHighTier)
    #expect(record.bitDepth == 10)
    #expect(record.chromaSubsamplingX == 1 && record.chromaSubsamplingY == 1)
    let header = try #require(record.sequenceHeader)
    #expect(header.maxFrameWidth == 128 && header.maxFrameHeight == 72)
    #expect(header.color.bitDepth == 10)
    #expect(
      (header.color.primaries, header.color.transfer, header.color.matrix) == (9, 16, 9))
    #expect(!header.color.isFullRange)
    expectPrefixesFail(Sample.av1C, upTo: 4, av1)
  }

  @Test func agreesWithItsOwnSequenceHeader() throws {
    for bytes in [Sample.av1C, Sample.av1CMain10HDR, Sample.av1CHigh444, Sample.av1CGray] {
      let record = try av1(bytes)
      let header = try #require(record.sequenceHeader)
      #expect(header.profile == record.profile)
      #expect(header.levelIndex == record.levelIndex)
      #expect(header.color.bitDepth == record.bitDepth)
      #expect(header.color.isMonochrome == record.isMonochrome)
      #expect(header.color.subsamplingX == record.chromaSubsamplingX)
      #expect(header.color.subsamplingY == record.chromaSubsamplingY)
      #expect(header.maxFrameWidth == 128 && header.maxFrameHeight == 72)
    }
  }

  @Test func brokenOBUsDoNotHideTheRecord() throws {
    let record = try av1([UInt8](Sample.av1C[..<8]))
    #expect(record.sequenceHeader == nil)
    #expect(record.bitDepth == 8)
    #expect(throws: ParseError(.unsupported(1), "marker and version", at: 0)) {
      _ = try av1(hex("01000c00"))
    }
  }

  @Test func passesOverOtherOBUs() throws {
    // A temporal delimiter, padding with an extension header, then the sequence header.
    let obus = hex("1200 7e 08 03 000000") + Sample.av1C[4...]
    let header = try #require(try av1Header(obus))
    #expect(header.maxFrameWidth == 128)
    for count in [1, 3, 4, 5, 6, 7] + [Int](9..<obus.count) {
      #expect(throws: ParseError.self, "\(count)") { _ = try av1Header([UInt8](obus[..<count])) }
    }
    #expect(try av1Header([UInt8](obus[..<8])) == nil)
    #expect(throws: ParseError.self) { _ = try av1Header(hex("0a ffffffffffffffffff")) }
  }
}

@Suite struct VPRecordTests {
  @Test func parsesWithAndWithoutTheBoxHeader() throws {
    let body = hex("02 1f a2 02 02 02 0000")
    for bytes in [body, hex("01000000") + body] {
      let record = try vp(bytes)
      #expect(record.profile == 2 && record.level == 31 && record.bitDepth == 10)
      #expect(record.chromaSubsampling == 1 && !record.isFullRange)
      #expect((record.primaries, record.transfer, record.matrix) == (2, 2, 2))
    }
    expectPrefixesFail(body, upTo: 6, vp)
    #expect(throws: ParseError(.invalid(0), "bitDepth", at: 2)) { _ = try vp(hex("010100021f03")) }
  }
}

struct AudioVector: Sendable {
  var wire: String
  var objectType: Int
  var frequency: Int
  var channels: UInt8
  var extensionFrequency: Int?
  var signalled: Int
}

private let audioVectors = [
  AudioVector(wire: "1190", objectType: 2, frequency: 48_000, channels: 2, signalled: 2),
  AudioVector(wire: "118856e500", objectType: 2, frequency: 48_000, channels: 1, signalled: 2),
  AudioVector(wire: "218856e500", objectType: 4, frequency: 48_000, channels: 1, signalled: 4),
  AudioVector(wire: "1180", objectType: 2, frequency: 48_000, channels: 0, signalled: 2),
  // Frequency written out.
  AudioVector(wire: "1780678410", objectType: 2, frequency: 53_000, channels: 2, signalled: 2),
  // SBR and PS signalled hierarchically: the outer object type is 5 or 29.
  AudioVector(
    wire: "2b920800", objectType: 2, frequency: 22_050, channels: 2, extensionFrequency: 44_100,
    signalled: 5),
  AudioVector(
    wire: "eb098800", objectType: 2, frequency: 24_000, channels: 1, extensionFrequency: 48_000,
    signalled: 29),
  // The same by backward compatible extensions: 0x2b7, then 0x548.
  AudioVector(
    wire: "139056e5a0", objectType: 2, frequency: 22_050, channels: 2, extensionFrequency: 44_100,
    signalled: 5),
  AudioVector(
    wire: "138856e5a5 4880", objectType: 2, frequency: 22_050, channels: 1,
    extensionFrequency: 44_100, signalled: 29),
  // Escaped object types: 34 is MPEG layer III, 42 USAC.
  AudioVector(wire: "f84640", objectType: 34, frequency: 48_000, channels: 2, signalled: 34),
  AudioVector(wire: "f94640", objectType: 42, frequency: 48_000, channels: 2, signalled: 42),
]

@Suite struct AudioSpecificConfigTests {
  @Test(arguments: audioVectors) func parses(_ vector: AudioVector) throws {
    let wire = hex(vector.wire)
    var reader = BitReader(wire.span.bytes)
    let config = try AudioSpecificConfig(parsing: &reader)
    #expect(config.objectType.rawValue == vector.objectType)
    #expect(config.samplingFrequency == vector.frequency)
    #expect(config.channelConfiguration == vector.channels)
    #expect(config.extensionSamplingFrequency == vector.extensionFrequency)
    #expect(config.signalledObjectType == vector.signalled)
  }

  @Test func everyShortPrefixFails() {
    for vector in audioVectors {
      let wire = hex(vector.wire)
      #expect(throws: ParseError.self) { () throws -> AudioSpecificConfig in
        var reader = BitReader(wire.span.bytes.extracting(0..<1))
        return try AudioSpecificConfig(parsing: &reader)
      }
    }
    #expect(throws: ParseError(.invalid(13), "samplingFrequencyIndex", at: 0)) {
      () throws -> AudioSpecificConfig in
      let wire = hex("1690")
      var reader = BitReader(wire.span.bytes)
      return try AudioSpecificConfig(parsing: &reader)
    }
  }
}
