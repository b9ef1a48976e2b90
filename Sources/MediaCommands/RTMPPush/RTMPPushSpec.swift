internal import MediaCLI
internal import MediaRTMP

/// `mediatool rtmp-push`, described.
enum RTMPPush {
  static let fast = Flag("fast", help: "Send as fast as the slowest takes it, dropping nothing")
  static let loop = Key<Int?>(
    "loop", value: "N|forever", help: CommonOptions.loopHelp
  ) { text throws(UsageError) in
    try CommonOptions.forever(text, in: 1...1_000_000)
  }
  static let start = Key<Int64>(
    "start", value: "TIME", help: "Leave out this much media time, up to a keyframe",
    parse: ValueParsers.positiveTime)
  static let copies = Key<Int>(
    "copies", value: "N", help: "Publish N copies, {n} in each URL counting from 1",
    parse: ValueParsers.integer(in: 1...10_000))
  static let queue = DefaultedKey<Int64>(
    "queue", value: "TIME", default: "5s",
    help: "Media that waits for a URL before it is dropped up to the next keyframe",
    parse: ValueParsers.positiveTime)

  static let retry = ConnectionOptions.retry(
    help: "Publish again after a failure, N times in a row at most")
  static let stall = DefaultedKey<Int64>(
    "stall", value: "TIME", default: "10s",
    help: "Give a connection up whose server accepts no byte for so long",
    parse: ValueParsers.positiveTime)

  static let chunkSize = DefaultedKey<Int>(
    "chunk-size", value: "BYTES", default: "60000", help: "Size of the chunks sent",
    parse: ValueParsers.integer(in: 128...0xff_ffff))
  static let strictCaps = Flag(
    "strict-caps", help: "Fail where the server does not offer a codec of Enhanced RTMP")
  static let hevcDialect = Flag(
    "hevc-codec-id-12", help: "Write H.265 as before Enhanced RTMP, with codec ID 12")

  static let spec = CommandSpec(
    name: "rtmp-push",
    abstract: "Publish media to RTMP servers, and stay published",
    discussion: [
      """
      Publishes INPUT to each URL, rtmp:// or rtmps://, at the pace of its decoding times; a gap \
      of more than a minute in them is not waited for. The tags of FLV go as they are; anything \
      else is read by FFmpeg. H.264, H.265, AV1, VP8, VP9, AAC, MP3, Opus, FLAC, AC-3 and E-AC-3 \
      are carried, by Enhanced RTMP where the classic form lacks them; any other codec is exit \
      code 69, or is encoded as H.264 and AAC with --transcode auto, and so are the raw pictures \
      and samples of a capture program.
      """,
      """
      All URLs share one reading, which begins when each is published to or has failed once. Each has \
      a queue of its own: what one of them is too slow for is dropped up to the next keyframe, for \
      that one alone. After an outage a URL begins with its configuration and the latest keyframe \
      read, and catches up.
      """,
      """
      Raw pictures and samples have no clock: each begins at 0 and goes on by its rate. What comes \
      through a pipe is sent as it comes, except where it is more than 3 s ahead of real time. \
      Pictures are encoded as 4:2:0 of 8 bits and of even size without B-frames, sound as AAC of \
      44.1 or 48 kHz with one or two channels. Sound added by --add-silence begins when a second \
      of pictures has come without any.
      """,
      """
      With --retry the first try comes after 200 ms; the wait doubles to 1 s in the first minute and \
      then to 10 s. A name that a former connection of ours still holds is waited out for up to a \
      minute.
      """,
      """
      The exit code is 0 only if every URL was sent everything, else the worst of theirs. Stream \
      keys, passwords and queries are never shown: rtmp://host/app/***.
      """,
    ],
    operands: [
      OperandSpec("INPUT", help: "File, URL or -", completion: .url),
      OperandSpec(
        "URL", help: "Where to publish: rtmp[s]://[USER:PASSWORD@]HOST[:PORT]/APP/KEY",
        maximum: nil, completion: .url),
    ],
    groups: [
      OptionGroup("Sending", [fast, loop, start, CommonOptions.duration, copies, queue]),
      coding,
      OptionGroup("Failures", [retry, CommonOptions.timeout, stall]),
      OptionGroup(
        "Server",
        [
          RTMPOptions.keyFile, RTMPOptions.keyEnvironment, RTMPOptions.app, RTMPOptions.tcURL,
          RTMPOptions.flashVersion, RTMPOptions.connectValues, chunkSize, strictCaps, hevcDialect,
          ConnectionOptions.caFile, ConnectionOptions.insecure,
        ]),
      OptionGroup(
        "Report",
        [
          CommonOptions.json, CommonOptions.jsonl, ConnectionOptions.doctor,
          CommonOptions.expecting("totals.dropped == 0"),
        ]),
      CommonOptions.messages,
    ],
    exits: ExitCode.meanings,
    examples: [
      Example(
        "mediatool rtmp-push --retry forever in.flv rtmp://server/live/key",
        caption: "Publish, whatever happens"),
      Example(
        "mediatool rtmp-push --loop forever in.mp4 rtmp://a/live/key rtmps://b/live/key",
        caption: "To two servers, without end"),
      Example(
        "mediatool rtmp-push --copies 50 in.flv 'rtmp://server/live/load{n}'",
        caption: "Fifty channels"),
      Example(
        "mediatool rtmp-push --raw-video bgr24:1280x720@25 --raw-audio s16le:48000:2=sound.fifo "
          + "pictures.fifo rtmp://server/live/key",
        caption: "Raw pictures and samples of a capture program, from two FIFOs"),
      Example(
        "mediatool rtmp-push --key-env KEY --jsonl in.flv rtmp://server/live",
        caption: "A key that no list of processes shows, and events for a program"),
    ],
    seeAlso: [
      "mediatool-flv-dump(1)", "mediatool-probe(1)", "mediatool-rtp-pack(1)", "mediatool-doctor(7)",
    ])
}
