internal import MediaCLI
internal import MediaFLV

/// `mediatool flv-dump`, described.
enum FLVDump {
  static let summary = Flag("summary", help: "Print only totals and what each track is")
  static let changes = Flag(
    "changes", help: "Only codec configurations: the first, then what changes, field by field")
  static let hex = Key<Int>(
    "hex", value: "BYTES", bare: "64", help: "Show the first bytes of each tag's body",
    parse: ValueParsers.integer(in: 1...16_777_215))
  static let nal = Flag("nal", help: "List the NAL units of H.264, H.265 and H.266 frames")

  static let tags = Key<Set<TagType>>(
    "tags", value: "TYPES", help: "Only tags of these types: audio,video,script"
  ) { text throws(UsageError) in
    let types = ValueParsers.list { word throws(UsageError) in
      try ValueParsers.choice(of: TagType.self)(word)
    }
    return Set(try types(text))
  }
  static let from = Key<Int64>(
    "from", value: "TIME", help: "Only tags from this media time on",
    parse: ValueParsers.signedTime)
  static let to = Key<Int64>(
    "to", value: "TIME", help: "Only tags before this media time", parse: ValueParsers.signedTime)
  static let limit = Key<Int>(
    "limit", value: "N", help: "List N tags at most, and read no further than needed",
    parse: ValueParsers.integer(in: 0...Int.max))
  static let maxJump = DefaultedKey<Int64>(
    "max-jump", value: "TIME", default: "10s",
    help: "Longest step of a track's timestamps that is no jump", parse: ValueParsers.positiveTime)
  static let follow = Flag(
    "follow", help: "Go on reading as the file grows, with statistics on standard error")

  static let extractVideo = Key<String>(
    "extract-video", value: "FILE",
    help: "Write the video: Annex B for H.26x, IVF for VP8, VP9 and AV1",
    completion: .file(extensions: ["h264", "h265", "ivf"]))
  static let extractAudio = Key<String>(
    "extract-audio", value: "FILE",
    help: "Write the audio: ADTS, MP3, FLAC, AC-3, Ogg for Opus, raw PCM and G.711",
    completion: .file(extensions: ["aac", "mp3", "flac", "ac3", "opus"]))

  static let repair = Flag(
    "repair", help: "Write a repaired copy to the file of --output and report what was changed")
  static let verify = Flag(
    "verify", help: "With --repair, compare every frame of the copy with the original")
  static let split = Flag(
    "split", help: "With --repair, start a new file where the configuration changes or time jumps")

  static let maxTagSize = DefaultedKey<Int>(
    "max-tag-size", value: "BYTES", default: "16777215",
    help: "Largest DataSize that is not taken for damage",
    parse: ValueParsers.integer(in: 1...16_777_215))

  enum TagType: String, WordChoice { case audio, video, script }

  static let spec = CommandSpec(
    name: "flv-dump",
    abstract: "Explain every byte of an FLV",
    discussion: [
      """
      Lists the tags of an FLV file or live stream: where each lies, what it carries, when it is \
      due, and what is wrong with it. INPUT is a file, - for standard input, or an http or https \
      URL. Reading goes on behind damage; what is skipped is said to the byte.
      """,
      """
      Known are the codecs and AMF of FLV 10.1, all of Enhanced RTMP v2 (FourCC codecs, \
      multitrack, ModEx, colour and channel metadata), encrypted tags, and H.265 in the dialect of \
      CodecID 12.
      """,
      """
      --check as text tells findings alone, and lists tags too with --nal, --hex, --changes or a \
      selection. It reads tag headers, the first bytes of each body, script data and sequence headers; \
      with --nal it also walks every NAL unit. Its findings are described in \
      mediatool-findings(7). Without --check the exit code is 65 only where nothing could be read \
      as FLV, the input ended inside a tag, or bytes were skipped.
      """,
      """
      --repair writes sizes anew, leaves out damaged regions, closes timestamp jumps and gives the \
      copy true header flags and an onMetaData with duration and keyframe index. Payloads are \
      never touched. Its document, also for --expect, is mediatool.flv-repair/1; that of a listing \
      is mediatool.flv-dump/1.
      """,
    ],
    operands: [OperandSpec("INPUT", help: "File, URL or -", completion: .url)],
    groups: [
      OptionGroup(
        "Output",
        [
          CommonOptions.json, CommonOptions.jsonl, summary, changes, nal, hex,
          CommonOptions.output, CommonOptions.force,
        ]),
      OptionGroup("Selection", [tags, CommonOptions.tracks, from, to, limit]),
      OptionGroup(
        "Checks",
        [
          CommonOptions.check, CommonOptions.failOn,
          CommonOptions.expecting("totals.skipped_bytes == 0"), maxJump, maxTagSize,
        ]),
      OptionGroup("Extraction", [extractVideo, extractAudio]),
      OptionGroup("Repair", [repair, verify, split]),
      OptionGroup(
        "Input",
        [
          follow, CommonOptions.timeout, CommonOptions.duration, CommonOptions.header,
          CommonOptions.userAgent,
        ]),
      CommonOptions.messages,
    ],
    exits: ExitCode.meanings,
    examples: [
      Example("mediatool flv-dump in.flv", caption: "List the tags of a file"),
      Example("mediatool flv-dump --check --summary in.flv", caption: "Guard a recording in CI"),
      Example(
        "mediatool flv-dump --jsonl --follow http://server/live.flv",
        caption: "Watch a live stream, one object a tag"),
      Example(
        "mediatool flv-dump --repair --verify -o out.flv in.flv", caption: "Mend a damaged file"),
      Example(
        "mediatool flv-dump --extract-video out.h264 --extract-audio out.aac in.flv",
        caption: "Take the elementary streams out"),
    ],
    seeAlso: ["mediatool-probe(1)", "mediatool-findings(7)"])
}
