import MediaBytes

/// `color_config()` of AV1 (5.5.2).
public struct AV1ColorConfig: Hashable, Sendable {
  /// Bits of a sample: 8, 10 or 12.
  public var bitDepth: UInt8 = 8
  /// `mono_chrome`.
  public var isMonochrome = false
  /// `subsampling_x`, 0 or 1.
  public var subsamplingX: UInt8 = 1
  /// `subsampling_y`, 0 or 1.
  public var subsamplingY: UInt8 = 1
  /// `chroma_sample_position`, 2 bits; 0 is unknown.
  public var chromaSamplePosition: UInt8 = 0
  /// `color_primaries`; 2 is unspecified.
  public var primaries: UInt8 = 2
  /// `transfer_characteristics`; 2 is unspecified.
  public var transfer: UInt8 = 2
  /// `matrix_coefficients`; 2 is unspecified.
  public var matrix: UInt8 = 2
  /// `color_range`.
  public var isFullRange = false
  /// `separate_uv_delta_q`.
  public var hasSeparateUVDeltaQ = false

  init() {}

  init(parsing reader: inout BitReader, profile: UInt8) throws(ParseError) {
    if try reader.flag("high_bitdepth") {
      bitDepth = 10
      if profile == 2, try reader.flag("twelve_bit") { bitDepth = 12 }
    }
    if profile != 1 { isMonochrome = try reader.flag("mono_chrome") }
    if try reader.flag("color_description_present_flag") {
      primaries = UInt8(try reader.bits(8, "color_primaries"))
      transfer = UInt8(try reader.bits(8, "transfer_characteristics"))
      matrix = UInt8(try reader.bits(8, "matrix_coefficients"))
    }
    if isMonochrome {
      isFullRange = try reader.flag("color_range")
      return
    }
    if primaries == 1, transfer == 13, matrix == 0 {  // sRGB: BT.709, sRGB, identity
      isFullRange = true
      (subsamplingX, subsamplingY) = (0, 0)
    } else {
      isFullRange = try reader.flag("color_range")
      try parseSubsampling(&reader, profile: profile)
    }
    hasSeparateUVDeltaQ = try reader.flag("separate_uv_delta_q")
  }

  private mutating func parseSubsampling(
    _ reader: inout BitReader, profile: UInt8
  ) throws(ParseError) {
    switch profile {
    case 0: break
    case 1: (subsamplingX, subsamplingY) = (0, 0)
    default:
      subsamplingY = 0
      if bitDepth == 12 {
        subsamplingX = UInt8(try reader.bits(1, "subsampling_x"))
        if subsamplingX == 1 { subsamplingY = UInt8(try reader.bits(1, "subsampling_y")) }
      }
    }
    if subsamplingX == 1, subsamplingY == 1 {
      chromaSamplePosition = UInt8(try reader.bits(2, "chroma_sample_position"))
    }
  }

  /// `4:2:0`, `4:2:2`, `4:4:4` or `gray`.
  public var chromaFormat: String {
    if isMonochrome { return "gray" }
    return subsamplingX == 0 ? "4:4:4" : subsamplingY == 0 ? "4:2:2" : "4:2:0"
  }
}
