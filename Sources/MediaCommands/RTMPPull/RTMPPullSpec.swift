internal import MediaCLI

/// `mediatool rtmp-pull`, described.
enum RTMPPull {
  static let output = Key<String>(
    "output", short: "o", value: "FILE",
    help: "Write what is played to FILE, whose suffix says how; - is standard output",
    completion: .file(extensions: PullFormat.suffixes))
  static let format = Key<PullFormat>(
    "format", value: "NAME",
    help: "Form of --output: \(PullFormat.suffixes.joined(separator: ", "))"
  ) { text throws(UsageError) in
    guard let format = PullFormat(suffix: text) else {
      throw UsageError("must be one of \(PullFormat.suffixes.joined(separator: ", "))")
    }
    return format
  }
  static let start = Key<Int64>(
    "start", value: "TIME", help: "Begin so far into a recording",
    parse: ValueParsers.time)
  static let live = Flag("live", help: "Play a live stream only, no recording of that name")
  static let retry = ConnectionOptions.retry(
    help: "Play again after a failure, N times in a row at most")

  static let spec = CommandSpec(
    name: "rtmp-pull",
    abstract: "Play a stream of an RTMP server, and record it",
    discussion: [
      """
      Plays URL, rtmp:// or rtmps://, live or recorded, until the server says that it has ended. The \
      suffix of --output decides its form: flv holds the messages as they came; mp4, mov, mkv and ts \
      go through FFmpeg. A file appears with the first frames and is playable at any time: mp4 and \
      mov are fragmented.
      """,
      """
      The recording begins at 0 with a keyframe, or with sound where there are no pictures. What the \
      server's clock said then is source_offset of the report. Times go on where the 32 bits of RTMP \
      end.
      """,
      """
      With --retry a lost connection is made again: first after 200 ms, then after twice as long each \
      time, up to 1 s in the first minute and 10 s later. What comes then goes on in the same file. \
      Frames that a server plays again are left out; times that go on keep their distance, and times \
      that begin anew are put behind the last frame and the length of the outage. Pictures begin with \
      a keyframe, and headers that still hold are not repeated. A live stream whose publisher has left \
      is waited for as well, and has ended where that is in vain. A recording that breaks off goes on \
      where it was only with --start. --gaps writes for each gap where in the file it lies, its length, \
      why, and when it began and ended.
      """,
      """
      Where a decoder configuration changes, FLV and MPEG-TS go on in the same file, and so does mkv \
      with H.264 or H.265 in it. Other files say it once and for all: out-2.mp4 goes on behind out.mp4.
      """,
      """
      --jsonl prints a line for each message, as flv-dump prints tags, and events between them. The \
      exit code is 0 where the server ended the stream or --duration was reached; 66 where there is no \
      such stream, 74 where a connection was lost, 75 where no media came for --timeout. Keys, \
      passwords and queries are never shown: rtmp://host/app/***.
      """,
    ],
    operands: [
      OperandSpec(
        "URL", help: "What to play: rtmp[s]://[USER:PASSWORD@]HOST[:PORT]/APP/NAME",
        completion: .url)
    ],
    groups: [
      OptionGroup("Media", [output, CommonOptions.force, format, ConnectionOptions.gaps]),
      OptionGroup("Playing", [start, live, CommonOptions.duration]),
      OptionGroup("Failures", [retry, CommonOptions.timeout]),
      OptionGroup(
        "Server",
        [
          RTMPOptions.keyFile, RTMPOptions.keyEnvironment, RTMPOptions.app, RTMPOptions.tcURL,
          RTMPOptions.flashVersion, RTMPOptions.connectValues, ConnectionOptions.caFile,
          ConnectionOptions.insecure,
        ]),
      OptionGroup(
        "Report",
        [
          CommonOptions.json, CommonOptions.jsonl, ConnectionOptions.doctor,
          CommonOptions.expecting("totals.gaps == 0"),
        ]),
      CommonOptions.messages,
    ],
    exits: ExitCode.meanings,
    examples: [
      Example(
        "mediatool rtmp-pull -o show.flv rtmp://server/live/show", caption: "Record a stream"),
      Example(
        "mediatool rtmp-pull --retry forever --gaps gaps.jsonl -o show.mp4 rtmp://server/live/show",
        caption: "Whatever happens, and knowing what is missing"),
      Example(
        "mediatool rtmp-pull -o - rtmp://server/live/show | ffplay -", caption: "Watch it"),
      Example(
        "mediatool rtmp-pull --doctor --duration 10s rtmp://server/live/show",
        caption: "What is odd about a server"),
    ],
    seeAlso: [
      "mediatool-flv-dump(1)", "mediatool-probe(1)", "mediatool-rtmp-push(1)",
      "mediatool-doctor(7)",
    ])
}

/// How what is played is written.
enum PullFormat: Equatable {
  /// Tags as they come.
  case flv
  /// A container that FFmpeg writes.
  case container(suffix: String)

  static let suffixes = ["flv", "mp4", "mov", "mkv", "ts"]

  init?(suffix: String) {
    guard Self.suffixes.contains(suffix) else { return nil }
    self = suffix == "flv" ? .flv : .container(suffix: suffix)
  }
}
