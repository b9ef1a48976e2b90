import Foundation
import MediaFFmpeg
import Synchronization
import TestSupport
import Testing

private let milliseconds: Int64 = 1_000_000
/// Long enough that no machine is too slow, so that only what is wrong ends by it.
private let patient = 20_000 * milliseconds

private func options(timeout: Int64 = patient) -> NetworkOptions {
  var options = NetworkOptions()
  options.timeout = timeout
  return options
}

private func read(_ input: NetworkInput, _ buffer: inout [UInt8]) throws -> ArraySlice<UInt8> {
  let count = try buffer.withUnsafeMutableBytes { try input.read(into: $0) }
  return buffer[..<count]
}

/// What came, and what ended it: nil for a clean end.
private func readAll(
  _ input: NetworkInput, step: Int = 4096
) -> (bytes: [UInt8], error: FFmpegError?) {
  var buffer = [UInt8](repeating: 0, count: step)
  var bytes: [UInt8] = []
  var count = step
  while count > 0 {
    do {
      count = try buffer.withUnsafeMutableBytes { try input.read(into: $0) }
    } catch {
      return (bytes, error as? FFmpegError)
    }
    bytes += buffer[..<count]
  }
  return (bytes, nil)
}

private func chunk(_ text: String) -> String {
  "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n"
}

private let chunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n"
private let endlessHead = "HTTP/1.1 200 OK\r\nContent-Type: video/x-flv\r\n"
private let lastChunk = "0\r\n\r\n"

/// An answer and how it is to be understood.
private struct Answer: Sendable, CustomTestStringConvertible {
  var name: String
  var steps: [LoopbackServer.Step]
  var body: String
  var byteCount: Int64?
  /// nil for a clean end.
  var failure: FFmpegError.Reason?
  var testDescription: String { name }
}

