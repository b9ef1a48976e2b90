public import MediaBytes

/// What the AV1 sequence header (5.5.1) says about the whole stream.
public struct AV1SequenceHeader: Hashable, Sendable {
  /// `seq_profile`: 0 Main, 1 High, 2 Professional.
  public var profile: UInt8 = 0
  /// `seq_level_idx[0]`: 8 is level 4.0, 31 no limit.
  public var levelIndex: UInt8 = 0
  /// `seq_tier[0]`.
  public var isHighTier = false
  /// `max_frame_width_minus_1` plus 1.
  public var maxFrameWidth = 0
  /// `max_frame_height_minus_1` plus 1.
  public var maxFrameHeight = 0
  /// Depth, subsampling and colour.
  public var color = AV1ColorConfig()

  /// Finds the first sequence header among OBUs that carry their sizes; nil without one.
  public init?(obus bytes: RawSpan, baseOffset: Int = 0) throws(ParseError) {
    var reader = ByteReader(bytes, baseOffset: baseOffset)
    while !reader.isAtEnd {
      // obu_header, 5.3.2: type in bits 6...3, extension flag, has_size flag.
      let header = try reader.u8("obu_header")
      if header & 4 != 0 { try reader.skip(1, "obu_extension_header") }
      let size = header & 2 != 0 ? try reader.leb128("obu_size") : reader.remaining
      let start = reader.offset
      let body = try reader.take(size, "obu")
      if header >> 3 & 0xf == 1 {
        var bits = BitReader(body, baseOffset: start)
        try self.init(parsing: &bits)
        return
      }
    }
    return nil
  }

  /// Reads the body of a sequence header OBU as far as its colour.
  public init(parsing reader: inout BitReader) throws(ParseError) {
    profile = UInt8(try reader.bits(3, "seq_profile"))
    try reader.skip(1, "still_picture")
    let isReduced = try reader.flag("reduced_still_picture_header")
    if isReduced {
      levelIndex = UInt8(try reader.bits(5, "seq_level_idx[0]"))
    } else {
      try parseOperatingPoints(&reader)
    }
    let widthBits = Int(try reader.bits(4, "frame_width_bits_minus_1")) + 1
    let heightBits = Int(try reader.bits(4, "frame_height_bits_minus_1")) + 1
    maxFrameWidth = Int(try reader.bits(widthBits, "max_frame_width_minus_1")) + 1
    maxFrameHeight = Int(try reader.bits(heightBits, "max_frame_height_minus_1")) + 1
    if !isReduced, try reader.flag("frame_id_numbers_present_flag") {
      try reader.skip(7, "frame id lengths")
    }
    try reader.skip(3, "superblock and intra tools")
    if !isReduced { try skipInterTools(&reader) }
    try reader.skip(3, "enable_superres, enable_cdef, enable_restoration")
    color = try AV1ColorConfig(parsing: &reader, profile: profile)
  }

  private mutating func parseOperatingPoints(_ reader: inout BitReader) throws(ParseError) {
    var delayBits: Int?
    if try reader.flag("timing_info_present_flag") {
      try reader.skip(64, "num_units_in_display_tick, time_scale")
      if try reader.flag("equal_picture_interval") {
        try reader.skipUVLC("num_ticks_per_picture_minus_1")
      }
      if try reader.flag("decoder_model_info_present_flag") {
        delayBits = Int(try reader.bits(5, "buffer_delay_length_minus_1")) + 1
        try reader.skip(42, "decoder_model_info")
      }
    }
    let hasDisplayDelay = try reader.flag("initial_display_delay_present_flag")
    let count = Int(try reader.bits(5, "operating_points_cnt_minus_1")) + 1
    for index in 0..<count {
      try reader.skip(12, "operating_point_idc")
      let level = UInt8(try reader.bits(5, "seq_level_idx"))
      let isHigh = level > 7 ? try reader.flag("seq_tier") : false
      if index == 0 { (levelIndex, isHighTier) = (level, isHigh) }
      if let delayBits, try reader.flag("decoder_model_present_for_this_op") {
        try reader.skip(2 * delayBits + 1, "operating_parameters_info")
      }
      if hasDisplayDelay, try reader.flag("initial_display_delay_present_for_this_op") {
        try reader.skip(4, "initial_display_delay_minus_1")
      }
    }
  }

  private func skipInterTools(_ reader: inout BitReader) throws(ParseError) {
    try reader.skip(4, "inter tools")
    let hasOrderHint = try reader.flag("enable_order_hint")
    if hasOrderHint { try reader.skip(2, "enable_jnt_comp, enable_ref_frame_mvs") }
    var forcesScreenContentTools = true  // SELECT_SCREEN_CONTENT_TOOLS counts as well
    if try !reader.flag("seq_choose_screen_content_tools") {
      forcesScreenContentTools = try reader.flag("seq_force_screen_content_tools")
    }
    if forcesScreenContentTools, try !reader.flag("seq_choose_integer_mv") {
      try reader.skip(1, "seq_force_integer_mv")
    }
    if hasOrderHint { try reader.skip(3, "order_hint_bits_minus_1") }
  }
}

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
      return
    }
    isFullRange = try reader.flag("color_range")
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
}

extension ByteReader {
  /// Reads `leb128()` (AV1 4.10.5): at most 8 bytes, and no more than 32 bits of value.
  mutating func leb128(_ field: StaticString) throws(ParseError) -> Int {
    let start = offset
    var value: UInt64 = 0
    for index in 0..<8 {
      let byte = try u8(field)
      value |= UInt64(byte & 0x7f) << UInt64(7 * index)
      guard byte & 0x80 == 0 else { continue }
      guard value <= UInt64(UInt32.max) else { break }
      return Int(value)
    }
    throw ParseError(.overLimit(value, limit: Int(UInt32.max)), field, at: start)
  }
}

extension BitReader {
  /// Steps over `uvlc()` (AV1 4.10.3); 32 zeros or more stand for the largest value by themselves.
  fileprivate mutating func skipUVLC(_ field: StaticString) throws(ParseError) {
    var leadingZeros = 0
    while try !flag(field) { leadingZeros += 1 }
    if leadingZeros < 32 { try skip(leadingZeros, field) }
  }
}
