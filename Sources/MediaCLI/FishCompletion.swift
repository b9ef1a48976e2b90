extension ToolSpec {
  /// The completion script for fish 3.
  public func fishCompletion() -> String {
    let start = "_\(functionName)_starts"
    let using = "_\(functionName)_uses"
    var lines = [
      "# fish completion for \(name). Generated, do not edit.",
      "",
      "function \(start)",
      "    test (count (commandline -opc)) -eq 1",
      "end",
      "",
      "function \(using)",
      "    set -l words (commandline -opc)",
      "    test (count $words) -gt 1; and test $words[2] = $argv[1]",
      "end",
      "",
      "complete -c \(name) -f",
    ]
    for command in offeredCommands {
      lines.append(
        fishLine(start, ["-a", command.name, "-d", fishQuoted(command.help)]))
    }
    for option in Self.globalOptions.options { lines += fishLines(option.spec, when: start) }
    for command in shownCommands {
      let condition = fishQuoted("\(using) \(command.name)")
      lines.append("")
      var seen: Set<[String]> = [[]]
      for operand in command.operands {
        let action = fishAction(operand.completion)
        if seen.insert(action).inserted { lines.append(fishLine(condition, action)) }
      }
      for option in shownOptions(of: command) { lines += fishLines(option, when: condition) }
    }
    lines.append("")
    let names = offeredCommands.map(\.name).joined(separator: " ")
    lines.append(fishLine(fishQuoted("\(using) help"), ["-a", fishQuoted(names)]))
    return lines.map { $0 + "\n" }.joined()
  }

  private func fishLine(_ condition: String, _ words: [String]) -> String {
    (["complete -c \(name) -n \(condition)"] + words).joined(separator: " ")
  }

  /// An option, and `--no-NAME` as one of its own where it is offered.
  private func fishLines(_ option: OptionSpec, when condition: String) -> [String] {
    var words = option.words.flatMap(fishWord)
    if option.kind == .value {
      // Without -r the value is only looked for after `=`.
      if option.bareText == nil { words.append("-r") }
      words += option.completion == .none ? ["-f"] : fishAction(option.completion)
    }
    words += ["-d", fishQuoted(option.help)]
    var lines = [fishLine(condition, words)]
    if option.isOnByDefault, let off = option.negatedWord {
      lines.append(
        fishLine(condition, fishWord(off) + ["-d", fishQuoted("Turn off \(option.longWord)")]))
    }
    return lines
  }

  private func fishWord(_ word: String) -> [String] {
    if word.hasPrefix("--") { return ["-l", String(word.dropFirst(2))] }
    return [word.count == 2 ? "-s" : "-o", String(word.dropFirst())]
  }

  private func fishAction(_ completion: Completion) -> [String] {
    switch completion {
    case .none: []
    // fish ranks files itself; it has no filter by suffix that takes several.
    case .file, .url: ["-F"]
    case .directory: ["-f", "-a", fishQuoted("(__fish_complete_directories)")]
    case .host: ["-f", "-a", fishQuoted("(__fish_print_hostnames)")]
    case .choices(let words):
      [
        "-f", "-a",
        fishQuoted(words.map { $0.backslashed("\\ '\"$()*?~#&;|<>[]{}") }.joined(separator: " ")),
      ]
    }
  }

  private func fishQuoted(_ text: String) -> String { "'" + text.backslashed("\\'") + "'" }
}
