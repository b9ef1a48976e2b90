import MediaIO
import MediaModel
import MediaRTSP
import TestSupport
import Testing

@testable import MediaCommands

@Suite("Presentations over TLS")
struct RTSPInputSecurityTests {
  @Test(
    "A certificate of an authority that is trusted, and of one that is not",
    arguments: [true, false])
  func certificate(isTrusted: Bool) throws {
    let authority = try TestAuthority()
    let identity = try authority.issue()
    let bench = try InputBench("")
    bench.tls = try TLSContext(certificateFile: identity.certificate, keyFile: identity.key)
    let trusted = try TLSContext(
      trusting: isTrusted ? .authorities(file: authority.file) : .system)
    try bench.start(url: "rtsps://\(bench.host)/live") {
      $0.tls = trusted
      $0.retries = nil
    }
    try bench.run { bench.packets.count == 2 }
    if isTrusted {
      #expect(bench.input?.phases.tls != nil)
      #expect(bench.requests[0][0].uri == "rtsps://\(bench.host)/live")
    } else {
      // It would not be trusted the next time either.
      #expect(bench.exit == .protocolError)
      #expect(bench.message.contains("certificate"))
      #expect(bench.connections.count == 1)
    }
    try bench.end()
  }

  @Test("A server that does not speak TLS, and one that says nothing")
  func plain() throws {
    let bench = try InputBench("on OPTIONS\n  RTSP/1.0 200 OK\n")
    let trusted = try TLSContext(trusting: .anybody)
    try bench.start(url: "rtsps://\(bench.host)/live") {
      $0.tls = trusted
      $0.timeout = 500_000_000
    }
    try bench.run()
    // The fake server waits for a request in clear text.
    #expect(bench.exit == .timedOut)
    try bench.end()
  }

  @Test("A redirection leads from TLS to no plain TCP")
  func downgrade() throws {
    let authority = try TestAuthority()
    let identity = try authority.issue()
    let bench = try InputBench(
      "on DESCRIBE\n  RTSP/1.0 302 Found\n  CSeq: {cseq}\n  Location: rtsp://{host}/live\n")
    bench.tls = try TLSContext(certificateFile: identity.certificate, keyFile: identity.key)
    let trusted = try TLSContext(trusting: .authorities(file: authority.file))
    try bench.start(url: "rtsps://\(bench.host)/live") { $0.tls = trusted }
    try bench.run()
    #expect(bench.exit == .protocolError)
    #expect(bench.connections.count == 1)
    try bench.end()
  }
}
