import Foundation
import MediaCLI
import MediaJSON
import MediaRaw
import TestSupport
import Testing

@testable import MediaCommands

/// Whole runs of `yuv-convert`: outputs, exit codes, what is said and where.
@Suite struct YUVConvertRunTests {
  /// Three pictures of 32x18 in yuv420p that are alike nowhere.
  private static let pictures = (0..<3 * 864).map { UInt8(truncatingIfNeeded: $0 * 7 % 220 + 16) }

  private struct Run {
    var exit: ExitCode
    var output: MemoryOutput
    var errors: String
  }

  private func run(_ words: [String]) -> Run {
    let (output, errors) = (MemoryOutput(), MemoryOutput())
    let exit = Tool.run(
      ["yuv-convert"] + words, CommandEnvironment(standardOutput: output, standardError: errors))
    return Run(exit: exit, output: output, errors: errors.text)
  }

  /// A folder with good pictures and bad ones.
  private func folder() throws -> ScratchFolder {
    let folder = try ScratchFolder()
    try folder.write(Self.pictures, to: "in.yuv")
    try folder.write(Self.pictures, to: "in_32x18_25_yuv420p.yuv")
    try folder.write(Self.pictures + [1, 2, 3], to: "long.yuv")
    try folder.write([], to: "empty.yuv")
    try folder.write("there already", to: "there.rgb")
    let header = Array("YUV4MPEG2 W32 H18 F25:1 C420mpeg2\n".utf8)
    let frame = Array("FRAME\n".utf8)
    try folder.write(header + frame + Self.pictures.prefix(864), to: "one.y4m")
    try folder.write(
      header + frame + Self.pictures.prefix(864) + Array("FRUME\n".utf8), to: "bad.y4m")
    try folder.write("YUV4MPEG2", to: "cut.y4m")
    try folder.write("YUV4MPEG2 W32 F25:1\n", to: "flat.y4m")
    return folder
  }

  // MARK: Bad input

  struct Bad: Sendable, CustomTestStringConvertible {
    var words: String
    var exit: ExitCode
    var says: String
    var testDescription: String { words }
    init(_ words: String, _ exit: ExitCode, _ says: String) {
      (self.words, self.exit, self.says) = (words, exit, says)
    }
  }

