internal import MediaCLI
internal import MediaIO

/// Options of every command that connects to a server.
enum ConnectionOptions {
  static let caFile = Key<String>(
    "ca-file", value: "FILE", help: "Trust the authorities in FILE, in PEM, and no others",
    completion: .file(extensions: ["pem", "crt"]))
  static let insecure = Flag(
    "insecure", help: "Take any certificate, whoever signed it", negatable: false)
  static let doctor = Flag(
    "doctor", help: "List what the server does otherwise than the specification says")

  static let gaps = Key<String>(
    "gaps", value: "FILE", help: "Write a line of JSON to FILE for each gap in what is recorded",
    completion: .file(extensions: ["jsonl"]))

  /// `--retry`, whose limit is nil for `forever`; `help` says what is tried again.
  static func retry(help: String) -> Key<Int?> {
    Key("retry", value: "N|forever", help: help) { text throws(UsageError) in
      try CommonOptions.forever(text, in: 0...1_000_000)
    }
  }

  // MARK: TLS

  /// - Throws: `UsageError` where options of TLS have no URL of `scheme`, or exclude each other.
  static func checkTLS(
    _ arguments: ParsedArguments, isSecure: Bool, scheme: String
  ) throws(UsageError) {
    for option in [caFile, insecure] as [any OptionDescribing]
    where arguments.given(option) && !isSecure {
      throw UsageError("\(option.spec.longWord) needs a URL of \(scheme)://")
    }
    if arguments.given(caFile), arguments[insecure] {
      throw UsageError("--ca-file and --insecure exclude each other")
    }
  }

  /// What TLS is to trust.
  static func tls(_ arguments: ParsedArguments) throws -> TLSContext {
    do {
      if arguments[insecure] { return try TLSContext(trusting: .anybody) }
      return try TLSContext(trusting: arguments[caFile].map { .authorities(file: $0) } ?? .system)
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
