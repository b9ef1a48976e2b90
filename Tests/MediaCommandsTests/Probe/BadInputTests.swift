import Foundation
import TestSupport
import Testing

/// Every bad input has its exit code, says one clear line, and prints nothing else.
@Suite(.peers("ffmpeg")) struct BadInputTests {
  /// The same contract in every form of output.
  private func expectOneLine(
    _ exit: Int32, _ words: [String], _ arguments: [String], input: StandardInput = .empty,
    limit: Double = 20, source: SourceLocation = #_sourceLocation
  ) throws {
    for form in [[], ["--json"], ["--ffprobe"]] {
      let outcome = try Mediatool.run(["probe"] + form + arguments, input: input, limit: limit)
      let fault = outcome.isOneClearLine(exit, mentions: words)
      #expect(fault == nil, fault ?? "", sourceLocation: source)
    }
  }

  private func expectOneLine(
    _ exit: Int32, _ words: [String], bytes: [UInt8], as name: String,
    source: SourceLocation = #_sourceLocation
  ) throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write(bytes, to: name)
    try expectOneLine(exit, words + [name], [path], source: source)
  }

  // MARK: Files

  @Test func missingFile() throws {
    try expectOneLine(66, ["/nonexistent/clip.mp4", "no such file"], ["/nonexistent/clip.mp4"])
    try expectOneLine(66, ["no such file"], ["file:/nonexistent/clip.mp4"])
  }

  @Test func missingBelowAFile() throws {
    let scratch = try ScratchFolder()
    let file = try scratch.write([1], to: "file")
    try expectOneLine(66, ["not a directory"], ["\(file)/clip.mp4"])
  }

  @Test func directory() throws { try expectOneLine(66, ["directory"], ["/tmp"]) }

  @Test func noPermission() throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write([1, 2, 3], to: "locked.mp4")
    chmod(path, 0)
    // The superuser reads everything, unless the right to do so is taken away.
    let program = getuid() == 0 ? "setpriv" : "env"
    let drop = getuid() == 0 ? ["--bounding-set=-dac_override,-dac_read_search"] : []
    let outcome = try ProcessRunner.run(program, drop + [Mediatool.path, "probe", path])
    let fault = outcome.isOneClearLine(77, mentions: ["locked.mp4", "permission"])
    #expect(fault == nil, fault ?? "")
  }

  @Test func emptyFile() throws {
    try expectOneLine(65, ["empty"], bytes: [], as: "empty.mp4")
    try expectOneLine(65, [], ["/dev/null"])
  }

  @Test(arguments: ["note.txt", "note.ans", "note.nfo", "note", "note.mp4", "note.mp3", "note.srt"])
  func textFile(name: String) throws {
    let text = (0..<40).map { "This is line \($0) of a letter, and no media at all.\n" }.joined()
    try expectOneLine(65, [], bytes: Array(text.utf8), as: name)
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>) func garbage(seed: UInt64) throws {
    var state = seed
    let bytes = (0..<Int(seed) * 3000).map { _ -> UInt8 in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 33)
    }
    try expectOneLine(65, [], bytes: bytes, as: "garbage-\(seed).bin")
  }

  @Test(arguments: [0 as UInt8, 0xff, 0x47, 0x20]) func oneByteRepeated(byte: UInt8) throws {
    try expectOneLine(65, [], bytes: [UInt8](repeating: byte, count: 70_000), as: "same.bin")
  }

  @Test func mp4WithoutMoov() throws {
    let whole = try contents(of: try Clips.path("mp4-moov-last"))
    try expectOneLine(65, ["moov"], bytes: Array(whole.prefix(whole.count / 2)), as: "cut.mp4")
    try expectOneLine(65, ["moov"], bytes: Array(whole.prefix(40)), as: "begun.mp4")
  }

  @Test func headersAlone() throws {
    for name in ["mkv-hevc-subtitles", "avi-mpeg4", "wav-24bit", "flac-tags", "still-png"] {
      let scratch = try ScratchFolder()
      let path = try scratch.write(
        Array(try contents(of: try Clips.path(name)).prefix(11)), to: name)
      let outcome = try probe("--json", path)
      #expect(outcome.exitCode == 65 || outcome.exitCode == 0, "\(outcome)")
    }
  }

  /// No cut of a real file may crash, hang or leave JSON that is not JSON.
  @Test(arguments: [
    "mp4-faststart", "mp4-fragmented", "mkv-hevc-subtitles", "webm-vp9-opus", "flv-h264",
    "ts-two-programs", "avi-mpeg4", "wav-24bit", "flac-tags", "mp3-tags-cover", "ogg-opus",
    "moving-gif", "still-png", "mxf-mpeg2",
  ])
  func everyCutEndsCleanly(name: String) throws {
    let whole = try contents(of: try Clips.path(name))
    let scratch = try ScratchFolder()
    for part in [0.003, 0.02, 0.1, 0.35, 0.8, 0.999] {
      let kept = Array(whole.prefix(Int(Double(whole.count) * part)))
      let path = try scratch.write(kept, to: "cut")
      let outcome = try probe("--json", "--check", "--count", "--gop", "--hash", "md5", path)
      #expect([0, 1, 65].contains(outcome.exitCode), "\(part): \(outcome)")
      #expect(
        outcome.stdout.isEmpty || (try? JSONText(outcome.stdout)) != nil, "\(part): \(outcome)")
    }
  }

  // MARK: Standard input

  @Test func badPipes() throws {
    try expectOneLine(65, ["empty"], ["-"], input: .pipe([]))
    try expectOneLine(65, [], ["-"], input: .pipe(Array("some text\n".utf8)))
    let whole = try contents(of: try Clips.path("mp4-moov-last"))
    try expectOneLine(65, ["moov"], ["-"], input: .pipe(Array(whole.prefix(whole.count / 2))))
  }

  // MARK: Usage

  @Test(
    arguments: [
      ([], "INPUT"), (["--bogus", "x"], "--bogus"), (["--jsn", "x"], "--json"),
      (["--hash", "md6", "x"], "md5"), (["--timeout", "soon", "x"], "soon"),
      (["--json", "--jsonl", "x"], "--json"), (["--json", "--ffprobe", "x"], "--ffprobe"),
      (["--tracks", "q:1", "x"], "q:1"), (["--jobs", "0", "x"], "--jobs"),
      (["--input-format", "nonsense", "/dev/null"], "nonsense"),
      (["--fail-on", "sometimes", "x"], "sometimes"),
      (["--output"], "--output"), (["--max-gop", "-3s", "x"], "-3s"),
    ] as [([String], String)])
  func usageErrors(arguments: [String], word: String) throws {
    let outcome = try Mediatool.run(["probe"] + arguments)
    #expect(outcome.ending == .exit(64) && outcome.stdout.isEmpty, "\(outcome)")
    #expect((1...3).contains(outcome.errorLines.count), "\(outcome)")
    #expect(outcome.errors.contains(word), "\(outcome)")
  }

  @Test func anUnknownCommandSuggests() throws {
    let outcome = try Mediatool.run(["prob", "x"])
    #expect(outcome.ending == .exit(64) && outcome.errors.contains("probe"), "\(outcome)")
  }

  @Test func anUnknownDemuxerOptionIsNotIgnored() throws {
    let outcome = try probe("--option", "no_such_option=1", try Clips.path("wav-24bit"))
    #expect(outcome.isOneClearLine(64, mentions: ["no_such_option"]) == nil, "\(outcome)")
  }

  // MARK: Libraries

  @Test func withoutFFmpeg() throws {
    let scratch = try ScratchFolder()
    for library in ["libavformat", "libavcodec", "libavutil"] {
      for major in 56...69 { _ = try scratch.write([], to: "\(library).so.\(major)") }
    }
    let outcome = try Mediatool.run(
      ["probe", try Clips.path("wav-24bit")], environment: ["LD_LIBRARY_PATH": scratch.path])
    let fault = outcome.isOneClearLine(69, mentions: ["libav", "package"])
    #expect(fault == nil, fault ?? "")
  }
}
