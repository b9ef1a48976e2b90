internal import MediaCLI
internal import MediaIO
internal import MediaJSON
internal import MediaRTMP

/// What a command line asked of `rtmp-pull`, understood and checked.
struct RTMPPullRequest {
  let arguments: ParsedArguments
  let format: ResultFormat
  let expectations: [Expectation]
  let url: RTMPURL
  /// Where media goes, and in which form; nil where only a report is wanted.
  let output: (path: String, format: PullFormat)?
  /// Milliseconds of media; nil for all.
  let duration: Int64?
  let showsDoctor: Bool
  /// Whether a report is printed as text.
  let reports: Bool
  /// Where in a recording to begin, seconds; nil where nothing is said.
  let start: Double?
  private let server: RTMPServerRequest

  init(_ arguments: ParsedArguments, _ environment: CommandEnvironment) throws {
    self.arguments = arguments
    format = try ResultFormat(arguments)
    expectations = try arguments[CommonOptions.expect].map {
      try Expectation(parsing: $0, shape: RTMPPullReport.document.shape)
    }
    showsDoctor = arguments[ConnectionOptions.doctor]
    server = try RTMPServerRequest(arguments, environment)
    url = try server.url(arguments.operands[0], server.overrides, name: "URL")
    output = try Self.output(arguments)
    duration = arguments[CommonOptions.duration].map { max(1, $0 / 1_000_000) }
    start = arguments[RTMPPull.start].map { Double($0) / 1e9 }
    let isTaken = output?.path == "-" || arguments[ConnectionOptions.gaps] == "-"
    reports = !isTaken || format != .text || showsDoctor
    try check()
  }

  private static func output(
    _ arguments: ParsedArguments
  ) throws(UsageError) -> (path: String, format: PullFormat)? {
    guard let path = arguments[RTMPPull.output] else {
      for option in [RTMPPull.format, CommonOptions.force] as [any OptionDescribing]
      where arguments.given(option) {
        throw UsageError("\(option.spec.longWord) needs --output")
      }
      return nil
    }
    if let format = arguments[RTMPPull.format] { return (path, format) }
    if path == "-" { return (path, .flv) }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let suffix = name.split(separator: ".").dropFirst().last?.lowercased() ?? ""
    guard let format = PullFormat(suffix: suffix) else {
      throw UsageError(
        "the suffix of --output decides its form: \(PullFormat.suffixes.joined(separator: ", ")); "
          + "or --format does")
    }
    return (path, format)
  }

  private func check() throws(UsageError) {
    try server.check([url])
    if output == nil, format == .text, !showsDoctor {
      throw UsageError("nothing to do: give --output FILE, --json, --jsonl or --doctor")
    }
    let outputs = NamedOutputs(arguments, [RTMPPull.output, ConnectionOptions.gaps])
    guard outputs.standardCount + (reports ? 1 : 0) <= 1 else {
      throw UsageError("only one of the report, --output and --gaps can go to standard output")
    }
    try outputs.refuseSharing()
    if start != nil, arguments[RTMPPull.live] {
      throw UsageError("--start and --live exclude each other: a live stream has no beginning")
    }
  }

  /// What must not be shown, besides what the URL's own text tells.
  var secrets: [String] { server.secrets(of: [url]) }

  // MARK: What clients are told

  /// `position` says how many seconds of a recording are there already.
  func options(
    traces: Bool, usesDigests: Bool, position: @escaping () -> Double
  ) throws -> PullOptions {
    var options = PullOptions()
    options.timeout = arguments[CommonOptions.timeout]
    options.retries = arguments.given(RTMPPull.retry) ? arguments[RTMPPull.retry] ?? nil : 0
    options.tls = try server.tls(for: [url])
    let (start, isLive, apply) = (start, arguments[RTMPPull.live], server.client)
    options.client = { url in
      var range = RTMPPlayRange()
      if isLive { range.start = -1 }
      if let start { range.start = start + position() }
      var client = RTMPClientOptions(url, .play(range))
      client.usesDigests = usesDigests
      client.traces = traces
      // Servers of recordings send so much ahead; who records wants them as fast as can be.
      client.bufferLength = 36_000_000
      apply(&client)
      return client
    }
    return options
  }
}
