internal import MediaRaw

/// Measures chunks of a sound, each by itself, so that several threads can share the work.
///
/// What belongs together over the seam of two chunks `SoundMeter` joins.
public struct SoundChunkMeter: Sendable {
  private let plan: SoundPlan
  private let decoder: SampleDecoder
  private let spectrogram: SpectrogramTables?

  /// A meter of chunks for a plan.
  public init(_ plan: SoundPlan) {
    self.plan = plan
    decoder = SampleDecoder(plan.format)
    spectrogram = plan.spectrogram.map(SpectrogramTables.init)
  }

  /// Measures a chunk.
  ///
  /// - Parameters:
  ///   - bytes: whole frames; of the first `settling` only filters take notice.
  ///   - settling: frames in front of the chunk: `plan.settlingFrames`, or all there are.
  ///   - firstFrame: the number of the chunk's first frame within the sound.
  /// - Returns: What the chunk gave.
  public func measure(
    _ bytes: UnsafeRawBufferPointer, settling: Int, firstFrame: Int64
  ) -> SoundChunk {
    let frameCount = bytes.count / plan.format.blockAlign
    let range = min(max(0, settling), frameCount)..<frameCount
    switch plan.format.sampleFormat.lane {
    case .int16:
      let codes = decoder.codeRange.map {
        Int16(clamping: $0.lowerBound)...Int16(clamping: $0.upperBound)
      }
      return unsafe measure(bytes, range, firstFrame, unclipped: codes.map(Self.inner))
    case .int32:
      return unsafe measure(bytes, range, firstFrame, unclipped: decoder.codeRange.map(Self.inner))
    case .float:
      return unsafe measure(bytes, range, firstFrame, unclipped: nil as ClosedRange<Float>?)
    case .double:
      return unsafe measure(bytes, range, firstFrame, unclipped: nil as ClosedRange<Double>?)
    }
  }

  /// All codes but the smallest and the largest.
  private static func inner<Code: FixedWidthInteger>(_ codes: ClosedRange<Code>) -> ClosedRange<
    Code
  > {
    guard codes.lowerBound < codes.upperBound - 1 else { return codes }
    return codes.lowerBound + 1...codes.upperBound - 1
  }

  private func measure<Sample: LaneSample>(
    _ bytes: UnsafeRawBufferPointer, _ frames: Range<Int>, _ firstFrame: Int64,
    unclipped: ClosedRange<Sample>?
  ) -> SoundChunk {
    let planes = SamplePlanes(
      lane: plan.format.sampleFormat.lane, channelCount: plan.format.channelCount,
      capacity: Self.blockFrames(plan.format))
    var statistics = ChunkStatistics<Sample>(
      plan, unclipped: unclipped ?? Sample.unclipped, start: firstFrame)
    var filters = ChunkFilters(plan, spectrogram, firstFrame: firstFrame)
    let settling = min(frames.lowerBound, filters.settlingFrames)
    var index = frames.lowerBound - settling
    var frame = firstFrame - Int64(settling)
    while index < frames.upperBound {
      let isSettling = index < frames.lowerBound
      let end = isSettling ? frames.lowerBound : frames.upperBound
      let count = Self.blockLength(from: frame, at: min(planes.capacity, end - index), plan.format)
      let align = plan.format.blockAlign
      unsafe decoder.decode(
        UnsafeRawBufferPointer(rebasing: bytes[index * align..<(index + count) * align]),
        into: planes, fillsFloats: filters.needFloats)
      for channel in 0..<planes.channelCount {
        let invalid = planes.silenceInvalidSamples(channel)
        if !isSettling { statistics.addInvalid(invalid, channel: channel) }
      }
      if isSettling {
        filters.settle(planes, firstFrame: frame)
      } else {
        statistics.add(planes)
        filters.add(planes, firstFrame: frame)
      }
      index += count
      frame += Int64(count)
    }
    return SoundChunk(
      frames: firstFrame..<firstFrame + Int64(frames.count), statistics: statistics.finish(),
      filtered: filters.finish())
  }

  /// As many frames as the first level of a processor's cache holds of the planes.
  private static func blockFrames(_ format: PCMFormat) -> Int {
    let frameBytes =
      format.channelCount * (format.sampleFormat.lane.byteCount + SampleLane.float.byteCount)
    return max(256, min(4800, 32768 / frameBytes))
  }

  /// At most `limit` frames, rather up to the end of a window of statistics than into the next.
  private static func blockLength(from frame: Int64, at limit: Int, _ format: PCMFormat) -> Int {
    let window = Int64(ChunkStatistics<Int16>.windowFrames(sampleRate: format.sampleRate))
    // Frames in front of the first have numbers below 0.
    let end = frame + Int64(limit)
    let boundary = end - (end % window + window) % window
    return boundary > frame ? Int(boundary - frame) : limit
  }
}

/// What a chunk gave, to be joined with its neighbours.
public struct SoundChunk: Sendable {
  let frames: Range<Int64>
  let statistics: StatisticsOfChunk
  let filtered: FilteredChunk
}
