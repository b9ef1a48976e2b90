import MediaModel

extension FLVChecker {
  /// The timestamps of frames, track by track.
  ///
  /// All tracks share one clock: where it jumps or starts over, the track that shows it first tells,
  /// and the others follow in silence. So does a track that comes back from a stray timestamp.
  struct TimingChecks: Sendable {
    private struct Track: Sendable {
      var last: Int64?
      /// Of the last frame, where a modifier tells: frames may be less than a millisecond apart.
      var nanoseconds: UInt32 = 0
      /// The numbers of the break that the track took part in, and of that it came back from.
      var (brokenBy, returnedFrom) = (0, 0)
      var steps = FLVTimestampSteps()
      var order = FLVPresentationOrder()
      var hasNegativeOffset = false
      /// The last step beyond the limit, and where it led.
      var jump: (step: Int64, to: Int64)?
      /// A sequence header that is far from the frame before it, until the next one is there.
      var header: (offset: Int, time: Int64)?
      /// The timestamp of the last such header that was told.
      var toldHeader: Int64?
    }

    /// A place where the clock does not go on.
    private struct Break: Sendable {
      var number = 0
      var (from, to): (Int64, Int64) = (0, 0)
    }

    private let maxJump: Int64
    private var tracks: [Track] = []
    private var clockBreak = Break()
    private var (hasFrames, hasCrossed) = (false, false)

    init(maxJump: Int64) { self.maxJump = max(0, maxJump) }

    /// Whether no clock jumped or started over.
    var isContinuous: Bool { clockBreak.number == 0 }

    /// The distances between frames of a track, those over damage and jumps left out.
    func steps(_ stream: Int) -> FLVTimestampSteps {
      stream < tracks.count ? tracks[stream].steps : FLVTimestampSteps()
    }

    /// Begins again behind damage, or behind the header of another file.
    mutating func restart() {
      for index in tracks.indices {
        tracks[index].last = nil
        tracks[index].order = FLVPresentationOrder()
      }
    }

    /// Whether `check` would say nothing about a frame without nanoseconds; if so, it is noted.
    mutating func passes(_ part: FLVMediaPart, at now: Int64, _ stream: Int) -> Bool {
      guard hasFrames, stream < tracks.count, let last = tracks[stream].last,
        part.compositionTimeOffset == 0, !tracks[stream].order.isInUse
      else { return false }
      let step = now - last
      guard step > 0, step <= maxJump, now <= 0xff_ffff || last > 0xff_ffff else { return false }
      tracks[stream].steps.add(step)
      tracks[stream].last = now
      tracks[stream].nanoseconds = 0
      return true
    }

    mutating func check(
      _ record: FLVTagRecord, _ part: FLVMediaPart, _ stream: Int, _ inspector: FLVInspector,
      _ found: inout [Finding]
    ) {
      while tracks.count <= stream { tracks.append(Track()) }
      if part.kind == .sequenceHeader { note(record.tag, stream) }
      guard part.kind == .codedFrames else { return }
      checkHeader(by: record.dts, stream, &found)
      checkStep(record, stream, inspector, &found)
      if part.compositionTimeOffset != 0 || tracks[stream].order.isInUse {
        checkComposition(record, part, stream, &found)
      }
    }

    // MARK: Sequence headers

    /// Keeps a sequence header that is not near the frame before it; the clock may go on with it.
    private mutating func note(_ tag: FLVTag, _ stream: Int) {
      let time = Int64(tag.header.timestamp)
      let track = tracks[stream]
      guard time != 0, time != track.toldHeader, track.header == nil,
        track.last.map({ abs(time - $0) > maxJump }) ?? true
      else { return }
      tracks[stream].header = (tag.offset, time)
    }

    /// Judges the sequence header in front of a frame.
    ///
    /// Servers hand their sequence headers to those who join late, with the timestamp 0 or that of
    /// long ago.
    private mutating func checkHeader(by frame: Int64, _ stream: Int, _ found: inout [Finding]) {
      guard let header = tracks[stream].header else { return }
      tracks[stream].header = nil
      let isOld = tracks[stream].last == nil && header.time >= 0 && header.time < frame
      guard abs(header.time - frame) > maxJump, !isOld else { return }
      tell(header, far: "the next frame", frame, stream, &found)
    }

    private mutating func tell(
      _ header: (offset: Int, time: Int64), far from: String, _ frame: Int64, _ stream: Int,
      _ found: inout [Finding]
    ) {
      tracks[stream].toldHeader = header.time
      found.append(
        Finding(
          .headerTimestamp,
          "the timestamp of the sequence header is \(header.time), that of \(from) \(frame)",
          offset: header.offset + 4, time: Double(frame) / 1000, stream: stream))
    }

