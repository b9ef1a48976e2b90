import TestSupport
import Testing

/// `mediatool probe --ffprobe` against `ffprobe`: the same names, order, types, values and bytes.
@Suite(.peers("ffmpeg", "ffprobe")) struct FFprobeEqualityTests {
  /// Fields that are not compared, each with the reason: `section.path` with `[]` for any index.
  static let leftOut: [String: String] = [:]

  struct Variant: CustomTestStringConvertible {
    var options: [String]
    var theirs: [String]
    var testDescription: String { options.isEmpty ? "(plain)" : options.joined(separator: " ") }

    init(_ options: String...) {
      self.options = options
      theirs = options.map { "-show_" + $0.dropFirst(2) }
    }
  }

  @Test(arguments: [
    Variant(), Variant("--packets"), Variant("--frames"), Variant("--chapters"),
    Variant("--programs"),
    Variant("--packets", "--frames", "--chapters", "--programs"),
  ])
  func everyFieldOfEveryFile(_ variant: Variant) throws {
    var tally = Comparison(leftOut: Self.leftOut)
    for recipe in Recipes.all {
      let path = try Clips.path(recipe)
      try compare(
        variant.options, [path], variant.theirs, [path], name: recipe.file, tally: &tally)
    }
    print(
      """
      ffprobe equality, \(variant.testDescription): \(Recipes.all.count) files, \
      \(tally.summary)
      """)
  }

  @Test(arguments: [
    Variant("--packets"), Variant("--frames"), Variant("--packets", "--frames"),
  ])
  func withTheDemuxerNamedAndTold(_ variant: Variant) throws {
    let path = try Clips.path("wav-24bit")
    var tally = Comparison(leftOut: Self.leftOut)
    try compare(
      variant.options,
      [
        "--input-format", "s16le", "--option", "sample_rate=8000", "--option", "ch_layout=stereo",
        path,
      ],
      variant.theirs, ["-f", "s16le", "-sample_rate", "8000", "-ch_layout", "stereo", path],
      name: "raw PCM", tally: &tally)
  }

  @Test func withSmallProbing() throws {
    var tally = Comparison(leftOut: Self.leftOut)
    for name in ["ts-two-programs", "ts-interlaced", "ps-mpeg2", "flv-h264", "raw-h264"] {
      let path = try Clips.path(name)
      try compare(
        [], ["--probe-size", "5000", "--analyze-duration", "100ms", path],
        [], ["-probesize", "5000", "-analyzeduration", "100000", path], name: name, tally: &tally)
    }
  }

  /// One comparison: field by field for the report, byte for byte for the proof.
  private func compare(
    _ options: [String], _ input: [String], _ theirOptions: [String], _ theirInput: [String],
    name: String, tally: inout Comparison
  ) throws {
    let ours = try Mediatool.run(["probe", "--ffprobe"] + options + input)
    let theirs = try ProcessRunner.run(
      "ffprobe",
      ["-v", "error", "-show_format", "-show_streams"] + theirOptions + ["-of", "json"] + theirInput
    )
    try #require(theirs.ending == .exit(0), "\(theirs)")
    try #require(ours.ending == .exit(0), "\(ours)")
    tally.differences = []
    tally.compare(try JSONText(ours.stdout), try JSONText(theirs.stdout))
    if !tally.differences.isEmpty {
      let list = tally.differences.prefix(12).joined(separator: "\n")
      Issue.record("\(name), path: ours / theirs:\n\(list)")
    } else if Self.leftOut.isEmpty, let line = firstDifferentLine(ours.output, theirs.output) {
      Issue.record("\(name): \(line)")
    }
  }

  private func firstDifferentLine(_ ours: String, _ theirs: String) -> String? {
    guard ours != theirs else { return nil }
    let (a, b) = (ours.split(separator: "\n"), theirs.split(separator: "\n"))
    for (number, pair) in zip(a, b).enumerated() where pair.0 != pair.1 {
      return "line \(number + 1): ‘\(pair.0)’ / ‘\(pair.1)’"
    }
    return "\(a.count) lines / \(b.count) lines, or blank lines"
  }
}

/// Counts what it compares and lists where two documents differ.
struct Comparison {
  var leftOut: [String: String]
  var differences: [String] = []
  /// Fields compared, by section.
  private var counts: [(section: String, fields: Int)] = []

  init(leftOut: [String: String]) { self.leftOut = leftOut }

  var summary: String {
    let parts = counts.map { "\($0.section) \($0.fields)" }.joined(separator: ", ")
    let left =
      leftOut.isEmpty
      ? "none" : leftOut.sorted { $0.key < $1.key }.map { "\($0) (\($1))" }.joined(separator: ", ")
    return "\(counts.reduce(0) { $0 + $1.fields }) fields compared (\(parts)); left out: \(left)"
  }

  mutating func compare(_ ours: JSONText, _ theirs: JSONText) {
    compareMembers("", section: nil, ours, theirs)
  }

  private mutating func compareMembers(
    _ path: String, section: String?, _ ours: JSONText, _ theirs: JSONText
  ) {
    if ours.names != theirs.names {
      let (a, b) = (ours.names ?? [], theirs.names ?? [])
      let only = a.filter { !b.contains($0) }
      let missing = b.filter { !a.contains($0) }
      if !only.isEmpty || !missing.isEmpty {
        differences.append("\(path): only ours \(only) / only theirs \(missing)")
      } else {
        differences.append("\(path): order or repeats \(a) / \(b)")
      }
    }
    guard case .object(let members) = theirs else { return }
    for member in members {
      guard let value = ours[member.name] else { continue }
      let inner = path.isEmpty ? member.name : "\(path).\(member.name)"
      compareValues(inner, section: section ?? member.name, value, member.value)
    }
  }

  private mutating func compareValues(
    _ path: String, section: String, _ ours: JSONText, _ theirs: JSONText
  ) {
    switch (ours, theirs) {
    case (.object, .object): compareMembers(path, section: section, ours, theirs)
    case (.array(let a), .array(let b)):
      if a.count != b.count {
        differences.append("\(path): \(a.count) elements / \(b.count) elements")
      }
      for (index, pair) in zip(a, b).enumerated() {
        compareValues("\(path)[\(index)]", section: section, pair.0, pair.1)
      }
    default:
      if leftOut[path.replacing(/\[\d+\]/, with: "[]")] != nil { return }
      count(section)
      if ours != theirs {
        differences.append("\(path): \(ours.kind) \(ours.brief) / \(theirs.kind) \(theirs.brief)")
      }
    }
  }

  private mutating func count(_ section: String) {
    if let index = counts.firstIndex(where: { $0.section == section }) {
      counts[index].fields += 1
    } else {
      counts.append((section, 1))
    }
  }
}
