internal import MediaCLI
internal import MediaIO

/// One line on standard error that says how it goes on, written over on a terminal.
final class StatusLine {
  /// Whether anybody wants it.
  let isShown: Bool
  private let environment: CommandEnvironment
  private var width = 0

  /// `isWanted` says that it was asked for by an option of its own.
  init(
    _ arguments: ParsedArguments, _ environment: CommandEnvironment, _ diagnostics: Diagnostics,
    isWanted: Bool = false
  ) {
    self.environment = environment
    isShown =
      switch arguments[CommonOptions.progress] {
      case .always: true
      case .never: false
      case .auto: isWanted || environment.errorIsTerminal && diagnostics.verbosity >= 0
      }
  }

  /// Shows a text in the place of the last one.
  func show(_ text: String) {
    // A line that cannot be shown is no reason to stop.
    if environment.errorIsTerminal {
      // What is wider goes on in the next line, which nothing would take away.
      let text = text.prefix(max(0, environment.errorWidth - 1))
      let padding = String(repeating: " ", count: max(0, width - text.utf8.count))
      try? environment.standardError.write("\r" + text + padding)
      width = text.utf8.count
    } else {
      try? environment.standardError.write(text + "\n")
    }
    try? environment.standardError.flush()
  }

  /// Takes the line away, before something else is said.
  func clear() {
    guard width > 0 else { return }
    try? environment.standardError.write("\r" + String(repeating: " ", count: width) + "\r")
    try? environment.standardError.flush()
    width = 0
  }
}
