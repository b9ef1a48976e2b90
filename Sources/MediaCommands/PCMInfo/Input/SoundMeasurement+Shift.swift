internal import MediaSignal

/// Places in a sound that was measured from some frame on, as places in the whole of it.
extension SoundMeasurement {
  mutating func shift(by frames: Int64) {
    guard frames != 0 else { return }
    for index in channels.indices { channels[index].shift(by: frames) }
    overall.shift(by: frames)
    for index in pairs.indices { pairs[index].outOfPhase.shift(by: frames) }
    for index in silences.indices { silences[index].frames.shift(by: frames) }
    loudness?.momentaryMaximumEnd?.shift(by: frames)
    loudness?.shortTermMaximumEnd?.shift(by: frames)
  }
}

extension ChannelMeasurement {
  fileprivate mutating func shift(by frames: Int64) {
    peakFrame?.shift(by: frames)
    truePeakFrame?.shift(by: frames)
    clippedRuns.shift(by: frames)
    dropouts.shift(by: frames)
  }
}

extension SoundWindow {
  mutating func shift(by count: Int64) { frames.shift(by: count) }
}

extension Int64 {
  fileprivate mutating func shift(by count: Int64) { self += count }
}

extension Range<Int64> {
  fileprivate mutating func shift(by count: Int64) {
    self = lowerBound + count..<upperBound + count
  }
}

extension [Range<Int64>] {
  fileprivate mutating func shift(by count: Int64) {
    for index in indices { self[index].shift(by: count) }
  }
}
