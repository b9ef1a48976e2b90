public import MediaBytes

/// The AV1 sequence header OBU (5.5.1): what holds for the whole stream.
public struct AV1SequenceHeader: Hashable, Sendable {
  /// `seq_profile`: 0 Main, 1 High, 2 Professional.
  public var profile: UInt8 = 0
  /// `still_picture`.
  public var isStillPicture = false
  /// `reduced_still_picture_header`.
  public var isReducedStillPictureHeader = false
  /// `timing_info()`.
  public var timing: AV1TimingInfo?
  /// `decoder_model_info()`.
  public var decoderModel: AV1DecoderModelInfo?
  /// The operating points, the best first; 1...32.
  public var operatingPoints: [AV1OperatingPoint] = []
  /// `max_frame_width_minus_1` plus 1.
  public var maxFrameWidth = 0
  /// `max_frame_height_minus_1` plus 1.
  public var maxFrameHeight = 0
  /// The bits of a frame identifier, and of the difference of two; nil where there are none.
  public var frameIDLengths: FrameIDLengths?
  /// The coding tools that are switched for the whole stream.
  public var tools = Tools()
  /// Depth, subsampling and colour.
  public var color = AV1ColorConfig()
  /// `film_grain_params_present`.
  public var hasFilmGrain = false

  /// `delta_frame_id_length` and `frame_id_length`, in bits.
  public struct FrameIDLengths: Hashable, Sendable {
    /// `delta_frame_id_length_minus_2` plus 2.
    public var delta: Int
    /// The whole identifier.
    public var full: Int
  }

  /// The flags between the sizes and the colour, in their order.
  public struct Tools: Hashable, Sendable {
    /// `use_128x128_superblock`.
    public var uses128x128Superblock = false
    /// `enable_filter_intra`.
    public var filterIntra = false
    /// `enable_intra_edge_filter`.
    public var intraEdgeFilter = false
    /// `enable_interintra_compound`.
    public var interintraCompound = false
    /// `enable_masked_compound`.
    public var maskedCompound = false
    /// `enable_warped_motion`.
    public var warpedMotion = false
    /// `enable_dual_filter`.
    public var dualFilter = false
    /// `OrderHintBits`; 0 without `enable_order_hint`.
    public var orderHintBits = 0
    /// `enable_jnt_comp`.
    public var jointCompound = false
    /// `enable_ref_frame_mvs`.
    public var referenceFrameMotionVectors = false
    /// `seq_force_screen_content_tools`: 0 never, 1 always, 2 each frame says.
    public var forceScreenContentTools: UInt8 = 2
    /// `seq_force_integer_mv`: 0 never, 1 always, 2 each frame says.
    public var forceIntegerMotionVectors: UInt8 = 2
    /// `enable_superres`.
    public var superres = false
    /// `enable_cdef`.
    public var cdef = false
    /// `enable_restoration`.
    public var restoration = false
  }

  /// Finds the first sequence header among OBUs; nil without one.
  public init?(obus bytes: RawSpan, baseOffset: Int = 0) throws(ParseError) {
    var cursor = AV1OBUCursor()
    while let obu = try cursor.next(in: bytes, baseOffset: baseOffset) {
      guard obu.type == .sequenceHeader else { continue }
      var bits = BitReader(
        bytes.extracting(obu.payload), baseOffset: baseOffset + obu.payload.lowerBound)
      try self.init(parsing: &bits)
      return
    }
    return nil
  }

