internal import MediaCLI
internal import MediaIO
internal import MediaJSON
internal import MediaRTMP

/// What a command line asked of `rtmp-push`, understood and checked.
struct RTMPPushRequest {
  let arguments: ParsedArguments
  let format: ResultFormat
  let expectations: [Expectation]
  let input: String
  let urls: [RTMPURL]
  let plan: PushSource.Plan
  let coding: PushCoding
  let isFast: Bool
  let showsDoctor: Bool
  private let server: RTMPServerRequest

  init(_ arguments: ParsedArguments, _ environment: CommandEnvironment) throws {
    self.arguments = arguments
    format = try ResultFormat(arguments)
    expectations = try arguments[CommonOptions.expect].map {
      try Expectation(parsing: $0, shape: RTMPPushReport.document.shape)
    }
    input = arguments.operands[0]
    coding = try PushCoding(arguments, input: input)
    isFast = arguments[RTMPPush.fast]
    showsDoctor = arguments[ConnectionOptions.doctor]
    server = try RTMPServerRequest(arguments, environment)
    urls = try Self.urls(arguments, server)
    plan = PushSource.Plan(
      rounds: arguments.given(RTMPPush.loop) ? arguments[RTMPPush.loop] ?? nil : 1,
      start: (arguments[RTMPPush.start] ?? 0) / 1_000_000,
      duration: arguments[CommonOptions.duration].map { max(1, $0 / 1_000_000) })
    try check()
  }

  /// What must not be shown, besides what the URLs' own text tells.
  var secrets: [String] { server.secrets(of: urls) }

  private func check() throws(UsageError) {
    if isFast, arguments.given(RTMPPush.queue) {
      throw UsageError("--queue is for paced sending: with --fast nothing is dropped")
    }
    try server.check(urls)
    if plan.rounds != 1, input == "-" || coding.audio?.file == "-" {
      throw UsageError("--loop reads its input again, and standard input is gone by then")
    }
  }

  // MARK: Where to

  private static func urls(
    _ arguments: ParsedArguments, _ server: RTMPServerRequest
  ) throws -> [RTMPURL] {
    let copies = arguments[RTMPPush.copies] ?? 1
    var urls: [RTMPURL] = []
    for (index, text) in arguments.operands.dropFirst().enumerated() {
      let isTemplate = text.contains("{n}") || server.overrides.streamKey?.contains("{n}") == true
      guard copies == 1 || isTemplate else {
        throw UsageError("--copies needs {n} in each URL, or all copies would have one name")
      }
      for number in 1...copies {
        func numbered(_ text: String) -> String {
          arguments.given(RTMPPush.copies) ? text.replacing("{n}", with: "\(number)") : text
        }
        var overrides = server.overrides
        overrides.streamKey = overrides.streamKey.map(numbered)
        urls.append(try server.url(numbered(text), overrides, name: "URL \(index + 1)"))
      }
    }
    return urls
  }

  // MARK: What clients are told

  func options(traces: Bool) throws -> PushOptions {
    var options = PushOptions()
    options.timeout = arguments[CommonOptions.timeout]
    options.stall = arguments[RTMPPush.stall]
    options.queue = isFast ? 2000 : max(1, arguments[RTMPPush.queue] / 1_000_000)
    options.isLossless = isFast
    options.retries = arguments.given(RTMPPush.retry) ? arguments[RTMPPush.retry] ?? nil : 0
    options.isStrict = arguments[RTMPPush.strictCaps]
    options.tls = try server.tls(for: urls)
    let (chunkSize, apply) = (arguments[RTMPPush.chunkSize], server.client)
    options.client = { url in
      var client = RTMPClientOptions(url, .publish())
      client.chunkSize = chunkSize
      apply(&client)
      client.traces = traces
      return client
    }
    return options
  }
}
