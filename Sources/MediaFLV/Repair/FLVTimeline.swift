/// Makes one clock, which never goes back within a track, of those an input has.
///
/// Frames tell the time; what else there is follows them. A frame is in time when it is not before
/// the last one of its track, nor more than `maxJump` behind the last one of all. Where one is not,
/// those that follow show why: a clock that was set anew is continued from the end of what came
/// before, with one shift for all tracks from there on, so that sound and pictures stay together;
/// a single frame out of order takes a place between its neighbours. A clock that ran over
/// (24, 31 or 32 bits) goes on exactly.
struct FLVTimeline: Sendable {
  private struct Track {
    /// The time of the last frame.
    var last: Int64
    /// From the frame before to the last one; 0 while that is not known.
    var step: Int64
  }

  private enum Verdict {
    case inTime(Int64)
    case clock(shift: Int64)
    case restart
    case outOfOrder(next: Int64?)
  }

  /// How far to look ahead.
  private static let lookahead = 512
  /// H.264 and H.265 reorder no more pictures than these.
  private static let reorderDepth = 16
  private static let periods: [Int64] = [1 << 24, 1 << 31, 1 << 32]
  /// What is longer is no frame's duration but a gap.
  private static let longestStep: Int64 = 1000

  private let maxJump: Int64
  private var queue = FLVRepairQueue<FLVRepairItem>()
  private var tracks: [Int: Track] = [:]
  /// The latest frame of all tracks.
  private var last: Int64?
  /// What is added to the input's timestamps.
  private var shift: Int64 = 0
  /// The shift before the last change, for frames that come late, and when it changed.
  private var before: (shift: Int64, until: Int64)?
  private var isJoined = false

  init(maxJump: Int64) { self.maxJump = maxJump }

  mutating func append(_ item: FLVRepairItem) { queue.append(item) }

  /// The next item with its time; nil where that depends on items to come.
  mutating func next(isEnded: Bool) -> FLVRepairItem? {
    guard let item = queue.first else { return nil }
    guard case .tag(var tag) = item else {
      if case .join = item { isJoined = true }
      return queue.popFirst()
    }
    if tag.isFrame, let stream = tag.stream {
      guard let time = frameTime(&tag, stream, isEnded: isEnded) else { return nil }
      take(time, stream)
      tag.time = time
    } else {
      guard let time = otherTime(tag, isEnded: isEnded) else { return nil }
      tag.time = time
    }
    _ = queue.popFirst()
    return .tag(tag)
  }

  private mutating func take(_ time: Int64, _ stream: Int) {
    let step = tracks[stream].map { time - $0.last } ?? 0
    let isStep = (1...Self.longestStep).contains(step)
    tracks[stream] = Track(last: time, step: isStep ? step : tracks[stream]?.step ?? 0)
    last = max(last ?? time, time)
    isJoined = false
  }

  // MARK: Frames

  private mutating func frameTime(
    _ tag: inout FLVRepairTag, _ stream: Int, isEnded: Bool
  ) -> Int64? {
    guard let verdict = judge(tag.rawTime, stream, isEnded: isEnded) else { return nil }
    switch verdict {
    case .inTime(let time): return time
    case .clock(let shift):
      change(to: shift)
      return tag.rawTime + shift
    case .restart:
      let end = tracks.values.reduce(Int64.min) { max($0, $1.last + max(1, $1.step)) }
      change(to: end - tag.rawTime)
      tag.isRestart = true
      return end
    case .outOfOrder(let next):
      let track = tracks[stream] ?? Track(last: last ?? 0, step: 0)
      guard let next else {
        return tag.rawTime + shift < track.last ? track.last : track.last + track.step
      }
      return track.last + (next - track.last) / 2
    }
  }

  private mutating func change(to shift: Int64) {
    before = last.map { (self.shift, $0 + maxJump) }
    self.shift = shift
  }

  private func judge(_ raw: Int64, _ stream: Int, isEnded: Bool) -> Verdict? {
    if let time = time(of: raw, stream) { return .inTime(time) }
    if let shift = wrapped(raw, stream) { return .clock(shift: shift) }
    return isJoined ? .restart : lookAhead(raw, stream, isEnded: isEnded)
  }

  /// The time by the clock in effect, or the one before it; nil where the frame fits neither.
  private func time(of raw: Int64, _ stream: Int) -> Int64? {
    if fits(raw + shift, stream) { return raw + shift }
    guard let before, let last, last <= before.until, fits(raw + before.shift, stream) else {
      return nil
    }
    return raw + before.shift
  }

  private func fits(_ time: Int64, _ stream: Int) -> Bool {
    guard let last else { return true }
    // A track's first frame may be well behind the others, but not in a file that was appended.
    return time >= tracks[stream]?.last ?? (isJoined ? last : last - maxJump)
      && time <= last + maxJump
  }

  /// The shift that goes on exactly where the clock ran over; nil where it did not.
  private func wrapped(_ raw: Int64, _ stream: Int) -> Int64? {
    guard let reference = tracks[stream]?.last ?? last else { return nil }
    let back = reference - (raw + shift)
    guard let period = Self.periods.first(where: { ($0 - maxJump...$0).contains(back) }),
      maxJump < period / 4
    else { return nil }
    return shift + period
  }

  /// What those that follow say of a frame that is not in time.
  private func lookAhead(_ raw: Int64, _ stream: Int, isEnded: Bool) -> Verdict? {
    guard let last, let track = tracks[stream] else { return .restart }
    var (others, seen, latest) = (0, 0, raw + shift)
    for item in queue.elements.dropFirst().prefix(Self.lookahead) {
      if case .join = item { return .outOfOrder(next: nil) }
      guard let tag = item.tag, tag.isFrame, let other = tag.stream else { continue }
      let time = tag.rawTime + shift
      guard other == stream else {
        if self.time(of: tag.rawTime, other) == nil { return .restart }
        others += 1
        continue
      }
      seen += 1
      if time > last + maxJump { return .restart }
      if time >= track.last {
        if seen == 1 { return .outOfOrder(next: time) }
        // Where other tracks go on it is this one's order that is wrong. Else pictures in another
        // order make up for it, while a clock that was set back goes on as before.
        let isGap = track.step == 0 || (time - latest) * 2 > track.step * 3
        return others > 0 || isGap ? .outOfOrder(next: track.last) : .restart
      }
      if seen == Self.reorderDepth { return .restart }
      latest = time
    }
    guard isEnded || queue.count > Self.lookahead else { return nil }
    return seen == 0 || others > 0 ? .outOfOrder(next: nil) : .restart
  }

  // MARK: Anything else

  private func otherTime(_ tag: FLVRepairTag, isEnded: Bool) -> Int64? {
    let raw = tag.rawTime
    guard let last else {
      // In front of all frames it must not be later than they are.
      let frame = queue.elements.first { $0.tag?.isFrame ?? false }?.tag
      guard frame != nil || isEnded || queue.count > Self.lookahead else { return nil }
      return min(raw, frame?.rawTime ?? raw)
    }
    let time = raw + shift
    if let stream = tag.stream, let track = tracks[stream] {
      return (track.last...max(track.last, last + maxJump)).contains(time) ? time : track.last
    }
    let earliest = shift == 0 ? 0 : last - maxJump
    return time >= earliest && time <= last + maxJump ? time : last
  }
}
