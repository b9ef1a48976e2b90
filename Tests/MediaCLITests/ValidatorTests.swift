import MediaCLI
import Testing

/// A description with one mistake planted, and a piece of the sentence that must name it.
private struct Planted: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let plant: @Sendable (inout ToolSpec) -> Void

  init(_ sentence: String, plant: @escaping @Sendable (inout ToolSpec) -> Void) {
    testDescription = sentence
    self.plant = plant
  }

  /// Adds options to `flv-dump`.
  static func options(_ sentence: String, _ options: any OptionDescribing...) -> Planted {
    Planted(sentence) { $0.commands[1].groups.append(OptionGroup("Planted", options)) }
  }
}

private let number = ValueParsers.integer(in: 0...9)

private let mistakes = [
  Planted("mediatool: abstract: 'No.' ends with '.'") { $0.abstract = "No." },
  Planted("abstract: 'show' does not start with a capital") { $0.commands[0].abstract = "show" },
  Planted("abstract has no text") { $0.commands[0].abstract = "" },
  Planted("paragraph 'No stop…' does not end with a full stop") {
    $0.commands[0].discussion = ["No stop"]
  },
  Planted("command 'probe' occurs twice") { $0.commands.append($0.commands[0]) },
  Planted("the name 'help' is taken") { $0.commands[0].name = "help" },
  Planted("'Probe' is not a command name") { $0.commands[0].name = "Probe" },
  Planted("mediatool probe: has no example") { $0.commands[0].examples = [] },
  Planted("example 'mediatool probe --bad in': unknown option '--bad'") {
    $0.commands[0].examples = [Example("mediatool probe --bad in", caption: "Fails")]
  },
  Planted("example 'cat in' does not call mediatool") {
    $0.commands[0].examples = [Example("cat in", caption: "Nothing")]
  },
  Planted("example 'mediatool flv-dump in' is not about probe") {
    $0.commands[0].examples = [Example("mediatool flv-dump in", caption: "Another")]
  },
  Planted("example 'mediatool probe -h' only asks for help") {
    $0.commands[0].examples = [Example("mediatool probe -h", caption: "Help")]
  },
  Planted("INPUT is missing") {
    $0.commands[0].examples = [Example("x | mediatool probe > in", caption: "Redirected")]
  },
  Planted("example: 'done.' does not start") {
    $0.examples = [Example("mediatool help", caption: "done.")]
  },
  Planted("exit code 99 is not the tool's") { $0.commands[0].exits.append(ExitStatus(99, "Odd")) },
  Planted("exit code '0' occurs twice") { $0.exits.insert(ExitStatus(0, "Again"), at: 0) },
  Planted("exit codes are not in order") { $0.exits.append(ExitStatus(2, "Late")) },
  Planted("exit code 256 is not 0...255") { $0.exits.append(ExitStatus(256, "Large")) },
  Planted("'ffprobe' is not a manual page") { $0.seeAlso.append("ffprobe") },
  Planted("page 'ffmpeg(1)' occurs twice") { $0.seeAlso.append("ffmpeg(1)") },
  Planted("group 'Output' occurs twice") { $0.commands[1].groups.append(.init("Output", [])) },
  Planted("group 'Empty' has no options") { $0.commands[1].groups.append(.init("Empty", [])) },
  Planted("group 'lower' does not start") { $0.commands[1].groups.append(.init("lower", [])) },
  Planted("operand 'in' is not in capitals") { $0.commands[0].operands[0].name = "in" },
  Planted("operand INPUT has impossible counts") { $0.commands[1].operands[0].minimum = 2 },
  Planted("operand INPUT takes all that follow but is not the last") {
    $0.commands[1].operands[0].maximum = nil
  },
  Planted("operand URL is needed but follows one that is not") {
    $0.commands[2].operands[0].minimum = 0
  },
  .options("option 'json' occurs twice", Flag("json", help: "Again")),
  .options("word '--help' occurs twice", Flag("x", aliases: ["--help"], help: "Taken")),
  .options("word '-h' occurs twice", Flag("x", short: "h", help: "Taken")),
  .options("word '-o' occurs twice", Flag("x", short: "o", help: "Taken")),
  .options("word '--no-json' occurs twice", Flag("x", aliases: ["--no-json"], help: "Taken")),
  .options("--no-x is turned off by --no-no-x", Flag("no-x", help: "Off")),
  .options("--Upper is not an option name", Flag("Upper", help: "Bad")),
  .options("--x: short name 'é' is not a letter", Flag("x", short: "é", help: "Bad")),
  .options("--x: 'y' is no alias", Flag("x", aliases: ["y"], help: "Bad")),
  .options("--x: '-a=b' is no alias", Flag("x", aliases: ["-a=b"], help: "Bad")),
  .options("--x: '-vq' also reads as combined", Flag("x", aliases: ["-vq"], help: "Bad")),
  .options("--x has no text", Flag("x", help: "")),
  .options("--x: 'Ends.' ends with '.'", Flag("x", help: "Ends.")),
  .options("--x: 'lower' does not start", Flag("x", help: "lower")),
  .options("--x: 'Two  spaces' has stray spaces", Flag("x", help: "Two  spaces")),
  .options("--x: the text has more than one line", Flag("x", help: "Two\nlines")),
  .options("--x has no placeholder", Key("x", value: "", help: "Bad")),
  .options("--x: placeholder 'file' is not in capitals", Key("x", value: "file", help: "Bad")),
  .options(
    "--x: default 'ten' is not accepted",
    DefaultedKey("x", value: "N", default: "ten", help: "Bad", parse: number)),
  .options(
    "--x: text when alone 'all' is not accepted",
    Key("x", value: "N", bare: "all", help: "Bad", parse: number)),
  .options(
    "--x: choice 'b' is not accepted",
    Key("x", value: "N", help: "Bad", completion: .choices(["1", "b"]), parse: number)),
  .options("--x has no choices", Key("x", value: "N", help: "Bad", completion: .choices([]))),
]

@Suite struct ValidatorTests {
  @Test func theSampleIsWithoutProblems() {
    #expect(SpecValidator.problems(in: Sample.tool) == [])
  }

  @Test(arguments: mistakes) private func catches(_ mistake: Planted) {
    var tool = Sample.tool
    mistake.plant(&tool)
    let problems = SpecValidator.problems(in: tool)
    #expect(problems.contains { $0.contains(mistake.testDescription) }, "\(problems)")
  }

  @Test func aTypelessOptionIsCheckedToo() {
    struct Bare: OptionDescribing { let spec: OptionSpec }
    var tool = Sample.tool
    tool.commands[1].groups.append(
      OptionGroup(
        "Planted",
        [
          Bare(spec: OptionSpec(name: "a", kind: .value, placeholder: "A", help: "No parser")),
          Bare(spec: OptionSpec(name: "b", kind: .flag, placeholder: "B", help: "With a value")),
        ]))
    let problems = SpecValidator.problems(in: tool)
    #expect(problems.contains("mediatool flv-dump: --a has no parser"))
    #expect(problems.contains("mediatool flv-dump: --b takes no value but has a placeholder"))
  }
}
