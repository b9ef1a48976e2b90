public import MediaBytes

/// The frame tag of VP8 and what follows it in a key frame (RFC 6386 9.1).
public struct VP8FrameHeader: Hashable, Sendable {
  /// What only key frames carry.
  public struct KeyFrame: Hashable, Sendable {
    /// Luma samples in a row, 14 bits.
    public var width: Int
    /// How to scale up for display, 2 bits: 0 not at all, 1 by 5/4, 2 by 5/3, 3 by 2.
    public var horizontalScale: UInt8
    /// Rows of luma samples, 14 bits.
    public var height: Int
    /// As `horizontalScale`.
    public var verticalScale: UInt8

    /// Makes it of all four.
    public init(width: Int, horizontalScale: UInt8, height: Int, verticalScale: UInt8) {
      self.width = width
      self.horizontalScale = horizontalScale
      self.height = height
      self.verticalScale = verticalScale
    }
  }

  /// `version`, 3 bits: 0...3, which filters are in use.
  public var version: UInt8
  /// `show_frame`.
  public var isShown: Bool
  /// `first_part_size`: bytes of the first partition, 19 bits.
  public var firstPartitionSize: Int
  /// The size of a key frame; nil in all others.
  public var keyFrame: KeyFrame?

  /// Whether it is a key frame.
  public var isKey: Bool { keyFrame != nil }

  /// Reads three bytes, or ten of a key frame; the frame behind them need not be there.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    var ahead = reader
    let tag = try ahead.u24le("frame_tag")
    version = UInt8(tag >> 1 & 7)
    isShown = tag >> 4 & 1 == 1
    firstPartitionSize = Int(tag >> 5)
    if tag & 1 == 0 {
      let start = ahead.offset
      let code = try ahead.u24("start_code")
      guard code == 0x9d012a else {
        throw ParseError(.invalid(UInt64(code)), "start_code", at: start)
      }
      let horizontal = try ahead.u16le("horizontal_size_code")
      let vertical = try ahead.u16le("vertical_size_code")
      keyFrame = KeyFrame(
        width: Int(horizontal & 0x3fff), horizontalScale: UInt8(horizontal >> 14),
        height: Int(vertical & 0x3fff), verticalScale: UInt8(vertical >> 14))
    }
    reader = ahead
  }

  /// One line, such as `VP8 version 0 key 640x360`.
  public var summary: String {
    "VP8 version \(version)"
      + (keyFrame.map { " key \($0.width)x\($0.height)" } ?? "") + (isShown ? "" : " hidden")
  }
}
