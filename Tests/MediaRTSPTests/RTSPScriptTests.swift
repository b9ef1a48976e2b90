import MediaIO
import MediaModel
import TestSupport
import Testing

@testable import MediaRTSP

/// Each file in Scripts is one quirk of servers; the client is joined with it in memory.
@Suite("RTSP client against servers of all kinds")
struct RTSPScriptTests {
  static let scripts = RTSPScript.all(
    in: "\(#filePath.dropLast("RTSPScriptTests.swift".count))Scripts")

  @Test("There are scripts, each with a title that names a clause")
  func catalogue() {
    #expect(!Self.scripts.isEmpty)
    for script in Self.scripts {
      #expect(script.title.contains("§") || script.title.contains("RFC"), "\(script.name)")
    }
  }

  @Test("Ends as it should, and tells what is odd", arguments: scripts)
  func script(_ script: RTSPScript) throws {
    let run = try Self.run(script)
    #expect(run.outcome == script.expectation, "\(run.events)")
    #expect(run.deviations == script.deviations.sorted())
    if script.expectation == "playing", !run.isUDP { #expect(run.packets > 0) }
  }

  @Test("Any cut of the stream gives the same events", arguments: scripts)
  func cuts(_ script: RTSPScript) throws {
    let whole = try Self.run(script)
    let single = try Self.run(script, piece: 1)
    #expect(single.events == whole.events)
    var random = Seeded.of("RTSP cuts \(script.name)")
    for _ in 0..<8 {
      let run = try Self.run(script, piece: Int.random(in: 2...300, using: &random))
      #expect(run.events == whole.events)
    }
  }

  // MARK: Runs

  struct Run {
    var events: [RTSPClientEvent] = []
    var outcome = "nothing"
    var failure: RTSPClientFailure?
    var isUDP = false
    var requests: [RTSPScriptedServer.Request] = []

    var deviations: [String] {
      events.compactMap { event in
        if case .deviation(let deviation) = event { deviation.code.name } else { nil }
      }.sorted()
    }
    var packets: Int {
      events.count { event in
        if case .packet = event { true } else { false }
      }
    }
  }

  /// A packet of RTP: version 2, payload type, sequence number 1, timestamp 0.
  static let packets: [(channel: UInt8, bytes: [UInt8])] = [
    (0, [0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0x65, 1]),
    (2, [0x80, 97, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 16, 0, 16, 1, 2]),
  ]

  /// Joins a client with a scripted server until nothing happens any more, or it plays.
  static func run(_ script: RTSPScript, piece: Int = .max) throws -> Run {
    let url = try RTSPURL("rtsp://admin:secret@127.0.0.1:8554/live")
    let functions = try RTSPAuthenticationTests.functions()
    var client = RTSPClient(RTSPClientOptions(url), functions: functions, at: 0)
    var server = RTSPScriptedServer(script, host: "127.0.0.1:8554", packets: packets)
    var run = Run()
    var wire: [UInt8] = []
    var refusals = 0
    var isOver = false
    while !isOver {
      switch client.nextOutput() {
      case .send(let bytes): wire += server.receive(bytes)
      case .close: isOver = true
      case .event(let event):
        if case .phase(let phase, _) = event {
          run.events.append(.phase(phase, at: 0))
        } else {
          run.events.append(event)
        }
        switch event {
        case .described(let presentation):
          run.outcome = "described"
          client.setUp(presentation.tracks.map { .init($0.index, RTSPTransport(.tcp)) }, at: 0)
        case .transportRefused(let track, _):
          refusals += 1
          guard refusals < 2 else { break }
          run.isUDP = true
          var transport = RTSPTransport(.udp)
          transport.clientPort = .init(5000, 5001)
          client.setUp([.init(track, transport)], at: 0)
        case .phase(.ready, _): client.play(at: 0)
        case .playing: run.outcome = "playing"
        case .redirected(let url): run.outcome = "redirected \(url)"
        default: break
        }
      case .wait(let deadline):
        if !wire.isEmpty {
          let bytes = Array(wire.prefix(piece))
          wire.removeFirst(bytes.count)
          do { try client.receive(bytes, at: 0) } catch { run.failure = error }
        } else if server.isClosed {
          do { try client.peerClosed(at: 0) } catch { run.failure = error }
          isOver = true
        } else if client.phase == .playing {
          client.finish(at: 0)
        } else if let deadline {
          do { try client.tick(at: deadline) } catch { run.failure = error }
        } else {
          isOver = true
        }
      }
    }
    run.requests = server.requests
    if let failure = run.failure { run.outcome = outcome(of: failure) }
    return run
  }

  private static func outcome(of failure: RTSPClientFailure) -> String {
    switch failure.reason {
    case .broken: "broken"
    case .refused(_, let status): "refused \(status.code)"
    case .unauthorized: "unauthorized"
    case .silent: "silent"
    case .closed: "closed"
    }
  }
}
