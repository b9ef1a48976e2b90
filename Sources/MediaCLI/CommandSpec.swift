/// Options that belong together under one heading.
public struct OptionGroup: Sendable {
  /// The heading, such as `Output`.
  public var title: String
  /// The options in the order help shows them.
  public var options: [any OptionDescribing]

  /// Makes a group.
  public init(_ title: String, _ options: [any OptionDescribing]) {
    self.title = title
    self.options = options
  }
}

/// A positional argument.
public struct OperandSpec: Sendable {
  /// The name in help, in capitals, such as `INPUT`.
  public var name: String
  /// One line: starts with a capital, ends without a full stop.
  public var help: String
  /// How many are needed.
  public var minimum: Int
  /// How many are accepted, nil for any number.
  public var maximum: Int?
  /// What shells offer.
  public var completion: Completion

  /// Describes an operand; without counts it is exactly one.
  public init(
    _ name: String, help: String, minimum: Int = 1, maximum: Int? = 1,
    completion: Completion = .file()
  ) {
    self.name = name
    self.help = help
    self.minimum = minimum
    self.maximum = maximum
    self.completion = completion
  }

  /// The operand in a synopsis: `INPUT`, `[INPUT]`, `INPUT...`, `[INPUT...]`.
  public var usage: String {
    let many = maximum.map { $0 > 1 } ?? true
    let word = many ? name + "..." : name
    return minimum == 0 ? "[\(word)]" : word
  }
}

/// A command line worth copying.
public struct Example: Sendable {
  /// What it achieves, as a sentence without a full stop.
  public var caption: String
  /// The line as typed in a shell.
  public var command: String

  /// Makes an example.
  public init(_ command: String, caption: String) {
    self.command = command
    self.caption = caption
  }
}

/// One exit code and when it comes.
public struct ExitStatus: Sendable, Equatable {
  /// The code, 0...255.
  public var code: Int
  /// When the command ends with it.
  public var meaning: String

  /// Makes an entry.
  public init(_ code: Int, _ meaning: String) {
    self.code = code
    self.meaning = meaning
  }
}

/// An environment variable that is read.
public struct EnvironmentVariable: Sendable {
  /// The variable's name.
  public var name: String
  /// What it changes.
  public var help: String

  /// Makes an entry.
  public init(_ name: String, _ help: String) {
    self.name = name
    self.help = help
  }
}

/// A value made each time it is asked for, so that a run does not pay for those it has no use for.
///
/// One that is set stays as it is.
@propertyWrapper public struct Deferred<Value: Sendable>: Sendable {
  private var make: @Sendable () -> Value

  init(make: @escaping @Sendable () -> Value) { self.make = make }

  /// The value.
  public var wrappedValue: Value {
    get { make() }
    set { make = { newValue } }
  }
}

/// One subcommand as a value, from which its parser, help, manual and completions follow.
///
/// Texts may quote options (`--json`), operands (`INPUT`) and pages (`ffprobe(1)`) as they are; the
/// manual marks them up.
public struct CommandSpec: Sendable {
  /// The word after the tool's name.
  public var name: String
  /// One line: starts with a capital, ends without a full stop.
  public var abstract: String
  /// Paragraphs of whole sentences.
  @Deferred public var discussion: [String]
  /// The positional arguments in order.
  @Deferred public var operands: [OperandSpec]
  /// The options under their headings.
  @Deferred public var groups: [OptionGroup]
  /// The exit codes it can end with; empty means all of the tool's.
  public var exits: [ExitStatus]
  /// Lines worth copying.
  @Deferred public var examples: [Example]
  /// Manual pages, such as `ffprobe(1)`.
  @Deferred public var seeAlso: [String]
  /// Whether lists of commands leave it out.
  public var hidden: Bool

  /// Describes a command; what a run of another command does not need is made when it is asked for.
  public init(
    name: String, abstract: String,
    discussion: @autoclosure @escaping @Sendable () -> [String] = [],
    operands: @autoclosure @escaping @Sendable () -> [OperandSpec] = [],
    groups: @autoclosure @escaping @Sendable () -> [OptionGroup] = [], exits: [ExitStatus] = [],
    examples: @autoclosure @escaping @Sendable () -> [Example] = [],
    seeAlso: @autoclosure @escaping @Sendable () -> [String] = [], hidden: Bool = false
  ) {
    self.name = name
    self.abstract = abstract
    _discussion = Deferred(make: discussion)
    _operands = Deferred(make: operands)
    _groups = Deferred(make: groups)
    self.exits = exits
    _examples = Deferred(make: examples)
    _seeAlso = Deferred(make: seeAlso)
    self.hidden = hidden
  }

  /// Every option, in the order of the groups.
  public var options: [OptionSpec] { groups.flatMap { $0.options.map(\.spec) } }
}

/// The whole tool as a value.
public struct ToolSpec: Sendable {
  /// The program's name.
  public var name: String
  /// The version without a prefix, such as `0.1.0`.
  public var version: String
  /// One line: starts with a capital, ends without a full stop.
  public var abstract: String
  /// Paragraphs of whole sentences.
  public var discussion: [String]
  /// The subcommands in the order help shows them.
  public var commands: [CommandSpec]
  /// Every exit code the tool knows.
  public var exits: [ExitStatus]
  /// The environment variables every command reads.
  public var environment: [EnvironmentVariable]
  /// Lines worth copying.
  public var examples: [Example]
  /// Manual pages, such as `ffprobe(1)`.
  public var seeAlso: [String]

  /// Describes a tool.
  public init(
    name: String, version: String, abstract: String, discussion: [String] = [],
    commands: [CommandSpec], exits: [ExitStatus] = [], environment: [EnvironmentVariable] = [],
    examples: [Example] = [], seeAlso: [String] = []
  ) {
    self.name = name
    self.version = version
    self.abstract = abstract
    self.discussion = discussion
    self.commands = commands
    self.exits = exits
    self.environment = environment
    self.examples = examples
    self.seeAlso = seeAlso
  }

  /// `--help` and `--version`, understood before a command and by every command.
  public static let globalOptions = OptionGroup(
    "General",
    [
      Flag("help", short: "h", help: "Show this help and exit", negatable: false),
      Flag("version", help: "Show the version and exit", negatable: false),
    ])

  /// The command of this name.
  public func command(named name: String) -> CommandSpec? {
    commands.first { $0.name == name }
  }

  /// The commands that lists show.
  var shownCommands: [CommandSpec] { commands.filter { !$0.hidden } }

  /// The groups of a command with the global options added, hidden options left out.
  ///
  /// A command's own group `General` comes last and takes them in.
  func shownGroups(of command: CommandSpec) -> [OptionGroup] {
    let general = Self.globalOptions
    let own = command.groups.filter { $0.title != general.title }
    let last = command.groups.filter { $0.title == general.title }.flatMap(\.options)
    return (own + [OptionGroup(general.title, last + general.options)]).compactMap { group in
      let shown = group.options.filter { !$0.spec.hidden }
      return shown.isEmpty ? nil : OptionGroup(group.title, shown)
    }
  }

  /// Every shown option of a command, the global ones included.
  func shownOptions(of command: CommandSpec) -> [OptionSpec] {
    shownGroups(of: command).flatMap { $0.options.map(\.spec) }
  }

  /// The exit codes of a command: its own, or all.
  func exits(of command: CommandSpec) -> [ExitStatus] {
    command.exits.isEmpty ? exits : command.exits
  }
}
