internal import MediaCLI
internal import MediaIO

/// Messages for the person at the terminal, on standard error.
///
/// Secrets never pass.
struct Diagnostics {
  /// How much is said: -1 only errors, 0 normal, 1 and 2 more.
  let verbosity: Int
  /// Whether lines carry colour.
  let usesColor: Bool
  /// The command's name as it stands in front of each line.
  let command: String
  private let output: any ByteOutput

  init(command: String, arguments: ParsedArguments, environment: CommandEnvironment) {
    self.command = command
    output = environment.standardError
    verbosity = arguments[CommonOptions.quiet] ? -1 : arguments[CommonOptions.verbose]
    usesColor =
      switch arguments[CommonOptions.color] {
      case .always: true
      case .never: false
      case .auto:
        environment.errorIsTerminal && (environment.variable("NO_COLOR") ?? "").isEmpty
          && environment.variable("TERM") != "dumb"
      }
  }

  /// What a line is about.
  enum Level {
    case error, warning, detail

    fileprivate var color: String {
      switch self {
      case .error: "\u{1B}[31m"
      case .warning: "\u{1B}[33m"
      case .detail: "\u{1B}[2m"
      }
    }
    fileprivate var verbosity: Int {
      switch self {
      case .error: -1
      case .warning: 0
      case .detail: 1
      }
    }
  }

  /// Whether lines of a level are wanted.
  func says(_ level: Level) -> Bool { verbosity >= level.verbosity }

  /// Says something where it is wanted.
  func say(_ level: Level, subject: String?, _ message: String) {
    guard says(level) else { return }
    // A message that cannot be shown changes nothing about the result.
    try? output.write(line(level, subject: subject, message) + "\n")
    try? output.flush()
  }

  /// One line, without the newline; control characters are spelled out.
  func line(_ level: Level, subject: String?, _ message: String) -> String {
    let head = "mediatool \(command): " + (subject.map { "\($0): " } ?? "")
    let text = Quantity.printable(head + message)
    return usesColor ? level.color + text + "\u{1B}[0m" : text
  }
}
