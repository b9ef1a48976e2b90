import MediaBytes
import MediaCapture
import MediaModel
import MediaRTP

@testable import MediaCommands
@testable import MediaRTSP

/// A reception, and packets that a test hands it; time is what the test says.
final class ReceptionRig {
  static let second: Nanoseconds = 1_000_000_000
  /// The monotonic clock at time 0.
  static let origin: Nanoseconds = 5_000_000_000_000
  static let server = RTPCaptures.sender.address
  static let client = RTPCaptures.receiver.address

  /// Sound of 8 kHz, and pictures; both of one payload type, as cameras do.
  static let sdp = """
    v=0\r
    o=- 1 1 IN IP4 10.0.0.1\r
    s=-\r
    t=0 0\r
    m=video 0 RTP/AVP 96\r
    a=rtpmap:96 H264/90000\r
    a=control:track1\r
    m=audio 0 RTP/AVP 96\r
    a=rtpmap:96 L16/8000\r
    a=control:track2\r

    """

  let totals: RTSPTotals
  private(set) var reception: RTSPReception
  private(set) var frames: [RTSPFrame] = []
  /// What is added to the wall clock, for tests that set it.
  var wallShift: Nanoseconds = 0
  var isUDP = true
  private let presentation: RTSPPresentation
  private let tracks: [Int]

  init(_ sdp: String = ReceptionRig.sdp, tracks: [Int]? = nil, seed: UInt64 = 1) throws {
    presentation = try Self.presentation(sdp)
    self.tracks = tracks ?? Array(presentation.tracks.indices)
    totals = RTSPTotals()
    reception = RTSPReception(presentation, tracks: [], totals: totals, seed: seed) { _ in }
    connect(seed: seed)
  }

  static func presentation(_ sdp: String) throws -> RTSPPresentation {
    let url = try RTSPURL("rtsp://camera/live")
    return try RTSPPresentation(
      Array(sdp.utf8), url: url, base: "rtsp://camera/live/", limits: SDPLimits())
  }

  /// Begins with another connection.
  func connect(seed: UInt64 = 1) {
    reception = RTSPReception(presentation, tracks: tracks, totals: totals, seed: seed) {
      [unowned self] in frames.append($0)
    }
  }

  func arrival(track: Int, isRTCP: Bool, at time: Nanoseconds) -> RTSPArrival {
    let port = UInt16(2 * track + (isRTCP ? 1 : 0))
    var flow = RTPFlow(
      source: Endpoint(address: Self.server, port: 40_000 + port),
      destination: Endpoint(address: Self.client, port: 5004 + port))
    if !isUDP {
      flow.source.port = 554
      flow.destination.port = 34_567
      (flow.transport, flow.channel) = (.interleaved, UInt8(port))
    }
    return RTSPArrival(
      track: track, isRTCP: isRTCP, flow: flow, now: Self.origin + time,
      wall: RTPCaptures.start + time + wallShift)
  }

  func receive(
    _ bytes: [UInt8], track: Int = 1, isRTCP: Bool = false, at time: Nanoseconds
  ) throws {
    try reception.receive(bytes.span.bytes, arrival(track: track, isRTCP: isRTCP, at: time))
  }

  func receive(_ packets: [TestPacket], track: Int = 1, from start: Nanoseconds = 0) throws {
    for packet in packets { try receive(packet.bytes, track: track, at: start + packet.time) }
  }

  func tick(at time: Nanoseconds) throws {
    try reception.tick(at: Self.origin + time, wall: RTPCaptures.start + time + wallShift)
  }

  func streams(at time: Nanoseconds) -> [RTSPStreamResult] {
    totals.streams(at: Self.origin + time)
  }

  /// The index of each frame's track, and its timestamp.
  var times: [(index: Int, time: Int64)] { frames.map { ($0.index, $0.frame.timestamp) } }
}
