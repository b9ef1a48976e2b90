internal import MediaModel
internal import MediaRTP
internal import MediaRTSP

/// What is recorded of a presentation, over any number of connections: files on one line of time,
/// which begins with the first keyframe.
///
/// Frames go through these steps: those of a connection that begins wait until its tracks are placed
/// (`RecordingStart`), each gets its time, `--duration` and `--max-frames` end the recording
/// (`RecordingLimit`), files are begun and ended (`RecordingCut`), and written.
final class Recording {
  /// A longer silence than this and three frames is a gap.
  static let longestPause: Nanoseconds = 1_000_000_000
  /// So long other tracks may be behind the main one when a file ends.
  static let patience: Nanoseconds = 1_000_000_000
  static let mostHeld = 8192
  /// So long nothing need be said of waiting for what a recording begins with.
  private static let longestSilence: Nanoseconds = 10_000_000_000

  /// Why and since when no media came.
  private struct Outage {
    var reason: String
    /// When the last frame came, its time, and the sender's clock then.
    var last: Moment
  }
  struct Moment {
    var time: Nanoseconds
    var now: Nanoseconds
    var wall: Nanoseconds
    var senderClock: Nanoseconds?
    /// Packets of the main track that were lost until then.
    var lost = 0
  }

  let plan: RecordingPlan
  let environment: CommandEnvironment
  let tell: (RecordingNews) throws -> Void
  let files: RecordedFiles?
  let segments: RecordingSegments?
  var form: RecordingPlan.Form?
  var tracks: [RecordedTrack] = []
  /// The one that limits and files go by: pictures, where there are any.
  var main = 0
  var file: RecordingFile?
  var cut: RecordingCut?
  var snapshot: Snapshot?
  private var start: RecordingStart?
  private var chosen: Set<Int> = []
  /// Tracks that a note was made of.
  private var noted: Set<Int> = []
  var limit: RecordingLimit<RecordedFrame>?
  /// Frames of other tracks that may be past the limit.
  var held: [RecordedFrame] = []
  /// When the pictures ended.
  var overSince: Nanoseconds?
  /// When the pictures of this connection begin, or what the main track has.
  private(set) var base: Nanoseconds = 0
  /// When its media begins: sound that a presentation begins with a little earlier is kept.
  private(set) var beginning: Nanoseconds = 0
  private var outage: Outage?
  /// Why pictures may be missing though nothing is lost: their next keyframe is waited for.
  private var restart: String?
  /// When the first frame of all came.
  private var firstArrival: Nanoseconds?
  /// Whether it was looked whether anything is written of what came.
  private var hasLooked = false
  /// The time that `flush` was told last.
  private(set) var ticked: Nanoseconds = 0
  /// The latest frame of the main track.
  private(set) var latest: Moment?
  /// Tracks of sound a note was made of for changing.
  var soundChanges: Set<Int> = []
  /// Frames in front of their connection's, or their file's, first keyframe.
  var leftOut = 0
  /// Frames that are in files.
  var frames = 0

  /// - Throws: `Failure` where a file cannot be made.
  init(
    _ plan: RecordingPlan, _ environment: CommandEnvironment,
    tell: @escaping (RecordingNews) throws -> Void
  ) throws {
    (self.plan, self.environment, self.tell) = (plan, environment, tell)
    let output = plan.output
    let pattern = output?.segment.flatMap { _ in output.map { SegmentPattern($0.path) } }
    files = output.map {
      RecordedFiles(
        $0.path, force: plan.force, environment, name: pattern.map { found in found.name(at:) }
      ) { _ in }
    }
    segments = try output.flatMap { output in
      try output.segment.map {
        try RecordingSegments($0, output, force: plan.force, environment)
      }
    }
    snapshot = try plan.snapshot.map { try Snapshot($0, force: plan.force, environment) }
    if segments == nil, let files { first = try files.next() }
  }

  /// The first file of a recording that is in one: that it can be made is known from the beginning.
  var first: ResultOutput?

  // MARK: Connections

  /// Begins a connection with the tracks that are set up of its presentation; `starts` is what the
  /// server says of their beginning.
  ///
  /// - Throws: `Failure` where nothing of it can be recorded.
  func begin(
    _ presentation: RTSPPresentation, tracks: [Int], starts: [Int: RTSPStreamInfo] = [:]
  ) throws {
    let wanted = presentation.tracks.filter { tracks.contains($0.index) }
    try begin(
      wanted.map { RecordableTrack($0.media, index: $0.index) },
      origins: starts.compactMapValues(\.timestamp))
  }

