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
  let isFast: Bool
  let showsDoctor: Bool
  /// What must not be shown, besides what the URLs' own text tells.
  let secrets: [String]
  private let connectArguments: RTMPConnectArguments

  init(_ arguments: ParsedArguments, _ environment: CommandEnvironment) throws {
    self.arguments = arguments
    format = try ResultFormat(arguments)
    expectations = try arguments[CommonOptions.expect].map {
      try Expectation(parsing: $0, shape: RTMPPushReport.document.shape)
    }
    input = arguments.operands[0]
    isFast = arguments[RTMPPush.fast]
    showsDoctor = arguments[RTMPPush.doctor]
    let key = try Self.key(arguments, environment)
    let overrides = RTMPURLOverrides(
      app: arguments[RTMPPush.app], streamKey: key, tcURL: arguments[RTMPPush.tcURL])
    urls = try Self.urls(arguments, overrides)
    do {
      connectArguments = try RTMPConnectArguments(arguments[RTMPPush.connectValues])
    } catch {
      throw UsageError("--conn: \(error)")
    }
    secrets =
      [key].compactMap(\.self) + urls.flatMap { [$0.streamKey, $0.password].compactMap(\.self) }
    plan = PushSource.Plan(
      rounds: arguments.given(RTMPPush.loop) ? arguments[RTMPPush.loop] ?? nil : 1,
      start: (arguments[RTMPPush.start] ?? 0) / 1_000_000,
      duration: arguments[CommonOptions.duration].map { max(1, $0 / 1_000_000) })
    try check()
  }

  private func check() throws(UsageError) {
    if isFast, arguments.given(RTMPPush.queue) {
      throw UsageError("--queue is for paced sending: with --fast nothing is dropped")
    }
    let isSecure = urls.contains { $0.scheme == .rtmps }
    for option in [RTMPPush.caFile, RTMPPush.insecure] as [any OptionDescribing]
    where arguments.given(option) && !isSecure {
      throw UsageError("\(option.spec.longWord) needs a URL of rtmps://")
    }
    if arguments.given(RTMPPush.caFile), arguments[RTMPPush.insecure] {
      throw UsageError("--ca-file and --insecure exclude each other")
    }
    if plan.rounds != 1, input == "-" {
      throw UsageError("--loop reads its input again, and standard input is gone by then")
    }
  }

  // MARK: Where to

  private static func urls(
    _ arguments: ParsedArguments, _ overrides: RTMPURLOverrides
  ) throws -> [RTMPURL] {
    let copies = arguments[RTMPPush.copies] ?? 1
    var urls: [RTMPURL] = []
    for (index, text) in arguments.operands.dropFirst().enumerated() {
      let isTemplate = text.contains("{n}") || overrides.streamKey?.contains("{n}") == true
      guard copies == 1 || isTemplate else {
        throw UsageError("--copies needs {n} in each URL, or all copies would have one name")
      }
      for number in 1...copies {
        func numbered(_ text: String) -> String {
          arguments.given(RTMPPush.copies) ? text.replacing("{n}", with: "\(number)") : text
        }
        var overrides = overrides
        overrides.streamKey = overrides.streamKey.map(numbered)
        do {
          urls.append(try RTMPURL(numbered(text), overrides: overrides))
        } catch .unsupportedScheme(let scheme) where scheme.hasPrefix("rtmp") {
          throw Failure(.unavailable, "URL \(index + 1): \(RTMPURLError.unsupportedScheme(scheme))")
        } catch {
          throw UsageError("URL \(index + 1): \(error)")
        }
      }
    }
    return urls
  }

  private static func key(
    _ arguments: ParsedArguments, _ environment: CommandEnvironment
  ) throws -> String? {
    let file = arguments[RTMPPush.keyFile]
    let name = arguments[RTMPPush.keyEnvironment]
    guard file == nil || name == nil else {
      throw UsageError("--key-file and --key-env exclude each other")
    }
    if let name {
      guard let key = environment.variable(name), !key.isEmpty else {
        throw UsageError("--key-env: there is no variable \(name), or it is empty")
      }
      return key
    }
    return try file.map(key(inFile:))
  }

  private static func key(inFile path: String) throws -> String {
    let bytes: [UInt8]
    do {
      let file = try ReadableFile.open(path)
      bytes = try withUnsafeTemporaryAllocation(byteCount: 4097, alignment: 1) { room in
        let count = try file.read(into: room)
        return Array(room[..<count])
      }
    } catch {
      let failure = Failure(error)
      throw Failure(failure.exit, "--key-file \(path): \(failure.message)")
    }
    let lines = bytes.split { $0 == 0x0a || $0 == 0x0d }
    guard let first = lines.first, lines.count == 1, bytes.count <= 4096 else {
      throw Failure(.dataError, "--key-file \(path): it should hold one line of at most 4096 bytes")
    }
    return String(decoding: first, as: UTF8.self)
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
    if urls.contains(where: { $0.scheme == .rtmps }) { options.tls = try tls() }
    let (flashVersion, chunkSize, values) = (
      arguments[RTMPPush.flashVersion], arguments[RTMPPush.chunkSize], connectArguments.values
    )
    options.client = { url in
      var client = RTMPClientOptions(url, .publish())
      client.flashVersion = flashVersion
      client.chunkSize = chunkSize
      client.connectArguments = values
      client.traces = traces
      return client
    }
    return options
  }

  private func tls() throws -> TLSContext {
    do {
      if arguments[RTMPPush.insecure] { return try TLSContext(trusting: .anybody) }
      let file = arguments[RTMPPush.caFile]
      return try TLSContext(trusting: file.map { .authorities(file: $0) } ?? .system)
    } catch .library(let failure) {
      throw Failure(failure)
    } catch .file(let failure) {
      let named = Failure(failure)
      throw Failure(named.exit, "--ca-file \(failure.subject): \(named.message)")
    } catch {
      throw Failure(.dataError, "--ca-file: \(error)")
    }
  }
}
