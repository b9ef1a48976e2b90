internal import MediaCLI
internal import MediaModel

/// Options that mean the same in every command that has them.
enum CommonOptions {
  static let json = Flag("json", help: "Print one JSON document")
  static let jsonl = Flag("jsonl", help: "Print one JSON object per line, as it happens")
  static let output = Key<String>(
    "output", short: "o", value: "FILE",
    help: "Write results to FILE, which appears only when complete; - is standard output",
    completion: .file())
  static let force = Flag(
    "force", short: "y", help: "Replace existing files", negatable: false)
  static let check = Flag("check", help: "Report findings and fail on those of --fail-on")
  static let failOn = DefaultedKey(
    "fail-on", choices: FailLevel.self, default: .error,
    help: "With --check, exit 1 if a finding is at or above this level")
  static let expect = expecting("format.duration >= 10")
  /// `expect` where the document has other fields: `example` is about one that it has.
  static func expecting(_ example: String) -> RepeatedKey<String> {
    RepeatedKey<String>(
      "expect", value: "EXPR",
      help: "Exit 1 unless the JSON result satisfies EXPR, such as '\(example)'")
  }
  static let entries = Key<String>(
    "entries", value: "NAMES", help: "Print only these fields, such as streams.codec_name")
  static let timeout = DefaultedKey<Int64>(
    "timeout", value: "TIME", default: "10s",
    help: "Longest silence allowed in any phase, never a limit on the whole run",
    parse: ValueParsers.positiveTime)
  static let duration = Key<Int64>(
    "duration", value: "TIME", help: "Stop after this much media time",
    parse: ValueParsers.positiveTime)
  static let tracks = Key<TrackSelection>(
    "tracks", value: "SPEC", help: "Only these tracks, such as v:0,a",
    parse: TrackSelection.init(parsing:))
  static let header = RepeatedKey<KeyValuePair>(
    "header", value: "'K: V'", help: "Header of every HTTP request", parse: ValueParsers.header)
  static let userAgent = Key<String>(
    "user-agent", value: "TEXT", help: "User-Agent of HTTP and RTSP requests"
  ) { text throws(UsageError) in
    guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
      throw UsageError("must not hold control characters")
    }
    return text
  }
  static let loopHelp = "Begin again at the end, N times in all, times going on"
  static let interface = Key<String>(
    "interface", value: "NAME", help: "Interface, or its address, of multicast",
    parse: ValueParsers.nonEmpty)
  static let verbose = CountFlag(
    "verbose", short: "v", help: "Say more on standard error; twice for still more")
  static let quiet = Flag(
    "quiet", short: "q", help: "Say only errors on standard error", negatable: false)
  static let color = DefaultedKey(
    "color", choices: When.self, default: .auto, help: "Colour messages on standard error")
  static let progress = DefaultedKey(
    "progress", choices: When.self, default: .auto, help: "Show progress on standard error")

  /// Options about messages, the last group of every command.
  static let messages = OptionGroup("Messages", [verbose, quiet, color, progress])

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

  /// `30`, `30000/1001`, `29.97`.
  static func frameRate(_ text: String) throws(UsageError) -> Rational {
    guard let rate = Rational(frameRate: text), (0.001...1_000_000).contains(rate.value ?? 0) else {
      throw UsageError("must be frames per second such as 25, 29.97 or 30000/1001")
    }
    return rate
  }

  enum When: String, WordChoice { case auto, always, never }

  /// `Severity` in the order help shows: worst first.
  enum FailLevel: String, WordChoice {
    case fatal, error, warning, info

    var severity: Severity {
      switch self {
      case .fatal: .fatal
      case .error: .error
      case .warning: .warning
      case .info: .info
      }
    }
  }
}
