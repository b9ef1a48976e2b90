public import MediaBytes

/// The four bytes that begin a frame of MPEG audio (ISO/IEC 11172-3 2.4.1.3, 13818-3 2.4.2.3).
public struct MPEGAudioHeader: Hashable, Sendable {
  /// The size of the header.
  public static let byteCount = 4

  /// Which standard the sampling frequency belongs to, `ID` with the bit above it.
  public enum Version: UInt8, Hashable, Sendable {
    /// MPEG-2.5, the unofficial extension to 8...12 kHz.
    case mpeg2_5 = 0
    /// MPEG-2, 16...24 kHz.
    case mpeg2 = 2
    /// MPEG-1, 32...48 kHz.
    case mpeg1 = 3
  }

  /// `mode`, 2 bits.
  public enum ChannelMode: UInt8, Hashable, Sendable {
    /// Two channels of one programme.
    case stereo = 0
    /// Stereo whose channels are coded together.
    case jointStereo = 1
    /// Two independent channels.
    case dualChannel = 2
    /// One channel.
    case singleChannel = 3
  }

  /// Which standard the frame is of.
  public var version: Version
  /// 1, 2 or 3.
  public var layer: Int
  /// Whether a CRC of 16 bits follows the header (`protection_bit` 0).
  public var hasCRC: Bool
  /// Bits per second; nil in free format.
  public var bitRate: Int?
  /// Samples per second.
  public var samplingFrequency: Int
  /// `padding_bit`.
  public var hasPadding: Bool
  /// `private_bit`.
  public var privateBit: Bool
  /// `mode`.
  public var channelMode: ChannelMode
  /// `mode_extension`, 2 bits.
  public var modeExtension: UInt8
  /// `copyright`.
  public var isCopyrighted: Bool
  /// `original/copy`.
  public var isOriginal: Bool
  /// `emphasis`, 2 bits: 0 none, 1 50/15 microseconds, 3 CCITT J.17.
  public var emphasis: UInt8

  /// Reads a header; the frame behind it need not be there.
  public init(parsing reader: inout ByteReader) throws(ParseError) {
    let start = reader.offset
    var ahead = reader
    let word = try ahead.u32("MPEG audio header")
    guard word >> 21 == 0x7ff else {
      throw ParseError(.invalid(UInt64(word >> 20)), "syncword", at: start)
    }
    guard let version = Version(rawValue: UInt8(word >> 19 & 3)) else {
      throw ParseError(.invalid(1), "ID", at: start + 1)
    }
    let layerCode = Int(word >> 17 & 3)
    guard layerCode > 0 else { throw ParseError(.invalid(0), "layer", at: start + 1) }
    let rateIndex = Int(word >> 12 & 15)
    guard rateIndex < 15 else { throw ParseError(.invalid(15), "bitrate_index", at: start + 2) }
    let frequencyIndex = Int(word >> 10 & 3)
    guard frequencyIndex < 3 else {
      throw ParseError(.invalid(3), "sampling_frequency", at: start + 2)
    }
    self.version = version
    layer = 4 - layerCode
    hasCRC = word >> 16 & 1 == 0
    let rates = kilobitRates[version == .mpeg1 ? layer - 1 : layer == 1 ? 3 : 4]
    bitRate = rateIndex == 0 ? nil : 1000 * rates[rateIndex - 1]
    let halvings = version == .mpeg1 ? 0 : version == .mpeg2 ? 1 : 2
    samplingFrequency = [44_100, 48_000, 32_000][frequencyIndex] >> halvings
    hasPadding = word >> 9 & 1 == 1
    privateBit = word >> 8 & 1 == 1
    channelMode = ChannelMode(rawValue: UInt8(word >> 6 & 3)) ?? .stereo  // all four are named
    modeExtension = UInt8(word >> 4 & 3)
    isCopyrighted = word >> 3 & 1 == 1
    isOriginal = word >> 2 & 1 == 1
    emphasis = UInt8(word & 3)
    reader = ahead
  }
}

/// Table of 11172-3 2.4.2.3 for layers 1, 2, 3, then of 13818-3 for layer 1 and for layers 2 and 3;
/// kbit/s of indices 1...14.
private let kilobitRates = [
  [32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  [32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
]

// MARK: - What follows from it

extension MPEGAudioHeader {
  /// Samples of one channel in the frame.
  public var samplesPerFrame: Int {
    switch layer {
    case 1: 384
    case 2: 1152
    default: version == .mpeg1 ? 1152 : 576
    }
  }

  /// Bytes of the frame, header included; nil in free format, where the next header tells.
  public var frameByteCount: Int? {
    guard let bitRate else { return nil }
    let padding = hasPadding ? 1 : 0
    if layer == 1 { return 4 * (12 * bitRate / samplingFrequency + padding) }
    return samplesPerFrame / 8 * bitRate / samplingFrequency + padding
  }

  /// 1 or 2.
  public var channels: Int { channelMode == .singleChannel ? 1 : 2 }

  /// `mono` or `stereo`, as FFmpeg names them.
  public var channelLayout: String { channels == 1 ? "mono" : "stereo" }

  /// Bytes of the side information of layer 3 (11172-3 2.4.1.7, 13818-3 2.4.1.7).
  public var sideInformationByteCount: Int {
    switch (version == .mpeg1, channels) {
    case (true, 1): 17
    case (true, _): 32
    case (false, 1): 9
    case (false, _): 17
    }
  }

  /// `MPEG-1 layer 3` and the like.
  public var profileName: String {
    switch version {
    case .mpeg1: "MPEG-1 layer \(layer)"
    case .mpeg2: "MPEG-2 layer \(layer)"
    case .mpeg2_5: "MPEG-2.5 layer \(layer)"
    }
  }

  /// One line, such as `MPEG-1 layer 3 44100 Hz stereo 128 kbit/s`.
  public var summary: String {
    let rate = bitRate.map { "\($0 / 1000) kbit/s" } ?? "free format"
    return "\(profileName) \(samplingFrequency) Hz \(channelLayout) \(rate)"
  }
}
