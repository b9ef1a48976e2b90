public import MediaRaw

/// How much each channel counts in loudness (BS.1770-5 Annexes 1 and 3).
public enum LoudnessWeights {
  /// What a channel beside the listener counts, about +1.5 dB.
  public static let surround = 1.41

  /// The weights of `channelCount` channels.
  ///
  /// - Parameters:
  ///   - positions: where the loudspeakers stand; channels without a position count 1.
  ///   - channelCount: how many channels there are.
  ///   - isDualMono: whether a single channel is meant for two loudspeakers and so counts twice.
  /// - Returns: As many weights as channels; LFE has 0.
  public static func weights(
    positions: [ChannelPosition?], channelCount: Int, isDualMono: Bool = false
  ) -> [Double] {
    if channelCount == 1, isDualMono { return [2] }
    let hasSides = positions.contains(.sideLeft) || positions.contains(.sideRight)
    return (0..<max(0, channelCount)).map { channel in
      guard channel < positions.count, let position = positions[channel] else { return 1 }
      return weight(of: position, hasSides: hasSides)
    }
  }

  /// The order taken for granted where nothing tells it; nil for more than eight channels.
  ///
  /// It is that of WAVE's mask; which loudspeakers there are is FFmpeg's choice, but for three: left,
  /// right and center.
  public static func assumedPositions(channelCount: Int) -> [ChannelPosition]? {
    switch channelCount {
    case 1: [.frontCenter]
    case 2: [.frontLeft, .frontRight]
    case 3: [.frontLeft, .frontRight, .frontCenter]
    case 4: [.frontLeft, .frontRight, .frontCenter, .backCenter]
    case 5: [.frontLeft, .frontRight, .frontCenter, .backLeft, .backRight]
    case 6: [.frontLeft, .frontRight, .frontCenter, .lowFrequency, .backLeft, .backRight]
    case 7:
      [.frontLeft, .frontRight, .frontCenter, .lowFrequency, .backCenter, .sideLeft, .sideRight]
    case 8:
      [
        .frontLeft, .frontRight, .frontCenter, .lowFrequency, .backLeft, .backRight, .sideLeft,
        .sideRight,
      ]
    default: nil
    }
  }

  /// Annex 3: 1.41 from 60 to 120 degrees to the side and less than 30 up or down, else 1.
  private static func weight(of position: ChannelPosition, hasSides: Bool) -> Double {
    switch position {
    case .lowFrequency: 0
    case .sideLeft, .sideRight: surround
    // The surround pair of 5.1 stands at 110 degrees, and masks call it back as often as side. Only
    // next to a side pair is it the one at 135 degrees.
    case .backLeft, .backRight: hasSides ? 1 : surround
    case .frontLeft, .frontRight, .frontCenter, .frontLeftOfCenter, .frontRightOfCenter: 1
    case .backCenter: 1
    case .topCenter, .topFrontLeft, .topFrontCenter, .topFrontRight: 1
    case .topBackLeft, .topBackCenter, .topBackRight: 1
    }
  }
}
