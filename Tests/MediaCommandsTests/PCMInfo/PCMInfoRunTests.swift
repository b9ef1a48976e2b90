import Foundation
import MediaJSON
import TestSupport
import Testing

@testable import MediaCommands

/// Whole runs of `pcm-info`: outputs, exit codes, several inputs.
@Suite struct PCMInfoRunTests {
  /// A WAV file of 16 bits: a square wave of 240 Hz in one or two equal channels.
  private func wav(seconds: Double, channels: Int = 1, amplitude: Int16 = 8192) -> [UInt8] {
    let frames = Int(seconds * 48_000)
    var samples: [UInt8] = []
    for frame in 0..<frames {
      let value = UInt16(bitPattern: frame / 100 % 2 == 0 ? amplitude : -amplitude)
      for _ in 0..<channels { samples += [UInt8(value & 0xFF), UInt8(value >> 8)] }
    }
    func le32(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 0xFF) } }
    var format: [UInt8] = [1, 0, UInt8(channels), 0]
    format += le32(48_000) + le32(96_000 * channels) + [UInt8(2 * channels), 0, 16, 0]
    let body = Array("WAVEfmt ".utf8) + le32(16) + format + Array("data".utf8)
    return Array("RIFF".utf8) + le32(body.count + 4 + samples.count) + body + le32(samples.count)
      + samples
  }

  private func run(_ words: String..., input: StandardInput = .empty) throws -> Outcome {
    try Mediatool.run(["pcm-info"] + words, input: input)
  }

  @Test(.peers("python3")) func documentsMatchTheSchema() throws {
    let folder = try ScratchFolder()
    let path = try folder.write(wav(seconds: 1, channels: 2), to: "a.wav")
    let bad = try folder.write("RIFF0000WAVEjunk", to: "bad.wav")
    for (number, words) in [
      [path], ["--no-loudness", path], ["--target", "youtube", path], [path, bad],
      ["--check", bad], ["--from", "500ms", "--channels-only", "1", path],
    ].enumerated() {
      let outcome = try Mediatool.run(["pcm-info", "--json"] + words)
      try folder.write(outcome.stdout, to: "\(number).json")
    }
    try expectSchema("pcm-info-1", in: folder)
  }

  @Test func windowsComeBeforeTheResult() throws {
    let folder = try ScratchFolder()
    let path = try folder.write(wav(seconds: 1.05, channels: 2), to: "a.wav")
    let outcome = try run("--jsonl", path)
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let lines = try outcome.output.split(separator: "\n").map { try JSONText(Array($0.utf8)) }
    #expect(lines.count == 12)
    #expect(lines.dropLast().allSatisfy { $0["event"]?.string == "window" })
    #expect(lines[1]["time"]?.number == 0.1 && lines[10]["end_frame"]?.number == 50_400)
    #expect(lines[0]["channels"]?.items?.count == 2)
    #expect(lines[0]["momentary"]?.isNull == true && lines[4]["momentary"]?.number != nil)
    #expect(lines[11]["event"] == nil && lines[11]["schema"]?.string == "mediatool.pcm-info/1")
    let coarse = try run("--jsonl", "--window", "500ms", path)
    #expect(coarse.output.split(separator: "\n").count == 4)
  }

  // MARK: Exit codes

  @Test(
    arguments: [
      (["--expect", "overall.clipped_samples == 0"], 0, ""),
      (["--expect", "loudness.integrated > 0"], 1, "loudness.integrated"),
      (["--target", "ebu-r128"], 1, "too loud"), (["--target", "-70,-60"], 1, "true peak"),
      (["--check"], 0, ""), (["--check", "--fail-on", "info"], 1, ""),
      (["--from", "1h"], 64, "--from"), (["--channels-only", "LFE"], 64, "LFE"),
      (["--waveform", "/nonexistent/w.svg"], 73, "/nonexistent/w.svg"),
    ] as [([String], Int32, String)])
  func runsEndAsTheyShould(words: [String], exit: Int32, says: String) throws {
    let folder = try ScratchFolder()
    let path = try folder.write(wav(seconds: 1, channels: 2), to: "a.wav")
    let outcome = try Mediatool.run(["pcm-info"] + words + [path])
    #expect(outcome.ending == .exit(exit), "\(outcome)")
    #expect(says.isEmpty ? outcome.errors.isEmpty : outcome.errors.contains(says), "\(outcome)")
    #expect(outcome.stdout.isEmpty == (exit > 1))
  }

  @Test func whatCannotBeReadIsOneLine() throws {
    let folder = try ScratchFolder()
    let text = try folder.write("no sound at all", to: "a.txt")
    for (path, exit) in [(folder["none.wav"], Int32(66)), (folder.path, 66)] {
      let outcome = try run("--json", path)
      #expect(outcome.ending == .exit(exit) && outcome.stdout.isEmpty, "\(outcome)")
      #expect(outcome.errorLines.count == 1)
    }
    let outcome = try run("-o", folder["out"], "--waveform", folder["w.svg"], text)
    #expect(outcome.ending != .exit(0) && outcome.stdout.isEmpty, "\(outcome)")
    #expect(try folder.names == ["a.txt"])
  }

  // MARK: Several inputs

  @Test func severalInputsMakeAnArray() throws {
    let folder = try ScratchFolder()
    let paths = try (1...5).map {
      try folder.write(wav(seconds: Double($0) / 10), to: "\($0).wav")
    }
    let words = ["pcm-info", "--json"] + paths + [folder["none.wav"]]
    let outcome = try Mediatool.run(words)
    #expect(outcome.ending == .exit(66) && outcome.errorLines.count == 1, "\(outcome)")
    let items = try JSONText(outcome.stdout).items ?? []
    #expect(
      items.map { $0["format"]?["frames"]?.number } == [4800, 9600, 14400, 19200, 24000, nil])
    #expect(items.last?["error"]?["exit"]?.number == 66)
    #expect(try Mediatool.run(words + ["--jobs", "3"]).stdout == outcome.stdout)
    #expect(try Mediatool.run(words + ["--jobs", "1"]).stdout == outcome.stdout)
  }

  // MARK: Outputs

  @Test func outputsAppearWholeAndAreKeptUnlessForced() throws {
    let folder = try ScratchFolder()
    let path = try folder.write(wav(seconds: 1, channels: 2), to: "a.wav")
    for option in ["-o", "--waveform", "--loudness-plot"] {
      let kept = try folder.write("mine", to: "kept.svg")
      let refused = try run(option, kept, path)
      #expect(refused.ending == .exit(73) && refused.errors.contains("--force"), "\(refused)")
      #expect(try text(of: kept) == "mine")
      #expect(try run(option, kept, "-y", path).ending == .exit(0))
      #expect(try text(of: kept) != "mine")
    }
    #expect(try folder.names.sorted() == ["a.wav", "kept.svg"])
  }

  @Test(.peers("ffprobe")) func picturesAreWhatTheirNamesSay() throws {
    let folder = try ScratchFolder()
    let path = try folder.write(wav(seconds: 1, channels: 2), to: "a.wav")
    let outcome = try run(
      "--waveform", folder["w.png"], "--spectrogram", folder["s.png"], "--loudness-plot",
      folder["l.svg"], path)
    #expect(outcome.ending == .exit(0), "\(outcome)")
    for name in ["w.png", "s.png"] {
      let probed = try ffprobe("-show_streams", folder[name])
      #expect(probed["streams"]?.items?.first?["codec_name"]?.string == "png")
      #expect(probed["streams"]?.items?.first?["width"]?.number == 1920)
    }
    #expect(try text(of: folder["l.svg"]).contains("LUFS"))
    let wave = try run("-o", "/dev/null", "--waveform", "-", path)
    #expect(wave.output.hasPrefix("<svg") && wave.output.contains("FL"), "\(wave.errors)")
  }

  @Test func aPipeGivesWhatTheFileGives() throws {
    let folder = try ScratchFolder()
    let bytes = wav(seconds: 2, channels: 2)
    let path = try folder.write(bytes, to: "a.wav")
    // A pipe's own size is not known.
    let names: Set = ["input", "size"]
    let file = try JSONText(try run("--json", path).stdout)
    let pipe = try JSONText(try run("--json", "-", input: .pipe(bytes)).stdout)
    #expect(file.without(names) == pipe.without(names))
    #expect(pipe["format"]?["duration"]?.number == 2)
  }

  /// On a terminal a wave and bars stand above the same figures.
  @Test func aTerminalGetsAWave() throws {
    let folder = try ScratchFolder()
    let path = try folder.write(wav(seconds: 1, channels: 2), to: "a.wav")
    func text(isTerminal: Bool, _ more: String...) -> String {
      let output = MemoryOutput()
      var environment = CommandEnvironment(standardOutput: output, standardError: MemoryOutput())
      environment.outputIsTerminal = isTerminal
      environment.variable = { $0 == "LANG" ? "C.UTF-8" : nil }
      _ = Tool.run(["pcm-info"] + more + [path], environment)
      return output.text
    }
    let plain = text(isTerminal: false).split(separator: "\n")
    let drawn = text(isTerminal: true, "--color", "never").split(separator: "\n")
    #expect(drawn.count > plain.count && !plain.contains { $0.contains("█") })
    #expect(drawn.filter { $0.contains("█") }.count == 2)
    #expect(drawn.filter { plain.contains($0) } == plain)
    #expect(text(isTerminal: true).contains("\u{1B}[32m"))
    #expect(!text(isTerminal: false, "--color", "never").contains("\u{1B}"))
  }
}
