internal import Glibc
internal import MediaCLI
internal import MediaIO
internal import MediaJSON

/// The whole tool: its description, and the way from words to an exit code.
public enum Tool {
  /// The version; a release tag equals it.
  public static let version = "0.1.0"

  /// A command: its description and what obeys it.
  struct Command: Sendable {
    var spec: CommandSpec
    var run: @Sendable (ParsedArguments, CommandEnvironment) throws -> ExitCode
  }

  /// Every command, in the order help shows them.
  static let commands = [
    Command(spec: Probe.spec) { try ProbeRun($0, $1).run() },
    Command(spec: FLVDump.spec) { try FLVDumpRun($0, $1).run() },
    Command(spec: RTPPack.spec) { try RTPPackRun($0, $1).run() },
    Command(spec: RTPUnpack.spec) { try RTPUnpackRun($0, $1).run() },
    Command(spec: RTMPPush.spec) { try RTMPPushRun($0, $1).run() },
    Command(spec: RTMPPull.spec) { try RTMPPullRun($0, $1).run() },
    Command(spec: RTSPPull.spec) { try RTSPPullRun($0, $1).run() },
    Command(spec: PCMInfo.spec) { try PCMInfoRun($0, $1).run() },
    Command(spec: YUVConvert.spec) { try YUVConvertRun($0, $1).run() },
    Command(spec: Generate.spec) { arguments, _ in try Generate.run(arguments) },
  ]

  static let spec = ToolSpec(
    name: "mediatool", version: version, abstract: "Explain streaming media, to the byte",
    discussion: [
      """
      One tool for those who build, run and debug streaming. Each command says what it saw, as \
      text or as JSON, and ends with an exit code a script can rely on.
      """,
      """
      Options may stand anywhere among the operands; -- ends them. Every flag has a --no- form. \
      Times take units (500ms, 5s, 2m, 1h, 00:01:30.5), a bare number is seconds; sizes take k, M \
      and G.
      """,
    ],
    commands: commands.map(\.spec), exits: ExitCode.meanings,
    environment: [
      EnvironmentVariable("NO_COLOR", "Set and not empty: no colour unless --color always"),
      EnvironmentVariable("TERM", "dumb: no colour unless --color always"),
      EnvironmentVariable("TMPDIR", "Where pipes are spooled; /tmp unless set"),
    ],
    examples: [
      Example("mediatool probe clip.mp4", caption: "Describe a file"),
      Example("mediatool help probe", caption: "All options of a command"),
      Example("mediatool --version -v", caption: "The version, and those of FFmpeg and OpenSSL"),
    ],
    seeAlso: ["ffprobe(1)", "mediatool-doctor(7)", "mediatool-findings(7)"])

  /// Obeys the process's command line, with its streams and signals.
  ///
  /// - Returns: the code to exit with; does not return when the reader of our output has gone.
  public static func runProcess(_ arguments: [String]) -> ExitCode {
    do {
      // A closed standard stream would let the first file opened take its number.
      try StandardStreams.fillClosed()
      try Signals.install()
    } catch {
      return .systemError
    }
    let code = run(arguments, .process())
    if code == .signal(SIGPIPE) { Signals.dieBySIGPIPE() }
    return code
  }

  /// Obeys a command line.
  ///
  /// - Parameters:
  ///   - arguments: the words after the program's name.
  ///   - environment: streams, terminal and clock.
  /// - Returns: the code to exit with.
  public static func run(_ arguments: [String], _ environment: CommandEnvironment) -> ExitCode {
    do {
      let exit = try perform(arguments, environment)
      try environment.standardOutput.flush()
      return exit
    } catch let error as UsageError {
      complain(error.text(tool: spec.name), environment)
      return .usage
    } catch let error as IOFailure {
      // The reader of our output has gone: as quiet as other tools.
      if error.code == EPIPE { return .signal(SIGPIPE) }
      return complain(Failure.output(error), arguments, environment)
    } catch {
      return complain(Failure(error), arguments, environment)
    }
  }

  private static func perform(
    _ arguments: [String], _ environment: CommandEnvironment
  ) throws -> ExitCode {
    switch try spec.parse(arguments, width: environment.width) {
    case .help(let text):
      try environment.standardOutput.write(text)
      return .success
    case .version(let line):
      try environment.standardOutput.write(line + "\n")
      return .success
    case .versionAndLibraries(let line):
      try environment.standardOutput.write(line + "\n" + LibraryVersions.text())
      return .success
    case .run(let name, let parsed):
      do {
        guard let command = commands.first(where: { $0.spec.name == name }) else {
          throw Failure(.software, "no command \(name)")
        }
        return try command.run(parsed, environment)
      } catch var error as UsageError {
        error.command = error.command ?? name
        throw error
      } catch let error as ExpressionError {
        throw UsageError(error.message, command: name)
      }
    }
  }

  private static func complain(
    _ failure: Failure, _ arguments: [String], _ environment: CommandEnvironment
  ) -> ExitCode {
    let command = arguments.first.map { " " + $0 } ?? ""
    complain("\(spec.name)\(command): \(failure.message)", environment)
    return failure.exit
  }

  private static func complain(_ text: String, _ environment: CommandEnvironment) {
    // Nobody is left to be told when standard error fails too.
    try? environment.standardError.write(text + "\n")
    try? environment.standardError.flush()
  }
}
