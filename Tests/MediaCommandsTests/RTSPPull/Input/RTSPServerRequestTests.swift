import MediaIO
import MediaModel
import MediaRTSP
import TestSupport
import Testing

@testable import MediaCLI
@testable import MediaCommands

@Suite("What a command line says of servers of RTSP")
struct RTSPServerRequestTests {
  private func request(
    _ words: String..., variables: [String: String] = [:]
  ) throws -> RTSPServerRequest {
    var environment = CommandEnvironment(
      standardOutput: MemoryOutput(), standardError: MemoryOutput())
    environment.variable = { variables[$0] }
    return try RTSPServerRequest(try RTSPPull.spec.parse(words), environment)
  }

  private func failure(_ words: String...) -> Failure? {
    let environment = CommandEnvironment(
      standardOutput: MemoryOutput(), standardError: MemoryOutput())
    let result = Result {
      try RTSPServerRequest(try RTSPPull.spec.parse(words), environment)
    }
    if case .failure(let error) = result { return Failure(error) }
    return nil
  }

  @Test("Passwords come from the URL, a variable or a file")
  func passwords() throws {
    #expect(try request("rtsp://me:p%40ss@cam/x").url.password == "p@ss")
    let variable = try request(
      "--password-env", "PW", "rtsp://me@cam/x", variables: ["PW": "s3cret"])
    #expect(variable.url.password == "s3cret")
    #expect(variable.secrets == ["s3cret"])
    let folder = try ScratchFolder()
    try folder.write("fr0m file\n", to: "pw")
    #expect(
      try request("--password-file", folder["pw"], "rtsp://me@cam/x").url.password == "fr0m file")
    #expect(failure("--password-file", folder["pw"], "rtsp://cam/x")?.exit == .usage)
    #expect(failure("--password-file", folder["pw"], "rtsp://me:too@cam/x")?.exit == .usage)
    #expect(failure("--password-file", folder["none"], "rtsp://me@cam/x")?.exit == .noInput)
    #expect(failure("--password-env", "NONE", "rtsp://me@cam/x")?.exit == .usage)
  }

  @Test("URLs that are none, or of another kind")
  func urls() {
    #expect(failure("rtspu://cam/x")?.exit == .unavailable)
    #expect(failure("rtspu://cam/x")?.message.contains("rtspu://") == true)
    #expect(failure("http://cam/x")?.exit == .usage)
    #expect(failure("cam/x")?.exit == .usage)
    #expect(failure("rtsp://cam:99999/x")?.exit == .usage)
    #expect(failure("rtsp://cam/x") == nil)
  }

  @Test(
    "Options that do not go together",
    arguments: [
      ["--ca-file", "x"], ["--insecure"], ["--port-range", "5000-5010", "--transport", "tcp"],
      ["--interface", "lo", "--transport", "http"], ["--header", "CSeq: 5"],
      ["--header", "session: 1"],
    ])
  func contradictions(words: [String]) {
    let environment = CommandEnvironment(
      standardOutput: MemoryOutput(), standardError: MemoryOutput())
    #expect(throws: UsageError.self) {
      try RTSPServerRequest(try RTSPPull.spec.parse(words + ["rtsp://cam/x"]), environment)
    }
  }

  @Test("All is handed on")
  func options() throws {
    let options = try request(
      "--transport", "udp", "--port-range", "5000-5010", "--timeout", "3s", "--retry", "forever",
      "--header", "Require: onvif-replay", "--user-agent", "me", "--range", "npt=1-2", "--speed",
      "2",
      "--describe", "rtsps://cam/x"
    ).options(traces: true)
    #expect(options.transport == .udp)
    #expect(options.ports == 5000...5010)
    #expect(options.timeout == 3_000_000_000)
    #expect(options.retries == nil)
    #expect(options.headers.map { $0.name } == ["Require"])
    #expect(options.userAgent == "me")
    #expect(options.play == RTSPPlayRequest(range: .npt(1, 2), speed: 2))
    #expect(options.onlyDescribes && options.traces)
    #expect(options.tls != nil)
    #expect(try request("rtsp://cam/x").options(traces: false).retries == 0)
  }
}
