import Foundation
import MediaIO
import TestSupport
import Testing

@testable import MediaCommands

/// Inputs that cannot be read, and options that choose what is printed.
struct FLVDumpInputTests {
  @Test(
    arguments: [
      ("missing.flv", 66, "No such file"), (".", 66, "is a directory"),
      ("empty.flv", 65, "the input is empty"), ("text.flv", 65, "not FLV: begins with the bytes"),
      ("short.flv", 65, "the input ends inside the FLV header, at byte"),
      ("http://no-such-host..invalid/x.flv", 68, "not known"),
      ("rtmp://127.0.0.1/live", 69, "not rtmp"), ("http://", 64, "no host"),
      ("http://127.0.0.1:/x.flv", 64, "the port is not a number"),
    ] as [(String, Int32, String)])
  func badInputEndsWithItsCode(name: String, exit: Int32, words: String) throws {
    let scratch = try ScratchFolder()
    try scratch.write("", to: "empty.flv")
    try scratch.write("hello there, this is no video", to: "text.flv")
    try scratch.write(Array("FLV".utf8) + [1, 5, 0], to: "short.flv")
    let path = name.contains(":") ? name : scratch[name]
    let outcome = try flvDump(path)
    #expect(outcome.ending == .exit(exit) && outcome.stdout.isEmpty, "\(outcome)")
    #expect(outcome.errors.contains(words), "\(outcome)")
    #expect(outcome.errors.hasPrefix("mediatool flv-dump: "))
  }

