import Foundation
import TestSupport
import Testing

/// Damaged files made of what ffmpeg wrote, repaired, and judged by ffmpeg and flvmeta: the fourth of
/// what the issue wants shown.
struct FLVDumpRepairTests {
  @Test(.peers("ffmpeg", "flvmeta"), arguments: RepairDamage.all)
  fileprivate func damageIsRepaired(damage: RepairDamage) throws {
    let scratch = try ScratchFolder()
    let original = try scratch.clip(damage.clip)
    let clip = try RepairableClip(original)
    let (bytes, lost) = damage.make(clip)
    let (input, output) = (try scratch.write(bytes, to: "in.flv"), scratch["out.flv"])
    let document = try flvDocument("--repair", "--verify", "-o", output, input)
    #expect(document["schema"]?.string == "mediatool.flv-repair/1")
    #expect(document["verify"]?["different"]?.integer == 0)
    #expect(document["verify"]?["unreported"]?.integer == 0)
    #expect(document["outputs"]?[0]?["size"]?.integer == (try contents(of: output).count))
    #expect(document["totals"]?["changes"]?.integer == document.list("changes").count)
    if let kind = damage.kind {
      #expect(document.list("changes").contains { $0["kind"]?.string == kind }, "\(kind)")
    }

    let played = try ProcessRunner.run(
      "ffmpeg", ["-v", "warning", "-nostdin", "-i", output, "-f", "null", "-"])
    #expect(played.ending == .exit(0) && played.stderr.isEmpty, "\(played)")
    let expected = try packetHashes(original)
    let found = try packetHashes(output)
    for stream in expected.keys.sorted() {
      let tags = clip.frames(ofStream: stream)
      try #require(tags.count == expected[stream]?.count)
      let kept = zip(tags, expected[stream] ?? []).filter { !lost.contains($0.0) }.map(\.1)
      #expect(found[stream] == Array(repeating: kept, count: damage.times).flatMap { $0 })
    }

    try checkIndex(output)
    let checked = try flvDump("--check", "--summary", output)
    #expect(checked.ending == .exit(0), "\(checked)")
    let judged = try ProcessRunner.run("flvmeta", ["-C", output])
    // What it says of the file, its tags and their times; its own idea of metadata counts sequence
    // headers as keyframes, and takes sound's rates from bits that mean nothing with AAC.
    #expect(judged.output.matches(of: /[WEF][1-5][0-9]{4}/).isEmpty, "\(judged)")

    let again = try flvDocument("--repair", "-o", scratch["again.flv"], output)
    #expect(again.list("changes").isEmpty, "\(again)")
    #expect(try contents(of: scratch["again.flv"]) == contents(of: output))
  }

  /// Every position of the index is that of a video tag with a key picture, and none is missing.
  private func checkIndex(_ path: String) throws {
    let document = try flvDocument(path)
    let index = document["format"]?["metadata"]?["keyframes"]
    let keyframes = document.list("tags").filter {
      $0["type"]?.string == "video" && $0["keyframe"] == .bool(true)
    }
    guard keyframes.count > 1 else {
      #expect(index == nil)
      return
    }
    #expect(index?["filepositions"]?.items?.map(\.number) == keyframes.map { $0["offset"]?.number })
    #expect(index?["times"]?.items?.map(\.number) == keyframes.map { $0["dts_time"]?.number })
  }

