import Foundation
import MediaFLV
import MediaRTMP
import TestSupport
import Testing

@testable import MediaCommands
@testable import MediaIO

/// What servers and inputs do wrong: the exit code and the one line that a user is told.
@Suite struct RTMPPushFaultTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let fault: FaultyServer.Fault
    let exit: Int32
    let says: String
    var options: [String] = []
    var connections = 1
    var user = ""

    init(
      _ testDescription: String, _ fault: FaultyServer.Fault, _ exit: Int32, _ says: String,
      options: [String] = [], connections: Int = 1, user: String = ""
    ) {
      (self.testDescription, self.fault, self.exit) = (testDescription, fault, exit)
      (self.says, self.options, self.connections) = (says, options, connections)
      self.user = user
    }
  }

  private static let silent: [Case] = [
    Case("silent before the handshake", .silent, 75, "handshake"),
    Case("silent in the handshake", .silentInHandshake, 75, "handshake"),
    Case("silent to connect", .silentAt(.connect), 75, "connect"),
    Case("silent to createStream", .silentAt(.createStream), 75, "createStream"),
    Case("silent to publish", .silentAt(.publish), 75, "start"),
  ].map {
    Case(
      $0.testDescription, $0.fault, $0.exit, $0.says, options: ["--timeout", "300ms"])
  }

  private static let refusing: [Case] = [
    Case(
      "name taken", .refuses(.publish, code: "NetStream.Publish.BadName", words: "is in use"),
      69, "NetStream.Publish.BadName: is in use"),
    Case(
      "name taken, after the retries asked for",
      .refuses(.publish, code: "NetStream.Publish.BadName", words: "is in use"), 69, "is in use",
      options: ["--retry", "2"], connections: 3),
    Case(
      "application rejected",
      .refuses(.connect, code: "NetConnection.Connect.Rejected", words: "no such application"),
      69, "no such application"),
    Case(
      "the key in the server's words",
      .refuses(.publish, code: "NetStream.Publish.Denied", words: "s3cretkey is banned"), 69,
      "*** is banned"),
    Case(
      "publishing forbidden",
      .refuses(.publish, code: "NetStream.Publish.Unauthorized", words: "who are you"), 77,
      "who are you"),
    Case(
      "authentication asked, no user",
      .refuses(
        .connect, code: "NetConnection.Connect.Rejected",
        words: "[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] : "), 77,
      "rtmp://user:password@"),
    Case(
      "authentication failed, which no retry mends",
      .refuses(
        .connect, code: "NetConnection.Connect.Rejected",
        words: "[ AccessManager.Reject ] : [ authmod=adobe ] : ?reason=authfailed&opaque=x"), 77,
      "does not accept this user and password", options: ["--retry", "5"], user: "me:pa55word@"),
    Case("closes instead of an answer to connect", .closesAt(.connect), 69, "connect"),
    Case("closes instead of an answer to publish", .closesAt(.publish), 69, "publish"),
    Case("closes amid media", .closesAtMedia, 74, "closed the connection"),
  ]

  private static let breaking: [Case] = [
    Case("mail server", .garbage("220 mail.example.com ready\r\n"), 76, "expected RTMP version 3"),
    Case("web server", .garbage("HTTP/1.1 400 Bad Request\r\n\r\n"), 76, "HTTP"),
    Case(
      "chunk size 0", .says([2, 0, 0, 0, 0, 0, 4, 1, 0, 0, 0, 0, 0, 0, 0, 0]), 76, "Set Chunk Size"),
    Case(
      "16 MB message", .says([6, 0, 0, 0, 0xff, 0xff, 0xff, 9, 1, 0, 0, 0]), 76,
      "16777215, expected at most 16000000"),
    Case("chunk without a beginning", .says([0xc9, 1, 2, 3]), 76, "chunk header"),
  ]

  @Test(arguments: silent + refusing + breaking) func isToldInALine(_ each: Case) throws {
    let folder = try ScratchFolder()
    let source = try folder.write(try Self.clip(), to: "clip.flv")
    let push = try FaultyPush(each.fault, source, each.options, user: each.user)
    #expect(push.outcome.ending == .exit(each.exit), "\(push.outcome)")
    #expect(push.outcome.errors.contains(each.says), "\(push.outcome)")
    #expect(push.connections == each.connections)
    let errors = push.outcome.errorLines.filter { !$0.contains("next try") }
    #expect(errors.count == 1, "\(push.outcome)")
    #expect(!push.outcome.errors.contains("s3cret") && !push.outcome.errors.contains("pa55"))
  }

  @Test func silenceInTheHandshakeOfTLSIsLate() throws {
    let folder = try ScratchFolder()
    let source = try folder.write(try Self.clip(), to: "clip.flv")
    let push = try FaultyPush(
      .silent, source, ["--insecure", "--timeout", "300ms"], scheme: "rtmps")
    #expect(push.outcome.ending == .exit(75), "\(push.outcome)")
    #expect(push.outcome.errors.contains("TLS handshake"), "\(push.outcome)")
  }

  /// A picture and sounds, enough of them that a server can break in.
  private static func clip() throws -> [UInt8] {
    var writer = FLVWriter()
    func write(_ type: FLVTagType, _ time: Int32, _ body: [UInt8]) throws {
      try writer.write(FLVTagHeader(type, dataSize: 0, timestamp: time), body: body)
    }
    try write(.video, 0, [0x17, 0, 0, 0, 0, 1, 0x64, 0, 0x0b, 0xff, 0xe0, 0])
    try write(.video, 0, [0x17, 1, 0, 0, 0] + [UInt8](repeating: 7, count: 50_000))
    for index in 0..<400 {
      let sound: [UInt8] = [0xaf, 1] + [UInt8](repeating: 9, count: 20_000)
      try write(.audio, Int32(index) * 23, sound)
    }
    return writer.takeBytes()
  }

  @Test func inputsThatEndEarlyOrAreDamagedAreSentAsFarAsTheyGo() throws {
    let folder = try ScratchFolder()
    let whole = try Self.clip()
    let cut = try folder.write(Array(whole.dropLast(15_000)), to: "cut.flv")
    var bytes = whole
    for index in 1_000_000..<1_060_000 { bytes[index] = 0 }
    let damaged = try folder.write(bytes, to: "damaged.flv")
    for (source, frames, says) in [
      (cut, 400, "the end of the input is damaged or cut off"),
      (damaged, 397, "bytes of damage skipped"),
    ] {
      let push = try FaultyPush(.says([]), source, ["--json"])
      #expect(push.outcome.ending == .exit(0), "\(push.outcome)")
      let document = try JSONText(push.outcome.output)
      #expect(document["totals"]?["frames"]?.integer == frames)
      #expect(document["notes"]?[0]?.string?.contains(says) == true)
      #expect(push.outcome.errors.contains(says) && push.outcome.errorLines.count == 1)
    }
  }

  struct Resolving: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let kind: ResolveFailure.Kind
    let exit: ExitCode
  }

  @Test(arguments: [
    Resolving(testDescription: "no such host", kind: .unknownHost, exit: .noHost),
    Resolving(testDescription: "resolver out of order", kind: .temporary, exit: .timedOut),
    Resolving(testDescription: "resolver silent", kind: .timedOut, exit: .timedOut),
    Resolving(testDescription: "no memory", kind: .system, exit: .systemError),
  ])
  func namesThatAreNotFound(_ each: Resolving) {
    let failure = ResolveFailure(host: "host", reason: "reason", kind: each.kind)
    #expect(Failure(failure).exit == each.exit)
    let ending = ConnectionEnding<RTMPClientFailure>.unresolved(failure)
    #expect(Failure(ending, in: nil).exit == each.exit)
  }
}
