import Foundation
import MediaRTMP
import TestSupport
import Testing

/// The words of a command line, its places filled in all at once: what is filled in may look like one.
func filled(_ words: String, _ places: [String: String]) -> [String] {
  words.split(separator: " ").map {
    String($0).replacing(#/PORT|OUT|IN/#) { places[String($0.output)] ?? "" }
  }
}

/// A command that talks with a server of ours, through a link that goes wrong.
struct Dialogue: Sendable, CustomTestStringConvertible {
  /// What is left of a run.
  struct Result {
    var outcome: Outcome
    /// How many bytes the server said.
    var sentCount: Int
    /// The file that the command was to write; nil where there is none.
    var file: [UInt8]?
    /// What else lies there.
    var others: [String]
  }

  let testDescription: String
  /// A server of its own for each run, and where it listens.
  let server: @Sendable () throws -> (port: Int, owner: AnyObject)
  /// What the command is told; `PORT` is where it connects to and `OUT` what it writes.
  let words: String
  /// How many of the last bytes of the server's are of no consequence: everything has come, or is on its
  /// way, before them.
  var farewellCount = 0
  /// Which of the server's bytes are neither media nor arbitrary.
  var meaningful = [0..<1500]
  /// Whether a file is a beginning of the whole one.
  var isPart: @Sendable (_ file: [UInt8], _ whole: [UInt8]) throws -> Bool = { $1.starts(with: $0) }

  /// Runs the command once, through a link.
  func run(_ fault: FaultyLink.Fault, _ more: [String] = []) throws -> Result {
    let (port, owner) = try server()
    let folder = try ScratchFolder()
    let link = try FaultyLink(to: port, fault)
    let outcome = try Mediatool.run(try arguments(port: link.port, folder) + more, limit: 30)
    var names = try folder.names
    let name = names.firstIndex { $0.hasPrefix("out.") }.map { names.remove(at: $0) }
    return withExtendedLifetime(owner) {
      Result(
        outcome: outcome, sentCount: link.sentCount,
        file: name.flatMap { try? contents(of: folder[$0]) }, others: names)
    }
  }

  /// The words with a port and a folder for what is written.
  func arguments(port: Int, _ folder: ScratchFolder) throws -> [String] {
    filled(words, ["PORT": "\(port)", "OUT": folder["out"], "IN": try Self.clip.get()["in.flv"]])
  }

  /// The first tags of a clip, as a file.
  static let clip = Swift.Result { () throws -> ScratchFolder in
    let folder = try ScratchFolder()
    let whole = FLVBytes(editing: try contents(of: try Clips.path("flv-h264")))
    try folder.write(Array(whole.bytes[..<whole.tags[24].offset]), to: "in.flv")
    return folder
  }

  private static func played() throws -> [Played] {
    try Clips.tags(try contents(of: try clip.get()["in.flv"]))
  }

  private static let rtspMedia = Swift.Result {
    try RTSPTestMedia(try RTPClips.path("rtp-plain.mp4"))
  }

  private static func rtspServer() throws -> (port: Int, owner: AnyObject) {
    var options = RTSPTestServer.Options()
    options.speed = 0
    let server = try RTSPTestServer(try rtspMedia.get(), options)
    return (Int(server.port), server)
  }

  private static func isPartOfFLV(_ file: [UInt8], _ whole: [UInt8]) throws -> Bool {
    func media(_ bytes: [UInt8]) throws -> [[UInt8]] {
      try Clips.tags(bytes).filter { $0.type != .data }.map(\.payload)
    }
    return try media(whole).starts(with: media(file))
  }

  /// The edges of S0, S1 and S2, and what follows up to media.
  private static let rtmp = [0..<16, 1530..<1550, 3000..<4200]

  /// All of them.
  static let all = [rtmpPush, rtmpPull, rtspPull, rtspPullUDP, http]

  static let rtmpPush = Dialogue(
    testDescription: "rtmp-push",
    server: {
      let server = try PlayServer([])
      return (server.port, server)
    }, words: "rtmp-push --fast IN rtmp://127.0.0.1:PORT/live/k",
    farewellCount: 400, meaningful: rtmp)

  static let rtmpPull = Dialogue(
    testDescription: "rtmp-pull",
    server: {
      let server = try PlayServer([.play(try played()), .end])
      return (server.port, server)
    }, words: "rtmp-pull -o OUT.flv rtmp://127.0.0.1:PORT/live/k", farewellCount: 150,
    meaningful: rtmp, isPart: isPartOfFLV)

  static let rtspPull = Dialogue(
    testDescription: "rtsp-pull", server: rtspServer,
    words: "rtsp-pull -q --tracks v -o OUT.h264 rtsp://127.0.0.1:PORT/live", farewellCount: 150)

  static let rtspPullUDP = Dialogue(
    testDescription: "rtsp-pull over UDP", server: rtspServer,
    words: "rtsp-pull -q --tracks v --transport udp -o OUT.h264 rtsp://127.0.0.1:PORT/live",
    farewellCount: 150)

  static let http = Dialogue(
    testDescription: "flv-dump over HTTP",
    server: {
      let server = try LoopbackServer(.file(try clip.get()["in.flv"]))
      return (server.port, server)
    }, words: "flv-dump --jsonl http://127.0.0.1:PORT/in.flv", meaningful: [0..<300])
}
