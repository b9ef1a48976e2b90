// Builds without a test runner, such as the static release, have no Testing.
#if canImport(Testing)
import Foundation
package import Testing

/// GStreamer's RTSP server on a port of its own, which plays a file to each client from the beginning
/// to the end, at the pace of its media, and then says so by RTCP's BYE.
///
/// What it sends is what the file has: nothing is encoded anew. Parameter sets of H.264 and H.265 stand
/// before each keyframe.
package final class GStreamerServer {
  /// How it serves.
  package struct Options: Sendable {
    /// Some of `tcp`, `udp` and `multicast`.
    package var transports = ["tcp", "udp"]
    /// `digest:USER:PASSWORD` or `basic:USER:PASSWORD`; empty for everybody.
    package var account = ""
    /// For RTSPS; nil for plain TCP.
    package var identity: TestAuthority.Identity?
    /// Where it listens.
    package var address = "127.0.0.1"
    /// What it is started by, such as `ip netns exec NAME`.
    package var wrapper: [String] = []

    package init() {}
  }

  /// What a track of a file is.
  package enum Codec: Sendable {
    case h264, h265, aac, mjpeg, opus, pcmu, pcma

    var isVideo: Bool { self == .h264 || self == .h265 || self == .mjpeg }

    /// From the demultiplexer to packets.
    fileprivate func chain(_ number: Int) -> String {
      let (elements, type) =
        switch self {
        case .h264: ("h264parse ! rtph264pay config-interval=-1", 96 + number)
        case .h265: ("h265parse ! rtph265pay config-interval=-1", 96 + number)
        case .aac: ("aacparse ! rtpmp4gpay", 96 + number)
        case .mjpeg: ("jpegparse ! rtpjpegpay", 26)
        case .opus: ("opusparse ! rtpopuspay", 96 + number)
        case .pcmu: ("rtppcmupay", 0)
        case .pcma: ("rtppcmapay", 8)
        }
      return "queue ! \(elements) pt=\(type) name=pay\(number)"
    }
  }

  /// Where it listens, also after it was started anew.
  package private(set) var port = 0
  private let launch: String
  private let options: Options
  private var process: RunningProcess

  /// Starts one that plays `file`: Matroska, FLV, MP4 without edit lists (GStreamer leaves out what
  /// they hide), or for one track of sound WAV; at most one track of pictures and one of sound.
  package init(_ file: String, _ codecs: [Codec], _ options: Options = Options()) throws {
    self.options = options
    launch = Self.launch(file, codecs)
    process = try Self.start(options, 0, launch)
    port = try Self.port(of: process)
  }

  deinit { process.stop() }

  /// Kills it, as a power failure would.
  package func kill() { process.stop() }

  /// Starts it again at the same port.
  package func restart() throws {
    process = try Self.start(options, port, launch)
    _ = try Self.port(of: process)
  }

  /// Where it plays; with `user:password` in front of the host, if given.
  package func url(_ account: String = "") -> String {
    let scheme = options.identity == nil ? "rtsp" : "rtsps"
    return "\(scheme)://\(account.isEmpty ? "" : account + "@")\(options.address):\(port)/live"
  }

  private static func launch(_ file: String, _ codecs: [Codec]) -> String {
    let source = "filesrc location=\(file) ! "
    let chains = codecs.enumerated().map { $0.element.chain($0.offset) }
    let (demuxer, number) =
      switch file.suffix(4) {
      case ".wav": ("wavparse", "")
      case ".flv": ("flvdemux", "")
      case ".mp4": ("qtdemux", "_0")
      default: ("matroskademux", "_0")
      }
    if demuxer == "wavparse" { return source + "wavparse ! " + (chains.first ?? "") }
    let branches = zip(codecs, chains).map { codec, chain in
      "d.\(codec.isVideo ? "video" : "audio")\(number) ! \(chain)"
    }
    return source + "\(demuxer) name=d " + branches.joined(separator: " ")
  }

  private static func start(
    _ options: Options, _ port: Int, _ launch: String
  ) throws -> RunningProcess {
    let words =
      options.wrapper + [
        Peers.python, "-W", "ignore", "-c", script, options.address, "\(port)",
        options.transports.joined(separator: ","), options.account,
        options.identity?.certificate ?? "", options.identity?.key ?? "", launch,
      ]
    return try ProcessRunner.start(words[0], Array(words.dropFirst()))
  }

  private static func port(of process: RunningProcess) throws -> Int {
    guard process.waitForOutput({ $0.contains(UInt8(ascii: "\n")) }),
      let line = String(decoding: process.outputSoFar, as: UTF8.self).split(separator: "\n").first,
      let port = Int(line)
    else { throw StartFailure(program: "GStreamer's RTSP server", reason: process.errorsSoFar) }
    return port
  }
}