  /// Reads the body of a sequence header OBU; its trailing bits are left.
  public init(parsing reader: inout BitReader) throws(ParseError) {
    profile = UInt8(try reader.bits(3, "seq_profile"))
    isStillPicture = try reader.flag("still_picture")
    isReducedStillPictureHeader = try reader.flag("reduced_still_picture_header")
    if isReducedStillPictureHeader {
      let level = UInt8(try reader.bits(5, "seq_level_idx[0]"))
      operatingPoints = [AV1OperatingPoint(levelIndex: level)]
    } else {
      try parseOperatingPoints(&reader)
    }
    let widthBits = Int(try reader.bits(4, "frame_width_bits_minus_1")) + 1
    let heightBits = Int(try reader.bits(4, "frame_height_bits_minus_1")) + 1
    maxFrameWidth = Int(try reader.bits(widthBits, "max_frame_width_minus_1")) + 1
    maxFrameHeight = Int(try reader.bits(heightBits, "max_frame_height_minus_1")) + 1
    if !isReducedStillPictureHeader, try reader.flag("frame_id_numbers_present_flag") {
      let delta = Int(try reader.bits(4, "delta_frame_id_length_minus_2")) + 2
      let more = Int(try reader.bits(3, "additional_frame_id_length_minus_1")) + 1
      frameIDLengths = FrameIDLengths(delta: delta, full: delta + more)
    }
    tools = try Tools(parsing: &reader, isReduced: isReducedStillPictureHeader)
    color = try AV1ColorConfig(parsing: &reader, profile: profile)
    hasFilmGrain = try reader.flag("film_grain_params_present")
  }
}

extension AV1SequenceHeader.Tools {
  init(parsing reader: inout BitReader, isReduced: Bool) throws(ParseError) {
    uses128x128Superblock = try reader.flag("use_128x128_superblock")
    filterIntra = try reader.flag("enable_filter_intra")
    intraEdgeFilter = try reader.flag("enable_intra_edge_filter")
    if !isReduced { try parseInterTools(&reader) }
    superres = try reader.flag("enable_superres")
    cdef = try reader.flag("enable_cdef")
    restoration = try reader.flag("enable_restoration")
  }

  private mutating func parseInterTools(_ reader: inout BitReader) throws(ParseError) {
    interintraCompound = try reader.flag("enable_interintra_compound")
    maskedCompound = try reader.flag("enable_masked_compound")
    warpedMotion = try reader.flag("enable_warped_motion")
    dualFilter = try reader.flag("enable_dual_filter")
    let hasOrderHint = try reader.flag("enable_order_hint")
    if hasOrderHint {
      jointCompound = try reader.flag("enable_jnt_comp")
      referenceFrameMotionVectors = try reader.flag("enable_ref_frame_mvs")
    }
    if try !reader.flag("seq_choose_screen_content_tools") {
      forceScreenContentTools = UInt8(try reader.bits(1, "seq_force_screen_content_tools"))
    }
    if forceScreenContentTools > 0, try !reader.flag("seq_choose_integer_mv") {
      forceIntegerMotionVectors = UInt8(try reader.bits(1, "seq_force_integer_mv"))
    }
    if hasOrderHint { orderHintBits = Int(try reader.bits(3, "order_hint_bits_minus_1")) + 1 }
  }
}

// MARK: - What follows from it

extension AV1SequenceHeader {
  /// `seq_level_idx[0]`: 8 is level 4.0, 31 no limit.
  public var levelIndex: UInt8 { operatingPoints.first?.levelIndex ?? 0 }

  /// `seq_tier[0]`.
  public var isHighTier: Bool { operatingPoints.first?.isHighTier ?? false }

  /// `Main`, `High` or `Professional`.
  public var profileName: String { av1ProfileName(profile) }

  /// The level of the first operating point, such as `4.0`; see `av1LevelName`.
  public var levelName: String { av1LevelName(levelIndex) }

  /// One line, such as `Main 4.0 1920x1080 8 bits 4:2:0`.
  public var summary: String {
    "\(profileName) \(levelName)\(isHighTier ? " High tier" : "") "
      + "\(maxFrameWidth)x\(maxFrameHeight) \(color.bitDepth) bits \(color.chromaFormat)"
      + (hasFilmGrain ? " film grain" : "")
  }
}

/// The name of `seq_profile` (AV1 A.2).
func av1ProfileName(_ profile: UInt8) -> String {
  let names = ["Main", "High", "Professional"]
  return names.indices.contains(Int(profile)) ? names[Int(profile)] : "profile \(profile)"
}

/// The level of `seq_level_idx` (AV1 A.3): 8 is `4.0`, 31 is `max`.
func av1LevelName(_ index: UInt8) -> String {
  index == 31 ? "max" : "\(2 + index / 4).\(index % 4)"
}
