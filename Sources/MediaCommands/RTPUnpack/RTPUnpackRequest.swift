internal import MediaCLI
internal import MediaIO
internal import MediaJSON
internal import MediaModel
internal import MediaRTP

/// What a command line asked of `rtp-unpack`, understood and checked.
struct RTPUnpackRequest {
  /// What is read.
  enum Input {
    case capture(path: String)
    /// A session description that says where to receive.
    case description(path: String)
    case receive(MediaURL)
  }

  let arguments: ParsedArguments
  let format: ResultFormat
  let input: Input
  let checks: Bool
  let failOn: Severity
  let listsPackets: Bool
  let expectations: [Expectation]
  /// Where frames go; nil where only a report is wanted.
  let output: String?
  /// Whether a report is printed.
  let reports: Bool

  init(_ arguments: ParsedArguments) throws {
    self.arguments = arguments
    format = try ResultFormat(arguments)
    checks = arguments[CommonOptions.check]
    failOn = arguments[CommonOptions.failOn].severity
    if arguments.given(CommonOptions.failOn), !checks {
      throw UsageError("--fail-on needs --check")
    }
    if arguments.given(RTPUnpack.mtu), !checks { throw UsageError("--mtu needs --check") }
    listsPackets = arguments[RTPUnpack.packets] || format == .jsonl
    output = arguments[RTPUnpack.media]
    reports = output == nil || format != .text || checks || listsPackets
    expectations = try arguments[CommonOptions.expect].map {
      try Expectation(parsing: $0, shape: RTPUnpackReport.document.shape)
    }
    input = try Self.input(arguments)
    if arguments.given(CommonOptions.interface), !isLive {
      throw UsageError("--interface needs rtp:// or an .sdp file")
    }
    try checkOutput()
  }

  private static func input(_ arguments: ParsedArguments) throws -> Input {
    let text = arguments.operands[0]
    if let url = MediaURL(text), url.scheme != "file" {
      guard url.scheme == "rtp" else {
        throw Failure(.unavailable, "RTP is read from captures and rtp://, not \(url.scheme)")
      }
      guard let port = url.port, port > 0, !url.hasBadPort else {
        throw UsageError("rtp:// needs a port, such as rtp://:5004")
      }
      guard url.rest.isEmpty || url.rest == "/", url.user == nil else {
        throw UsageError("rtp:// takes an address and a port alone, such as rtp://:5004")
      }
      return .receive(url)
    }
    let path = MediaURL(text)?.rest ?? text
    return path.lowercased().hasSuffix(".sdp") ? .description(path: path) : .capture(path: path)
  }

  /// Whether packets come from the network.
  var isLive: Bool {
    if case .capture = input { return false }
    return true
  }

  private func checkOutput() throws {
    guard let output else {
      if arguments.given(CommonOptions.tracks) { throw UsageError("--tracks needs --output") }
      return
    }
    guard output != "-" || !reports else {
      throw UsageError("the report and --output cannot both go to standard output")
    }
    let inputs = arguments.operands + [arguments[RTPUnpack.sdp]].compactMap(\.self)
    try NamedOutputs([("--output", output)]).refuse(inputs: inputs)
  }
}
