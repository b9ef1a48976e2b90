internal import MediaCLI
internal import MediaFLV
internal import MediaModel
internal import MediaRTP

/// Chooses how the file of `--output` is written, by its suffix.
enum RTPOutputs {
  /// - Throws: `Failure` where the file may not be created, `UsageError` for a suffix that says
  ///   nothing.
  static func output(
    _ path: String, _ request: RTPUnpackRequest, _ environment: CommandEnvironment
  ) throws -> any RTPMediaOutput {
    let arguments = request.arguments
    let selection = arguments[CommonOptions.tracks]
    let force = arguments[CommonOptions.force]
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let suffix = name.split(separator: ".").dropFirst().last?.lowercased() ?? ""
    if suffix == "jpg" || suffix == "jpeg" {
      guard let pictures = PictureSequence(path, selection, force: force) else {
        throw UsageError("pictures need a place for their number in --output, such as out-%05d.jpg")
      }
      return pictures
    }
    let isKnown = ElementaryFormat(suffix: suffix) != nil || ContainerFormat(suffix: suffix) != nil
    guard isKnown || path == "-" else {
      let all = (ElementaryFormat.suffixes + ContainerFormat.suffixes + ["jpg"]).sorted()
      throw UsageError(
        "the suffix of --output decides its form: \(Set(all).sorted().joined(separator: ", "))")
    }
    let output = try ResultOutput(
      path: path, force: force, isRecording: request.isLive, environment: environment)
    if path == "-" { return naturalForm(selection, output) }
    if suffix == "ts" {
      // The packets of MPEG-TS as they came, else a new transport stream of the tracks.
      return DeferredOutput(
        selection, output, nothing: "there is no MPEG-TS to write", isForOne: false
      ) { track in
        switch track.codec {
        case .mpegPS: nil
        case .mpegTS: ElementaryOutput(.transportStream, selection, output)
        default: container("ts", selection, request, output)
        }
      }
    }
    if let found = ElementaryFormat(suffix: suffix) {
      return ElementaryOutput(found, selection, output)
    }
    return container(suffix, selection, request, output)
  }

  /// Standard output: the first track in the form that its codec has of its own.
  private static func naturalForm(
    _ selection: TrackSelection?, _ output: ResultOutput
  ) -> DeferredOutput {
    DeferredOutput(
      selection, output, nothing: "there is no stream that has a form of its own", isForOne: true
    ) { track in
      ElementaryFormat(naturalOf: track.codec).map {
        ElementaryOutput($0, selection, output)
      }
    }
  }

  private static func container(
    _ suffix: String, _ selection: TrackSelection?, _ request: RTPUnpackRequest,
    _ output: ResultOutput
  ) -> ContainerOutput {
    guard let format = ContainerFormat(suffix: suffix) else {
      preconditionFailure("no container \(suffix)")
    }
    let duration = request.arguments[CommonOptions.duration].map { Double($0) / 1e9 }
    return ContainerOutput(
      format, selection, duration: duration, isLive: request.isLive, output)
  }
}
