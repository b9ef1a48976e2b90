import Foundation
import TestSupport
import Testing

/// `rtmp-push` to other peers: through TLS, and to FFmpeg.
@Suite struct RTMPPushPeerTests {
  /// stunnel in front of a server, and the port where it listens.
  private func stunnel(
    _ identity: TestAuthority.Identity, _ server: NginxServer, _ folder: ScratchFolder
  ) throws -> (RunningProcess, Int) {
    let configuration = try folder.write(
      """
      foreground = yes
      pid =
      debug = 7
      output = /dev/stdout
      [front]
      accept = 127.0.0.1:0
      connect = 127.0.0.1:\(server.port)
      cert = \(identity.certificate)
      key = \(identity.key)
      """, to: "stunnel.conf")
    let process = try ProcessRunner.start("stunnel4", [configuration])
    func port(_ output: [UInt8]) -> Int? {
      let lines = String(decoding: output, as: UTF8.self).split(
        separator: "\n", omittingEmptySubsequences: false)
      let line = lines.dropLast().first { $0.contains("bound to 127.0.0.1:") }
      return line?.split(separator: ":").last.flatMap { Int($0) }
    }
    try #require(process.waitForOutput { port($0) != nil })
    return (process, try #require(port(process.outputSoFar)))
  }

  @Test(.peers("nginx", "stunnel4", "openssl", "ffmpeg"))
  func certificatesAreChecked() throws {
    let (server, authority, folder) = (
      try NginxServer(), try TestAuthority(), try ScratchFolder()
    )
    let source = try Clips.path("flv-h264")
    let (front, port) = try stunnel(try authority.issue("DNS:localhost"), server, folder)
    defer { front.stop() }
    func push(_ host: String, _ options: String...) throws -> Outcome {
      try Mediatool.run(
        ["rtmp-push", "--fast"] + options + [source, "rtmps://\(host):\(port)/live/k"])
    }
    let trusted = try push("localhost", "--ca-file", authority.file)
    #expect(trusted.ending == .exit(0), "\(trusted)")
    try expectSamePackets(source, server.recording("k"))
    let unknown = try push("localhost")
    #expect(unknown.ending == .exit(76) && unknown.errors.contains("TLS"), "\(unknown)")
    let mismatch = try push("127.0.0.1", "--ca-file", authority.file)
    #expect(mismatch.ending == .exit(76) && mismatch.errors.contains("localhost"), "\(mismatch)")
    #expect(try push("127.0.0.1", "--insecure").ending == .exit(0))
    let plain = try Mediatool.run([
      "rtmp-push", "--insecure", "--timeout", "1s", source,
      "rtmps://127.0.0.1:\(server.port)/live/k",
    ])
    #expect([.exit(75), .exit(76)].contains(plain.ending), "\(plain)")
  }

  @Test(.peers("ffmpeg", "ffprobe"), arguments: ["flv-h264", "mp4-open-gop"])
  func ffmpegReceivesWhatIsThere(_ clip: String) throws {
    let folder = try ScratchFolder()
    let source = try Clips.path(clip)
    let outcome = try pushToFFmpeg("ffmpeg", source, to: folder["out.flv"])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    try expectSamePackets(source, folder["out.flv"])
  }

  @Test(.peers("nginx", "ffmpeg", "ffprobe")) func codecsNotOfferedAreTold() throws {
    let server = try NginxServer()
    let source = try Clips.path("mp4-hlg")
    let outcome = try Mediatool.run(["rtmp-push", "--fast", source, server.url("k")])
    #expect(outcome.ending == .exit(0) && outcome.errors.contains("hvc1"), "\(outcome)")
    let strict = try Mediatool.run(
      ["rtmp-push", "--fast", "--strict-caps", source, server.url("k")])
    #expect(strict.ending == .exit(69) && strict.errors.contains("hvc1"), "\(strict)")
    #expect(strict.output.contains("failed; 0 frames"), "\(strict)")
  }

  /// FFmpeg takes times less than a minute before 2^32 for negative ones, and others as they are.
  @Test(.peers("ffmpeg", "ffprobe"), arguments: largeTimes)
  func largeTimesArriveAtFFmpeg(_ start: UInt32) throws {
    let folder = try ScratchFolder()
    let source = try folder.write(
      shiftedFLV(try contents(of: Clips.path("flv-h264")), by: start), to: "shifted.flv")
    for ffmpeg in ["ffmpeg", Peers.currentFFmpeg].compactMap(\.self) {
      let outcome = try pushToFFmpeg(ffmpeg, source, to: folder["out.mkv"])
      #expect(outcome.ending == .exit(0), "\(outcome)")
      try expectSamePackets(source, folder["out.mkv"])
    }
  }
}
