extension ToolSpec {
  /// The manual page of one command, `mediatool-COMMAND.1`.
  ///
  /// - Parameters:
  ///   - command: one of the tool's commands.
  ///   - date: what `.Dd` says, such as `November 1, 2025`.
  /// - Returns: the mdoc source.
  public func mdocPage(for command: CommandSpec, date: String) -> String {
    let markup = Markup(command: command)
    var sections = [
      MdocSection(
        "SYNOPSIS",
        [
          .synopsis(
            [.name(name), .command(command.name), .optional([.argument("options")])]
              + command.operands.map(synopsis))
        ]),
      MdocSection("DESCRIPTION", markup.paragraphs(description(of: command))),
    ]
    if !command.operands.isEmpty {
      let items = command.operands.map { operand in
        MdocItem([.argument(operand.name)], [.paragraph(markup.inlines(operand.help + "."))])
      }
      sections[1].blocks += [.paragraph([.text("The arguments are as follows:")]), .list(items)]
    }
    let groups = shownGroups(of: command).map { group in
      let items = group.options.map { markup.item($0.spec) }
      return MdocBlock.subsection(group.title, [.list(items)])
    }
    sections.append(MdocSection("OPTIONS", groups))
    sections += tail(
      markup, exits: exits(of: command), examples: command.examples,
      seeAlso: ["\(name)(1)"] + command.seeAlso)
    return MdocPage(
      name: "\(name)-\(command.name)", section: 1, date: date, abstract: command.abstract,
      sections: sections
    ).text
  }

  /// The manual page of the tool itself, `mediatool.1`; `.Dd` says `date`.
  public func mdocPage(date: String) -> String {
    let markup = Markup(command: nil)
    let commands = shownCommands.map { command in
      MdocItem(
        [.command(command.name)],
        [
          .paragraph(
            markup.inlines(command.abstract + ".")
              + [.text(" See "), .reference("\(name)-\(command.name)", section: 1), .text(".")])
        ])
    }
    var sections = [
      MdocSection(
        "SYNOPSIS",
        [
          .synopsis([
            .name(name), .argument("COMMAND"), .optional([.argument("options")]),
            .optional([.argument("arguments")]), .name(name), .command("help"),
            .optional([.argument("COMMAND")]),
          ])
        ]),
      MdocSection(
        "DESCRIPTION",
        markup.paragraphs(discussion.isEmpty ? [abstract + "."] : discussion)),
    ]
    sections.append(MdocSection("COMMANDS", [.list(commands)]))
    sections.append(
      MdocSection("OPTIONS", [.list(Self.globalOptions.options.map { markup.item($0.spec) })]))
    let pages = shownCommands.map { "\(name)-\($0.name)(1)" }
    sections += tail(markup, exits: exits, examples: examples, seeAlso: pages + seeAlso)
    return MdocPage(
      name: name, section: 1, date: date, abstract: abstract, sections: sections
    ).text
  }

  private func description(of command: CommandSpec) -> [String] {
    command.discussion.isEmpty ? [command.abstract + "."] : command.discussion
  }

  private func synopsis(_ operand: OperandSpec) -> MdocInline {
    let many = operand.maximum.map { $0 > 1 } ?? true
    let word = MdocInline.argument(many ? operand.name + " ..." : operand.name)
    return operand.minimum == 0 ? .optional([word]) : word
  }

  /// The sections both kinds of page end with, in the order mdoc(7) gives them.
  private func tail(
    _ markup: Markup, exits: [ExitStatus], examples: [Example], seeAlso: [String]
  ) -> [MdocSection] {
    var sections: [MdocSection] = []
    if !environment.isEmpty {
      let items = environment.map {
        MdocItem([.environment($0.name)], [.paragraph(markup.inlines($0.help + "."))])
      }
      sections.append(MdocSection("ENVIRONMENT", [.list(items)]))
    }
    if !exits.isEmpty {
      let items = exits.map {
        MdocItem([.strong("\($0.code)")], [.paragraph(markup.inlines($0.meaning + "."))])
      }
      sections.append(MdocSection("EXIT STATUS", [.list(items)]))
    }
    if !examples.isEmpty {
      sections.append(
        MdocSection(
          "EXAMPLES",
          examples.flatMap { example -> [MdocBlock] in
            [.paragraph(markup.inlines(example.caption + ":")), .literal([example.command])]
          }))
    }
    if let pages = MdocSection(seeAlso: seeAlso) { sections.append(pages) }
    return sections
  }
}