private let answers = [
  Answer(
    name: "chunked", steps: [.send(chunkedHead + "\r\n" + chunk("FLV") + chunk("x") + lastChunk)],
    body: "FLVx"),
  Answer(
    name: "chunked, said to close",
    steps: [.send(chunkedHead + "Connection: close\r\n\r\n" + chunk("FLV") + lastChunk)],
    body: "FLV"),
  Answer(
    name: "chunked, with extension and trailer",
    steps: [.send(chunkedHead + "\r\n3;name=value\r\nFLV\r\n0\r\nTrailer: x\r\n\r\n")], body: "FLV"),
  Answer(
    name: "chunked, nothing in it", steps: [.send(chunkedHead + "\r\n" + lastChunk)], body: ""),
  Answer(
    name: "chunked, cut in a chunk", steps: [.send(chunkedHead + "\r\n8\r\nFLV")], body: "FLV",
    failure: .system(errno: EIO)),
  Answer(
    name: "chunked, said to close, cut in a chunk",
    steps: [.send(chunkedHead + "Connection: close\r\n\r\n8\r\nFLV")], body: "FLV",
    failure: .system(errno: EIO)),
  Answer(
    name: "chunked, cut between chunks",
    steps: [.send(chunkedHead + "\r\n" + chunk("FLV"))], body: "FLV",
    failure: .system(errno: EIO)),
  Answer(
    name: "chunked, cut in a chunk's size",
    steps: [.send(chunkedHead + "\r\n" + chunk("FLV") + "1f")], body: "FLV",
    failure: .system(errno: EIO)),
  Answer(
    name: "chunked, size beyond 64 bits",
    steps: [.send(chunkedHead + "\r\n" + chunk("FLV") + "fffffffffffffffff\r\n")], body: "FLV",
    failure: .system(errno: EPROTO)),
  Answer(
    name: "length", steps: [.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nFLVx")],
    body: "FLVx", byteCount: 4),
  Answer(
    name: "length 0", steps: [.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")], body: "",
    byteCount: 0),
  Answer(
    name: "length, cut",
    steps: [.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nFLV")], body: "FLV", byteCount: 8,
    failure: .system(errno: EIO)),
  Answer(
    name: "length, said to close, cut",
    steps: [.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 8\r\n\r\nFLV")],
    body: "FLV", byteCount: 8, failure: .system(errno: EIO)),
  Answer(
    name: "no length", steps: [.send(endlessHead + "\r\nFLV"), .pause(0.05), .send("x")],
    body: "FLVx"),
  Answer(
    name: "no length, said to close", steps: [.send(endlessHead + "Connection: close\r\n\r\nFLV")],
    body: "FLV"),
  Answer(
    name: "no length, HTTP/1.0", steps: [.send("HTTP/1.0 200 OK\r\n\r\nFLV")], body: "FLV"),
  Answer(
    name: "no length, reset",
    steps: [.send(endlessHead + "\r\nFLV"), .pause(0.2), .reset], body: "FLV",
    failure: .system(errno: ECONNRESET)),
]

/// An answer that does not get as far as a body.
private struct Refusal: Sendable, CustomTestStringConvertible {
  var name: String
  var server: LoopbackServer.Behaviour
  var reason: FFmpegError.Reason
  var testDescription: String { name }
}

private let refusals = [
  Refusal(name: "404", server: .status(404), reason: .http(404)),
  Refusal(name: "401", server: .status(401), reason: .http(401)),
  Refusal(name: "403", server: .status(403), reason: .http(403)),
  Refusal(name: "410", server: .status(410), reason: .http(499)),
  Refusal(name: "500", server: .status(500), reason: .http(500)),
  Refusal(name: "503", server: .status(503), reason: .http(500)),
  Refusal(name: "refused", server: .refusing, reason: .system(errno: ECONNREFUSED)),
  Refusal(name: "not HTTP", server: .garbage, reason: .system(errno: EPROTO)),
  Refusal(
    name: "not HTTP, with an empty line",
    server: .scripted(["/clip": [.send("220 mail.example.com ready\r\n\r\nFLV")]]),
    reason: .system(errno: EPROTO)),
  Refusal(
    name: "no answer", server: .scripted(["/clip": []]), reason: .system(errno: EPROTO)),
  Refusal(
    name: "cut in the header", server: .scripted(["/clip": [.send("HTTP/1.1 200 OK\r\nCont")]]),
    reason: .system(errno: EPROTO)),
  Refusal(
    name: "redirected in a circle",
    server: .scripted(["/clip": [.send("HTTP/1.1 302 Found\r\nLocation: /clip\r\n\r\n")]]),
    reason: .system(errno: EPROTO)),
  Refusal(
    name: "another range",
    server: .scripted([
      "/clip": [.send("HTTP/1.1 206 Part\r\nContent-Range: bytes 5-9/10\r\n\r\nabcde")]
    ]), reason: .system(errno: EPROTO)),
]

@Suite(.peers("/usr/bin/python3")) struct NetworkInputTests {
  @Test(arguments: answers) private func ends(_ answer: Answer) throws {
    let server = try LoopbackServer(.scripted(["/clip": answer.steps]))
    for step in [1, 4096] {
      let input = try NetworkInput(url: server.url(), options: options())
      #expect(input.byteCount == answer.byteCount)
      let (bytes, error) = readAll(input, step: step)
      #expect(String(decoding: bytes, as: UTF8.self) == answer.body)
      #expect(input.offset == Int64(bytes.count))
      #expect(error?.reason == answer.failure, "\(String(describing: error))")
      // The end stays the end.
      let again = readAll(input)
      #expect(again.bytes.isEmpty && again.error == error)
    }
  }

  @Test(arguments: refusals) private func refuses(_ refusal: Refusal) throws {
    let server = try LoopbackServer(refusal.server)
    let error = #expect(throws: FFmpegError.self) {
      _ = try NetworkInput(url: server.url(), options: options())
    }
    #expect(error?.reason == refusal.reason, "\(String(describing: error))")
    #expect(error?.call == "avio_open2")
  }

  @Test func saysHowMuchIsMissing() throws {
    let server = try LoopbackServer(
      .scripted(["/clip": [.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nFLV")]]))
    let error = readAll(try NetworkInput(url: server.url(), options: options())).error
    #expect(error?.description.contains("after 3 of 8 bytes") == true)
  }

  @Test func aFileComesWhole() throws {
    let path = try Clips.path("mp4-faststart")
    let server = try LoopbackServer(.file(path))
    let input = try NetworkInput(url: server.url(), options: options())
    let expected = try contents(of: path)
    #expect(input.byteCount == Int64(expected.count))
    #expect(input.mimeType == "application/octet-stream")
    #expect(input.location == server.url())
    let (bytes, error) = readAll(input, step: 1000)
    #expect(bytes == expected && error == nil)
    #expect(!server.log.lowercased().contains("range:"), "one request, of everything")
    #expect(!server.log.lowercased().contains("icy-metadata"), "nothing between the bytes")
  }

  @Test func redirects() throws {
    let target = try LoopbackServer(.scripted(["/there/b": [.send(endlessHead + "\r\nFLV")]]))
    func moved(_ status: String, _ location: String) -> [LoopbackServer.Step] {
      [.send("HTTP/1.1 \(status)\r\nLocation: \(location)\r\nContent-Length: 2\r\n\r\nno")]
    }
    let server = try LoopbackServer(
      .scripted([
        "/relative/a": moved("302 Found", "b"),
        "/relative/b": moved("301 Moved", "/rooted"),
        "/rooted": moved("307 Temporary Redirect", target.url("there/b")),
      ]))
    let input = try NetworkInput(url: server.url("relative/a"), options: options())
    #expect(readAll(input).bytes == Array("FLV".utf8))
    #expect(input.location == target.url("there/b"))
    #expect(input.mimeType == "video/x-flv")
    #expect(input.byteCount == nil)
  }

  @Test func aRedirectToAnUnknownHostNamesIt() throws {
    // An empty label: no resolver is asked, so nothing leaves the machine.
    let location = "Location: http://no-such-host..invalid/x\r\n\r\n"
    let server = try LoopbackServer(.scripted(["/clip": [.send("HTTP/1.1 302 F\r\n" + location)]]))
    let error = #expect(throws: FFmpegError.self) {
      _ = try NetworkInput(url: server.url(), options: options())
    }
    #expect(error?.text.contains("Failed to resolve hostname no-such-host..invalid") == true)
  }

  @Test func aRedirectLeadsToNoFile() throws {
    let location = "Location: file:///etc/hostname\r\n\r\n"
    let server = try LoopbackServer(.scripted(["/clip": [.send("HTTP/1.1 302 F\r\n" + location)]]))
    #expect(throws: FFmpegError.self) {
      _ = try NetworkInput(url: server.url(), options: options())
    }
  }

  @Test func whatIsThereIsReadAtOnce() throws {
    let server = try LoopbackServer(
      .scripted(["/clip": [.send(chunkedHead + "\r\n" + chunk("FLV")), .stall]]))
    let input = try NetworkInput(url: server.url(), options: options(timeout: 300 * milliseconds))
    var buffer = [UInt8](repeating: 0, count: 100_000)
    #expect(try Array(read(input, &buffer)) == Array("FLV".utf8))
    let error = #expect(throws: FFmpegError.self) { _ = try read(input, &buffer) }
    #expect(error == FFmpegError(call: "avio_read_partial", reason: .timedOut))
    #expect(readAll(input).error == error)
  }

  @Test(
    arguments: [
      .silent, .scripted(["/clip": [.send("HTTP/1.1 200 OK\r\nContent-"), .stall]]),
      .scripted(["/clip": [.send("HTTP/1.1 302 F\r\nLocation: /b\r\n\r\n")], "/b": [.stall]]),
    ] as [LoopbackServer.Behaviour])
  func silenceBeforeTheBody(_ behaviour: LoopbackServer.Behaviour) throws {
    let server = try LoopbackServer(behaviour)
    let error = #expect(throws: FFmpegError.self) {
      _ = try NetworkInput(url: server.url(), options: options(timeout: 300 * milliseconds))
    }
    #expect(error == FFmpegError(call: "avio_open2", reason: .timedOut))
  }

  @Test func slownessIsNotSilence() throws {
    let pieces = [
      "HTTP/1.1 200 OK\r\n", "Transfer-Encoding: chunked\r\n\r\n", chunk("F"), "2\r\nL",
    ]
    let server = try LoopbackServer(
      .scripted([
        "/clip": pieces.flatMap { [.send($0), .pause(0.6)] } + [.send("V\r\n" + lastChunk)]
      ]))
    // 2.4 s in all, and no silence as long as the timeout.
    let input = try NetworkInput(url: server.url(), options: options(timeout: 2000 * milliseconds))
    let (bytes, error) = readAll(input)
    #expect(bytes == Array("FLV".utf8) && error == nil)
  }

  @Test func aSignalEndsAWait() throws {
    let silent = try LoopbackServer(.silent)
    var cancelling = options()
    cancelling.cancelled = { _ in polls.wrappingAdd(1, ordering: .relaxed).newValue > 3 ? 1 : 0 }
    let error = #expect(throws: FFmpegError.self) {
      _ = try NetworkInput(url: silent.url(), options: cancelling)
    }
    #expect(error?.reason == .cancelled)

    let stalling = try LoopbackServer(.scripted(["/clip": [.send(endlessHead + "\r\n"), .stall]]))
    cancelling.cancelled = { _ in isInterrupted.load(ordering: .relaxed) ? 1 : 0 }
    let input = try NetworkInput(url: stalling.url(), options: cancelling)
    isInterrupted.store(true, ordering: .relaxed)
    #expect(readAll(input).error?.reason == .cancelled)
  }

  @Test func theRequestCarriesWhatItIsGiven() throws {
    let server = try LoopbackServer(.scripted(["/clip?a=b": [.send(endlessHead + "\r\n")]]))
    var options = options()
    options.headers = [("X-Api-Key", "k3y"), ("Cookie", "a=b; c=d")]
    options.userAgent = "tester/9"
    options.options = [("referer", "http://example.invalid/")]
    let input = try NetworkInput(url: server.url("clip?a=b"), options: options)
    #expect(readAll(input).error == nil)
    for line in [
      "GET /clip?a=b HTTP/1.1", "X-Api-Key: k3y", "Cookie: a=b; c=d", "User-Agent: tester/9",
      "Referer: http://example.invalid/", "Connection: close",
    ] {
      #expect(server.log.contains(line + "\r\n"), "\(server.log)")
    }
  }

  @Test func unknownOptionsAndSchemesAreRefused() throws {
    let server = try LoopbackServer(.scripted(["/clip": [.send(endlessHead + "\r\n")]]))
    var options = options()
    options.options = [("no_such_option", "1")]
    let option = #expect(throws: FFmpegError.self) {
      _ = try NetworkInput(url: server.url(), options: options)
    }
    #expect(option?.reason == .optionNotFound(["no_such_option"]))
    let scheme = #expect(throws: FFmpegError.self) { _ = try NetworkInput(url: "nosuch://x/") }
    #expect(scheme?.reason == .protocolNotFound)
  }

  @Test func theLogIsStillHeard() throws {
    let log = try FFmpegLog()
    let server = try LoopbackServer(.status(404))
    #expect(throws: FFmpegError.self) { _ = try NetworkInput(url: server.url()) }
    #expect(log.recent.contains { $0.text.contains("404") })
  }
}

private let polls = Atomic(0)
private let isInterrupted = Atomic(false)

@Suite(.peers("ffmpeg")) struct NetworkInputFromFFmpegTests {
  /// A port that was free a moment ago: ffmpeg cannot say which one it was given.
  private func freePort() throws -> UInt16 {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(listener) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) | getsockname(listener, $0, &length)
      }
    }
    try #require(code == 0)
    return UInt16(bigEndian: address.sin_port)
  }

  private struct NeverListened: Error { var said: String }

  /// Connects as soon as the server listens; `-listen 1` takes the first connection only.
  private func connect(_ url: String, _ server: RunningProcess) throws -> NetworkInput {
    var attempts = 2000
    while attempts > 0 {
      let attempt = Result { try NetworkInput(url: url, options: options()) }
      guard case .failure(let error) = attempt,
        (error as? FFmpegError)?.reason == .system(errno: ECONNREFUSED)
      else { return try attempt.get() }
      usleep(10_000)
      attempts -= 1
    }
    throw NeverListened(said: server.errorsSoFar)
  }

  private let copying = ["-v", "error", "-nostdin", "-fflags", "+bitexact"]

  @Test func aWholeStream() throws {
    let copy = copying + ["-i", try Clips.path("mp4-faststart"), "-c", "copy", "-f", "flv"]
    let expected = try ProcessRunner.run("ffmpeg", copy + ["-fflags", "+bitexact", "pipe:1"])
    try #require(expected.exitCode == 0 && !expected.stdout.isEmpty, "\(expected)")
    let url = "http://127.0.0.1:\(try freePort())/live.flv"
    let server = try ProcessRunner.start(
      "ffmpeg", copy + ["-fflags", "+bitexact", "-listen", "1", url])
    let (bytes, error) = readAll(try connect(url, server))
    #expect(bytes == expected.stdout)
    #expect(error == nil)
    // FFmpeg 9 answers AVERROR_EOF if it hears of our close before it is done with its own.
    #expect([0, 187].contains(server.wait().exitCode))
  }

  @Test func aStreamWhoseServerDies() throws {
    let url = "http://127.0.0.1:\(try freePort())/live.flv"
    let server = try ProcessRunner.start(
      "ffmpeg",
      copying + ["-re", "-stream_loop", "-1", "-i", try Clips.path("mp4-faststart")]
        + ["-c", "copy", "-f", "flv", "-listen", "1", url])
    let input = try connect(url, server)
    var buffer = [UInt8](repeating: 0, count: 4096)
    #expect(try Array(read(input, &buffer).prefix(3)) == Array("FLV".utf8))
    server.signal(SIGKILL)
    let error = readAll(input).error
    #expect(error?.reason == .system(errno: EIO) || error?.reason == .system(errno: ECONNRESET))
  }
}
