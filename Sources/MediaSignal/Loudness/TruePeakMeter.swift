internal import MediaRaw

/// The largest magnitude of a channel between its samples too, after BS.1770-5 Annex 2.
///
/// What it gives does not depend on how the sound is cut into blocks and chunks.
struct TruePeakMeter: Sendable {
  /// The largest magnitude so far.
  private(set) var peak: Float = 0
  /// The frame nearest to the first place of it; nil while all is 0.
  private(set) var peakFrame: Int64?

  private let usesAVX2: Bool
  private var frame: Int64
  /// The last samples taken, for the flush.
  private var last = [Float](repeating: 0, count: TruePeakFilter.history)

  /// A meter of a chunk that begins with the frame `firstFrame` of the sound; a portable one leaves
  /// the kernels of the processor alone.
  init(firstFrame: Int64 = 0, isPortable: Bool = false) {
    frame = firstFrame
    usesAVX2 = !isPortable && TruePeakFilter.hasAVX2
  }

  /// Takes the next block of the chunk.
  ///
  /// - Parameter samples: `SamplePlanes.history` samples that came before the block, then the block.
  mutating func add(_ samples: UnsafeBufferPointer<Float>) {
    let count = samples.count - SamplePlanes.history
    guard count > 0, let start = samples.baseAddress else { return }
    unsafe measure(start + (SamplePlanes.history - TruePeakFilter.history), count: count)
    for index in 0..<TruePeakFilter.history {
      last[index] = unsafe samples[samples.count - TruePeakFilter.history + index]
    }
    frame += Int64(count)
  }

  /// Lets silence follow, as after the sound's last sample; of a chunk in the middle ask a copy.
  mutating func flush() {
    let end = frame
    let tail = last + [Float](repeating: 0, count: TruePeakFilter.history)
    unsafe tail.withUnsafeBufferPointer { tail in
      guard let start = tail.baseAddress else { return }
      unsafe measure(start, count: TruePeakFilter.history)
    }
    if let peakFrame, peakFrame >= end { self.peakFrame = end - 1 }
  }

  /// Measures `count` samples; in front of them lies what the filter still needs.
  private mutating func measure(_ start: UnsafePointer<Float>, count: Int) {
    var before = unsafe TruePeakFilter.largestMagnitude(start, count: TruePeakFilter.history)
    var done = 0
    while done < count {
      let length = min(TruePeakFilter.block, count - done)
      let largest = unsafe TruePeakFilter.largestMagnitude(
        start + (TruePeakFilter.history + done), count: length, usesAVX2: usesAVX2)
      if max(largest, before) * TruePeakFilter.bound > peak {
        unsafe measureBlock(start + done, count: length, largest, at: frame + Int64(done))
      }
      // A short block does not hold all the history of the next.
      before = length < TruePeakFilter.history ? max(before, largest) : largest
      done += length
    }
  }

  private mutating func measureBlock(
    _ start: UnsafePointer<Float>, count: Int, _ largest: Float, at first: Int64
  ) {
    if largest > peak,
      let index = unsafe TruePeakFilter.firstIndex(
        of: largest, in: start + TruePeakFilter.history, count: count)
    {
      peak = largest
      peakFrame = first + Int64(index)
    }
    let between = unsafe TruePeakFilter.largest(start, count: count, usesAVX2: usesAVX2)
    guard between > peak else { return }
    peak = between
    let place = unsafe TruePeakFilter.place(of: between, start, count: count)
    peakFrame = max(0, first + Int64(place))
  }
}