  /// One clear line each, the right exit code, and nothing that looks like a result.
  @Test func badInputIsOneClearLine() throws {
    let folder = try self.folder()
    let raw = "-q -s 32x18 -p yuv420p"
    for bad in [
      Bad("in.yuv out.rgb", .usage, "add --video-size and --pix-fmt; looks like"),
      Bad("-s 32x18 in.yuv out.rgb", .usage, "add --pix-fmt; looks like 32x18"),
      Bad("empty.yuv out.rgb", .dataError, "the file is empty"),
      Bad("cut.y4m out.rgb", .dataError, "a space expected behind YUV4MPEG2 at byte 9"),
      Bad("flat.y4m out.rgb", .dataError, "lacks H (the height) at byte 19"),
      Bad("-s 32x18 one.y4m out.rgb", .usage, "--video-size is for raw pictures"),
      Bad("\(raw) --stride 31 in.yuv out.rgb", .usage, "a row of yuv420p takes 32 bytes"),
      Bad("-q -s 32x18 -p p010 --stride 65 in.yuv out.rgb", .usage, "multiple of the 2 bytes"),
      Bad("-q -s 65535x65535 -p rgba64 in.yuv out.rgb", .usage, "at most 2147483647 are handled"),
      Bad("-q -s 30000x30000 -p gray in.yuv out.rgb", .dataError, "cannot hold a picture"),
      Bad("\(raw) --skip 99999 in.yuv out.rgb", .usage, "--skip 99999 passes the end"),
      Bad("\(raw) --frame-range 3-9 in.yuv out.rgb", .usage, "behind the end of 3 frames"),
      Bad("\(raw) --crop 33x8 in.yuv out.rgb", .usage, "larger than the picture of 32x18"),
      Bad("\(raw) missing.yuv out.rgb", .noInput, "No such file"),
      Bad("--guess missing.yuv", .noInput, "missing.yuv: No such file"),
      Bad("--guess empty.yuv", .dataError, "holds no bytes to look at"),
      Bad("--guess one.y4m", .dataError, "is Y4M, which says itself what it holds"),
      Bad("\(raw) in.yuv none/out.rgb", .cannotCreate, "none/out.rgb: No such file or directory"),
      Bad("\(raw) in.yuv there.rgb", .cannotCreate, "there.rgb: already exists"),
      Bad("\(raw) in.yuv /dev/full", .ioError, "/dev/full: No space left on device"),
      Bad("\(raw) -y in.yuv in.yuv", .usage, "is the input"),
      Bad("\(raw) in.yuv out.png", .usage, "cannot hold 3 pictures: name them such as"),
      Bad("\(raw) --strict in.yuv out.rgb", .usage, "say so with --in-matrix and --in-range"),
      Bad("--strict in_32x18_25_yuv420p.yuv out.nv12", .usage, "--video-size and --pix-fmt"),
      Bad("\(raw) --reference long.yuv in.yuv out.nv12", .dataError, "not whole pictures"),
    ] {
      let words = bad.words.split(separator: " ").map { word in
        ["yuv", "y4m", "rgb", "png", "nv12"].contains { word.hasSuffix("." + $0) }
          ? folder[String(word)] : String(word)
      }
      let run = run(words)
      #expect(run.exit == bad.exit && run.errors.contains(bad.says), "\(bad.words): \(run.errors)")
      let lines = run.errors.split(separator: "\n").count
      #expect(lines == 1 || bad.exit == .usage && lines <= 3, "\(bad.words): \(run.errors)")
      #expect(run.output.bytes.isEmpty, "\(bad.words)")
    }
    let left = try folder.names
    #expect(left.filter { $0.hasPrefix("out") } == [])
    #expect(try contents(of: folder["there.rgb"]) == Array("there already".utf8))
  }

  /// Only `--check` makes a result of what cannot be read.
  @Test func unreadableInputIsAResultOfCheckAlone() throws {
    let folder = try self.folder()
    let input = folder["cut.y4m"]
    for (words, isResult) in [
      (["--json", input], false), (["--check", "--json", input], true),
      (["--check", "--jsonl", input], true), (["--check", "--json", folder["none.y4m"]], false),
    ] {
      let run = run(words + [folder["out.rgb"]])
      #expect(run.output.bytes.isEmpty != isResult, "\(words)")
      guard isResult else { continue }
      let document = try JSONValue(parsing: run.output.text)
      #expect(document["findings"]?[0]?["code"] == .string("F00001"), "\(document)")
      #expect(document["error"]?["exit"] == .integer(65))
    }
    let run = run(["--check", "--report", input, folder["out.rgb"]])
    #expect(run.output.text.hasPrefix("\(input): cannot be read\n  findings\n    F00001  "))
  }

  @Test func wholePicturesBeforeDamageAreKept() throws {
    let folder = try self.folder()
    for (name, options, count, says) in [
      ("long.yuv", ["-s", "32x18", "-p", "yuv420p"], 3, "3 bytes of 864 are left after 3 frames"),
      ("bad.y4m", [], 1, "FRAME expected before picture 1 at byte 904"),
    ] as [(String, [String], Int, String)] {
      let output = folder[name + ".nv12"]
      let run = run(options + [folder[name], output])
      #expect(run.exit == .dataError && run.errors.contains(says), "\(run.errors)")
      #expect(try contents(of: output).count == count * 864)
    }
  }

  // MARK: What is said

