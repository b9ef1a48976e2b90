import MediaFLV
import MediaModel
import MediaRTMP
import TestSupport
import Testing

/// How the server's bytes arrive.
enum Cuts: Sendable, CaseIterable {
  case whole, single, random
}

/// What came of a conversation; the same for any cuts.
struct Outcome: Equatable {
  var events: [RTMPClientEvent] = []
  var failure: RTMPClientFailure?
  /// What the server received but acknowledgements, which may say where the cuts were.
  var received: [RTMPMessage] = []
  var hasAcknowledged = false
  var commands: [RTMPCommand] = []
  /// When it ended.
  var end: Nanoseconds = 0

  var phases: [RTMPClientPhase] {
    events.compactMap { if case .phase(let phase, _) = $0 { phase } else { nil } }
  }
  var deviations: [String] {
    events.compactMap { if case .deviation(let it) = $0 { it.code.name } else { nil } }
  }
  var statuses: [RTMPStatus] {
    events.compactMap { if case .status(let status) = $0 { status } else { nil } }
  }
  var media: [RTMPMessage] {
    events.compactMap { if case .media(let message) = $0 { message } else { nil } }
  }
  /// The kind of the refusal that ended it.
  var refusal: RTMPStatus.Kind? {
    if case .refused(let status) = failure?.reason { status.kind } else { nil }
  }
}

let testKey = "s3cretkey"
let testFunctions = RTMPFunctions(
  randomBytes: { count in (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ 11) } },
  md5: md5, hmacSHA256: { _, _ in [UInt8](repeating: 0, count: 32) })

func testOptions(
  _ purpose: RTMPClientOptions.Purpose, _ url: String = "rtmp://host/live/\(testKey)"
) throws -> RTMPClientOptions {
  RTMPClientOptions(try RTMPURL(url), purpose)
}

/// What a user does with a client: sends a little and ends, or plays to the end.
func actPlainly(_ client: inout RTMPClient, _ event: RTMPClientEvent, _ now: Nanoseconds) {
  switch event {
  case .phase(.running, _) where client.canSendMedia:
    client.send(.video, timestamp: 0, [0x17, 0, 0, 0, 0])
    client.send(.audio, timestamp: 0, [0xaf, 0, 0x12, 0x10])
    client.send(.video, timestamp: 40, [0x17, 1] + [UInt8](repeating: 9, count: 500))
    client.finish(at: now)
  case .playEnded: client.finish(at: now)
  default: break
  }
}

/// Lets a client talk to a fake server; time passes only where nothing else happens.
func converse(
  _ options: RTMPClientOptions, _ server: FakeServer, cuts: Cuts = .whole,
  act: (inout RTMPClient, RTMPClientEvent, Nanoseconds) -> Void = actPlainly
) throws -> Outcome {
  var server = server
  var now: Nanoseconds = 1000
  var client = RTMPClient(options, functions: testFunctions, at: now)
  var outcome = Outcome()
  var random = Seeded.of("conversations")
  var pending: [UInt8] = []
  var fedCount = 0
  // What the user does must not depend on the cuts either: it is done once all has arrived.
  var untold: [RTMPClientEvent] = []
  for _ in 0..<2_000_000 {
    switch client.nextOutput() {
    case .send(let bytes): pending += try server.receive(bytes)
    case .event(let event):
      outcome.events.append(event)
      untold.append(event)
    case .close:
      outcome.received = server.received.filter { $0.typeID != .acknowledgement }
      outcome.hasAcknowledged = outcome.received.count < server.received.count
      outcome.commands = server.commands
      outcome.end = now
      return outcome
    case .wait(let deadline):
      let result: Result<Void, RTMPClientFailure>
      if pending.isEmpty, !untold.isEmpty {
        for event in untold { act(&client, event, now) }
        untold = []
        continue
      }
      if !pending.isEmpty {
        let most = pending.count
        let count =
          switch cuts {
          case .whole: most
          // The handshake has tests of its own for each cut.
          case .single: fedCount < RTMPHandshake.byteCount - 10 ? min(most, 256) : 1
          case .random: min(most, Int.random(in: 1...700, using: &random))
          }
        let piece = Array(pending.prefix(count))
        pending.removeFirst(count)
        fedCount += count
        result = Result { () throws(RTMPClientFailure) in try client.receive(piece, at: now) }
      } else if server.isClosed {
        result = Result { () throws(RTMPClientFailure) in try client.peerClosed(at: now) }
      } else {
        now = try #require(deadline, "waits for ever")
        let time = now
        result = Result { () throws(RTMPClientFailure) in try client.tick(at: time) }
      }
      if case .failure(let failure) = result {
        #expect(outcome.failure == nil, "fails twice")
        outcome.failure = failure
      }
    }
  }
  Issue.record("the conversation does not end")
  return outcome
}

/// The conversation with the bytes whole, one by one and cut at random, which must be the same; and
/// in which the key is never shown.
func converseInAllCuts(
  _ options: RTMPClientOptions, _ server: FakeServer,
  act: (inout RTMPClient, RTMPClientEvent, Nanoseconds) -> Void = actPlainly
) throws -> Outcome {
  let whole = try converse(options, server, act: act)
  for cuts in [Cuts.single, .random] {
    let other = try converse(options, server, cuts: cuts, act: act)
    #expect(other == whole, "\(cuts)")
  }
  var shown = "\(whole.events) \(String(describing: whole.failure))"
  dump(whole.failure, to: &shown)
  #expect(!shown.contains(testKey))
  return whole
}

/// Publishes through a server with a quirk.
func publish(
  to server: FakeServer,
  act: (inout RTMPClient, RTMPClientEvent, Nanoseconds) -> Void = actPlainly
) throws -> Outcome {
  try converseInAllCuts(try testOptions(.publish()), server, act: act)
}

/// Plays from a server with a quirk.
func play(
  from server: FakeServer,
  act: (inout RTMPClient, RTMPClientEvent, Nanoseconds) -> Void = actPlainly
) throws -> Outcome {
  try converseInAllCuts(try testOptions(.play()), server, act: act)
}
