import Foundation
import Glibc
import TestSupport
import Testing

/// Inputs that are dumped while they come, the fifth of what the issue wants shown.
struct FLVDumpLiveTests {
  private static let head = "HTTP/1.1 200 OK\r\nContent-Type: video/x-flv\r\n"
  private static let closing = head + "Connection: close\r\n\r\n"

  private func clip() throws -> [UInt8] { try bytes(of: Clips.path("flv-h264")) }

  private func chunks(_ bytes: ArraySlice<UInt8>, of size: Int) -> [UInt8] {
    stride(from: bytes.startIndex, to: bytes.endIndex, by: size).flatMap { start in
      let part = bytes[start..<min(start + size, bytes.endIndex)]
      return Array("\(String(part.count, radix: 16))\r\n".utf8) + part + Array("\r\n".utf8)
    }
  }

  /// A script is words of a command line, whose length has a limit.
  private func sends(_ bytes: [UInt8]) -> [LoopbackServer.Step] {
    stride(from: 0, to: bytes.count, by: 20_000).map {
      .send(Array(bytes[$0..<min($0 + 20_000, bytes.count)]))
    }
  }

  /// Answers that bring the whole clip, each in another way.
  @Test(.peers("ffmpeg", "python3"), arguments: ["/length", "/close", "/chunked", "/redirect"])
  func wholeAnswersGiveWhatTheFileGives(path: String) throws {
    let clip = try clip()
    let half = clip.count / 2
    let server = try LoopbackServer(
      .scripted([
        "/length": [.send(Self.head + "Content-Length: \(clip.count)\r\n\r\n")] + sends(clip),
        "/close": [.send(Self.closing)] + sends(Array(clip[..<half])) + [.pause(0.1)]
          + sends(Array(clip[half...])),
        "/chunked": [.send(Self.head + "Transfer-Encoding: chunked\r\n\r\n")]
          + sends(chunks(clip[...], of: 1000)) + [.send("0\r\n\r\n")],
        "/redirect": [
          .send("HTTP/1.1 302 Found\r\nLocation: /length\r\nContent-Length: 0\r\n\r\n")
        ],
      ]))
    let live = try flvDump("--jsonl", server.url(String(path.dropFirst())))
    #expect(live.ending == .exit(0) && live.stderr.isEmpty, "\(live)")
    let file = try flvDump("--jsonl", Clips.path("flv-h264"))
    #expect(live.stdout == file.stdout)
    let loud = try flvDump(
      "--jsonl", server.url(String(path.dropFirst())).replacing("http:", with: "HTTP:"))
    #expect(loud.stdout == file.stdout, "\(loud)")
    let pipe = try flvDump("--jsonl", "-", input: .pipe(clip))
    #expect(pipe.stdout == file.stdout)
  }

