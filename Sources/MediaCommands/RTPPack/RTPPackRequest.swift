internal import MediaCLI
internal import MediaIO
internal import MediaJSON
internal import MediaModel
internal import MediaRTP

/// What a command line asked of `rtp-pack`, understood and checked.
struct RTPPackRequest {
  let arguments: ParsedArguments
  let format: ResultFormat
  let expectations: [Expectation]
  let options: RTPPackerOptions
  let impairments: RTPImpairmentPlan
  /// Host and port of `--send`.
  let destination: (host: String, port: UInt16)?
  let listsPackets: Bool
  let verifies: Bool
  /// The capture's file.
  let output: String?
  let sdp: String?
  /// How many times the input is sent; nil for ever.
  let rounds: Int?
  let seed: UInt64?

  init(_ arguments: ParsedArguments) throws {
    self.arguments = arguments
    format = try ResultFormat(arguments)
    expectations = try arguments[CommonOptions.expect].map {
      try Expectation(parsing: $0, shape: RTPPackReport.document.shape)
    }
    listsPackets = arguments[RTPPack.packets] || format == .jsonl
    verifies = arguments[RTPPack.verify]
    output = arguments[RTPPack.output]
    sdp = arguments[RTPPack.sdp]
    seed = arguments[RTPPack.seed]
    options = Self.options(arguments)
    impairments = Self.impairments(arguments)
    destination = try arguments[RTPPack.send].map(Self.destination)
    rounds = arguments.given(RTPPack.loop) ? arguments[RTPPack.loop] ?? nil : 1
    try check()
  }

  private func check() throws {
    let isForNothing =
      output == nil && destination == nil && sdp == nil && !verifies && !listsPackets
      && format == .text && expectations.isEmpty
    guard !isForNothing else {
      throw UsageError("say where packets go: --output FILE, --send URL, or --verify")
    }
    let toStandardOutput = [output == "-", sdp == "-", format != .text || listsPackets]
    guard toStandardOutput.count(where: { $0 }) <= 1 else {
      throw UsageError("only one of --output, --sdp and the report can go to standard output")
    }
    if destination == nil {
      let needing: [any OptionDescribing] = [RTPPack.fast, RTPPack.ttl, CommonOptions.interface]
      if let option = needing.first(where: arguments.given) {
        throw UsageError("\(option.spec.longWord) needs --send")
      }
    }
    if rounds == nil, destination == nil, arguments[CommonOptions.duration] == nil {
      throw UsageError("--loop without a number needs --send or --duration to end it")
    }
    if rounds != 1, arguments.operands[0] == "-" {
      throw UsageError("--loop reads its input again, and standard input is gone by then")
    }
    if arguments.given(RTPPack.burst), impairments.drop == 0 {
      throw UsageError("--burst needs --drop")
    }
    if options.aggregation != .none, options.packetizationMode == 0 {
      throw UsageError("--aggregate needs --packetization-mode 1")
    }
    let outputs = NamedOutputs(arguments, [RTPPack.output, RTPPack.sdp])
    try outputs.refuseSharing()
    try outputs.refuse(inputs: arguments.operands)
  }

  /// Refuses options that have no effect on what is sent.
  func check(_ tracks: [Track], isByteStream: Bool) throws(UsageError) {
    func refuse(_ option: any OptionDescribing, unless codecs: [Codec], _ name: String)
      throws(UsageError)
    {
      guard arguments.given(option), !tracks.contains(where: { codecs.contains($0.codec) }) else {
        return
      }
      throw UsageError("\(option.spec.longWord) needs \(name), and no track is that")
    }
    try refuse(RTPPack.packetizationMode, unless: [.h264], "H.264")
    try refuse(RTPPack.aggregate, unless: [.h264, .hevc], "H.264 and H.265")
    try refuse(RTPPack.configInterval, unless: [.h264, .hevc], "H.264 and H.265")
    switch options.choice {
    case .aacHBR, .aacLBR, .latm: try refuse(RTPPack.payload, unless: [.aac], "AAC")
    case .auto, .mp2t: break
    }
    if arguments.given(RTPPack.fps), !isByteStream {
      throw UsageError("--fps is for raw H.264 and H.265: the input has times of its own")
    }
  }

  private static func options(_ arguments: ParsedArguments) -> RTPPackerOptions {
    var options = RTPPackerOptions()
    options.maxPayload = arguments[RTPPack.mtu] - RTPPacket.fixedByteCount
    options.packetizationMode = arguments[RTPPack.packetizationMode]
    options.aggregation =
      switch arguments[RTPPack.aggregate] {
      case .none: .none
      case .parameterSets: .parameterSets
      case .all: .all
      }
    options.configInterval = arguments[RTPPack.configInterval]
    options.choice = arguments[RTPPack.payload]
    return options
  }

  private static func impairments(_ arguments: ParsedArguments) -> RTPImpairmentPlan {
    RTPImpairmentPlan(
      drop: arguments[RTPPack.drop] ?? 0, burst: arguments[RTPPack.burst],
      duplicate: arguments[RTPPack.duplicate] ?? 0, reorder: arguments[RTPPack.reorder] ?? 0,
      jitter: arguments[RTPPack.jitter] ?? 0)
  }

  private static func destination(_ text: String) throws -> (host: String, port: UInt16) {
    guard let url = MediaURL(text), url.scheme == "rtp" else {
      throw UsageError("--send takes a URL such as rtp://127.0.0.1:5004")
    }
    guard let host = url.host, let port = url.port, port > 0, !url.hasBadPort else {
      throw UsageError("--send needs a host and a port, such as rtp://127.0.0.1:5004")
    }
    guard url.rest.isEmpty || url.rest == "/", url.user == nil else {
      throw UsageError("--send takes a host and a port alone; --ttl and --mtu say the rest")
    }
    return (host, port)
  }
}
