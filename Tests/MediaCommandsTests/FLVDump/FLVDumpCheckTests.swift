import Foundation
import TestSupport
import Testing

/// What `flv-dump --check` found in one input.
private struct Checked {
  var outcome: Outcome
  var document: JSONText

  init(_ path: String, _ options: [String] = [], input: StandardInput = .empty) throws {
    outcome = try Mediatool.run(["flv-dump", "--json", "--check"] + options + [path], input: input)
    document = try JSONText(outcome.stdout)
  }

  /// The codes in the document's order.
  var codes: [String] { document.codes }

  /// Code and offset of each finding.
  var places: [String] {
    document.list("findings").map { finding in
      let offset = finding["offset"]?.integer.map { " at \($0)" } ?? ""
      return (finding["code"]?.string ?? "") + offset
    }
  }

  /// Type, timestamp and size of every frame.
  var frames: [String] {
    document.list("tags").filter { $0["kind"]?.string == "coded_frames" }.map { tag in
      ["type", "dts", "pts", "size"].map { tag[$0]?.brief ?? "" }.joined(separator: " ")
    }
  }
}

private let picture = ["-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=2"]
private let tone = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=2"]
private let x264 = words("-c:v libx264 -preset veryfast -bf 3 -g 25 -threads 1")

private func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

@discardableResult
private func ffmpeg(_ arguments: [String]) throws -> Outcome {
  let outcome = try ProcessRunner.run("ffmpeg", ["-v", "error", "-nostdin", "-y"] + arguments)
  try #require(outcome.ending == .exit(0), "\(outcome)")
  return outcome
}

/// H.264 with B frames and AAC, as FFmpeg writes it.
private func clip() throws -> FLVBytes {
  let scratch = try ScratchFolder()
  try ffmpeg(picture + tone + x264 + ["-c:a", "aac", scratch["a.flv"]])
  return FLVBytes(editing: try contents(of: scratch["a.flv"]))
}

// MARK: What FFmpeg writes

@Suite(.peers("ffmpeg")) struct FLVDumpCheckWriterTests {
  struct Written: CustomTestStringConvertible {
    var name: String
    var arguments: [String]
    var codes: [String]
    var testDescription: String { name }

    init(_ name: String, _ arguments: [String], _ codes: String...) {
      (self.name, self.arguments, self.codes) = (name, arguments, codes)
    }
  }

  private static let both = picture + tone + x264 + ["-c:a", "aac"]

  @Test(arguments: [
    Written("H.264 with B frames and AAC", both),
    Written("with a keyframe index", both + words("-flvflags add_keyframe_index")),
    Written("without duration", both + words("-flvflags no_duration_filesize")),
    Written("without an end of sequence", both + words("-flvflags no_sequence_end")),
    Written("without metadata", both + words("-flvflags no_metadata"), "I12010"),
    Written(
      "shifted, with an index",
      both + words("-output_ts_offset 5 -flvflags add_keyframe_index"), "I10246"),
    Written("six channels", both + words("-ac 6")),
    Written("HE rates", both + words("-ar 22050")),
    Written("MP3", picture + tone + x264 + words("-c:a libmp3lame -ar 22050")),
    Written("Sorenson H.263 and MP3", picture + tone + words("-c:v flv -c:a libmp3lame -ar 44100")),
    Written("Screen video", picture + words("-c:v flashsv")),
    Written("audio only", tone + words("-c:a aac")),
    Written("PCM 16 bits", tone + words("-c:a pcm_s16le -ar 44100")),
    Written("PCM 8 bits", tone + words("-c:a pcm_u8 -ar 11025")),
    Written("A-law", tone + words("-c:a pcm_alaw -ar 8000")),
    Written("µ-law", tone + words("-c:a pcm_mulaw -ar 8000")),
    Written("ADPCM", tone + words("-c:a adpcm_swf -ar 22050")),
    Written("Nellymoser 8 kHz", tone + words("-c:a nellymoser -ar 8000")),
    Written("Nellymoser 16 kHz", tone + words("-c:a nellymoser -ar 16000")),
    Written("Nellymoser 44.1 kHz", tone + words("-c:a nellymoser -ar 44100")),
    Written("Speex", tone + words("-c:a libspeex -ar 16000")),
    Written(
      "variable frame rate",
      picture + ["-vf", "select='not(mod(n,3))+lt(n,20)'", "-fps_mode", "vfr"] + x264),
    Written("one picture a second", words("-f lavfi -i testsrc2=s=160x120:r=1:d=4") + x264),
    Written("one picture", words("-f lavfi -i testsrc2=s=160x120:r=25:d=0.04") + x264),
    Written("NTSC", words("-f lavfi -i testsrc2=s=160x120:r=30000/1001:d=2") + x264),
  ])
  func whatFFmpegWritesPasses(_ written: Written) throws {
    let scratch = try ScratchFolder()
    try ffmpeg(written.arguments + [scratch["a.flv"]])
    let checked = try Checked(scratch["a.flv"], ["--fail-on", "warning"])
    #expect(checked.outcome.ending == .exit(0))
    #expect(checked.codes == written.codes, "\(checked.document.list("findings"))")
  }

  @Test func aLiveStreamPasses() throws {
    let stream = try ffmpeg(Self.both + ["-f", "flv", "-"]).stdout
    let checked = try Checked("-", ["--fail-on", "warning"], input: .pipe(stream))
    #expect(checked.outcome.ending == .exit(0))
    #expect(checked.codes == ["I12015"])
  }

  @Test(.peers("ffmpeg", "yamdi", "flvmeta"))
  func injectedIndexesAreRight() throws {
    let scratch = try ScratchFolder()
    let source = try scratch.write(try clip().bytes, to: "a.flv")
    let tools: [(String, [String])] = [
      ("yamdi", ["-i", source, "-o", scratch["b.flv"]]),
      ("flvmeta", ["-U", source, scratch["c.flv"]]),
      ("flvmeta", ["-U", "-k", source, scratch["d.flv"]]),
    ]
    // They measure to the last tag, count sequence headers as frames, and believe AudioTagHeader.
    let known: Set<String> = ["W12020", "W12023", "W12025"]
    for (program, arguments) in tools {
      try #require(try ProcessRunner.run(program, arguments).ending == .exit(0))
    }
    for name in ["b.flv", "c.flv", "d.flv"] {
      let checked = try Checked(scratch[name])
      #expect(checked.outcome.ending == .exit(0))
      #expect(Set(checked.codes).isSubset(of: known), "\(name): \(checked.codes)")
      // Of the last position, a number in binary64, the fourth last byte is worth 16 and more.
      var bytes = try contents(of: scratch[name])
      let list = try #require(bytes.firstRange(of: Array("filepositions".utf8)))
      bytes[list.upperBound + 5 + 1 + 2] ^= 0x40
      let broken = try Checked(try scratch.write(bytes, to: "x\(name)"))
      #expect(Set(broken.codes).subtracting(known) == ["W12030"], "\(name): \(broken.codes)")
    }
  }
}

