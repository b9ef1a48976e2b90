internal import MediaCLI
internal import MediaFLV
internal import MediaJSON
internal import MediaModel

/// What a command line asked of `flv-dump`, understood and checked.
struct FLVDumpRequest {
  let format: ResultFormat
  let isSummary: Bool
  let onlyChanges: Bool
  let follows: Bool
  let listsNALUnits: Bool
  let hexByteCount: Int?
  let checks: Bool
  let failOn: Severity
  let expectations: [Expectation]
  /// Tracks to be written to files of their own.
  let extractions: [ExtractionRequest]
  /// Whether anything is printed.
  let lists: Bool
  /// Whether tags are listed: a check in text tells only findings, unless more is asked of it.
  let listsTags: Bool
  let arguments: ParsedArguments

  init(_ arguments: ParsedArguments) throws {
    self.arguments = arguments
    format = try ResultFormat(arguments)
    extractions = try ExtractionRequest.all(arguments)
    lists = extractions.isEmpty || ExtractionRequest.isListed(arguments)
    // What is not printed needs no list of tags.
    isSummary = arguments[FLVDump.summary] || !lists
    follows = arguments[FLVDump.follow]
    onlyChanges = arguments[FLVDump.changes]
    listsNALUnits = arguments[FLVDump.nal]
    hexByteCount = arguments[FLVDump.hex]
    checks = arguments[CommonOptions.check]
    failOn = arguments[CommonOptions.failOn].severity
    let repairs = arguments[FLVDump.repair]
    // The report is not made for nothing: that takes a sixth of the time of a short run.
    expectations = try arguments[CommonOptions.expect].map {
      let shape = repairs ? FLVRepairReport.document.shape : FLVDumpReport.document.shape
      return try Expectation(parsing: $0, shape: shape)
    }
    let listing: [any OptionDescribing] = [
      FLVDump.hex, FLVDump.tags, CommonOptions.tracks, FLVDump.from, FLVDump.to, FLVDump.limit,
    ]
    listsTags =
      !isSummary
      && (format != .text || !checks || onlyChanges || listsNALUnits
        || listing.contains(where: arguments.given))
    if arguments.given(CommonOptions.failOn), !checks {
      throw UsageError("--fail-on needs --check")
    }
    if let from = arguments[FLVDump.from], let to = arguments[FLVDump.to], from >= to {
      throw UsageError("--from must lie before --to")
    }
    try checkSummary()
    try checkRepair()
  }

  private func checkSummary() throws {
    guard arguments[FLVDump.summary] else { return }
    var listing: [any OptionDescribing] = [
      FLVDump.hex, FLVDump.tags, FLVDump.from, FLVDump.to, FLVDump.limit,
    ]
    // An extraction has a use for it.
    if extractions.isEmpty { listing.append(CommonOptions.tracks) }
    if arguments[FLVDump.changes] { listing.append(FLVDump.changes) }
    guard let option = listing.first(where: arguments.given) else { return }
    throw UsageError(
      "\(option.spec.longWord) is about the tags listed, and --summary lists none")
  }

  /// Whether something is asked about the whole input, whatever is listed of it.
  var isAboutAll: Bool { checks || !expectations.isEmpty }

  /// Whether a copy is to be written instead of a listing.
  var repairs: Bool { arguments[FLVDump.repair] }

  private func checkRepair() throws {
    guard repairs else {
      for flag in [FLVDump.verify, FLVDump.split] where arguments[flag] {
        throw UsageError("\(flag.spec.longWord) needs --repair")
      }
      return
    }
    guard let output = arguments[CommonOptions.output] else {
      throw UsageError("--repair needs --output for the copy")
    }
    let listing = [
      CommonOptions.jsonl, FLVDump.summary, FLVDump.changes, FLVDump.nal, CommonOptions.check,
      FLVDump.follow,
    ]
    for flag in listing where arguments[flag] {
      throw UsageError("--repair and \(flag.spec.longWord) exclude each other")
    }
    let selecting: [any OptionDescribing] = [
      FLVDump.hex, FLVDump.tags, CommonOptions.tracks, FLVDump.from,
      FLVDump.to, FLVDump.limit, CommonOptions.duration, FLVDump.extractVideo,
      FLVDump.extractAudio,
    ]
    if let option = selecting.first(where: arguments.given) {
      throw UsageError("\(option.spec.longWord) does not apply to --repair")
    }
    if output == "-", arguments[FLVDump.verify] || arguments[FLVDump.split] {
      throw UsageError("--verify and --split need a file to write, not standard output")
    }
    if let url = MediaURL(arguments.operands[0]), url.scheme != "file" {
      throw UsageError("--repair reads its input twice: a file, or - for a pipe")
    }
  }
}

/// Which tags are listed.
struct FLVTagFilter {
  private let types: Set<FLVDump.TagType>?
  private let tracks: TrackSelection?
  private let from: Int64?
  private let to: Int64?

  init(_ arguments: ParsedArguments) {
    types = arguments[FLVDump.tags]
    tracks = arguments[CommonOptions.tracks]
    // Milliseconds, as in the tags.
    from = arguments[FLVDump.from].map { $0 / 1_000_000 }
    to = arguments[FLVDump.to].map { $0 / 1_000_000 }
  }

  /// Whether every tag is.
  var isOpen: Bool { types == nil && tracks == nil && from == nil && to == nil }

  func wants(_ line: FLVTagLine, _ inspector: FLVInspector) -> Bool {
    if isOpen { return true }
    if let types, !types.contains(where: { $0.rawValue == line.type }) { return false }
    if let from, line.record.dts < from { return false }
    if let to, line.record.dts >= to { return false }
    guard let tracks else { return true }
    guard let kind = line.record.mediaKind else { return false }
    let wanted = tracks.indices(kinds: inspector.streams.map(\.kind.rawValue))
    return line.record.parts.contains { part in
      inspector.streamIndex(kind, trackID: part.trackID).map(wanted.contains) ?? false
    }
  }
}
