internal import MediaModel
internal import MediaRTP

/// What came of a source in numbers, or of several that followed each other.
struct RTPStreamFigures: Sendable {
  /// Interarrival jitter, in milliseconds.
  struct Jitter: Sendable {
    /// The estimate at the end.
    var last = 0.0
    var highest = 0.0
    /// Of all estimates, and how many there were.
    var (sum, count) = (0.0, 0)
    var mean: Double { sum / Double(max(1, count)) }
  }

  /// Frames that were put together.
  struct Frames: Sendable {
    var count = 0
    var keyframes = 0
    var damaged = 0
    var dropped = 0
    /// Steps from one to the next, and the seconds they took.
    var (steps, seconds) = (0, 0.0)
    /// From a keyframe to the next one, in seconds; of pictures only, in sound every frame is one.
    var intervals: (min: Double, max: Double, sum: Double, count: Int64)?

    var rate: Double? { seconds > 0 ? Double(steps) / seconds : nil }
    var meanInterval: Double? {
      intervals.map { ($0.sum / Double($0.count) * 1e6).rounded() / 1e6 }
    }
  }

  /// All packets, and those whose number had come before.
  var (packets, duplicates) = (0, 0)
  /// Sequence numbers from the first to the highest, and those never seen.
  var (expected, lost) = (0, 0)
  /// Packets expected less those received, by the letter of RFC 3550: negative with duplicates.
  var reportedLost: Int?
  var reordered = 0
  /// Packets whose turn was over when they came.
  var tooLate = 0
  var strays = 0
  var restarts = 0
  var (byteCount, payloadByteCount, largestPacket) = (0, 0, 0)
  /// From the first arrival to the last, in seconds; nil where nobody says when packets came.
  var duration: Double?
  /// Seconds that bits are counted over: of the time that passed, or of the media's where that is
  /// longer, as of packets sent in a burst.
  var span = 0.0
  var jitter: Jitter?
  /// nil where packets are not put together.
  var frames: Frames?
  var senderReports = 0

  /// Bits of payload a second.
  var bitRate: Double? { span > 0 ? (Double(payloadByteCount) * 8 / span).rounded() : nil }
}

extension RTPStreamFigures {
  /// Those of one source, whose media is of a kind and counted as `counts` where it is put together.
  init(
    _ source: RTPSource, _ kind: MediaKind?, _ counts: RTPFrameCounts?, dropped: Int,
    facts: RTCPFacts?
  ) {
    let statistics = source.statistics
    (packets, duplicates) = (statistics.packets, statistics.duplicates)
    (expected, lost) = (statistics.expected, statistics.lost)
    reportedLost = statistics.source.map { Int($0.cumulativeLost) }
    (reordered, tooLate) = (statistics.reordered, source.tooLate)
    (strays, restarts) = (statistics.strays, statistics.restarts)
    (byteCount, payloadByteCount) = (statistics.byteCount, statistics.payloadByteCount)
    largestPacket = source.largestPacket
    duration = source.isTimeless ? nil : statistics.duration
    senderReports = facts?.senderReports ?? 0
    let rate = source.main?.format?.payload.clockRate
    let media = rate.map { Double(source.media.ticks) / Double($0) } ?? 0
    // What was sent last takes as long as what was sent before it, on average.
    let last = source.media.changes > 0 ? 1 + 1 / Double(source.media.changes) : 1
    span = max(media, duration ?? 0) * last
    jitter = source.isTimeless ? nil : statistics.jitter.flatMap { Jitter($0) }
    frames = counts.map { Frames($0, kind, clockRate: rate, dropped: dropped) }
  }

  /// Adds what came of the next source.
  static func += (total: inout Self, next: Self) {
    total.packets += next.packets
    total.duplicates += next.duplicates
    total.expected += next.expected
    total.lost += next.lost
    total.reportedLost = sum(total.reportedLost, next.reportedLost, +)
    total.reordered += next.reordered
    total.tooLate += next.tooLate
    total.strays += next.strays
    total.restarts += next.restarts
    total.byteCount += next.byteCount
    total.payloadByteCount += next.payloadByteCount
    total.largestPacket = max(total.largestPacket, next.largestPacket)
    total.duration = sum(total.duration, next.duration, +)
    total.span += next.span
    total.jitter = sum(total.jitter, next.jitter, +)
    total.frames = sum(total.frames, next.frames, +)
    total.senderReports += next.senderReports
  }

  private static func sum<Value>(
    _ a: Value?, _ b: Value?, _ add: (Value, Value) -> Value
  ) -> Value? {
    guard let a, let b else { return a ?? b }
    return add(a, b)
  }
}

extension RTPStreamFigures.Jitter {
  /// nil before the second packet.
  init?(_ jitter: RTPJitter) {
    guard let last = jitter.milliseconds, let mean = jitter.meanMilliseconds,
      let highest = jitter.maxMilliseconds
    else { return nil }
    self.init(last: last, highest: highest, sum: mean * Double(jitter.count), count: jitter.count)
  }

  static func + (a: Self, b: Self) -> Self {
    Self(
      last: b.last, highest: max(a.highest, b.highest), sum: a.sum + b.sum,
      count: a.count + b.count)
  }
}

extension RTPStreamFigures.Frames {
  init(_ counts: RTPFrameCounts, _ kind: MediaKind?, clockRate: UInt32?, dropped: Int) {
    count = counts.frames
    (keyframes, damaged, self.dropped) = (counts.keyframes, counts.damaged, dropped)
    guard let clockRate else { return }
    func seconds(_ ticks: Int64) -> Double {
      (Double(ticks) / Double(clockRate) * 1e6).rounded() / 1e6
    }
    (steps, self.seconds) = (counts.steps.count, Double(counts.steps.ticks) / Double(clockRate))
    guard kind == .video, let found = counts.intervals else { return }
    intervals = (
      seconds(found.min), seconds(found.max), Double(found.sum) / Double(clockRate), found.count
    )
  }

  static func + (a: Self, b: Self) -> Self {
    var total = a
    total.count += b.count
    total.keyframes += b.keyframes
    total.damaged += b.damaged
    total.dropped += b.dropped
    total.steps += b.steps
    total.seconds += b.seconds
    guard let more = b.intervals else { return total }
    let before = a.intervals ?? more
    total.intervals = (
      min(before.min, more.min), max(before.max, more.max),
      (a.intervals?.sum ?? 0) + more.sum, (a.intervals?.count ?? 0) + more.count
    )
    return total
  }
}
