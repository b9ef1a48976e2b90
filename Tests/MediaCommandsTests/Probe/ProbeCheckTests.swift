import Foundation
import TestSupport
import Testing

/// `--check`: silent on good files, and each planted damage found by its code.
@Suite(.peers("ffmpeg", "ffprobe")) struct ProbeCheckTests {
  /// Findings of level warning that are true of these good files.
  static let lawful: [String: Set<String>] = [
    "flv-sorenson": ["W70008"],  // the encoder is told 200 kb/s and makes twice that
    "ogg-theora": ["W70008"],  // Vorbis writes a nominal rate; a pure tone needs a fifth of it
    "ogg-vorbis": ["W70008"],
    "raw-h264": ["W70001"],  // an elementary stream has no timestamps
    "raw-hevc": ["W70001"],
  ]

  @Test func goodFilesAreClean() throws {
    for recipe in Recipes.all {
      let outcome = try probe("--json", "--check", try Clips.path(recipe))
      #expect(outcome.ending == .exit(0), "\(recipe): \(outcome.ending) \(outcome.errors)")
      guard let document = try? JSONText(outcome.stdout) else { continue }
      let findings = document.list("findings").filter { finding in
        finding["level"]?.string != "info"
          && !(Self.lawful[recipe.name] ?? []).contains(finding["code"]?.string ?? "")
      }
      let list = findings.map { "\($0["code"]?.brief ?? "") \($0["message"]?.brief ?? "")" }
      #expect(findings.isEmpty, "\(recipe): \(list.joined(separator: "\n"))")
    }
  }

  /// Checks bytes as a file of this name; the document and the exit code.
  private func check(
    _ bytes: [UInt8], as name: String, _ options: [String] = []
  ) throws -> (document: JSONText, outcome: Outcome) {
    let scratch = try ScratchFolder()
    let path = try scratch.write(bytes, to: name)
    let outcome = try Mediatool.run(["probe", "--json", "--check"] + options + [path])
    return (outcome.stdout.isEmpty ? .null : try JSONText(outcome.stdout), outcome)
  }

  // MARK: Cut files

  struct Cut: CustomTestStringConvertible {
    var recipe: String
    /// What is kept, of 100.
    var percent: Int
    var testDescription: String { "\(recipe) at \(percent) %" }
  }

  @Test(arguments: [
    Cut(recipe: "mp4-faststart", percent: 60), Cut(recipe: "mp4-fragmented", percent: 70),
    Cut(recipe: "mov-chapters", percent: 97), Cut(recipe: "mkv-hevc-subtitles", percent: 60),
    Cut(recipe: "webm-vp9-opus", percent: 80), Cut(recipe: "flv-h264", percent: 51),
    Cut(recipe: "avi-mpeg4", percent: 50), Cut(recipe: "wav-24bit", percent: 50),
    Cut(recipe: "ogg-theora", percent: 70), Cut(recipe: "ts-interlaced", percent: 61),
  ])
  func aCutFileIsTruncated(_ cut: Cut) throws {
    let path = try Clips.path(cut.recipe)
    let whole = try contents(of: path)
    // Odd, so that no structure ends there by luck.
    let kept = Array(whole.prefix(whole.count * cut.percent / 100 | 1))
    let suffix = path.split(separator: ".").last ?? ""
    let (document, outcome) = try check(kept, as: "cut.\(suffix)")
    let codes = Set(document.codes)
    #expect(!codes.isDisjoint(with: ["E00010", "E80002"]), "\(outcome.errors) \(codes)")
    #expect(outcome.ending == .exit(1), "\(outcome.ending) \(outcome.errors)")
    for finding in document.list("findings")
    where ["E00010", "E80002"].contains(finding["code"]?.string) {
      #expect(finding["level"]?.string == "error")
      if let offset = finding["offset"]?.integer { #expect(offset <= kept.count) }
    }
  }

  @Test func anMP4WithoutIndexSaysSo() throws {
    let whole = try contents(of: try Clips.path("mp4-moov-last"))
    let (_, outcome) = try check(Array(whole.prefix(whole.count / 2)), as: "cut.mp4")
    #expect(outcome.ending == .exit(65) || outcome.ending == .exit(1), "\(outcome)")
    #expect((outcome.errors + outcome.output).contains("moov"), "\(outcome)")
  }

  @Test func trailingBytesAreTold() throws {
    let mp4 = try contents(of: try Clips.path("mp4-faststart"))
    let (document, _) = try check(mp4 + [UInt8](repeating: 0xa5, count: 500), as: "tail.mp4")
    #expect(
      document.codes.contains { ["W00012", "E80002", "E00010"].contains($0) }, "\(document.codes)")
  }

  // MARK: Timestamps, planted into an FLV's tags

  /// The FLV clip with the sound's or pictures' tags after the sequence headers edited.
  private func flv(_ edit: (inout FLVBytes, _ video: [Int], _ audio: [Int]) -> Void) throws
    -> [UInt8]
  {
    var flv = FLVBytes(editing: try contents(of: try Clips.path("flv-h264")))
    // AVCPacketType and AACPacketType, the second byte of a body, are 0 in a sequence header.
    let (bytes, tags) = (flv.bytes, flv.tags)
    let frames = tags.indices.filter { bytes[tags[$0].offset + 12] == 1 }
    edit(&flv, frames.filter { tags[$0].type == 9 }, frames.filter { tags[$0].type == 8 })
    return flv.bytes
  }

  private func expect(
    _ code: String, exit: Int32, in bytes: [UInt8], track: Int? = nil, options: [String] = []
  ) throws {
    let (document, outcome) = try check(bytes, as: "planted.flv", options)
    let finding = document.list("findings").first { $0["code"]?.string == code }
    #expect(finding != nil, "\(code) is not among \(document.codes); \(outcome.errors)")
    if let track { #expect(finding?["stream"]?.integer == track, "\(document.list("findings"))") }
    #expect(outcome.ending == .exit(exit), "\(outcome)")
  }

  @Test func repeatedDTS() throws {
    let bytes = try flv { flv, video, _ in
      flv.setTime(flv.tags[video[20]].time, ofTag: video[21])
    }
    try expect("W70003", exit: 0, in: bytes, track: 0)
    try expect("W70003", exit: 1, in: bytes, options: ["--fail-on", "warning"])
  }

  @Test func decreasingDTS() throws {
    let bytes = try flv { flv, video, _ in
      flv.setTime(flv.tags[video[20]].time - 100, ofTag: video[21])
    }
    try expect("E70002", exit: 1, in: bytes, track: 0)
    try expect("E70002", exit: 0, in: bytes, options: ["--fail-on", "fatal"])
  }

  @Test func gap() throws {
    let bytes = try flv { flv, video, audio in
      for index in video.dropFirst(20) + audio.dropFirst(30) {
        flv.setTime(flv.tags[index].time + 3000, ofTag: index)
      }
    }
    try expect("W70004", exit: 0, in: bytes)
    let (document, _) = try check(bytes, as: "gap.flv", ["--max-gap", "10s"])
    #expect(!document.codes.contains("W70004"), "\(document.codes)")
  }

  @Test func startSkew() throws {
    let bytes = try flv { flv, _, audio in
      for index in audio { flv.setTime(flv.tags[index].time + 900, ofTag: index) }
    }
    try expect("W70006", exit: 0, in: bytes)
    let (document, _) = try check(bytes, as: "skew.flv", ["--max-skew", "2s"])
    #expect(!document.codes.contains("W70006"), "\(document.codes)")
  }

  @Test func declaredDuration() throws {
    var bytes = try contents(of: try Clips.path("flv-h264"))
    let name = Array("duration".utf8)
    let at = try #require(bytes.indices.first { bytes[$0...].starts(with: name) }) + name.count + 1
    // An AMF0 number: 60.0 in place of the 2 seconds that are there.
    bytes.replaceSubrange(at..<at + 8, with: [0x40, 0x4e, 0, 0, 0, 0, 0, 0])
    try expect("W70007", exit: 0, in: bytes)
  }

  @Test func longGOP() throws {
    let path = try Clips.path("flv-h264")  // its only keyframe is the first picture
    let (long, outcome) = try check(try contents(of: path), as: "gop.flv", ["--max-gop", "1s"])
    #expect(long.codes.contains("W70010"), "\(long.codes) \(outcome.errors)")
    #expect(!(try document("--check", path)).codes.contains("W70010"))
    // Keyframes every two seconds, as far as binary fractions tell.
    let clip = "\(Mediatool.packageFolder)/Samples/clip.mp4"
    #expect(!(try document("--check", "--max-gop", "2s", clip)).codes.contains("W70010"))
  }

  @Test func trackWithoutPackets() throws {
    let scratch = try ScratchFolder()
    let made = try ProcessRunner.run(
      "ffmpeg",
      [
        "-v", "error", "-nostdin", "-i", try Clips.path("mp4-faststart"), "-c", "copy", "-bsf:a",
        "noise=drop=1", scratch["silent.mkv"],
      ])
    try #require(made.ending == .exit(0), "\(made)")
    let document = try document("--check", scratch["silent.mkv"])
    let finding = document.list("findings").first { $0["code"]?.string == "W70011" }
    #expect(finding?["stream"]?.integer == 1, "\(document.codes)")
  }

  @Test func firstPictureIsNoKeyframe() throws {
    var seen = 0
    let flv = FLVBytes(editing: try contents(of: try Clips.path("flv-h264")))
    let bytes = flv.removing { tag in
      guard tag.type == 9, tag.count > 10 else { return false }
      seen += 1
      return seen == 2  // the first is the sequence header
    }
    try expect("W70014", exit: 0, in: bytes, track: 0)
  }

  @Test func lostTransportPackets() throws {
    var bytes = try contents(of: try Clips.path("ts-interlaced"))
    bytes.removeSubrange(188 * 300..<188 * 303)
    let (document, outcome) = try check(bytes, as: "lost.ts")
    #expect(document.codes.contains("E70013"), "\(document.codes) \(outcome.errors)")
    #expect(outcome.ending == .exit(1))
  }

  // MARK: Decoding

  @Test func decodingErrorsAreFoundOnlyByDecoding() throws {
    var bytes = try contents(of: try Clips.path("mp4-faststart"))
    var state: UInt64 = 7  // a fixed seed: the same damage every time
    for offset in stride(from: bytes.count / 2, to: bytes.count - 200, by: 997) {
      for step in 0..<40 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        bytes[offset + step] = UInt8(truncatingIfNeeded: state >> 33)
      }
    }
    let (decoded, outcome) = try check(bytes, as: "damaged.mp4", ["--decode"])
    #expect(decoded.codes.contains("E00020"), "\(decoded.codes) \(outcome.errors)")
    #expect(outcome.ending == .exit(1))
    let (walked, _) = try check(bytes, as: "damaged.mp4")
    #expect(!walked.codes.contains("E00020"))
    let good = try document("--check", "--decode", try Clips.path("mp4-faststart"))
    #expect(!good.codes.contains("E00020"))
  }

  @Test func findingsAreWholeAndInTheText() throws {
    let bytes = try flv { flv, video, _ in
      flv.setTime(flv.tags[video[20]].time - 100, ofTag: video[21])
    }
    let scratch = try ScratchFolder()
    let path = try scratch.write(bytes, to: "planted.flv")
    let json = try probe("--json", "--check", path)
    for finding in try JSONText(json.stdout).list("findings") {
      for name in ["code", "level", "title", "message"] {
        #expect(finding[name]?.string?.isEmpty == false, "\(finding)")
      }
    }
    let text = try probe("--check", path)
    #expect(text.output.contains("E70002") && text.ending == .exit(1), "\(text)")
  }
}
