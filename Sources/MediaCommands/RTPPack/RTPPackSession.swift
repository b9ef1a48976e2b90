internal import MediaCapture
internal import MediaCLI
internal import MediaIO
internal import MediaModel
internal import MediaRTP

/// The streams of one run: tracks of the input, each with its writer, its addresses and its place in
/// time.
final class RTPPackSession {
  /// A frame with the time it is sent at.
  struct TimedFrame {
    var frame: Frame
    /// Presentation time in the track's ticks.
    var pts: Int64
    /// Nanoseconds since the first frame of all.
    var time: Int64
    /// How long it lasts, in nanoseconds.
    var lasting: Int64
    /// Whether it is the rest of a frame whose beginning was another's.
    var isRest = false
  }

  /// 2000-01-01T00:00:00Z, where clocks begin that a seed fixes.
  private static let seededClock: Int64 = 946_684_800_000_000_000

  private let request: RTPPackRequest
  private var opened: FrameSources.Opened
  private var writers: [RTPStreamWriter] = []
  /// The source's index of a track to that of its stream.
  private var streamOfTrack: [Int: Int] = [:]
  let verifier: RTPVerifier?
  /// `sess-id`.
  let id: UInt64
  /// The wall clock at time 0, nanoseconds since 1970.
  private(set) var wallClock: Int64
  /// Where streams go.
  private(set) var addresses: RTPPackAddresses
  /// What was known from the beginning.
  private(set) var notes: [String]

  /// The first frame's decoding time: time 0, in each round anew.
  private var origin: (time: MediaTime, nanoseconds: Int64)?
  /// Where a round begins, nanoseconds.
  private var roundStart: Int64 = 0
  private var lastTime: Int64 = 0
  private var queue = TimedFrameQueue()
  private var cutter = SampleCutter()
  /// No frame that is still to come is earlier.
  private var lastReadTime: Int64 = 0
  private var isAtEnd = false
  /// The end of what has been sent, from which the next round goes on.
  private var end: Int64 = 0
  /// Streams whose next frame is the first of a round, for which the first configuration holds.
  private var restarted: Set<Int> = []
  private var lastDTS: [Int: (ticks: Int64, step: Int64)] = [:]

  init(
    _ opened: FrameSources.Opened, _ request: RTPPackRequest, _ random: inout SplitMix64
  ) throws {
    self.opened = opened
    self.request = request
    let clock = request.seed == nil ? WallClock.now() : Self.seededClock
    wallClock = clock
    id = request.seed == nil ? NTPTime(nanosecondsSince1970: clock).rawValue : random.next() >> 1
    addresses = try RTPPackAddresses(request)
    notes = opened.notes()
    let tracks = Self.selected(opened.source.tracks, request)
    guard !tracks.isEmpty else { throw Failure(.dataError, "no track is selected") }
    try request.check(tracks, isByteStream: opened.isByteStream)
    var writers: [RTPStreamWriter] = []
    let made = random.canonicalName()
    let cname = request.arguments[RTPPack.cname] ?? made
    let ssrc = request.arguments[RTPPack.ssrc] ?? UInt32(truncatingIfNeeded: random.next())
    for track in tracks {
      let index = writers.count
      let identity = RTPStreamWriter.Identity(
        ssrc: ssrc &+ UInt32(index),
        sequenceNumber: request.arguments[RTPPack.sequence]
          ?? UInt16(truncatingIfNeeded: random.next()),
        timestampOffset: request.arguments[RTPPack.timestampOffset]
          ?? UInt32(truncatingIfNeeded: random.next()), cname: cname)
      writers.append(
        RTPStreamWriter(
          index: index, track: track, packer: try Self.packer(track, index, request),
          identity: identity, wallClock: clock))
    }
    self.writers = writers
    verifier =
      request.verifies || request.listsPackets
      ? try RTPVerifier(writers, compares: request.verifies, labels: request.listsPackets) : nil
    for writer in writers { streamOfTrack[writer.track.index] = writer.index }
    notes += writers.compactMap(Self.clash)
    try addresses.reserve(writers.count)
  }

  private static func selected(_ tracks: [Track], _ request: RTPPackRequest) -> [Track] {
    guard let selection = request.arguments[CommonOptions.tracks] else { return tracks }
    let wanted = selection.indices(kinds: tracks.map(\.kind.rawValue))
    return tracks.filter { wanted.contains($0.index) }
  }

