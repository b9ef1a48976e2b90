internal import MediaRaw

/// Joins the statistics of chunks.
struct StatisticsJoiner {
  private let plan: SoundPlan
  private var channels: [ChannelJoiner]
  private var pairs: [PairJoiner]
  private var silences: RunJoiner
  private var windows: WindowJoiner
  private var series: WindowJoiner?
  private var envelope: EnvelopeJoiner?
  private var overallWindows = WindowExtremes()

  /// Of a whole sound.
  init(_ plan: SoundPlan) {
    self.plan = plan
    let channelCount = plan.format.channelCount
    channels = Array(repeating: ChannelJoiner(plan), count: channelCount)
    pairs = PairOfChunk.pairs(channelCount: channelCount)
      .map { PairJoiner($0, sampleRate: plan.format.sampleRate) }
    silences = RunJoiner(minimum: Int64(max(1, plan.minimumSilence)))
    windows = WindowJoiner(
      windowFrames: ChunkStatistics<Int16>.windowFrames(sampleRate: plan.format.sampleRate))
    series = plan.seriesWindow.map { WindowJoiner(windowFrames: max(1, $0)) }
    envelope = plan.keepsEnvelope ? EnvelopeJoiner(channelCount: channelCount) : nil
  }

  /// Takes in the next chunk.
  ///
  /// - Returns: The windows of the series that are whole now.
  mutating func append(_ chunk: StatisticsOfChunk, of frames: Range<Int64>) -> [SoundWindow] {
    for index in channels.indices {
      channels[index].append(
        chunk.channels[index], chunk.clippedRuns[index], chunk.dropouts[index], of: frames)
    }
    for index in pairs.indices { pairs[index].append(chunk.pairs[index]) }
    silences.append(chunk.silences, of: frames)
    for window in windows.append(chunk.windows, end: frames.upperBound) { add(window) }
    if let part = chunk.envelope { envelope?.append(part) }
    guard let part = chunk.series else { return [] }
    return (series?.append(part, end: frames.upperBound) ?? []).map(Self.seriesWindow)
  }

  /// The last window of the series, which is not whole.
  func lastWindow(end: Int64) -> SoundWindow? {
    series?.last(end: end).map(Self.seriesWindow)
  }

  /// The measurement, of statistics alone.
  mutating func finish(frameCount: Int64) -> SoundMeasurement {
    silences.finish()
    for index in channels.indices { channels[index].finish() }
    for index in pairs.indices { pairs[index].finish() }
    var measurement = SoundMeasurement()
    measurement.frameCount = frameCount
    measurement.channels = channels.map {
      $0.measurement(frameCount: frameCount, sampleRate: plan.format.sampleRate)
    }
    measurement.overall = overall(measurement.channels, frameCount)
    let sums = channels.map(\.sums)
    measurement.pairs = pairs.map { $0.measurement(sums, frameCount: frameCount) }
    measurement.silences = silences.listed.map {
      SilentStretch(frames: $0.frames, isDigital: $0.isDigital)
    }
    measurement.silenceCount = silences.count
    measurement.envelope = envelope?.envelope(frameCount: frameCount)
    return measurement
  }

  private mutating func add(_ window: WindowJoiner.Window) {
    let count = window.frames.count
    for index in channels.indices { channels[index].windows.add(window.sums[index], count: count) }
    var all = window.sums[0]
    for sums in window.sums.dropFirst() { all.add(sums) }
    overallWindows.add(all, count: count * window.sums.count)
    for index in pairs.indices { pairs[index].add(window, product: window.products[index]) }
  }

  private static func seriesWindow(_ window: WindowJoiner.Window) -> SoundWindow {
    let count = Double(window.frames.count)
    return SoundWindow(
      frames: window.frames, peaks: window.sums.map(\.peak),
      rms: window.sums.map { ($0.sumOfSquares / count).squareRoot() })
  }

  private func overall(_ channels: [ChannelMeasurement], _ frameCount: Int64) -> ChannelMeasurement
  {
    var overall = ChannelMeasurement(joining: channels)
    overall.setWindows(overallWindows)
    guard frameCount > 0 else { return overall }
    var sumOfSquares = 0.0
    for channel in self.channels { sumOfSquares += channel.sums.sumOfSquares }
    overall.rms = (sumOfSquares / (Double(frameCount) * Double(channels.count))).squareRoot()
    return overall
  }
}

/// Extremes of windows of 50 ms.
struct WindowExtremes: Sendable {
  /// The smallest and largest mean square; nil before the first window.
  private(set) var minimum: Double?
  private(set) var maximum: Double?
  /// The smallest peak.
  private(set) var peak: Double?

