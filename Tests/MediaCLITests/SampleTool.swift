import MediaCLI

/// A tool that uses every feature of a description, with texts made to trip quoting.
enum Sample {
  enum When: String, CaseIterable, Sendable { case auto, always, never }

  static let output = Key(
    "output", short: "o", value: "FILE", help: "Where results go; '-' is standard output",
    completion: .file(), parse: ValueParsers.nonEmpty)
  static let json = Flag("json", help: "Print one JSON document")
  static let jsonl = Flag("jsonl", help: "Print one JSON object per line")
  static let force = Flag("force", short: "y", help: "Replace files that exist")
  static let hex = Key(
    "hex", value: "BYTES", bare: "16", help: "Dump the first bytes of each tag",
    parse: ValueParsers.integer(in: 0...4096))
  static let expect = RepeatedKey(
    "expect", short: "e", value: "EXPR", help: "Fail unless EXPR holds, as in \"tags.count > 5\"")
  static let verify = Flag(
    "verify", help: "Compare checksums [slow]: 100% of the file", default: true)
  static let rate = Key(
    "sample-rate", short: "r", aliases: ["-ar", "--rate"], value: "HZ", help: "Samples per second",
    parse: ValueParsers.integer(in: 1...768_000))
  static let timeout = DefaultedKey(
    "timeout", value: "TIME", default: "10s", help: "Longest silence allowed in any phase",
    parse: ValueParsers.positiveTime)
  static let offset = Key(
    "offset", value: "TIME", help: "Shift all times; a negative one moves back",
    parse: ValueParsers.signedTime)
  static let option = RepeatedKey(
    "option", value: "KEY=VALUE", help: "Pass an option to FFmpeg's \\demuxer",
    parse: ValueParsers.pair)
  static let tracks = DefaultedKey(
    "tracks", value: "SPEC", default: "v,a", help: "Which tracks, such as v:0,a",
    parse: ValueParsers.list(of: ValueParsers.nonEmpty))
  static let verbose = CountFlag(
    "verbose", short: "v", help: "Say more; twice for FFmpeg's own log")
  static let quiet = Flag("quiet", short: "q", help: "Say nothing but errors")
  static let color = DefaultedKey(
    "color", choices: When.self, value: "WHEN", default: .auto, help: "Colour messages")
  static let progress = DefaultedKey(
    "progress", choices: When.self, default: .auto, help: "Show progress")
  static let secret = Key("secret", value: "X", help: "Nobody needs to know", hidden: true)
  static let record = Key(
    "record", value: "DIR", help: "Keep what arrives in DIR", completion: .directory)
  static let bind = Key("bind", value: "HOST", help: "Local address", completion: .host)

  static let probe = CommandSpec(
    name: "probe", abstract: "Show what is in a file or stream",
    operands: [
      OperandSpec(
        "INPUT", help: "File or URL; '-' is standard input", maximum: nil, completion: .url)
    ],
    groups: [
      OptionGroup("Output", [json, jsonl, expect]), OptionGroup("General", [verbose, color]),
    ],
    exits: [
      ExitStatus(0, "Done"), ExitStatus(1, "An expectation failed"), ExitStatus(64, "Bad usage"),
    ],
    examples: [
      Example("mediatool probe --json in.mp4", caption: "Everything about a file as JSON"),
      Example(
        "curl -s https://example.org/a.flv | mediatool probe --expect 'format.duration > 5' - > /dev/null",
        caption: "Check a download without keeping it"),
    ],
    seeAlso: ["ffprobe(1)"])

  static let flvDump = CommandSpec(
    name: "flv-dump", abstract: "Print every tag of an FLV file",
    discussion: [
      """
      Each tag of INPUT is printed with its offset, times and fields. Damaged parts are reported and \
      skipped; see mediatool-findings(7). With --json, or with (--jsonl), the same facts are printed \
      for programs.
      """,
      ".A paragraph may start with a dot, e.g. this one, and hold \\backslashes\\, \"quotes\" and µ.",
    ],
    operands: [
      OperandSpec("INPUT", help: "FLV file", completion: .file(extensions: ["flv", "f4v"])),
      OperandSpec(
        "SUMMARY", help: "Kind of summary", minimum: 0, completion: .choices(["short", "long"])),
    ],
    groups: [
      OptionGroup("Output", [output, force, json, jsonl, hex, expect]),
      OptionGroup("Selection", [tracks, rate, offset, option, record, bind]),
      OptionGroup("General", [timeout, verify, verbose, quiet, color, progress, secret]),
    ],
    examples: [
      Example(
        "mediatool flv-dump -vo out.txt --hex=64 in.flv",
        caption: "Tags with the first 64 bytes of each")
    ],
    seeAlso: ["mediatool-findings(7)"])

  static let rtmpPush = CommandSpec(
    name: "rtmp-push", abstract: "Send a file to an RTMP server",
    operands: [
      OperandSpec("INPUT", help: "File to send"),
      OperandSpec("URL", help: "Where to send it", maximum: 3, completion: .url),
    ],
    groups: [OptionGroup("Network", [timeout, bind])],
    examples: [Example("mediatool rtmp-push in.flv rtmp://localhost/live/a", caption: "Push once")])

  static let generate = CommandSpec(
    name: "__generate", abstract: "Write the derived files",
    operands: [OperandSpec("KIND", help: "What to write", completion: .none)], hidden: true)

  static let tool = ToolSpec(
    name: "mediatool", version: "0.1.0", abstract: "Inspect, convert and move live media",
    discussion: ["One tool for files, RTMP and RTP. Every command prints JSON with --json."],
    commands: [probe, flvDump, rtmpPush, generate],
    exits: [
      ExitStatus(0, "Done"), ExitStatus(1, "A check, expectation or verification failed"),
      ExitStatus(64, "The command line is wrong"), ExitStatus(65, "The input is malformed"),
    ],
    environment: [
      EnvironmentVariable("NO_COLOR", "Turns colour off unless --color says otherwise")
    ],
    examples: [Example("mediatool help flv-dump", caption: "What a command can do")],
    seeAlso: ["ffmpeg(1)", "mediatool-findings(7)"])
}
