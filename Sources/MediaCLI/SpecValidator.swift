/// Finds an author's mistakes in a description; it runs in a test, never for users.
public enum SpecValidator {
  /// One sentence per mistake, each naming the command and the option; empty when all is well.
  public static func problems(in tool: ToolSpec) -> [String] {
    var found = Findings(place: tool.name)
    found.check(line: tool.abstract, "abstract")
    found.check(paragraphs: tool.discussion)
    found.check(exits: tool.exits, known: nil)
    found.check(references: tool.seeAlso)
    for variable in tool.environment { found.check(line: variable.help, variable.name) }
    found.checkUnique(tool.commands.map(\.name), "command")
    for command in tool.commands {
      found.place = "\(tool.name) \(command.name)"
      found.check(command, of: tool)
    }
    found.place = tool.name
    for example in tool.examples { found.check(example, of: tool, command: nil) }
    return found.problems
  }
}

private struct Findings {
  var place: String
  private(set) var problems: [String] = []

  init(place: String) { self.place = place }

  mutating func add(_ problem: String) { problems.append("\(place): \(problem)") }

  mutating func check(_ command: CommandSpec, of tool: ToolSpec) {
    if command.name == "help" { add("the name 'help' is taken") }
    if !isName(command.name.drop { $0 == "_" }) { add("'\(command.name)' is not a command name") }
    check(line: command.abstract, "abstract")
    check(paragraphs: command.discussion)
    check(operands: command.operands)
    checkUnique(command.groups.map(\.title), "group")
    for group in command.groups {
      if !startsUpper(group.title) { add("group '\(group.title)' does not start with a capital") }
      if group.options.isEmpty { add("group '\(group.title)' has no options") }
    }
    let options = tool.allOptions(of: command)
    checkUnique(options.map(\.name), "option")
    checkUnique(options.flatMap { $0.words + ($0.negatedWord.map { [$0] } ?? []) }, "word")
    for option in command.options { check(option, shorts: options.compactMap(\.short)) }
    check(exits: command.exits, known: tool.exits.map(\.code))
    if !command.hidden, command.examples.isEmpty { add("has no example") }
    for example in command.examples { check(example, of: tool, command: command.name) }
    check(references: command.seeAlso)
  }

  // MARK: Options and operands

  private mutating func check(_ option: OptionSpec, shorts: [Character]) {
    let word = option.longWord
    if !isName(option.name[...]) { add("\(word) is not an option name") }
    if option.name.hasPrefix("no-"), option.negatable {
      add("\(word) is turned off by --no-\(option.name)")
    }
    if let short = option.short, !(short.isASCII && (short.isLetter || short.isNumber)) {
      add("\(word): short name '\(short)' is not a letter or digit")
    }
    for alias in option.aliases { check(alias: alias, of: word, shorts: shorts) }
    check(line: option.help, word)
    check(placeholder: option.placeholder, of: option)
    guard let parse = option.parse else {
      if option.kind == .value { add("\(word) has no parser") }
      return
    }
    var texts: [(String, String)] = []
    if let text = option.defaultText { texts.append(("default", text)) }
    if let text = option.bareText { texts.append(("text when alone", text)) }
    if case .choices(let words) = option.completion {
      if words.isEmpty { add("\(word) has no choices") }
      texts += words.map { ("choice", $0) }
    }
    for (role, text) in texts {
      do throws(UsageError) {
        _ = try parse(text)
      } catch {
        add("\(word): \(role) '\(text)' is not accepted: \(error.message)")
      }
    }
  }

  private mutating func check(alias: String, of word: String, shorts: [Character]) {
    let name = alias.drop { $0 == "-" }
    let dashes = alias.count - name.count
    let isWord = name.utf8.allSatisfy {
      isLowerLetter($0) || isUpperLetter($0) || isDigit($0) || "-_:".utf8.contains($0)
    }
    if !(1...2).contains(dashes) || name.isEmpty || !isWord {
      add("\(word): '\(alias)' is no alias")
    }
    if dashes == 1, name.count > 1, name.allSatisfy(shorts.contains) {
      add("\(word): '\(alias)' also reads as combined short options")
    }
  }

