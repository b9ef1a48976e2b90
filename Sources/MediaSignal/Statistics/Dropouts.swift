internal import MediaRaw

/// What makes a dropout.
struct DropoutRule: Sendable {
  /// Frames of zeros from which on it is one.
  let minimum: Int64
  /// Frames of zeros from which on it is silence instead.
  let silence: Int64
  /// Frames on either side within which something must sound.
  let vicinity: Int64
  /// The amplitude that sound exceeds.
  let threshold: Double

  /// 1 ms of zeros between sounds above −50 dBFS not more than 5 ms away.
  init(_ plan: SoundPlan) {
    let rate = Int64(plan.format.sampleRate)
    minimum = max(1, (rate + 999) / 1000)
    silence = Int64(plan.minimumSilence)
    vicinity = max(1, rate / 200)
    // Coarse samples idle between 0 and their smallest step, which is no sound.
    let step = Decibels.amplitude(-6.0206 * Double(plan.format.validBits - 1))
    let isInteger =
      plan.format.sampleFormat.lane == .int16 || plan.format.sampleFormat.lane == .int32
    threshold = max(Decibels.amplitude(-50), isInteger ? 8 * step : 0)
  }
}

/// A run of zeros in a channel and whether something sounds on either side, as far as its chunk knows.
struct ZeroRun: Sendable {
  var frames: Range<Int64>
  var hasSoundBefore: Bool
  var hasSoundAfter = false
}

/// What a chunk knows of dropouts in a channel.
struct DropoutsOfChunk: Sendable {
  /// The runs that may be dropouts, and those that touch an end of the chunk.
  var runs: [ZeroRun] = []
  /// The first loud frame, if it is near the start.
  var firstLoud: Int64?
  /// The last loud frame, if it is near the end.
  var lastLoud: Int64?
}

/// Finds dropouts in a channel of a chunk.
struct DropoutFinder<Sample: LaneSample> {
  private(set) var result = DropoutsOfChunk()
  private let rule: DropoutRule
  private let quiet: ClosedRange<Sample>
  private let start: Int64
  private var open: ZeroRun?
  /// How many of the last runs still wait for sound behind them.
  private var waitingCount = 0

  /// For a chunk that begins at `start`.
  init(_ rule: DropoutRule, start: Int64) {
    self.rule = rule
    self.start = start
    quiet = Sample.band(upTo: rule.threshold)
  }

  /// Takes in a block.
  mutating func add(_ samples: UnsafeBufferPointer<Sample>, firstFrame: Int64) {
    unsafe noteStart(samples, firstFrame)
    // Each run of `minimum` zeros within the block holds one of the frames looked at.
    let stride = Int(clamping: rule.minimum)
    let end = samples.count
    var position = 0
    if unsafe open != nil || samples[0] == 0 {
      position = unsafe endOfZeros(samples, 0)
      unsafe extend(samples, 0..<position, firstFrame)
    }
    while position < end {
      guard unsafe samples[position] == 0 else {
        position &+= stride
        continue
      }
      let head = unsafe startOfZeros(samples, position)
      position = unsafe endOfZeros(samples, position)
      unsafe extend(samples, head..<position, firstFrame)
    }
    // What the stride has jumped over at the end may go on in the next block.
    if unsafe samples[end - 1] == 0, open?.frames.upperBound != firstFrame + Int64(end) {
      unsafe extend(samples, startOfZeros(samples, end - 1)..<end, firstFrame)
    }
    unsafe noteEnd(samples, firstFrame)
  }

  /// Ends the chunk.
  mutating func finish(at end: Int64) {
    if let run = open, run.frames.upperBound == end {
      open = nil
      result.runs.append(run)
    } else {
      close(after: false)
    }
    if let last = result.lastLoud, end - last > rule.vicinity { result.lastLoud = nil }
  }

