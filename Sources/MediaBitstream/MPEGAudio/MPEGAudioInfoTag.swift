public import MediaBytes

/// What an encoder says of a whole MP3 stream inside its first, silent frame.
///
/// The forms are Xing's (`Xing`, and `Info` at a constant rate) with LAME's extension, and
/// Fraunhofer's `VBRI`. There is no standard for them.
public struct MPEGAudioInfoTag: Hashable, Sendable {
  /// Which of the forms it is.
  public enum Kind: Hashable, Sendable {
    /// Variable rate.
    case xing
    /// Constant rate, otherwise as Xing.
    case info
    /// Fraunhofer's.
    case vbri
  }

  /// Which of the forms it is.
  public var kind: Kind
  /// Frames of the stream, this one left out.
  public var frameCount: Int?
  /// Bytes of the stream.
  public var byteCount: Int?
  /// 0...100.
  public var quality: Int?
  /// Whether a table of contents for seeking is there.
  public var hasTableOfContents = false
  /// The encoder's name of nine characters at most, such as `LAME3.100`.
  public var encoder: String?
  /// Samples that the encoder put before the sound, without the decoder's own delay.
  public var delay: Int?
  /// Samples that it put behind the sound to fill the last frame.
  public var padding: Int?

  /// Looks for a tag in `frame`, which begins with `header`; nil without one.
  ///
  /// A tag that the frame cuts off throws `truncated`.
  public init?(
    frame: RawSpan, header: MPEGAudioHeader, baseOffset: Int = 0
  ) throws(ParseError) {
    guard header.layer == 3 else { return nil }
    let side = MPEGAudioHeader.byteCount + header.sideInformationByteCount
    // With a CRC most encoders leave its two bytes out of the reckoning, some do not.
    for start in header.hasCRC ? [side, side + 2] : [side] {
      guard let name = frame.word(at: start), name == xing || name == info else { continue }
      var reader = ByteReader(
        frame.extracting(start + 4..<frame.byteCount), baseOffset: baseOffset + start + 4)
      kind = name == xing ? .xing : .info
      try parseXing(&reader)
      return
    }
    // Fraunhofer's place does not depend on the side information.
    let start = MPEGAudioHeader.byteCount + 32
    guard frame.word(at: start) == vbri else { return nil }
    var reader = ByteReader(
      frame.extracting(start + 4..<frame.byteCount), baseOffset: baseOffset + start + 4)
    kind = .vbri
    try parseVBRI(&reader)
  }

  private mutating func parseXing(_ reader: inout ByteReader) throws(ParseError) {
    let flags = try reader.u32("Xing flags")
    if flags & 1 != 0 { frameCount = Int(try reader.u32("Xing frames")) }
    if flags & 2 != 0 { byteCount = Int(try reader.u32("Xing bytes")) }
    if flags & 4 != 0 {
      try reader.skip(100, "Xing TOC")
      hasTableOfContents = true
    }
    if flags & 8 != 0 { quality = Int(try reader.u32("Xing quality")) }
    // LAME's extension: 9 bytes of name, 12 bytes of rates and gains, then delay and padding.
    guard reader.remaining >= 24 else { return }
    let name = try reader.array(9, "encoder")
    let printable = name.prefix { (0x20...0x7e).contains($0) }
    guard printable.count >= 4 else { return }
    encoder = String(decoding: printable, as: UTF8.self)
    try reader.skip(12, "LAME rates and gains")
    let delays = try reader.u24("encoder delays")
    delay = Int(delays >> 12)
    padding = Int(delays & 0xfff)
  }

  private mutating func parseVBRI(_ reader: inout ByteReader) throws(ParseError) {
    try reader.skip(2, "VBRI version")
    delay = Int(try reader.u16("VBRI delay"))
    quality = Int(try reader.u16("VBRI quality"))
    byteCount = Int(try reader.u32("VBRI bytes"))
    frameCount = Int(try reader.u32("VBRI frames"))
    hasTableOfContents = try reader.u16("VBRI table size") > 0
  }
}

private let xing: UInt32 = 0x5869_6e67
private let info: UInt32 = 0x496e_666f
private let vbri: UInt32 = 0x5642_5249

extension RawSpan {
  /// Four bytes, most significant first; nil when they are not all there.
  fileprivate func word(at index: Int) -> UInt32? {
    guard index <= byteCount - 4 else { return nil }
    return (0..<4).reduce(0) { $0 << 8 | UInt32(byte(at: index + $1)) }
  }
}
