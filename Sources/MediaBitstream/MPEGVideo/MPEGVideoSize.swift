import MediaBytes

/// The size of pictures, as the headers of MPEG-1, MPEG-2 and MPEG-4 Visual say it, and how the last
/// of these counts their times.
public struct MPEGVideoSize: Hashable, Sendable {
  /// Luma samples in a row.
  public var width: Int
  /// Rows of luma samples.
  public var height: Int
  /// `vop_time_increment_resolution`: parts of a second; nil of MPEG-1 and MPEG-2.
  public var timeIncrementResolution: Int?

  /// Reads the first `sequence_header` (ISO/IEC 13818-2 6.2.2.1); nil where there is none.
  ///
  /// The two bits above each, which only pictures over 4095 samples need, stand in an extension.
  public init?(sequenceHeaderIn bytes: RawSpan) {
    guard let start = Self.start(0xb3...0xb3, in: bytes), start + 7 <= bytes.byteCount else {
      return nil
    }
    let (a, b, c) = (
      bytes.byte(at: start + 4), bytes.byte(at: start + 5), bytes.byte(at: start + 6)
    )
    width = Int(a) << 4 | Int(b) >> 4
    height = Int(b & 15) << 8 | Int(c)
    guard width > 0, height > 0 else { return nil }
  }

  /// Reads the first `VideoObjectLayer` (ISO/IEC 14496-2 6.2.3); nil where there is none of
  /// rectangular shape.
  public init?(videoObjectLayerIn bytes: RawSpan) {
    guard let start = Self.start(0x20...0x2f, in: bytes) else { return nil }
    var reader = BitReader(bytes.extracting(start + 4..<bytes.byteCount), baseOffset: start + 4)
    guard let size = try? Self.layer(&reader), size.width > 0, size.height > 0 else { return nil }
    (width, height, timeIncrementResolution) = size
  }

  private static func layer(
    _ reader: inout BitReader
  ) throws(ParseError) -> (width: Int, height: Int, resolution: Int?)? {
    try reader.skip(9, "video_object_type_indication")
    var version: UInt64 = 1
    if try reader.flag("is_object_layer_identifier") {
      version = try reader.bits(4, "video_object_layer_verid")
      try reader.skip(3, "video_object_layer_priority")
    }
    if try reader.bits(4, "aspect_ratio_info") == 15 { try reader.skip(16, "par") }
    if try reader.flag("vol_control_parameters") {
      try reader.skip(3, "low_delay")
      if try reader.flag("vbv_parameters") { try reader.skip(79, "vbv_buffer_size") }
    }
    let shape = try reader.bits(2, "video_object_layer_shape")
    if shape == 3, version != 1 { try reader.skip(4, "video_object_layer_shape_extension") }
    try reader.skip(1, "marker_bit")
    let resolution = try reader.bits(16, "vop_time_increment_resolution")
    try reader.skip(1, "marker_bit")
    if try reader.flag("fixed_vop_rate") {
      // As many bits as the largest increment takes.
      let largest = max(1, resolution) - 1
      let count = max(1, UInt64.bitWidth - largest.leadingZeroBitCount)
      try reader.skip(count, "fixed_vop_time_increment")
    }
    guard shape == 0 else { return nil }
    try reader.skip(1, "marker_bit")
    let width = Int(try reader.bits(13, "video_object_layer_width"))
    try reader.skip(1, "marker_bit")
    let height = Int(try reader.bits(13, "video_object_layer_height"))
    return (width, height, resolution > 0 ? Int(resolution) : nil)
  }

  /// Where the first start code of these values is.
  private static func start(_ codes: ClosedRange<UInt8>, in bytes: RawSpan) -> Int? {
    var position = 0
    while position + 3 < bytes.byteCount {
      if bytes.byte(at: position) == 0, bytes.byte(at: position + 1) == 0,
        bytes.byte(at: position + 2) == 1, codes.contains(bytes.byte(at: position + 3))
      {
        return position
      }
      position += 1
    }
    return nil
  }
}
