import Foundation
import MediaBytes
import MediaModel
import TestSupport
import Testing

@testable import MediaRTSP

/// Both connections of a tunnel, and the server behind them.
private struct Tunnel {
  var link: RTSPLink
  var posts: [RTSPTunnelPost] = []
  var events: [RTSPLink.Event] = []
  /// What was sent on the connection of the GET.
  var asked: [UInt8] = []
  var deadline: Nanoseconds?
  var isClosed = false

  init(_ url: String = "rtsp://cam/live", traces: Bool = false) throws {
    var options = RTSPClientOptions(try RTSPURL(url))
    options.traces = traces
    link = RTSPLink(
      tunnelling: options, functions: try RTSPAuthenticationTests.functions(), at: 0)
    settle()
  }

  mutating func settle() {
    while !isClosed {
      switch link.nextOutput() {
      case .send(let bytes): asked += bytes
      case .event(let event):
        events.append(event)
        if event == .opened, let post = link.post() { posts.append(post) }
        if case .post(let bytes) = event { posts[posts.count - 1].send(bytes) }
      case .close: isClosed = true
      case .wait(let until):
        deadline = until
        return
      }
    }
  }

  mutating func receive(_ text: String, at now: Nanoseconds = 0) throws {
    defer { settle() }
    try link.receive(Array(text.utf8), at: now)
  }

  /// What a connection has sent since the last call, as text.
  mutating func takeAsked() -> String {
    defer { asked = [] }
    return String(decoding: asked, as: UTF8.self)
  }

  mutating func takePosted() -> String {
    guard let last = posts.indices.last else { return "" }
    return Self.drain(&posts[last])
  }

  static func drain(_ post: inout RTSPTunnelPost) -> String {
    var sent = ""
    while case .send(let bytes) = post.nextOutput() {
      sent += String(decoding: bytes, as: UTF8.self)
    }
    return sent
  }
}

@Suite("RTSP through HTTP")
struct RTSPLinkTests {
  private let ok = "HTTP/1.0 200 OK\r\nContent-Type: application/x-rtsp-tunnelled\r\n\r\n"

