internal import MediaCLI
internal import MediaIO
internal import MediaRTSP

/// What a command line says of the server and of how it is to be asked, understood and checked.
struct RTSPServerRequest {
  /// Where it is; user and password are in it.
  let url: RTSPURL
  private let arguments: ParsedArguments

  init(_ arguments: ParsedArguments, _ environment: CommandEnvironment) throws {
    self.arguments = arguments
    var url = try Self.url(arguments.operands[0])
    let secret = SecretOptions(
      file: RTSPPull.passwordFile, environment: RTSPPull.passwordEnvironment)
    if let password = try secret.read(arguments, environment) {
      guard url.user != nil else {
        throw UsageError("a password needs a user in the URL: rtsp://USER@HOST/PATH")
      }
      guard url.password == nil else { throw UsageError("the URL has a password already") }
      url.password = password
    }
    self.url = url
    try ConnectionOptions.checkTLS(arguments, isSecure: url.scheme == .rtsps, scheme: "rtsps")
    try check()
  }

  private static func url(_ text: String) throws -> RTSPURL {
    do {
      return try RTSPURL(text)
    } catch .unsupportedScheme(let scheme) where scheme.hasPrefix("rtsp") {
      throw Failure(.unavailable, "URL: \(RTSPURLError.unsupportedScheme(scheme))")
    } catch {
      throw UsageError("URL: \(error)")
    }
  }

  private func check() throws(UsageError) {
    let transport = arguments[RTSPPull.transport]
    let receives: [RTSPTransportChoice] = [.auto, .udp, .multicast]
    if arguments.given(RTSPPull.portRange), !receives.contains(transport) {
      throw UsageError("--port-range is of UDP: it does not go with --transport \(transport)")
    }
    if arguments.given(CommonOptions.interface), !receives.contains(transport) {
      throw UsageError("--interface is of multicast: it does not go with --transport \(transport)")
    }
    let ours = ["CSeq", "Session", "Transport", "Content-Length"]
    for header in arguments[RTSPPull.header]
    where ours.contains(where: { $0.lowercased() == header.key.lowercased() }) {
      throw UsageError("--header: \(header.key) cannot be set")
    }
  }

  /// What must not be shown, besides what the URL's own text tells.
  var secrets: [String] { [url.password].compactMap(\.self) }

  /// Values of headers that may be secret.
  var headerSecrets: [String] { arguments[RTSPPull.header].map(\.value) }

  /// What the input is told.
  ///
  /// - Throws: `Failure` where there is no such interface, or authorities cannot be read.
  func options(traces: Bool) throws -> RTSPInputOptions {
    var options = RTSPInputOptions(url: url)
    options.transport = arguments[RTSPPull.transport]
    options.ports = arguments[RTSPPull.portRange]
    options.interface = try arguments[CommonOptions.interface].map(Self.interface)
    options.userAgent = arguments[CommonOptions.userAgent] ?? options.userAgent
    options.headers = arguments[RTSPPull.header].map { ($0.key, $0.value) }
    options.play = RTSPPlayRequest(
      range: arguments[RTSPPull.range], speed: arguments[RTSPPull.speed])
    options.timeout = arguments[CommonOptions.timeout]
    options.retries = arguments.given(RTSPPull.retry) ? arguments[RTSPPull.retry] ?? nil : 0
    options.tls = url.scheme == .rtsps ? try ConnectionOptions.tls(arguments) : nil
    options.onlyDescribes = arguments[RTSPPull.describe]
    options.traces = traces
    return options
  }

  private static func interface(_ name: String) throws -> NetworkInterface {
    do {
      return try NetworkInterface(name)
    } catch {
      throw Failure(.noInput, "--interface \(name): \(error.reason)")
    }
  }
}
