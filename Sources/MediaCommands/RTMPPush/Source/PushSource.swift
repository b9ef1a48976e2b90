internal import MediaModel
internal import MediaRTMP

/// What is published: an input, as often and as much of it as is wanted, on one line of time.
final class PushSource: PushReading {
  /// Which part of the input, and how often.
  struct Plan {
    /// How many times; nil for ever.
    var rounds: Int? = 1
    /// Milliseconds from the first frame on that are left out.
    var start: Int64 = 0
    /// Milliseconds from the first frame kept; nil for all.
    var duration: Int64?
    /// Whether the input comes at the pace of its times by itself.
    var isLive = false
  }

  /// A longer gap in the times of an input is no pause, but an error of its clock: it is not waited
  /// for.
  static let longestPause: Int64 = 60_000

  private let open: () throws -> any PushReading
  private let plan: Plan
  private var reading: any PushReading
  private var round = 1
  private var isAtEnd = false

  /// What is added to the times of this round.
  private var offset: Int64 = 0
  private var origin: Int64?
  private var isKept = false
  private var hasPictures = false
  /// Where the next frame goes, behind the last round.
  private var roundStart: Int64?
  private var firstTime: Int64?
  private var newest: Int64 = 0
  private var position: Int64 = 0
  /// The last frame of each kind, and how long it seems to last.
  private var last: [(type: RTMPMessageType, time: Int64, duration: Int64)] = []
  private var known: [RTMPMessageRole: [UInt8]] = [:]
  private var earlierNotes: [String] = []

  /// Opens the input, and for each further round again.
  init(_ plan: Plan, open: @escaping () throws -> any PushReading) throws {
    (self.plan, self.open) = (plan, open)
    reading = try open()
  }

  /// What a user should know about what is not sent.
  var notes: [String] {
    var seen: Set<String> = []
    return (earlierNotes + reading.notes).filter { seen.insert($0).inserted }
  }

  /// The next message; nil at the end.
  ///
  /// - Throws: what reading throws, and `Failure` at the end of an input that no frame is sent of.
  func next() throws -> PushMessage? {
    while !isAtEnd {
      guard let message = try reading.next() else {
        try beginRound()
        continue
      }
      if let ready = ready(message) { return ready }
    }
    return nil
  }

  private func beginRound() throws {
    round += 1
    guard firstTime != nil else {
      throw Failure(
        .dataError,
        plan.start > 0
          ? "nothing to begin with behind --start \(Quantity.seconds(Double(plan.start) / 1000))"
          : "the input has neither pictures nor sound")
    }
    if let rounds = plan.rounds, round > rounds { return isAtEnd = true }
    // An input that has no frames any more would be read for ever.
    guard isKept else { return isAtEnd = true }
    roundStart = last.map { $0.time + max($0.duration, 1) }.max()
    (origin, isKept) = (nil, false)
    earlierNotes = notes
    reading = try open()
  }

  private func ready(_ message: consuming PushMessage) -> PushMessage? {
    if case .picture = message.role { hasPictures = true }
    switch message.role {
    case .picture, .sound:
      let begin = origin ?? message.time
      origin = begin
      if !isKept, !isBeginning(message, after: begin) { return nil }
      if let roundStart { offset = roundStart - message.time }
      (isKept, roundStart) = (true, nil)
    case .configuration, .metadata:
      if case .configuration(let one) = message.role, one.type == .video { hasPictures = true }
      // Rounds after the first repeat nothing that still holds.
      guard
        known.updateValue(message.payload, forKey: message.role) != message.payload || round == 1
      else { return nil }
    case .other:
      // The end of a sequence is none where it goes on.
      guard isKept, plan.rounds == 1 || message.type == .data else { return nil }
    }
    message.time = roundStart ?? message.time + offset
    if message.isFrame { advance(to: message) }
    message.position = plan.isLive ? livePosition : position
    if let duration = plan.duration, let firstTime, message.isFrame,
      message.time - firstTime >= duration
    {
      isAtEnd = true
      return nil
    }
    return message
  }

  /// When to send what comes live, which may have begun before us by a clock that may be faster.
  ///
  /// Held back is only what is ahead by more than 3 s and one part in 4096.
  private var livePosition: Int64 { max(0, position - 3000 - position >> 12) }

  private func isBeginning(_ message: PushMessage, after begin: Int64) -> Bool {
    guard plan.start > 0 else { return true }
    guard message.time - begin >= plan.start else { return false }
    switch message.role {
    case .picture(let picture): return picture != .inter
    case .sound: return !hasPictures
    case .metadata, .configuration, .other: return false
    }
  }

  private func advance(to message: PushMessage) {
    let time = message.time
    var step: Int64?
    if let index = last.firstIndex(where: { $0.type == message.type }) {
      let duration = time - last[index].time
      if (1...1000).contains(duration) { last[index].duration = duration }
      last[index].time = time
      step = duration
    } else {
      last.append((message.type, time, 0))
    }
    guard firstTime != nil else {
      (firstTime, newest) = (time, time)
      return
    }
    // Of two kinds, one has its clock set back before the other: no pause lies between their clocks.
    let pause = min(time - newest, step ?? .max)
    if (1...Self.longestPause).contains(pause) { position += pause }
    // A clock that was set back goes on from there.
    if time > newest || step.map({ $0 < -1000 }) == true { newest = time }
  }
}
