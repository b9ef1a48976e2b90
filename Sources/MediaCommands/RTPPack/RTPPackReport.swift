internal import MediaJSON
internal import MediaModel
internal import MediaRTP

/// What `rtp-pack` has done, less its packets.
struct RTPPackResult {
  /// The input as the user gave it, secrets masked.
  var input: String
  var formatName: String?
  var streams: [Stream] = []
  var verification: Verification?
  var impairments: RTPImpairments.Totals?
  var sending: Sending?
  /// Seconds from the first packet to the last.
  var duration: Double?
  var notes: [String] = []
  /// Why it ended early.
  var failure: FailedInput?

  struct Stream {
    var index: Int
    var track: Track
    var identity: RTPStreamWriter.Identity
    var format: SDPPayloadFormat
    /// Where it goes.
    var host: String
    var port: UInt16
    var rtcpPort: UInt16
    var totals: RTPStreamWriter.Totals
  }

  struct Verification {
    /// Frames that were put together again.
    var compared = 0
    /// Frames of the input that did not come back the same.
    var different = 0
    /// What the payload format leaves out by design: delimiters, repeated parameter sets.
    var leftOut = 0
    /// Bytes compared.
    var bytes = 0
  }

  struct Sending {
    var datagrams = 0
    /// How often the network said that nobody listens, or that nothing gets there.
    var refused = 0
  }
}

/// A packet as it is listed.
struct RTPPackLine: Sendable {
  /// Its place among the packets of RTP, from 0 on.
  var index: Int
  /// The number of its record, as Wireshark's.
  var packet: Int
  /// Seconds since the first packet.
  var time: Double
  var stream: Int
  var ssrc: UInt32
  var payloadType: UInt8
  var sequence: UInt16
  var timestamp: UInt32
  var marker: Bool
  var size: Int
  var payloadSize: Int
  var label: PacketLabel?
}

/// The document `mediatool.rtp-pack/1`.
enum RTPPackReport {
  static let schemaName = "mediatool.rtp-pack/1"

  static let document = Report<RTPPackResult>([
    .string("schema", "Name and version of this document's form") { _ in schemaName },
    .string("input", "The input as given, secrets masked") { $0.input },
    .streamed(
      "packets", "Every packet of RTP as it is sent, with --packets", isOptional: true,
      totals: ["totals.packets", "streams[0].packets"], report: packet),
    .string("format_name", "What the input is; null where it could not be opened") {
      $0.formatName
    },
    .array("streams", "The tracks, each a source of RTP", report: stream) { $0.streams },
    .object(
      "verify", "What putting the packets together again found; with --verify",
      when: { $0.verification != nil }, report: verification
    ) { $0.verification },
    .object(
      "impairments", "What happened to packets on purpose", when: { $0.impairments != nil },
      report: impairments
    ) { $0.impairments },
    .object("sending", "What was sent; with --send", when: { $0.sending != nil }, report: sending) {
      $0.sending
    },
    .object(
      "error", "Why it ended early; what is said holds for the part sent",
      when: { $0.failure != nil }, report: FailedInput.report
    ) { $0.failure },
    .object("totals", "Sums over all tracks, before impairments", report: totals) { $0 },
    .strings("notes", "What was assumed or left out") { $0.notes },
  ])

  static func jsonSchema() -> JSONValue {
    document.jsonSchema(title: schemaName, id: "urn:mediatool:rtp-pack:1")
  }

  static let packet = Report<RTPPackLine>([
    .integer("index", "Position among the packets of RTP") { $0.index },
    .integer("packet", "Its number in the capture, RTCP counted, as Wireshark counts") {
      $0.packet
    },
    .real("time", "Seconds since the first packet") { $0.time },
    .integer("stream", "Its track, by its index in streams") { $0.stream },
    .integer("ssrc", "SSRC") { $0.ssrc },
    .integer("payload_type", "PT") { $0.payloadType },
    .integer("sequence", "Sequence number") { $0.sequence },
    .integer("timestamp", "Timestamp") { $0.timestamp },
    .bool("marker", "M") { $0.marker },
    .integer("size", "Bytes, the header of RTP included") { $0.size },
    .integer("payload_size", "Bytes of payload") { $0.payloadSize },
    .string("kind", "What it is, in the payload format's words; null where that is not known") {
      $0.label?.kind
    },
    .json(
      "nal_types", "Types of the NAL units of H.264 and H.265",
      when: { $0.label?.nalUnitTypes != nil }, shape: .array(.integer)
    ) { line in line.label?.nalUnitTypes.map { .array($0.map { .integer(Int64($0)) }) } },
  ])