  @Test(.peers("ffmpeg", "python3")) func aStallEndsAtTheTimeout() throws {
    let clip = try clip()
    let server = try LoopbackServer(
      .scripted(["/live": [.send(Self.closing), .send(Array(clip[..<20_000])), .stall]]))
    let outcome = try flvDump("--jsonl", "--timeout", "300ms", server.url("live"))
    #expect(outcome.ending == .exit(75), "\(outcome)")
    #expect(outcome.errors.contains("timed out"))
    // What came before the silence is told, and told as it came.
    let whole = try flvTags("--limit", "5", Clips.path("flv-h264"))
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count > 5)
    #expect(try lines.prefix(5).map { try JSONText(Array($0.utf8)) } == whole)
  }

  @Test(.peers("ffmpeg", "python3"), arguments: ["/length", "/chunked"])
  func anEarlyCloseIsNoCleanEnd(path: String) throws {
    let clip = try clip()
    let server = try LoopbackServer(
      .scripted([
        "/length": [
          .send(Self.head + "Content-Length: \(clip.count)\r\nConnection: close\r\n\r\n"),
          .send(Array(clip[..<20_000])),
        ],
        "/chunked": [
          .send(Self.head + "Transfer-Encoding: chunked\r\n\r\n"),
          .send(chunks(clip[..<20_000], of: 1000)),
        ],
      ]))
    let outcome = try flvDump("--jsonl", server.url(String(path.dropFirst())))
    #expect(outcome.ending == .exit(74), "\(outcome)")
    #expect(outcome.output.split(separator: "\n").count > 5)
  }

  @Test(
    .peers("python3"),
    arguments: [(404, 66), (401, 77), (403, 77), (500, 76)] as [(Int, Int32)])
  func refusals(status: Int, exit: Int32) throws {
    let server = try LoopbackServer(.status(status))
    let outcome = try flvDump(server.url("x.flv"))
    #expect(outcome.ending == .exit(exit) && outcome.stdout.isEmpty, "\(outcome)")
    #expect(outcome.errorLines.count == 1)
  }

  @Test(.peers("ffmpeg", "python3")) func aRealServerIsDumpedWhileItRuns() throws {
    let port = try freePort()
    let url = "http://127.0.0.1:\(port)/live.flv"
    let server = try ProcessRunner.start(
      "ffmpeg",
      [
        "-v", "error", "-nostdin", "-re", "-i", try Clips.path("flv-h264"), "-c", "copy", "-f",
        "flv",
        "-listen", "1", url,
      ])
    defer { server.stop() }
    // ffmpeg says nothing when it listens, and takes one connection only.
    var outcome = try flvDump("--jsonl", "--follow", url)
    for _ in 0..<50 where outcome.ending == .exit(69) {
      usleep(100_000)
      outcome = try flvDump("--jsonl", "--follow", url)
    }
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let media = try outcome.output.split(separator: "\n").map { try JSONText(Array($0.utf8)) }
      .filter { $0["kind"]?.string == "coded_frames" }
    let packets = try ffprobe("-show_packets", Clips.path("flv-h264")).list("packets")
    #expect(media.count == packets.count && !media.isEmpty)
  }

  @Test(.peers("ffmpeg")) func aGrowingFileIsFollowedUntilASignal() throws {
    let scratch = try ScratchFolder()
    let clip = try clip()
    let path = try scratch.write(Array(clip[..<15_000]), to: "grow.flv")
    let dump = try Mediatool.start(["flv-dump", "--follow", "--timeout", "20s", path])
    #expect(dump.waitForOutput { $0.count > 500 })
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.seekToEnd()
    try file.write(contentsOf: Data(clip[15_000..<30_000]))
    try file.close()
    let offsets = try flvTags(Clips.path("flv-h264")).compactMap { $0["offset"]?.number }
      .filter { $0 < 29_000 }
    let last = try #require(offsets.dropLast(2).last)
    #expect(dump.waitForOutput { String(decoding: $0, as: UTF8.self).contains(" \(Int(last))  ") })
    dump.signal(SIGINT)
    let outcome = dump.wait()
    #expect(outcome.ending == .exit(130), "\(outcome)")
    #expect(outcome.output.contains("grow.flv: FLV"))
  }

  /// However a recording ends, what came until then is a file.
  @Test(.peers("ffmpeg"), arguments: [SIGINT, SIGTERM, nil])
  func anExtractionOfAGrowingFileIsFinished(signal: Int32?) throws {
    let scratch = try ScratchFolder()
    let clip = try clip()
    let path = try scratch.write(Array(clip[..<15_000]), to: "grow.flv")
    let whole = try flvDump("--extract-video", "-", try Clips.path("flv-h264")).stdout
    let dump = try Mediatool.start([
      "flv-dump", "--follow", "--jsonl", "--extract-video", scratch["v"], "--timeout",
      signal == nil ? "300ms" : "20s", path,
    ])
    #expect(dump.waitForOutput { $0.count > 500 })
    if let signal {
      for end in [20_000, 30_000] {
        let told = dump.outputSoFar.count
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try file.write(contentsOf: Data(clip[..<end]))
        try file.close()
        #expect(dump.waitForOutput { $0.count > told })
      }
      #expect(try !scratch.names.contains("v"), "a file before the end")
      dump.signal(signal)
    }
    let outcome = dump.wait()
    #expect(outcome.ending == .exit(signal.map { 128 + $0 } ?? 75), "\(outcome)")
    let video = try bytes(of: scratch["v"])
    #expect(video.count > 1000 && video.count < whole.count && whole.starts(with: video))
    #expect(try scratch.names == ["grow.flv", "v"])
  }

  @Test(.peers("ffmpeg", "python3")) func anExtractionOutlivesItsConnection() throws {
    let scratch = try ScratchFolder()
    let clip = try clip()
    let server = try LoopbackServer(
      .scripted([
        "/live": [
          .send(Self.head + "Content-Length: \(clip.count)\r\nConnection: close\r\n\r\n"),
          .send(Array(clip[..<20_000])),
        ]
      ]))
    let outcome = try flvDump("--extract-video", scratch["v"], server.url("live"))
    #expect(outcome.ending == .exit(74), "\(outcome)")
    let whole = try flvDump("--extract-video", "-", try Clips.path("flv-h264")).stdout
    let video = try bytes(of: scratch["v"])
    #expect(video.count > 1000 && video.count < whole.count && whole.starts(with: video))
  }

  @Test(.peers("ffmpeg"), arguments: [true, false]) func aFileThatIsCutIsAnError(isEmptied: Bool)
    throws
  {
    let scratch = try ScratchFolder()
    let path = try scratch.write(Array(try clip()[..<15_000]), to: "cut.flv")
    let dump = try Mediatool.start(["flv-dump", "--follow", "--timeout", "20s", path])
    #expect(dump.waitForOutput { $0.count > 500 })
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.truncate(atOffset: isEmptied ? 0 : 14_000)
    let outcome = dump.wait()
    #expect(outcome.ending == .exit(74), "\(outcome)")
    #expect(outcome.errors.contains("the file was truncated while it was read"))
  }

  /// No byte behind the last tag asked for is waited for, and none is counted.
  @Test(arguments: [0, 1, 5]) func aLimitEndsALiveInput(limit: Int) throws {
    let scratch = try ScratchFolder()
    try #require(mkfifo(scratch["live"], 0o600) == 0)
    var flv = FLVBytes()
    for time in 0..<limit { flv.append(type: 8, time: 26 * time, body: [0x2f, 0xff, 0xfb]) }
    let words = ["flv-dump", "--json", "--limit", "\(limit)", scratch["live"]]
    let dump = try Mediatool.start(words)
    // Open for reading too, so that it opens at once; what keeps it open is that it is not closed.
    let pipe = Glibc.open(scratch["live"], O_RDWR | O_CLOEXEC)
    try #require(pipe >= 0)
    defer { close(pipe) }
    #expect(write(pipe, flv.bytes, flv.bytes.count) == flv.bytes.count)
    let outcome = dump.wait()
    try #require(outcome.ending == .exit(0), "\(outcome)")
    let document = try JSONText(outcome.stdout)
    #expect(document.list("tags").count == limit)
    #expect(document["totals"]?["tags"]?.integer == limit)
    #expect(document.list("findings").isEmpty)
  }

  @Test func aLimitCountsTheTagsListed() throws {
    var flv = FLVBytes()
    for time in 0..<9 { flv.append(type: time % 3 == 0 ? 8 : 18, time: time, body: [0x2f]) }
    let input = StandardInput.pipe(flv.bytes)
    let some = try flvDocument("--tags", "audio", "--limit", "2", "-", input: input)
    #expect(some.list("tags").compactMap { $0["index"]?.integer } == [0, 3])
    #expect(some["totals"]?["tags"]?.integer == 4)
    let checked = try flvDocument("--limit", "1", "--expect", "totals.tags == 9", "-", input: input)
    #expect(checked.list("tags").count == 1)
  }

  /// A header, a tag and the first bytes of another, of 100 kB; where it begins and how much of it
  /// there is.
  private static func open() -> (bytes: [UInt8], offset: Int, count: Int) {
    var flv = FLVBytes()
    flv.append(type: 8, time: 0, body: [0x2f, 0xff])
    let offset = flv.bytes.count
    flv.append(type: 8, time: 26, body: [0x2f] + [UInt8](repeating: 0x55, count: 100_000))
    return (Array(flv.bytes[..<(offset + 500)]), offset, 500)
  }

  /// That an input died is found, and in which tag, however the result is printed.
  @Test(.peers("python3"), arguments: ["stall", "close", "pipe", "growing"])
  func anInputThatFailsPartWayHasFindings(kind: String) throws {
    let (bytes, offset, count) = Self.open()
    let scratch = try ScratchFolder()
    let server = try LoopbackServer(
      .scripted([
        "/stall": [.send(Self.closing), .send(bytes), .stall],
        "/close": [.send(Self.head + "Content-Length: 200000\r\n\r\n"), .send(bytes)],
      ]))
    let path = try scratch.write(bytes, to: "grow.flv")
    try #require(mkfifo(scratch["pipe"], 0o600) == 0)
    let pipe = Glibc.open(scratch["pipe"], O_RDWR | O_CLOEXEC)
    defer { close(pipe) }
    for format in ["--json", "--jsonl", "--summary"] {
      #expect(write(pipe, bytes, bytes.count) == bytes.count)
      let input =
        switch kind {
        case "pipe": [scratch["pipe"]]
        case "growing": ["--follow", "--progress", "never", path]
        default: [server.url(kind)]
        }
      let outcome = try Mediatool.run(
        ["flv-dump", "--check", "--timeout", "300ms", format] + input)
      #expect(outcome.ending == .exit(kind == "close" ? 74 : 75), "\(outcome)")
      #expect(outcome.errorLines.count == 1)
      let words = outcome.output
      #expect(words.contains("E00011") && words.contains("E10232"), "\(outcome)")
      #expect(words.contains("the input ends \(count) bytes into a tag of 100012"))
      guard format == "--json" else { continue }
      let findings = try JSONText(outcome.stdout).list("findings")
      let found = findings.filter { ["E00011", "E10232"].contains($0["code"]?.string) }
      #expect(found.map { $0["offset"]?.integer } == [offset, offset + count])
    }
  }

  /// A stream that ends between two tags is not said to end inside one, nor to lack anything.
  @Test func aSilenceBetweenTagsIsOneFinding() throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write(Array(Self.open().bytes.dropLast(500)), to: "grow.flv")
    let outcome = try flvDump(
      "--check", "--jsonl", "--follow", "--progress", "never", "--timeout", "300ms", path)
    #expect(outcome.ending == .exit(75))
    let findings = try JSONText(outcome.stdout).list("findings")
    #expect(findings.map { $0["code"]?.string } == ["E00011"], "\(outcome)")
  }

  @Test func aGrowingTagIsNoTruncatedFile() throws {
    let scratch = try ScratchFolder()
    let (bytes, _, _) = Self.open()
    let path = try scratch.write(bytes, to: "grow.flv")
    let dump = try Mediatool.start(["flv-dump", "--jsonl", "--follow", "--timeout", "1s", path])
    #expect(dump.waitForOutput { !$0.isEmpty })
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.seekToEnd()
    usleep(300_000)
    try file.write(contentsOf: Data(repeating: 0x55, count: 1000))
    #expect(dump.wait().ending == .exit(75))
  }

  /// Small pieces of one large tag come for longer than the timeout.
  @Test func aGrowingTagIsNoSilence() throws {
    let scratch = try ScratchFolder()
    let header: [UInt8] = Array("FLV".utf8) + [1, 4, 0, 0, 0, 9, 0, 0, 0, 0]
    let path = try scratch.write(
      header + [8, 0, 3, 0xe8, 0, 0, 0, 0, 0, 0, 0, 0x2f], to: "grow.flv")
    let dump = try Mediatool.start(["flv-dump", "--jsonl", "--follow", "--timeout", "1s", path])
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.seekToEnd()
    for _ in 0..<8 {
      usleep(300_000)
      try file.write(contentsOf: Data(repeating: 0x55, count: 50))
    }
    try file.write(contentsOf: Data(repeating: 0x55, count: 1000 - 401) + Data([0, 0, 3, 0xf3]))
    let outcome = dump.wait()
    #expect(outcome.ending == .exit(75))
    #expect(outcome.output.split(separator: "\n").count == 1, "\(outcome)")
  }

  /// A port that nobody has now.
  private func freePort() throws -> Int { try LoopbackServer(.refusing).port }
}
