import Foundation
import TestSupport
import Testing

/// Inputs and command lines that once crashed `probe`, misled it, or let something out.
@Suite(.peers("ffmpeg")) struct ProbeRegressionTests {
  // MARK: Hostile bytes

  @Test func anAllZeroMatrixIsNoRotation() throws {
    var bytes = try contents(of: try Clips.path("mp4-faststart"))
    let type = Array("tkhd".utf8)
    var count = 0
    for start in bytes.indices where bytes[start...].starts(with: type) {
      // Version 0: the matrix begins 40 bytes into the payload (ISO/IEC 14496-12 8.3.2).
      try #require(bytes[start + 4] == 0)
      bytes.replaceSubrange(start + 44..<start + 80, with: zeros(36))
      count += 1
    }
    try #require(count == 2)
    let scratch = try ScratchFolder()
    let path = try scratch.write(bytes, to: "zero.mp4")
    let stream = try document(path)["streams"]?[0]
    #expect(stream?["codec_name"]?.string == "h264" && stream?["rotation"] == .null)
    #expect(try probe(path).ending == .exit(0))
  }

  @Test(arguments: [[0, 1, 0xffff_ffff, 5], [0xffff_ffff, 5, 6, 7], [0, 0xffff_ffff, 5, 6]])
  func oggSequenceNumbersMayJumpAnyhow(sequences: [UInt64]) throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write(oggOpus(sequences: sequences), to: "jump.opus")
    #expect(try document(path)["format"]?["format_name"]?.string == "ogg")
    let checked = try probe("--json", "--check", path)
    #expect([.exit(0), .exit(1)].contains(checked.ending), "\(checked)")
    #expect(try JSONText(checked.stdout)["findings"]?.items != nil)
  }

  struct Times: CustomTestStringConvertible {
    var scale: UInt64 = 1_000_000
    var clusters: [UInt64]
    var testDescription: String { "scale \(scale), clusters at \(clusters)" }
  }

  @Test(arguments: [
    Times(scale: 1_000_000_000, clusters: [0, 10_000_000_000_000]),
    Times(clusters: [0x4000_0000_0000_0000, 0xc000_0000_0000_0000]),
    Times(clusters: [0xc000_0000_0000_0000, 0x4000_0000_0000_0000]),
    Times(clusters: [0, 0x7fff_ffff_ffff_ffff, 0x8000_0000_0000_0000]),
  ])
  func hugeTimesEndNoRun(_ times: Times) throws {
    var file = MatroskaBytes(timestampScale: times.scale)
    for time in times.clusters { file.appendCluster(time: time) }
    let scratch = try ScratchFolder()
    let path = try scratch.write(file.bytes, to: "huge.mka")
    for option in ["--packets", "--count", "--check", "--hash=md5"] {
      let outcome = try probe("--json", option, path)
      #expect([.exit(0), .exit(1)].contains(outcome.ending), "\(outcome)")
      #expect(throws: Never.self, "\(outcome)") { try JSONText(outcome.stdout) }
      let text = try probe(option, path)
      #expect(text.ending == outcome.ending, "\(text)")
    }
  }

  // MARK: Measures and findings

  @Test func aJoinedFileHasNoHigherPeak() throws {
    let scratch = try ScratchFolder()
    let made = try ProcessRunner.run(
      "ffmpeg",
      [
        "-v", "error", "-nostdin", "-stream_loop", "2", "-i", try Clips.path("ts-interlaced"),
        "-c", "copy", scratch["one.ts"],
      ])
    try #require(made.ending == .exit(0), "\(made)")
    let one = try contents(of: scratch["one.ts"])
    try scratch.write(one + one, to: "joined.ts")
    let single = try document("--count", scratch["one.ts"]).list("streams")
    let joined = try document("--count", scratch["joined.ts"]).list("streams")
    try #require(single.count == 2 && joined.count == 2)
    for (before, after) in zip(single.map { $0["measured"] }, joined.map { $0["measured"] }) {
      let peak = try #require(after?["peak_bit_rate"]?.number)
      #expect(peak <= 1.2 * (before?["peak_bit_rate"]?.number ?? 0), "\(before) \(after)")
      #expect(after?["packets"]?.integer == before?["packets"]?.integer.map { $0 * 2 })
    }
  }

  /// Matroska counts a track's DURATION from time 0, so a late track seems to lack what is before.
  @Test(arguments: [("00:00:06.000000000", false), ("00:00:04.000000000", true)])
  func aLateTrackHasTheDurationItDeclares(declared: String, isFound: Bool) throws {
    var file = MatroskaBytes(duration: 6000, trackCount: 2)
    for tick in 0..<60 {
      file.appendCluster(time: UInt64(tick) * 100, tracks: tick < 40 ? [1] : [1, 2])
    }
    file.appendTag(name: "DURATION", value: "00:00:06.000000000", track: 1)
    file.appendTag(name: "DURATION", value: declared, track: 2)
    let scratch = try ScratchFolder()
    let path = try scratch.write(file.bytes, to: "late.mka")
    let document = try document("--check", path)
    let measured = document["streams"]?[1]?["measured"]?["duration"]
    #expect(close(measured?.number, 2), "the track itself lasts 2 s")
    #expect(document.codes.contains("W70007") == isFound, "\(document.list("findings"))")
  }

  @Test func aTrackWithoutDecoderIsAFindingOfDecoding() throws {
    var file = MatroskaBytes(codec: "A_NOSUCHCODEC")
    for tick in 0..<10 { file.appendCluster(time: UInt64(tick) * 100) }
    let scratch = try ScratchFolder()
    let matroska = try scratch.write(file.bytes, to: "unknown.mka")
    var bytes = try contents(of: try Clips.path("mp4-faststart"))
    let entry = try #require(bytes.firstRange(of: Array("avc1".utf8) + zeros(6)))
    bytes.replaceSubrange(entry.prefix(4), with: Array("qqq1".utf8))
    let mp4 = try scratch.write(bytes, to: "unknown.mp4")
    for path in [matroska, mp4] {
      let outcome = try probe("--json", "--check", "--decode", path)
      #expect(outcome.ending == .exit(1), "\(outcome)")
      let document = try JSONText(outcome.stdout)
      let finding = document.list("findings").first { $0["code"]?.string == "E00020" }
      #expect(finding?["stream"]?.integer == 0, "\(outcome)")
      #expect(document["streams"]?[0]?["measured"]?["frames"] == .null, "\(outcome)")
    }
  }

  @Test func anOpenEndedWAVIsWhole() throws {
    let bytes = wav(size: 0xffff_ffff)
    let scratch = try ScratchFolder()
    let path = try scratch.write(bytes, to: "piped.wav")
    for outcome in [
      try probe("--json", "--check", path),
      try probe("--json", "--check", "-", input: .pipe(bytes)),
    ] {
      #expect(outcome.ending == .exit(0), "\(outcome)")
      #expect(!(try JSONText(outcome.stdout).codes.contains("E70013")), "\(outcome)")
    }
  }

  @Test func patternsAreInDisplayOrderWithoutTimestampsToo() throws {
    let path = try Clips.path("mp4-open-gop")
    let scratch = try ScratchFolder()
    let made = try ProcessRunner.run(
      "ffmpeg",
      ["-v", "error", "-nostdin", "-i", path, "-map", "0:v", "-c", "copy", scratch["raw.h264"]])
    try #require(made.ending == .exit(0), "\(made)")
    let (mp4, raw) = (
      try #require(try document("--gop", path)["gop"]?[0]),
      try #require(try document("--gop", scratch["raw.h264"])["gop"]?[0])
    )
    let patterns = mp4.list("patterns")
    #expect(patterns.contains { $0.string?.contains("B B B P") == true }, "\(patterns)")
    for name in ["patterns", "keyframes", "longest_b_run", "structure", "open", "closed"] {
      #expect(raw[name] == mp4[name], "\(name)")
    }
  }

  // MARK: Command lines

  @Test func namingAnEntryAsksForIt() throws {
    let clip = try Clips.path("mp4-faststart")
    for (expression, exit) in [
      ("totals.frames > 10", 0), ("totals.frames > 100000", 1), ("findings.count == 0", 0),
      ("findings.count > 1000", 1),
    ] as [(String, Int32)] {
      let outcome = try probe("--expect", expression, clip)
      #expect(outcome.ending == .exit(exit), "\(outcome)")
    }
    let hashes = try probe("--entries", "hashes", clip)
    #expect(hashes.ending == .exit(64) && hashes.stdout.isEmpty, "\(hashes)")
    #expect(hashes.errors.contains("--hash"), "\(hashes)")
  }

  @Test func findingsWithoutAPlaceGoToStandardError() throws {
    let scratch = try ScratchFolder()
    let cut = try scratch.write(Array(wav().prefix(8001)), to: "cut.wav")
    for form in [["--ffprobe"], ["--entries", "format.format_name"]] {
      let outcome = try Mediatool.run(["probe", "--check"] + form + [cut])
      #expect(outcome.ending == .exit(1), "\(outcome)")
      #expect(outcome.errors.contains("E00010"), "\(outcome)")
      #expect(!outcome.output.contains("E00010") && outcome.output.contains("wav"), "\(outcome)")
    }
  }

  @Test func anInputIsNeverOverwritten() throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write(wav(), to: "a.wav")
    let second = try scratch.write(wav(), to: "b.wav")
    try FileManager.default.createSymbolicLink(
      atPath: scratch["link.wav"], withDestinationPath: path)
    try FileManager.default.linkItem(atPath: path, toPath: scratch["hard.wav"])
    for words in [
      ["-y", "-o", path, path], ["-y", "--plot", path, path], ["-y", "-o", path, second, path],
      ["-y", "-o", scratch["link.wav"], path], ["-y", "-o", path, scratch["link.wav"]],
      ["-y", "--plot", scratch["hard.wav"], path],
      ["-y", "-o", path, "file://\(path)"],
    ] {
      let outcome = try Mediatool.run(["probe"] + words)
      #expect(outcome.ending == .exit(64) && outcome.stdout.isEmpty, "\(outcome)")
      #expect(try contents(of: path) == wav(), "\(outcome)")
    }
    let twice = try probe("-o", scratch["out"], "--plot", scratch["out"], path)
    #expect(twice.ending == .exit(64) && twice.stdout.isEmpty, "\(twice)")
    #expect(try scratch.names == ["a.wav", "b.wav", "hard.wav", "link.wav"])
  }

  @Test func aTrackThatIsNotThere() throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write(wav(), to: "a.wav")
    let outcome = try probe("--tracks", "v:5", path)
    let fault = outcome.isOneClearLine(66, mentions: ["v:5", "audio"])
    #expect(fault == nil, fault ?? "")
  }

  @Test(
    arguments: [
      ["--probe-size", "1", "x"], ["--fail-on", "info", "x"], ["http://127.0.0.1:99999/x"],
      ["http://"], ["--user-agent", "a\r\nX-Forged: 1", "http://127.0.0.1:1/x"],
      ["--user-agent", "a\nX-Forged: 1", "http://127.0.0.1:1/x"],
    ])
  func whatCannotBeMeantIsAUsageError(words: [String]) throws {
    let outcome = try Mediatool.run(["probe"] + words)
    #expect(outcome.ending == .exit(64) && outcome.stdout.isEmpty, "\(outcome)")
    #expect((1...3).contains(outcome.errorLines.count), "\(outcome)")
  }

  // MARK: Secrets

  @Test(arguments: [[], ["--json"], ["--ffprobe"], ["-vv"], ["-vv", "--json", "--check"]])
  func secretsOfWrappedURLsStaySecret(form: [String]) throws {
    let url = "http://u:sEcReT@127.0.0.1:1/x?token=abcdef"
    for words in [
      ["async:\(url)"], ["concat:\(url)|\(url)"], ["cache:\(url)"],
      ["--option", "cryptokey=SECRETSECRET", "crypto:/dev/null"],
      ["--option", "cryptokey=SECRETSECRET", "/dev/null"],
      ["--option", "headers=X-Api-Key: sEcReT\r\n", "--timeout", "2s", "http://127.0.0.1:1/x"],
    ] {
      let outcome = try Mediatool.run(["probe"] + form + words, limit: 20)
      #expect(outcome.ending != .exit(0) && outcome.exitCode != nil, "\(outcome)")
      for secret in ["sEcReT", "abcdef", "SECRETSECRET"] {
        #expect(!(outcome.output + outcome.errors).contains(secret), "\(secret): \(outcome)")
      }
    }
  }

  @Test(.peers("/usr/bin/python3")) func aHeaderOfOneLetterTearsNoText() throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write(wav(), to: "a.wav")
    let server = try LoopbackServer(.file(path))
    let plain = try probe("--json", server.url())
    let withHeader = try probe("--json", "--header", "X-Level: a", server.url())
    #expect(plain.ending == .exit(0) && withHeader.stdout == plain.stdout, "\(withHeader)")
    #expect(server.log.contains("X-Level: a"))
  }

  // MARK: What is printed on terminals

  /// Control characters other than line ends and tabs: C0, DEL, and C1 as UTF-8 has them.
  private func hasControls(_ text: String) -> Bool {
    text.unicodeScalars.contains {
      $0.properties.generalCategory == .control && $0 != "\n" && $0 != "\t"
    }
  }

  @Test func tagsNeitherSteerATerminalNorForgeLines() throws {
    var file = MatroskaBytes()
    file.appendCluster(time: 0)
    file.appendTag(name: "TITLE", value: "one \u{9b}31m line")
    file.appendTag(name: "X\nforged.line=1\nY\u{9b}\u{1b}", value: "v\nforged.value=2")
    file.appendTag(name: "LINES", value: "\u{1b}[31mtwo\r\nforged.text=3\nforged=4")
    let scratch = try ScratchFolder()
    let path = try scratch.write(file.bytes, to: "tags.mka")
    for form in [
      [], ["--entries", "format.tags"], ["--entries", "format"], ["--check"], ["-vv"],
      ["--expect", "format.tags.TITLE == x"], ["--expect", "format.tags.LINES == x"],
    ] {
      let outcome = try Mediatool.run(["probe"] + form + [path])
      #expect(outcome.exitCode == (form.first == "--expect" ? 1 : 0), "\(outcome)")
      #expect(!hasControls(outcome.output), "\(form): \(outcome)")
      #expect(!hasControls(outcome.errors), "\(form): \(outcome)")
      let lines = (outcome.output + outcome.errors).split(separator: "\n")
      #expect(!lines.contains { $0.hasPrefix("forged") }, "\(form): \(outcome)")
    }
    let tags = try document(path)["format"]?["tags"]
    #expect(
      tags?.names?.contains("X\nforged.line=1\nY\u{9b}\u{1b}") == true, "\(tags?.brief ?? "")")
  }

  @Test(arguments: ["e\u{1b}[31m\nx.wav", "c\u{9b}31m.wav"])
  func aFileNameDoesNotSteerATerminal(name: String) throws {
    let scratch = try ScratchFolder()
    let good = try scratch.write(wav(), to: name)
    let cut = try scratch.write(Array(wav().prefix(8001)), to: "cut" + name)
    let bad = try scratch.write(zeros(100), to: "bad" + name)
    for (path, exit) in [(good, 0), (cut, 1), (bad, 65), (good + "x", 66)] as [(String, Int32)] {
      for form in [["--check"], ["--check", "--entries", "format.filename"], ["--check", "-vv"]] {
        let outcome = try Mediatool.run(["probe"] + form + [path])
        #expect(outcome.ending == .exit(exit), "\(outcome)")
        #expect(!hasControls(outcome.output), "\(outcome)")
        #expect(!hasControls(outcome.errors), "\(outcome)")
      }
    }
  }

  // MARK: Inputs that fail, stall or are interrupted

  @Test func aDirectoryAsStandardInput() throws {
    let scratch = try ScratchFolder()
    let good = try scratch.write(wav(), to: "good.wav")
    let alone = try probe("-", input: .file(scratch.path))
    #expect(alone.isOneClearLine(66, mentions: ["directory"]) == nil, "\(alone)")
    for words in [["-", good], [good, "-"]] {
      let outcome = try Mediatool.run(["probe", "--json"] + words, input: .file(scratch.path))
      #expect(outcome.ending == .exit(66), "\(outcome)")
      let items = try JSONText(outcome.stdout).items ?? []
      #expect(items.count == 2, "\(outcome)")
      #expect(items.contains { $0["format"]?["format_name"]?.string == "wav" }, "\(outcome)")
      #expect(items.contains { $0["error"]?["exit"]?.integer == 66 }, "\(outcome)")
    }
  }

  /// Waits until the run catches SIGINT, and a little longer, so that it is at its input.
  private func waitForHandler(_ run: RunningProcess) throws {
    let deadline = Date().addingTimeInterval(20)
    while Date() < deadline {
      let line = try text(of: "/proc/\(run.pid)/status").split(separator: "\n")
        .first { $0.hasPrefix("SigCgt:") }
      let mask = line.flatMap { UInt64($0.dropFirst(7).drop { $0.isWhitespace }, radix: 16) }
      if let mask, mask >> (SIGINT - 1) & 1 == 1 { break }
      usleep(10_000)
    }
    usleep(300_000)
  }

  @Test(.peers("/usr/bin/python3")) func aSignalLeavesAWholeArray() throws {
    let scratch = try ScratchFolder()
    let good = try scratch.write(wav(), to: "good.wav")
    let server = try LoopbackServer(.silent)
    let run = try Mediatool.start(
      ["probe", "--json", "--timeout", "60s", good, server.url(), good])
    #expect(run.waitForOutput { String(decoding: $0, as: UTF8.self).contains("format_name") })
    try waitForHandler(run)
    run.signal(SIGINT)
    let outcome = run.wait(limit: 10)
    #expect(outcome.ending == .exit(130), "\(outcome)")
    let items = try JSONText(outcome.stdout).items ?? []
    #expect(items.first?["format"]?["format_name"]?.string == "wav", "\(outcome)")
    #expect(items.dropFirst().allSatisfy { $0["format"] == nil }, "\(outcome)")
  }

  @Test func silentPipesTimeOut() throws {
    let scratch = try ScratchFolder()
    let fifo = scratch["fifo"]
    try #require(mkfifo(fifo, 0o600) == 0)
    let noWriter = try Mediatool.run(["probe", "--timeout", "1s", fifo], limit: 5)
    #expect(noWriter.isOneClearLine(75) == nil, "\(noWriter)")
    // Open for both ends: a writer that never writes.
    let writer = open(fifo, O_RDWR | O_CLOEXEC)
    try #require(writer >= 0)
    defer { close(writer) }
    for (operand, input) in [("-", StandardInput.file(fifo)), (fifo, .empty)] {
      let silent = try Mediatool.run(
        ["probe", "--timeout", "1s", operand], input: input, limit: 5)
      #expect(silent.isOneClearLine(75) == nil, "\(silent)")
    }
  }

  @Test func aSignalEndsTheWaitForAFIFO() throws {
    let scratch = try ScratchFolder()
    let fifo = scratch["fifo"]
    try #require(mkfifo(fifo, 0o600) == 0)
    let run = try Mediatool.start(["probe", "--timeout", "60s", fifo])
    try waitForHandler(run)
    run.signal(SIGINT)
    let outcome = run.wait(limit: 5)
    #expect(outcome.ending == .exit(130) && outcome.stdout.isEmpty, "\(outcome)")
  }

  @Test(.peers("/usr/bin/python3")) func aPartIsNotHashed() throws {
    let server = try LoopbackServer(.cut(try Clips.path("ts-interlaced"), after: 100_000))
    let outcome = try probe("--json", "--hash", "md5", server.url())
    #expect(outcome.ending == .exit(74), "\(outcome)")
    let document = try JSONText(outcome.stdout)
    #expect(document["error"]?["exit"]?.integer == 74, "\(outcome)")
    #expect(document["error"]?["message"]?.string?.isEmpty == false, "\(outcome)")
    #expect(document.list("hashes").count == 2, "\(outcome)")
    #expect(document.list("hashes").allSatisfy { $0["hash"] == .null }, "\(outcome)")
  }
}
