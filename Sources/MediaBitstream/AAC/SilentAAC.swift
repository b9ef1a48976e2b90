internal import MediaBytes

/// A track of silence in AAC of low complexity, made without an encoder.
///
/// A frame without a single scale factor band (ISO/IEC 14496-3 4.4.2.1) decodes to zeros, and each
/// one is like the next.
public struct SilentAAC: Hashable, Sendable {
  /// Samples of each channel in a frame.
  public static let samplesPerFrame = 1024
  /// What a decoder must know.
  public let configuration: AudioSpecificConfig
  /// One frame, a `raw_data_block`.
  public let frame: [UInt8]

  /// Silence of 1 to 6 or 8 channels in their usual layout; nil for another number or a rate below 1.
  public init?(sampleRate: Int, channels: Int) {
    guard sampleRate > 0, sampleRate < 1 << 24, let elements = Self.elements[channels] else {
      return nil
    }
    configuration = AudioSpecificConfig(
      objectType: .lowComplexity, samplingFrequency: sampleRate,
      channelConfiguration: channels == 8 ? 7 : UInt8(channels))
    var bits = BitWriter()
    var tags: [Element: Int] = [:]
    for element in elements {
      bits.bits(3, element.rawValue)
      bits.bits(4, tags[element, default: 0])
      tags[element, default: 0] += 1
      if element == .pair {
        bits.flag(true)  // common_window
        bits.individualInfo()
        bits.bits(2, 0)  // ms_mask_present
        for _ in 0..<2 { bits.silentChannel(withInfo: false) }
      } else {
        bits.silentChannel(withInfo: true)
      }
    }
    bits.bits(3, 7)  // ID_END
    frame = bits.bytes
  }

  /// `id_syn_ele`.
  private enum Element: Int {
    case single = 0
    case pair = 1
    case lowFrequency = 3
  }

  /// The elements of each `channelConfiguration` (ISO/IEC 14496-3 table 1.19), by channels.
  private static let elements: [Int: [Element]] = [
    1: [.single],
    2: [.pair],
    3: [.single, .pair],
    4: [.single, .pair, .single],
    5: [.single, .pair, .pair],
    6: [.single, .pair, .pair, .lowFrequency],
    8: [.single, .pair, .pair, .pair, .lowFrequency],
  ]
}

extension BitWriter {
  /// `ics_info` of a long window without bands.
  fileprivate mutating func individualInfo() {
    bits(1, 0)  // ics_reserved_bit
    bits(2, 0)  // window_sequence: ONLY_LONG_SEQUENCE
    bits(1, 0)  // window_shape
    bits(6, 0)  // max_sfb
    bits(1, 0)  // predictor_data_present
  }

  /// `individual_channel_stream` in which nothing follows the flags.
  fileprivate mutating func silentChannel(withInfo: Bool) {
    bits(8, 0)  // global_gain
    if withInfo { individualInfo() }
    bits(3, 0)  // pulse_data_present, tns_data_present, gain_control_data_present
  }
}

/// When the frames of an added track begin: every 1024 samples from time 0, whatever its beginning.
///
/// Times are exact to the tick at any distance, so the track keeps step with the media for days.
public struct AudioFrameGrid: Hashable, Sendable {
  private let sampleRate: Int128
  private let ticksPerSecond: Int128
  private let samplesPerFrame: Int128
  private var index: Int128

  /// A grid from the first frame at or after `ticks`.
  public init(
    sampleRate: Int, ticksPerSecond: Int, from ticks: Int64,
    samplesPerFrame: Int = SilentAAC.samplesPerFrame
  ) {
    precondition(sampleRate > 0 && ticksPerSecond > 0 && samplesPerFrame > 0, "all are positive")
    self.sampleRate = Int128(sampleRate)
    self.ticksPerSecond = Int128(ticksPerSecond)
    self.samplesPerFrame = Int128(samplesPerFrame)
    index = 0
    index = firstIndex(atOrAfter: ticks)
  }

  /// The time of the next frame if it begins before `end`, and moves on to the one after.
  public mutating func next(before end: Int64) -> Int64? {
    let time = floored(index * samplesPerFrame * ticksPerSecond, sampleRate)
    guard time < end else { return nil }
    index += 1
    return Int64(time)
  }

  /// Leaves out the frames before `ticks`; never goes back.
  public mutating func skip(to ticks: Int64) {
    index = max(index, firstIndex(atOrAfter: ticks))
  }

  /// The first frame whose time, rounded down to a tick, is not before `ticks`.
  private func firstIndex(atOrAfter ticks: Int64) -> Int128 {
    -floored(-Int128(ticks) * sampleRate, samplesPerFrame * ticksPerSecond)
  }

  private func floored(_ value: Int128, _ divisor: Int128) -> Int128 {
    let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