  private static func packer(
    _ track: Track, _ index: Int, _ request: RTPPackRequest
  ) throws -> RTPPacker {
    let given = request.arguments[RTPPack.payloadType]
    let number = Int(given ?? 96) + index
    let clashes = request.arguments[RTPPack.rtcpMux] && (64...95).contains(number)
    guard number <= 127, !clashes else {
      throw UsageError(
        "payload type \(number) of track \(index) is "
          + (clashes ? "RTCP's when both share a port (RFC 5761 4)" : "more than 127"))
    }
    do {
      return try RTPPacker(
        track, request.options, payloadType: RTPPayloadType(rawValue: UInt8(number)),
        isForced: given != nil)
    } catch {
      let hint = error.isUnavailable ? "; --tracks leaves it out" : ""
      throw Failure(
        error.isUnavailable ? .unavailable : .dataError,
        "track \(track.index) (\(track.kind.rawValue)): \(error.message)\(hint)")
    }
  }

  /// What is unwise about the payload type of a stream.
  private static func clash(_ writer: RTPStreamWriter) -> String? {
    let type = writer.packer.format.payloadType.rawValue
    // 200 to 205 less the bit that is the marker's.
    guard (72...77).contains(type) else { return nil }
    return "payload type \(type) with a marker looks like RTCP, so receivers may drop its packets "
      + "(RFC 3551 6)"
  }

  // MARK: Streams

  /// What each stream is, and what it consists of so far.
  var streams: [RTPPackResult.Stream] {
    writers.map { writer in
      RTPPackResult.Stream(
        index: writer.index, track: writer.track, identity: writer.identity,
        format: writer.packer.format, host: addresses.host,
        port: addresses.port(writer.index), rtcpPort: addresses.rtcpPort(writer.index),
        totals: writer.totals)
    }
  }

  /// How many packets of RTP have been made.
  var packetCount: Int { writers.reduce(0) { $0 + $1.totals.packets } }

  /// Seconds of media from the first packet to the last.
  var duration: Double? {
    let ends = writers.filter { $0.totals.packets > 0 }.map(\.totals.end)
    return ends.max().map { (Double($0) / 1e3).rounded() / 1e6 }
  }

  /// What was noticed since the beginning.
  func lateNotes() -> [String] {
    let unsaid = writers.filter(\.hasUnsaidConfiguration).map {
      "the configuration of track \($0.track.index) changes, which "
        + "\($0.packer.format.encodingName) cannot say: receivers keep the first"
    }
    return opened.notes().filter { !notes.contains($0) } + unsaid
  }

  // MARK: Frames

  /// Goes on with the input from its beginning.
  func restart(_ opened: FrameSources.Opened) throws {
    let (old, new) = (self.opened.source.tracks, opened.source.tracks)
    let isSame =
      old.count == new.count
      && zip(old, new).allSatisfy {
        $0.codec == $1.codec && $0.timescale == $1.timescale && $0.configuration == $1.configuration
      }
    guard isSame else { throw Failure(.dataError, "the input has changed while it was sent") }
    self.opened = opened
    isAtEnd = false
    restarted = Set(writers.indices)
    (origin, roundStart, lastDTS) = (nil, end, [:])
  }

  /// Begins now: what may have to wait, such as opening outputs, has been done.
  func start() {
    guard request.seed == nil else { return }
    wallClock = WallClock.now()
    for index in writers.indices { writers[index].wallClock = wallClock }
  }

  /// The next frame of a selected track; nil at the end.
  ///
  /// - Throws: `ReadFailure`.
  func nextFrame() throws -> TimedFrame? {
    while true {
      let limit = isAtEnd || writers.count == 1 ? .max : lastReadTime
      if let first = queue.next(until: limit) { return due(first) }
      guard !isAtEnd, let frame = try readFrame() else {
        guard !isAtEnd, !queue.isEmpty else { return nil }
        isAtEnd = true
        continue
      }
      let pieces = cutter.pieces(of: try timed(frame), writers[frame.track])
      if queue.isEmpty, pieces.count == 1 { return due(pieces[0]) }
      for piece in pieces { queue.insert(piece) }
    }
  }

