import Foundation
import MediaRTSP
import TestSupport
import Testing

/// The servers that the tests of `rtsp-pull` lean on send what they have: FFmpeg is the judge.
@Suite("Servers of RTSP for tests", .peers("ffmpeg"))
struct RTSPTestServerTests {
  static let accounts: [(RTSPAccess.Way, Bool)] = [(.basic, false), (.md5, false), (.md5, true)]

  @Test("Ours sends a clip whole", arguments: ["tcp", "udp"])
  func ours(_ transport: String) throws {
    let file = try RTPClips.path("rtp-plain.mp4")
    let server = try RTSPTestServer(try RTSPTestMedia(file))
    try Self.expectWhole(server.url(), transport, file, ["0:v", "0:a"])
    #expect(server.requests.contains("TEARDOWN"))
  }

  @Test("Ours asks who is there", arguments: accounts)
  func account(_ way: RTSPAccess.Way, _ wantsProtection: Bool) throws {
    let file = try RTPClips.path("rtp-plain.mp4")
    var options = RTSPTestServer.Options()
    var access = RTSPAccess(user: "admin", password: "secret", ways: [way])
    access.wantsProtection = wantsProtection
    (options.access, options.speed) = (access, 0)
    let server = try RTSPTestServer(try RTSPTestMedia(file), options)
    try Self.expectWhole(server.url("admin:secret"), "tcp", file, ["0:a"])
    let refused = try Self.pull(server.url("admin:wrong"), "tcp", "0:a")
    #expect(refused.ending != .exit(0) && refused.errors.contains("401"))
  }

  @Test("Ours falls silent, dies and comes back at the same port")
  func misfortunes() throws {
    var options = RTSPTestServer.Options()
    options.speed = 0.1
    let file = try RTPClips.path("rtp-plain.mp4")
    let server = try RTSPTestServer(try RTSPTestMedia(file), options)
    func start() throws -> RunningProcess {
      let words = ["-v", "error", "-rtsp_transport", "tcp", "-i", server.url(), "-f", "null", "-"]
      return try ProcessRunner.start("ffmpeg", ["-nostdin"] + words)
    }
    let first = try start()
    defer { first.stop() }
    #expect(server.wait { $0.sentCount > 3 })
    server.stopSending()
    let count = server.sentCount
    usleep(300_000)
    #expect(server.sentCount == count)
    server.resume()
    #expect(server.wait { $0.sentCount > count })
    let port = server.port
    server.kill()
    _ = first.wait(limit: 20)
    #expect(NginxServer.isOpen(Int(port)) == false)
    server.restart()
    let before = server.sentCount
    let second = try start()
    defer { second.stop() }
    #expect(server.wait { $0.sentCount > before + 3 } && server.port == port)
  }

  // MARK: GStreamer

  struct Source: Sendable, CustomTestStringConvertible {
    var file: String
    var codecs: [GStreamerServer.Codec]
    var tracks: [String]
    var testDescription: String { "\(codecs)" }

    static let all = [
      Source(file: "rtsp-av.mkv", codecs: [.h264, .aac], tracks: ["0:v", "0:a"]),
      Source(file: "rtsp-h265.mkv", codecs: [.h265], tracks: ["0:v"]),
      Source(file: "rtsp-pictures.mkv", codecs: [.mjpeg], tracks: ["0:v"]),
      Source(file: "rtsp-opus.mkv", codecs: [.opus], tracks: ["0:a"]),
      Source(file: "rtsp-pcmu.wav", codecs: [.pcmu], tracks: ["0:a"]),
      Source(file: "rtsp-pcma.wav", codecs: [.pcma], tracks: ["0:a"]),
    ]
  }

  @Test("GStreamer's sends a clip whole", .gstreamerServer, arguments: Source.all, ["tcp", "udp"])
  func gstreamer(_ source: Source, _ transport: String) throws {
    let file = try RTPClips.path(source.file)
    let server = try GStreamerServer(file, source.codecs)
    try Self.expectWhole(server.url(), transport, file, source.tracks)
  }