// MARK: Damage

@Suite(.peers("ffmpeg")) struct FLVDumpCheckDamageTests {
  private func check(_ bytes: [UInt8], _ options: [String] = []) throws -> Checked {
    let scratch = try ScratchFolder()
    return try Checked(try scratch.write(bytes, to: "a.flv"), options)
  }

  /// A clip with bytes changed.
  private func changed(
    _ clip: FLVBytes, _ change: (inout [UInt8], [FLVBytes.Tag]) -> Void
  ) -> [UInt8] {
    var bytes = clip.bytes
    change(&bytes, clip.tags)
    return bytes
  }

  private func end(_ tag: FLVBytes.Tag) -> Int { tag.offset + 11 + tag.count }

  @Test func sixDamagedFilesLoseNoIntactFrame() throws {
    let clip = try clip()
    let whole = try check(clip.bytes)
    #expect(whole.codes.isEmpty && whole.frames.count > 100)
    let tag = clip.tags[60]
    let half = clip.bytes.count / 2
    let cut = try #require(clip.tags.last { $0.offset < half })
    let array = try #require(clip.bytes.firstRange(of: Array("onMetaData".utf8))).upperBound + 1

    let zero = try check(
      changed(clip) { bytes, tags in
        for tag in tags { bytes.replaceSubrange(end(tag)..<end(tag) + 4, with: [0, 0, 0, 0]) }
      })
    #expect(zero.places == ["E10211 at \(end(clip.tags[0]))"])
    #expect(zero.frames == whole.frames)

    let wrong = try check(changed(clip) { bytes, _ in bytes[end(tag) + 2] ^= 0x55 })
    #expect(wrong.places == ["E10210 at \(end(tag))"])
    #expect(wrong.frames == whole.frames)

    let filter = try check(changed(clip) { bytes, _ in bytes[tag.offset] |= 0x20 })
    let head = tag.type == 9 ? 5 : 2
    #expect(filter.places == ["E10224 at \(tag.offset + 11 + head)"])
    #expect(filter.frames == whole.frames)

    let truncated = try check(Array(clip.bytes[..<half]))
    #expect(truncated.places == ["E10232 at \(cut.offset)"])
    #expect(truncated.frames == Array(whole.frames.prefix(truncated.frames.count)))
    #expect(truncated.frames.count == clip.tags.firstIndex { $0.offset == cut.offset }! - 3)

    for count: [UInt8] in [[0, 0, 0, 0], [0x7f, 0xff, 0xff, 0xff]] {
      let ecma = try check(
        changed(clip) { bytes, _ in bytes.replaceSubrange(array..<array + 4, with: count) })
      #expect(ecma.places == ["I12002 at \(array)"])
      #expect(ecma.frames == whole.frames)
      #expect(ecma.outcome.ending == .exit(0))
    }
    for errors in [zero, wrong, filter, truncated] {
      #expect(errors.outcome.ending == .exit(1))
    }
  }

  @Test func eachDamageIsOneFinding() throws {
    let clip = try clip()
    let tag = clip.tags[60]
    let cases: [(String, (inout [UInt8], [FLVBytes.Tag]) -> Void)] = [
      ("E10231", { bytes, _ in bytes[tag.offset + 1] = 0xff }),
      ("E10230", { bytes, _ in for i in tag.offset..<tag.offset + 3000 { bytes[i] = 0 } }),
      ("W10222", { bytes, _ in bytes[tag.offset] = 0x15 }),
      ("W10221", { bytes, _ in bytes[tag.offset] |= 0x40 }),
      ("W10220", { bytes, tags in for tag in tags { bytes[tag.offset + 10] = 1 } }),
      ("W10240", { bytes, tags in for tag in tags[60...] { bytes[tag.offset + 7] = 2 } }),
      ("W10240", { bytes, _ in bytes[tag.offset + 7] = 2 }),
      ("W10003", { bytes, _ in bytes[4] = 1 }),
      ("W00012", { bytes, _ in bytes += [UInt8](repeating: 0, count: 5000) }),
      ("E10234", { bytes, _ in bytes += bytes }),
    ]
    for (code, change) in cases {
      let checked = try check(changed(clip, change))
      #expect(checked.codes == [code], "\(checked.document.list("findings"))")
      #expect(checked.outcome.ending == .exit(code.hasPrefix("E") ? 1 : 0))
      let level = code.hasPrefix("E") ? "fatal" : "warning"
      let strict = try check(changed(clip, change), ["--fail-on", level])
      #expect(strict.outcome.ending == .exit(level == "warning" ? 1 : 0))
    }
  }

  @Test func maxJumpIsTheLongestStepThatIsNone() throws {
    var clip = try clip()
    for (index, tag) in clip.tags.enumerated() where index > 60 {
      clip.setTime(tag.time + 5000, ofTag: index)
    }
    // The duration is 5 s short of what the timestamps say.
    #expect(try check(clip.bytes).codes == ["W12020"])
    #expect(try check(clip.bytes, ["--max-jump", "4"]).codes == ["W10240"])
  }

  /// As text a check is its findings, unless more is asked for.
  @Test func aCheckListsTheTagsAskedFor() throws {
    let clip = try clip()
    let tag = clip.tags[60]
    let bytes = changed(clip) { bytes, _ in bytes[end(tag) + 2] ^= 0x55 }
    let scratch = try ScratchFolder()
    let path = try scratch.write(bytes, to: "a.flv")
    func dump(_ options: String...) throws -> (text: String, tags: Int) {
      let outcome = try Mediatool.run(["flv-dump", "--check", path] + options)
      #expect(outcome.ending == .exit(1) && outcome.stderr.isEmpty, "\(outcome)")
      let text = outcome.output
      #expect(text.hasSuffix("1 error in \(clip.tags.count) tags\n"))
      #expect(text.matches(of: /E10210/).count == 1, "\(outcome)")
      let isTag = { (line: Substring) in line.contains(/^ +\d+  (audio|video|script)\b/) }
      return (text, text.split(separator: "\n").filter(isTag).count)
    }
    #expect(try dump().text.split(separator: "\n").count == 2)
    #expect(try dump("--limit", "3").tags == 3)
    #expect(try dump("--from", "0").tags == clip.tags.count)
    #expect(try dump("--to", "0.2", "--tags", "script").tags == 1)
    let pictures = clip.tags.filter { $0.type == 9 }.count
    #expect(try dump("--tracks", "v").tags == pictures)
    #expect(try dump("--hex=4").text.contains("IDR"))
    #expect(try dump("--nal").text.contains("IDR slice (5) at"))
    #expect(try dump("--changes").tags == 2)
  }

  @Test func findingsStandWhereTheyOccur() throws {
    let clip = try clip()
    let tag = clip.tags[60]
    let bytes = changed(clip) { bytes, _ in bytes[end(tag) + 2] ^= 0x55 }
    let scratch = try ScratchFolder()
    let path = try scratch.write(bytes, to: "a.flv")
    let text = try Mediatool.run(["flv-dump", path]).output.split(separator: "\n")
    let line = try #require(text.firstIndex { $0.contains("E10210") })
    #expect(text[line - 1].contains(" \(tag.offset) "))
    let lines = try Mediatool.run(["flv-dump", "--check", "--jsonl", path]).output
      .split(separator: "\n").map { try JSONText($0) }
    #expect(lines.count == clip.tags.count)
    #expect(lines[60].codes == ["E10210"])
    #expect(lines.allSatisfy { $0 == lines[60] || $0.codes.isEmpty })
  }
}

