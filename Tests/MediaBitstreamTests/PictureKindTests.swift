import MediaBitstream
import MediaBytes
import TestSupport
import Testing

/// NAL units in one framing, as one access unit.
private func accessUnit(_ units: [String], _ framing: NALUnitFraming) -> [UInt8] {
  var writer = ByteWriter()
  for unit in units.map(hex) {
    switch framing {
    case .annexB: writer.append([0, 0, 0, 1])
    case .lengthPrefixed(.one): writer.integer(UInt8(unit.count))
    case .lengthPrefixed(.two): writer.integer(UInt16(unit.count))
    case .lengthPrefixed(.four): writer.integer(UInt32(unit.count))
    }
    writer.append(unit)
  }
  return writer.bytes
}

private let framings: [NALUnitFraming] =
  [.annexB] + NALUnitLengthSize.allCases.map { .lengthPrefixed($0) }

/// The heads of units are x264's: `06 06 01 c4 80` is a recovery point of zero frames,
/// `06 06 02 11 10 80` one of many; `88` begins an I slice, `9a` a P slice.
private let h264: [([String], H264PictureKind)] = [
  ([], .other),
  (["6764000a", "68ebe3cb", "0605046162636480", "6588840067"], .idr),
  (["0910", "6588"], .idr),
  (["060601c480", "418899411f"], .recoveryPoint),
  // Another message before it in the same unit, and one unit after it.
  (["0605026162 0601c480", "06050161 80", "418899411f"], .recoveryPoint),
  // Slice type 2, which does not promise that the others are I as well.
  (["060601c480", "41b0", "41b0"], .recoveryPoint),
  (["060601c480", "41b0", "419a"], .other),
  (["060601c480", "419a236c"], .other),
  (["060602111080", "419a68344c"], .other),
  (["418899411f"], .other),
  (["060601c480"], .other),
  (["419a236c"], .other),
]

@Suite struct H264PictureKindTests {
  @Test(arguments: framings) func tellsHowDecodingCanBegin(_ framing: NALUnitFraming) throws {
    for (units, kind) in h264 {
      let bytes = accessUnit(units, framing)
      #expect(
        try H264PictureKind(accessUnit: bytes.span.bytes, framing: framing) == kind, "\(units)")
    }
  }

  @Test func brokenUnitsAreErrors() {
    for units in [["0606"], ["06060a c480"], ["060601c480", "41"], ["060601c480", "410000"]] {
      #expect(throws: ParseError.self, "\(units)") { () throws -> H264PictureKind in
        let bytes = accessUnit(units, .lengthPrefixed(.four))
        return try H264PictureKind(
          accessUnit: bytes.span.bytes, framing: .lengthPrefixed(.four))
      }
    }
  }
}

private let h265: [([String], H265PictureKind)] = [
  ([], .other),
  (["40010c01", "42010101", "4401c172", "2601af1d"], .idrWRADL),
  (["2801af1d"], .idrNLP),
  (["4601", "2a01ac14"], .cra),
  (["2001ac"], .bla), (["2201ac"], .bla), (["2401ac"], .bla),
  (["0201d019"], .other),
  // The enhancement layer's slice comes first; only the base layer counts.
  (["2809ac", "0201d0"], .other),
  (["0209d0", "2801ac"], .idrNLP),
  (["4001"], .other),
]

@Suite struct H265PictureKindTests {
  @Test(arguments: framings) func tellsHowDecodingCanBegin(_ framing: NALUnitFraming) throws {
    for (units, kind) in h265 {
      let bytes = accessUnit(units, framing)
      #expect(
        try H265PictureKind(accessUnit: bytes.span.bytes, framing: framing) == kind, "\(units)")
    }
  }

  @Test func aHeaderNeedsTwoBytes() {
    #expect(throws: ParseError(.truncated(needed: 2), "nal_unit_header", at: 4)) {
      () throws -> H265PictureKind in
      let bytes = hex("00000001 28")
      return try H265PictureKind(
        accessUnit: bytes.span.bytes, framing: .lengthPrefixed(.four))
    }
  }
}