  @Test func assumptionsAreOneLine() throws {
    let folder = try self.folder()
    let input = folder["in_32x18_25_yuv420p.yuv"]
    let run = run([input, folder["out.rgb"]])
    #expect(run.exit == .success)
    #expect(
      run.errors
        == "mediatool yuv-convert: \(input): assumed input.width 32, input.height 18, input.format "
        + "yuv420p (from the file's name), input.matrix bt601 (18 lines, untagged), input.range "
        + "limited (untagged)\n")
    #expect(self.run(["-q", "-y", input, folder["out.rgb"]]).errors.isEmpty)
  }

  /// Raw pictures have no header: who did not ask for them is told what they are.
  @Test(arguments: [
    ("one.y4m", "out.xyz", "out.xyz will hold raw yuv420p: --to names another form"),
    ("one.y4m", "out", "out will hold raw yuv420p"), ("one.y4m", "out.yuv", ""),
    ("one.y4m", "out.nv12", ""), ("one.y4m", "out.y4m", ""),
    ("one.y4m", "-", "raw yuv420p goes out"),
    ("one.y4m", "/dev/null", ""), ("in_32x18_25_yuv420p.yuv", "-", ""),
  ])
  func rawPicturesNobodyAskedForAreNamed(input: String, output: String, says: String) throws {
    let folder = try self.folder()
    let path = output == "-" || output == "/dev/null" ? output : folder[output]
    let run = run([folder[input], path])
    #expect(run.exit == .success)
    #expect(run.errors.contains("raw ") == !says.isEmpty, "\(run.errors)")
    #expect(says.isEmpty || run.errors.contains(says), "\(run.errors)")
  }

  @Test func aFailureLeavesNoEmptyReport() throws {
    let folder = try self.folder()
    let report = folder["report.txt"]
    #expect(run(["--report=" + report, folder["cut.y4m"], "/dev/null"]).exit == .dataError)
    #expect(!FileManager.default.fileExists(atPath: report))
  }

  // MARK: Results

  private static let sample = [
    "yuv-convert", "-q", "-y", "--verify", "--matrix", "bt709", "--hash", "md5", "--report",
    "in_32x18_25_yuv420p.yuv", "out.rgb",
  ]

  @Test func goldenReports() throws {
    let folder = try self.folder()
    for (options, name) in [([], "run.txt"), (["--json", "--jobs", "2"], "run.json")] {
      let outcome = try Mediatool.run(Self.sample + options, directory: folder.path)
      #expect(outcome.ending == .exit(0), "\(outcome)")
      try expectGolden(outcome.output, name)
    }
    let help = try Mediatool.run(["help", "yuv-convert"], directory: folder.path)
    try expectGolden(help.output, "help.txt")
  }

  @Test(.peers("python3")) func documentsMatchTheSchema() throws {
    let folder = try self.folder()
    let results = try ScratchFolder()
    let raw = ["-s", "32x18", "-p", "yuv420p"]
    for (number, words) in [
      raw + ["in.yuv", "/dev/null"], raw + ["--to", "rgb24", "in.yuv", "/dev/null"],
      raw + ["--to", "p010", "--verify", "--hash", "sha256", "in.yuv", "/dev/null"],
      raw + ["--to", "gray", "--frame-range", "1", "in.yuv", "/dev/null"],
      raw + ["--reference", "in.yuv", "--rotate", "180", "in.yuv", "/dev/null"],
      raw + ["--to", "y4m", "--pad", "40x40", "--pad-color", "red", "in.yuv", "/dev/null"],
      raw + [
        "--interlaced", "tff", "--chroma-filter", "bilinear", "--to", "yuv444p16", "in.yuv",
        "/dev/null",
      ],
      raw + ["--check", "long.yuv", "/dev/null"], ["bad.y4m", "/dev/null"],
      ["in_32x18_25_yuv420p.yuv", "/dev/null"],
      ["one.y4m", "/dev/null", "--dither", "bayer", "--to", "rgb565"],
      ["--check", "cut.y4m", "/dev/null"], ["--guess", "in.yuv"],
    ].enumerated() {
      let paths = words.map { word in
        word.hasSuffix(".yuv") || word.hasSuffix(".y4m") ? folder[word] : word
      }
      let run = run(["-q", "--json"] + paths)
      try results.write(run.output.bytes, to: "\(number).json")
    }
    try expectSchema("yuv-convert-1", in: results)
  }
}
