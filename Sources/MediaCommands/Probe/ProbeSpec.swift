internal import MediaCLI

/// `mediatool probe`, described.
enum Probe {
  static let ffprobe = Flag(
    "ffprobe", help: "Print exactly the JSON document of ffprobe, for scripts that expect it")
  static let packets = Flag("packets", help: "List every packet")
  static let frames = Flag("frames", help: "Decode and list every frame")
  static let chapters = Flag("chapters", help: "List chapters")
  static let programs = Flag("programs", help: "List programs")

  static let count = Flag(
    "count", help: "Read all packets: exact durations, counts, real and peak bit rates")
  static let gop = Flag("gop", help: "Read all packets: keyframe intervals and picture types")
  static let hash = Key(
    "hash", choices: HashAlgorithm.self, help: "Hash each track's packet payloads")
  static let plot = Key<String>(
    "plot", value: "FILE.svg", help: "Draw bit rate over time with keyframes marked",
    completion: .file(extensions: ["svg"]))
  static let decode = Flag("decode", help: "With --check, decode everything and report errors")
  static let maxGOP = DefaultedKey<Int64>(
    "max-gop", value: "TIME", default: "10s",
    help: "With --check, longest keyframe interval allowed", parse: ValueParsers.positiveTime)
  static let maxGap = DefaultedKey<Int64>(
    "max-gap", value: "TIME", default: "1s",
    help: "With --check, longest gap or overlap between packets of a track allowed",
    parse: ValueParsers.positiveTime)
  static let maxSkew = DefaultedKey<Int64>(
    "max-skew", value: "TIME", default: "500ms",
    help: "With --check, furthest that audio and video may start apart",
    parse: ValueParsers.positiveTime)

  static let inputFormat = Key<String>(
    "input-format", value: "NAME", help: "FFmpeg's demuxer to use, whatever the bytes look like")
  static let probeSize = Key<Int64>(
    "probe-size", value: "SIZE", help: "Bytes to read at most to find the tracks, at least 32"
  ) { text throws(UsageError) in
    let size = try ValueParsers.size(text)
    // FFmpeg's own floor.
    guard size >= 32 else { throw UsageError("must be at least 32") }
    return size
  }
  static let analyzeDuration = Key<Int64>(
    "analyze-duration", value: "TIME", help: "Media time to read at most to find the tracks",
    parse: ValueParsers.time)
  static let option = RepeatedKey<KeyValuePair>(
    "option", value: "KEY=VALUE", help: "Option of the demuxer or protocol",
    parse: ValueParsers.pair)
  static let spool = DefaultedKey<Int64>(
    "spool", value: "SIZE", default: "2GB",
    help: "Most that is kept of a pipe so that it can be sought; 0 to read it only forward",
    parse: ValueParsers.size)
  static let jobs = DefaultedKey<Int>(
    "jobs", value: "N", default: "1", help: "Inputs to read at the same time",
    parse: ValueParsers.integer(in: 1...256))

  enum HashAlgorithm: String, WordChoice { case md5, sha256 }

  static let spec = CommandSpec(
    name: "probe",
    abstract: "Describe media files and streams",
    discussion: [
      """
      Says what INPUT holds: the container, and of each track its codec, profile, size, rate, \
      colour, language and bit rate. INPUT is a file, - for standard input, or a URL that FFmpeg \
      opens (http, https, rtmp, rtsp, hls, mms).
      """,
      """
      --count, --gop, --hash, --check and --plot read every packet once, whatever their number. \
      On a live URL, --duration bounds them.
      """,
      """
      --expect takes 'path operator value' and tests the JSON result. A path is names joined by \
      dots, with [n] for an element (negative from the end), [key=value] for the first match and \
      .count for the length of an array; operators are == != < <= > >= and ~, a regular \
      expression; a value is a number, true, false, null, "quoted" or bare text. A path that the \
      document cannot have is a usage error, so a misspelt test never passes.
      """,
      """
      JSON has ffprobe's field names with real numbers, null for what is not known, and seconds \
      for durations. Passwords, keys and tokens in URLs and headers are shown as *** everywhere.
      """,
    ],
    operands: [
      OperandSpec("INPUT", help: "File, URL or -", minimum: 1, maximum: nil, completion: .url)
    ],
    groups: [
      OptionGroup(
        "Output",
        [
          CommonOptions.json, CommonOptions.jsonl, ffprobe, CommonOptions.entries,
          CommonOptions.output, CommonOptions.force,
        ]),
      OptionGroup("Sections", [packets, frames, chapters, programs]),
      OptionGroup("Measures", [count, gop, hash, plot, CommonOptions.duration]),
      OptionGroup(
        "Checks",
        [
          CommonOptions.check, CommonOptions.failOn, CommonOptions.expect, decode, maxGOP, maxGap,
          maxSkew,
        ]),
      OptionGroup(
        "Input",
        [
          CommonOptions.tracks, inputFormat, probeSize, analyzeDuration, option,
          CommonOptions.header, CommonOptions.userAgent, CommonOptions.timeout, spool, jobs,
        ]),
      CommonOptions.messages,
    ],
    exits: ExitCode.meanings,
    examples: [
      Example("mediatool probe clip.mp4", caption: "Describe a file"),
      Example("cat clip.mp4 | mediatool probe --json -", caption: "Describe a pipe, as JSON"),
      Example(
        "mediatool probe --expect 'streams[0].codec_name == h264' --check clip.mp4",
        caption: "Guard a file in a CI job"),
      Example(
        "mediatool probe --packets --jsonl --tracks v:0 clip.mp4",
        caption: "One line per video packet"),
      Example(
        "mediatool probe --gop --plot rate.svg clip.mp4", caption: "Look at an encoder's work"),
      Example(
        "mediatool probe --count --duration 10s rtsp://camera/stream",
        caption: "Measure ten seconds of a camera"),
    ],
    seeAlso: ["ffprobe(1)", "mediatool-findings(7)"])
}
