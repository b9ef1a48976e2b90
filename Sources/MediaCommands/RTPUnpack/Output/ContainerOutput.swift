internal import MediaBytes
internal import MediaFFmpeg
internal import MediaIO
internal import MediaModel
internal import MediaRTP

/// All tracks in a container, through FFmpeg's muxer.
///
/// A container begins with its tracks, and RTP does not say how many there will be: frames wait until
/// every stream that a description promises has begun, or some seconds have passed. A capture is read
/// on until its pictures have a keyframe, as long as memory allows.
final class ContainerOutput: RTPMediaOutput {
  /// How long the first frames wait for other streams, in seconds of media.
  private static let longestWait = 5.0
  private static let mostWaitingBytes = 64 << 20

  private struct Waiting {
    var frame: RTPFrame
    var track: Int
  }

  private let format: ContainerFormat
  private let selection: TrackSelection?
  private let output: ResultOutput
  private let duration: Double?
  private let isLive: Bool
  private var tracks: [ContainerTrack] = []
  private var waiting: [Waiting] = []
  private var waitingByteCount = 0
  private var muxer: Muxer?
  /// Tracks that are not in the container, and why.
  private var left: [(track: RTPTrack, reason: String)] = []
  /// Those among them that ought to be there.
  private var missing: [(track: RTPTrack, reason: String)] = []
  private var frames = 0
  private(set) var omissions = RTPOmissions()

  init(
    _ format: ContainerFormat, _ selection: TrackSelection?, duration: Double?, isLive: Bool,
    _ output: ResultOutput
  ) {
    (self.format, self.selection, self.duration) = (format, selection, duration)
    (self.isLive, self.output) = (isLive, output)
  }

  let beginsWithKeyframes = true

  func add(_ frame: RTPFrame, _ track: RTPTrack, _ session: RTPSession) throws {
    guard !frame.data.isEmpty else { return }
    guard let index = index(of: track, session) else { return }
    tracks[index].note(frame)
    // Nothing can be decoded before the first keyframe.
    guard tracks[index].hasBegun else {
      tracks[index].early += 1
      return
    }
    if muxer != nil { return try write(frame, index) }
    waiting.append(Waiting(frame: frame, track: index))
    waitingByteCount += frame.data.count
    if isComplete(session) || isWaitOver(frame, index, session) { try begin(session) }
  }

  private func index(of track: RTPTrack, _ session: RTPSession) -> Int? {
    if let known = tracks.firstIndex(where: { $0.track.isSame(as: track) }) {
      return tracks[known].isWanted ? known : nil
    }
    // Its streams come one by one, too.
    guard track.codec != .mpegPS else { return nil }
    guard muxer == nil, format.holds(track.codec) else {
      leaveOut(track, session)
      return nil
    }
    tracks.append(ContainerTrack(track))
    return tracks.count - 1
  }

  private func leaveOut(_ track: RTPTrack, _ session: RTPSession) {
    guard !left.contains(where: { $0.track.isSame(as: track) }) else { return }
    let reason =
      format.holds(track.codec)
      ? "it began after the \(format.name) file did"
      : "\(format.name) files do not hold \(track.codec)"
    left.append((track, reason))
  }

  private func isAsked(_ track: RTPTrack, _ session: RTPSession) -> Bool {
    selection?.takes(track, of: session) ?? true
  }

  // MARK: Beginning

  /// Whether all that a description promises is there.
  private func isComplete(_ session: RTPSession) -> Bool {
    let promised = session.descriptions.media.filter { $0.origin == .sdp }.count
    let sources = Set(tracks.map(\.track.source.number))
    guard promised > 0, sources.count >= promised else { return false }
    return tracks.allSatisfy { $0.isReady && session.facts($0.track.source)?.last != nil }
      && tracks.allSatisfy { hasAllStreams($0.track) }
  }

  /// Whether every stream of a track's programme has begun that the container can hold.
  private func hasAllStreams(_ track: RTPTrack) -> Bool {
    let unpacker = track.source.payloads[track.payload].unpacker
    return unpacker?.elementaryStreams.allSatisfy { stream in
      guard let other = RTPTrack(track.source, track.payload, stream: stream),
        format.holds(other.codec)
      else { return true }
      return tracks.contains { $0.track.isSame(as: other) }
    } ?? true
  }

  private func isWaitOver(_ frame: RTPFrame, _ index: Int, _ session: RTPSession) -> Bool {
    if waitingByteCount > Self.mostWaitingBytes { return true }
    guard tracks[index].seconds(frame.timestamp) >= Self.longestWait else { return false }
    return isLive
      || tracks.allSatisfy {
        $0.isReady || $0.track.kind != .video || !isAsked($0.track, session)
      }
  }

