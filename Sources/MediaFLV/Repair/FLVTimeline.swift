/// Makes one clock, which never goes back within a track, of those an input has.
///
/// Frames tell the time; what else there is follows them. A frame is in time when it is not before
/// the last one of its track, nor more than `maxJump` behind the last one of all. Tracks need not
/// lie side by side, so a track is held against its own frames, and its first one may be anywhere.
/// Where a frame is not in time, those that follow show why: a clock that was set anew is continued
/// from the end of what came before, and each track goes over to it where its own frames do, with
/// the same shift, so that sound and pictures stay together; a single frame out of order takes a
/// place between its neighbours; a gap that other tracks do not share, or that is as long as others
/// of its track, is left. A clock that ran over (24, 31 or 32 bits) goes on exactly. Where a track's
/// clock stands still, its frames come one behind the other as long as each lasts.
struct FLVTimeline: Sendable {
  private struct Track {
    /// The time of the last frame.
    var last: Int64
    /// What is added to its timestamps in the input.
    var shift: Int64
    /// How long a frame lasts; 0 while that is not known.
    var step: Int64 = 0
    /// The last distance of two frames.
    var lastStep: Int64 = 0
    /// The timestamp of the last frame in the input, and how long it has been the same.
    var lastRaw: Int64
    var standstill: Standstill?

    init(last: Int64, shift: Int64, raw: Int64) {
      (self.last, self.shift, lastRaw) = (last, shift, raw)
    }

    /// When the next frame is due.
    func end(assuming assumed: Int64) -> Int64 { last + (step > 0 ? step : assumed) }

    mutating func take(_ time: Int64, shift: Int64) {
      let step = time - last
      // What is longer is no frame's duration but a gap, unless it comes again.
      if (1...FLVTimeline.longestStep).contains(step) || isSimilar(step, lastStep) {
        self.step = step
      }
      if step > 0 { lastStep = step }
      (last, self.shift) = (time, shift)
    }
  }

  /// A clock that stands still since a frame.
  private struct Standstill: Sendable {
    var start: Int64
    var frames = 0
    /// How long a frame lasts, in milliseconds.
    var duration: Double
  }

  /// What of the queue is about time.
  private enum Mark {
    case frame(stream: Int, raw: Int64)
    case join
  }

  private enum Verdict {
    case inTime(shift: Int64)
    case clock(shift: Int64)
    case restart
    /// `count` frames, this one first, stand between the track's last one and `next`.
    case outOfOrder(next: Int64?, count: Int = 1)
  }

  /// How far to look ahead.
  private static let lookahead = 1024
  /// H.264 and H.265 reorder no more pictures than these.
  private static let reorderDepth = 16
  private static let periods: [Int64] = [1 << 24, 1 << 31, 1 << 32]
  private static let longestStep: Int64 = 1000
  /// How long a frame lasts where no other tells.
  private static let assumedStep: Int64 = 40
  /// So many frames behind one with the same timestamp are no burst and no slices of a picture.
  private static let longestBurst = 16

  private let maxJump: Int64
  private var queue = FLVRepairQueue<FLVRepairItem>()
  private var weight = 0
  /// Of `queue`, in its order.
  private var marks = FLVRepairQueue<Mark>()
  private var isEnded = false
  private var tracks: [Int: Track] = [:]
  /// The time of the latest frame of all tracks.
  private var latest: Int64?
  /// What is added to the input's timestamps by the clock that was set last.
  private var shift: Int64 = 0
  private var isJoined = false
  private var durations = FLVFrameDurations()

  init(maxJump: Int64) { self.maxJump = maxJump }

  mutating func append(_ item: FLVRepairItem) {
    queue.append(item)
    weight += item.weight
    if let mark = Self.mark(item) { marks.append(mark) }
    if case .tag(let tag) = item, !tag.isFrame { durations.take(tag) }
  }

  /// Nothing is to come.
  mutating func end() { isEnded = true }

  /// The next item with its time; nil where that depends on items to come.
  mutating func next() -> FLVRepairItem? {
    guard var item = queue.first else { return nil }
    if case .tag(var tag) = item {
      guard let time = tag.isFrame ? frameTime(&tag) : otherTime(&tag) else { return nil }
      tag.time = time
      item = .tag(tag)
    } else if case .join = item {
      isJoined = true
    }
    if Self.mark(item) != nil { _ = marks.popFirst() }
    weight -= item.weight
    _ = queue.popFirst()
    return item
  }

