import MediaBytes
import MediaIO
import MediaModel
import MediaRTP
import MediaRTSP
import TestSupport
import Testing

@testable import MediaCommands

/// What GStreamer's server sends through HTTP on its own port is what it sends straight.
@Suite("RTSP through HTTP, against GStreamer")
struct RTSPTunnelTests {
  @Test(.gstreamerServer) func gstreamerSendsTheSame() throws {
    let server = try GStreamerServer(try RTPClips.path("rtp-plain.mp4"), [.h264, .aac])
    let straight = try Player(server.url(), isTunnel: false)
    let tunnelled = try Player(server.url(), isTunnel: true)
    try straight.run()
    try tunnelled.run()
    #expect(straight.payloads.allSatisfy { $0.count > 10 })
    #expect(tunnelled.payloads == straight.payloads)
    #expect(straight.endings == ["closed"])
    // Behind TEARDOWN the server may be the first to close what tells it.
    #expect(tunnelled.endings.count == 2 && tunnelled.endings.contains("closed"))
  }

  /// A port of RTSP that knows nothing of HTTP says so, or leaves.
  @Test func noTunnel() throws {
    let server = try LoopbackServer(.status(404))
    let player = try Player("rtsp://127.0.0.1:\(server.port)/live", isTunnel: true)
    try player.run()
    #expect(player.endings.count == 1 && player.endings[0].contains("refuses GET: 404"))
  }
}

/// Plays both tracks until they say goodbye, and then takes leave.
private final class Player {
  private let driver: Driver
  private var link: Connection<RTSPLink>?
  private var post: Connection<RTSPTunnelPost>?
  /// By track, without headers: those of two sessions differ.
  private(set) var payloads: [[[UInt8]]] = [[], []]
  private var goodbyes: Set<Int> = []
  private(set) var endings: [String] = []
  private let destination: Destination

  init(_ address: String, isTunnel: Bool) throws {
    driver = try Driver()
    let url = try RTSPURL(address)
    destination = Destination(host: url.host, port: isTunnel ? url.tunnelPort : url.port)
    let options = RTSPClientOptions(url)
    let functions = RTSPFunctions(
      randomBytes: { count in (0..<count).map { _ in UInt8.random(in: 0...255) } },
      md5: { _ in [] }, sha256: { _ in [] })
    let now = MonotonicClock.now()
    let machine =
      isTunnel
      ? RTSPLink(tunnelling: options, functions: functions, at: now)
      : RTSPLink(options, functions: functions, at: now)
    link = driver.connect(machine, to: destination) { [unowned self] event in take(event) }
  }

  func run() throws {
    #expect(try driver.run(until: MonotonicClock.now() + 30_000_000_000) == .finished)
  }

  private func take(_ event: ConnectionEvent<RTSPLink>) {
    switch event {
    case .machine(.opened):
      guard let machine = link?.update({ $0.post() }) else { return }
      post = driver.connect(machine, to: destination) { [unowned self] event in
        if case .ended(let ending) = event { endings.append("\(ending)") }
      }
    case .machine(.post(let bytes)): post?.update { $0.send(bytes) }
    case .machine(.client(let event)): take(event)
    case .ended(let ending):
      endings.append("\(ending)")
      post?.update { $0.finish() }
    default: break
    }
  }

  private func take(_ event: RTSPClientEvent) {
    let now = MonotonicClock.now()
    switch event {
    case .described(let presentation):
      let plans = presentation.tracks.map { RTSPTrackPlan($0.index, RTSPTransport(.tcp)) }
      link?.update { $0.client.setUp(plans, at: now) }
    case .phase(.ready, _): link?.update { $0.client.play(at: now) }
    case .packet(let bytes, let track, false):
      var reader = ByteReader(bytes.span)
      guard let packet = try? RTPPacket(parsing: &reader) else { return }
      payloads[track].append(Array(bytes[packet.payload]))
    case .packet(let bytes, let track, true):
      var reader = ByteReader(bytes.span)
      guard RTCPCompound(parsing: &reader).packets.contains(where: { $0.type == .goodbye }),
        goodbyes.insert(track).inserted, goodbyes.count == payloads.count
      else { return }
      link?.update { $0.client.finish(at: now) }
    default: break
    }
  }
}