    /// Judges the sequence headers that no frame follows.
    mutating func finish(_ found: inout [Finding]) {
      for (stream, track) in tracks.enumerated() {
        guard let header = track.header, let last = track.last else { continue }
        tell(header, far: "the last frame", last, stream, &found)
      }
    }

    // MARK: Decoding

    private mutating func checkStep(
      _ record: FLVTagRecord, _ stream: Int, _ inspector: FLVInspector, _ found: inout [Finding]
    ) {
      let now = record.dts
      let nanoseconds = record.nanosecondOffset ?? 0
      defer {
        tracks[stream].last = now
        tracks[stream].nanoseconds = nanoseconds
      }
      if !hasFrames { checkFirst(record, stream, &found) }
      guard let last = tracks[stream].last else { return }
      let step = now - last
      if step > 0, step <= maxJump || isRegular(step, from: last, stream, inspector) {
        tracks[stream].steps.add(step)
        if now > 0xff_ffff, last <= 0xff_ffff { noteCrossing(record, stream, &found) }
        return
      }
      if step == 0 {
        tracks[stream].steps.add(0)
        if nanoseconds > tracks[stream].nanoseconds { return }
        found.append(
          record.finding(
            .equalTimestamps, "the timestamp is \(now) as that of the frame before", at: 4,
            stream: stream))
        return
      }
      checkBreak(record, from: last, stream, &found)
    }

    /// Whether a step beyond the limit is that of the track: as long as the one before it, or no
    /// longer than the metadata says that a picture lasts.
    private mutating func isRegular(
      _ step: Int64, from last: Int64, _ stream: Int, _ inspector: FLVInspector
    ) -> Bool {
      let before = tracks[stream].jump
      tracks[stream].jump = (step, last + step)
      if let before, before.to == last, abs(step - before.step) <= 2 { return true }
      guard inspector.streams[stream].kind == .video,
        let rate = inspector.metadata?.value.frameRate, rate > 0
      else { return false }
      // Rates are seldom told to more than two digits.
      return Double(step) <= 1010 / rate + 1
    }

    private mutating func checkFirst(
      _ record: FLVTagRecord, _ stream: Int, _ found: inout [Finding]
    ) {
      hasFrames = true
      let now = record.dts
      if now < 0 {
        found.append(
          record.finding(
            .negativeTimestamp, "the first timestamp is \(now)", at: 4, stream: stream))
      } else if now > 0 {
        found.append(
          record.finding(
            .firstTimestamp, "the first timestamp is \(now), not 0", at: 4, stream: stream))
      }
      if now > 0xff_ffff { noteCrossing(record, stream, &found) }
    }

    private mutating func noteCrossing(
      _ record: FLVTagRecord, _ stream: Int, _ found: inout [Finding]
    ) {
      guard !hasCrossed else { return }
      hasCrossed = true
      found.append(
        record.finding(
          .crosses24Bits,
          "the timestamp is \(record.dts), which TimestampExtended has a part in from here on",
          at: 4, stream: stream))
    }

    private mutating func checkBreak(
      _ record: FLVTagRecord, from last: Int64, _ stream: Int, _ found: inout [Finding]
    ) {
      let now = record.dts
      tracks[stream].order = FLVPresentationOrder()
      if isKnown(from: last, to: now, stream) { return }
      // A frame or two out of order are no matter of the clock.
      if abs(now - last) > 1000 {
        clockBreak = Break(number: clockBreak.number + 1, from: last, to: now)
        tracks[stream].brokenBy = clockBreak.number
      }
      // A counter that starts over lands as far behind its end as a step is long.
      let step = min(maxJump, 1 << 20)
      let code: FindingCode
      var told = "the timestamp goes from \(last) to \(now)"
      if now > last {
        code = .timestampJump
        told += ", a step of \(now - last) ms"
      } else if (0...step).contains(now - last + 1 << 32) {
        code = .timestampWrap
        told += ": beyond 2147483647 it is negative"
      } else if (0...step).contains(now - last + 1 << 31) {
        // FFmpeg leaves the sign out, so negative timestamps come here as well.
        code = .timestampWrap
        told += ": beyond 2147483647 it starts over"
      } else if (0...step).contains(now - last + 1 << 24) {
        code = .missingExtension
        told += ": the carry into TimestampExtended is missing"
      } else {
        code = .timestampRegression
        told += ", back by \(last - now) ms"
      }
      found.append(record.finding(code, told, at: 4, stream: stream))
    }

