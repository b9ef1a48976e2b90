internal import MediaBitstream
internal import MediaCLI
internal import MediaModel
internal import MediaRTP

/// `mediatool rtp-pack`, described.
enum RTPPack {
  static let output = Key<String>(
    "output", short: "o", value: "FILE",
    help: "Write a capture: pcap, .pcapng or .rtpdump by its suffix; - is standard output",
    completion: .file(extensions: ["pcap", "pcapng", "rtpdump"]))
  static let send = Key<String>(
    "send", value: "URL", help: "Send to rtp://HOST:PORT, a host or a multicast group")
  static let sdp = Key<String>(
    "sdp", value: "FILE", help: "Write a session description; - is standard output",
    completion: .file(extensions: ["sdp"]))
  static let packets = Flag("packets", help: "List every packet")
  static let verify = Flag(
    "verify", help: "Put every packet together again and compare with the input, byte for byte")

  static let mtu = DefaultedKey<Int>(
    "mtu", value: "BYTES", default: "1400", help: "Largest RTP packet, its 12-byte header included",
    parse: ValueParsers.integer(in: 64...65_507))
  static let payload = DefaultedKey(
    "payload", choices: RTPPackerOptions.Choice.self, default: .auto,
    help: "Payload format, where a codec has several")
  static let packetizationMode = DefaultedKey<Int>(
    "packetization-mode", value: "0|1", default: "1",
    help: "Of H.264: 0 sends every NAL unit in one packet, 1 aggregates and fragments",
    parse: ValueParsers.integer(in: 0...1))
  static let aggregate = DefaultedKey(
    "aggregate", choices: Aggregate.self, default: .none,
    help: "Which NAL units of H.264 and H.265 share packets")
  static let configInterval = DefaultedKey<RTPPackerOptions.ConfigInterval>(
    "config-interval", value: "once|keyframe|TIME", default: "keyframe",
    help: "When parameter sets are sent before keyframes that lack them"
  ) { text throws(UsageError) in
    switch text {
    case "once": return .once
    case "keyframe": return .keyframe
    default: break
    }
    // A bare number is no time that anybody means here.
    return .every(try ValueParsers.positiveTime(text))
  }
  static let fps = Key<FrameRate>(
    "fps", aliases: ["--frame-rate"], value: "FPS",
    help: "Frames per second of raw H.264 and H.265, such as 25 or 30000/1001"
  ) { text throws(UsageError) in
    guard let told = try? CommonOptions.frameRate(text), told.numerator <= 1_000_000,
      let rate = FrameRate(told.numerator, told.denominator),
      (0.001...1000).contains(rate.perSecond)
    else { throw UsageError("must be a rate of at most 1000, such as 25 or 30000/1001") }
    return rate
  }

  static let payloadType = Key<UInt8>(
    "payload-type", value: "N",
    help: "Payload type of the first track, counted upwards; static types and 96 unless given",
    parse: ValueParsers.integer(in: 0...127))
  static let ssrc = Key<UInt32>(
    "ssrc", value: "N", help: "SSRC of the first track, counted upwards; random unless given",
    parse: number)
  static let sequence = Key<UInt16>(
    "seq", value: "N", help: "First sequence number; random unless given",
    parse: ValueParsers.integer(in: 0...UInt16.max))
  static let timestampOffset = Key<UInt32>(
    "timestamp-offset", value: "N", help: "Timestamp at media time 0; random unless given",
    parse: number)
  static let cname = Key<String>(
    "cname", value: "TEXT", help: "Canonical name in RTCP; random unless given"
  ) { text throws(UsageError) in
    guard (1...255).contains(text.utf8.count) else { throw UsageError("must be 1 to 255 bytes") }
    let isControl = text.unicodeScalars.contains { $0.properties.generalCategory == .control }
    guard !isControl else { throw UsageError("must have no control characters") }
    return text
  }
  static let seed = Key<UInt64>(
    "seed", value: "N", help: "Make every random choice and every clock reproducible",
    parse: ValueParsers.integer(in: 0...UInt64.max))

  static let fast = Flag("fast", help: "Send as fast as possible, not at the pace of the media")
  static let loop = Key<Int?>(
    "loop", value: "N|forever", bare: "forever", help: CommonOptions.loopHelp
  ) { text throws(UsageError) in
    try text == "0" ? nil : CommonOptions.forever(text, in: 1...1_000_000)
  }
  static let rtcpMux = Flag("rtcp-mux", help: "Send RTCP to RTP's own port")
  static let ttl = Key<UInt8>(
    "ttl", value: "N", help: "How many routers packets may pass; 1 for groups unless given",
    parse: ValueParsers.integer(in: 1...255))