  /// Begins a connection with its tracks; `origins` are the timestamps at which they begin, by the
  /// server's word.
  func begin(_ all: [RecordableTrack], origins: [Int: UInt32] = [:]) throws {
    try snapshot?.begin(all)
    guard let output = plan.output else { return }
    let form = form ?? RecordableTrack.form(output.form, for: all)
    let (chosen, reasons) = RecordableTrack.choose(all, form)
    guard !chosen.isEmpty else {
      let words = reasons.map(\.reason).joined(separator: "; ")
      throw Failure(.unavailable, words.isEmpty ? "there is no track to record" : words)
    }
    for (index, reason) in reasons where noted.insert(index).inserted { try tell(.note(reason)) }
    (self.form, self.chosen) = (form, chosen)
    start = RecordingStart(chosen, origins)
  }

  /// Says that the connection is lost, and that what follows is of another one.
  func interrupt(_ reason: String) throws {
    if let start, start.hasPictures { try beginIfReady(at: 0, isForced: true) }
    if let last = latest, outage == nil { outage = Outage(reason: reason, last: last) }
    start = nil
    try completeCut()
    limit?.interrupt()
    noteEnd(at: latest?.now ?? 0)
  }

  // MARK: Frames

  /// Takes a frame, in the order of decoding of each track.
  func take(_ frame: RTSPFrame) throws {
    try snapshot?.take(frame, tell)
    firstArrival = firstArrival ?? frame.now
    guard plan.output != nil, !isComplete, !frame.frame.data.isEmpty, isWanted(frame) else {
      return
    }
    if start != nil {
      start?.add(frame)
      return try beginIfReady(at: frame.now)
    }
    try place(frame)
    try file?.flushFragments()
  }

  private func isWanted(_ frame: RTSPFrame) -> Bool {
    guard chosen.contains(frame.index), let form else { return false }
    return form.holds(frame.track.codec)
  }

  private func beginIfReady(at now: Nanoseconds, isForced: Bool = false) throws {
    guard let start, let main = start.main, isForced || start.isReady(at: now) else { return }
    self.start = nil
    let offsets = start.offsets
    let first = start.candidates[main].first
    let lead = latest == nil ? RecordingStart.lead(offsets) : 0
    base = position(of: first) &+ lead
    leftOut += start.early
    try goOn(with: start.candidates, offsets, main)
    base = tracks[self.main].time(tracks[self.main].ticks(base))
    beginning = base &- lead
    try tellOutage(first)
    for frame in start.waiting {
      if self.start == nil { try place(frame) } else { self.start?.add(frame) }
    }
    try file?.flush()
  }

  /// Where the first frame of a connection is: behind the last one by as much as it came later.
  private func position(of first: RTSPFrame) -> Nanoseconds {
    guard let outage else { return latest?.time ?? 0 }
    let last = outage.last
    let waited = max(first.now &- last.now, 0)
    let step = tracks.indices.contains(main) ? tracks[main].end &- last.time : 0
    var length = waited
    // A clock that goes back began anew, as that of a server that was started again may.
    if let before = last.senderClock, let clock = first.senderClock, clock > before,
      (clock &- before &- waited).magnitude < 5_000_000_000
    {
      length = clock &- before
    }
    return last.time &+ max(length, step, 1_000_000)
  }

  private func tellOutage(_ first: RTSPFrame) throws {
    guard let outage else { return }
    self.outage = nil
    try tell(
      .gap(
        gap(from: outage.last, to: base, first.wall, reason: outage.reason, isNewTime: true)))
  }

  private func gap(
    from last: Moment, to time: Nanoseconds, _ wall: Nanoseconds, reason: String, isNewTime: Bool
  ) -> RecordingGap {
    RecordingGap(
      position: last.time / 1_000_000, length: max(0, time &- last.time) / 1_000_000,
      reason: reason, begin: last.wall, end: wall, isNewTime: isNewTime)
  }

  /// Takes over the tracks of a connection.
  private func goOn(
    with candidates: [RecordingStart.Candidate], _ offsets: [Nanoseconds], _ mainCandidate: Int
  ) throws {
    let places = candidates.map { new in
      tracks.firstIndex { $0.isSame(as: new.track, index: new.first.index) }
    }
    let isSame = places.allSatisfy { $0 != nil } && places.count == tracks.count
    if isSame {
      for (place, (new, offset)) in zip(places, zip(candidates, offsets)) {
        if let place { tracks[place].goOn(with: new.first, at: base &+ offset) }
      }
      return
    }
    if !tracks.isEmpty {
      let codecs = candidates.map(\.track.codec.rawValue).joined(separator: ", ")
      try tell(.configuration("other tracks go on: \(codecs)"))
      try endFile(at: nil)
    }
    tracks = zip(candidates, offsets).map { RecordedTrack($0.first, at: base &+ $1) }
    main = mainCandidate
    for index in tracks.indices { _ = tracks[index].look(at: candidates[index].first.frame) }
    if limit == nil, plan.duration != nil || plan.maxFrames != nil {
      limit = RecordingLimit(
        bound: plan.duration.map { base &+ $0 }, most: plan.maxFrames,
        depth: tracks[main].reorderDepth ?? 16)
    }
  }

