internal import MediaCapture
internal import MediaModel
internal import MediaRTP

/// All that `rtp-unpack` found out about one input, less its packets.
struct RTPUnpackResult: Sendable {
  /// The input as the user gave it, secrets masked.
  var input: String
  /// `pcap`, `pcapng`, `rtpdump`, `rtp`; nil where the input is none of these.
  var format: String?
  /// Packets of any kind in the capture.
  var records: Int?
  var startTime: Nanoseconds?
  var duration: Double?
  var streams: [RTPStreamResult] = []
  var dialogues: [RTSPDialogueResult] = []
  var counts = RTPDatagramCounts()
  var findings: [RTPFinding] = []
  /// How many findings there were of each level.
  var levels: [Severity: Int] = [:]
  /// Why reading ended early.
  var failure: FailedInput?
}

/// A dialogue of RTSP as it is reported.
struct RTSPDialogueResult: Sendable {
  var client: String
  var server: String
  var url: String?
  var firstPacket: Int
  var messages: Int
  var methods: [String]
  var failures: [String]
  var serverName: String?
  var userAgent: String?
  var hasDescription: Bool
  var hasInterleaved: Bool

  init(_ dialogue: RTSPDialogue, _ redact: (String) -> String) {
    client = "\(dialogue.flow.source)"
    server = "\(dialogue.flow.destination)"
    url = dialogue.url.map { MediaURL($0)?.masked ?? redact($0) }
    firstPacket = dialogue.firstPacket
    messages = dialogue.messages
    methods = dialogue.methods
    failures = dialogue.failures
    serverName = dialogue.server
    userAgent = dialogue.userAgent
    hasDescription = dialogue.hasDescription
    hasInterleaved = dialogue.hasInterleaved
  }
}
