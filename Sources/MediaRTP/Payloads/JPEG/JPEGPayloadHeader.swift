public import MediaBytes

/// The main JPEG header and, for types 64 to 127, the restart marker header (RFC 2435 3.1).
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     | Type-specific |              Fragment Offset                  |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |      Type     |       Q       |     Width     |     Height    |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
///     |       Restart Interval        |F|L|       Restart Count       |
///     +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
public struct JPEGPayloadHeader: Hashable, Sendable {
  /// The largest fragment offset, 24 bits.
  public static let maxOffset = 0xff_ffff

  /// `Type-specific`: of types 0 and 1 whether it is a field, 0 for a whole picture.
  public var typeSpecific: UInt8 = 0
  /// `Fragment Offset`: where in the scan the payload belongs.
  public var offset = 0
  /// `Type`: 0 is 4:2:2, 1 is 4:2:0; 64 more with restart markers.
  public var type: UInt8
  /// `Q`: which quantization tables.
  public var quality: UInt8
  /// `Width` in blocks of 8 samples; 0 where SDP says it.
  public var width: UInt8
  /// `Height` in blocks of 8 rows; 0 where SDP says it.
  public var height: UInt8
  /// The restart marker header; nil of types below 64.
  public var restart: Restart?

  /// The restart marker header (RFC 2435 3.1.7).
  public struct Restart: Hashable, Sendable {
    /// `Restart Interval`, in MCUs.
    public var interval: UInt16
    /// `F`: whether the payload begins with an interval.
    public var isFirst = true
    /// `L`: whether it ends with one.
    public var isLast = true
    /// `Restart Count`, 14 bits: which interval comes first; 0x3fff where frames are put together
    /// whole before they are decoded.
    public var count: UInt16 = 0x3fff

    /// Makes the header of packets that are cut anywhere.
    public init(interval: UInt16) { self.interval = interval }
  }

  /// Makes the header of the first packet of a picture.
  public init(type: UInt8, quality: UInt8, width: UInt8, height: UInt8) {
    self.type = type
    self.quality = quality
    self.width = width
    self.height = height
  }

  /// Reads both headers; quantization tables that follow are not looked at.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    var ahead = reader
    typeSpecific = try ahead.u8("Type-specific")
    offset = Int(try ahead.u24("Fragment Offset"))
    type = try ahead.u8("Type")
    quality = try ahead.u8("Q")
    width = try ahead.u8("Width")
    height = try ahead.u8("Height")
    if 64...127 ~= type {
      var restart = Restart(interval: try ahead.u16("Restart Interval"))
      let flags = try ahead.u16("Restart Count")
      restart.isFirst = flags & 0x8000 != 0
      restart.isLast = flags & 0x4000 != 0
      restart.count = flags & 0x3fff
      self.restart = restart
    }
    reader = ahead
  }

  /// Its bytes.
  public var bytes: [UInt8] {
    var bytes = [
      typeSpecific, UInt8(truncatingIfNeeded: offset >> 16),
      UInt8(truncatingIfNeeded: offset >> 8), UInt8(truncatingIfNeeded: offset), type, quality,
      width, height,
    ]
    if let restart {
      let flags: UInt16 = (restart.isFirst ? 0x8000 : 0) | (restart.isLast ? 0x4000 : 0)
      for value in [restart.interval, flags | restart.count & 0x3fff] {
        bytes.append(UInt8(value >> 8))
        bytes.append(UInt8(truncatingIfNeeded: value))
      }
    }
    return bytes
  }

  /// Whether it belongs to the same picture as another, as far as the fields tell.
  func matches(_ other: Self) -> Bool {
    type == other.type && quality == other.quality && width == other.width
      && height == other.height && restart?.interval == other.restart?.interval
  }
}