  @Test(.peers("ffmpeg")) func everyPartOfASplitPlaysAlone() throws {
    let scratch = try ScratchFolder()
    let clips = try ScratchFolder()
    let sources = try [RepairDamage.pictures, RepairDamage.other, RepairDamage.pictures].map {
      try clips.clip($0)
    }
    let (first, second) = (try contents(of: sources[0]), try contents(of: sources[1]))
    let input = try scratch.write(first + second + first[13...], to: "in.flv")
    let document = try flvDocument(
      "--repair", "--split", "--verify", "-o", scratch["out.flv"], input)
    #expect(document["verify"]?["different"]?.integer == 0)
    #expect(
      document.list("outputs").map { $0["reason"]?.string } == [
        "start", "configuration", "configuration",
      ])
    #expect(try scratch.names == ["in.flv", "out-001.flv", "out-002.flv", "out-003.flv"])
    for (index, source) in sources.enumerated() {
      let part = scratch["out-00\(index + 1).flv"]
      let played = try ProcessRunner.run(
        "ffmpeg", ["-v", "warning", "-nostdin", "-i", part, "-f", "null", "-"])
      #expect(played.ending == .exit(0) && played.stderr.isEmpty, "\(played)")
      #expect(try packetHashes(part) == packetHashes(source))
      let totals = try #require(try flvDocument("--summary", part)["totals"])
      let starts = ["audio", "video"].compactMap { totals[$0]?["first_timestamp"]?.integer }
      #expect(starts.min() == 0)
    }
  }

  @Test(.peers("ffmpeg")) func aPipeInAndAPipeOut() throws {
    let scratch = try ScratchFolder()
    let path = try scratch.clip(RepairDamage.pictures)
    _ = try flvDump("--repair", "-o", scratch["out.flv"], path)
    let outcome = try flvDump("--repair", "-o", "-", "-", input: .pipe(contents(of: path)))
    #expect(outcome.ending == .exit(0))
    #expect(outcome.stdout == (try contents(of: scratch["out.flv"])))
    #expect(outcome.errors.contains("metadata  at 13"))
    #expect(outcome.errorLines.last?.contains("tags kept, 0 dropped") == true)
  }

  @Test(.peers("ffmpeg")) func runsOfChangesAreOneLineOfText() throws {
    let scratch = try ScratchFolder()
    let clip = try RepairableClip(scratch.clip(RepairDamage.pictures))
    let (bytes, _) = RepairDamage.previousTagSizes { _, _ in 0 }.make(clip)
    let input = try scratch.write(bytes, to: "in.flv")
    let outcome = try flvDump("--repair", "--verify", "-o", scratch["out.flv"], input)
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 5, "\(outcome)")
    #expect(
      lines.contains { $0.hasPrefix("previous_tag_size  at") && $0.contains(" times  0 -> ") })
  }

  @Test(
    arguments: [
      ["--repair", "in.flv"], ["--verify", "in.flv"], ["--split", "-o", "x.flv", "in.flv"],
      ["--repair", "-o", "in.flv", "in.flv"], ["--repair", "-y", "-o", "./in.flv", "in.flv"],
      ["--repair", "-y", "-o", "link.flv", "in.flv"], ["--repair", "--split", "-o", "-", "in.flv"],
      ["--repair", "--verify", "-o", "-", "in.flv"], ["--repair", "--jsonl", "-o", "x", "in.flv"],
      ["--repair", "--verify", "-o", "/dev/null", "in.flv"],
      ["--repair", "--check", "-o", "x", "in.flv"], ["--repair", "--hex", "-o", "x", "in.flv"],
      ["--repair", "--limit", "1", "-o", "x", "in.flv"],
      ["--repair", "-o", "x", "http://127.0.0.1/in.flv"],
    ])
  func impossibleCommandLines(words: [String]) throws {
    let scratch = try ScratchFolder()
    try scratch.write(RepairableClip.empty, to: "in.flv")
    try FileManager.default.createSymbolicLink(
      atPath: scratch["link.flv"], withDestinationPath: "in.flv")
    let outcome = try Mediatool.run(["flv-dump"] + words, directory: scratch.path)
    #expect(outcome.ending == .exit(64) && outcome.stdout.isEmpty, "\(outcome)")
    #expect(try scratch.names == ["in.flv", "link.flv"])
    #expect(try contents(of: scratch["in.flv"]) == RepairableClip.empty)
  }

  @Test(
    arguments: [
      (["in.flv", "-o", "old.flv"], 73, "use --force"),
      (["in.flv", "--split", "-o", "part.flv"], 73, "part-001.flv"),
      (["in.flv", "-o", "no/such/x.flv"], 73, "No such file"),
      (["missing.flv", "-o", "x.flv"], 66, "missing.flv"),
      (["old.flv", "-o", "x.flv"], 65, "not FLV"),
      (["in.flv", "-o", "/dev/full"], 74, "No space"),
      (["in.flv", "-y", "-o", "old.flv"], 0, ""), (["in.flv", "-o", "/dev/null"], 0, ""),
    ] as [([String], Int32, String)])
  func exitCodes(words: [String], exit: Int32, says: String) throws {
    let scratch = try ScratchFolder()
    try scratch.write(RepairableClip.empty, to: "in.flv")
    try scratch.write("something else", to: "old.flv")
    try scratch.write("something else", to: "part-001.flv")
    let outcome = try Mediatool.run(["flv-dump", "--repair"] + words, directory: scratch.path)
    #expect(outcome.ending == .exit(exit), "\(outcome)")
    #expect(outcome.errors.contains(says) || exit == 0)
    #expect(outcome.errorLines.count == (exit == 0 ? 0 : 1), "\(outcome)")
    #expect(try scratch.names == ["in.flv", "old.flv", "part-001.flv"])
    #expect((try contents(of: scratch["old.flv"]) == RepairableClip.empty) == words.contains("-y"))
  }

  @Test(.peers("ffmpeg")) func anInterruptLeavesNoFile() throws {
    let scratch = try ScratchFolder()
    try #require(mkfifo(scratch["in.flv"], 0o600) == 0)
    let clips = try ScratchFolder()
    let clip = try contents(of: clips.clip(RepairDamage.pictures))
    let run = try Mediatool.start(
      ["flv-dump", "--repair", "-o", scratch["out.flv"], scratch["in.flv"]])
    let writer = try #require(FileHandle(forWritingAtPath: scratch["in.flv"]))
    writer.write(Data(clip))
    run.signal(SIGINT)
    let outcome = run.wait()
    #expect(outcome.ending == .exit(130), "\(outcome)")
    #expect(try scratch.names == ["in.flv"])
  }
}