  private static func mark(_ item: FLVRepairItem) -> Mark? {
    switch item {
    case .join: .join
    case .tag(let tag):
      if tag.isFrame, let stream = tag.stream {
        .frame(stream: stream, raw: tag.rawTime)
      } else {
        nil
      }
    case .header, .dropped: nil
    }
  }

  /// Whether nothing more is waited for.
  private var isDecided: Bool { isEnded || weight > Self.lookahead }

  // MARK: Frames

  private mutating func frameTime(_ tag: inout FLVRepairTag) -> Int64? {
    guard let stream = tag.stream else { return otherTime(&tag) }
    let raw = tag.rawTime
    guard let isStill = standsStill(tag, stream),
      let verdict = isStill ? .inTime(shift: 0) : judge(0)
    else { return nil }
    var own = tracks[stream]?.shift ?? shift
    let time: Int64
    switch verdict {
    case .inTime where isStill: time = still(tag, stream)
    case .inTime(let shift):
      own = shift
      time = raw + shift
    case .clock(let shift):
      self.shift = shift
      own = shift
      time = raw + shift
    case .restart:
      guard let new = restart(stream, raw) else { return nil }
      (shift, own, time) = (new, new, raw + new)
      // Nothing of a file that ended is to come.
      if isJoined { for key in tracks.keys { tracks[key]?.shift = shift } }
      tag.isRestart = true
    case .outOfOrder(let next, let count):
      let last = tracks[stream]?.last ?? latest ?? 0
      if let next, tracks[stream] == nil {
        guard let due = beginning(stream, before: next) else { return nil }
        time = due
      } else if let next {
        time = last + (next - last) / Int64(count + 1)
      } else {
        time = raw + shift < last ? last : last + (tracks[stream]?.step ?? 0)
      }
    }
    var track = tracks[stream] ?? Track(last: time, shift: own, raw: raw)
    track.take(time, shift: own)
    track.lastRaw = raw
    if !isStill { track.standstill = nil }
    tracks[stream] = track
    latest = max(latest ?? time, time)
    isJoined = false
    return time
  }

  /// When a track's first frame was due, of which the timestamp is wrong: as long before the next
  /// one as that is before its own, but not before 0 for that; nil where it is not known yet.
  private func beginning(_ stream: Int, before next: Int64) -> Int64? {
    guard let second = nextFrame(stream, 0), let third = nextFrame(stream, 0, skipping: 1) else {
      return isDecided ? next : nil
    }
    let step = third - second
    return (1...Self.longestStep).contains(step) ? max(next - step, min(next, 0)) : next
  }

  /// The shift of a clock that was set anew, by which each track goes on where its last frame ends,
  /// or later; nil where it is not known yet which of its frames is the first.
  private func restart(_ stream: Int, _ raw: Int64) -> Int64? {
    let step = nextFrame(stream, 0).map { $0 - raw }.flatMap { $0 > 0 ? $0 : nil }
    let assumed = step ?? Self.assumedStep
    var shift = tracks[stream].map { $0.end(assuming: assumed) - raw }
    var left = tracks
    left[stream] = nil
    var isCut = false
    for index in 1..<max(1, marks.count) where !left.isEmpty {
      guard case .frame(let other, let otherRaw) = marks[index] else {
        isCut = true
        break
      }
      guard let track = left[other] else { continue }
      if !isJoined, fits(otherRaw, track.shift, track, max(latest ?? 0, track.last)) {
        left[other]?.last = otherRaw + track.shift
      } else {
        left[other] = nil
        // What is far away is of yet another clock.
        guard abs(otherRaw - raw) <= maxJump else { continue }
        shift = max(shift ?? Int64.min, track.end(assuming: assumed) - otherRaw)
      }
    }
    guard left.isEmpty || isCut || isDecided else { return nil }
    // Tracks that end here are over before it goes on.
    let ends = left.values.map { $0.end(assuming: assumed) - raw }
    return ends.reduce(shift ?? (latest ?? 0) - raw, max)
  }

  // MARK: A clock that stands still

  /// Whether a frame and those behind it all have the timestamp of the one before; nil where that
  /// is not known yet.
  private func standsStill(_ tag: FLVRepairTag, _ stream: Int) -> Bool? {
    guard let track = tracks[stream], track.lastRaw == tag.rawTime,
      tag.record.nanosecondOffset == nil
    else { return false }
    if track.standstill != nil { return true }
    var (equal, isCut) = (0, false)
    for index in 1..<max(1, marks.count) {
      guard case .frame(let other, let raw) = marks[index] else {
        isCut = true
        break
      }
      guard other == stream else { continue }
      guard raw == track.lastRaw else { return false }
      equal += 1
      if equal == Self.longestBurst { return true }
    }
    // In a short track, time must never have gone on, nor in any other.
    let isStill = tracks.values.allSatisfy { $0.standstill != nil || $0.lastStep == 0 }
    return isCut || isDecided ? equal > 1 && isStill : nil
  }

