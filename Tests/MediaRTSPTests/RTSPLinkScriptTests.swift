import MediaBytes
import MediaModel
import TestSupport
import Testing

@testable import MediaRTSP

@Suite("RTSP through HTTP against servers of all kinds")
struct RTSPLinkScriptTests {
  @Test("Straight, a link is its client", arguments: RTSPScriptTests.scripts)
  func straight(_ script: RTSPScript) throws {
    let plain = try Joined(script, isTunnel: false)
    #expect(plain.events == (try RTSPScriptTests.run(script).events))
  }

  @Test("In a tunnel the client tells the same, at any cut", arguments: RTSPScriptTests.scripts)
  func tunnelled(_ script: RTSPScript) throws {
    let plain = try RTSPScriptTests.run(script)
    for piece in [Int.max, 1, 7, 130] {
      let joined = try Joined(script, isTunnel: true, piece: piece)
      #expect(joined.events == plain.events, "pieces of \(piece)")
      // What a server of something else begins with is told as far as it has come.
      #expect(joined.failure?.phase == plain.failure?.phase)
      if piece == .max { #expect(joined.failure == plain.failure) }
      #expect(joined.requests == plain.requests.map(\.method))
    }
  }
}

/// What a tunnel's server reads of the body of a POST: Base64 of messages behind each other.
private struct Posted {
  private var digits: [UInt8] = []

  /// The bytes of all groups of four that are whole.
  mutating func decode(_ text: [UInt8]) -> [UInt8] {
    digits += text
    var bytes: [UInt8] = []
    while digits.count >= 4 {
      bytes += Base64.decode(String(decoding: digits[..<4], as: UTF8.self)) ?? []
      digits.removeFirst(4)
    }
    return bytes
  }
}

/// A link joined with a scripted server, as `RTSPScriptTests.run` joins a client.
private struct Joined {
  var events: [RTSPClientEvent] = []
  var failure: RTSPClientFailure?
  var requests: [String] = []

  init(_ script: RTSPScript, isTunnel: Bool, piece: Int = .max) throws {
    let options = RTSPClientOptions(try RTSPURL("rtsp://admin:secret@127.0.0.1:8554/live"))
    let functions = try RTSPAuthenticationTests.functions()
    var link =
      isTunnel
      ? RTSPLink(tunnelling: options, functions: functions, at: 0)
      : RTSPLink(options, functions: functions, at: 0)
    var server = RTSPScriptedServer(
      script, host: "127.0.0.1:8554", packets: RTSPScriptTests.packets)
    var post: RTSPTunnelPost?
    var posted = Posted()
    var wire: [UInt8] = []
    var (refusals, isOver) = (0, false)
    while !isOver {
      while case .send(let bytes)? = post?.nextOutput() {
        // The head ends where the body begins; none of ours is cut.
        let body = bytes.starts(with: "POST ".utf8) ? Self.body(bytes) : bytes
        wire += server.receive(posted.decode(body))
      }
      switch link.nextOutput() {
      case .send(let bytes):
        wire +=
          isTunnel ? Array("HTTP/1.1 200 OK\r\nServer: x\r\n\r\n".utf8) : server.receive(bytes)
      case .close: isOver = true
      case .event(.opened): post = link.post()
      case .event(.post(let bytes)): post?.send(bytes)
      case .event(.again): throw RTSPClientFailure(.closed, in: .finished)
      case .event(.client(let event)): take(event, &link, &refusals)
      case .wait(let deadline):
        if !wire.isEmpty {
          let bytes = Array(wire.prefix(piece))
          wire.removeFirst(bytes.count)
          note { () throws(RTSPClientFailure) in try link.receive(bytes, at: 0) }
        } else if server.isClosed {
          note { () throws(RTSPClientFailure) in try link.peerClosed(at: 0) }
          isOver = true
        } else if link.client.phase == .playing {
          link.client.finish(at: 0)
        } else if let deadline {
          note { () throws(RTSPClientFailure) in try link.tick(at: deadline) }
        } else {
          isOver = true
        }
      }
    }
    requests = server.requests.map(\.method)
  }

  private mutating func note(_ body: () throws(RTSPClientFailure) -> Void) {
    do { try body() } catch { failure = error }
  }

  private static func body(_ bytes: [UInt8]) -> [UInt8] {
    let end = bytes.indices.first { bytes[..<$0].suffix(4) == [13, 10, 13, 10] } ?? bytes.endIndex
    return Array(bytes[end...])
  }

  private mutating func take(
    _ event: RTSPClientEvent, _ link: inout RTSPLink, _ refusals: inout Int
  ) {
    if case .phase(let phase, _) = event {
      events.append(.phase(phase, at: 0))
    } else {
      events.append(event)
    }
    switch event {
    case .described(let presentation):
      link.client.setUp(presentation.tracks.map { .init($0.index, RTSPTransport(.tcp)) }, at: 0)
    case .transportRefused(let track, _):
      refusals += 1
      guard refusals < 2 else { break }
      var transport = RTSPTransport(.udp)
      transport.clientPort = .init(5000, 5001)
      link.client.setUp([.init(track, transport)], at: 0)
    case .phase(.ready, _): link.client.play(at: 0)
    default: break
    }
  }
}
