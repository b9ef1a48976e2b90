internal import MediaRaw
internal import MediaSignal

extension SoundDescription {
  /// Sets where the channels stand; `known` is nil where nothing says, and an order is assumed then.
  ///
  /// `layout` is FFmpeg's name of the layout where FFmpeg has given it.
  mutating func setPositions(_ known: [ChannelPosition?]?, layout: String?) {
    channelLayout = layout ?? known.flatMap(ChannelLayouts.name)
    if let known {
      positions = known
    } else if let assumed = LoudnessWeights.assumedPositions(channelCount: format.channelCount) {
      positions = assumed
      arePositionsAssumed = true
    } else {
      positions = Array(repeating: nil, count: format.channelCount)
    }
  }
}

/// FFmpeg's names of layouts of its standard layouts.
enum ChannelLayouts {
  /// The name of loudspeakers in the order of a mask; nil where one of them has no position.
  static func name(_ positions: [ChannelPosition?]) -> String? {
    let known = positions.compactMap { $0?.name }
    guard !known.isEmpty, known.count == positions.count else { return nil }
    let list = known.joined(separator: "+")
    return names[list] ?? "\(known.count) channels (\(list))"
  }

  private static let names = [
    "FC": "mono",
    "FL+FR": "stereo",
    "FL+FR+LFE": "2.1",
    "FL+FR+FC": "3.0",
    "FL+FR+BC": "3.0(back)",
    "FL+FR+FC+BC": "4.0",
    "FL+FR+BL+BR": "quad",
    "FL+FR+SL+SR": "quad(side)",
    "FL+FR+FC+LFE": "3.1",
    "FL+FR+FC+BL+BR": "5.0",
    "FL+FR+FC+SL+SR": "5.0(side)",
    "FL+FR+FC+LFE+BC": "4.1",
    "FL+FR+FC+LFE+BL+BR": "5.1",
    "FL+FR+FC+LFE+SL+SR": "5.1(side)",
    "FL+FR+FC+BC+SL+SR": "6.0",
    "FL+FR+FLC+FRC+SL+SR": "6.0(front)",
    "FL+FR+FC+BL+BR+BC": "hexagonal",
    "FL+FR+FC+LFE+BC+SL+SR": "6.1",
    "FL+FR+FC+LFE+BL+BR+BC": "6.1(back)",
    "FL+FR+LFE+FLC+FRC+SL+SR": "6.1(front)",
    "FL+FR+FC+BL+BR+SL+SR": "7.0",
    "FL+FR+FC+FLC+FRC+SL+SR": "7.0(front)",
    "FL+FR+FC+LFE+BL+BR+SL+SR": "7.1",
    "FL+FR+FC+LFE+BL+BR+FLC+FRC": "7.1(wide)",
    "FL+FR+FC+LFE+FLC+FRC+SL+SR": "7.1(wide-side)",
    "FL+FR+FC+BL+BR+BC+SL+SR": "octagonal",
  ]
}