    /// Whether another track, or this one before, told of the same break.
    private mutating func isKnown(from last: Int64, to now: Int64, _ stream: Int) -> Bool {
      let (number, from, to) = (clockBreak.number, clockBreak.from, clockBreak.to)
      guard number > 0 else { return false }
      let tolerance = min(maxJump, abs(to - from) / 2)
      func isNear(_ a: Int64, _ b: Int64) -> Bool { abs(a - b) <= tolerance }
      if tracks[stream].brokenBy != number {
        guard isNear(last, from), isNear(now, to) else { return false }
        tracks[stream].brokenBy = number
        return true
      }
      guard tracks[stream].returnedFrom != number, isNear(last, to), isNear(now, from) else {
        return false
      }
      tracks[stream].returnedFrom = number
      return true
    }

    // MARK: Presentation

    private mutating func checkComposition(
      _ record: FLVTagRecord, _ part: FLVMediaPart, _ stream: Int, _ found: inout [Finding]
    ) {
      let offset = part.compositionTimeOffset
      let place = part.fourCC == nil ? 2 : part.payload.lowerBound - 3
      let shown = record.dts + Int64(offset)
      if let later = tracks[stream].order.add(shown) {
        found.append(
          record.bodyFinding(
            .impossibleCompositionTime,
            "the frame is due at \(shown) ms, but \(FLVPresentationOrder.maxReordered + 1) frames "
              + "before it only at \(later) ms or later", at: place, stream: stream))
      } else if offset < 0, !tracks[stream].hasNegativeOffset {
        tracks[stream].hasNegativeOffset = true
        found.append(
          record.bodyFinding(
            .negativeCompositionTime, "CompositionTime is \(offset) ms", at: place, stream: stream,
            clause: part.fourCC == nil ? nil : record.enhancedClause("TagBody")))
      }
    }
  }
}

/// Distances between the frames of a track, in milliseconds.
struct FLVTimestampSteps: Sendable {
  private(set) var count = 0
  private(set) var sum: Int64 = 0
  private(set) var range: ClosedRange<Int64>?

  mutating func add(_ step: Int64) {
    count += 1
    sum += step
    guard let range else { return self.range = step...step }
    if step < range.lowerBound { self.range = step...range.upperBound }
    if step > range.upperBound { self.range = range.lowerBound...step }
  }

  /// How long the last frame may last; beyond a second, a longer step is a gap in the track.
  var longestFrame: Int64? {
    guard let range else { return nil }
    return isRegular ? range.upperBound : max(sum / Int64(count), min(range.upperBound, 1000))
  }

  /// Frames per second, and what may be said of it; nil where no time passes.
  var frameRate: (mean: Double, lawful: ClosedRange<Double>)? {
    guard let range, sum > 0 else { return nil }
    let mean = 1000 * Double(count) / Double(sum)
    // Each end of the sum is rounded to a millisecond.
    let tolerance = mean * (0.01 + 2 / Double(sum))
    if isRegular { return (mean, (mean - tolerance)...(mean + tolerance)) }
    // Where frames are left out on the way, the rate may be that of those which are not.
    let highest = range.lowerBound > 1 ? 1000 / Double(range.lowerBound - 1) : Double.infinity
    return (mean, (0.9 * mean)...max(highest, mean + tolerance))
  }

  /// Whether the frames are equally far apart, as well as milliseconds can say.
  var isRegular: Bool { range.map { $0.upperBound - $0.lowerBound <= 2 } ?? false }
}

/// Whether frames can be put from the order of decoding into that of presentation.
///
/// A decoder holds back 16 pictures at most (H.264 A.3.1 h, MaxDpbFrames). So when a frame comes, at
/// most 16 of those before it may still have to wait for it.
struct FLVPresentationOrder: Sendable {
  static let maxReordered = 16

  /// The latest times of presentation so far, the latest last.
  private var latest: [Int64] = []

  /// Whether frames were added.
  var isInUse: Bool { !latest.isEmpty }

  /// Adds a frame; answers the earliest time of too many frames before it that are due after it.
  ///
  /// After an answer it begins again with this frame.
  mutating func add(_ time: Int64) -> Int64? {
    let isFull = latest.count > Self.maxReordered
    if isFull, let earliest = latest.first, time < earliest {
      latest = [time]
      return earliest
    }
    if isFull { latest.removeFirst() }
    var index = latest.endIndex
    while index > 0, latest[index - 1] > time { index -= 1 }
    latest.insert(time, at: index)
    return nil
  }
}
