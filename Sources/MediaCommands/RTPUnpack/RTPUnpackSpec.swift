internal import MediaCLI
internal import MediaRTP

/// `mediatool rtp-unpack`, described.
enum RTPUnpack {
  static let packets = Flag("packets", help: "List every packet of RTP too")
  static let sdp = Key<String>(
    "sdp", value: "FILE", help: "Session description that says what payload types mean",
    completion: .file(extensions: ["sdp"]))
  static let map = RepeatedKey<SDPPayloadFormat>(
    "map", value: "PT=NAME/CLOCK", help: "What a payload type means, such as 96=H264/90000",
    parse: RTPUnpack.payloadFormat)
  static let media = Key<String>(
    "output", short: "o", value: "FILE",
    help: "Write the frames to FILE, whose suffix says how; - is standard output",
    completion: .file(extensions: ["mp4", "flv", "mkv", "h264", "h265", "aac", "wav", "ts"]))
  static let keepDamaged = Flag(
    "keep-damaged", help: "Keep what is whole of frames that are not, and flag them")
  static let mtu = DefaultedKey<Int>(
    "mtu", value: "BYTES", default: "1472",
    help: "With --check, the largest packet of RTP, its header included, that is no finding",
    parse: ValueParsers.integer(in: 64...65_535))

  static let spec = CommandSpec(
    name: "rtp-unpack",
    abstract: "Put RTP together again, and judge it",
    discussion: [
      """
      Reads packets of RTP and RTCP from a capture (pcap, pcapng or rtpdump; UDP, TCP of RFC 4571 \
      and RTSP), or receives them, and says of each source what came of it: packets, loss, \
      duplicates, reordering, jitter, frames, keyframes, and the drift of its clock. With --output \
      the frames are written to a file.
      """,
      """
      INPUT is a capture, - for one on standard input, an .sdp file that says where to receive, or \
      rtp://:PORT. What payload types mean comes from --map, from --sdp, from the answer to \
      DESCRIBE in the capture, or from RFC 3551; otherwise it is guessed, and the evidence named.
      """,
      """
      PT=NAME/CLOCK takes a third part for channels and, behind a semicolon, parameters of a=fmtp: \
      97=opus/48000/2, '96=H264/90000;packetization-mode=1'.
      """,
      """
      The suffix of --output decides its form: h264 and h265 are the NAL units as they came, each \
      behind a start code; aac is ADTS, opus and ogg are Ogg, ivf holds VP8, VP9 and AV1, ts the \
      packets of MPEG-TS, mpg the packs of MPEG-PS, wav sound without compression, mjpeg pictures \
      one behind the other, and jpg one file a picture, numbered where the name has %d. mp4, flv, \
      mkv and others go through FFmpeg and hold all streams, aligned by sender reports. The streams \
      of MPEG-PS are tracks of their own. - takes the first stream, or the one that --tracks selects, \
      in the form that its codec has: NAL units, ADTS, WAV and so on.
      """,
      """
      Frames of which packets are missing, or cut by the capture, are dropped. With --keep-damaged \
      what is whole of them is kept: whole NAL units of H.264 and H.265, and what stands before the \
      first gap in other video. A picture of one NAL unit is dropped all the same. WAV has no times, \
      so silence stands for sound that did not come, up to an hour. What the output lacks is said on \
      standard error and in the report; the exit code stays 0.
      """,
      """
      --check reports what breaks the rules of RTP, RTCP, SDP and the payload formats, with the \
      numbers that Wireshark gives packets; mediatool-findings(7) describes the findings.
      """,
    ],
    operands: [OperandSpec("INPUT", help: "Capture, SDP file, rtp://:PORT or -", completion: .url)],
    groups: [
      OptionGroup("Output", [CommonOptions.json, CommonOptions.jsonl, packets]),
      OptionGroup("Media", [media, CommonOptions.force, CommonOptions.tracks, keepDamaged]),
      OptionGroup("Formats", [sdp, map]),
      OptionGroup(
        "Checks",
        [
          CommonOptions.check, CommonOptions.failOn, CommonOptions.expecting("totals.lost == 0"),
          mtu,
        ]),
      OptionGroup(
        "Input", [CommonOptions.interface, CommonOptions.timeout, CommonOptions.duration]),
      CommonOptions.messages,
    ],
    exits: ExitCode.meanings,
    examples: [
      Example("mediatool rtp-unpack call.pcap", caption: "Report on every source"),
      Example(
        "mediatool rtp-unpack --check --sdp camera.sdp camera.pcapng",
        caption: "Judge someone else's packetizer"),
      Example(
        "mediatool rtp-unpack -o camera.mp4 camera.pcap", caption: "Take the media out of a capture"
      ),
      Example(
        "mediatool rtp-unpack --jsonl --map 96=H265/90000 rtp://:5004",
        caption: "Watch packets as they come"),
    ],
    seeAlso: ["mediatool-probe(1)", "mediatool-findings(7)"])

  /// Reads `PT=NAME/CLOCK[/CHANNELS][;PARAMETERS]`.
  static func payloadFormat(_ text: String) throws(UsageError) -> SDPPayloadFormat {
    let pair = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let parts = pair.count == 2 ? pair[1].split(separator: ";", maxSplits: 1) : []
    guard let number = pair.first.flatMap({ UInt8($0) }), number < 128, let format = parts.first,
      let map = SDPRTPMap(parsing: "\(number) \(format)"), let rate = map.clockRate
    else { throw UsageError("must be PT=NAME/CLOCK, such as 96=H264/90000") }
    let parameters =
      parts.count > 1 ? SDPFormatParameters(parsing: "\(number) \(parts[1])") : nil
    return SDPPayloadFormat(
      map.payloadType, map.encodingName, clockRate: rate, channels: map.channels,
      parameters: parameters)
  }
}