  /// Gives a frame its place in the recording.
  private func place(_ frame: RTSPFrame) throws {
    guard
      let index = tracks.firstIndex(where: {
        $0.index == frame.index && $0.source.stream == frame.track.stream
      })
    else { return try noteLate(frame) }
    if !tracks[index].source.isSame(as: frame.track) { try goOn(index, frame) }
    guard start == nil else { return }
    if tracks[index].needsKeyframe {
      guard frame.frame.isKeyframe else { return leftOut += 1 }
      tracks[index].needsKeyframe = false
    }
    let placed = tracks[index].place(frame, track: index)
    // What is shown in front of the first picture needs pictures before it.
    let earliest = index == main ? base : beginning
    guard placed.pts >= tracks[index].ticks(earliest) else { return leftOut += 1 }
    if index == main {
      try noteHole(placed)
      latest = Moment(
        time: max(placed.time, latest?.time ?? 0), now: frame.now, wall: frame.wall,
        senderClock: frame.senderClock.map { clock in
          clock &+ max(0, (latest?.time ?? placed.time) &- placed.time)
        }, lost: frame.track.source.statistics.lost)
    }
    tracks[index].note(placed)
    try restrict(placed)
  }

  /// A source begins anew, or sends in another format, while others go on.
  private func goOn(_ index: Int, _ frame: RTSPFrame) throws {
    let track = tracks[index]
    guard track.isSame(as: frame.track, index: frame.index) else {
      try interrupt("\(track.codec) became \(frame.track.codec)")
      start = RecordingStart(chosen, [:])
      start?.add(frame)
      return
    }
    if index == main { restart = "the sender began anew, and its next keyframe was waited for" }
    let waited = max(0, frame.now &- track.latestArrival)
    tracks[index].goOn(
      with: frame, at: max(track.end, (track.latest.map(track.time) ?? 0) &+ waited))
  }

  private func noteLate(_ frame: RTSPFrame) throws {
    guard noted.insert(frame.index).inserted else { return }
    try tell(
      .note("track \(frame.index), \(frame.track.codec), is left out: it began after the file did"))
  }

  /// A hole in the pictures that is no pause of theirs.
  private func noteHole(_ frame: RecordedFrame) throws {
    let restart = restart.take()
    guard let latest, frame.time > latest.time else { return }
    let length = frame.time &- latest.time
    let track = tracks[main]
    guard length > max(Self.longestPause, 3 * track.time(track.step)), frame.time != base else {
      return
    }
    let isLost = track.source.source.statistics.lost > latest.lost
    try tell(
      .gap(
        gap(
          from: latest, to: frame.time, frame.wall,
          reason: restart ?? (isLost ? "packets were lost" : "no media came"), isNewTime: false)))
  }

  // MARK: The end

  /// Whether something is to be given up, should `flush` be told that enough time has passed.
  var isWaiting: Bool {
    start?.candidates.isEmpty == false || cut != nil || overSince != nil
  }

  /// Hands on what is written so far, and waits no longer for what should have come by now.
  func flush(at now: Nanoseconds, wall: Nanoseconds) throws {
    ticked = now
    try beginIfReady(at: now)
    try noteIfNothingIsWritten(at: now)
    if let cut, now - cut.since > Self.patience { try completeCut() }
    try file?.flush()
  }

  /// Says once that there is media, and what is awaited.
  private func noteIfNothingIsWritten(at now: Nanoseconds) throws {
    guard !hasLooked, let firstArrival, now &- firstArrival >= Self.longestSilence else { return }
    hasLooked = true
    guard frames == 0, snapshot?.isDone != true else { return }
    let seconds = Quantity.seconds(Double(Self.longestSilence) / 1e9)
    try tell(.note("nothing is written so far: no whole keyframe came in \(seconds)"))
  }

  /// Completes what is written.
  func finish() throws {
    try beginIfReady(at: 0, isForced: true)
    try release()
    try completeCut()
    try endFile(at: nil)
    first?.abandon()
    try segments?.finish()
    snapshot?.abandon()
  }

  /// Leaves nothing behind that is not of use already.
  func abandon() {
    file?.abandon()
    first?.abandon()
    segments?.abandon()
    snapshot?.abandon()
  }
}
