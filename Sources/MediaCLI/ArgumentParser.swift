/// What the user asked for.
public enum Invocation: Sendable {
  /// Run this command.
  case run(commandName: String, ParsedArguments)
  /// Print this text to standard output and end with 0.
  case help(String)
  /// Print this line to standard output and end with 0.
  case version(String)
  /// Print this line and, below it, the libraries that were found.
  case versionAndLibraries(String)
}

extension ToolSpec {
  /// Understands the words after the program's name.
  ///
  /// - Parameters:
  ///   - arguments: the words, without the program's name.
  ///   - width: columns for help texts.
  /// - Returns: what to do.
  /// - Throws: `UsageError` with the command set where one was recognised. `--help` anywhere in a
  ///   command's options wins over every error.
  public func parse(_ arguments: [String], width: Int = 80) throws(UsageError) -> Invocation {
    guard let first = arguments.first else { return .help(toolHelp(width: width)) }
    let rest = Array(arguments.dropFirst())
    switch first {
    case "--version": return version(amid: rest)
    case "-v" where rest.first == "--version", "--verbose" where rest.first == "--version":
      return version(amid: arguments)
    case "help", "--help", "-h": return .help(try help(for: rest, width: width))
    default: break
    }
    if first.utf8.first == dash, command(named: first) == nil {
      throw UsageError(
        "expected a command before \(quoted(first))",
        suggestion: nearestWord(to: first, among: ["--help", "--version"]))
    }
    let command = try known(first)
    var scanner = ArgumentScanner(command: command, understandsGlobals: true)
    scanner.scan(arguments: rest)
    switch scanner.request {
    case .help: return .help(helpText(for: command, width: width))
    case .version: return version(amid: rest)
    case nil: return .run(commandName: command.name, try scanner.result())
    }
  }

  private func version(amid words: [String]) -> Invocation {
    let line = "\(name) \(version)"
    let options = words.prefix { $0 != "--" }
    let isVerbose = options.contains("-v") || options.contains("--verbose")
    return isVerbose ? .versionAndLibraries(line) : .version(line)
  }

  private func help(for words: [String], width: Int) throws(UsageError) -> String {
    guard let word = words.first(where: { $0 != "--help" && $0 != "-h" }) else {
      return toolHelp(width: width)
    }
    return helpText(for: try known(word), width: width)
  }

  private func known(_ word: String) throws(UsageError) -> CommandSpec {
    if let command = command(named: word) { return command }
    throw UsageError(
      "unknown command \(quoted(word))",
      suggestion: nearestWord(to: word, among: shownCommands.map(\.name) + ["help"]))
  }
}

extension CommandSpec {
  /// Understands the words after the command's name; `--help` and `--version` are not options here.
  public func parse(_ arguments: [String]) throws(UsageError) -> ParsedArguments {
    var scanner = ArgumentScanner(command: self, understandsGlobals: false)
    scanner.scan(arguments: arguments)
    return try scanner.result()
  }
}

private let dash = UInt8(ascii: "-")

/// Reads words left to right; the first error is kept while the rest is scanned for `--help`.
struct ArgumentScanner {
  enum Request { case help, version }
  private enum Meaning {
    case give(OptionSpec)
    case turnOff(OptionSpec)
    case request(Request)
  }

  private let command: CommandSpec
  private var meanings: [String: Meaning] = [:]
  private var parsed = ParsedArguments()
  private var firstError: UsageError?
  private(set) var request: Request?

  init(command: CommandSpec, understandsGlobals: Bool) {
    self.command = command
    if understandsGlobals {
      meanings = [
        "--help": .request(.help), "-h": .request(.help), "--version": .request(.version),
      ]
    }
    for option in command.options {
      for word in option.words { meanings[word] = .give(option) }
      if let word = option.negatedWord { meanings[word] = .turnOff(option) }
    }
  }

  mutating func scan(arguments: [String]) {
    var rest = arguments[...]
    while let word = rest.popFirst() {
      if word == "--" {
        parsed.operands += rest
        return
      }
      guard word.utf8.first == dash, word != "-" else {
        parsed.operands.append(word)
        continue
      }
      do throws(UsageError) {
        try read(word, &rest)
      } catch {
        firstError = firstError ?? error
      }
    }
  }

