import MediaCLI
import Testing

@Suite struct ToolParsingTests {
  private func help(_ words: String...) throws -> String? {
    guard case .help(let text) = try Sample.tool.parse(words) else { return nil }
    return text
  }

  @Test func helpIsReachedInManyWays() throws {
    let tool = Sample.tool.toolHelp()
    #expect(try help() == tool)
    #expect(try help("help") == tool)
    #expect(try help("--help") == tool)
    #expect(try help("-h") == tool)
    #expect(try help("help", "--help") == tool)
    let command = Sample.tool.helpText(for: Sample.probe)
    #expect(try help("help", "probe") == command)
    #expect(try help("--help", "probe") == command)
    #expect(try help("probe", "--help") == command)
    #expect(try help("probe", "-h") == command)
    #expect(try help("probe", "--nonsense", "-h") == command)
    #expect(try help("probe", "-vh") == command)
    #expect(try help("help", "__generate") == Sample.tool.helpText(for: Sample.generate))
  }

  @Test func versionIsReachedInTwoWays() throws {
    for words in [["--version"], ["probe", "--version"]] {
      guard case .version(let text) = try Sample.tool.parse(words) else {
        Issue.record("no version for \(words)")
        continue
      }
      #expect(text == "mediatool 0.1.0")
    }
  }

  @Test(arguments: [
    ["--version", "-v"], ["-v", "--version"], ["--version", "--verbose"],
    ["--verbose", "--version"], ["probe", "--version", "-v"], ["probe", "-v", "--version"],
  ])
  func verboseVersionNamesLibrariesToo(words: [String]) throws {
    guard case .versionAndLibraries("mediatool 0.1.0") = try Sample.tool.parse(words) else {
      Issue.record("not with libraries")
      return
    }
  }

  @Test func anOperandIsNotVerbose() throws {
    guard case .version = try Sample.tool.parse(["probe", "--version", "--", "-v"]) else {
      Issue.record("an operand was taken for an option")
      return
    }
  }

  @Test func aCommandRuns() throws {
    guard case .run(let name, let arguments) = try Sample.tool.parse(["probe", "--json", "in"])
    else {
      Issue.record("not run")
      return
    }
    #expect(name == "probe")
    #expect(arguments[Sample.json])
    #expect(arguments.operands == ["in"])
  }

  @Test func afterTheEndOfOptionsHelpIsAnOperand() throws {
    guard case .run(_, let arguments) = try Sample.tool.parse(["probe", "--", "--help"]) else {
      Issue.record("not run")
      return
    }
    #expect(arguments.operands == ["--help"])
  }

  struct Mistake: Sendable {
    let words: [String]
    let lines: [String]
  }

  @Test(arguments: [
    Mistake(
      words: ["prob"],
      lines: [
        "mediatool: unknown command 'prob'", "Did you mean 'probe'?", "See 'mediatool --help'.",
      ]),
    Mistake(
      words: ["help", "flvdump"],
      lines: [
        "mediatool: unknown command 'flvdump'", "Did you mean 'flv-dump'?",
        "See 'mediatool --help'.",
      ]),
    Mistake(
      words: ["transcode", "x"],
      lines: ["mediatool: unknown command 'transcode'", "See 'mediatool --help'."]),
    Mistake(
      words: [""], lines: ["mediatool: unknown command ''", "See 'mediatool --help'."]),
    Mistake(
      words: ["--json", "probe"],
      lines: ["mediatool: expected a command before '--json'", "See 'mediatool --help'."]),
    Mistake(
      words: ["-v", "probe"],
      lines: ["mediatool: expected a command before '-v'", "See 'mediatool --help'."]),
    Mistake(
      words: ["--vresion"],
      lines: [
        "mediatool: expected a command before '--vresion'", "Did you mean '--version'?",
        "See 'mediatool --help'.",
      ]),
    Mistake(
      words: ["__generat"],
      lines: ["mediatool: unknown command '__generat'", "See 'mediatool --help'."]),
    Mistake(
      words: ["flv-dump", "--jsn", "in"],
      lines: [
        "mediatool flv-dump: unknown option '--jsn'", "Did you mean '--json'?",
        "See 'mediatool flv-dump --help'.",
      ]),
    Mistake(
      words: ["flv-dump", "a\u{1b}[2J\nb", "c", "d\u{202e}\n\n"],
      lines: [
        "mediatool flv-dump: unexpected argument 'd\\u{202e}\\u{a}\\u{a}'",
        "See 'mediatool flv-dump --help'.",
      ]),
  ]) func mistakesTakeAtMostThreeLines(_ mistake: Mistake) throws {
    let error = try #require(throws: UsageError.self) { try Sample.tool.parse(mistake.words) }
    #expect(error.text(tool: "mediatool") == mistake.lines.joined(separator: "\n"))
  }

  @Test func aHugeWordIsNotEchoedWhole() throws {
    let word = String(repeating: "x", count: 1_000_000)
    let error = try #require(throws: UsageError.self) { try Sample.tool.parse([word]) }
    #expect(error.text(tool: "mediatool").count < 300)
  }
}
