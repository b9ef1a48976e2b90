internal import MediaCLI
internal import MediaJSON
internal import MediaModel

/// What a command line asked of `probe`, understood and checked.
struct ProbeRequest: Sendable {
  /// How results are printed.
  enum Format: Sendable { case text, json, jsonl, ffprobe, flat }

  var format: Format
  var selection: EntrySelection?
  var expectations: [Expectation] = []
  var sections: Sections
  var hash: Probe.HashAlgorithm?
  var plotPath: String?
  var checks: CheckLimits?
  var failOn: Severity
  var durationLimit: Int64?
  /// Frames are counted, though not listed.
  private var countsFrames = false
  var arguments: ParsedArguments

  /// Parts of the document that are there only when asked for.
  struct Sections: Sendable {
    var packets = false
    var frames = false
    var chapters = false
    var programs = false
    var count = false
    var gop = false
  }

  /// Whether every packet has to be read.
  var needsWalk: Bool {
    sections.packets || needsFrames || sections.count || sections.gop || hash != nil
      || plotPath != nil || checks != nil
  }
  /// Whether packets have to be decoded.
  var needsFrames: Bool { sections.frames || countsFrames || checks?.decodes == true }
  /// Whether the result has a place for findings.
  var printsFindings: Bool {
    format != .ffprobe && (selection == nil || selection?["findings"] != nil)
  }

  /// Where results and the picture go.
  var outputs: NamedOutputs {
    NamedOutputs(results: arguments, plotPath.map { [("--plot", $0)] } ?? [])
  }

  init(_ arguments: ParsedArguments) throws {
    self.arguments = arguments
    let shape = ProbeReport.document.shape
    let entries = arguments[CommonOptions.entries]
    selection = try entries.map { try EntrySelection(parsing: $0, shape: shape) }
    expectations = try arguments[CommonOptions.expect].map {
      try Expectation(parsing: $0, shape: shape)
    }
    format = try Self.format(arguments, hasEntries: entries != nil)
    hash = arguments[Probe.hash]
    plotPath = arguments[Probe.plot]
    failOn = arguments[CommonOptions.failOn].severity
    durationLimit = arguments[CommonOptions.duration]
    checks = CheckLimits(arguments)
    sections = Sections(
      packets: arguments[Probe.packets], frames: arguments[Probe.frames],
      chapters: arguments[Probe.chapters], programs: arguments[Probe.programs],
      count: arguments[Probe.count], gop: arguments[Probe.gop])
    try implySections(entries, arguments[CommonOptions.expect])
    let checkOptions: [any OptionDescribing] = [
      CommonOptions.failOn, Probe.decode, Probe.maxGOP, Probe.maxGap, Probe.maxSkew,
    ]
    for option in checkOptions where checks == nil && arguments.given(option) {
      throw UsageError("\(option.spec.longWord) needs --check")
    }
    if let plotPath, arguments.operands.count > 1 {
      throw UsageError("--plot \(plotPath) draws one input, \(arguments.operands.count) were given")
    }
    try outputs.refuseSharing()
    if arguments.operands.filter({ $0 == "-" }).count > 1 {
      throw UsageError("standard input can be read only once")
    }
    if format == .ffprobe, selection != nil {
      throw UsageError("--entries does not go with --ffprobe")
    }
  }

  private static func format(
    _ arguments: ParsedArguments, hasEntries: Bool
  ) throws(UsageError) -> Format {
    let asked: [(String, Format)] = [
      ("--json", .json), ("--jsonl", .jsonl), ("--ffprobe", .ffprobe),
    ].filter { name, _ in
      switch name {
      case "--json": arguments[CommonOptions.json]
      case "--jsonl": arguments[CommonOptions.jsonl]
      default: arguments[Probe.ffprobe]
      }
    }
    guard asked.count <= 1 else {
      throw UsageError("\(asked[0].0) and \(asked[1].0) exclude each other")
    }
    return asked.first?.1 ?? (hasEntries ? .flat : .text)
  }

  /// Naming a part of the document asks for it: `--entries packets.size` needs no `--packets`.
  private mutating func implySections(_ entries: String?, _ expectations: [String]) throws {
    let listed = Set((entries ?? "").split { !Self.isName($0) }.map(String.init))
    // Of an expectation, the names of its path: what stands before the operator.
    let tested = expectations.flatMap { text in
      text.prefix { !"=!<>~".contains($0) }.split { !Self.isName($0) }.map(String.init)
    }
    let named = listed.union(tested)
    if listed.contains("packets"), selection?["packets"] != nil { sections.packets = true }
    if listed.contains("frames"), selection?["frames"] != nil { sections.frames = true }
    if named.contains("chapters") { sections.chapters = true }
    if named.contains("programs") { sections.programs = true }
    if named.contains("gop") { sections.gop = true }
    if !named.isDisjoint(with: ["totals", "measured", "nb_read_packets"]) { sections.count = true }
    if named.contains("nb_read_frames")
      || named.contains("frames") && !named.isDisjoint(with: ["totals", "measured"])
    {
      sections.count = true
      countsFrames = true
    }
    if named.contains("findings"), checks == nil { checks = CheckLimits(arguments, always: true) }
    if named.contains("hashes"), hash == nil { throw UsageError("hashes need --hash") }
  }

  private static func isName(_ character: Character) -> Bool {
    character.isLetter || character.isNumber || character == "_"
  }
}

/// What `--check` tolerates.
///
/// Times are in seconds.
struct CheckLimits: Sendable {
  var maxGOP: Double
  var maxGap: Double
  var maxSkew: Double
  var decodes: Bool

  /// nil unless `--check` was given or is meant.
  init?(_ arguments: ParsedArguments, always: Bool = false) {
    guard always || arguments[CommonOptions.check] else { return nil }
    maxGOP = Double(arguments[Probe.maxGOP]) / 1e9
    maxGap = Double(arguments[Probe.maxGap]) / 1e9
    maxSkew = Double(arguments[Probe.maxSkew]) / 1e9
    decodes = arguments[Probe.decode]
  }
}
