internal import MediaCLI

/// Options of every command that speaks RTMP.
enum RTMPOptions {
  static let keyFile = Key<String>(
    "key-file", value: "FILE", help: "Read the stream key from FILE; the URL's path has the rest",
    completion: .file())
  static let keyEnvironment = Key<String>(
    "key-env", value: "NAME", help: "Take the stream key from an environment variable",
    parse: ValueParsers.nonEmpty)
  static let app = Key<String>(
    "app", value: "NAME", help: "Application, where the URL's path should be split otherwise",
    parse: ValueParsers.nonEmpty)
  static let tcURL = Key<String>(
    "tcurl", value: "URL", help: "tcUrl of connect, where it should not be the URL's",
    parse: ValueParsers.nonEmpty)
  static let flashVersion = Key<String>(
    "flashver", value: "TEXT", help: "flashVer of connect", parse: ValueParsers.nonEmpty)
  static let connectValues = RepeatedKey<String>(
    "conn", value: "TYPE:VALUE", help: "Add a value to connect, as in rtmpdump: B:1, S:text, N:2.5")
  static let caFile = Key<String>(
    "ca-file", value: "FILE", help: "Trust the authorities in FILE, in PEM, and no others",
    completion: .file(extensions: ["pem", "crt"]))
  static let insecure = Flag(
    "insecure", help: "Take any certificate for rtmps://", negatable: false)
  static let doctor = Flag(
    "doctor", help: "List what the server does otherwise than the specification says")

  /// `--retry`, whose limit is nil for `forever`; `help` says what is tried again.
  static func retry(help: String) -> Key<Int?> {
    Key("retry", value: "N|forever", help: help) { text throws(UsageError) in
      try forever(text, in: 0...1_000_000)
    }
  }

  /// A number in a range, or nil for `forever`.
  static func forever(
    _ text: String, in range: ClosedRange<Int>
  ) throws(UsageError) -> Int? {
    if text == "forever" { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw UsageError(
        "must be forever, or a number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}
