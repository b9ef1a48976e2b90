internal import MediaModel
internal import MediaRTP
internal import MediaRTSP

/// What came of each track, over all connections.
final class RTSPTotals {
  private var tracks: [Int: RTSPTrackTotals] = [:]
  private let start = RTSPStart()
  /// When figures of an interval were last taken.
  private var lastInterval: Nanoseconds?

  /// Those of a track that is set up, on a first connection or on another.
  func begin(_ track: RTSPPresentation.Track) -> RTSPTrackTotals {
    let found = tracks[track.index] ?? RTSPTrackTotals(track.index, start)
    tracks[track.index] = found
    found.begin(track.media)
    return found
  }

  private var all: [RTSPTrackTotals] { tracks.values.sorted { $0.index < $1.index } }

  /// Everything about all tracks that were set up, as of now by the monotonic clock.
  func streams(at now: Nanoseconds) -> [RTSPStreamResult] {
    var results = all.map { $0.result(at: now) }
    let picture = results.first { $0.kind == .video && $0.delay != nil }?.delay
    for index in results.indices where results[index].kind == .audio {
      guard let picture, let sound = results[index].delay else { continue }
      results[index].soundDelay = Double(sound - picture) / 1e9
    }
    return results
  }

  /// What came since the last call, or since the first packet.
  func takeInterval(at now: Nanoseconds) -> RTSPInterval {
    let seconds = Double(now - (lastInterval ?? start.time ?? now)) / 1e9
    lastInterval = now
    return RTSPInterval(
      streams: streams(at: now).map { result in
        let before = tracks[result.index]?.takeTold(result.figures) ?? RTPStreamFigures()
        return RTSPInterval.Stream(result, since: before, seconds: seconds)
      })
  }
}

/// When the first packet of all came.
final class RTSPStart {
  fileprivate(set) var time: Nanoseconds?
}

/// What came of one track, over all connections.
final class RTSPTrackTotals {
  /// In the presentation.
  let index: Int
  private let start: RTSPStart
  private var media: SDPMedia?
  /// Of sources that ended.
  private var closed: RTPStreamFigures?
  private var last: RTPStreamResult?
  /// That of the connection at hand.
  private var session: RTPSession?
  private var sources = 0
  private var told = RTPStreamFigures()

  private var drift = RTPClockDrift()
  /// The last one that could be told.
  private var lastDrift: Double?
  /// What the drift is measured on: a clock that jumps is another.
  private weak var driftSource: RTPSource?
  private var driftJumps = 0
  private var lastFrame: Nanoseconds?
  private var offset: Nanoseconds?
  private var delay = RecentMinimum()

  init(_ index: Int, _ start: RTSPStart) { (self.index, self.start) = (index, start) }

  func begin(_ media: SDPMedia) { self.media = media }

  /// When the first packet of all tracks came: that which comes at `time` if none did before.
  func origin(_ time: Nanoseconds) -> Nanoseconds {
    let first = start.time ?? time
    start.time = first
    return first
  }

  /// Goes on with the session of another connection.
  func follow(_ session: RTPSession) {
    if let before = self.session, let source = before.current { close(source, before) }
    self.session = session
  }

  /// Takes what came of a source that ended.
  func close(_ source: RTPSource, _ session: RTPSession) {
    let result = RTPStreamResult(source, index: index, session)
    last = result
    sources += 1
    closed =
      closed.map { total in
        var total = total
        total += result.figures
        return total
      } ?? result.figures
  }

  // MARK: Frames

  func noteFrame(_ frame: RTPFrame, of source: RTPSource, _ payload: Int, at time: Nanoseconds) {
    lastFrame = time
    // Sound of a programme has timestamps of its own.
    guard frame.elementaryStream == nil,
      let rate = source.payloads[payload].format?.payload.clockRate, rate > 0
    else { return }
    let jumps = source.media.jumps + source.statistics.restarts
    if driftSource !== source || driftJumps != jumps {
      lastDrift = drift.partsPerMillion ?? lastDrift
      drift = RTPClockDrift()
      (driftSource, driftJumps) = (source, jumps)
    }
    drift.add(frame.timestamp, clockRate: rate, at: time)
  }

  /// Notes how long after the sender's clock ours stood when a frame came.
  func noteDelay(_ delay: Nanoseconds, at time: Nanoseconds) { self.delay.add(delay, at: time) }

  /// Notes how far the sender's clock was ahead of ours when a report came.
  func noteOffset(_ offset: Nanoseconds?) { self.offset = offset ?? self.offset }

  // MARK: Figures

  func result(at now: Nanoseconds) -> RTSPStreamResult {
    let current = session.flatMap { session in
      session.current.map { RTPStreamResult($0, index: index, session) }
    }
    var figures = closed ?? RTPStreamFigures()
    if let current { figures += current.figures }
    var result = RTSPStreamResult(index: index, figures: figures)
    result.stream = current ?? last
    result.media = media
    result.sources = sources + (current == nil ? 0 : 1)
    result.drift = drift.partsPerMillion ?? lastDrift
    result.clockOffset = offset.map { Double($0) / 1e9 }
    result.lastFrameAge = lastFrame.map { Double(max(0, now - $0)) / 1e9 }
    result.delay = delay.value
    return result
  }

  /// What was told in the interval before; `figures` are those told now.
  func takeTold(_ figures: RTPStreamFigures) -> RTPStreamFigures {
    defer {
      // A packet that was only late is not lost again.
      let lost = max(told.lost, figures.lost)
      told = figures
      told.lost = lost
    }
    return told
  }
}

/// The least of what came in the last second or two.
struct RecentMinimum: Sendable {
  private var (current, before): (Nanoseconds?, Nanoseconds?)
  private var start: Nanoseconds = 0

  mutating func add(_ value: Nanoseconds, at time: Nanoseconds) {
    if time - start >= 1_000_000_000 {
      (before, current, start) = (current, nil, time)
    }
    current = min(current ?? value, value)
  }

  var value: Nanoseconds? {
    guard let current else { return before }
    return min(current, before ?? current)
  }
}