  @Test("Asks as Apple has it, and speaks once it may")
  func dialogue() throws {
    var tunnel = try Tunnel("rtsp://cam:8080/live?a=b")
    let get = tunnel.takeAsked().split(separator: "\r\n", omittingEmptySubsequences: false)
    #expect(get.first == "GET /live?a=b HTTP/1.0")
    #expect(get.contains("Host: cam:8080"))
    #expect(get.contains("Accept: application/x-rtsp-tunnelled"))
    let cookie = try #require(get.first { $0.hasPrefix("x-sessioncookie: ") })
    #expect(cookie.utf8.count == 17 + 22)
    #expect(get.suffix(2) == ["", ""])
    let early = tunnel.link.post()
    #expect(early == nil)
    try tunnel.receive(ok)
    #expect(tunnel.events.first == .opened)
    #expect(tunnel.events.contains(.client(.phase(.options, at: 0))))
    let post = tunnel.takePosted()
    let parts = post.components(separatedBy: "\r\n\r\n")
    let head = parts[0].components(separatedBy: "\r\n")
    #expect(head.first == "POST /live?a=b HTTP/1.0")
    for field in [
      String(cookie), "Content-Type: application/x-rtsp-tunnelled", "Content-Length: 32767",
      "Expires: Sun, 9 Jan 1972 00:00:00 GMT",
    ] { #expect(head.contains(field)) }
    let request = String(decoding: try #require(Base64.decode(parts[1])), as: UTF8.self)
    #expect(request.hasPrefix("OPTIONS rtsp://cam:8080/live?a=b RTSP/1.0\r\n"))
    #expect(tunnel.takeAsked().isEmpty)
    try tunnel.receive("RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n")
    let next = try #require(Base64.decode(tunnel.takePosted()))
    #expect(String(decoding: next, as: UTF8.self).hasPrefix("DESCRIBE "))
  }

  @Test(
    "The port is the written one, else HTTP's",
    arguments: [
      ("rtsp://cam/", 80), ("rtsps://cam/", 443), ("rtsp://cam:554/", 554),
      ("rtsps://cam:8443/", 8443),
    ] as [(String, UInt16)])
  func port(_ url: String, _ port: UInt16) throws {
    #expect(try RTSPURL(url).tunnelPort == port)
  }

  @Test("A path there must be")
  func path() throws {
    var tunnel = try Tunnel("rtsp://cam")
    #expect(tunnel.takeAsked().hasPrefix("GET / HTTP/1.0\r\n"))
    var query = try Tunnel("rtsp://cam?x")
    #expect(query.takeAsked().hasPrefix("GET /?x HTTP/1.0\r\n"))
  }

  // MARK: Who we are

  @Test("A server that asks who we are is asked again over another connection")
  func challenge() throws {
    var first = try Tunnel("rtsp://admin:secret@cam/live")
    #expect(!first.takeAsked().contains("Authorization"))
    try first.receive(
      "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\n"
        + "WWW-Authenticate: Digest realm=\"cam\", nonce=\"abc\", qop=\"auth\"\r\n"
        + "Content-Length: 6\r\n\r\n<html>")
    #expect(first.events == [.again] && first.isClosed)
    let renewed = try #require(first.link.renewed(at: 5))
    #expect(renewed.renewed(at: 5) == nil)
    var second = first
    (second.link, second.isClosed, second.events) = (renewed, false, [])
    second.settle()
    let get = second.takeAsked()
    #expect(get.contains("Authorization: Digest username=\"admin\""))
    #expect(get.contains("uri=\"/live\"") && get.contains("nc=00000001"))
    try second.receive(ok)
    let post = second.takePosted()
    // The same nonce, used again, for another method.
    #expect(post.contains("nc=00000002") && post.contains("nonce=\"abc\""))
    #expect(cookie(of: get) == cookie(of: post))
  }

  private func cookie(of text: String) -> String? {
    text.components(separatedBy: "\r\n").first { $0.hasPrefix("x-sessioncookie") }
  }

  @Test("Wrong, missing and unknown proofs")
  func refusals() throws {
    func ask(_ url: String, _ challenge: String) throws -> RTSPClientFailure? {
      var tunnel = try Tunnel(url)
      for _ in 0..<5 {
        do {
          try tunnel.receive("HTTP/1.0 401 No\r\n\(challenge)\r\n\r\n")
        } catch let failure as RTSPClientFailure {
          return failure
        }
        tunnel.link = try #require(tunnel.link.renewed(at: 0))
        tunnel.isClosed = false
        tunnel.settle()
      }
      return nil
    }
    let basic = "WWW-Authenticate: Basic realm=\"x\""
    #expect(
      try ask("rtsp://a:b@cam/", basic)?.reason == .unauthorized(.credentialsWrong))
    #expect(try ask("rtsp://cam/", basic)?.reason == .unauthorized(.credentialsMissing))
    #expect(
      try ask("rtsp://a:b@cam/", "WWW-Authenticate: Negotiate")?.reason
        == .unauthorized(.unknownScheme))
    #expect(try ask("rtsp://a:b@cam/", "X: y")?.reason == .unauthorized(.noChallenge))
  }

