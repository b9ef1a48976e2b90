import MediaBytes

/// Pictures per second as an exact fraction in lowest terms.
public struct FrameRate: Hashable, Sendable {
  /// Pictures, at least 1.
  public let numerator: Int
  /// Seconds in which they are shown, at least 1.
  public let denominator: Int

  /// Reduces a fraction; nil when either part is not positive.
  public init?(_ numerator: Int, _ denominator: Int) {
    guard numerator > 0, denominator > 0 else { return nil }
    var (divisor, rest) = (numerator, denominator)
    while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
    self.numerator = numerator / divisor
    self.denominator = denominator / divisor
  }

  /// Pictures per second, rounded to binary.
  public var perSecond: Double { Double(numerator) / Double(denominator) }
}

extension FrameRate: CustomStringConvertible {
  /// FFmpeg's form, such as `30000/1001`.
  public var description: String { "\(numerator)/\(denominator)" }
}

/// The shape of a luma sample: its width to its height (H.264 Table E-1, H.265 Table E.1).
public struct SampleAspectRatio: Hashable, Sendable {
  /// `sar_width`, at least 1.
  public let width: UInt16
  /// `sar_height`, at least 1.
  public let height: UInt16

  /// Makes it of both; nil when either is 0, which leaves the shape unspecified.
  public init?(width: UInt16, height: UInt16) {
    guard width > 0, height > 0 else { return nil }
    self.width = width
    self.height = height
  }

  /// `aspect_ratio_idc` 1...16.
  private static let table: [(UInt16, UInt16)] = [
    (1, 1), (12, 11), (10, 11), (16, 11), (40, 33), (24, 11), (20, 11), (32, 11), (80, 33),
    (18, 11), (15, 11), (64, 33), (160, 99), (4, 3), (3, 2), (2, 1),
  ]

  /// Reads `aspect_ratio_idc` and, after 255, the ratio itself; nil when it is left unspecified.
  static func parse(_ reader: inout BitReader) throws(ParseError) -> Self? {
    let index = Int(try reader.bits(8, "aspect_ratio_idc"))
    if index == 255 {
      let width = UInt16(try reader.bits(16, "sar_width"))
      return Self(width: width, height: UInt16(try reader.bits(16, "sar_height")))
    }
    guard table.indices.contains(index - 1) else { return nil }
    return Self(width: table[index - 1].0, height: table[index - 1].1)
  }
}

/// How decoded values stand for light: `video_signal_type` of H.264 and H.265 (E.2.1, E.3.1).
public struct VideoSignalType: Hashable, Sendable {
  /// `video_format`: 0 component, 1 PAL, 2 NTSC, 3 SECAM, 4 MAC, 5 unspecified.
  public var videoFormat: UInt8 = 5
  /// `video_full_range_flag`.
  public var isFullRange = false
  /// `colour_primaries` (ITU-T H.273); 2 is unspecified.
  public var colourPrimaries: UInt8 = 2
  /// `transfer_characteristics` (ITU-T H.273); 2 is unspecified.
  public var transferCharacteristics: UInt8 = 2
  /// `matrix_coefficients` (ITU-T H.273); 2 is unspecified.
  public var matrixCoefficients: UInt8 = 2

  /// Makes a signal of which nothing is said.
  public init() {}

  /// Reads it from `video_format` on.
  init(parsing reader: inout BitReader) throws(ParseError) {
    videoFormat = UInt8(try reader.bits(3, "video_format"))
    isFullRange = try reader.flag("video_full_range_flag")
    guard try reader.flag("colour_description_present_flag") else { return }
    colourPrimaries = UInt8(try reader.bits(8, "colour_primaries"))
    transferCharacteristics = UInt8(try reader.bits(8, "transfer_characteristics"))
    matrixCoefficients = UInt8(try reader.bits(8, "matrix_coefficients"))
  }

  /// Whether the transfer function is one of high dynamic range: PQ (16) or HLG (18).
  public var isHighDynamicRange: Bool {
    transferCharacteristics == 16 || transferCharacteristics == 18
  }
}

