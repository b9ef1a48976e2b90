internal import MediaRaw

/// Finds where all channels of a chunk are silent at once.
struct SilenceFinder<Sample: LaneSample> {
  private(set) var runs: RunsOfChunk
  private let quiet: ClosedRange<Sample>
  private let quietPeak: Double
  private let minimum: Int64
  private let chunkStart: Int64

  /// Samples within `quiet` are silent.
  init(threshold: Double, minimum: Int64, start: Int64) {
    quiet = Sample.band(upTo: threshold)
    quietPeak = max(quiet.upperBound.amplitude, -quiet.lowerBound.amplitude)
    self.minimum = minimum
    chunkStart = start
    runs = RunsOfChunk(minimum: minimum, start: start)
  }

  /// Takes in a cell: some frames, with the extremes of each channel.
  mutating func add(
    _ planes: [UnsafeBufferPointer<Sample>], _ range: Range<Int>, firstFrame: Int64, peak: Double
  ) {
    let start = firstFrame + Int64(range.lowerBound)
    let end = firstFrame + Int64(range.upperBound)
    guard peak > quietPeak else {
      runs.extend(start..<end, isDigital: peak == 0)
      return
    }
    // Silence that lies within the cell and touches neither end is mostly too short to matter.
    if Int64(range.count) > minimum {
      return unsafe addGaps(planes, range, firstFrame: firstFrame)
    }
    if runs.isOpen(at: start) || start == chunkStart {
      let loud = unsafe firstLoud(planes, range)
      unsafe extend(planes, range.lowerBound..<loud, firstFrame)
    }
    let loud = unsafe lastLoud(planes, range)
    unsafe extend(planes, loud + 1..<range.upperBound, firstFrame)
  }

  /// Ends the chunk.
  mutating func finish(at end: Int64) { runs.finish(at: end) }

  private mutating func addGaps(
    _ planes: [UnsafeBufferPointer<Sample>], _ range: Range<Int>, firstFrame: Int64
  ) {
    var position = range.lowerBound
    while position < range.upperBound {
      let loud = unsafe firstLoud(planes, position..<range.upperBound)
      unsafe extend(planes, position..<loud, firstFrame)
      position = loud + 1
    }
  }

  private mutating func extend(
    _ planes: [UnsafeBufferPointer<Sample>], _ range: Range<Int>, _ firstFrame: Int64
  ) {
    guard !range.isEmpty else { return }
    var isDigital = true
    for index in unsafe planes.indices where isDigital {
      let plane = unsafe planes[index]
      isDigital = range.allSatisfy { unsafe plane[$0] == 0 }
    }
    runs.extend(
      firstFrame + Int64(range.lowerBound)..<firstFrame + Int64(range.upperBound),
      isDigital: isDigital)
  }

  private func firstLoud(_ planes: [UnsafeBufferPointer<Sample>], _ range: Range<Int>) -> Int {
    var end = range.upperBound
    for index in unsafe planes.indices {
      let plane = unsafe planes[index]
      var position = range.lowerBound
      while unsafe position < end && quiet.contains(plane[position]) { position &+= 1 }
      end = position
    }
    return end
  }

  /// The last loud frame; the one before the range where there is none.
  private func lastLoud(_ planes: [UnsafeBufferPointer<Sample>], _ range: Range<Int>) -> Int {
    var last = range.lowerBound - 1
    for index in unsafe planes.indices {
      let plane = unsafe planes[index]
      var position = range.upperBound - 1
      while unsafe position > last && quiet.contains(plane[position]) { position &-= 1 }
      last = position
    }
    return last
  }
}