  static let drop = Key<Double>(
    "drop", value: "PERCENT", help: "Lose packets by this chance, such as 1%", parse: percent)
  static let burst = DefaultedKey<Int>(
    "burst", value: "N", default: "1", help: "With --drop, lose N packets in a row each time",
    parse: ValueParsers.integer(in: 1...10_000))
  static let duplicate = Key<Double>(
    "duplicate", value: "PERCENT", help: "Send packets twice by this chance", parse: percent)
  static let reorder = Key<Int>(
    "reorder", value: "N", help: "Send one packet in a hundred N packets late",
    parse: ValueParsers.integer(in: 1...10_000))
  static let jitter = Key<Int64>(
    "jitter", value: "TIME", help: "Delay packets by random times up to this, in their order"
  ) { text throws(UsageError) in
    let time = try ValueParsers.positiveTime(text)
    guard time <= 3_600_000_000_000 else { throw UsageError("must be 1h at most") }
    return time
  }

  enum Aggregate: String, WordChoice {
    case none
    case parameterSets = "parameter-sets"
    case all
  }

  /// A number of 32 bits, also in hexadecimal.
  private static func number(_ text: String) throws(UsageError) -> UInt32 {
    if text.hasPrefix("0x"), let value = UInt32(text.dropFirst(2), radix: 16) { return value }
    return try ValueParsers.integer(in: 0...UInt32.max)(text)
  }

  private static func percent(_ text: String) throws(UsageError) -> Double {
    let digits = text.hasSuffix("%") ? String(text.dropLast()) : text
    guard let value = Double(digits), (0...100).contains(value) else {
      throw UsageError("must be a percentage of 0 to 100, such as 1%")
    }
    return value / 100
  }

  static let spec = CommandSpec(
    name: "rtp-pack",
    abstract: "Put media into RTP packets: a capture, or the network",
    discussion: [
      """
      Sends the tracks of INPUT as RTP with RTCP, into a capture, to a receiver, or both, and says \
      in SDP how to receive them. FLV, raw H.264 and H.265, ADTS and WAV are read natively, anything \
      else by FFmpeg. No packet is larger than --mtu.
      """,
      """
      The first track goes to the port given, odd or even, and RTCP to the next one; further tracks \
      go to +2, +4 and so on. In captures the first port is 5004. Payload types are those of RFC 3551 \
      where it has one, else 96 upwards.
      """,
      """
      --verify depacketizes everything in the same run. For H.264 and H.265 the NAL units of each \
      access unit must be the same, access unit delimiters and repeated parameter sets aside. A \
      difference is named with its packets, and the exit code is 1.
      """,
      """
      With --seed, two runs make the same bytes: clocks then begin at 2000-01-01T00:00:00Z and follow \
      the media. --drop, --duplicate, --reorder and --jitter never hit RTCP.
      """,
    ],
    operands: [OperandSpec("INPUT", help: "File, URL or -", completion: .url)],
    groups: [
      OptionGroup("Output", [output, send, sdp, CommonOptions.force]),
      OptionGroup(
        "Report",
        [
          CommonOptions.json, CommonOptions.jsonl, packets, verify,
          CommonOptions.expecting("totals.frames >= 100"),
        ]),
      OptionGroup(
        "Packets",
        [
          mtu, payload, packetizationMode, aggregate, configInterval, fps, payloadType, ssrc,
          sequence, timestampOffset, cname, seed,
        ]),
      OptionGroup("Sending", [fast, loop, rtcpMux, ttl, CommonOptions.interface]),
      OptionGroup("Impairments", [drop, burst, duplicate, reorder, jitter]),
      OptionGroup(
        "Input", [CommonOptions.tracks, CommonOptions.duration, CommonOptions.timeout]),
      CommonOptions.messages,
    ],
    exits: ExitCode.meanings,
    examples: [
      Example("mediatool rtp-pack -o out.pcap --sdp out.sdp in.mp4", caption: "Make a capture"),
      Example("mediatool rtp-pack --send rtp://239.1.1.1:5004 --ttl 4 in.flv", caption: "Send it"),
      Example("mediatool rtp-pack --verify in.h264", caption: "Prove that nothing is lost"),
      Example(
        "mediatool rtp-pack -o bad.pcap --drop 1% --reorder 3 --seed 1 in.mp4",
        caption: "Make trouble for a receiver"),
    ],
    seeAlso: ["mediatool-rtp-unpack(1)", "mediatool-flv-dump(1)", "mediatool-probe(1)"])
}