// MARK: Real files

/// Real files, where they lie beside the checkout; they are not part of this project.
private let corpus: String? = {
  let folder =
    ProcessInfo.processInfo.environment["MEDIATOOL_CORPUS"].map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../../shared/corpus").standardizedFileURL
  return FileManager.default.fileExists(atPath: folder.path) ? folder.path : nil
}()

@Suite(.enabled(if: corpus != nil, "needs the corpus")) struct FLVDumpCheckCorpusTests {
  struct File: CustomTestStringConvertible {
    var name: String
    var exit: Int32
    var places: [String]
    var testDescription: String { name }

    init(_ name: String, exit: Int32 = 0, _ places: String...) {
      (self.name, self.exit, self.places) = (name, exit, places)
    }
  }

  @Test(arguments: [
    // Written by FFmpeg.
    File("synthetic/enh_av1_opus.flv", "I11005 at 336"),
    File("synthetic/enh_hevc_aac.flv"),
    File("synthetic/enh_multitrack_h264x2_aacx2.flv"),
    File("synthetic/enh_vp9_flac.flv", "I11013 at 92322", "I11005 at 92418"),
    File("synthetic/h264_aac.flv"),
    File("synthetic/h264_ac3.flv"),
    File("synthetic/h264_mp3.flv"),
    File("synthetic/lpcm.flv"),
    File("synthetic/pcma.flv"),
    File("synthetic/sorenson.flv"),
    File("enhanced-rtmp/testsrc.flv", "I11005 at 336"),
    // Edited afterwards, most without setting filesize again.
    File("synthetic/enh_command_frame.flv", "W12021 at 13"),
    File("synthetic/flv_dataoffset_16.flv", "I10004 at 5", "W12021 at 20"),
    File("synthetic/flv_empty.flv", exit: 65, "F00001 at 0"),
    File("synthetic/flv_flags_zero.flv", "W10003 at 4"),
    File("synthetic/flv_header_only_13.flv", "I10005 at 0"),
    File("synthetic/flv_metadata_all_types.flv", "I12002 at 38"),
    File("synthetic/flv_metadata_no_end_marker.flv", "I12003 at 77"),
    File("synthetic/flv_negative_cts.flv", "I10246 at 410", "I11020 at 419"),
    File("synthetic/flv_not_flv.flv", exit: 65, "F00001 at 0"),
    File("synthetic/flv_prevtagsize_zero.flv", exit: 1, "E10211 at 316"),
    File(
      "synthetic/flv_repeated_sequence_header.flv", "I11012 at 406", "I11012 at 470",
      "I11012 at 534", "W12021 at 13"),
    File("synthetic/flv_trunc_in_tag_body.flv", exit: 1, "E10232 at 27516"),
    File("synthetic/flv_ts_cross_24bit.flv", "I10246 at 410", "I10243 at 27520"),
    // TagType 15 with bytes that are no AMF3.
    File("synthetic/flv_unknown_tag_type.flv", "W12001 at 4283", "W12021 at 13"),
    File(
      "synthetic/flv_zero_len_tags.flv", "I10235 at 4273", "I10235 at 4288", "I10235 at 4303",
      "W12021 at 13"),
  ])
  func filesHaveTheirFindings(_ file: File) throws {
    let folder = try #require(corpus)
    let checked = try Checked("\(folder)/\(file.name)")
    #expect(Set(checked.places) == Set(file.places))
    #expect(checked.places.count == file.places.count)
    #expect(checked.outcome.ending == .exit(file.exit))
  }
}