extension MdocSection {
  /// `SEE ALSO` for pages written as `ffprobe(1)`, sorted by section and name; nil without any.
  public init?(seeAlso texts: [String]) {
    var pages: [(name: String, section: Int)] = []
    for text in Set(texts) {
      if case .reference(let name, let section) = MdocInline(reference: text) {
        pages.append((name, section))
      }
    }
    guard !pages.isEmpty else { return nil }
    pages.sort { ($0.section, $0.name) < ($1.section, $1.name) }
    let commas = pages.flatMap { page -> [MdocInline] in
      [.reference(page.name, section: page.section), .text(", ")]
    }
    self.init("SEE ALSO", [.paragraph(Array(commas.dropLast()))])
  }
}

extension MdocInline {
  /// A manual page written as `ffprobe(1)`.
  public init?(reference text: some StringProtocol) {
    guard text.last == ")", let open = text.lastIndex(of: "("), open > text.startIndex,
      let section = Int(text[text.index(after: open)...].dropLast()), (1...9).contains(section),
      text[..<open].utf8.allSatisfy({
        isLowerLetter($0) || isUpperLetter($0) || isDigit($0) || "-_.+".utf8.contains($0)
      })
    else { return nil }
    self = .reference(String(text[..<open]), section: section)
  }
}

/// Finds options, operands and pages in plain sentences.
private struct Markup {
  private let operands: Set<String>

  init(command: CommandSpec?) {
    operands = Set(command?.operands.map(\.name) ?? [])
  }

  func paragraphs(_ texts: [String]) -> [MdocBlock] { texts.map { .paragraph(inlines($0)) } }

  /// The entry of one option.
  func item(_ option: OptionSpec) -> MdocItem {
    var words = option.words
    if option.isOnByDefault, let off = option.negatedWord { words.append(off) }
    var term: [MdocInline] = []
    for word in words {
      if !term.isEmpty { term.append(.text(", ")) }
      term.append(.flag(word))
    }
    if let placeholder = option.placeholder {
      let value = self.value(placeholder, of: option)
      if option.bareText == nil {
        term += value
      } else {
        term += [.joined, .optional([.text("="), .joined] + value)]
      }
    }
    let text = option.help + option.notes + "."
    return MdocItem(term, [.paragraph(inlines(text, also: option.placeholder))])
  }

  /// `auto|always` are words to type, `FILE` stands for something.
  private func value(_ placeholder: String, of option: OptionSpec) -> [MdocInline] {
    guard case .choices(let words) = option.completion,
      placeholder == words.joined(separator: "|")
    else { return [.argument(placeholder)] }
    var value: [MdocInline] = []
    for word in words {
      if !value.isEmpty { value += [.joined, .text("|"), .joined] }
      value.append(.command(word))
    }
    return value
  }

  func inlines(_ text: String, also placeholder: String? = nil) -> [MdocInline] {
    var result: [MdocInline] = []
    var plain = ""
    for piece in pieces(text) {
      guard let inline = inline(piece, also: placeholder) else {
        plain += piece
        continue
      }
      if !plain.isEmpty { result.append(.text(plain)) }
      plain = ""
      result.append(inline)
    }
    if !plain.isEmpty { result.append(.text(plain)) }
    return result
  }

  private func inline(_ piece: Substring, also placeholder: String?) -> MdocInline? {
    if piece.hasPrefix("--"), piece.utf8.count > 2 { return .flag(String(piece)) }
    if operands.contains(String(piece)) || placeholder.map({ $0 == piece }) ?? false {
      return .argument(String(piece))
    }
    return MdocInline(reference: piece)
  }

  /// Cuts a sentence into words, spaces and marks, so that joining them gives it back.
  ///
  /// `--name` and `page(1)` are each one piece.
  private func pieces(_ text: String) -> [Substring] {
    var pieces: [Substring] = []
    var rest = text[...]
    while let first = rest.first {
      var piece = first.isWordPart ? rest.prefix(while: \.isWordPart) : rest.prefix(1)
      let after = rest[piece.endIndex...]
      if first.isLetter, after.first == "(", let close = after.firstIndex(of: ")") {
        let page = rest[rest.startIndex...close]
        if MdocInline(reference: page) != nil { piece = page }
      }
      pieces.append(piece)
      rest = rest[piece.endIndex...]
    }
    return pieces
  }
}

extension Character {
  fileprivate var isWordPart: Bool { isLetter || isNumber || self == "-" || self == "_" }
}
