/// Weighted sums of the squares of K-weighted sound, one each slice of a tenth of a step.
///
/// Integrated loudness and the series go in steps of 100 ms, as BS.1770-5 has it. The loudest window
/// of 400 ms may lie between two steps, and Tech 3341's cases 13 and 14 ask for it; loudness range is
/// steadier too if it knows what lies between steps. Hence the slices of 10 ms.
///
/// Slices are counted from the first frame of the sound. A slice that two chunks share is told in part
/// by both, and the parts are added.
struct LoudnessEnergies: Sendable {
  /// The slice that the first sum is of.
  var firstSlice: Int64
  /// Sums over the channels, each weighted, a slice each; the first and the last may be in part.
  var sums: [Double] = []

  /// Slices of a step.
  static let slicesPerStep = 10

  /// Frames of a step: 100 ms, to the nearest frame, as libebur128 has it.
  ///
  /// Below 100 frames per second it is no longer close to 100 ms; it is never less than a frame.
  static func stepFrames(sampleRate: Int) -> Int { max(1, (sampleRate + 5) / 10) }
}

/// Where the slices of a sound begin.
///
/// A step is not always a multiple of ten frames: then its slices differ by a frame, and where it is
/// shorter than that some are empty. A window of whole steps is always as long as any other, whichever
/// slice it begins with.
struct LoudnessSlices: Sendable {
  let stepFrames: Int64

  init(sampleRate: Int) {
    stepFrames = Int64(LoudnessEnergies.stepFrames(sampleRate: sampleRate))
  }

  /// The first frame of a slice.
  func firstFrame(of slice: Int64) -> Int64 {
    let perStep = Int64(LoudnessEnergies.slicesPerStep)
    return slice / perStep * stepFrames + slice % perStep * stepFrames / perStep
  }

  /// The slice that a frame is in.
  func slice(of frame: Int64) -> Int64 {
    let perStep = Int64(LoudnessEnergies.slicesPerStep)
    let within = frame % stepFrames
    return frame / stepFrames * perStep + ((within + 1) * perStep - 1) / stepFrames
  }
}