  /// The document is printed also where there is nothing to describe.
  @Test(arguments: ["", "no FLV at all"]) func documentOfNoFLV(text: String) throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write(text, to: "x.flv")
    let document = try flvDocument(path, exit: 65)
    #expect(document["schema"]?.string == "mediatool.flv-dump/1")
    #expect(document["format"] == .null && document.list("tags").isEmpty)
    let findings = document.list("findings")
    #expect(findings.count == 1 && findings.first?["level"]?.string == "fatal")
    #expect(try flvDump("--check", "--json", path).ending == .exit(65))
  }

  @Test(.peers("ffmpeg")) func selection() throws {
    let path = try Clips.path("flv-h264")
    let all = try flvTags(path)
    #expect(all.map { $0["index"]?.number } == all.indices.map { Double($0) })
    let audio = try flvTags("--tags", "audio", path)
    #expect(audio == all.filter { $0["type"]?.string == "audio" } && !audio.isEmpty)
    #expect(try flvTags("--tracks", "v:0", path) == all.filter { $0["type"]?.string == "video" })
    let middle = try flvTags("--from", "0.5", "--to", "1s", path)
    #expect(middle == all.filter { (500..<1000).contains($0["dts"]?.number ?? -1) })
    #expect(try flvTags("--limit", "4", path) == Array(all.prefix(4)))
    #expect(try flvTags("--limit", "0", path).isEmpty)
    let summary = try flvDocument("--summary", path)
    #expect(summary["tags"] == nil && summary["totals"]?["tags"]?.number == Double(all.count))
    #expect(try flvDocument(path).list("tags") == all)
  }

  @Test(
    arguments: [
      ["--json", "--jsonl", "x.flv"], ["--fail-on", "info", "x.flv"],
      ["--from", "2s", "--to", "1s", "x.flv"], ["--tags", "sound", "x.flv"],
      ["--expect", "totals.tag == 1", "x.flv"], ["--expect", "tags[0].size == 1", "x.flv"],
      ["--hex=0", "x.flv"], [], ["--summary", "--tags", "audio", "x.flv"],
      ["--summary", "--tracks", "v", "x.flv"], ["--summary", "--from", "1", "x.flv"],
      ["--summary", "--to", "1", "x.flv"], ["--json", "--summary", "--limit", "1", "x.flv"],
      ["--summary", "--hex", "x.flv"], ["--summary", "--changes", "x.flv"],
      ["--summary", "--extract-video", "v", "--limit", "1", "x.flv"],
    ])
  func usageErrors(arguments: [String]) throws {
    let outcome = try Mediatool.run(["flv-dump"] + arguments)
    #expect(outcome.ending == .exit(64) && outcome.stdout.isEmpty, "\(outcome)")
    #expect((1...3).contains(outcome.errorLines.count))
  }

  /// By whatever name, and whatever is printed.
  @Test(arguments: [
    ["-o", "in.flv"], ["-y", "-o", "./in.flv"], ["-y", "--json", "-o", "link.flv"],
    ["-y", "--jsonl", "-o", "hard.flv"], ["-y", "--summary", "-o", "in.flv"],
    ["-y", "--check", "-o", "in.flv"],
  ])
  func theInputIsNoOutput(arguments: [String]) throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write(FLVBytes().bytes, to: "in.flv")
    let files = FileManager.default
    try files.createSymbolicLink(atPath: scratch["link.flv"], withDestinationPath: "in.flv")
    try files.linkItem(atPath: path, toPath: scratch["hard.flv"])
    let words = ["flv-dump"] + arguments + ["in.flv"]
    let outcome = try Mediatool.run(words, directory: scratch.path)
    #expect(outcome.ending == .exit(64) && outcome.stdout.isEmpty, "\(outcome)")
    #expect(outcome.errors.contains("is the input"))
    #expect(try bytes(of: path) == FLVBytes().bytes)
  }

  /// A pipe is kept in $TMPDIR, which is where the message leads.
  @Test func theFolderOfTemporaryFilesIsNamed() throws {
    let scratch = try ScratchFolder()
    let outcome = try Mediatool.run(
      ["flv-dump", "--repair", "-o", scratch["out.flv"], "-"], input: .pipe(FLVBytes().bytes),
      environment: ["TMPDIR": scratch["missing"]])
    #expect(outcome.ending == .exit(73) && outcome.stdout.isEmpty, "\(outcome)")
    #expect(outcome.errors.contains("temporary file in \(scratch["missing"]): No such file"))
    let full = IOFailure(call: "write", code: ENOSPC, subject: "temporary file in /full")
    #expect(Failure(full).message.hasPrefix("temporary file in /full: No space"))
    #expect(Failure(full).exit == .ioError)
  }

  @Test(arguments: [
    ["-o"], ["--extract-video"], ["--repair", "-o"],
    ["--extract-audio", "http://user:PASSWD@x/l", "--extract-video"],
  ])
  func anOutputsPasswordIsNotSaid(options: [String]) throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write(FLVBytes().bytes, to: "in.flv")
    let words = ["flv-dump", path] + options + ["http://user:PASSWD@x/l"]
    let outcome = try Mediatool.run(words, directory: scratch.path)
    #expect([64, 73].contains(outcome.exitCode), "\(outcome)")
    #expect(outcome.errors.contains("user:***@"), "\(outcome)")
    #expect(!outcome.errors.contains("PASSWD"))
  }

  @Test(.peers("ffmpeg")) func expectations() throws {
    let path = try Clips.path("flv-h264")
    #expect(try flvDump("--summary", "--expect", "totals.video.tags > 10", path).ending == .exit(0))
    let failed = try flvDump(
      "--summary", "--expect", "streams[codec_type=video].codec_name == vp9", path)
    #expect(failed.ending == .exit(1) && failed.errors.contains("found \"h264\""), "\(failed)")
  }

  @Test(.peers("ffmpeg")) func hexShowsTheBodysFirstBytes() throws {
    let path = try Clips.path("flv-h264")
    let clip = try bytes(of: path)
    for tag in try flvTags("--hex=3", path) {
      let (offset, size) = (Int(tag["offset"]?.number ?? 0), Int(tag["size"]?.number ?? 0))
      let body = clip[offset + 11..<offset + 11 + min(3, size)]
      let digits = body.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      #expect(tag["hex"]?.string == digits)
    }
  }

  @Test(arguments: [[], ["--check"], ["--repair"]] as [[String]])
  func aFileWithoutATagIs65(options: [String]) throws {
    let scratch = try ScratchFolder()
    let header: [UInt8] = Array("FLV".utf8) + [1, 4, 0, 0, 0, 9, 0, 0, 0, 0]
    let noise = try scratch.write(header + Array(repeating: 0xee, count: 50), to: "noise.flv")
    let copy = scratch["copy.flv"]
    let output = options == ["--repair"] ? ["-o", copy] : []
    let outcome = try Mediatool.run(["flv-dump"] + options + output + [noise])
    #expect(outcome.ending == .exit(65), "\(outcome)")
    #expect(outcome.errors.contains("there is no whole tag behind the FLV header"))
    #expect(throws: (any Error).self) { try bytes(of: copy) }
  }

  @Test func bytesBehindTheLastTagMayHideOne() throws {
    let scratch = try ScratchFolder()
    let header: [UInt8] = Array("FLV".utf8) + [1, 4, 0, 0, 0, 9, 0, 0, 0, 0]
    let tag: [UInt8] = [8, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0x2f, 0xff, 0, 0, 0, 13]
    for (tail, skipped) in [
      ([UInt8](repeating: 0, count: 500), 0), ([1, 2, 3], 0),
      ([UInt8](repeating: 7, count: 60), 60),
      ([9, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0] + [UInt8](repeating: 7, count: 300), 311),
    ] {
      let path = try scratch.write(header + tag + tail, to: "tail.flv")
      let document = try flvDocument("--summary", path, exit: skipped > 0 ? 65 : 0)
      #expect(document["totals"]?["skipped_bytes"]?.number == Double(skipped))
    }
  }

  @Test func aMissingPreviousTagSizeIsTold() throws {
    let scratch = try ScratchFolder()
    let header: [UInt8] = Array("FLV".utf8) + [1, 4, 0, 0, 0, 9, 0, 0, 0, 0]
    let tag: [UInt8] = [8, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0x2f, 0xff, 0, 0, 0, 13]
    let path = try scratch.write(header + tag + tag.dropLast(4) + tag + tag, to: "missing.flv")
    let outcome = try flvDump("--check", "--json", path)
    let document = try JSONText(outcome.stdout)
    #expect(document.list("tags").count == 4)
    let finding = document.list("tags").flatMap { $0.list("findings") }
      .first { $0["message"]?.string?.contains("PreviousTagSize is missing") ?? false }
    #expect(finding?["offset"]?.number == 43)
    let copy = scratch["copy.flv"]
    #expect(try flvDump("--repair", "--verify", "-o", copy, path).ending == .exit(0))
    #expect(try flvTags("--tags", "audio", copy).count == 4)
  }

  @Test func damageWithoutACheckIs65() throws {
    let scratch = try ScratchFolder()
    let header: [UInt8] = Array("FLV".utf8) + [1, 4, 0, 0, 0, 9, 0, 0, 0, 0]
    let tag: [UInt8] = [8, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0x2f, 0xff, 0, 0, 0, 13]
    let whole = try scratch.write(header + tag + tag, to: "whole.flv")
    #expect(try flvDump(whole).ending == .exit(0))
    let cut = try scratch.write(header + tag + tag.dropLast(5), to: "cut.flv")
    let outcome = try flvDump(cut)
    #expect(
      outcome.ending == .exit(65) && outcome.errors.contains("ends inside the tag at byte 30"))
    let hole = try scratch.write(
      header + tag + [UInt8](repeating: 0, count: 100) + tag + tag, to: "hole.flv")
    let skipped = try flvDump("--jsonl", hole)
    #expect(skipped.ending == .exit(65) && skipped.errors.contains("100 bytes skipped"))
    #expect(skipped.output.split(separator: "\n").count == 3)
  }
}
