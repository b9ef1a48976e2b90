internal import MediaCLI
internal import MediaModel

/// What of a presentation is recorded, and how.
struct RecordingPlan {
  /// In which form frames are written.
  enum Form {
    case container(ContainerFormat)
    case elementary(ElementaryFormat)
    /// The form that the first track has of its own.
    case natural
  }

  /// Where frames go.
  struct Output {
    /// A path, or with `segment` a pattern of paths; `-` is standard output.
    var path: String
    var form: Form
    /// How much of the wall clock goes in each file; nil for one file.
    var segment: Nanoseconds?
    /// A file that lists those that are complete.
    var segmentList: String?
    var keep: KeepLimit?

    init(path: String, form: Form) { (self.path, self.form) = (path, form) }
  }

  var output: Output?
  /// Where the first whole picture goes.
  var snapshot: String?
  var force = false
  /// How much media is recorded; nil for all.
  var duration: Nanoseconds?
  /// How many pictures, or frames of sound alone.
  var maxFrames: Int?
}

extension RecordingPlan {
  /// What a command line asks for.
  ///
  /// - Throws: `UsageError` where that makes no sense.
  init(_ arguments: ParsedArguments) throws(UsageError) {
    snapshot = arguments[RTSPPull.snapshot]
    force = arguments[CommonOptions.force]
    duration = arguments[CommonOptions.duration]
    maxFrames = arguments[RTSPPull.maxFrames]
    if let snapshot, SnapshotFormat(path: snapshot) == nil {
      throw UsageError("--snapshot writes .jpg or .png, not \(Redactor.shown(snapshot))")
    }
    if let path = arguments[RTSPPull.output] {
      output = try Output(path, arguments)
    } else {
      let needing: [any OptionDescribing] = [
        RTSPPull.format, RTSPPull.segment, RTSPPull.segmentList, RTSPPull.keep, RTSPPull.maxFrames,
        ConnectionOptions.gaps,
      ]
      for option in needing where arguments.given(option) {
        throw UsageError("\(option.spec.longWord) needs --output")
      }
    }
  }
}

extension RecordingPlan.Output {
  init(_ path: String, _ arguments: ParsedArguments) throws(UsageError) {
    self.init(path: path, form: try Self.form(path, arguments[RTSPPull.format]))
    segment = arguments[RTSPPull.segment]
    segmentList = arguments[RTSPPull.segmentList]
    keep = arguments[RTSPPull.keep]
    guard segment != nil else {
      for option in [RTSPPull.segmentList, RTSPPull.keep] as [any OptionDescribing]
      where arguments.given(option) {
        throw UsageError("\(option.spec.longWord) needs --segment")
      }
      return
    }
    guard path != "-" else { throw UsageError("--segment needs files, not standard output") }
    let pattern = SegmentPattern(path)
    guard !pattern.hasTimeInFolder || keep == nil else {
      throw UsageError("--keep needs a folder in --output that has no time in its name")
    }
    guard pattern.hasTime else {
      throw UsageError(
        "--segment needs a place for the time in --output, such as out-%Y%m%d-%H%M%S.mp4")
    }
  }

  /// `format` outweighs the suffix.
  private static func form(_ path: String, _ format: String?) throws(UsageError)
    -> RecordingPlan.Form
  {
    if path == "-", format == nil { return .natural }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let suffix = format ?? name.split(separator: ".").dropFirst().last.map(String.init) ?? ""
    if let container = ContainerFormat(suffix: suffix.lowercased()) { return .container(container) }
    if let found = ElementaryFormat(suffix: suffix.lowercased()) { return .elementary(found) }
    let all = Set(ElementaryFormat.suffixes + ContainerFormat.suffixes).sorted()
    let what = format == nil ? "the suffix of --output decides its form" : "--format is one of"
    throw UsageError("\(what): \(all.joined(separator: ", "))")
  }
}