  /// The outcome, once every word was scanned.
  func result() throws(UsageError) -> ParsedArguments {
    do throws(UsageError) {
      if let firstError { throw firstError }
      try checkOperandCount()
      return parsed
    } catch {
      throw UsageError(error.message, suggestion: error.suggestion, command: command.name)
    }
  }

  private func checkOperandCount() throws(UsageError) {
    let count = parsed.operands.count
    var needed = 0
    for operand in command.operands {
      needed += operand.minimum
      if count < needed { throw UsageError("\(operand.name) is missing") }
    }
    var accepted = 0
    for operand in command.operands {
      guard let maximum = operand.maximum else { return }
      accepted += maximum
    }
    if count > accepted {
      throw UsageError("unexpected argument \(quoted(parsed.operands[accepted]))")
    }
  }

  /// Whole word, then `word=value`, then combined short options.
  private mutating func read(_ word: String, _ rest: inout ArraySlice<String>) throws(UsageError) {
    if let meaning = meanings[word] {
      return try apply(meaning, word, attached: nil, &rest)
    }
    var head = word[...]
    var attached: String?
    if let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) {
      head = word[..<equals]
      attached = String(word[word.utf8.index(after: equals)...])
    }
    if attached != nil, let meaning = meanings[String(head)] {
      return try apply(meaning, String(head), attached: attached, &rest)
    }
    guard !head.hasPrefix("--"), head.count > 2, let first = head.dropFirst().first,
      meanings["-\(first)"] != nil
    else { throw unknown(String(head)) }
    try readCluster(head, attached: attached, &rest)
  }

  private mutating func readCluster(
    _ cluster: Substring, attached: String?, _ rest: inout ArraySlice<String>
  ) throws(UsageError) {
    let letters = Array(cluster.dropFirst())
    for (index, letter) in letters.enumerated() {
      let word = "-\(letter)"
      guard let meaning = meanings[word] else {
        throw UsageError("unknown option \(quoted(word)) in \(quoted(cluster))")
      }
      let isLast = index == letters.count - 1
      if !isLast, case .give(let option) = meaning, option.kind == .value, option.bareText == nil {
        let long = "-\(cluster)"
        throw UsageError(
          "the value of '\(word)' must be the next word, not a part of \(quoted(cluster))",
          suggestion: meanings[long] == nil ? nil : long)
      }
      try apply(meaning, word, attached: isLast ? attached : nil, &rest)
    }
  }

  private mutating func apply(
    _ meaning: Meaning, _ word: String, attached: String?, _ rest: inout ArraySlice<String>
  ) throws(UsageError) {
    let option: OptionSpec
    let isOn: Bool
    switch meaning {
    case .give(let spec): (option, isOn) = (spec, true)
    case .turnOff(let spec): (option, isOn) = (spec, false)
    case .request(let asked):
      if attached != nil { throw UsageError("option '\(word)' takes no value") }
      request = request ?? asked
      return
    }
    guard let parse = option.parse else {
      if attached != nil { throw UsageError("option '\(word)' takes no value") }
      return store(isOn, for: option)
    }
    guard let text = attached ?? option.bareText ?? rest.popFirst() else {
      throw UsageError(
        "option '\(word)' needs a value\(option.placeholder.map { ", \($0)" } ?? "")")
    }
    do throws(UsageError) {
      store(try parse(text), for: option)
    } catch {
      let names = error.message.hasPrefix(option.longWord)
      throw UsageError(
        names ? error.message : "\(word) \(quoted(text)): \(error.message)",
        suggestion: error.suggestion)
    }
  }

  private mutating func store(_ value: any Sendable, for option: OptionSpec) {
    if option.repeatable {
      parsed.values[option.name, default: []].append(value)
    } else {
      parsed.values[option.name] = [value]
    }
  }

  private func unknown(_ word: String) -> UsageError {
    if word.hasPrefix("--no-"), meanings["--" + word.dropFirst(5)] != nil {
      return UsageError("option '--\(word.dropFirst(5))' cannot be turned off")
    }
    let candidates = command.options.filter { !$0.hidden }
      .flatMap { $0.words + ($0.negatedWord.map { [$0] } ?? []) }
    return UsageError(
      "unknown option \(quoted(word))",
      suggestion: nearestWord(to: word, among: candidates + ["--help"]))
  }
}
