internal import MediaBytes
internal import MediaCapture
internal import MediaIO
internal import MediaModel
internal import MediaRTP
internal import MediaRTSP

/// One connection that plays, or is on its way there.
final class RTSPAttempt {
  /// What is known of a track that is set up.
  struct Track {
    /// Where its packets come from and go to, where they are interleaved.
    var rtp: RTPFlow
    var rtcp: RTPFlow
    /// The source of the last packet.
    var source: UInt32?
    /// The sources that said goodbye last.
    var goodbyes: [UInt32] = []

    /// Whether nothing more comes.
    var isGone: Bool { source.map { goodbyes.contains($0) } ?? !goodbyes.isEmpty }
  }

  /// A packet that came before the answer to PLAY.
  struct Early {
    var bytes: [UInt8]
    var arrival: RTSPArrival
  }

  /// Where it goes.
  let url: RTSPURL
  /// nil until the driver has made it.
  var connection: Connection<RTSPLink>?
  /// What the server is told by, where packets come through HTTP.
  var post: Connection<RTSPTunnelPost>?
  /// Whether the server can be told anything: a tunnel takes its time.
  var isOpen = false
  /// Whether the server wants to know who we are before it makes a tunnel.
  var isToRenew = false
  /// How far its client has come; nil before it began.
  private(set) var phase: RTSPClientPhase?
  private(set) var phases = RTSPPhases()
  private var phaseStart: Nanoseconds = 0
  var presentation: RTSPPresentation?
  /// Where datagrams come to; nil where all comes over the connection.
  var ports: RTSPDatagramPorts?
  /// The tracks to set up.
  var chosen: [Int] = []
  /// Which part is played, by the server's word.
  var range: RTSPRange?
  /// How the tracks that are set up travel.
  var transports: [Int: RTSPTransport] = [:]
  /// Of the presentation, by index; nil for those not set up.
  var tracks: [Track?] = []
  /// Where it is to be gone on, once this one has ended.
  var next: RTSPURL?
  /// Whether it is to end, and what it still says is of no use.
  var isLeaving = false
  /// What came too early; nil once it plays.
  private var early: [Early]? = []
  private static let mostEarly = 256
  /// When playing began.
  private(set) var playStart: Nanoseconds?

  init(_ url: RTSPURL) { self.url = url }

  /// Takes note that the connection is there, for plain TCP or TLS.
  func opened(at now: Nanoseconds) {
    (phase, phaseStart) = (.options, now)
    noteTimes()
  }

  /// Takes note of a phase that begins.
  func enter(_ next: RTSPClientPhase, at now: Nanoseconds) {
    // A client enters its first phase when it is made, long before there is a connection.
    guard next != .options else { return }
    noteTimes()
    let took = now - phaseStart
    switch phase {
    case .options: phases.options = took
    case .describe: phases.describe = took
    case .setup: phases.setup = (phases.setup ?? 0) + took
    case .play: phases.play = took
    case nil, .described, .ready, .playing, .paused, .finishing, .finished: break
    }
    (phase, phaseStart) = (next, now)
    if next == .playing { playStart = playStart ?? now }
  }

  private func noteTimes() {
    guard let times = connection?.times else { return }
    (phases.dns, phases.tcp, phases.tls) = (times.resolving, times.connecting, times.securing)
  }

  /// Seconds of what is played, where that has an end.
  var length: Double? {
    guard case .npt(let begin, let end?)? = range else { return nil }
    return end - (begin ?? 0)
  }

  // MARK: Tracks

  /// Takes note of how a track travels.
  func setUp(_ index: Int, _ transport: RTSPTransport) {
    transports[index] = transport
    while tracks.count <= index { tracks.append(nil) }
    let any = IPAddress(ipv4: 0)
    let peer = connection?.peer.map { Endpoint($0) } ?? Endpoint(address: any, port: 0)
    let local = connection?.localAddress.map { Endpoint($0) } ?? Endpoint(address: any, port: 0)
    let rtp = transport.interleaved?.rtp ?? 0
    let flow = RTPFlow(source: peer, destination: local, transport: .interleaved, channel: rtp)
    var track = Track(rtp: flow, rtcp: flow)
    track.rtcp.channel = transport.interleaved?.rtcp ?? rtp &+ 1
    tracks[index] = track
  }

  /// Takes note of who sends a track, and who leaves; whether this may have been the last to leave.
  func note(_ bytes: RawSpan, track: Int, isRTCP: Bool) -> Bool {
    guard isRTCP else {
      if bytes.byteCount >= 12 { tracks[track]?.source = bytes.u32(at: 8) }
      return false
    }
    var reader = ByteReader(bytes)
    for case .goodbye(let goodbye) in RTCPCompound(parsing: &reader).packets {
      tracks[track]?.goodbyes = goodbye.sources
      return isGone
    }
    return false
  }

  /// Whether every track has said goodbye.
  var isGone: Bool { tracks.allSatisfy { $0?.isGone ?? true } && tracks.contains { $0 != nil } }

  // MARK: What comes early

  /// Keeps a packet for when it plays; whether that is to come.
  func keep(_ bytes: RawSpan, _ arrival: RTSPArrival) -> Bool {
    guard let count = early?.count else { return false }
    if count < Self.mostEarly {
      early?.append(Early(bytes: [UInt8](copying: bytes), arrival: arrival))
    }
    return true
  }

  /// What was kept, in its order.
  func takeEarly() -> [Early] { early.take() ?? [] }

  /// Takes note of the first packet.
  func heardFirst(at now: Nanoseconds) {
    guard phases.firstPacket == nil, let playStart else { return }
    phases.firstPacket = max(0, now - playStart)
  }
}