  private mutating func still(_ tag: FLVRepairTag, _ stream: Int) -> Int64 {
    guard let track = tracks[stream] else { return tag.rawTime }
    let duration = durations.duration(of: tag, stream)
    var standstill = track.standstill ?? Standstill(start: track.last, duration: duration)
    standstill.frames += 1
    tracks[stream]?.standstill = standstill
    return standstill.start + Int64((Double(standstill.frames) * standstill.duration).rounded())
  }

  // MARK: Judging

  /// What becomes of a frame, of which the place among `marks` is given.
  private func judge(_ place: Int) -> Verdict? {
    guard case .frame(let stream, let raw) = marks[place] else { return .restart }
    guard let latest else {
      // A clock that starts over at once was none, if what follows goes on with the new one.
      let next = nextFrame(stream, place)
      if let next, next >= raw { return .inTime(shift: shift) }
      guard let next, let third = nextFrame(stream, place, skipping: 1) else {
        return isDecided ? .inTime(shift: shift) : nil
      }
      let isStray = (next...next + maxJump).contains(third)
      return isStray ? .outOfOrder(next: next + shift) : .inTime(shift: shift)
    }
    guard let track = tracks[stream] else { return first(raw, stream, place, latest) }
    if let shift = clock(raw, track, latest) { return .inTime(shift: shift) }
    if let shift = wrapped(raw, track) {
      guard let next = nextFrame(stream, place) else {
        return isDecided ? .inTime(shift: shift) : nil
      }
      // A single frame of which a bit is wrong looks the same.
      return clock(next, track, latest) == nil ? .clock(shift: shift) : .inTime(shift: shift)
    }
    if isJoined { return .restart }
    return raw + shift < track.last
      ? behind(raw, stream, place, latest) : ahead(raw, stream, place, latest)
  }

  private func fits(_ raw: Int64, _ shift: Int64, _ track: Track, _ latest: Int64) -> Bool {
    raw + shift >= track.last && raw + shift <= latest + maxJump
  }

  /// Of the clocks by which a frame is in time, the right one.
  private func clock(_ raw: Int64, _ track: Track, _ latest: Int64) -> Int64? {
    if track.standstill != nil, raw == track.lastRaw { return track.shift }
    func fits(_ shift: Int64) -> Bool { self.fits(raw, shift, track, latest) }
    guard fits(track.shift) else {
      // One that was taken for broken comes back to where the others still are.
      return fits(shift) ? shift : tracks.values.first { fits($0.shift) }?.shift
    }
    guard track.shift != shift, fits(shift) else { return track.shift }
    // Both will do: it goes on as before, or is where the others are.
    if raw + track.shift - track.last <= 2 * track.step { return track.shift }
    return abs(raw + track.shift - latest) < abs(raw + shift - latest) ? track.shift : shift
  }

  /// The shift that goes on exactly where the clock ran over; nil where it did not.
  private func wrapped(_ raw: Int64, _ track: Track) -> Int64? {
    let back = track.last - (raw + track.shift)
    guard let period = Self.periods.first(where: { ($0 - maxJump...$0).contains(back) }),
      maxJump < period / 4
    else { return nil }
    return track.shift + period
  }

  /// A track's first frame is where it says, unless another track shows that its clock is new.
  private func first(
    _ raw: Int64, _ own: Int, _ place: Int, _ latest: Int64
  ) -> Verdict? {
    if isJoined { return raw + shift >= latest ? .inTime(shift: shift) : .restart }
    if abs(raw + shift - latest) > maxJump {
      guard let next = nextFrame(own, place) else { return isDecided ? .inTime(shift: shift) : nil }
      // Its next frame is where the others are.
      let isStray = !(raw...raw + maxJump).contains(next) && abs(next + shift - latest) <= maxJump
      if isStray { return .outOfOrder(next: next + shift) }
    }
    for index in place + 1..<marks.count {
      guard case .frame(let stream, let otherRaw) = marks[index] else {
        return .inTime(shift: shift)
      }
      guard tracks[stream] != nil else { continue }
      guard abs(otherRaw - raw) <= maxJump else { return .inTime(shift: shift) }
      switch judge(index) {
      case .clock(let shift): return .clock(shift: shift)
      case .restart: return .restart
      case .inTime, .outOfOrder: return .inTime(shift: shift)
      case nil: return nil
      }
    }
    return isDecided ? .inTime(shift: shift) : nil
  }