  /// Lets the runs that wait know of sound at the start of a block.
  private mutating func noteStart(_ samples: UnsafeBufferPointer<Sample>, _ firstFrame: Int64) {
    let isNearStart = result.firstLoud == nil && firstFrame < start + rule.vicinity
    guard waitingCount > 0 || isNearStart else { return }
    let span = min(samples.count, Int(clamping: rule.vicinity))
    let loud = unsafe samples[..<span].firstIndex { !quiet.contains($0) }
      .map { firstFrame + Int64($0) }
    if isNearStart, let loud, loud < start + rule.vicinity { result.firstLoud = loud }
    for index in result.runs.indices.suffix(waitingCount) {
      let end = result.runs[index].frames.upperBound
      if let loud, loud < end + rule.vicinity { result.runs[index].hasSoundAfter = true }
    }
    let blockEnd = firstFrame + Int64(samples.count)
    while waitingCount > 0 {
      let run = result.runs[result.runs.count - waitingCount]
      guard run.hasSoundAfter || run.frames.upperBound + rule.vicinity <= blockEnd else { break }
      waitingCount -= 1
    }
  }

  private mutating func noteEnd(_ samples: UnsafeBufferPointer<Sample>, _ firstFrame: Int64) {
    let span = unsafe samples.suffix(Int(clamping: rule.vicinity))
    if let index = unsafe span.lastIndex(where: { !quiet.contains($0) }) {
      result.lastLoud = firstFrame + Int64(index)
    }
  }

  private mutating func extend(
    _ samples: UnsafeBufferPointer<Sample>, _ range: Range<Int>, _ firstFrame: Int64
  ) {
    let frames = firstFrame + Int64(range.lowerBound)..<firstFrame + Int64(range.upperBound)
    if let run = open, run.frames.upperBound == frames.lowerBound {
      open?.frames = run.frames.lowerBound..<frames.upperBound
    } else {
      close(after: false)
      guard !range.isEmpty else { return }
      open = ZeroRun(
        frames: frames,
        hasSoundBefore: unsafe hasSound(samples, before: range.lowerBound, firstFrame))
    }
    // A run that ends within the block is over.
    if range.upperBound < samples.count {
      unsafe close(after: hasSound(samples, from: range.upperBound))
    }
  }

  private mutating func close(after hasSoundAfter: Bool) {
    guard var run = open else { return }
    open = nil
    run.hasSoundAfter = hasSoundAfter
    let isHead = run.frames.lowerBound == start
    guard
      isHead || (rule.minimum..<max(rule.minimum, rule.silence)).contains(Int64(run.frames.count))
    else { return }
    // The chunk before may know of sound where this one begins.
    guard isHead || run.hasSoundBefore || run.frames.lowerBound - start < rule.vicinity else {
      return
    }
    result.runs.append(run)
    waitingCount = hasSoundAfter ? 0 : waitingCount + 1
  }

  private func hasSound(
    _ samples: UnsafeBufferPointer<Sample>, before index: Int, _ firstFrame: Int64
  ) -> Bool {
    let span = Int(clamping: rule.vicinity)
    let near = unsafe samples[max(0, index - span)..<index]
    if unsafe near.contains(where: { !quiet.contains($0) }) { return true }
    return result.lastLoud.map { $0 >= firstFrame + Int64(index) - rule.vicinity } ?? false
  }

  private func hasSound(_ samples: UnsafeBufferPointer<Sample>, from index: Int) -> Bool {
    let span = Int(clamping: rule.vicinity)
    return unsafe samples[index..<min(samples.count, index + span)]
      .contains { !quiet.contains($0) }
  }

  private func startOfZeros(_ samples: UnsafeBufferPointer<Sample>, _ index: Int) -> Int {
    var head = index
    while unsafe head > 0 && samples[head &- 1] == 0 { head &-= 1 }
    return head
  }

  private func endOfZeros(_ samples: UnsafeBufferPointer<Sample>, _ index: Int) -> Int {
    var tail = index
    while unsafe tail < samples.count && samples[tail] == 0 { tail &+= 1 }
    return tail
  }
}
