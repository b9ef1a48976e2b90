import MediaBytes

/// `timing_info()` of AV1 (5.5.3).
public struct AV1TimingInfo: Hashable, Sendable {
  /// `num_units_in_display_tick`: a tick is this over `timeScale` seconds.
  public var unitsInDisplayTick: UInt32
  /// `time_scale`.
  public var timeScale: UInt32
  /// `num_ticks_per_picture_minus_1` plus 1, when all pictures last equally long.
  public var ticksPerPicture: UInt64?

  /// Pictures per second as an exact fraction; nil where pictures vary or a number is 0.
  public var frameRate: (numerator: UInt64, denominator: UInt64)? {
    guard let ticksPerPicture, timeScale > 0, unitsInDisplayTick > 0 else { return nil }
    return (UInt64(timeScale), UInt64(unitsInDisplayTick) * ticksPerPicture)
  }
}

/// `decoder_model_info()` of AV1 (5.5.4).
public struct AV1DecoderModelInfo: Hashable, Sendable {
  /// `buffer_delay_length_minus_1` plus 1, in bits.
  public var bufferDelayLength: Int
  /// `num_units_in_decoding_tick`.
  public var unitsInDecodingTick: UInt32
  /// `buffer_removal_time_length_minus_1` plus 1, in bits.
  public var bufferRemovalTimeLength: Int
  /// `frame_presentation_time_length_minus_1` plus 1, in bits.
  public var framePresentationTimeLength: Int
}

/// One of the ways to decode a scalable stream, or the only one.
public struct AV1OperatingPoint: Hashable, Sendable {
  /// `operating_point_idc`, 12 bits: which layers belong to it; 0 is all.
  public var idc: UInt16 = 0
  /// `seq_level_idx`, 5 bits: 8 is level 4.0, 31 no limit.
  public var levelIndex: UInt8
  /// `seq_tier`.
  public var isHighTier = false
  /// `initial_display_delay_minus_1` plus 1, in frames; nil when not said.
  public var initialDisplayDelay: UInt8?

  init(levelIndex: UInt8) {
    self.levelIndex = levelIndex
  }
}

extension AV1SequenceHeader {
  mutating func parseOperatingPoints(_ reader: inout BitReader) throws(ParseError) {
    if try reader.flag("timing_info_present_flag") {
      timing = try AV1TimingInfo(parsing: &reader)
      if try reader.flag("decoder_model_info_present_flag") {
        decoderModel = try AV1DecoderModelInfo(parsing: &reader)
      }
    }
    let hasDisplayDelay = try reader.flag("initial_display_delay_present_flag")
    let count = Int(try reader.bits(5, "operating_points_cnt_minus_1")) + 1
    for _ in 0..<count {
      let idc = UInt16(try reader.bits(12, "operating_point_idc"))
      var point = AV1OperatingPoint(levelIndex: UInt8(try reader.bits(5, "seq_level_idx")))
      point.idc = idc
      if point.levelIndex > 7 { point.isHighTier = try reader.flag("seq_tier") }
      if let decoderModel, try reader.flag("decoder_model_present_for_this_op") {
        try reader.skip(2 * decoderModel.bufferDelayLength + 1, "operating_parameters_info")
      }
      if hasDisplayDelay, try reader.flag("initial_display_delay_present_for_this_op") {
        point.initialDisplayDelay = UInt8(try reader.bits(4, "initial_display_delay_minus_1")) + 1
      }
      operatingPoints.append(point)
    }
  }
}

extension AV1TimingInfo {
  fileprivate init(parsing reader: inout BitReader) throws(ParseError) {
    unitsInDisplayTick = UInt32(try reader.bits(32, "num_units_in_display_tick"))
    timeScale = UInt32(try reader.bits(32, "time_scale"))
    if try reader.flag("equal_picture_interval") {
      ticksPerPicture = UInt64(try reader.uvlc("num_ticks_per_picture_minus_1")) + 1
    }
  }
}

extension AV1DecoderModelInfo {
  fileprivate init(parsing reader: inout BitReader) throws(ParseError) {
    bufferDelayLength = Int(try reader.bits(5, "buffer_delay_length_minus_1")) + 1
    unitsInDecodingTick = UInt32(try reader.bits(32, "num_units_in_decoding_tick"))
    bufferRemovalTimeLength = Int(try reader.bits(5, "buffer_removal_time_length_minus_1")) + 1
    framePresentationTimeLength =
      Int(try reader.bits(5, "frame_presentation_time_length_minus_1")) + 1
  }
}
