/// A command line that cannot be obeyed: exit code 64.
///
/// A value parser throws it with what was expected ("must be from 1 to 5"); the command parser puts
/// the option and the offending text in front and adds the command.
public struct UsageError: Error, Equatable, Sendable {
  /// What is wrong, without a full stop.
  public var message: String
  /// The word the user probably meant.
  public var suggestion: String?
  /// The command whose line this was, nil before a command was recognised.
  public var command: String?

  /// Makes an error from what is wrong and, where there is one, the word probably meant.
  public init(_ message: String, suggestion: String? = nil, command: String? = nil) {
    self.message = message
    self.suggestion = suggestion
    self.command = command
  }

  /// The lines for standard error: at most three, the last says how to get help.
  ///
  /// No newline at the end. Control characters of the command line do not reach the terminal.
  public func text(tool: String) -> String {
    let name = command.map { "\(tool) \($0)" } ?? tool
    var lines = ["\(name): \(printable(message))"]
    if let suggestion { lines.append("Did you mean '\(printable(suggestion))'?") }
    lines.append("See '\(name) --help'.")
    return lines.joined(separator: "\n")
  }
}

/// The text in single quotes, shortened when it is long.
func quoted(_ text: some StringProtocol) -> String {
  let limit = 80
  let scalars = text.unicodeScalars
  guard scalars.count > limit else { return "'\(text)'" }
  return "'" + String(String.UnicodeScalarView(scalars.prefix(limit - 1))) + "…'"
}

/// The text with everything that could move a cursor or hide characters spelled out.
func printable(_ text: String) -> String {
  var result = ""
  for scalar in text.unicodeScalars {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned:
      result += "\\u{" + String(scalar.value, radix: 16) + "}"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}
