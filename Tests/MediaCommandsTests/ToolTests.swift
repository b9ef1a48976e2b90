import Foundation
import MediaFFmpeg
import MediaJSON
import TestSupport
import Testing

@testable import MediaCommands

/// The tool as a whole: help, version, manuals, completions.
@Suite struct ToolTests {
  /// What `__generate all` writes.
  private func generate() throws -> ScratchFolder {
    let folder = try ScratchFolder()
    let outcome = try Mediatool.run(["__generate", "all", folder.path])
    try #require(outcome.ending == .exit(0), "\(outcome)")
    return folder
  }

  private func completions() throws -> CompletionDriver {
    let folder = try generate()
    return CompletionDriver(
      tool: "mediatool", bash: try text(of: folder["completions/mediatool.bash"]),
      zsh: try text(of: folder["completions/_mediatool"]),
      fish: try text(of: folder["completions/mediatool.fish"]), files: ["clip.mp4"])
  }

  @Test(.peers("mandoc")) func manualsAreClean() throws {
    let folder = try generate()
    let pages = try FileManager.default.contentsOfDirectory(atPath: folder["man"]).sorted()
    #expect(
      pages == [
        "mediatool-doctor.7", "mediatool-findings.7", "mediatool-flv-dump.1",
        "mediatool-pcm-info.1", "mediatool-probe.1",
        "mediatool-rtmp-pull.1", "mediatool-rtmp-push.1", "mediatool-rtp-pack.1",
        "mediatool-rtp-unpack.1", "mediatool-rtsp-pull.1", "mediatool-yuv-convert.1",
        "mediatool.1",
      ])
    for page in pages {
      let lint = try ProcessRunner.run(
        "mandoc", ["-T", "lint", "-W", "warning", folder["man/\(page)"]])
      #expect(lint.output + lint.errors == "" && lint.ending == .exit(0), "\(lint)")
    }
  }

  @Test func committedFilesAreUpToDate() throws {
    let folder = try generate()
    for name in ["man", "completions", "schemas"] {
      let made = try FileManager.default.contentsOfDirectory(atPath: folder[name]).sorted()
      let kept = "\(Mediatool.packageFolder)/\(name)"
      #expect(try FileManager.default.contentsOfDirectory(atPath: kept).sorted() == made)
      for file in made {
        let isSame = try contents(of: folder["\(name)/\(file)"]) == contents(of: "\(kept)/\(file)")
        #expect(isSame, "\(name)/\(file) differs: run `make generate`")
      }
    }
  }

  // MARK: Real shells

  @Test(.peers("bash", "setsid")) func bashCompletes() throws {
    let driver = try completions()
    #expect(try driver.typeInBash("mediatool pro").line == "mediatool probe ")
    #expect(try driver.typeInBash("mediatool probe --ent").line == "mediatool probe --entries ")
    #expect(
      try driver.typeInBash("mediatool probe --hash sh").line == "mediatool probe --hash sha256 ")
    #expect(try driver.typeInBash("mediatool probe cl").line == "mediatool probe clip.mp4 ")
  }

  @Test(.peers("zsh", "setsid")) func zshCompletes() throws {
    let driver = try completions()
    #expect(try driver.typeInZsh("mediatool pro").line == "mediatool probe ")
    // zsh writes the sign that joins a value.
    #expect(try driver.typeInZsh("mediatool probe --ent").line == "mediatool probe --entries=")
    #expect(try driver.typeInZsh("mediatool probe cl").line == "mediatool probe clip.mp4 ")
  }

  @Test(.peers("fish")) func fishCompletes() throws {
    let driver = try completions()
    #expect(try driver.fishOffers("mediatool pro") == ["probe"])
    #expect(try driver.fishOffers("mediatool probe --ent") == ["--entries"])
    #expect(try driver.fishOffers("mediatool probe --hash ") == ["md5", "sha256"])
  }

  // MARK: Texts

  @Test func helpGoesToStandardOutput() throws {
    for words in [["--help"], ["-h"], ["help"], ["probe", "--help"], ["help", "probe"]] {
      let outcome = try Mediatool.run(words)
      #expect(outcome.ending == .exit(0) && outcome.stderr.isEmpty, "\(outcome)")
      #expect(outcome.output.contains("probe"), "\(outcome)")
    }
    let version = try Mediatool.run(["--version"])
    #expect(version.output == "mediatool \(Tool.version)\n" && version.ending == .exit(0))
    #expect(try Mediatool.run(["help", "prob"]).ending == .exit(64))
  }

  /// A file opened later must not take the number of a closed stream and receive its output.
  @Test(arguments: [
    ("--version >&-", 74, "mediatool --version: standard output: Bad file descriptor\n"),
    ("probe - <&-", 74, "mediatool probe: -: Bad file descriptor\n"),
    ("probe -o result.json missing.mp4 <&- >&- 2>&-", 66, ""),
  ])
  func closedStandardStreamsFailCleanly(words: String, exit: Int32, message: String) throws {
    let scratch = try ScratchFolder()
    let outcome = try ProcessRunner.run(
      "sh", ["-c", "'\(Mediatool.path)' \(words)"], directory: scratch.path)
    #expect(outcome.ending == .exit(exit), "\(outcome)")
    #expect(outcome.errors == message)
    #expect(outcome.output.isEmpty)
  }

  @Test func helpOpensNoLibrary() throws {
    // Broken libraries in front of the real ones would be noticed.
    let scratch = try ScratchFolder()
    for name in ["avformat", "avcodec", "avutil"] {
      for major in 56...62 { try scratch.write("", to: "lib\(name).so.\(major)") }
    }
    for words in [["--help"], ["--version"], ["help", "probe"]] {
      let outcome = try Mediatool.run(words, environment: ["LD_LIBRARY_PATH": scratch.path])
      #expect(outcome.ending == .exit(0), "\(outcome)")
    }
  }

  /// Of released versions, the changelog's newest is this one.
  @Test func changelogNamesTheVersion() throws {
    let lines = try text(of: "\(Mediatool.packageFolder)/CHANGELOG.md").split(separator: "\n")
    let released = lines.first { $0.hasPrefix("## [") && !$0.hasPrefix("## [Unreleased]") }
    guard let released else { return }
    #expect(released.hasPrefix("## [\(Tool.version)]"))
  }

  private let libraries = [
    "libavformat", "libavcodec", "libavutil", "libswscale", "libswresample", "libavfilter",
  ]

  @Test(.peers("openssl")) func verboseVersionNamesEveryLibrary() throws {
    let outcome = try Mediatool.run(["--version", "-v"])
    #expect(outcome.ending == .exit(0) && outcome.stderr.isEmpty, "\(outcome)")
    let lines = outcome.output.split(separator: "\n").map { line in
      line.split(separator: " ", maxSplits: 1).map(String.init)
    }
    try #require(lines.allSatisfy { $0.count == 2 }, "\(outcome)")
    #expect(lines.map { $0[0] } == ["mediatool", "FFmpeg"] + libraries + ["libcrypto", "libssl"])
    try #require(lines.count == 10)
    #expect(lines[0][1] == Tool.version)
    let versions = lines.map { $0[1].drop { $0 == " " } }
    #expect(versions[2].hasPrefix("\(FFmpegVersion.formatMajor)."))
    #expect(versions[8].hasPrefix("OpenSSL ") && versions[9].hasPrefix("libssl.so."))
  }

  /// A library that cannot be used is told as a command that needs it would tell it.
  @Test func verboseVersionNamesThePackageOfWhatIsMissing() throws {
    let scratch = try ScratchFolder()
    for name in libraries + ["libcrypto", "libssl"] {
      for major in 1...99 { try scratch.write("", to: "\(name).so.\(major)") }
    }
    try scratch.write("", to: "libcrypto.so.1.1")
    let outcome = try Mediatool.run(
      ["--version", "-v"], environment: ["LD_LIBRARY_PATH": scratch.path])
    #expect(outcome.ending == .exit(0) && outcome.stderr.isEmpty, "\(outcome)")
    let lines = outcome.output.split(separator: "\n")
    let names = lines.compactMap { $0.split(separator: " ").first.map(String.init) }
    #expect(names == ["mediatool"] + libraries + ["libcrypto", "libssl"])
    for (line, name) in zip(lines.dropFirst(), libraries) {
      #expect(line.contains("cannot open FFmpeg's \(name).so."), "\(line)")
      #expect(line.contains("(Debian package \(name)"), "\(line)")
    }
    for line in lines.suffix(2) { #expect(line.contains("(Debian package libssl3)"), "\(line)") }
  }

  @Test func goldenTexts() throws {
    func run(_ words: String...) throws -> String {
      let outcome = try Mediatool.run(words, directory: Mediatool.packageFolder)
      #expect(outcome.ending == .exit(0), "\(outcome)")
      return outcome.output
    }
    try expectGolden(try run("help"), "help.txt")
    try expectGolden(try run("help", "probe"), "help-probe.txt")
    let clip = "Samples/clip.mp4"
    try expectGolden(try run("probe", clip), "probe.txt")
    try expectGolden(
      try run("probe", "--count", "--gop", "--hash", "md5", "--check", "--chapters", clip),
      "probe-measures.txt")
    try expectGolden(
      try run("probe", "--entries", "streams.codec_name,streams.codec_string", clip),
      "probe-entries.txt")
  }

  @Test(.peers("ffmpeg")) func theReportsShapeFitsItsDocuments() throws {
    for recipe in Recipes.all {
      let outcome = try wholeOutcome(of: recipe)
      let mismatches = ProbeReport.document.shape.mismatches(
        in: try JSONValue(parsing: outcome.stdout))
      #expect(mismatches.isEmpty, "\(recipe): \(mismatches.prefix(3))")
    }
  }
}