extension Peers {
  /// Why GStreamer's RTSP server cannot be started; empty where it can.
  static let missingGStreamerServer: String = {
    let program = "import gi; gi.require_version('GstRtspServer', '1.0')"
    let outcome = try? ProcessRunner.run(python, ["-c", program])
    guard let outcome else { return "needs \(python)" }
    let reason = outcome.errors.split(separator: "\n").last.map(String.init) ?? ""
    return outcome.ending == .exit(0)
      ? "" : "needs python3-gi and gir1.2-gst-rtsp-server-1.0: \(reason)"
  }()
}

extension Trait where Self == ConditionTrait {
  /// Skips, saying why, where GStreamer's RTSP server or what it is started by is not installed;
  /// under `MEDIATOOL_REQUIRE_PEERS=1` the test runs all the same, and fails.
  package static var gstreamerServer: Self {
    let reason = Peers.missingGStreamerServer
    return .enabled(if: reason.isEmpty || Peers.areRequired, Comment(rawValue: reason))
  }
}

private let script = #"""
  import sys
  import gi
  gi.require_version("Gst", "1.0")
  gi.require_version("GstRtsp", "1.0")
  gi.require_version("GstRtspServer", "1.0")
  from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer

  address, port, transports, credentials, certificate, key, launch = sys.argv[1:]
  Gst.init(None)
  server = GstRtspServer.RTSPServer()
  server.set_address(address)
  server.set_service(port)
  factory = GstRtspServer.RTSPMediaFactory()
  factory.set_launch(f"( {launch} )")
  # Each client sees the file from its beginning, until its end.
  factory.set_shared(False)
  kinds = {"tcp": GstRtsp.RTSPLowerTrans.TCP, "udp": GstRtsp.RTSPLowerTrans.UDP,
           "multicast": GstRtsp.RTSPLowerTrans.UDP_MCAST}
  protocols = GstRtsp.RTSPLowerTrans.UNKNOWN
  for word in transports.split(","):
      protocols |= kinds[word]
  factory.set_protocols(protocols)
  pool = GstRtspServer.RTSPAddressPool()
  pool.add_range("239.255.42.1", "239.255.42.9", 15000, 15099, 1)
  factory.set_address_pool(pool)
  auth = GstRtspServer.RTSPAuth()
  token = GstRtspServer.RTSPToken()
  token.set_string("media.factory.role", "user")
  permissions = GstRtspServer.RTSPPermissions()
  permissions.add_role("user")
  for name in ("access", "construct"):
      permissions.add_permission_for_role("user", f"media.factory.{name}", True)
  factory.set_permissions(permissions)
  if certificate:
      auth.set_tls_certificate(Gio.TlsCertificate.new_from_files(certificate, key))
  kind, _, account = credentials.partition(":")
  user, _, password = account.partition(":")
  if kind == "basic":
      auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
      auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
  elif kind == "digest":
      auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
      auth.add_digest(user, password, token)
  else:
      auth.set_default_token(token)
  server.set_auth(auth)
  server.get_mount_points().add_factory("/live", factory)
  loop = GLib.MainLoop()
  if server.attach(None) == 0:
      sys.exit("cannot listen")
  # Sessions whose clients are gone are let go.
  GLib.timeout_add_seconds(2, lambda: server.get_session_pool().cleanup() >= 0)
  print(server.get_bound_port(), flush=True)
  loop.run()
  """#
#endif
