/// The bytes of hexadecimal text; white space is passed over.
func hex(_ text: String) -> [UInt8] {
  let digits = text.filter { !$0.isWhitespace }.compactMap(\.hexDigitValue)
  precondition(digits.count % 2 == 0, "an odd number of digits")
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// Configuration records that FFmpeg 5.1 wrote for test pictures of 128x72 at 25 per second.
enum Sample {
  static let avcC = hex(
    """
    01 64000a ff e1 0019 6764000aacd9420bf97011000003000100000300320f122596
    01 0006 68ebe3cb22c0 fdf8f800
    """)
  /// The same parameter sets as a transport stream carries them.
  static let h264AnnexB = hex(
    "000001 6764000aacd9420bf97011000003000100000300320f122596 00000001 68ebe3cb22c0")
  static let hvcC = hex(
    """
    01 01 60000000 900000000000 1e f000 fc fd f8 f8 0000 0f 03
    20 0001 0018 40010c01ffff01600000030090000003000003001e959809
    21 0001 0029 42010101600000030090000003000003001ea010204965
    959a4932bc05a02000000300200000030321
    22 0001 0007 4401c172b42240
    """)
  static let h265AnnexB = hex(
    """
    00000001 40010c01ffff01600000030090000003000003001e959809
    00000001 42010101600000030090000003000003001ea010204965
    959a4932bc05a02000000300200000030321
    000001 4401c172b42240
    """)
  static let av1C = hex("81000c00 0a0a0000000337f8e6d7c802")
  static let av1CMain10HDR = hex("81004c00 0a0d0000000337f8e6d7ca84880482")
  static let av1CHigh444 = hex("81200000 0a0a2000000337f8e6d7c810")
  static let av1CGray = hex("81001c00 0a0a0000000337f8e6d7c950")
}
