import Foundation
import MediaRTSP
import TestSupport
import Testing

/// Who is let in, whom we trust, and what is said of secrets.
@Suite(.peers("ffmpeg", "ffprobe")) struct RTSPPullSecurityTests {
  private static let password = "s3cret%word"

  struct Way: Sendable, CustomTestStringConvertible {
    var scheme: String
    var words: [String]
    var account: String
    var testDescription: String { "\(scheme), \(words.first ?? "in the URL")" }

    static let all = ["digest", "basic"].flatMap { scheme in
      [
        Way(scheme: scheme, words: [], account: "admin:s3cret%25word"),
        Way(scheme: scheme, words: ["--password-env", "CAMERA"], account: "admin"),
        Way(scheme: scheme, words: ["--password-file", "FILE"], account: "admin"),
      ]
    }
  }

  @Test(.gstreamerServer, arguments: Way.all)
  func gstreamerLetsUsIn(_ way: Way) throws {
    let folder = try ScratchFolder()
    try folder.write("\(Self.password)\n", to: "word")
    let file = try RTPClips.path("rtsp-pcmu.wav")
    var options = GStreamerServer.Options()
    options.account = "\(way.scheme):admin:\(Self.password)"
    let server = try GStreamerServer(file, [.pcmu], options)
    let outcome = try RTSPPulls.run(
      ["-vv", "--json", "--doctor", "--transcript", folder["t.rtsp"], "-o", folder["o.wav"]]
        + way.words.map { $0 == "FILE" ? folder["word"] : $0 } + [server.url(way.account)],
      environment: ["CAMERA": Self.password])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(try MediaContents.samples(folder["o.wav"]) == MediaContents.samples(file))
    let transcript = try text(of: folder["t.rtsp"])
    #expect(outcome.errors.contains("Authorization: ") && transcript.contains("on DESCRIBE"))
    expectNoSecret(outcome.errors + outcome.output + transcript)
  }

  /// Neither the password nor what Basic makes of it.
  private func expectNoSecret(_ text: String, location: SourceLocation = #_sourceLocation) {
    let basic = Data("admin:\(Self.password)".utf8).base64EncodedString()
    for secret in [Self.password, "s3cret", basic, "response="] {
      #expect(!text.contains(secret), "\(secret)", sourceLocation: location)
    }
  }

  struct Access: Sendable, CustomTestStringConvertible {
    var way: RTSPAccess.Way
    var hasProtection: Bool
    var testDescription: String { way.rawValue + (hasProtection ? " with qop" : "") }
  }

  @Test(arguments: [
    Access(way: .sha256, hasProtection: false), Access(way: .sha256, hasProtection: true),
    Access(way: .sha256Session, hasProtection: true), Access(way: .md5, hasProtection: true),
    Access(way: .md5Session, hasProtection: true),
  ])
  func waysOfDigest(_ test: Access) throws {
    let folder = try ScratchFolder()
    let server = try RTSPPulls.server {
      var access = RTSPAccess(user: "admin", password: Self.password, ways: [test.way])
      access.wantsProtection = test.hasProtection
      // A nonce that is used up is no reason to give up.
      access.nonceUses = test.hasProtection ? 2 : nil
      $0.access = access
    }
    let outcome = try RTSPPulls.run([
      "-vv", "--json", "-o", folder["o.mp4"], server.url("admin:s3cret%25word"),
    ])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    try RTSPPulls.expectEqual(folder["o.mp4"], try RTPClips.path("rtp-plain.mp4"), "v:0")
    expectNoSecret(outcome.errors + outcome.output)
    for account in ["admin:s3cretwrong", "admin:", "", "other:s3cret%25word"] {
      let path = folder["\(account.count).rtsp"]
      let wrong = try RTSPPulls.run([
        "-vv", "--transcript", path, "-o", folder["no.mp4"], server.url(account),
      ])
      #expect(wrong.ending == .exit(77) && wrong.stdout.isEmpty, "\(wrong)")
      #expect(wrong.errors.contains("user and"), "\(wrong)")
      expectNoSecret(wrong.errors + (try text(of: path)))
    }
    #expect(try !folder.names.contains("no.mp4"))
  }

  @Test(.gstreamerServer, arguments: ["digest", "basic"])
  func gstreamerKeepsOthersOut(_ scheme: String) throws {
    var options = GStreamerServer.Options()
    options.account = "\(scheme):admin:\(Self.password)"
    let server = try GStreamerServer(try RTPClips.path("rtsp-pcmu.wav"), [.pcmu], options)
    for account in ["admin:wrong", ""] {
      let outcome = try RTSPPulls.run([server.url(account)])
      #expect(outcome.ending == .exit(77) && outcome.stdout.isEmpty, "\(outcome)")
      #expect(outcome.errorLines.count == 1, "\(outcome)")
    }
  }

  @Test(.gstreamerServer, arguments: ["GStreamer", "ours"])
  func whoWeTrust(_ kind: String) throws {
    let folder = try ScratchFolder()
    let authority = try TestAuthority()
    let identity = try authority.issue()
    let file = try RTPClips.path("rtsp-pcmu.wav")
    var options = GStreamerServer.Options()
    options.identity = identity
    let peer = kind == "ours" ? nil : try GStreamerServer(file, [.pcmu], options)
    let ours =
      try kind == "ours" ? RTSPPulls.server("rtsp-pcmu.wav") { $0.identity = identity } : nil
    let url = peer?.url() ?? ours?.url() ?? ""
    for words in [["--ca-file", authority.file], ["--insecure"]] {
      let outcome = try RTSPPulls.run(["-y", "-o", folder["o.wav"]] + words + [url])
      #expect(outcome.ending == .exit(0), "\(outcome)")
      #expect(try MediaContents.samples(folder["o.wav"]) == MediaContents.samples(file))
    }
    let other = try TestAuthority()
    for words in [[], ["--ca-file", other.file]] {
      let outcome = try RTSPPulls.run(["-o", folder["no.wav"]] + words + [url])
      #expect(outcome.ending == .exit(76) && outcome.stdout.isEmpty, "\(outcome)")
      #expect(outcome.errors.contains("certificate"), "\(outcome)")
    }
    #expect(try folder.names == ["o.wav"])
  }
}
