internal import MediaBytes
internal import MediaFLV
internal import MediaModel
internal import MediaRTMP

/// Puts what one connection after the other plays on one line of time, which begins at 0.
///
/// Times that go on after an outage keep their distance, and what a server plays again of them is
/// left out. Times that begin anew are put behind the last frame and the length of the outage.
/// Pictures begin with a keyframe, each time.
struct PullTimeline {
  /// When something happens.
  struct Moment {
    /// Of the monotonic clock.
    var now: Nanoseconds
    /// Since 1970.
    var wall: Nanoseconds
  }

  /// How far ahead of the wall clock times that go on may be, and how far behind it: what servers
  /// keep of the past.
  private static let (ahead, behind): (Int64, Int64) = (5000, 30_000)
  /// A longer step back is that of a clock that begins anew.
  private static let longestStepBack: Int64 = 10_000
  /// For so long pictures may do without a keyframe before they are taken all the same.
  private static let patience: Int64 = 10_000
  /// So much sound that comes before the first keyframe goes with it.
  private static let longestLead: Int64 = 1000
  private static let mostRemembered = 8192
  private static let mostWaiting = 1024

  private struct Outage {
    var reason: String
    /// When the last frame came.
    var begin: Moment
    /// Whether what follows may have come before.
    var mayRepeat: Bool
    var repeated = 0
  }
  private struct Fingerprint: Equatable {
    var time: Int64
    var hash: Int
  }

  /// Gaps that are over and not yet taken.
  private(set) var gaps: [RecordingGap] = []
  /// The source's time of the first frame; nil before it.
  private(set) var sourceOffset: Int64?
  /// The time of the latest frame.
  private(set) var end: Int64 = 0
  /// Frames that are not in the recording: before a keyframe, or there already.
  private(set) var leftOut = 0

  private var classifier = FLVBodyClassifier()
  private var known: [RTMPMessageRole: [UInt8]] = [:]
  /// What is added to the source's times; nil until a frame of these times has been taken.
  private var shift: Int64?
  /// The source's time of the last frame, beyond 32 bits; nil where times are yet to begin.
  private var clock: Int64?
  /// The latest of the source's times, and when a frame came last.
  private var newest: Int64 = 0
  private var arrival: Moment?
  private var outage: Outage?
  /// Whether the times since the last outage are those before it.
  private var hasGoneOn = true
  /// Of which types what comes may have come before.
  private var repeating: Set<FLVTagType> = []
  private var lastTimes: [FLVTagType: Int64] = [:]
  private var isFlowing = false
  private var hasPictures = false
  private var waitStart: Int64?
  private var waiting: [(message: PullMessage, time: Int64)] = []
  private var remembered: [Fingerprint] = []

  /// Takes note that the connection is lost, and that what follows is of another one.
  ///
  /// A publisher who comes back sends nothing again, even where it looks the same: `mayRepeat` is
  /// false for that.
  mutating func interrupt(_ reason: String, mayRepeat: Bool = true) {
    if let arrival, sourceOffset != nil, outage == nil {
      outage = Outage(reason: reason, begin: arrival, mayRepeat: mayRepeat)
    }
    reset()
  }

  private mutating func reset() {
    leftOut += waiting.count
    (clock, isFlowing, waitStart, waiting) = (nil, false, nil, [])
  }

  /// The gaps that are over, forgotten by this.
  mutating func takeGaps() -> [RecordingGap] {
    defer { gaps = [] }
    return gaps
  }

  /// What becomes of a message: itself, those that waited for it, or nothing.
  mutating func take(_ message: RTMPMessage, at moment: Moment) -> [PullMessage] {
    guard var taken = pullMessage(message) else { return [] }
    switch taken.role {
    case .metadata, .configuration:
      if announcesPictures(taken) { hasPictures = true }
      // Nobody has so many tracks.
      if known.count > 1024 { known = [:] }
      // What still holds need not be said again.
      guard known.updateValue(taken.payload, forKey: taken.role) != taken.payload else { return [] }
      taken.time = end
      return [taken]
    case .other:
      guard isFlowing, let shift else { return [] }
      taken.time = max(0, unwrapped(taken.timestamp) + shift)
      return [taken]
    case .picture, .sound:
      return takeFrame(taken, at: moment)
    }
  }

  private mutating func pullMessage(_ message: RTMPMessage) -> PullMessage? {
    var type = FLVTagType(rawValue: message.typeID.rawValue)
    var payload = message.payload
    switch message.typeID {
    case .audio, .video: break
    case .data: payload = RTMPDataFrame.unwrap(payload)
    case .dataAMF3:
      // Nearly always it is AMF0 behind a byte that says so, which fewer readers know.
      if payload.first == 0 {
        (type, payload) = (.script, RTMPDataFrame.unwrap(Array(payload.dropFirst())))
      }
    default: return nil
    }
    let role: RTMPMessageRole
    if type == .script {
      role = payload.starts(with: Self.onMetaData) ? .metadata : .other
    } else {
      role = classifier.classify(message.typeID, payload).role
    }
    return PullMessage(
      type: type, time: 0, timestamp: message.timestamp, payload: payload, role: role)
  }