  /// Takes in a window of so many samples.
  mutating func add(_ sums: CellSums, count: Int) {
    let meanSquare = sums.sumOfSquares / Double(count)
    minimum = min(minimum ?? meanSquare, meanSquare)
    maximum = max(maximum ?? meanSquare, meanSquare)
    peak = min(peak ?? sums.peak, sums.peak)
  }
}

/// Joins what chunks have of one channel.
struct ChannelJoiner {
  var windows = WindowExtremes()
  private var channel = ChannelOfChunk()
  private var clippedRuns = RunJoiner(minimum: 2)
  private var dropouts: DropoutJoiner

  /// Of a whole sound.
  init(_ plan: SoundPlan) { dropouts = DropoutJoiner(DropoutRule(plan)) }

  /// The sums so far.
  var sums: CellSums { channel.sums }

  /// Takes in the next chunk.
  mutating func append(
    _ next: ChannelOfChunk, _ clipped: RunsOfChunk, _ dropped: DropoutsOfChunk,
    of frames: Range<Int64>
  ) {
    channel.append(next)
    clippedRuns.append(clipped, of: frames)
    dropouts.append(dropped, of: frames)
  }

  /// Ends the sound.
  mutating func finish() { clippedRuns.finish() }

  /// What was measured.
  func measurement(frameCount: Int64, sampleRate: Int) -> ChannelMeasurement {
    var result = ChannelMeasurement()
    guard frameCount > 0 else { return result }
    let count = Double(frameCount)
    result.peak = channel.peak
    result.peakFrame = channel.peakFrame
    result.minimum = channel.minimum
    result.maximum = channel.maximum
    result.rms = (channel.sumOfSquares.value / count).squareRoot()
    result.dcOffset = channel.sum.value / count
    result.setWindows(windows)
    result.effectiveBits = channel.usedBits.count
    result.zeroCrossings = channel.signs.count
    result.clippedSamples = channel.clippedSamples
    result.clippedRuns = clippedRuns.listed.map(\.frames)
    result.clippedRunCount = clippedRuns.count
    result.dropouts = dropouts.listed
    result.dropoutCount = dropouts.count
    result.invalidSamples = channel.invalidSamples
    result.lowFrequencyShare = channel.lowFrequencyShare(count)
    return result
  }
}

extension ChannelOfChunk {
  /// The low band's share of the power, without what the mean has of either.
  fileprivate func lowFrequencyShare(_ count: Double) -> Double? {
    guard let low = lowSquares else { return nil }
    let constant = sum.value * sum.value / count
    let power = sumOfSquares.value - constant
    // A constant alone leaves nothing but rounding.
    guard power > sumOfSquares.value * 1e-9 else { return nil }
    return max(0, min(1, (low.value - constant) / power))
  }
}

extension ChannelMeasurement {
  /// Channels taken together, but for what takes sums: root mean square and windows.
  fileprivate init(joining channels: [ChannelMeasurement]) {
    self.init()
    guard let first = channels.first, first.peakFrame != nil else { return }
    minimum = first.minimum
    maximum = first.maximum
    effectiveBits = 0
    for channel in channels {
      let isEarlier = channel.peak == peak && (channel.peakFrame ?? 0) < (peakFrame ?? .max)
      if channel.peak > peak || isEarlier { (peak, peakFrame) = (channel.peak, channel.peakFrame) }
      minimum = min(minimum, channel.minimum)
      maximum = max(maximum, channel.maximum)
      if channel.dcOffset.magnitude > dcOffset.magnitude { dcOffset = channel.dcOffset }
      effectiveBits = channel.effectiveBits.flatMap { bits in effectiveBits.map { max($0, bits) } }
      zeroCrossings += channel.zeroCrossings
      clippedSamples += channel.clippedSamples
      clippedRunCount += channel.clippedRunCount
      dropoutCount += channel.dropoutCount
      invalidSamples += channel.invalidSamples
    }
    clippedRuns = Self.merged(channels.map(\.clippedRuns))
    dropouts = Self.merged(channels.map(\.dropouts))
  }

  fileprivate mutating func setWindows(_ windows: WindowExtremes) {
    rmsMinimum = windows.minimum?.squareRoot()
    rmsMaximum = windows.maximum?.squareRoot()
    noiseFloor = windows.peak
  }

  /// The first places of all channels, in order.
  private static func merged(_ lists: [[Range<Int64>]]) -> [Range<Int64>] {
    let sorted = lists.joined().sorted {
      ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound)
    }
    return Array(sorted.prefix(SoundMeasurement.maxListed))
  }
}
