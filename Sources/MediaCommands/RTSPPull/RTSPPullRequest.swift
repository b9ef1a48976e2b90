internal import MediaCLI
internal import MediaIO
internal import MediaJSON
internal import MediaModel
internal import MediaRTSP

/// What a command line asked of `rtsp-pull`, understood and checked.
struct RTSPPullRequest {
  let arguments: ParsedArguments
  let format: ResultFormat
  let expectations: [Expectation]
  let server: RTSPServerRequest
  let recording: RecordingPlan
  let tracks: TrackSelection?
  let onlyDescribes: Bool
  let showsDoctor: Bool
  let showsStatistics: Bool
  /// Whether a report is printed as text.
  let reports: Bool
  private let outputs: NamedOutputs

  init(_ arguments: ParsedArguments, _ environment: CommandEnvironment) throws {
    self.arguments = arguments
    format = try ResultFormat(arguments)
    expectations = try arguments[CommonOptions.expect].map {
      try Expectation(parsing: $0, shape: RTSPPullReport.document.shape)
    }
    server = try RTSPServerRequest(arguments, environment)
    recording = try RecordingPlan(arguments)
    tracks = arguments[CommonOptions.tracks]
    onlyDescribes = arguments[RTSPPull.describe]
    showsDoctor = arguments[ConnectionOptions.doctor]
    showsStatistics = arguments[RTSPPull.stats]
    outputs = NamedOutputs(
      arguments,
      [
        RTSPPull.output, RTSPPull.snapshot, ConnectionOptions.gaps, RTSPPull.segmentList,
        RTSPPull.transcript, RTSPPull.capture,
      ])
    reports = outputs.standardCount == 0 || format != .text
    try check()
  }

  /// Whether packets are for a file alone, and nobody asks when each of them came.
  var isUnwatched: Bool {
    guard let path = recording.output?.path, path != "-", format != .jsonl, !showsStatistics,
      arguments[RTSPPull.capture] == nil, expectations.isEmpty
    else { return false }
    return (try? fileStatus(path))?.kind ?? .regular == .regular
  }

  private func check() throws(UsageError) {
    guard outputs.standardCount + (format == .text ? 0 : 1) <= 1 else {
      throw UsageError("only one of the report and the files can go to standard output")
    }
    try outputs.refuseSharing()
    guard onlyDescribes else { return }
    let playing: [any OptionDescribing] = [
      RTSPPull.output, RTSPPull.snapshot, ConnectionOptions.gaps, RTSPPull.capture, RTSPPull.stats,
      CommonOptions.duration, RTSPPull.maxFrames, RTSPPull.range, RTSPPull.speed,
    ]
    for option in playing where arguments.given(option) {
      throw UsageError("--describe plays nothing: \(option.spec.longWord) has no use")
    }
  }
}
