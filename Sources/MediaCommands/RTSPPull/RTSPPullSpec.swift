internal import MediaCLI
internal import MediaRTSP

/// `mediatool rtsp-pull`, described.
enum RTSPPull {
  // MARK: Media

  static let output = Key<String>(
    "output", short: "o", value: "FILE",
    help: "Record to FILE, whose suffix says how; - is standard output",
    completion: .file(extensions: ["mp4", "mkv", "ts", "flv", "h264", "h265", "aac"]))
  static let format = Key<String>(
    "format", value: "NAME", help: "Form of --output, as its suffix would say it",
    parse: ValueParsers.nonEmpty)
  static let maxFrames = Key<Int>(
    "max-frames", value: "N", help: "Stop after so many pictures, or frames of sound alone",
    parse: ValueParsers.integer(in: 1...Int.max))
  static let snapshot = Key<String>(
    "snapshot", value: "FILE", help: "Write the first whole picture to FILE, .jpg or .png, and end",
    completion: .file(extensions: ["jpg", "png"]))
  static let segment = Key<Int64>(
    "segment", value: "TIME",
    help: "Begin a new file each TIME of the wall clock; --output has %Y%m%d-%H%M%S or the like",
    parse: ValueParsers.positiveTime)
  static let segmentList = Key<String>(
    "segment-list", value: "FILE",
    help: "Write a line of JSON to FILE for each file that is complete",
    completion: .file(extensions: ["jsonl"]))
  static let keep = Key<KeepLimit>(
    "keep", value: "7d|50GB", help: "Delete the oldest files of --segment beyond this",
    parse: KeepLimit.init(parsing:))

  // MARK: Transport

  static let transport = DefaultedKey(
    "transport", choices: RTSPTransportChoice.self, default: .auto,
    help: "How packets come; auto is tcp unless the server refuses it")
  static let portRange = Key<ClosedRange<UInt16>>(
    "port-range", value: "FIRST-LAST", help: "Receive UDP at ports of this range",
    parse: portRange(parsing:))

  // MARK: Playing

  static let range = Key<RTSPRange>(
    "range", value: "RANGE",
    help: "Which part: npt=10-20, clock=20261121T120000Z-, smpte=0:10:00-"
  ) { text throws(UsageError) in
    guard let range = RTSPRange(parsing: text) else {
      throw UsageError("must be npt=, clock= or smpte= with a begin, -, and an end or none")
    }
    return range
  }
  static let speed = Key<Double>(
    "speed", value: "FACTOR", help: "Ask for packets at FACTOR times the usual speed",
    parse: ValueParsers.real(in: 0.01...1000))
  static let header = RepeatedKey<KeyValuePair>(
    "header", value: "'K: V'", help: "Header of every request, such as 'Require: onvif-replay'",
    parse: ValueParsers.header)
  static let passwordEnvironment = Key<String>(
    "password-env", value: "NAME", help: "Take the password from an environment variable",
    parse: ValueParsers.nonEmpty)
  static let passwordFile = Key<String>(
    "password-file", value: "FILE", help: "Read the password from FILE", completion: .file())

  // MARK: Report

  static let describe = Flag(
    "describe", help: "Say what there is, and play nothing", negatable: false)
  static let stats = Flag("stats", help: "Show a live line of figures on standard error")
  static let transcript = Key<String>(
    "transcript", value: "FILE", help: "Write the dialogue to FILE, credentials removed",
    completion: .file())
  static let capture = Key<String>(
    "capture", value: "FILE", help: "Write RTP and RTCP as received to FILE, a pcap",
    completion: .file(extensions: ["pcap"]))
  static let retry = ConnectionOptions.retry(
    help: "Connect again after a failure, N times in a row at most")

