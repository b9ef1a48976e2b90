import Foundation
import TestSupport
import Testing

/// A server that says more than anybody can use, without an end: what it says ends the run, or it goes
/// on in the memory that it had.
@Suite(.peers("ffmpeg", "python3")) struct FloodTests {
  struct Flood: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let dialogue: Dialogue
    /// What is said again and again behind the dialogue.
    let bytes: [UInt8]
    /// How it ends; nil where it goes on, until we end it or no media has come for too long.
    var exit: Int32?
    /// What is said before it has all the memory that it needs: windows are full by then.
    var settledCount = 3 * mega
    /// Whether it is tried in every run, and not only where `MEDIATOOL_EXHAUSTIVE=1` is set.
    var isUsual = false
  }

  private static let floods = (rtmp + rtsp + http).filter { TestRun.isExhaustive || $0.isUsual }

  private static let mega = 1_000_000

  @Test(arguments: floods) func memoryHasALimit(_ flood: Flood) throws {
    let (port, owner) = try flood.dialogue.server()
    let folder = try ScratchFolder()
    let link = try FaultyLink(to: port, .flood(flood.bytes))
    let process = try Mediatool.start(flood.dialogue.arguments(port: link.port, folder))
    defer { process.stop() }
    _ = Self.wait(for: flood.settledCount, link, process)
    let early = Self.memory(of: process)
    _ = Self.wait(for: flood.settledCount + 16 * Self.mega, link, process)
    let late = Self.memory(of: process)
    process.signal(SIGINT)
    let outcome = withExtendedLifetime(owner) { process.wait(limit: 20) }
    let exits: [Int32] = flood.exit.map { [$0] } ?? [75, 130]
    #expect(exits.contains(outcome.exitCode ?? -1), "\(outcome)")
    #expect(outcome.errorLines.count <= 1, "\(outcome)")
    guard flood.exit == nil, late > 0, !TestRun.isSanitized else { return }
    #expect(early > 0 && late - early < 10 * Self.mega, "from \(early) to \(late) bytes")
  }

  /// Waits until so much was said, or nobody takes any more.
  private static func wait(
    for count: Int, _ link: FaultyLink, _ process: RunningProcess
  ) -> Bool {
    var (last, still) = (0, 0)
    while !process.hasEnded, link.sentCount < count, still < 600 {
      still = link.sentCount == last ? still + 1 : 0
      last = link.sentCount
      usleep(5000)
    }
    return link.sentCount >= count
  }

  /// The most bytes it has had; 0 where it has ended.
  private static func memory(of process: RunningProcess) -> Int {
    let status = (try? text(of: "/proc/\(process.pid)/status")) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    let words = line?.split(whereSeparator: \.isWhitespace) ?? []
    return words.count > 1 ? (Int(words[1]) ?? 0) * 1024 : 0
  }

  // MARK: RTMP

  /// A message of a chunk stream of its own (Adobe RTMP 1.0 §5.3.1).
  private static func message(
    _ type: UInt8, _ payload: [UInt8], stream: UInt8 = 1, chunkStream: UInt8 = 6
  ) -> [UInt8] {
    [chunkStream, 0, 0, 0, 0, 0, UInt8(payload.count), type, stream, 0, 0, 0] + payload
  }

  private static let rtmp: [Flood] = [
    Flood(
      testDescription: "RTMP: sounds", dialogue: .silentPull,
      bytes: message(8, [0xaf, 1] + [UInt8](repeating: 7, count: 100)), isUsual: true),
    Flood(
      testDescription: "RTMP: metadata", dialogue: .silentPull,
      bytes: message(
        18,
        [2, 0, 10] + Array("onMetaData".utf8) + [3, 0, 1, 0x61, 0, 0, 0, 0, 0, 0, 0, 0, 0]
          + [0, 0, 9])),
    Flood(
      testDescription: "RTMP: pings that want answers", dialogue: .impatientPull,
      bytes: message(4, [0, 6, 0, 0, 0, 1], stream: 0, chunkStream: 2), exit: 75, isUsual: true),
    Flood(
      testDescription: "RTMP: pings to a publisher", dialogue: .impatientPush,
      bytes: message(4, [0, 6, 0, 0, 0, 1], stream: 0, chunkStream: 2), exit: 75),
    Flood(
      testDescription: "RTMP: no protocol", dialogue: .silentPull,
      bytes: [UInt8](repeating: 0xff, count: 100), exit: 76, isUsual: true),
    Flood(
      testDescription: "RTMP: messages of nothing", dialogue: .silentPull, bytes: message(0, [])),
    Flood(
      testDescription: "RTMP: messages that do not end", dialogue: .silentPull,
      bytes: (3...63).flatMap {
        [$0, 0, 0, 0, 0xf0, 0, 0, 8, 1, 0, 0, 0] + [UInt8](repeating: 0, count: 4096)
      }, exit: 76),
  ]

  // MARK: RTSP

  private static func framed(_ channel: UInt8, _ bytes: [UInt8]) -> [UInt8] {
    [0x24, channel, UInt8(bytes.count >> 8), UInt8(bytes.count & 255)] + bytes
  }

  private static func packet(_ number: Int, ssrc: Int) -> [UInt8] {
    let number = UInt16(truncatingIfNeeded: number)
    return [
      0x80, 96, UInt8(number >> 8), UInt8(number & 255), 0, UInt8(number >> 8), UInt8(number & 255),
      0,
    ]
      + (0..<4).map { UInt8(truncatingIfNeeded: ssrc >> (24 - 8 * $0)) }
      + [0x41] + [UInt8](repeating: 0x55, count: 100)
  }

  private static let rtsp: [Flood] = [
    Flood(
      testDescription: "RTSP: packets in turn", dialogue: .rtspStart,
      bytes: (0..<4096).flatMap { framed(0, packet($0, ssrc: 1)) }),
    Flood(
      testDescription: "RTSP: a source each", dialogue: .rtspStart,
      bytes: (0..<4096).flatMap { framed(0, packet($0, ssrc: $0)) }, isUsual: true),
    Flood(
      testDescription: "RTSP: channels of nobody", dialogue: .rtspStart,
      bytes: framed(200, [UInt8](repeating: 1, count: 1000))),
    Flood(
      testDescription: "RTSP: no protocol", dialogue: .rtspStart,
      bytes: [UInt8](repeating: 0x78, count: 100), exit: 76),
    Flood(
      testDescription: "RTSP: a header without end", dialogue: .rtspStart,
      bytes: Array("X-More: and more\r\n".utf8), exit: 76, isUsual: true),
    Flood(
      testDescription: "RTSP: answers to nothing", dialogue: .rtspStart,
      bytes: Array("RTSP/1.0 200 OK\r\nCSeq: 900000\r\n\r\n".utf8)),
    Flood(
      testDescription: "RTSP: requests that want answers", dialogue: .impatientRTSP,
      bytes: Array("OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n".utf8), exit: 75, isUsual: true),
  ]

  // MARK: HTTP

  private static let http: [Flood] = [
    Flood(
      testDescription: "HTTP: tags", dialogue: .httpStart,
      bytes: [8, 0, 0, 100, 0, 0, 0, 0, 0, 0, 0, 0xaf, 1] + [UInt8](repeating: 7, count: 98)
        + [0, 0, 0, 111], isUsual: true),
    Flood(
      testDescription: "HTTP: garbage", dialogue: .httpStart,
      bytes: [UInt8](repeating: 0xe7, count: 1000),
      // A tag of 16 MB might begin anywhere.
      settledCount: 24 * mega),
    Flood(
      testDescription: "HTTP: nothing but zeros", dialogue: .httpStart,
      bytes: [UInt8](repeating: 0, count: 1000)),
    Flood(
      testDescription: "HTTP: a header without end", dialogue: .httpHeader,
      bytes: Array("X-More: and more\r\n".utf8)),
  ]
}

