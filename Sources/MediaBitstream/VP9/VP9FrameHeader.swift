public import MediaBytes

/// The start of VP9's uncompressed header (VP9 bitstream specification 6.2).
public struct VP9FrameHeader: Hashable, Sendable {
  /// Depth, subsampling and colour: `color_config()`.
  public struct ColorConfig: Hashable, Sendable {
    /// Bits of a sample: 8, 10 or 12.
    public var bitDepth: UInt8 = 8
    /// `color_space`, 3 bits; 0 is unknown, 7 is RGB.
    public var colorSpace: UInt8 = 0
    /// `color_range`.
    public var isFullRange = false
    /// `subsampling_x`, 0 or 1.
    public var subsamplingX: UInt8 = 1
    /// `subsampling_y`, 0 or 1.
    public var subsamplingY: UInt8 = 1

    /// The `matrixCoefficients` of ISO/IEC 23091-2 that `color_space` stands for.
    public var matrix: UInt8 { [2, 5, 1, 6, 7, 9, 2, 0][Int(colorSpace & 7)] }

    /// FFmpeg's name of how decoded samples lie in memory, such as `yuv420p10le`.
    public var pixelFormat: String {
      let planes =
        switch (subsamplingX, subsamplingY) {
        case (1, 1): "yuv420p"
        case (1, 0): "yuv422p"
        case (0, 1): "yuv440p"
        default: colorSpace == 7 ? "gbrp" : "yuv444p"
        }
      return planes + (bitDepth > 8 ? "\(bitDepth)le" : "")
    }
  }

  /// The size of a frame in luma samples.
  public struct Size: Hashable, Sendable {
    /// Samples in a row, 1...65536.
    public var width: Int
    /// Rows, 1...65536.
    public var height: Int

    /// Makes it of both.
    public init(width: Int, height: Int) {
      self.width = width
      self.height = height
    }
  }

  /// 0...3.
  public var profile: UInt8
  /// `frame_to_show_map_idx` when the header only shows a frame decoded before; then the fields
  /// below keep their defaults.
  public var existingFrameToShow: UInt8?
  /// `frame_type` 0: a key frame.
  public var isKey = false
  /// `show_frame`.
  public var isShown = true
  /// `error_resilient_mode`.
  public var isErrorResilient = false
  /// `intra_only`: without reference to other frames, but no key frame.
  public var isIntraOnly = false
  /// Depth and colour, of key frames and intra-only frames.
  public var color: ColorConfig?
  /// `frame_size()`, of key frames and intra-only frames.
  public var size: Size?
  /// `render_size()` where it differs.
  public var renderSize: Size?

  /// Reads the header of a frame as far as its size; the frame behind it need not be there.
  public init(frame bytes: RawSpan, baseOffset: Int = 0) throws(ParseError) {
    var bits = BitReader(bytes, baseOffset: baseOffset)
    let marker = try bits.bits(2, "frame_marker")
    guard marker == 2 else { throw ParseError(.invalid(marker), "frame_marker", at: baseOffset) }
    let low = try bits.bits(1, "profile_low_bit")
    profile = UInt8(try bits.bits(1, "profile_high_bit") << 1 | low)
    if profile == 3, try bits.flag("reserved_zero") {
      throw ParseError(.unsupported(1), "reserved_zero", at: baseOffset)
    }
    if try bits.flag("show_existing_frame") {
      existingFrameToShow = UInt8(try bits.bits(3, "frame_to_show_map_idx"))
      return
    }
    isKey = try !bits.flag("frame_type")
    isShown = try bits.flag("show_frame")
    isErrorResilient = try bits.flag("error_resilient_mode")
    if isKey {
      try bits.syncCode()
      color = try ColorConfig(parsing: &bits, profile: profile)
    } else {
      if !isShown { isIntraOnly = try bits.flag("intra_only") }
      guard isIntraOnly else { return }
      if !isErrorResilient { try bits.skip(2, "reset_frame_context") }
      try bits.syncCode()
      // Profile 0 has but one colour configuration.
      color = profile == 0 ? ColorConfig() : try ColorConfig(parsing: &bits, profile: profile)
      try bits.skip(8, "refresh_frame_flags")
    }
    size = try Size(parsing: &bits, "frame_size")
    if try bits.flag("render_and_frame_size_different") {
      renderSize = try Size(parsing: &bits, "render_size")
    }
  }

  /// One line, such as `VP9 profile 0 key 640x360`.
  public var summary: String {
    var text = "VP9 profile \(profile)"
    if let existingFrameToShow { return text + " shows frame \(existingFrameToShow)" }
    if isKey { text += " key" }
    if isIntraOnly { text += " intra only" }
    if let size { text += " \(size.width)x\(size.height)" }
    return text + (isShown ? "" : " hidden")
  }
}

extension VP9FrameHeader.ColorConfig {
  init(parsing bits: inout BitReader, profile: UInt8) throws(ParseError) {
    let start = bits.offset
    if profile >= 2 { bitDepth = try bits.flag("ten_or_twelve_bit") ? 12 : 10 }
    colorSpace = UInt8(try bits.bits(3, "color_space"))
    let hasSubsampling = profile & 1 == 1
    if colorSpace == 7 {
      isFullRange = true
      guard hasSubsampling else { throw ParseError(.invalid(7), "color_space", at: start) }
      (subsamplingX, subsamplingY) = (0, 0)
    } else {
      isFullRange = try bits.flag("color_range")
      guard hasSubsampling else { return }
      subsamplingX = UInt8(try bits.bits(1, "subsampling_x"))
      subsamplingY = UInt8(try bits.bits(1, "subsampling_y"))
    }
    try bits.skip(1, "reserved_zero")
  }
}

extension VP9FrameHeader.Size {
  init(parsing bits: inout BitReader, _ field: StaticString) throws(ParseError) {
    width = Int(try bits.bits(16, field)) + 1
    height = Int(try bits.bits(16, field)) + 1
  }
}

extension BitReader {
  fileprivate mutating func syncCode() throws(ParseError) {
    let start = offset
    let code = try bits(24, "frame_sync_code")
    guard code == 0x498342 else { throw ParseError(.invalid(code), "frame_sync_code", at: start) }
  }
}
