import Foundation
import TestSupport
import Testing

/// Where results and messages go, and how runs end.
@Suite(.peers("ffmpeg")) struct ProbeOutputTests {
  // MARK: -o and -y

  @Test func outputGoesIntoTheFile() throws {
    let scratch = try ScratchFolder()
    let clip = try Clips.path("wav-24bit")
    let expected = try probe("--json", clip).stdout
    let outcome = try probe("--json", "-o", scratch["out.json"], clip)
    #expect(outcome.ending == .exit(0) && outcome.stdout.isEmpty && outcome.stderr.isEmpty)
    #expect(try contents(of: scratch["out.json"]) == expected)
    #expect(try scratch.names == ["out.json"], "a temporary file is left")
    #expect(try probe("--json", "-o", "-", clip).stdout == expected)
  }

  @Test(arguments: ["-o", "--plot"]) func anExistingFileIsKeptUnlessForced(option: String) throws {
    let scratch = try ScratchFolder()
    let clip = try Clips.path("wav-24bit")
    let path = try scratch.write(Array("mine".utf8), to: "kept")
    let refused = try probe(option, path, clip)
    #expect(refused.isOneClearLine(73, mentions: ["kept", "--force"]) == nil, "\(refused)")
    #expect(try contents(of: path) == Array("mine".utf8))
    #expect(try probe(option, path, "-y", clip).ending == .exit(0))
    #expect(try contents(of: path) != Array("mine".utf8))
    #expect(try scratch.names == ["kept"])
  }

  @Test func aFailedRunLeavesNoFile() throws {
    let scratch = try ScratchFolder()
    let bad = try scratch.write(Array("text".utf8), to: "bad")
    #expect(try probe("--json", "-o", scratch["out"], bad).ending == .exit(65))
    #expect(try probe("--plot", scratch["out.svg"], bad).ending == .exit(65))
    #expect(try scratch.names == ["bad"])
    let old = try scratch.write(Array("old".utf8), to: "old")
    #expect(try probe("-y", "-o", old, bad).ending == .exit(65))
    #expect(try contents(of: old) == Array("old".utf8))
  }

  @Test func devicesAreWrittenInPlace() throws {
    let clip = try Clips.path("wav-24bit")
    #expect(try probe("-o", "/dev/null", clip).ending == .exit(0))
    #expect(access("/dev/null", W_OK) == 0)
    let full = try probe("-o", "/dev/full", clip)
    #expect(full.isOneClearLine(74) == nil, "\(full)")
  }

  @Test func aFullStandardOutputIsAnError() throws {
    let outcome = try ProcessRunner.run(
      "sh",
      [
        "-c", "exec \"$0\" probe --json \"$1\" > /dev/full", Mediatool.path,
        try Clips.path("wav-24bit"),
      ])
    #expect(outcome.isOneClearLine(74) == nil, "\(outcome)")
  }

  @Test func aFolderThatIsNotThere() throws {
    let outcome = try probe("-o", "/nonexistent/out", try Clips.path("wav-24bit"))
    #expect(outcome.isOneClearLine(73, mentions: ["/nonexistent/out"]) == nil, "\(outcome)")
  }

  @Test func twoOutputsOnStandardOutput() throws {
    let outcome = try probe("--json", "--plot", "-", try Clips.path("wav-24bit"))
    #expect(outcome.ending == .exit(64) && outcome.stdout.isEmpty, "\(outcome)")
  }

  @Test func theInputIsNeverTheOutput() throws {
    let scratch = try ScratchFolder()
    let bytes = try contents(of: try Clips.path("wav-24bit"))
    let path = try scratch.write(bytes, to: "a.wav")
    _ = try probe("--json", "-y", "-o", path, path)
    // Refused, or replaced only after it was read: never a half.
    let left = try contents(of: path)
    #expect(left == bytes || (try? JSONText(left)) != nil)
  }

  // MARK: Standard error

  @Test func ffmpegSpeaksOnlyWhenAsked() throws {
    let scratch = try ScratchFolder()
    let clip = try contents(of: try Clips.path("ts-interlaced"))
    let cut = try scratch.write(Array(clip.dropFirst(188 * 40)), to: "cut.ts")
    #expect(try probe("--frames", "--json", cut).stderr.isEmpty)
    let told = try probe("--frames", "--json", "-v", cut)
    #expect(!told.stderr.isEmpty)
    #expect(told.stdout == (try probe("--frames", "--json", cut).stdout))
    #expect(try probe("--frames", "--json", "-q", cut).stderr.isEmpty)
  }

  @Test func quietStillSaysErrors() throws {
    let outcome = try probe("-q", "/nonexistent")
    #expect(outcome.isOneClearLine(66) == nil, "\(outcome)")
  }

  @Test func colourOnlyWhenAsked() throws {
    let escape = UInt8(0x1b)
    #expect(!(try probe("/nonexistent").stderr.contains(escape)))
    #expect(try probe("--color", "always", "/nonexistent").stderr.contains(escape))
    #expect(!(try probe("--color", "never", "/nonexistent").stderr.contains(escape)))
  }

  @Test(.peers("ffmpeg", "/usr/bin/python3")) func progressIsShownWhenAsked() throws {
    let server = try LoopbackServer(
      .live(try Clips.path("ts-interlaced"), bytesPerSecond: 150_000))
    for (when, isShown) in [("always", true), ("auto", false), ("never", false)] {
      let outcome = try probe(
        "--count", "--json", "--duration", "1s", "--progress", when, server.url())
      #expect(outcome.ending == .exit(0) && outcome.stderr.isEmpty != isShown, "\(outcome)")
    }
  }

  @Test func theTextIsShort() throws {
    for recipe in Recipes.all {
      let outcome = try probe(try Clips.path(recipe))
      #expect(outcome.ending == .exit(0) && !outcome.stdout.isEmpty, "\(recipe): \(outcome)")
      #expect(outcome.output.split(separator: "\n").count < 15, "\(outcome)")
      #expect(!outcome.output.contains(/Optional\(|\bnil\b|\bnan\b/), "\(outcome)")
      #expect(
        !outcome.stdout.contains { ($0 < 0x20 && ![9, 10].contains($0)) || $0 == 0x7f },
        "\(recipe): control characters can change a terminal")
    }
  }

  // MARK: Signals

  @Test func aReaderThatLeavesIsQuiet() throws {
    let clip = try Clips.path("mkv-languages")
    let script = """
      files=$(for i in $(seq 40); do echo "$2"; done)
      "$1" probe --packets --jsonl $files | head -n 1 > /dev/null
      echo ${PIPESTATUS[0]}
      """
    let outcome = try ProcessRunner.run("bash", ["-c", script, "bash", Mediatool.path, clip])
    #expect(outcome.stderr.isEmpty, "\(outcome)")
    #expect(["0\n", "141\n"].contains(outcome.output), "\(outcome)")
  }

  @Test(
    .peers("ffmpeg", "/usr/bin/python3"),
    arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func aSignalEndsALiveRun(number: Int32, exit: Int32) throws {
    let server = try LoopbackServer(
      .live(try Clips.path("ts-interlaced"), bytesPerSecond: 150_000))
    let run = try Mediatool.start(["probe", "--json", "--count", server.url()])
    let deadline = Date().addingTimeInterval(10)
    while !server.log.contains("GET"), Date() < deadline { usleep(20_000) }
    usleep(700_000)
    run.signal(number)
    let outcome = run.wait(limit: 5)
    #expect(outcome.ending == .exit(exit) || outcome.ending == .signal(number), "\(outcome)")
    #expect(outcome.errorLines.count <= 1, "\(outcome)")
    if !outcome.stdout.isEmpty { #expect((try? JSONText(outcome.stdout)) != nil, "\(outcome)") }
  }

  @Test(.peers("ffmpeg", "/usr/bin/python3")) func durationBoundsALiveRun() throws {
    let server = try LoopbackServer(
      .live(try Clips.path("ts-interlaced"), bytesPerSecond: 400_000))
    let outcome = try Mediatool.run(
      ["probe", "--json", "--count", "--gop", "--duration", "1s", server.url()], limit: 30)
    try #require(outcome.ending == .exit(0), "\(outcome)")
    let seconds = try JSONText(outcome.stdout)["totals"]?["duration"]?.number ?? 0
    #expect((0.9...1.3).contains(seconds), "\(seconds)")
  }
}