  @Test("Traces have both connections' heads, without proofs")
  func traces() throws {
    var tunnel = try Tunnel("rtsp://a:secret@cam/", traces: true)
    try tunnel.receive("HTTP/1.0 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n")
    tunnel.link = try #require(tunnel.link.renewed(at: 0))
    tunnel.isClosed = false
    tunnel.settle()
    try tunnel.receive(ok)
    let told = tunnel.events.compactMap { event in
      if case .client(.trace(let trace)) = event { trace } else { nil }
    }
    #expect(
      told.map { String($0.text.prefix(8)) } == [
        "GET / HT", "HTTP/1.0", "GET / HT", "HTTP/1.0", "OPTIONS ",
      ])
    #expect(told.map(\.isOutgoing) == [true, false, true, false, true])
    #expect(told[2].text.contains("Authorization: Basic ***"))
    var post = tunnel.posts[0]
    guard case .send = post.nextOutput(), case .event(let trace) = post.nextOutput() else {
      Issue.record("no trace of the POST")
      return
    }
    #expect(trace.text.hasPrefix("POST / ") && trace.text.contains("Authorization: Basic ***"))
  }

  // MARK: What goes wrong

  @Test("Whatever is no tunnel is said in the server's words")
  func refused() throws {
    var missing = try Tunnel()
    #expect(throws: RTSPClientFailure(.refused(.httpGet, .notFound), in: .options)) {
      try missing.receive("HTTP/1.1 404 Not Found\r\n\r\n")
    }
    #expect(missing.isClosed && missing.link.renewed(at: 0) == nil)
    var plain = try Tunnel()
    let status = RTSPStatus(405, "Method Not Allowed")
    #expect(throws: RTSPClientFailure(.refused(.httpGet, status), in: .options)) {
      try plain.receive("RTSP/1.0 405 Method Not Allowed\r\nCSeq: 0\r\n\r\n")
    }
    var other = try Tunnel()
    #expect(throws: RTSPClientFailure.self) { try other.receive("SSH-2.0") }
    var odd = try Tunnel()
    #expect(throws: RTSPClientFailure.self) { try odd.receive("HTTP/1.0\r\n\r\n") }
    var long = try Tunnel()
    let line = "X: " + String(repeating: "x", count: 1000) + "\r\n"
    #expect(throws: RTSPClientFailure.self) {
      try long.receive("HTTP/1.0 200 OK\r\n")
      for _ in 0..<70 { try long.receive(line) }
    }
    // A page instead of a tunnel.
    var page = try Tunnel()
    #expect(throws: RTSPClientFailure.self) {
      try page.receive("HTTP/1.0 200 OK\nContent-Type: text/html\n\n<html>")
    }
  }

  @Test("Silence and an end before the answer are told")
  func silence() throws {
    var tunnel = try Tunnel()
    #expect(tunnel.deadline == 10_000_000_000)
    try tunnel.link.tick(at: 9_999_999_999)
    #expect(throws: RTSPClientFailure(.silent, in: .options)) {
      try tunnel.link.tick(at: 10_000_000_000)
    }
    var gone = try Tunnel()
    #expect(throws: RTSPClientFailure(.closed, in: .options)) { try gone.link.peerClosed(at: 0) }
    // The client's time begins with the tunnel.
    var late = try Tunnel()
    try late.receive(ok, at: 9_000_000_000)
    #expect(late.deadline == 19_000_000_000)
    #expect(throws: RTSPClientFailure(.silent, in: .options)) {
      try late.link.tick(at: 19_000_000_000)
    }
  }

  @Test("The connection that tells hears refusals alone, and another may take its place")
  func post() throws {
    var tunnel = try Tunnel()
    try tunnel.receive(ok)
    var post = tunnel.posts[0]
    _ = Tunnel.drain(&post)
    try post.receive(Array("HTTP/1.0 200 OK\r\n\r\nanything".utf8), at: 0)
    try post.receive(Array("at all".utf8), at: 0)
    post.send(Array("abcd".utf8))
    #expect(Tunnel.drain(&post) == "YWJjZA==")
    post.finish()
    post.send([1])
    let output = post.nextOutput()
    #expect(output == .close)
    let next = tunnel.link.post()
    var second = try #require(next)
    #expect(throws: RTSPClientFailure(.refused(.httpPost, .init(503, "Busy")), in: .options)) {
      try second.receive(Array("HTTP/1.0 503 Busy\r\n\r\n".utf8), at: 0)
    }
    let last = tunnel.link.post()
    var third = try #require(last)
    #expect(throws: RTSPClientFailure(.unauthorized(.credentialsMissing), in: .options)) {
      try third.receive(Array("HTTP/1.0 401 No\r\n\r\n".utf8), at: 0)
    }
  }
}