  private func begin(_ session: RTPSession) throws {
    let asked = tracks.indices.filter { isAsked(tracks[$0].track, session) }
    let chosen = asked.filter { tracks[$0].isReady }
    guard !chosen.isEmpty else { return dropWaiting() }
    for index in tracks.indices { tracks[index].isWanted = chosen.contains(index) }
    align(chosen, session)
    for (place, index) in chosen.enumerated() {
      tracks[index].place = place
      tracks[index].beginTimes(format)
    }
    var options = MuxerOptions()
    options.options = format.options(
      hasVideo: chosen.contains { tracks[$0].track.kind == .video }, isLive: isLive)
    options.isBitExact = true
    let output = output
    do {
      muxer = try Muxer(
        format: format.muxer, tracks: chosen.map { tracks[$0].muxerTrack(format) },
        options: options
      ) { bytes, _ in try output.write(bytes) }
      output.endHeader()
    } catch let error as IOFailure {
      throw Failure.output(error)
    } catch let error as FFmpegError {
      let codecs = chosen.map { tracks[$0].track.codec.rawValue }.joined(separator: ", ")
      throw Failure(.unavailable, "this FFmpeg makes no \(format.name) file of \(codecs): \(error)")
    }
    let frames = waiting
    waiting = []
    waitingByteCount = 0
    for held in frames { try write(held.frame, held.track) }
  }

  /// Nothing can begin yet: what waits may still become of use, as long as memory allows.
  private func dropWaiting() {
    guard waitingByteCount > Self.mostWaitingBytes else { return }
    waiting = []
    waitingByteCount = 0
  }

  /// Where each track begins, in seconds after the first: by the wall clocks of their senders where
  /// all have one, else by their arrivals.
  private func align(_ chosen: [Int], _ session: RTPSession) {
    let arrivals = chosen.map { tracks[$0].arrival }
    let firstArrival = arrivals.min() ?? 0
    var starts = arrivals.map { $0 - firstArrival }
    let clocks = chosen.compactMap { tracks[$0].wallClock(session) }
    if clocks.count == chosen.count, let first = clocks.min() {
      let offsets = clocks.map { Double($0 - first) / 1e9 }
      // Clocks that nobody set say nothing.
      let isSane = zip(offsets, starts).allSatisfy { abs($0 - $1) < 30 }
      if isSane { starts = offsets }
    }
    for (index, start) in zip(chosen, starts) { tracks[index].offset = start }
  }

  // MARK: Writing

  private func write(_ frame: RTPFrame, _ index: Int) throws {
    guard tracks[index].isWanted else { return }
    let ticks = tracks[index].ticks(frame)
    if let duration, Double(ticks) >= duration * Double(tracks[index].track.clockRate) { return }
    for timed in tracks[index].times.add(frame, pts: ticks) {
      try write(timed, index)
    }
  }

  private func write(_ timed: DecodeTimes<RTPFrame>.Timed, _ index: Int) throws {
    guard let muxer, let place = tracks[index].place else { return }
    let track = tracks[index].track
    let isKey = timed.picture.isKeyframe || track.kind != .video
    do {
      try timed.picture.data.span.bytes.withUnsafeBytes {
        try muxer.write($0, track: place, pts: timed.pts, dts: timed.dts, isKey: isKey)
      }
    } catch let error as IOFailure {
      throw Failure.output(error)
    } catch let error as FFmpegError {
      let packet = timed.picture.packets.lowerBound
      throw Failure(
        .dataError, "the \(format.name) file takes no frame of packet \(packet) on: \(error)")
    }
    frames += 1
  }

  func flush() throws { try output.flush() }

  func finish(_ session: RTPSession) throws -> [Failure] {
    if muxer == nil { try begin(session) }
    for index in tracks.indices where tracks[index].isWanted {
      for timed in tracks[index].times.finish() { try write(timed, index) }
      if tracks[index].times.misplaced > 0 {
        session.findings.add(
          .rtpDecodeTimes, Quantity.counted(tracks[index].times.misplaced, "picture"),
          source: tracks[index].track.source.number)
      }
    }
    takeStock(session)
    guard frames > 0, let muxer else {
      output.abandon()
      return [nothing(session)]
    }
    try muxer.finish()
    try output.finish()
    guard !missing.isEmpty else { return [] }
    let count = Quantity.counted(missing.count, "stream")
    return [
      Failure(.dataError, "\(count) left out of the \(format.name) file: \(reasons(missing))")
    ]
  }

  /// Notes what of the tracks that are asked for is not in the container.
  private func takeStock(_ session: RTPSession) {
    for track in tracks where track.place != nil {
      omissions.written.insert(track.track.source.number)
      omissions.early[track.track.source.number] = track.early
    }
    for track in tracks where track.place == nil { left.append((track.track, track.lack)) }
    // What the format has no place for need not be there, unless it is asked for by name.
    for (track, reason) in left where isAsked(track, session) {
      if format.holds(track.codec) || selection != nil {
        missing.append((track, reason))
        omissions.missing[track.source.number] = reason
      } else {
        omissions.leftOut[track.source.number] = reason
      }
    }
  }

  private func reasons(_ tracks: [(track: RTPTrack, reason: String)]) -> String {
    tracks.map { "\($0.track.name): \($0.reason)" }.joined(separator: "; ")
  }

  /// Why there is nothing to write.
  private func nothing(_ session: RTPSession) -> Failure {
    if let sentence = selection?.disappointment(session) { return Failure(.dataError, sentence) }
    let asked = left.filter { isAsked($0.track, session) }
    guard !asked.isEmpty else {
      return Failure(.dataError, "there is no stream that \(format.name) can hold")
    }
    let isUnheld = asked.allSatisfy { !format.holds($0.track.codec) }
    return Failure(isUnheld ? .unavailable : .dataError, reasons(asked))
  }

  func abandon() { output.abandon() }
}
