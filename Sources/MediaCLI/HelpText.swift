extension ToolSpec {
  /// What `mediatool`, `mediatool help` and `mediatool --help` print.
  ///
  /// `width` is the columns of the terminal; less than 40 counts as 40.
  public func toolHelp(width: Int = 80) -> String {
    var page = HelpPage(width: width)
    page.paragraph(abstract)
    page.usage(name, ["COMMAND [options] [arguments]", "help [COMMAND]"])
    for text in discussion { page.paragraph(text) }
    page.lists([
      ("Commands", shownCommands.map { ($0.name, $0.abstract) }),
      ("General", Self.globalOptions.options.map { $0.spec.helpEntry }),
      ("Environment", environment.map { ($0.name, $0.help) }),
    ])
    page.examples(examples)
    page.paragraph("See '\(name) help COMMAND' for the options of a command.")
    return page.text
  }

  /// What `mediatool COMMAND --help` prints.
  ///
  /// - Parameters:
  ///   - command: one of the tool's commands.
  ///   - width: columns of the terminal; less than 40 counts as 40.
  /// - Returns: the lines, each ended by a newline.
  public func helpText(for command: CommandSpec, width: Int = 80) -> String {
    var page = HelpPage(width: width)
    page.paragraph(command.abstract)
    let operands = command.operands.map(\.usage)
    page.usage(name, [([command.name, "[options]"] + operands).joined(separator: " ")])
    for text in command.discussion { page.paragraph(text) }
    let groups = shownGroups(of: command).map { ($0.title, $0.options.map { $0.spec.helpEntry }) }
    page.lists([("Arguments", command.operands.map { ($0.name, $0.help) })] + groups)
    page.lists([("Exit status", command.exits.map { ("\($0.code)", $0.meaning) })])
    page.examples(command.examples)
    return page.text
  }
}

extension OptionSpec {
  /// The words of an option as help shows them and what it does.
  ///
  /// Long names are aligned whether or not there is a short one.
  fileprivate var helpEntry: (term: String, text: String) {
    let indent = words[0].hasPrefix("--") ? "    " : ""
    var names = words
    if isOnByDefault, let negatedWord { names.append(negatedWord) }
    return (indent + names.joined(separator: ", ") + valueSuffix, help + notes)
  }

  /// ` FILE`, or `[=BYTES]` when the value is optional.
  var valueSuffix: String {
    guard let placeholder else { return "" }
    return bareText == nil ? " " + placeholder : "[=\(placeholder)]"
  }

  /// Longer lists would hide the rest; completion has them, and a discussion can tell them once.
  private static let mostChoicesListed = 40

  /// What help adds in parentheses: choices, default, meaning without a value, repetition.
  var notes: String {
    var notes: [String] = []
    if case .choices(let words) = completion, placeholder != words.joined(separator: "|"),
      words.count <= Self.mostChoicesListed
    {
      notes.append("one of: " + words.joined(separator: ", "))
    }
    if let defaultText { notes.append("default: \(defaultText.isEmpty ? "empty" : defaultText)") }
    if let bareText { notes.append("without a value: \(bareText)") }
    if repeatable { notes.append("repeatable") }
    return notes.isEmpty ? "" : " (" + notes.joined(separator: "; ") + ")"
  }
}

/// Collects sections with a blank line between them.
private struct HelpPage {
  private let width: Int
  private var lines: [String] = []

  init(width: Int) { self.width = max(40, width) }

  /// The page; the last line ends with a newline.
  var text: String { lines.map { $0 + "\n" }.joined() }

  private mutating func gap() {
    if !lines.isEmpty { lines.append("") }
  }

  mutating func paragraph(_ text: String) {
    gap()
    lines += wrap(text, width: width)
  }

  mutating func usage(_ name: String, _ forms: [String]) {
    gap()
    for (index, form) in forms.enumerated() {
      let lead = (index == 0 ? "Usage: " : "       ") + name + " "
      for (row, line) in wrap(form, width: width - lead.count).enumerated() {
        lines.append((row == 0 ? lead : spaces(lead.count)) + line)
      }
    }
  }

  /// Terms left, texts in one column for all the lists; a term too long for it has its own line.
  mutating func lists(_ lists: [(title: String, entries: [(term: String, text: String)])]) {
    let terms = lists.flatMap(\.entries).map(\.term.count)
    let widest = terms.filter { $0 <= width / 3 }.max() ?? 0
    for list in lists where !list.entries.isEmpty {
      gap()
      lines.append(list.title + ":")
      for (term, text) in list.entries { entry(term, text, column: max(4, widest) + 4) }
    }
  }

  private mutating func entry(_ term: String, _ text: String, column: Int) {
    let lead = "  " + term
    let fits = lead.count + 2 <= column
    if !fits { lines.append(lead) }
    for (index, row) in wrap(text, width: max(20, width - column)).enumerated() {
      let start = index == 0 && fits ? lead : ""
      lines.append(start + spaces(column - start.count) + row)
    }
  }

  /// Commands are never wrapped: they are there to be copied.
  mutating func examples(_ examples: [Example]) {
    guard !examples.isEmpty else { return }
    gap()
    lines.append("Examples:")
    for (index, example) in examples.enumerated() {
      if index > 0 { lines.append("") }
      lines += wrap(example.caption + ":", width: width - 2).map { "  " + $0 }
      lines.append("    " + example.command)
    }
  }
}