  private mutating func check(placeholder: String?, of option: OptionSpec) {
    let word = option.longWord
    switch (option.kind, placeholder) {
    case (.value, nil), (.value, ""): add("\(word) has no placeholder for its value")
    case (.value, let placeholder?):
      if case .choices(let words) = option.completion, placeholder == words.joined(separator: "|") {
        return
      }
      if placeholder.contains(where: { $0.isLowercase || $0.isWhitespace }) {
        add("\(word): placeholder '\(placeholder)' is not in capitals")
      }
    case (_, .some): add("\(word) takes no value but has a placeholder")
    case (_, nil): break
    }
  }

  private mutating func check(operands: [OperandSpec]) {
    checkUnique(operands.map(\.name), "operand")
    var sawOptional = false
    for (index, operand) in operands.enumerated() {
      if !isOperandName(operand.name) { add("operand '\(operand.name)' is not in capitals") }
      check(line: operand.help, operand.name)
      if operand.minimum < 0 || operand.maximum.map({ $0 < max(1, operand.minimum) }) ?? false {
        add("operand \(operand.name) has impossible counts")
      }
      if operand.maximum == nil, index < operands.count - 1 {
        add("operand \(operand.name) takes all that follow but is not the last")
      }
      if sawOptional, operand.minimum > 0 {
        add("operand \(operand.name) is needed but follows one that is not")
      }
      // How many of it there are is not clear, unless it is fixed.
      sawOptional = sawOptional || operand.maximum != operand.minimum
    }
  }

  // MARK: Texts

  /// A line starts with a capital (or no letter at all) and ends without a full stop.
  mutating func check(line: String, _ what: String) {
    guard let last = line.last else { return add("\(what) has no text") }
    if !startsUpper(line) { add("\(what): '\(line)' does not start with a capital") }
    if ".!;:,".contains(last) { add("\(what): '\(line)' ends with '\(last)'") }
    if line.contains(where: \.isNewline) { add("\(what): the text has more than one line") }
    if line != wrap(line, width: .max).joined() { add("\(what): '\(line)' has stray spaces") }
  }

  mutating func check(paragraphs: [String]) {
    for text in paragraphs {
      guard let last = text.last, ".:?!)".contains(last) else {
        add("paragraph '\(text.prefix(40))…' does not end with a full stop")
        continue
      }
    }
  }

  mutating func check(references: [String]) {
    checkUnique(references, "page")
    for text in references where MdocInline(reference: text) == nil {
      add("'\(text)' is not a manual page such as ffprobe(1)")
    }
  }

  mutating func check(exits: [ExitStatus], known: [Int]?) {
    let codes = exits.map(\.code)
    checkUnique(codes.map(String.init), "exit code")
    if codes != codes.sorted() { add("exit codes are not in order") }
    for exit in exits {
      check(line: exit.meaning, "exit \(exit.code)")
      if !(0...255).contains(exit.code) { add("exit code \(exit.code) is not 0...255") }
      if let known, !known.contains(exit.code) { add("exit code \(exit.code) is not the tool's") }
    }
  }

  /// The part of an example that calls the tool must parse; another tool may feed it.
  mutating func check(_ example: Example, of tool: ToolSpec, command: String?) {
    check(line: example.caption, "example")
    let calls = shellCommands(in: example.command).filter { $0.first == tool.name }
    if calls.isEmpty { add("example '\(example.command)' does not call \(tool.name)") }
    for call in calls {
      do throws(UsageError) {
        let invocation = try tool.parse(Array(call.dropFirst()))
        if let command, call.dropFirst().first != command { continue }
        if case .run = invocation { continue }
        if command != nil { add("example '\(example.command)' only asks for help") }
      } catch {
        add("example '\(example.command)': \(error.message)")
      }
    }
    if let command, !calls.contains(where: { $0.dropFirst().first == command }) {
      add("example '\(example.command)' is not about \(command)")
    }
  }

  mutating func checkUnique(_ names: [String], _ what: String) {
    var seen: Set<String> = []
    for name in names where !seen.insert(name).inserted { add("\(what) '\(name)' occurs twice") }
  }
}

private func startsUpper(_ text: String) -> Bool {
  text.first { !"'\"(".contains($0) }.map { !$0.isLowercase } ?? false
}

private func isName(_ text: Substring) -> Bool {
  text.utf8.first.map { isLowerLetter($0) || isDigit($0) } ?? false
    && text.utf8.allSatisfy { isLowerLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
    && text.last != "-"
}

private func isOperandName(_ text: String) -> Bool {
  text.utf8.first.map(isUpperLetter) ?? false
    && text.utf8.allSatisfy { isUpperLetter($0) || isDigit($0) || "-_".utf8.contains($0) }
}