extension Dialogue {
  private static func silentServer() throws -> (port: Int, owner: AnyObject) {
    let server = try PlayServer([])
    return (server.port, server)
  }

  private static let pull =
    "rtmp-pull --json --format flv -o /dev/null rtmp://127.0.0.1:PORT/live/k"

  /// A stream that is played, without anything in it.
  fileprivate static let silentPull = Dialogue(
    testDescription: "rtmp-pull", server: silentServer, words: pull)

  fileprivate static let impatientPull = Dialogue(
    testDescription: "rtmp-pull", server: silentServer, words: pull + " --timeout 1s")

  fileprivate static let impatientPush = Dialogue(
    testDescription: "rtmp-push", server: silentServer,
    words: "rtmp-push -q --stall 1s --loop forever IN rtmp://127.0.0.1:PORT/live/k")

  /// What is played is only begun.
  private static func begunServer() throws -> (port: Int, owner: AnyObject) {
    var media = try RTSPTestMedia(try RTPClips.path("rtsp-pictures-only.mkv"))
    media.packets = Array(media.packets.prefix(1))
    var options = RTSPTestServer.Options()
    options.saysGoodbye = false
    let server = try RTSPTestServer(media, options)
    return (Int(server.port), server)
  }

  private static let play =
    "rtsp-pull --json --transport tcp --format h264 -o /dev/null rtsp://127.0.0.1:PORT/live"

  fileprivate static let rtspStart = Dialogue(
    testDescription: "rtsp-pull", server: begunServer, words: play)

  fileprivate static let impatientRTSP = Dialogue(
    testDescription: "rtsp-pull", server: begunServer, words: play + " --timeout 1s")

  private static func httpServer(_ bytes: [UInt8]) throws -> (port: Int, owner: AnyObject) {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: video/x-flv\r\n"
    let steps: [LoopbackServer.Step] = [.send(Array(head.utf8) + bytes), .stall]
    let server = try LoopbackServer(.scripted(["/in.flv": steps]))
    return (server.port, server)
  }

  private static let dump = "flv-dump --json --summary --check http://127.0.0.1:PORT/in.flv"

  fileprivate static let httpStart = Dialogue(
    testDescription: "flv-dump over HTTP",
    server: { try httpServer(Array("\r\nFLV".utf8) + [1, 5, 0, 0, 0, 9, 0, 0, 0, 0]) }, words: dump)

  fileprivate static let httpHeader = Dialogue(
    testDescription: "flv-dump over HTTP", server: { try httpServer([]) }, words: dump)
}