  private static let stream = Report<RTPPackResult.Stream>([
    .integer("index", "Position in this list") { $0.index },
    .integer("ssrc", "SSRC") { $0.identity.ssrc },
    .integer("payload_type", "PT") { $0.format.payloadType.rawValue },
    .string("codec_type", "video or audio") { $0.track.kind.rawValue },
    .string("codec", "FFmpeg's name of the codec") { $0.track.codec.rawValue },
    .string("encoding", "The payload format's name, as in a=rtpmap") { $0.format.encodingName },
    .integer("clock_rate", "Ticks of the timestamp in a second") { $0.format.clockRate },
    .string("address", "Where it goes") { $0.host },
    .integer("port", "Port of RTP") { $0.port },
    .integer("rtcp_port", "Port of RTCP") { $0.rtcpPort },
    .integer("first_sequence", "The first sequence number") { $0.identity.sequenceNumber },
    .integer("timestamp_offset", "The timestamp at media time 0") {
      $0.identity.timestampOffset
    },
    .string("cname", "Canonical name in RTCP") { $0.identity.cname },
    .integer("frames", "Frames") { $0.totals.frames },
    .integer("keyframes", "Keyframes among them") { $0.totals.keyframes },
    .integer("packets", "Packets of RTP") { $0.totals.packets },
    .integer("payload_bytes", "Bytes of their payloads") { $0.totals.payloadBytes },
    .integer("bytes", "Bytes of RTP, headers included") { $0.totals.bytes },
    .integer("largest_packet", "Bytes of the largest packet") { $0.totals.largestPacket },
    .integer("rtcp_packets", "Compound packets of RTCP") { $0.totals.rtcpPackets },
  ])

  private static let verification = Report<RTPPackResult.Verification>([
    .integer("compared", "Frames compared") { $0.compared },
    .integer("different", "Frames of the input that did not come back the same") { $0.different },
    .integer("bytes", "Bytes compared") { $0.bytes },
    .integer("left_out", "What payload formats leave out by design, such as delimiters") {
      $0.leftOut
    },
  ])

  private static let impairments = Report<RTPImpairments.Totals>([
    .integer("dropped", "Packets lost") { $0.dropped },
    .integer("duplicated", "Packets sent twice") { $0.duplicated },
    .integer("reordered", "Packets sent late") { $0.reordered },
  ])

  private static let sending = Report<RTPPackResult.Sending>([
    .integer("datagrams", "Datagrams handed to the kernel, RTCP included") { $0.datagrams },
    .integer("refused", "How often ICMP said that nobody listens, or that nothing gets there") {
      $0.refused
    },
  ])

  private static let totals = Report<RTPPackResult>([
    .integer("frames", "Frames") { $0.streams.reduce(0) { $0 + $1.totals.frames } },
    .integer("packets", "Packets of RTP") { $0.streams.reduce(0) { $0 + $1.totals.packets } },
    .integer("payload_bytes", "Bytes of their payloads") {
      $0.streams.reduce(0) { $0 + $1.totals.payloadBytes }
    },
    .integer("bytes", "Bytes of RTP, headers included") {
      $0.streams.reduce(0) { $0 + $1.totals.bytes }
    },
    .integer("rtcp_packets", "Compound packets of RTCP") {
      $0.streams.reduce(0) { $0 + $1.totals.rtcpPackets }
    },
    .real("duration", "Seconds of media from the first packet to the last") { $0.duration },
  ])
}