// MARK: - Clips and hashes

/// The sixth column of ffmpeg's `framemd5`, by stream.
private func packetHashes(_ path: String) throws -> [Int: [String]] {
  let outcome = try ProcessRunner.run(
    "ffmpeg", ["-v", "error", "-nostdin", "-i", path, "-c", "copy", "-f", "framemd5", "-"])
  try #require(outcome.ending == .exit(0), "\(outcome)")
  var hashes: [Int: [String]] = [:]
  for line in outcome.output.split(separator: "\n") where !line.hasPrefix("#") {
    let columns = line.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    try #require(columns.count >= 6)
    hashes[try #require(Int(columns[0])), default: []].append(columns[5])
  }
  return hashes
}

/// A file and where its tags are.
private struct RepairableClip {
  /// A header, an onMetaData of no properties, and nothing else.
  static let empty: [UInt8] = {
    var flv = FLVBytes()
    flv.append(
      type: 18, time: 0,
      body: [2, 0, 10] + Array("onMetaData".utf8) + [8, 0, 0, 0, 0, 0, 0, 9])
    var bytes = flv.bytes
    bytes[4] = 0
    return bytes
  }()

  let bytes: [UInt8]
  let tags: [FLVBytes.Tag]

  init(_ path: String) throws {
    bytes = try contents(of: path)
    tags = FLVBytes(editing: bytes).tags
  }

  /// Tags that carry the packets of a stream: video is the first, as ffmpeg writes it.
  func frames(ofStream stream: Int) -> [Int] {
    tags.indices.filter {
      tags[$0].type == (stream == 0 ? 9 : 8) && bytes[tags[$0].offset + 12] == 1
    }
  }

  /// The file with other times.
  func timed(_ time: (Int, Int) -> Int) -> [UInt8] {
    var flv = FLVBytes(editing: bytes)
    for index in tags.indices { flv.setTime(time(index, tags[index].time), ofTag: index) }
    return flv.bytes
  }
}

/// One kind of damage to a clip.
private struct RepairDamage: Sendable, CustomStringConvertible {
  var description: String
  /// What the report must name.
  var kind: String?
  /// How ffmpeg encodes its pictures.
  var clip = Self.pictures
  /// How often the clip is in the file.
  var times = 1
  /// The damaged file, and the tags that are beyond repair.
  var make: @Sendable (RepairableClip) -> ([UInt8], Set<Int>)

  /// With B frames and a keyframe each second.
  static let pictures = "-g 25 -bf 2"
  /// Keyframes only, so that no picture needs one that is lost.
  static let intra = "-g 1"
  /// Of another size.
  static let other = "-g 10 -bf 0 -vf scale=128:96"

  private init(
    _ description: String, _ kind: String? = nil, clip: String = Self.pictures, times: Int = 1,
    make: @escaping @Sendable (RepairableClip) -> ([UInt8], Set<Int>)
  ) {
    (self.description, self.kind, self.clip, self.times, self.make) = (
      description, kind, clip, times, make
    )
  }

  private static func edit(
    _ description: String, _ kind: String,
    _ change: @escaping @Sendable (RepairableClip, inout [UInt8]) -> Void
  ) -> Self {
    Self(description, kind) { clip in
      var bytes = clip.bytes
      change(clip, &bytes)
      return (bytes, [])
    }
  }

  /// Another value in each PreviousTagSize, of the tag's index and DataSize.
  static func previousTagSizes(_ value: @escaping @Sendable (Int, Int) -> Int) -> Self {
    edit("PreviousTagSize", "previous_tag_size") { clip, bytes in
      for (index, tag) in clip.tags.enumerated() {
        bytes.set(value(index, tag.count), bytes: 4, at: tag.offset + 11 + tag.count)
      }
    }
  }

  private static func timed(
    _ description: String, _ time: @escaping @Sendable (Int, Int) -> Int
  ) -> Self {
    Self(description, "timestamp") { ($0.timed(time), []) }
  }

  private static func arrayCount(_ count: Int) -> Self {
    edit("ECMA count \(count)", "metadata") { _, bytes in
      // Behind the tag header and the name: the array's marker, then its count.
      bytes.set(count, bytes: 4, at: 13 + 11 + 13 + 1)
    }
  }

  private static func dataSize(_ size: Int) -> Self {
    edit("DataSize \(size)", "data_size") { clip, bytes in
      bytes.set(size, bytes: 3, at: clip.tags[40].offset + 1)
    }
  }

  static let all: [Self] =
    [
      previousTagSizes { _, _ in 0 },
      previousTagSizes { index, count in index % 7 == 3 ? count + 5000 : count + 11 },
      previousTagSizes { _, count in count },
      edit("Filter in every tag", "filter") { clip, bytes in
        for tag in clip.tags { bytes[tag.offset] |= 0x20 }
      },
      edit("reserved bits", "reserved_bits") { clip, bytes in
        bytes[clip.tags[9].offset] |= 0xc0
      },
      edit("StreamID", "stream_id") { clip, bytes in
        for tag in clip.tags { bytes.set(1, bytes: 3, at: tag.offset + 8) }
      },
      edit("wrong flags", "header") { _, bytes in bytes[4] = 0xf8 },
      arrayCount(0), arrayCount(0x7fff_ffff), dataSize(0xff_ffff), dataSize(5),
      dataSize(100_000),
      Self("cut in half", "dropped") { clip in
        let count = clip.bytes.count / 2
        let lost = clip.tags.indices.filter {
          clip.tags[$0].offset + 11 + clip.tags[$0].count > count
        }
        return (Array(clip.bytes[..<count]), Set(lost))
      },
      Self("a hole of zeros", "dropped", clip: intra) { clip in
        let hole = 50..<60
        var bytes = clip.bytes
        for index in clip.tags[50].offset + 30..<clip.tags[60].offset { bytes[index] = 0 }
        return (bytes, Set(hole))
      },
      Self("joined files", "dropped", times: 2) { ($0.bytes + $0.bytes, []) },
      Self("joined without a header", "timestamp", times: 2) {
        ($0.bytes + $0.bytes[13...], [])
      },
      timed("wrap at 24 bits") { ($1 + 0xff_ffff - 2000) & 0xff_ffff },
      timed("wrap at 31 bits") { $1 + 0x7fff_ffff - 2000 },
      timed("a jump of ten hours") { $0 < 100 ? $1 : $1 + 36_000_000 },
      timed("a clock that starts over") { $0 < 100 ? $1 : $1 - 1500 },
      timed("one frame at another time") { $0 == 100 ? 36_000_000 : $1 },
      Self("no metadata", "inserted") { clip in
        (Array(clip.bytes[..<13] + clip.bytes[clip.tags[1].offset...]), [])
      },
      Self("bytes behind the end", "dropped") { ($0.bytes + [9, 9, 9, 9, 9, 9], []) },
    ]
}

extension ScratchFolder {
  /// Four seconds of pictures, encoded as these words say, and of sound.
  fileprivate func clip(_ video: String) throws -> String {
    let words =
      "-v error -nostdin -f lavfi -i testsrc2=s=160x120:r=25:d=4 "
      + "-f lavfi -i sine=440:sample_rate=44100:duration=4 "
      + "-c:v libx264 -preset veryfast -threads 1 \(video) -c:a aac -b:a 64k -y"
    let path = self["clip\(video.filter(\.isNumber)).flv"]
    let outcome = try ProcessRunner.run(
      "ffmpeg", words.split(separator: " ").map(String.init) + [path])
    try #require(outcome.ending == .exit(0), "\(outcome)")
    return path
  }
}

extension [UInt8] {
  fileprivate mutating func set(_ value: Int, bytes count: Int, at offset: Int) {
    for index in 0..<count {
      self[offset + index] = UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - index)))
    }
  }
}
