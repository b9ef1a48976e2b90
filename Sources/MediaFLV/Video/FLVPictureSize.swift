import MediaBytes

/// The size of a picture as the first bytes of a legacy codec's frame tell it.
public struct FLVPictureSize: Hashable, Sendable {
  /// Samples in a row.
  public var width: Int
  /// Rows.
  public var height: Int

  /// Makes a size.
  public init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }
}

extension FLVPictureSize {
  /// Looks into the payload at the reader's position; nil where it does not tell.
  ///
  /// `vp6Adjustment` is the byte that stands before a VP6 frame.
  init?(_ codecID: FLVVideoCodecID, vp6Adjustment: UInt8?, payload reader: ByteReader) {
    var reader = reader
    do throws(ParseError) {
      switch codecID {
      case .sorensonH263:
        var bits = BitReader(reader)
        try self.init(sorenson: &bits)
      case .screen, .screen2:
        var bits = BitReader(reader)
        try self.init(screen: &bits)
      case .vp6, .vp6Alpha:
        if codecID == .vp6Alpha { try reader.skip(3, "OffsetToAlpha") }
        try self.init(vp6: &reader, adjustment: vp6Adjustment ?? 0)
      default: return nil
      }
    } catch {
      return nil
    }
  }

  /// H263VIDEOPACKET (SWF 19, chapter 14).
  private init(sorenson bits: inout BitReader) throws(ParseError) {
    let start = bits.offset
    let code = try bits.bits(17, "PictureStartCode")
    guard code == 1 else { throw ParseError(.invalid(code), "PictureStartCode", at: start) }
    try bits.skip(5, "Version")
    try bits.skip(8, "TemporalReference")
    let size = try bits.bits(3, "PictureSize")
    switch size {
    case 0, 1:
      let bitCount = size == 0 ? 8 : 16
      self.init(
        width: Int(try bits.bits(bitCount, "CustomWidth")),
        height: Int(try bits.bits(bitCount, "CustomHeight")))
    case 2: self.init(width: 352, height: 288)
    case 3: self.init(width: 176, height: 144)
    case 4: self.init(width: 128, height: 96)
    case 5: self.init(width: 320, height: 240)
    case 6: self.init(width: 160, height: 120)
    default: throw ParseError(.invalid(size), "PictureSize", at: start)
    }
  }

  /// SCREENVIDEOPACKET and SCREENV2VIDEOPACKET begin alike (SWF 19, chapter 14).
  private init(screen bits: inout BitReader) throws(ParseError) {
    try bits.skip(4, "BlockWidth")
    width = Int(try bits.bits(12, "ImageWidth"))
    try bits.skip(4, "BlockHeight")
    height = Int(try bits.bits(12, "ImageHeight"))
  }

  /// The head of a VP6 key frame: counts of macroblocks, less what VP6FLVVIDEOPACKET takes off.
  private init(vp6 reader: inout ByteReader, adjustment: UInt8) throws(ParseError) {
    let start = reader.offset
    let first = try reader.u8("frame_type")
    guard first & 0x80 == 0 else { throw ParseError(.invalid(1), "frame_type", at: start) }
    let second = try reader.u8("sub_version")
    // The offset of a second partition, where the first does not hold everything.
    if first & 1 != 0 || second & 6 == 0 { try reader.skip(2, "Buff2Offset") }
    let rows = Int(try reader.u8("VFragments"))
    let columns = Int(try reader.u8("HFragments"))
    width = max(0, 16 * columns - Int(adjustment >> 4))
    height = max(0, 16 * rows - Int(adjustment & 0xf))
  }
}
