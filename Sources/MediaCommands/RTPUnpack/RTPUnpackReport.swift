internal import MediaJSON
internal import MediaModel
internal import MediaRTP

/// The document `mediatool.rtp-unpack/1`.
enum RTPUnpackReport {
  static let schemaName = "mediatool.rtp-unpack/1"

  static let document = Report<RTPUnpackResult>([
    .string("schema", "Name and version of this document's form") { _ in schemaName },
    .string("input", "The input as given, secrets masked") { $0.input },
    .streamed(
      "packets", "Every packet of RTP, with --packets", isOptional: true,
      totals: ["totals.rtp", "streams[0].packets"], report: packet),
    .object("format", "What the input is; null where it cannot be read", report: format) {
      $0.format == nil ? nil : $0
    },
    .array("streams", "The sources of RTP, each an SSRC on a flow", report: stream) { $0.streams },
    .array(
      "rtsp", "Dialogues of RTSP in the capture", when: { !$0.dialogues.isEmpty }, report: dialogue
    ) { $0.dialogues },
    .object(
      "error", "Why reading ended early; what is said holds for the part read",
      when: { $0.failure != nil }, report: FailedInput.report
    ) { $0.failure },
    .object("totals", "Sums over the whole input", report: totals) { $0 },
    .array(
      "findings", "What was noticed; of each rule and stream the first thousand",
      report: RTPFindingReport.report
    ) { $0.findings },
  ])

  static func jsonSchema() -> JSONValue {
    document.jsonSchema(title: schemaName, id: "urn:mediatool:rtp-unpack:1")
  }

  private static let format = Report<RTPUnpackResult>([
    .string("format_name", "pcap, pcapng, rtpdump or rtp") { $0.format },
    .integer("records", "Packets of any kind in the capture; null of a live input") {
      $0.records
    },
    .real("start_time", "When the first came, in seconds since 1970-01-01T00:00:00Z") {
      $0.startTime.map { Double($0) / 1e9 }
    },
    .real("duration", "Seconds from the first to the last") { $0.duration.map(rounded) },
  ])

  // MARK: Packets

  static let packet = Report<RTPPacketLine>([
    .integer("index", "Position among the packets of RTP") { $0.index },
    .integer("packet", "Its number, as Wireshark counts") { $0.packet },
    .real("time", "Seconds since the first packet of the input") { $0.time },
    .integer("ssrc", "SSRC") { $0.ssrc },
    .integer("payload_type", "PT") { $0.payloadType.rawValue },
    .integer("sequence", "Sequence number") { $0.sequenceNumber.rawValue },
    .integer("timestamp", "Timestamp") { $0.timestamp.rawValue },
    .bool("marker", "M") { $0.marker },
    .integer("size", "Bytes, the header of RTP included") { $0.size },
    .integer("payload_size", "Bytes of payload") { $0.payloadSize },
    .string("arrival", "in_order, ahead, late, duplicate, stray, restarted, resumed or first") {
      $0.arrivalName
    },
    .string("kind", "What it is, in the payload format's words; null where that is not known") {
      $0.kind.isEmpty ? nil : $0.kind
    },
    .json(
      "nal_types", "Types of the NAL units of H.264 and H.265", when: { $0.nalUnitTypes != nil },
      shape: .array(.integer)
    ) { line in line.nalUnitTypes.map { .array($0.map { .integer(Int64($0)) }) } },
  ])

  // MARK: Streams

  private static let stream = Report<RTPStreamResult>(
    identity + RTPStreamFields.packets { $0.figures } + times
      + RTPStreamFields.frames { $0.figures } + programme + RTPStreamFields.rates { $0.figures }
      + RTPStreamFields.clocks { $0.drift } + participant)

  private static let identity: [ReportField<RTPStreamResult>] = [
    .integer("index", "Position in this list") { $0.index },
    .integer("ssrc", "SSRC") { $0.ssrc },
    .string("source", "Where it comes from") { "\($0.flow.source)" },
    .string("destination", "Where it goes") { "\($0.flow.destination)" },
    .string("transport", "udp, tcp, interleaved or rtpdump") { $0.flow.transport.rawValue },
    .integer(
      "channel", "Channel of interleaved packets", when: { $0.flow.transport == .interleaved }
    ) { $0.flow.channel },
    .integer("payload_type", "PT of most packets") { $0.type.rawValue },
    .json(
      "other_payload_types", "PT of the others", when: { !$0.otherTypes.isEmpty },
      shape: .array(.integer)
    ) { .array($0.otherTypes.map { .integer(Int64($0.rawValue)) }) },
    .string("codec_type", "video, audio or data") { $0.kind?.rawValue },
    .string("codec", "FFmpeg's name of the codec") { $0.codec?.rawValue },
    .string("encoding", "The payload format's name, as in a=rtpmap") {
      $0.format?.payload.encodingName
    },
    .integer("clock_rate", "Ticks of the timestamp in a second") { $0.clockRate },
    .string("format_source", "Who says so: map, sdp, rtsp, static or guess") {
      $0.format?.origin.rawValue
    },
    .string("format_evidence", "What a guess rests on", when: { $0.format?.evidence != nil }) {
      $0.format?.evidence
    },
    .bool("encrypted", "The payloads are SRTP") { $0.isEncrypted },
  ]

  private static let times: [ReportField<RTPStreamResult>] = [
    .real("start_time", "When the first packet came, seconds since that of the input") {
      $0.startTime
    },
    .real("duration", "Seconds from the first arrival to the last") {
      $0.figures.duration.map(rounded)
    },
  ]

