/// How one sample of sound is stored, under FFmpeg's names without `pcm_`.
public enum SampleFormat: String, Hashable, Sendable, CaseIterable {
  /// 8 bits, unsigned: silence is 128.
  case u8
  /// 8 bits, signed.
  case s8
  /// 16 bits, little-endian.
  case s16le
  /// 16 bits, big-endian.
  case s16be
  /// 24 bits in three bytes, little-endian.
  case s24le
  /// 24 bits in three bytes, big-endian.
  case s24be
  /// 24 bits in the low bytes of four, little-endian; the byte above is not looked at.
  case s24in32le = "s24_32le"
  /// 24 bits in the low bytes of four, big-endian; the byte above is not looked at.
  case s24in32be = "s24_32be"
  /// 32 bits, little-endian.
  case s32le
  /// 32 bits, big-endian.
  case s32be
  /// Binary32, little-endian; full scale is 1.
  case f32le
  /// Binary32, big-endian.
  case f32be
  /// Binary64, little-endian.
  case f64le
  /// Binary64, big-endian.
  case f64be
  /// A-law of ITU-T G.711.
  case alaw
  /// µ-law of ITU-T G.711.
  case mulaw

  /// Bytes of one sample.
  public var byteCount: Int {
    switch self {
    case .u8, .s8, .alaw, .mulaw: 1
    case .s16le, .s16be: 2
    case .s24le, .s24be: 3
    case .s24in32le, .s24in32be, .s32le, .s32be, .f32le, .f32be: 4
    case .f64le, .f64be: 8
    }
  }

  /// Bits of one sample that carry sound.
  public var bitsPerSample: Int {
    switch self {
    case .s24in32le, .s24in32be: 24
    default: byteCount * 8
    }
  }

  /// What its samples are in memory.
  public var lane: SampleLane {
    switch self {
    case .u8, .s8, .s16le, .s16be, .alaw, .mulaw: .int16
    case .s24le, .s24be, .s24in32le, .s24in32be, .s32le, .s32be: .int32
    case .f32le, .f32be: .float
    case .f64le, .f64be: .double
    }
  }
}

/// What samples are in memory, wide enough for every value of their format.
///
/// Integers are shifted up to fill the lane, so that full scale is 2^15 or 2^31 whatever the width;
/// that of floating point is 1.
public enum SampleLane: Hashable, Sendable {
  /// Integers of 16 and of 32 bits.
  case int16, int32
  /// Binary32 and binary64.
  case float, double
}