  @Test("GStreamer's asks who is there", .gstreamerServer, arguments: ["digest", "basic"])
  func gstreamerAccount(_ scheme: String) throws {
    let file = try RTPClips.path("rtsp-pcmu.wav")
    var options = GStreamerServer.Options()
    options.account = "\(scheme):admin:secret"
    let server = try GStreamerServer(file, [.pcmu], options)
    try Self.expectWhole(server.url("admin:secret"), "tcp", file, ["0:a"])
    let refused = try Self.pull(server.url("admin:wrong"), "tcp", "0:a")
    #expect(refused.ending != .exit(0) && refused.errors.contains("401"))
  }

  @Test("GStreamer's sends to a group of another host", .gstreamerServer, .networkNamespaces)
  func group() throws {
    let pair = try NetworkPair()
    let file = try RTPClips.path("rtsp-av.mkv")
    var options = GStreamerServer.Options()
    (options.address, options.wrapper) = (pair.first.address, pair.first.wrapper)
    options.transports = ["multicast"]
    let server = try GStreamerServer(file, [.h264, .aac], options)
    let words = ["-v", "error", "-nostdin", "-rtsp_transport", "udp_multicast", "-i", server.url()]
    let received = try ProcessRunner.run(
      pair.second.wrapper[0],
      pair.second.wrapper.dropFirst() + ["ffmpeg"] + words
        + ["-map", "0:a", "-c", "copy", "-f", "md5", "-"], limit: 30)
    let source = try Self.run(["-i", file], "0:a")
    #expect(received.ending == .exit(0) && received.output == source.output, "\(received)")
  }

  @Test("Both speak TLS", .gstreamerServer)
  func secured() throws {
    let authority = try TestAuthority()
    let identity = try authority.issue()
    let file = try RTPClips.path("rtsp-pcmu.wav")
    var options = GStreamerServer.Options()
    options.identity = identity
    let server = try GStreamerServer(file, [.pcmu], options)
    try Self.expectWhole(server.url(), "tcp", file, ["0:a"])
    server.kill()
    try server.restart()
    try Self.expectWhole(server.url(), "tcp", file, ["0:a"])
    var ours = RTSPTestServer.Options()
    (ours.identity, ours.speed) = (identity, 0)
    let other = try RTSPTestServer(try RTSPTestMedia(file), ours)
    try Self.expectWhole(other.url(), "tcp", file, ["0:a"])
  }

  // MARK: What arrives

  /// Pictures decoded, sound as its bytes: parameter sets may come more often than in the file, and
  /// packets of PCM are of other sizes.
  private static func expectWhole(
    _ url: String, _ transport: String, _ file: String, _ tracks: [String],
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for track in tracks {
      var received = try pull(url, transport, track)
      let source = try run(["-i", file], track)
      // Where BYE's socket is read before RTP's, FFmpeg ends without the last packets.
      for _ in 0..<9 where transport != "tcp" && received.output != source.output {
        received = try pull(url, transport, track)
      }
      #expect(received.ending == .exit(0), "\(received)", sourceLocation: sourceLocation)
      #expect(
        received.output == source.output && received.output.count > 30, "\(received.errors)",
        sourceLocation: sourceLocation)
    }
  }

  private static func pull(_ url: String, _ transport: String, _ track: String) throws -> Outcome {
    var words = ["-rtsp_transport", transport, "-timeout", "5000000"]
    // FFmpeg 9 wants to know who vouches for a certificate.
    if Peers.ffmpegMajor > 8, url.hasPrefix("rtsps:") { words += ["-tls_verify", "0"] }
    return try run(words + ["-i", url], track)
  }

  /// The MD5 of one track.
  private static func run(_ input: [String], _ track: String) throws -> Outcome {
    let copies = track == "0:a" ? ["-c", "copy"] : ["-fps_mode", "passthrough"]
    return try ProcessRunner.run(
      "ffmpeg",
      ["-v", "error", "-nostdin"] + input + ["-map", track] + copies + ["-f", "md5", "-"],
      limit: 30)
  }
}