  private func readFrame() throws -> Frame? {
    while true {
      let found: Frame?
      do {
        found = try opened.source.next()
      } catch {
        throw ReadFailure(reason: error)
      }
      guard var frame = found else { return nil }
      guard let stream = streamOfTrack[frame.track] else { continue }
      frame.track = stream
      if !restarted.isEmpty, restarted.remove(stream) != nil, frame.configuration == nil {
        frame.configuration = writers[stream].track.configuration
      }
      return frame
    }
  }

  private func timed(_ frame: Frame) throws -> TimedFrame {
    let scale = writers[frame.track].track.timescale
    let last = lastDTS[frame.track]
    let dts = frame.dts ?? frame.pts ?? last.map { $0.ticks &+ $0.step } ?? 0
    let step = frame.duration ?? last.map { max(0, dts &- $0.ticks) } ?? 0
    lastDTS[frame.track] = (dts, step)
    lastReadTime = max(try elapsed(dts, scale, frame) + roundStart, lastReadTime)
    if let pts = frame.pts, pts != dts { _ = try elapsed(pts, scale, frame) }
    let lasting = MediaTime(ticks: step, timescale: scale).rescaled(to: .nanoseconds)?.ticks
    return TimedFrame(
      frame: frame, pts: frame.pts ?? dts, time: lastReadTime, lasting: max(lasting ?? 0, 0))
  }

  /// A frame whose turn it is: packets go out in the order they are made, whatever the container says.
  private func due(_ timed: TimedFrame) -> TimedFrame {
    var timed = timed
    timed.time = max(timed.time, lastTime)
    lastTime = timed.time
    end = max(end, timed.time + min(timed.lasting, max(0, latest - timed.time)))
    return timed
  }

  /// The latest time there may be: seconds since 1970 have 32 bits in captures.
  private var latest: Int64 { max(0, Int64(UInt32.max) * 1_000_000_000 - wallClock) }

  /// Nanoseconds from the first frame of the round to a time of another; what it lets pass can be
  /// added to clocks.
  private func elapsed(_ ticks: Int64, _ scale: Timescale, _ frame: Frame) throws -> Int64 {
    let due = MediaTime(ticks: ticks, timescale: scale)
    if let time = due.rescaled(to: .nanoseconds)?.ticks {
      let start = origin ?? (due, time)
      origin = start
      let (elapsed, overflow) = time.subtractingReportingOverflow(start.nanoseconds)
      if !overflow, elapsed.magnitude <= UInt64(latest - roundStart) { return elapsed }
    }
    throw failure(frame, "its time, \(due) s, cannot be told by clocks that end in 2106")
  }

  /// What is wrong with the next frame of a track.
  private func failure(_ frame: Frame, _ message: String) -> ReadFailure {
    let writer = writers[frame.track]
    let place = frame.offset.map { ", at byte \($0)" } ?? ""
    return ReadFailure(
      reason: Failure(
        .dataError,
        "frame \(writer.totals.frames + 1) of track \(writer.track.index)\(place): \(message)"))
  }

  /// Makes a frame's packets and hands them on.
  func write(_ timed: TimedFrame, _ sinks: RTPPackSinks) throws {
    let index = timed.frame.track
    let start = origin?.time ?? MediaTime(ticks: 0, timescale: .nanoseconds)
    // A later round's times go on where the round before ended.
    let shift = MediaTime(ticks: roundStart, timescale: .nanoseconds)
    do {
      let timestamp = try writers[index].write(
        timed.frame, pts: timed.pts, isRest: timed.isRest, origin: start, shift: shift,
        at: timed.time, into: sinks.batch)
      verifier?.expect(timed.frame, timestamp: timestamp)
    } catch let error as RTPPayloadError {
      throw failure(timed.frame, "\(error.message) (\(error.clause))")
    }
    // Frames are gathered where nobody waits for them.
    if sinks.batch.filled >= sinks.gathered { try hand(sinks) }
  }

  private func hand(_ sinks: RTPPackSinks, isLast: Bool = false) throws {
    verifier?.take(sinks.batch)
    if isLast { verifier?.finish() }
    try sinks.hand(isLast: isLast)
  }

  /// Sends what was held back, and says goodbye.
  func finish(_ sinks: RTPPackSinks) throws {
    for index in writers.indices { writers[index].flush(at: lastTime, into: sinks.batch) }
    // Who was interrupted does not wait.
    let leaving = Signals.received == nil ? max(end, lastTime) : lastTime
    for index in writers.indices { writers[index].leave(at: leaving, into: sinks.batch) }
    try hand(sinks, isLast: true)
  }
}