  private func announcesPictures(_ message: PullMessage) -> Bool {
    if case .configuration(let one) = message.role { return one.type == .video }
    var reader = ByteReader(message.payload.span)
    let codec = FLVMetadata(FLVScriptData(parsing: &reader))?.videoCodecID
    // nginx-rtmp says 0 where there is none.
    return codec != nil && codec != .id(0)
  }

  private static let onMetaData = AMFEncoder.amf0(.string("onMetaData"))

  // MARK: Frames

  private mutating func takeFrame(_ message: PullMessage, at moment: Moment) -> [PullMessage] {
    if case .picture = message.role { hasPictures = true }
    if clock == nil { beginClock(message, at: moment) }
    var time = unwrapped(message.timestamp)
    let stepBack = repeating.isEmpty ? Self.longestStepBack : Self.behind
    if isFlowing, time < newest - stepBack {
      interrupt("the timestamps began anew")
      beginClock(message, at: moment)
      time = unwrapped(message.timestamp)
    }
    clock = time
    defer { arrival = moment }
    guard isFlowing else { return wait(message, time, moment) }
    return [place(message, time, moment)].compactMap(\.self)
  }

  /// Sound waits for the keyframe that pictures begin with.
  private mutating func wait(
    _ message: PullMessage, _ time: Int64, _ moment: Moment
  ) -> [PullMessage] {
    let start = waitStart ?? time
    waitStart = start
    let isLate = time - start >= Self.patience
    switch message.role {
    case .picture(.key): break
    case .sound where hasPictures && !isLate:
      waiting.append((message, time))
      let old = waiting.prefix { time - $0.time > Self.longestLead }.count
      let count = max(old, waiting.count - Self.mostWaiting)
      waiting.removeFirst(count)
      leftOut += count
      return []
    case .picture where !isLate:
      leftOut += 1
      return []
    default: break
    }
    let kept = waiting.filter { time - $0.time <= Self.longestLead } + [(message, time)]
    leftOut += waiting.count + 1 - kept.count
    waiting = []
    isFlowing = true
    if shift == nil { beginTimes(at: kept.map(\.time).min() ?? time, moment) }
    return kept.compactMap { place($0.message, $0.time, moment) }
  }

  private mutating func place(
    _ message: PullMessage, _ time: Int64, _ moment: Moment
  ) -> PullMessage? {
    var message = message
    message.time = max(0, time + (shift ?? 0))
    if repeating.contains(message.type) {
      if let last = lastTimes[message.type], message.time <= last {
        outage?.repeated += 1
        leftOut += 1
        return nil
      }
      repeating.remove(message.type)
    }
    if let outage {
      gaps.append(
        RecordingGap(
          position: end, length: max(0, message.time - end), reason: outage.reason,
          begin: outage.begin.wall, end: moment.wall, isNewTime: !hasGoneOn,
          repeated: outage.repeated))
      self.outage = nil
    }
    lastTimes[message.type] = message.time
    end = max(end, message.time)
    newest = max(newest, time)
    remember(message, time)
    return message
  }

  // MARK: Times

  /// Decides what the times of a connection have to do with those before.
  private mutating func beginClock(_ message: PullMessage, at moment: Moment) {
    clock = Int64(message.timestamp)
    guard let outage else { return }
    let candidate = newest + Self.difference(message.timestamp, newest)
    hasGoneOn = goesOn(candidate, message, outage, moment)
    if hasGoneOn {
      (clock, repeating) = (candidate, Set(lastTimes.keys))
    } else {
      (shift, repeating) = (nil, [])
    }
  }

  private func goesOn(
    _ time: Int64, _ message: PullMessage, _ outage: Outage, _ moment: Moment
  ) -> Bool {
    guard shift != nil else { return false }
    let expected = newest + (moment.now - outage.begin.now) / 1_000_000
    guard time <= expected + Self.ahead, time >= expected - Self.behind else { return false }
    // A source that began anew soon after it had begun would have such times, too.
    return time > newest || outage.mayRepeat && remembered.contains(fingerprint(message, time))
  }

  /// Puts the first of new times behind what there is.
  private mutating func beginTimes(at time: Int64, _ moment: Moment) {
    newest = time
    guard let outage else {
      (shift, sourceOffset) = (-time, time)
      return
    }
    let length = (moment.now - outage.begin.now) / 1_000_000
    shift = end + max(1, length) - time
  }

  /// The timestamp nearest to the last frame's of all that have these 32 bits.
  private func unwrapped(_ timestamp: UInt32) -> Int64 {
    clock.map { $0 + Self.difference(timestamp, $0) } ?? Int64(timestamp)
  }

  private static func difference(_ timestamp: UInt32, _ time: Int64) -> Int64 {
    Int64(Int32(bitPattern: timestamp &- UInt32(truncatingIfNeeded: time)))
  }

  // MARK: What has come

  private func fingerprint(_ message: PullMessage, _ time: Int64) -> Fingerprint {
    var hasher = Hasher()
    hasher.combine(message.type)
    message.payload.withUnsafeBytes { hasher.combine(bytes: $0) }
    return Fingerprint(time: time, hash: hasher.finalize())
  }

  private mutating func remember(_ message: PullMessage, _ time: Int64) {
    remembered.append(fingerprint(message, time))
    if remembered.count > Self.mostRemembered {
      remembered.removeFirst(Self.mostRemembered / 2)
    }
  }
}