/// What `vui_parameters()` of H.264 and H.265 begin with (E.1.1, E.2.1): how to show pictures.
public struct VideoDisplayDescription: Hashable, Sendable {
  /// The shape of a luma sample; nil when unspecified.
  public var sampleAspectRatio: SampleAspectRatio?
  /// `overscan_appropriate_flag`; nil when nothing is said of overscan.
  public var isOverscanAppropriate: Bool?
  /// Range and colour; nil when nothing is said of them.
  public var signalType: VideoSignalType?
  /// `chroma_sample_loc_type_top_field`, 0...5; nil when nothing is said of it.
  public var chromaLocationTop: UInt8?
  /// `chroma_sample_loc_type_bottom_field`, 0...5; nil when nothing is said of it.
  public var chromaLocationBottom: UInt8?

  /// Makes a description that says nothing.
  public init() {}

  /// Reads from `aspect_ratio_info_present_flag` to the chroma locations.
  init(parsing reader: inout BitReader) throws(ParseError) {
    if try reader.flag("aspect_ratio_info_present_flag") {
      sampleAspectRatio = try SampleAspectRatio.parse(&reader)
    }
    if try reader.flag("overscan_info_present_flag") {
      isOverscanAppropriate = try reader.flag("overscan_appropriate_flag")
    }
    if try reader.flag("video_signal_type_present_flag") {
      signalType = try VideoSignalType(parsing: &reader)
    }
    if try reader.flag("chroma_loc_info_present_flag") {
      chromaLocationTop = try reader.ue8("chroma_sample_loc_type_top_field", max: 5)
      chromaLocationBottom = try reader.ue8("chroma_sample_loc_type_bottom_field", max: 5)
    }
  }
}

/// `num_units_in_tick` and what goes with it, alike in H.264 and H.265.
public struct VideoClock: Hashable, Sendable {
  /// `num_units_in_tick`.
  public var unitsInTick: UInt32
  /// `time_scale`: units in a second.
  public var timeScale: UInt32

  /// Reads 64 bits.
  init(parsing reader: inout BitReader) throws(ParseError) {
    unitsInTick = UInt32(try reader.bits(32, "num_units_in_tick"))
    timeScale = UInt32(try reader.bits(32, "time_scale"))
  }

  /// The rate of pictures that last 1 or 2 ticks each; nil when either field is 0.
  func rate(ticksPerPicture ticks: Int) -> FrameRate? {
    FrameRate(Int(timeScale), Int(unitsInTick) * ticks)
  }
}

/// Samples cut off at each edge, in luma samples.
public struct PictureCropping: Hashable, Sendable {
  /// Columns at the left.
  public var left = 0
  /// Columns at the right.
  public var right = 0
  /// Rows at the top.
  public var top = 0
  /// Rows at the bottom.
  public var bottom = 0

  /// Cuts nothing.
  public init() {}

  /// Reads four offsets, left, right, top and bottom, in units of so many luma samples.
  init(
    parsing reader: inout BitReader, unitX: Int, unitY: Int, _ field: StaticString
  ) throws(ParseError) {
    left = unitX * Int(try reader.ue(field))
    right = unitX * Int(try reader.ue(field))
    top = unitY * Int(try reader.ue(field))
    bottom = unitY * Int(try reader.ue(field))
  }

  /// Throws when it leaves nothing of a picture.
  func require(
    within width: Int, _ height: Int, _ field: StaticString, at offset: Int
  ) throws(ParseError) {
    let columns = left + right
    guard columns < width, top + bottom < height else {
      let excess = columns < width ? top + bottom : columns
      throw ParseError(.invalid(UInt64(excess)), field, at: offset)
    }
  }
}

extension BitReader {
  /// Reads `ue(v)` that the specification limits to `max`.
  mutating func ue8(_ field: StaticString, max: UInt8) throws(ParseError) -> UInt8 {
    let start = offset
    let value = try ue(field)
    guard value <= UInt32(max) else { throw ParseError(.invalid(UInt64(value)), field, at: start) }
    return UInt8(value)
  }

  /// Steps over `count` values of `ue(v)`.
  mutating func skipUE(_ count: Int, _ field: StaticString) throws(ParseError) {
    for _ in 0..<count { _ = try ue(field) }
  }

  /// Reads `delta_scale` or `scaling_list_delta_coef`, -128...127.
  mutating func scalingDelta(_ field: StaticString) throws(ParseError) -> Int {
    let start = offset
    let delta = Int(try se(field))
    guard (-128...127).contains(delta) else {
      throw ParseError(.invalid(UInt64(delta.magnitude)), field, at: start)
    }
    return delta
  }
}
