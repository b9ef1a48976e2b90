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
      app: arguments[RTMPOptions.app], streamKey: try Self.key(arguments, environment),
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

  private static func key(
    _ arguments: ParsedArguments, _ environment: CommandEnvironment
  ) throws -> String? {
    let file = arguments[RTMPOptions.keyFile]
    let name = arguments[RTMPOptions.keyEnvironment]
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
    let isSecure = urls.contains { $0.scheme == .rtmps }
    for option in [ConnectionOptions.caFile, ConnectionOptions.insecure] as [any OptionDescribing]
    where arguments.given(option) && !isSecure {
      throw UsageError("\(option.spec.longWord) needs a URL of rtmps://")
    }
    if arguments.given(ConnectionOptions.caFile), arguments[ConnectionOptions.insecure] {
      throw UsageError("--ca-file and --insecure exclude each other")
    }
  }

  /// What TLS trusts; nil where no URL needs it.
  func tls(for urls: [RTMPURL]) throws -> TLSContext? {
    guard urls.contains(where: { $0.scheme == .rtmps }) else { return nil }
    do {
      if arguments[ConnectionOptions.insecure] { return try TLSContext(trusting: .anybody) }
      let file = arguments[ConnectionOptions.caFile]
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
