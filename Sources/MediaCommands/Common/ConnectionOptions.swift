internal import MediaCLI

/// Options of every command that connects to a server.
enum ConnectionOptions {
  static let caFile = Key<String>(
    "ca-file", value: "FILE", help: "Trust the authorities in FILE, in PEM, and no others",
    completion: .file(extensions: ["pem", "crt"]))
  static let insecure = Flag(
    "insecure", help: "Take any certificate, whoever signed it", negatable: false)
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