  /// A frame before the last one of its track.
  private func behind(_ raw: Int64, _ stream: Int, _ place: Int, _ latest: Int64) -> Verdict? {
    guard let track = tracks[stream] else { return .restart }
    var (others, seen, before) = (0, 0, raw)
    for index in place + 1..<marks.count {
      guard case .frame(let other, let raw) = marks[index] else { return .outOfOrder(next: nil) }
      guard other == stream else {
        guard let track = tracks[other] else { continue }
        if clock(raw, track, latest) == nil { return .restart }
        others += 1
        continue
      }
      seen += 1
      if let shift = clock(raw, track, latest) {
        let next = raw + shift
        if seen == 1 { return .outOfOrder(next: next) }
        // Where other tracks go on it is this one's order that is wrong. Else pictures in another
        // order make up for it, while a clock that was set back goes on as before.
        let isGap = track.step == 0 || (raw - before) * 2 > track.step * 3
        return others > 0 || isGap ? .outOfOrder(next: next, count: seen) : .restart
      }
      if raw + shift > latest + maxJump || seen == Self.reorderDepth { return .restart }
      before = raw
    }
    guard isDecided else { return nil }
    return seen == 0 || others > 0 ? .outOfOrder(next: nil) : .restart
  }

  /// A frame far ahead of all tracks.
  private func ahead(_ raw: Int64, _ stream: Int, _ place: Int, _ latest: Int64) -> Verdict? {
    guard let track = tracks[stream] else { return .restart }
    var (others, seen, reached) = (0, 0, latest)
    var isCut = false
    for index in place + 1..<marks.count {
      guard case .frame(let other, let otherRaw) = marks[index] else {
        isCut = true
        break
      }
      if other == stream {
        if let shift = clock(otherRaw, track, latest) { return .outOfOrder(next: otherRaw + shift) }
        seen += 1
      } else if let track = tracks[other] {
        // The others have jumped as well, go on, or get there by themselves.
        guard let shift = clock(otherRaw, track, reached) else { return .restart }
        others += 1
        reached = max(reached, otherRaw + shift)
        if raw + self.shift <= reached + maxJump { return .inTime(shift: self.shift) }
      }
    }
    guard isDecided || isCut else { return nil }
    if others > 0 {
      return seen < Self.reorderDepth ? .outOfOrder(next: nil) : .inTime(shift: shift)
    }
    let step = raw + shift - track.last
    let isUsual =
      step <= 10 * track.lastStep || isSimilar(step, (nextFrame(stream, place) ?? raw) - raw)
    if isUsual { return .inTime(shift: shift) }
    return seen == 0 ? .outOfOrder(next: nil) : .restart
  }

  /// The next frame of a track, or one behind it, by the clock of the input.
  private func nextFrame(_ stream: Int, _ place: Int, skipping count: Int = 0) -> Int64? {
    var left = count
    for index in place + 1..<marks.count {
      guard case .frame(stream, let raw) = marks[index] else { continue }
      if left == 0 { return raw }
      left -= 1
    }
    return nil
  }

  // MARK: Anything else

  private func otherTime(_ tag: inout FLVRepairTag) -> Int64? {
    let raw = tag.rawTime
    guard let latest else {
      guard let mark = marks.first else { return isDecided ? raw : nil }
      // Where times begin below 0, so does all that stands in front.
      if case .frame(_, let first) = mark, first < 0 { return min(raw, first) }
      return raw
    }
    let track = tag.stream.flatMap { tracks[$0] }
    let time = raw + (track?.shift ?? shift)
    let earliest = track?.last ?? (shift == 0 ? Int64.min : latest - maxJump)
    let isInReach = time >= earliest && time <= latest + maxJump
    if case .metadata = tag.role {
      // What a file begins with that has no header of its own.
      guard let goesOn else { return nil }
      if !goesOn { tag.isBehindJoin = true }
    }
    if isInReach { return time }
    guard time >= earliest, let goesOn else { return time < earliest ? track?.last ?? latest : nil }
    return goesOn && time == raw ? time : track?.last ?? latest
  }

  /// Whether the next frame belongs to a clock in effect; nil where that is not known yet.
  private var goesOn: Bool? {
    guard let mark = marks.first else { return isDecided ? true : nil }
    guard case .frame = mark else { return false }
    guard let verdict = judge(0) else { return nil }
    if case .restart = verdict { return false }
    return true
  }
}

/// Whether two distances are the same but for a factor of two.
private func isSimilar(_ a: Int64, _ b: Int64) -> Bool { a > 0 && a <= 2 * b && b <= 2 * a }
