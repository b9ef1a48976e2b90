internal import MediaBytes
internal import MediaModel
internal import MediaRTP
internal import MediaRTSP

/// What comes of one connection: its packets in, frames and reports out.
///
/// Each track has a session of its own, so that a packet is never taken for another track's, not even
/// where a server gives all of them one SSRC or one payload type.
final class RTSPReception {
  private let tracks: [RTSPTrackReception]
  private var trackOfIndex: [Int: RTSPTrackReception] = [:]
  private var clock = RTSPArrivalClock()
  private var reports: RTSPReports

  /// Begins with tracks that are set up, by their index in the presentation.
  ///
  /// Without `keepContents` frames may be less than whole, for someone who counts them. `seed` fixes
  /// what is random in reports.
  init(
    _ presentation: RTSPPresentation, tracks: [Int], totals: RTSPTotals, keepContents: Bool = true,
    keepDamaged: Bool = false, seed: UInt64, frame: @escaping (RTSPFrame) throws -> Void
  ) {
    var options = RTPSessionOptions()
    (options.keepContents, options.keepDamaged) = (keepContents, keepDamaged)
    (options.isLive, options.isOneTrack) = (true, true)
    self.tracks = presentation.tracks.filter { tracks.contains($0.index) }.map { track in
      RTSPTrackReception(
        track, of: presentation.description, options, totals.begin(track), frame: frame)
    }
    reports = RTSPReports(tracks: self.tracks.count, seed: seed)
    for track in self.tracks { trackOfIndex[track.index] = track }
  }

  /// Takes a packet of RTP or RTCP; those of tracks that are not set up are passed over.
  ///
  /// - Throws: what taking a frame throws.
  func receive(_ bytes: RawSpan, _ arrival: RTSPArrival) throws {
    guard let track = trackOfIndex[arrival.track] else { return }
    let time = clock.time(now: arrival.now, wall: arrival.wall)
    try track.receive(bytes, arrival, at: time)
  }

  /// Gives up waiting for what should have come by now; `wall` is the same moment since 1970.
  ///
  /// - Throws: what taking a frame throws.
  func tick(at now: Nanoseconds, wall: Nanoseconds) throws {
    for track in tracks { try track.tick(at: now, wall: wall) }
  }

  /// Whether every track of which something came has said goodbye, and what that overtook has come.
  var isOver: Bool {
    tracks.contains(where: \.saidGoodbye) && !tracks.contains(where: \.isPlaying)
  }

  /// The reports that are due to be sent, one for each track at a time; there is a first one even of
  /// tracks of which nothing came.
  func takeReports(at now: Nanoseconds) -> [(track: Int, packet: [UInt8])] {
    var due: [(track: Int, packet: [UInt8])] = []
    for (position, track) in tracks.enumerated() {
      guard let identity = reports.takeDue(position, at: now) else { continue }
      due.append((track.index, identity.packet(about: track.takeReportBlock(at: now))))
    }
    return due
  }

  /// Whether something is to be given up, should `tick` be told that enough time has passed.
  var isWaiting: Bool { tracks.contains(where: \.isWaiting) }

  /// When the next report is due; nil before the first call of `takeReports`, or without tracks.
  var nextReport: Nanoseconds? { reports.next }

  /// Takes what is still held: nothing follows.
  ///
  /// - Throws: what taking a frame throws.
  func finish() throws {
    for track in tracks { try track.finish() }
  }

  /// What a track's packets go to; nil before the first one.
  func session(of track: Int) -> RTPSession? { trackOfIndex[track]?.session }

  /// What is odd about the packets; of each rule and track the first hundred, with the track's index
  /// as the stream.
  var findings: [RTPFinding] { tracks.flatMap(\.findings) }
}
