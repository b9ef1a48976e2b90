import TestSupport
import Testing

/// The document of `--json`: its form, its numbers, and its values against ffprobe's.
@Suite(.peers("ffmpeg", "ffprobe")) struct ProbeDocumentTests {
  /// Members whose text may look like a number, because it is a name, a code or free text.
  static let texts: Set<String> = [
    "tags", "codec_tag", "profile", "filename", "input",
    "channel_layout",  // "5.1"
  ]

  @Test func numbersAreNumbersInEveryFile() throws {
    for recipe in Recipes.all {
      try measuredDocument(of: recipe).walk { path, value in
        guard case .string(let text) = value, Double(text) != nil else { return }
        let isText = path.split(whereSeparator: { ".[]".contains($0) })
          .contains { Self.texts.contains(String($0)) }
        #expect(isText, "\(recipe): \(path) is the text \"\(text)\"")
      }
    }
  }

  @Test func secondsHaveAFraction() throws {
    let names: Set<String> = ["duration", "start_time", "end_time", "peak_time"]
    for recipe in Recipes.all {
      try measuredDocument(of: recipe).walk { path, value in
        guard case .number(let digits) = value,
          let name = path.split(separator: ".").last, names.contains(String(name))
        else { return }
        #expect(digits.contains(/[.e]/), "\(recipe): \(path) is \(digits)")
      }
    }
  }

  @Test func keysStandInOrder() throws {
    let path = try Clips.path("mov-chapters")
    let all = try document(
      "--packets", "--chapters", "--programs", "--gop", "--hash", "md5", "--check", path)
    let names = try #require(all.names)
    #expect(names.first == "schema" && all["schema"]?.string == "mediatool.probe/1")
    #expect(names.dropFirst().first == "input" && all["input"]?.string == path)
    let order = [
      "schema", "input", "packets", "frames", "format", "streams", "chapters", "programs", "gop",
      "hashes", "totals", "findings",
    ]
    #expect(Set(names).isSubset(of: Set(order)), "\(names)")
    #expect(names == order.filter { names.contains($0) })
    for name in order where name != "frames" { #expect(names.contains(name)) }
  }

  @Test func agreesWithFFprobeWhereverBothSpeak() throws {
    var compared = 0
    for recipe in Recipes.all {
      let path = try Clips.path(recipe)
      let ours = try measuredDocument(of: recipe)
      let theirs = try ffprobe("-show_format", "-show_streams", "-show_chapters", path)
      compared += agree(recipe.file, "format", ours["format"], theirs["format"])
      for section in ["streams", "chapters"] {
        #expect(ours.list(section).count == theirs.list(section).count, "\(recipe) \(section)")
        for (index, pair) in zip(ours.list(section), theirs.list(section)).enumerated() {
          compared += agree(recipe.file, "\(section)[\(index)]", pair.0, pair.1)
        }
      }
    }
    print("probe --json against ffprobe: \(compared) fields of \(Recipes.all.count) files agree")
    #expect(compared > 3000)
  }

  /// Compares members of the same name as values: `"25/1"` is 25.0 and `"0"` false.
  private func agree(_ file: String, _ path: String, _ ours: JSONText?, _ theirs: JSONText?) -> Int
  {
    guard case .object(let members)? = theirs, let ours else {
      Issue.record("\(file): no \(path)")
      return 0
    }
    var compared = 0
    for member in members {
      // Ours has them by other rules: ffprobe's id is text in hexadecimal, and side data is
      // compared whole elsewhere.
      if ["id", "side_data_list"].contains(member.name) { continue }
      guard let value = ours[member.name] else { continue }
      let isEqual: Bool =
        switch (value, member.value) {
        case (.object(let a), .object): a.allSatisfy { same($0.value, member.value[$0.name]) }
        default: same(value, member.value)
        }
      compared += 1
      #expect(isEqual, "\(file): \(path).\(member.name) \(value.brief) / \(member.value.brief)")
    }
    return compared
  }

  private func same(_ ours: JSONText, _ theirs: JSONText?) -> Bool {
    guard let theirs else { return ours.isNull || ours == .bool(false) }
    if ours == theirs { return true }
    switch (ours, theirs) {
    case (.bool(let flag), .number(let digits)): return digits == (flag ? "1" : "0")
    case (.bool(let flag), .string(let text)):
      return text == "\(flag)" || text == (flag ? "1" : "0")
    case (.null, .string(let text)): return ["unknown", "0/0", "N/A", "0"].contains(text)
    case (.null, .number(let digits)): return ["0", "-99"].contains(digits)
    case (.number, .string(let text)):
      let parts = text.split(separator: "/").map { Double($0) }
      let value = parts.count == 2 ? zip2(parts[0], parts[1]).map { $0 / $1 } : Double(text)
      return close(ours.number, value)
    default: return false
    }
  }

  private func zip2(_ a: Double?, _ b: Double?) -> (Double, Double)? {
    guard let a, let b else { return nil }
    return (a, b)
  }

  @Test func aRealJqReadsItsNumbers() throws {
    let json = try probe("--json", try Clips.path("mp4-faststart"))
    guard Peers.has("jq") || Peers.areRequired else { return }
    let jq = try ProcessRunner.run("jq", [".streams[0].width + 1"], input: .pipe(json.stdout))
    #expect(jq.output == "161\n")
  }

  // MARK: Several inputs

  @Test func severalInputsAreAnArrayInOrder() throws {
    let paths = try ["mp4-faststart", "wav-24bit", "mkv-hevc-subtitles"].map { try Clips.path($0) }
    let outcome = try Mediatool.run(["probe", "--json"] + paths)
    let items = try #require(try JSONText(outcome.stdout).items)
    #expect(items.map { $0["input"]?.string } == paths)
    for (item, path) in zip(items, paths) { #expect(item == (try document(path))) }
  }

  @Test func linesOfJSONLAreTheDocuments() throws {
    let paths = try ["mp4-faststart", "wav-24bit"].map { try Clips.path($0) }
    let outcome = try Mediatool.run(["probe", "--jsonl"] + paths)
    #expect(outcome.ending == .exit(0))
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count == 2)
    for (line, path) in zip(lines, paths) { #expect(try JSONText(line) == (try document(path))) }
  }

  @Test(arguments: ["--packets", "--frames"]) func streamedLinesAreEvents(option: String) throws {
    let path = try Clips.path("mp4-faststart")
    let outcome = try probe("--jsonl", option, path)
    #expect(outcome.ending == .exit(0))
    let lines = try outcome.output.split(separator: "\n").map { try JSONText($0) }
    let events = lines.filter { $0["event"] != nil }
    let mains = lines.filter { $0["event"] == nil }
    #expect(mains.count == 1 && mains.first?["schema"] != nil)
    for event in events { #expect(event.names?.contains("time") == true, "\(event.brief)") }
    let name = String(option.dropFirst(2))
    #expect(try events.count == ffprobe("-show_\(name)", path).list(name).count)
  }

  @Test func oneBadInputHidesNoOther() throws {
    let good = try Clips.path("wav-24bit")
    let scratch = try ScratchFolder()
    let text = try scratch.write(Array("just text\n".utf8), to: "note.txt")
    let outcome = try probe("--json", good, "/nonexistent/clip.mp4", text, good)
    #expect(outcome.ending == .exit(66), "\(outcome)")
    let items = try #require(try JSONText(outcome.stdout).items)
    try #require(items.count == 4)
    #expect(items[0] == items[3] && items[0]["streams"] != nil)
    for (item, exit) in [(items[1], 66), (items[2], 65)] {
      #expect(item.names == ["schema", "input", "error"])
      #expect(item["error"]?.names == ["exit", "message"])
      #expect(item["error"]?["exit"]?.integer == exit)
      #expect(item["error"]?["message"]?.string?.isEmpty == false)
    }
    #expect(outcome.errorLines.count == 2)
    let plain = try probe(good, "/nonexistent/clip.mp4")
    #expect(plain.ending == .exit(66) && plain.output.contains("pcm_s24le"))
  }

  @Test(arguments: ["--json", "--jsonl", "--ffprobe", ""])
  func jobsChangeNothing(form: String) throws {
    var paths = try Recipes.all.prefix(24).map { try Clips.path($0) }
    paths.insert("/nonexistent/clip.mp4", at: 5)
    let options = ["probe"] + (form.isEmpty ? [] : [form])
    let one = try Mediatool.run(options + ["--jobs", "1"] + paths)
    let four = try Mediatool.run(options + ["--jobs", "4"] + paths)
    #expect(one.ending == .exit(66) && four.ending == one.ending)
    #expect(one.stdout == four.stdout, "the outputs of --jobs 1 and --jobs 4 differ")
    #expect(one.stderr == four.stderr)
  }

  // MARK: Standard input

  private static let piped = [
    "mp4-faststart", "mp4-moov-last", "mp4-fragmented", "mkv-hevc-subtitles", "flv-h264",
    "ts-interlaced", "avi-mpeg4", "wav-24bit", "mp3-tags-cover", "m4a-cover", "ogg-opus",
    "raw-h264", "still-png",
  ]

  @Test(arguments: piped) func aPipeGivesTheFilesDocument(name: String) throws {
    let path = try Clips.path(name)
    let bytes = try contents(of: path)
    let differ: Set<String> = ["input", "filename"]
    let file = try document("--count", path).without(differ)
    let pipe = try document("--count", "-", input: .pipe(bytes))
    let redirected = try document("--count", "-", input: .file(path))
    #expect(pipe.without(differ) == file, "pipe")
    #expect(redirected.without(differ) == file, "redirected")
    #expect(pipe["input"]?.string == "-")
  }

  @Test func thePipeIsBoundedBySpool() throws {
    let bytes = try contents(of: try Clips.path("mp4-moov-last"))
    let outcome = try probe("--spool", "10k", "-", input: .pipe(bytes))
    #expect(outcome.ending != .exit(0) && outcome.stdout.isEmpty)
    #expect(outcome.errors.contains("--spool"), "\(outcome)")
  }

  @Test func standardInputIsUsedOnce() throws {
    let outcome = try probe("-", "-", input: .file(try Clips.path("wav-24bit")))
    #expect(outcome.ending == .exit(64), "\(outcome)")
  }

  // MARK: Parts

  @Test func entriesKeepOnlyThese() throws {
    let path = try Clips.path("mp4-faststart")
    let part = try document("--entries", "streams.codec_name,format.duration", path)
    #expect(part["format"]?.names == ["duration"])
    #expect(part.list("streams").map(\.names) == [["codec_name"], ["codec_name"]])
    #expect(part["streams"]?[0]?["codec_name"]?.string == "h264")
    #expect(Set(part.names ?? []).isSubset(of: ["schema", "input", "streams", "format"]))
    let tag = try document("--entries", "format.tags.encoder", path)
    #expect(tag["format"]?["tags"]?.names == ["encoder"])
  }

  @Test(arguments: [
    ("streams.codec_nam", "codec_name"), ("format.duratoin", "duration"), ("strems", "streams"),
    ("streams.codec_name.x", "codec_name"), ("", ""),
  ])
  func unknownEntryIsAUsageError(entry: String, nearest: String) throws {
    let outcome = try probe("--json", "--entries", entry, try Clips.path("mp4-faststart"))
    #expect(outcome.ending == .exit(64), "\(outcome)")
    #expect(outcome.stdout.isEmpty && outcome.errors.contains(nearest), "\(outcome)")
    #expect((1...3).contains(outcome.errorLines.count))
  }

  struct Expected: CustomTestStringConvertible {
    var expressions: [String]
    var exit: Int32
    var says: String = ""
    var testDescription: String { expressions.joined(separator: " && ") }
  }

  @Test(arguments: [
    Expected(
      expressions: ["streams[0].codec_name == h264", "format.duration >= 1.9"], exit: 0),
    Expected(expressions: ["streams.count == 2", "streams[-1].codec_name == aac"], exit: 0),
    Expected(expressions: ["streams[codec_type=audio].sample_rate == 48000"], exit: 0),
    Expected(expressions: ["streams[0].codec_string ~ ^avc1\\."], exit: 0),
    Expected(expressions: ["format.tags.nothing == null"], exit: 0),
    Expected(expressions: ["streams[0].codec_name == vp9"], exit: 1, says: "h264"),
    Expected(expressions: ["format.duration >= 19.9"], exit: 1, says: "2.0"),
    Expected(
      expressions: ["streams.count == 2", "streams[0].width > 200"], exit: 1, says: "160"),
    Expected(expressions: ["streams[7].codec_name == h264"], exit: 1, says: "null"),
    Expected(expressions: ["streams[0].codec_nam == h264"], exit: 64, says: "codec_name"),
    Expected(expressions: ["streams[0].codec_name = h264"], exit: 64),
    Expected(expressions: ["packets[0].size > 3"], exit: 64, says: "totals"),
  ])
  func expectations(_ test: Expected) throws {
    let path = try Clips.path("mp4-faststart")
    let options = test.expressions.flatMap { ["--expect", $0] }
    for form in [[], ["--json"], ["--ffprobe"]] {
      let outcome = try Mediatool.run(["probe"] + form + options + [path])
      #expect(outcome.ending == .exit(test.exit), "\(outcome)")
      #expect(outcome.errors.contains(test.says), "\(outcome)")
      #expect(outcome.stdout.isEmpty == (test.exit == 64), "\(outcome)")
    }
  }

  @Test func everySchemaAcceptsEveryDocument() throws {
    let scratch = try ScratchFolder()
    for (index, recipe) in Recipes.all.enumerated() {
      let whole = try wholeOutcome(of: recipe)
      #expect(whole.ending == .exit(0), "\(whole)")
      try scratch.write(whole.stdout, to: "whole-\(index).json")
      let part = try outcome(of: recipe, "--json", "--chapters", "--count")
      try scratch.write(part.stdout, to: "part-\(index).json")
    }
    _ = try scratch.write(
      try probe("--json", try Clips.path("wav-24bit"), "/nonexistent.mp4").stdout,
      to: "several.json")
    try expectSchema("probe-1", in: scratch)
  }
}
