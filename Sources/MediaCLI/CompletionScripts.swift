extension OptionSpec {
  /// The words a shell offers: `--no-NAME` only where it changes something.
  var offeredWords: [String] {
    words + (isOnByDefault ? negatedWord.map { [$0] } ?? [] : [])
  }

  /// Whether the next word is the value.
  var takesNextWord: Bool { kind == .value && bareText == nil }
}

extension ToolSpec {
  /// The tool's name as part of a shell function's name.
  var functionName: String {
    "_" + String(name.map { $0.isLetter || $0.isNumber ? $0 : "_" })
  }

  /// The commands a shell offers, `help` included.
  var offeredCommands: [(name: String, help: String)] {
    shownCommands.map { ($0.name, $0.abstract) } + [("help", "Show help for a command")]
  }

  /// Every option the parser knows for a command, hidden ones too: a shell must skip their values.
  func allOptions(of command: CommandSpec) -> [OptionSpec] {
    command.options + Self.globalOptions.options.map(\.spec)
  }
}
