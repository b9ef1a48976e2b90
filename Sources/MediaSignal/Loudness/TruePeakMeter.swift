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
  private let usesHalfPhase: Bool
  /// Samples in front of one that its interpolation needs.
  private let history: Int
  /// How many times the largest of the samples what lies between them can be.
  private let bound: Float
  private var frame: Int64
  /// The last samples taken, for the flush.
  private var last: [Float]

  /// A meter of a chunk that begins with the frame `firstFrame` of the sound; a portable one leaves
  /// the kernels of the processor alone.
  init(sampleRate: Int, firstFrame: Int64 = 0, isPortable: Bool = false) {
    frame = firstFrame
    usesAVX2 = !isPortable && TruePeakFilter.hasAVX2
    usesHalfPhase = TruePeakHalfPhase.rates.contains(sampleRate)
    history = usesHalfPhase ? TruePeakHalfPhase.history : TruePeakFilter.history
    bound = usesHalfPhase ? TruePeakHalfPhase.bound : TruePeakFilter.bound
    last = Array(repeating: 0, count: history)
  }

  /// Takes the next block of the chunk.
  ///
  /// - Parameter samples: `SamplePlanes.history` samples that came before the block, then the block.
  mutating func add(_ samples: UnsafeBufferPointer<Float>) {
    let count = samples.count - SamplePlanes.history
    guard count > 0, let start = samples.baseAddress else { return }
    unsafe measure(start + (SamplePlanes.history - history), count: count)
    for index in 0..<history {
      last[index] = unsafe samples[samples.count - history + index]
    }
    frame += Int64(count)
  }

  /// Lets silence follow, as after the sound's last sample; of a chunk in the middle ask a copy.
  mutating func flush() {
    let end = frame
    let tail = last + [Float](repeating: 0, count: history)
    unsafe tail.withUnsafeBufferPointer { tail in
      guard let start = tail.baseAddress else { return }
      unsafe measure(start, count: history)
    }
    if let peakFrame, peakFrame >= end { self.peakFrame = end - 1 }
  }

  /// Measures `count` samples; in front of them lies what the filter still needs.
  private mutating func measure(_ start: UnsafePointer<Float>, count: Int) {
    var before = unsafe TruePeakFilter.largestMagnitude(start, count: history)
    var done = 0
    while done < count {
      let length = min(TruePeakFilter.block, count - done)
      let largest = unsafe TruePeakFilter.largestMagnitude(
        start + (history + done), count: length, usesAVX2: usesAVX2)
      if max(largest, before) * bound > peak {
        unsafe measureBlock(start + done, count: length, largest, at: frame + Int64(done))
      }
      // A short block does not hold all the history of the next.
      before = length < history ? max(before, largest) : largest
      done += length
    }
  }

  private mutating func measureBlock(
    _ start: UnsafePointer<Float>, count: Int, _ largest: Float, at first: Int64
  ) {
    if largest > peak,
      let index = unsafe TruePeakFilter.firstIndex(
        of: largest, in: start + history, count: count)
    {
      peak = largest
      peakFrame = first + Int64(index)
    }
    let short = unsafe start + (history - TruePeakFilter.history)
    let between = unsafe TruePeakFilter.largest(short, count: count, usesAVX2: usesAVX2)
    if between > peak {
      peak = between
      let place = unsafe TruePeakFilter.place(of: between, short, count: count)
      peakFrame = max(0, first + Int64(place))
    }
    guard usesHalfPhase else { return }
    let halfWay = unsafe TruePeakHalfPhase.largest(start, count: count, usesAVX2: usesAVX2)
    guard halfWay > peak else { return }
    peak = halfWay
    let place = unsafe TruePeakHalfPhase.place(of: halfWay, start, count: count)
    peakFrame = max(0, first + Int64(place))
  }
}
