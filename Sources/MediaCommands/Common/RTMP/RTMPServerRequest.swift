internal import MediaCLI
internal import MediaIO
internal import MediaRTMP

/// What a command line says of servers, understood and checked.
struct RTMPServerRequest {
  /// What is said instead of the URL.
  let overrides: RTMPURLOverrides
  private let arguments: ParsedArguments
  private let connectArguments: RTMPConnectArguments

  init(_ arguments: ParsedArguments, _ environment: CommandEnvironment) throws {
    self.arguments = arguments
    overrides = RTMPURLOverrides(
      app: arguments[RTMPOptions.app],
      streamKey: try SecretOptions(
        file: RTMPOptions.keyFile, environment: RTMPOptions.keyEnvironment
      ).read(arguments, environment),
      tcURL: arguments[RTMPOptions.tcURL])
    do {
      connectArguments = try RTMPConnectArguments(arguments[RTMPOptions.connectValues])
    } catch {
      throw UsageError("--conn: \(error)")
    }
  }

  // MARK: Where to

  /// Takes a URL apart that is called `name` where it cannot be.
  func url(
    _ text: String, _ overrides: RTMPURLOverrides, name: String
  ) throws -> RTMPURL {
    do {
      return try RTMPURL(text, overrides: overrides)
    } catch .unsupportedScheme(let scheme) where scheme.hasPrefix("rtmp") {
      throw Failure(.unavailable, "\(name): \(RTMPURLError.unsupportedScheme(scheme))")
    } catch {
      throw UsageError("\(name): \(error)")
    }
  }

  /// What must not be shown, besides what the URLs' own text tells.
  func secrets(of urls: [RTMPURL]) -> [String] {
    [overrides.streamKey].compactMap(\.self)
      + urls.flatMap { [$0.streamKey, $0.password].compactMap(\.self) }
  }

  // MARK: What clients are told

  /// The options of connect for clients.
  var client: (inout RTMPClientOptions) -> Void {
    let (flashVersion, values) = (arguments[RTMPOptions.flashVersion], connectArguments.values)
    return { client in
      client.flashVersion = flashVersion
      client.connectArguments = values
    }
  }

  // MARK: TLS

  /// - Throws: `UsageError` where options of TLS do not fit the URLs.
  func check(_ urls: [RTMPURL]) throws(UsageError) {
    try ConnectionOptions.checkTLS(
      arguments, isSecure: urls.contains { $0.scheme == .rtmps }, scheme: "rtmps")
  }

  /// What TLS trusts; nil where no URL needs it.
  func tls(for urls: [RTMPURL]) throws -> TLSContext? {
    guard urls.contains(where: { $0.scheme == .rtmps }) else { return nil }
    return try ConnectionOptions.tls(arguments)
  }
}