  private static let programme: [ReportField<RTPStreamResult>] = [
    .array(
      "elementary_streams", "The streams of MPEG-PS; those of its pictures are the frames above",
      when: { !$0.elementaryStreams.isEmpty }, report: elementaryStream
    ) { $0.elementaryStreams }
  ]

  private static let participant: [ReportField<RTPStreamResult>] = [
    .string("cname", "CNAME") { $0.facts?.canonicalName },
    .bool("bye", "It said goodbye") { $0.facts?.goodbye != nil },
  ]

  private static let elementaryStream = Report<RTPElementaryResult>([
    .integer("stream_id", "Its number: 192 to 223 is sound, 224 to 239 pictures") { $0.stream },
    .string("codec", "FFmpeg's name of the codec; null where that is not known") {
      $0.codec?.rawValue
    },
    .integer("frames", "Frames put together") { $0.counts.frames },
    .integer("keyframes", "Keyframes among them") { $0.counts.keyframes },
  ])

  private static let dialogue = Report<RTSPDialogueResult>([
    .string("client", "Who asks") { $0.client },
    .string("server", "Who answers") { $0.server },
    .string("url", "The first URL asked for, secrets masked") { $0.url },
    .integer("first_packet", "The number of its first packet") { $0.firstPacket },
    .integer("messages", "Requests and responses") { $0.messages },
    .strings("methods", "What was asked for, each once") { $0.methods },
    .strings("failures", "Answers other than 2xx") { $0.failures },
    .string("server_name", "Server") { $0.serverName },
    .string("user_agent", "User-Agent") { $0.userAgent },
    .bool("described", "A session description was seen") { $0.hasDescription },
    .bool("interleaved", "RTP came between the messages") { $0.hasInterleaved },
  ])

  // MARK: Totals

  private static let totals = Report<RTPUnpackResult>([
    .integer("datagrams", "Datagrams, and packets on connections") { $0.counts.datagrams },
    .integer("bytes", "Their bytes") { $0.counts.bytes },
    .integer("rtp", "Packets of RTP") { $0.counts.rtp },
    .integer("rtcp", "Datagrams of RTCP") { $0.counts.rtcp },
    .integer("stun", "Messages of STUN") { $0.counts.stun },
    .integer("dtls", "Datagrams of DTLS") { $0.counts.dtls },
    .integer("zrtp", "Packets of ZRTP") { $0.counts.zrtp },
    .integer("turn_channel", "Messages of TURN's channels") { $0.counts.turnChannel },
    .integer("other", "Datagrams of other protocols") { $0.counts.other },
    .integer("lost", "Sequence numbers never seen, of all streams") { result in
      result.streams.reduce(0) { $0 + $1.figures.lost }
    },
    .integer("frames", "Frames of all streams") { result in
      result.streams.reduce(0) { $0 + ($1.figures.frames?.count ?? 0) }
    },
    .object("findings", "Findings by level", report: levels) { $0.levels },
  ])

  private static let levels = Report<[Severity: Int]>([
    .integer("fatal", "The input cannot be used") { $0[.fatal] ?? 0 },
    .integer("error", "Media is lost or misplaced") { $0[.error] ?? 0 },
    .integer("warning", "Likely trouble, no media lost") { $0[.warning] ?? 0 },
    .integer("info", "Lawful but unusual") { $0[.info] ?? 0 },
  ])

  private static let rounded = RTPStreamFields.rounded
}

/// A datagram of RTCP as a line of JSONL.
struct RTCPLine: Sendable {
  var packet: Int
  var source: String
  var types: [String]
  var report: RTCPSenderReport?

  static let report = Report<RTCPLine>([
    .integer("packet", "Its number, as Wireshark counts") { $0.packet },
    .string("source", "Where it comes from") { $0.source },
    .strings("types", "Types of its packets") { $0.types },
    .integer("ssrc", "SSRC of its sender report", when: { $0.report != nil }) {
      $0.report?.ssrc ?? 0
    },
    .integer("rtp_timestamp", "RTP timestamp of its sender report", when: { $0.report != nil }) {
      $0.report?.rtpTimestamp.rawValue ?? 0
    },
    .real(
      "ntp_time", "Its NTP timestamp, in seconds since 1970-01-01T00:00:00Z",
      when: { $0.report != nil }
    ) { Double($0.report?.ntpTime.nanosecondsSince1970 ?? 0) / 1e9 },
    .integer("sender_packets", "Packets sent, as it says", when: { $0.report != nil }) {
      $0.report?.packetCount ?? 0
    },
  ])

  init(_ compound: RTCPCompound, _ datagram: RTPDatagram) {
    packet = datagram.number
    source = "\(datagram.flow.source)"
    types = compound.packets.map { Self.name($0) }
    for packet in compound.packets {
      if case .senderReport(let found) = packet {
        report = found
        break
      }
    }
  }

  private static func name(_ packet: RTCPPacket) -> String {
    switch packet {
    case .senderReport: "SR"
    case .receiverReport: "RR"
    case .sourceDescription: "SDES"
    case .goodbye: "BYE"
    case .applicationDefined: "APP"
    case .transportFeedback: "RTPFB"
    case .payloadFeedback: "PSFB"
    case .extendedReport: "XR"
    case .unknown(let raw), .malformed(let raw, _): "\(raw.type.rawValue)"
    }
  }
}