  static let spec = CommandSpec(
    name: "rtsp-pull",
    abstract: "Play a presentation of an RTSP server or camera, record it, and judge it",
    discussion: [
      """
      Plays URL, rtsp:// or rtsps://, until the server ends it, --duration is over, or a signal comes, \
      and says what became of each track: packets, loss, jitter, frames, keyframes, drift. The suffix \
      of --output decides its form: mp4, mkv, ts, flv and others go through FFmpeg; h264, h265, aac and \
      others hold one track as it is, and - takes the first track so, or --format says. With neither \
      --output nor --snapshot only figures are taken.
      """,
      """
      A recording begins with a keyframe and ends with a whole picture: --duration and --max-frames \
      leave a prefix without gaps in the order of display. It appears with its first frame and is \
      playable whatever ends it: mp4 and mov are fragmented, at each keyframe and at most every two \
      seconds. With --segment, for which --output is a pattern of strftime such as \
      out-%Y%m%d-%H%M%S.mp4, files begin at keyframes and at multiples of TIME of the local clock. Where \
      a codec, a size or parameter sets change, mkv and ts go on in the same file, and others in \
      a further one, out-2.mp4.
      """,
      """
      --transport auto asks for packets over the connection itself, and for UDP where the server \
      refuses; UDP that is refused or brings nothing is given up for TCP. Packets over UDP are taken \
      from the server's host alone. http is RTSP within HTTP, for networks that let nothing else pass, \
      to port 80 (443 with rtsps://) unless the URL names one.
      """,
      """
      With --retry a lost connection is made again: first after 200 ms, then after twice as long each \
      time, up to 1 s in the first minute and 10 s later. What comes then goes on in the same file \
      behind a gap as long as the outage, with a keyframe. --gaps writes for each gap where in the file \
      it lies, its length, why, and when it began and ended.
      """,
      """
      Each second --jsonl prints the figures of that second, and --stats shows them in a line; events \
      come as they happen. The exit code is 0 where the server ended the presentation or a limit was \
      reached; 66 where there is no such presentation, 69 where no track can be recorded, 74 where the \
      connection was lost, 75 where no packet came for --timeout, 76 where the server broke the \
      protocol, 77 where user or password are wrong. Passwords are never shown, nor written to --transcript.
      """,
    ],
    operands: [
      OperandSpec(
        "URL", help: "What to play: rtsp[s]://[USER:PASSWORD@]HOST[:PORT]/PATH",
        completion: .url)
    ],
    groups: [
      OptionGroup(
        "Media",
        [
          output, CommonOptions.force, format, CommonOptions.tracks, CommonOptions.duration,
          maxFrames, snapshot, segment, segmentList, keep, ConnectionOptions.gaps,
        ]),
      OptionGroup("Transport", [transport, portRange, CommonOptions.interface]),
      OptionGroup("Playing", [range, speed]),
      OptionGroup("Failures", [retry, CommonOptions.timeout]),
      OptionGroup(
        "Server",
        [
          passwordEnvironment, passwordFile, header, CommonOptions.userAgent,
          ConnectionOptions.caFile, ConnectionOptions.insecure,
        ]),
      OptionGroup(
        "Report",
        [
          describe, CommonOptions.json, CommonOptions.jsonl, stats, ConnectionOptions.doctor,
          transcript, capture, CommonOptions.expecting("totals.lost == 0"),
        ]),
      CommonOptions.messages,
    ],
    exits: ExitCode.meanings,
    examples: [
      Example(
        "mediatool rtsp-pull --describe rtsp://camera/stream", caption: "What a camera has"),
      Example(
        "mediatool rtsp-pull -o clip.mp4 --duration 10s --password-file pw rtsp://user@camera/stream",
        caption: "Record a clip"),
      Example(
        "mediatool rtsp-pull --retry forever --segment 10m --keep 7d --gaps gaps.jsonl "
          + "-o 'out-%Y%m%d-%H%M%S.mp4' rtsp://camera/stream", caption: "Record for weeks"),
      Example(
        "mediatool rtsp-pull --duration 30s --expect 'totals.lost == 0' "
          + "--expect 'streams[codec_type=video].frame_rate >= 24' rtsp://camera/stream",
        caption: "Watch a camera from a monitoring job"),
      Example(
        "mediatool rtsp-pull --doctor --transcript camera.rtsp --duration 5s rtsp://camera/stream",
        caption: "What is odd about a camera, to be sent to whoever can help"),
    ],
    seeAlso: [
      "mediatool-rtp-unpack(1)", "mediatool-probe(1)", "mediatool-doctor(7)",
    ])

  /// Reads `5000-5100`.
  static func portRange(parsing text: String) throws(UsageError) -> ClosedRange<UInt16> {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { UInt16($0) }
    guard parts.count == 2, let first = parts[0], let last = parts[1], first > 0, first < last
    else { throw UsageError("must be two ports in order, such as 5000-5100") }
    return first...last
  }
}

/// How much of a segmented recording is kept.
enum KeepLimit: Equatable, Sendable {
  /// Nanoseconds before now.
  case age(Int64)
  case bytes(Int64)

  /// Reads `7d`, `12h`, or `50GB`.
  init(parsing text: String) throws(UsageError) {
    if text.hasSuffix("d"), let days = Double(text.dropLast()), days > 0, days < 100_000 {
      self = .age(Int64(days * 86_400e9))
      return
    }
    if let last = text.utf8.last, "smh".utf8.contains(last) {
      self = .age(try ValueParsers.positiveTime(text))
      return
    }
    // A bare number could be either.
    guard text.utf8.last.map({ !(0x30...0x39).contains($0) }) ?? false,
      let byteCount = (try? ValueParsers.size(text))
        ?? (try? ValueParsers.size(text.uppercased())), byteCount > 0
    else { throw UsageError("must be an age such as 7d or 12h, or a size such as 50GB") }
    self = .bytes(byteCount)
  }
}
