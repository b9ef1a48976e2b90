import Foundation
import MediaRTMP
import MediaRTSP
import TestSupport

/// The servers that documents speak to: each host of a URL becomes one on a port of 127.0.0.1.
final class DocumentServers {
  /// What is written in documents, and where it is.
  private(set) var places: [(shown: String, real: String)] = []
  private var servers: [AnyObject] = []

  /// Starts those that a script speaks to.
  init(_ script: String) throws {
    for match in script.matches(of: /(rtmps?|rtsp|http|rtp):\/\/([^\/\s'"]*)(\/[^\s'"]*)?/) {
      let (scheme, host) = (String(match.1), String(match.2))
      let shown = "\(scheme)://\(host)" + (scheme == "rtsp" ? String(match.3 ?? "") : "")
      guard !places.contains(where: { $0.shown == shown }) else { continue }
      places.append((shown, try start(scheme, host, script)))
    }
    // "rtsp://camera/stream" is not to be taken for part of a longer one.
    places.sort { $0.shown.count > $1.shown.count }
  }

  /// A text with real places.
  func real(_ script: String) -> String {
    places.reduce(script) { $0.replacingOccurrences(of: $1.shown, with: $1.real) }
  }

  /// A text with the places as documents show them.
  func shown(_ text: String) -> String {
    places.reduce(text) { $0.replacingOccurrences(of: $1.real, with: $1.shown) }
  }

  private func start(_ scheme: String, _ host: String, _ script: String) throws -> String {
    switch scheme {
    case "rtsp": return try startCamera(host)
    case "http":
      let server = try LoopbackServer(.file(try Clips.path("flv-h264")))
      servers.append(server)
      return "http://127.0.0.1:\(server.port)"
    case "rtp":
      let port = try freePorts()
      if host.hasPrefix(":") { servers.append(try Self.sender(to: port)) }
      return "rtp://127.0.0.1:\(port)"
    default:
      if script.contains("rtmp-pull"), !script.contains("rtmp-push") { return try startStation() }
      // Of what RTMPS adds, the tests of TLS speak.
      let server = try NginxServer()
      servers.append(server)
      return "rtmp://127.0.0.1:\(server.port)"
    }
  }

  private func startCamera(_ host: String) throws -> String {
    var options = RTSPTestServer.Options()
    (options.speed, options.transports) = (0, [.tcp])
    let account = host.split(separator: "@").first.map(String.init) ?? ""
    if host.contains("@") { options.access = RTSPAccess(user: account, password: "letmein") }
    let media = try RTSPTestMedia(try RTPClips.path("rtsp-long.mp4"))
    let server = try RTSPTestServer(media, options)
    servers.append(server)
    return server.url(host.contains("@") ? account : "")
  }

  /// A server that plays a clip to each client, and says that it has ended.
  private func startStation() throws -> String {
    let show = PlayStep.play(try Clips.played("flv-h264"))
    let end = PlayStep.status(RTMPStatus(code: "NetStream.Play.Complete"))
    let server = try PlayServer([show, end], [show, end])
    servers.append(server)
    return String(server.url("").dropLast("/live/".count))
  }

  private static func sender(to port: UInt16) throws -> RunningProcess {
    try Mediatool.start([
      "rtp-pack", "-q", "--loop", "--send", "rtp://127.0.0.1:\(port)",
      try RTPClips.path("rtp-sliced.hevc"),
    ])
  }
}
