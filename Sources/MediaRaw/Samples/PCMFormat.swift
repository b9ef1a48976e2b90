/// What every frame of PCM sound has in common; a frame is one sample of each channel.
public struct PCMFormat: Hashable, Sendable {
  /// Frames per second, at least 1.
  public var sampleRate: Int
  /// Number of channels, 1 to `maxChannelCount`.
  public var channelCount: Int
  /// How a sample is stored.
  public var sampleFormat: SampleFormat
  /// Bits that carry sound, from the top of a sample; at most `sampleFormat.bitsPerSample`.
  public var validBits: Int
  /// Bytes from one frame to the next; what is beyond the samples is not looked at.
  public var blockAlign: Int
  /// Where the channels' loudspeakers stand, in the order of the channels; nil where nothing says.
  public var positions: [ChannelPosition]?

  /// More channels than this are refused.
  public static let maxChannelCount = 64

  /// Other rates than these are refused.
  static let sampleRates = 1...100_000_000

  /// A format without padding; nil where the rate or the number of channels is out of range.
  public init?(sampleFormat: SampleFormat, sampleRate: Int, channelCount: Int) {
    guard Self.sampleRates.contains(sampleRate), (1...Self.maxChannelCount).contains(channelCount)
    else { return nil }
    self.sampleRate = sampleRate
    self.channelCount = channelCount
    self.sampleFormat = sampleFormat
    validBits = sampleFormat.bitsPerSample
    blockAlign = sampleFormat.byteCount * channelCount
  }

  /// Bits per second of the sound alone: rate times depth times channels.
  public var bitRate: Int { sampleRate * sampleFormat.bitsPerSample * channelCount }
}

/// A loudspeaker, as bits of WAVE_FORMAT_EXTENSIBLE's `dwChannelMask` number them.
public enum ChannelPosition: Int, Hashable, Sendable, CaseIterable {
  /// Around the listener, and the one of low frequencies (LFE).
  case frontLeft, frontRight, frontCenter, lowFrequency, backLeft, backRight
  /// Between those, and to the sides.
  case frontLeftOfCenter, frontRightOfCenter, backCenter, sideLeft, sideRight
  /// Above the listener, and above those in front.
  case topCenter, topFrontLeft, topFrontCenter, topFrontRight
  /// Above those behind.
  case topBackLeft, topBackCenter, topBackRight

  /// FFmpeg's name, such as `FL`.
  public var name: String { Self.names[rawValue] }

  /// The position of FFmpeg's name (`FL`) or of a single letter for it (`L`), in any case.
  public init?(named name: String) {
    let upper = name.uppercased()
    let short = ["L": "FL", "R": "FR", "C": "FC", "LS": "SL", "RS": "SR"][upper]
    guard let index = Self.names.firstIndex(of: short ?? upper) else { return nil }
    self.init(rawValue: index)
  }

  private static let names = [
    "FL", "FR", "FC", "LFE", "BL", "BR", "FLC", "FRC", "BC", "SL", "SR", "TC", "TFL", "TFC", "TFR",
    "TBL", "TBC", "TBR",
  ]

  /// The positions whose bits are set in `mask`, in its order; bits without a position are nil.
  public static func positions(ofMask mask: UInt32) -> [ChannelPosition?] {
    (0..<32).filter { mask >> $0 & 1 == 1 }.map(ChannelPosition.init(rawValue:))
  }
}
