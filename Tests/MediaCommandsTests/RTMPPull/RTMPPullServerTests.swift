import Foundation
import MediaFLV
import MediaRTMP
import TestSupport
import Testing

/// `rtmp-pull` from our own server machine, which does what servers do at times.
@Suite(.peers("ffmpeg", "ffprobe")) struct RTMPPullServerTests {
  private func flv(_ tags: [Played]) throws -> [UInt8] {
    var writer = FLVWriter()
    for tag in tags {
      try writer.write(
        FLVTagHeader(
          FLVTagType(rawValue: tag.type.rawValue), dataSize: 0,
          timestamp: Int32(bitPattern: tag.timestamp)), body: tag.payload)
    }
    return writer.takeBytes()
  }

  /// Expects media of the same bodies, their times from 0.
  private func expectTags(
    _ path: String, _ source: [Played], location: SourceLocation = #_sourceLocation
  ) throws {
    func isMedia(_ tag: Played) -> Bool { tag.type != .data }
    let found = try Clips.tags(try contents(of: path)).filter(isMedia)
    let expected = source.filter(isMedia)
    #expect(found.map(\.payload) == expected.map(\.payload), sourceLocation: location)
    // Headers have no time of their own.
    let frames = zip(found, expected).filter { $0.0.payload.count > 1 && $0.0.payload[1] != 0 }
    let offsets = Set(frames.map { $0.1.timestamp &- $0.0.timestamp })
    #expect(offsets.count == 1, "\(offsets)", sourceLocation: location)
  }

  private func expectClean(_ path: String, location: SourceLocation = #_sourceLocation) throws {
    let check = try Mediatool.run(["flv-dump", "--check", "--summary", path])
    #expect(check.ending == .exit(0), "\(check)", sourceLocation: location)
  }

  @Test(arguments: [0, 5000, 0xff_ffff - 1000, 0xffff_ffff - 1000] as [Int64])
  func timesBeginAt0(_ start: Int64) throws {
    let source = try Clips.played("flv-h264", from: start)
    let server = try PlayServer([.play(source), .end])
    let folder = try ScratchFolder()
    let outcome = try Mediatool.run(["rtmp-pull", "--json", "-o", folder["o.flv"], server.url()])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    try expectTags(folder["o.flv"], source)
    try expectClean(folder["o.flv"])
    let times = try Clips.tags(try contents(of: folder["o.flv"])).map(\.timestamp)
    #expect(times.min() == 0 && times.max() ?? 0 < 3000)
    let document = try JSONText(outcome.output)
    #expect(document["source_offset"]?.number == Double(start) / 1000)
  }

  @Test func aggregatesAreTakenApart() throws {
    let source = try Clips.played("flv-h264")
    let bytes = try flv(source.filter { $0.type != .data })
    let aggregate = Played(type: .aggregate, timestamp: 7000, payload: Array(bytes.dropFirst(13)))
    let server = try PlayServer([.play([aggregate]), .end])
    let folder = try ScratchFolder()
    let outcome = try Mediatool.run(["rtmp-pull", "-q", "-o", folder["o.flv"], server.url()])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    try expectTags(folder["o.flv"], source)
  }

  struct Ending: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let steps: [PlayStep]
    let exit: Int32
    let says: String
  }

  @Test(arguments: [
    Ending(testDescription: "unpublished", steps: [.end], exit: 0, says: ""),
    Ending(
      testDescription: "complete",
      steps: [.status(RTMPStatus(code: "NetStream.Play.Complete"))], exit: 0, says: ""),
    Ending(testDescription: "closed", steps: [.close], exit: 74, says: "closed the connection"),
    Ending(testDescription: "silent", steps: [], exit: 75, says: "no media came"),
    Ending(
      testDescription: "failed",
      steps: [
        .status(RTMPStatus(level: "error", code: "NetStream.Failed", description: "no secretname"))
      ], exit: 69, says: "no ***"),
  ])
  func endsAsTheServerDoes(_ ending: Ending) throws {
    let source = try Clips.played("flv-h264")
    let server = try PlayServer([.play(source)] + ending.steps)
    let folder = try ScratchFolder()
    let outcome = try Mediatool.run([
      "rtmp-pull", "-vv", "--timeout", "3s", "-o", folder["o.flv"], server.url(),
    ])
    #expect(outcome.ending == .exit(ending.exit), "\(outcome)")
    #expect(ending.says.isEmpty || outcome.errors.contains(ending.says), "\(outcome)")
    #expect(!(outcome.errors + outcome.output).contains("secretname"), "\(outcome)")
    try expectTags(folder["o.flv"], source)
    try expectClean(folder["o.flv"])
  }

  @Test(arguments: [("NetStream.Play.StreamNotFound", 66), ("NetStream.Play.Failed", 69)])
  func refusalsAreTheServersWords(_ code: String, _ exit: Int32) throws {
    let status = RTMPStatus(level: "error", code: code, description: "there is no secretname")
    let server = try PlayServer([.refuse(status)], [.refuse(status)])
    let folder = try ScratchFolder()
    let outcome = try Mediatool.run([
      "rtmp-pull", "--retry", "1", "-o", folder["o.flv"], server.url(),
    ])
    #expect(outcome.ending == .exit(exit) && outcome.stdout.isEmpty, "\(outcome)")
    #expect(outcome.errors.contains("\(code): there is no ***"), "\(outcome)")
    #expect(try folder.names.isEmpty && server.asked.count == 2)
  }

  @Test func nothingIsAFailure() throws {
    let server = try PlayServer([.end])
    let folder = try ScratchFolder()
    let outcome = try Mediatool.run(["rtmp-pull", "-o", folder["o.flv"], server.url()])
    #expect(outcome.ending == .exit(69), "\(outcome)")
    #expect(try outcome.errors.contains("before anything came") && folder.names.isEmpty)
  }

  @Test(arguments: [
    [PlayStep.end], [.status(RTMPStatus(code: "NetStream.Play.Complete"))],
  ])
  func whatEndedIsDoneAlsoWithRetry(_ steps: [PlayStep]) throws {
    let source = try Clips.played("flv-h264")
    let server = try PlayServer([.play(source)] + steps)
    let folder = try ScratchFolder()
    let outcome = try Mediatool.run([
      "rtmp-pull", "--json", "--retry", "1", "--timeout", "500ms", "-o", folder["o.flv"],
      server.url(),
    ])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(try JSONText(outcome.output)["ending"]?.string != nil)
    try expectTags(folder["o.flv"], source)
  }

  @Test func aReaderOfAFIFOGetsAll() throws {
    let server = try PlayServer([.play(try Clips.played("flv-h264")), .end])
    let folder = try ScratchFolder()
    try #require(mkfifo(folder["fifo"], 0o600) == 0)
    let reader = try ProcessRunner.start("cat", [folder["fifo"]])
    defer { reader.stop() }
    let outcome = try Mediatool.run([
      "rtmp-pull", "--format", "flv", "-o", folder["fifo"], server.url(),
    ])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    try folder.write(reader.wait().stdout, to: "o.flv")
    try expectClean(folder["o.flv"])
  }

  @Test func durationEndsIt() throws {
    let server = try PlayServer([.play(try Clips.played("flv-h264", from: 90_000))])
    let folder = try ScratchFolder()
    let outcome = try Mediatool.run([
      "rtmp-pull", "--json", "--duration", "1s", "-o", folder["o.flv"], "--start", "90",
      server.url(),
    ])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let times = try Clips.tags(try contents(of: folder["o.flv"])).map(\.timestamp)
    #expect((950..<1000).contains(times.max() ?? 0))
    guard case .play(let start, _) = server.asked.first?.kind else {
      Issue.record("nothing was played")
      return
    }
    #expect(start == 90_000)
  }

  @Test func goesOnInTheSameFile() throws {
    let source = try Clips.played("flv-h264", from: 40_000)
    let half = source.count / 2
    // What was played is played again, and is not written again.
    let server = try PlayServer([.play(Array(source[..<half])), .close], [.play(source), .end])
    let folder = try ScratchFolder()
    let outcome = try Mediatool.run([
      "rtmp-pull", "--retry", "3", "--jsonl", "--gaps", folder["gaps.jsonl"], "-o",
      folder["o.flv"], server.url(),
    ])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    try expectTags(folder["o.flv"], source)
    try expectClean(folder["o.flv"])
    let gap = try JSONText(try text(of: folder["gaps.jsonl"]))
    #expect(gap["reason"]?.string?.contains("closed") == true)
    #expect(gap["repeated"]?.number ?? 0 > 20 && gap["length"]?.number ?? 1 < 0.1)
    #expect(gap["new_time"] == .bool(false))
    #expect(gap["end"]?.number ?? 0 > gap["begin"]?.number ?? 0)
  }

  @Test func goesOnWhereTheServerAsks() throws {
    let source = try Clips.played("flv-h264")
    let half = source.count / 2
    let server = try PlayServer(
      [.play(Array(source[..<half])), .reconnect], [.play(source), .end])
    let folder = try ScratchFolder()
    let outcome = try Mediatool.run(["rtmp-pull", "-v", "-o", folder["o.flv"], server.url()])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(server.asked.count == 2)
    try expectTags(folder["o.flv"], source)
    try expectClean(folder["o.flv"])
  }

  // MARK: Enhanced RTMP

  /// A clip as a current FFmpeg writes it into FLV.
  @Test(
    .currentFFmpeg,
    arguments: [
      ("mp4-hdr10", "mp4"), ("webm-vp9-opus", "mkv"), ("webm-vp9-opus", "mp4"),
      ("mp4-av1", "mp4"),
    ])
  func modernCodecsArriveWhole(_ clip: String, _ suffix: String) throws {
    let folder = try ScratchFolder()
    let ffmpeg = try #require(Peers.currentFFmpeg)
    let source = try Clips.path(clip)
    let made = try ProcessRunner.run(
      ffmpeg,
      [
        "-v", "error", "-i", source, "-map", "0:v", "-map", "0:a?", "-c", "copy", "-f", "flv",
        folder["in.flv"],
      ])
    try #require(made.ending == .exit(0), "\(made)")
    let server = try PlayServer(
      [.play(try Clips.tags(try contents(of: folder["in.flv"]))), .end])
    let outcome = try Mediatool.run([
      "rtmp-pull", "-o", folder["o.\(suffix)"], server.url(),
    ])
    #expect(outcome.ending == .exit(0) && outcome.errors == "", "\(outcome)")
    let (expected, found) = (
      try pushedPackets(source).map(\.hash), try pushedPackets(folder["o.\(suffix)"]).map(\.hash)
    )
    #expect(found == expected && !found.isEmpty)
    let decoding = try ProcessRunner.run(
      ffmpeg, ["-v", "error", "-i", folder["o.\(suffix)"], "-f", "null", "-"])
    #expect(decoding.ending == .exit(0) && decoding.errors == "", "\(decoding)")
  }

  // MARK: Configurations

  /// The clip, and behind it another one of another size.
  private func changing() throws -> [Played] {
    let folder = try ScratchFolder()
    let made = try ProcessRunner.run(
      "ffmpeg",
      [
        "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=96x64:r=25:d=1", "-f", "lavfi", "-i",
        "sine=r=44100:d=1", "-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac",
        folder["b.flv"],
      ])
    try #require(made.ending == .exit(0), "\(made)")
    return try Clips.played("flv-h264")
      + Clips.tags(try contents(of: folder["b.flv"]), from: 2100)
  }

  private func sizes(_ path: String) throws -> Set<String> {
    let outcome = try ProcessRunner.run(
      "ffprobe",
      [
        "-v", "error", "-select_streams", "v", "-show_entries", "frame=width,height", "-of",
        "compact=p=0:nk=1", path,
      ])
    #expect(outcome.errors == "", "\(outcome)")
    return Set(
      outcome.output.split(separator: "\n").map {
        $0.split(separator: "|").prefix(2).joined(separator: "x")
      })
  }

  @Test(arguments: ["flv", "ts", "mkv"])
  func aChangeGoesOnInTheSameFile(_ suffix: String) throws {
    let server = try PlayServer([.play(try changing()), .end])
    let folder = try ScratchFolder()
    let path = folder["o.\(suffix)"]
    let outcome = try Mediatool.run(["rtmp-pull", "--json", "-o", path, server.url()])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(try folder.names == ["o.\(suffix)"])
    #expect(try sizes(path) == ["160x120", "96x64"])
  }

  @Test(arguments: ["mp4", "mov"])
  func aChangeGoesOnInAnotherFile(_ suffix: String) throws {
    let server = try PlayServer([.play(try changing()), .end])
    let folder = try ScratchFolder()
    let outcome = try Mediatool.run([
      "rtmp-pull", "--json", "-o", folder["o.\(suffix)"], server.url(),
    ])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(outcome.errors.contains("o-2.\(suffix)"), "\(outcome)")
    #expect(try folder.names == ["o-2.\(suffix)", "o.\(suffix)"])
    #expect(try sizes(folder["o.\(suffix)"]) == ["160x120"])
    #expect(try sizes(folder["o-2.\(suffix)"]) == ["96x64"])
    let documents = try ScratchFolder()
    try documents.write(outcome.stdout, to: "o.json")
    try expectSchema("rtmp-pull-1", in: documents)
  }

  // MARK: What is printed

  /// A line in short: what it is, without what differs from run to run.
  private func short(_ line: String) throws -> String {
    let value = try JSONText(line)
    if let event = value["event"]?.string {
      let code = value["code"]?.string.map { " \($0)" } ?? ""
      return event + code
    }
    let key = value["keyframe"] == .bool(true) ? " key" : ""
    let codec = value["codec"]?.string.map { " \($0)" } ?? ""
    let dts = Int(value["dts"]?.number ?? -1)
    return "\(value["type"]?.string ?? "")\(codec) \(value["kind"]?.string ?? "") \(dts)\(key)"
  }

  @Test func linesTellEachMessage() throws {
    let source = Array(try Clips.played("flv-h264", from: 500).prefix(6))
    let server = try PlayServer(
      [.play(source), .close], [.status(RTMPStatus(code: "NetStream.Play.Complete"))])
    let outcome = try Mediatool.run(["rtmp-pull", "--jsonl", "--retry", "1", server.url()])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let lines = try outcome.output.split(separator: "\n").map { try short(String($0)) }
    try expectGolden(lines.joined(separator: "\n") + "\n", "rtmp-pull-jsonl.txt")
  }

  @Test(.peers("python3")) func documentsMatchTheirSchemaAndHideNames() throws {
    let documents = try ScratchFolder()
    for (index, words) in [["--json"], ["--json", "--doctor"], ["--doctor"]].enumerated() {
      let server = try PlayServer([.play(try Clips.played("flv-h264")), .end])
      let place = server.url("").dropLast()
      let outcome = try Mediatool.run(
        ["rtmp-pull", "-vv", "--key-env", "MY_KEY"] + words + [String(place)],
        environment: ["MY_KEY": "s3cretname?token=t0ken"])
      #expect(outcome.ending == .exit(0) && outcome.errors.contains("play("), "\(outcome)")
      for secret in ["s3cret", "t0ken"] {
        #expect(!outcome.output.contains(secret) && !outcome.errors.contains(secret))
      }
      #expect(server.asked.map(\.streamKey) == ["s3cretname?token=t0ken"])
      if words.contains("--json") { try documents.write(outcome.stdout, to: "\(index).json") }
    }
    try expectSchema("rtmp-pull-1", in: documents)
  }
}
