public import MediaBytes

/// Walks over the segments of a JPEG picture, up to its scan (ISO/IEC 10918-1 B.1.1).
public struct JPEGSegments: Sendable {
  /// A marker segment.
  public struct Segment: Hashable, Sendable {
    /// The second byte of its marker, such as 0xda of SOS.
    public var marker: UInt8
    /// Where its marker begins.
    public var offset: Int
    /// What follows its length; behind that of SOS the scan begins.
    public var body: Range<Int>
  }

  private var position = 0

  /// Begins before SOI.
  public init() {}

  /// The next segment; throws where there is none, as behind the scan.
  public mutating func next(in bytes: RawSpan) throws(ParseError) -> Segment {
    var reader = ByteReader(bytes.extracting(position..<bytes.byteCount), baseOffset: position)
    if position == 0 {
      let soi = try reader.u16("SOI")
      guard soi == 0xffd8 else { throw ParseError(.invalid(UInt64(soi)), "SOI", at: 0) }
    }
    let start = reader.offset
    let first = try reader.u8("marker")
    guard first == 0xff else { throw ParseError(.invalid(UInt64(first)), "marker", at: start) }
    while reader.peekU8 == 0xff { try reader.skip(1, "fill byte") }
    let marker = try reader.u8("marker")
    guard marker != 0xd9 else { throw ParseError(.invalid(0xd9), "EOI before SOS", at: start) }
    let length = Int(try reader.u16("segment length"))
    guard length >= 2 else {
      throw ParseError(.invalid(UInt64(length)), "segment length", at: reader.offset - 2)
    }
    let begin = reader.offset
    try reader.skip(length - 2, "segment")
    position = reader.offset
    return Segment(marker: marker, offset: start, body: begin..<position)
  }
}
