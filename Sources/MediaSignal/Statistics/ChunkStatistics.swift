internal import MediaRaw

/// The statistics of a chunk, whatever its samples were.
struct StatisticsOfChunk: Sendable {
  var channels: [ChannelOfChunk]
  var clippedRuns: [RunsOfChunk]
  var dropouts: [DropoutsOfChunk] = []
  var pairs: [PairOfChunk]
  var silences: RunsOfChunk
  var windows: WindowSums
  var series: WindowSums?
  var envelope: EnvelopeOfChunk?
}

/// Measures the statistics of a chunk, block by block.
///
/// What is slow, such as looking for runs, is done only where the extremes of a block show that
/// there may be something to find.
struct ChunkStatistics<Sample: LaneSample> {
  private var result: StatisticsOfChunk
  private var silence: SilenceFinder<Sample>
  private var dropouts: [DropoutFinder<Sample>]
  private let unclipped: ClosedRange<Sample>
  private let clippingPeak: (low: Double, high: Double)
  private var frame: Int64
  private var blocks: [CellSums]

  /// Frames of the windows that noise floor and the like are found in: 50 ms.
  static func windowFrames(sampleRate: Int) -> Int { max(1, (sampleRate + 10) / 20) }

  /// Of a chunk that begins at a frame; clipped are samples outside `unclipped`.
  init(_ plan: SoundPlan, unclipped: ClosedRange<Sample>, start: Int64) {
    let channelCount = plan.format.channelCount
    let pairs = PairOfChunk.pairs(channelCount: channelCount)
    let minimum = Int64(max(1, plan.minimumSilence))
    silence = SilenceFinder(threshold: plan.silenceThreshold, minimum: minimum, start: start)
    result = StatisticsOfChunk(
      channels: Array(repeating: ChannelOfChunk(), count: channelCount),
      clippedRuns: Array(repeating: RunsOfChunk(minimum: 2, start: start), count: channelCount),
      pairs: pairs, silences: silence.runs,
      windows: WindowSums(
        windowFrames: Self.windowFrames(sampleRate: plan.format.sampleRate),
        channelCount: channelCount, pairCount: pairs.count, start: start),
      series: plan.seriesWindow.map {
        WindowSums(
          windowFrames: max(1, $0), channelCount: channelCount, pairCount: 0, start: start)
      },
      envelope: plan.keepsEnvelope
        ? EnvelopeOfChunk(channelCount: channelCount, start: start) : nil)
    dropouts = Array(
      repeating: DropoutFinder(DropoutRule(plan), start: start), count: channelCount)
    self.unclipped = unclipped
    clippingPeak = (unclipped.lowerBound.amplitude, unclipped.upperBound.amplitude)
    frame = start
    blocks = Array(repeating: CellSums(), count: channelCount)
  }

  /// Takes the next block.
  mutating func add(_ planes: SamplePlanes) {
    guard planes.frameCount > 0 else { return }
    let samples = unsafe blocks.indices.map { unsafe Sample.plane($0, of: planes) }
    unsafe addWindows(samples, planes.frameCount)
    for channel in blocks.indices {
      unsafe addBlock(samples[channel], channel)
    }
    for pair in result.pairs.indices {
      unsafe result.pairs[pair].compare(samples, blocks)
    }
    unsafe addSeries(samples, planes.frameCount)
    frame += Int64(planes.frameCount)
  }

  /// Counts samples that the planes no longer show, for they were none.
  mutating func addInvalid(_ count: Int, channel: Int) {
    result.channels[channel].invalidSamples += Int64(count)
  }

  /// What the chunk gave.
  consuming func finish() -> StatisticsOfChunk {
    silence.finish(at: frame)
    result.silences = silence.runs
    for channel in blocks.indices {
      result.clippedRuns[channel].finish(at: frame)
      dropouts[channel].finish(at: frame)
      result.dropouts.append(dropouts[channel].result)
    }
    return result
  }

  /// The sums of the block, by windows of 50 ms.
  private mutating func addWindows(_ samples: [UnsafeBufferPointer<Sample>], _ count: Int) {
    for channel in blocks.indices { blocks[channel] = CellSums() }
    var start = 0
    while start < count {
      let range = start..<self.end(ofWindow: result.windows.windowFrames, from: start, count)
      let index = result.windows.window(at: frame + Int64(start))
      var peak = 0.0
      for channel in blocks.indices {
        let sums = unsafe Sample.sums(UnsafeBufferPointer(rebasing: samples[channel][range]))
        result.windows.add(sums, channel: channel, at: index)
        blocks[channel].add(sums)
        peak = max(peak, sums.peak)
      }
      unsafe silence.add(samples, range, firstFrame: frame, peak: peak)
      for pair in result.pairs.indices {
        let product = unsafe Sample.products(
          UnsafeBufferPointer(rebasing: samples[result.pairs[pair].first][range]),
          UnsafeBufferPointer(rebasing: samples[result.pairs[pair].second][range]))
        result.windows.add(product, pair: pair, at: index)
        result.pairs[pair].products.add(product)
      }
      start = range.upperBound
    }
  }

  /// What is reckoned by the block, of one channel.
  private mutating func addBlock(_ samples: UnsafeBufferPointer<Sample>, _ channel: Int) {
    let block = blocks[channel]
    result.channels[channel].add(block)
    if block.peak > result.channels[channel].peak {
      let place = unsafe samples.firstIndex { $0.amplitude.magnitude == block.peak }
      result.channels[channel].peak = block.peak
      result.channels[channel].peakFrame = frame + Int64(place ?? 0)
    }
    unsafe Sample.note(samples, in: &result.channels[channel].usedBits)
    unsafe result.channels[channel].signs.append(SignChanges(samples))
    if block.minimum < clippingPeak.low || block.maximum > clippingPeak.high {
      unsafe addClipped(samples, channel)
    }
    unsafe dropouts[channel].add(samples, firstFrame: frame)
  }

  private mutating func addClipped(_ samples: UnsafeBufferPointer<Sample>, _ channel: Int) {
    var index = 0
    while index < samples.count {
      let start = index
      while unsafe index < samples.count && !unclipped.contains(samples[index]) { index &+= 1 }
      if index > start {
        result.channels[channel].clippedSamples += Int64(index - start)
        result.clippedRuns[channel].extend(frame + Int64(start)..<frame + Int64(index))
      }
      index &+= 1
    }
  }

  /// What only pictures and the series over time want.
  private mutating func addSeries(_ samples: [UnsafeBufferPointer<Sample>], _ count: Int) {
    for channel in blocks.indices {
      unsafe result.envelope?.add(samples[channel], channel: channel, firstFrame: frame)
    }
    guard let windowFrames = result.series?.windowFrames else { return }
    var start = 0
    while start < count {
      let range = start..<end(ofWindow: windowFrames, from: start, count)
      let index = result.series?.window(at: frame + Int64(start)) ?? 0
      for channel in blocks.indices {
        let sums = unsafe Sample.sums(UnsafeBufferPointer(rebasing: samples[channel][range]))
        result.series?.add(sums, channel: channel, at: index)
      }
      start = range.upperBound
    }
  }

  /// Where the window ends that a place in the block lies in, within the block.
  private func end(ofWindow length: Int64, from start: Int, _ count: Int) -> Int {
    let left = length - (frame + Int64(start)) % length
    return Int(min(Int64(count), Int64(start) + left))
  }
}
