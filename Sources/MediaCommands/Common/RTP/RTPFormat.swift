internal import MediaCapture
internal import MediaModel
internal import MediaRTP

/// What the packets of a payload type hold, and how that is known.
struct RTPFormat: Hashable, Sendable {
  /// Who says it.
  enum Origin: String, Hashable, Sendable {
    /// `--map`.
    case map
    /// A session description that was given.
    case sdp
    /// A session description in the capture: the answer to DESCRIBE.
    case rtsp
    /// RFC 3551 6.
    case staticType = "static"
    /// The packets themselves.
    case guess
  }

  var payload: SDPPayloadFormat
  var origin: Origin
  /// What a guess rests on.
  var evidence: String?
  /// Whether the description says that it is encrypted.
  var isEncrypted = false
  /// The description it comes from.
  var media: SDPMedia?

  /// Formats that only serve others, and what they are.
  private static let helpers = [
    "RTX": "retransmission (RFC 4588)", "RED": "redundancy (RFC 2198)",
    "ULPFEC": "forward error correction (RFC 5109)",
    "FLEXFEC-03": "forward error correction (RFC 8627)",
    "FLEXFEC": "forward error correction (RFC 8627)",
    "PARITYFEC": "forward error correction (RFC 5109)",
    "TELEPHONE-EVENT": "telephone events (RFC 4733)", "CN": "comfort noise (RFC 3389)",
  ]

  /// What it is for, where it is no media of its own.
  var helper: String? { Self.helpers[payload.encodingName.uppercased()] }

  /// `H264/90000`, `opus/48000/2`.
  var description: String {
    var text = payload.encodingName
    if let rate = payload.clockRate { text += "/\(rate)" }
    if let channels = payload.channels { text += "/\(channels)" }
    return text
  }
}

/// All that descriptions say of payload types.
struct RTPDescriptions: Sendable {
  /// A media description, and where its packets go.
  struct Media: Sendable {
    var section: SDPMedia
    var formats: [SDPPayloadFormat]
    var isEncrypted: Bool
    var origin: RTPFormat.Origin
    /// The connection of RTSP that it was answered on; nil of descriptions that were given.
    var dialogue: RTPFlow?
    /// Ports that RTP goes to or comes from, as `m=` or SETUP say.
    var ports: Set<UInt16> = []
    /// Channels of the connection.
    var channels: Set<UInt8> = []
    /// Sources that the description names.
    private let sources: Set<UInt32>

    init(
      _ section: SDPMedia, of session: SDPSession, origin: RTPFormat.Origin,
      dialogue: RTPFlow? = nil
    ) {
      self.section = section
      self.origin = origin
      self.dialogue = dialogue
      formats = section.payloadFormats.map { format in
        var format = format
        // Devices leave the rate out, which most formats fix.
        if format.clockRate == nil {
          format.clockRate = RTPFormat(payload: format, origin: origin).fixedClockRate?.0
        }
        return format
      }
      isEncrypted = session.isEncrypted(section)
      sources = Set(section.sources.map(\.ssrc))
      if section.media.port > 0 { ports.insert(section.media.port) }
    }

    /// How well a flow fits: 0 not at all.
    fileprivate func fit(_ flow: RTPFlow, ssrc: UInt32) -> Int {
      if sources.contains(ssrc) { return 4 }
      if let dialogue {
        guard flow.isBetweenHosts(of: dialogue) else { return 0 }
        if flow.transport == .interleaved { return channels.contains(flow.channel) ? 3 : 1 }
      }
      let isHere = ports.contains(flow.destination.port) || ports.contains(flow.source.port)
      return isHere ? 3 : 1
    }
  }

  /// Formats of `--map`.
  var maps: [SDPPayloadFormat] = []
  /// Whether what they do not name has no meaning, not even a static payload type.
  private var isExhaustive = false
  private(set) var media: [Media] = []
  private static let maxMedia = 4096
  /// Whether any of them allows RTCP of reduced size.
  private(set) var allowsReducedSizeRTCP = false

  /// Takes a description; false where there are too many.
  @discardableResult
  mutating func add(
    _ session: SDPSession, origin: RTPFormat.Origin, dialogue: RTPFlow? = nil
  ) -> Bool {
    let sections = session.media.filter(\.isRTP)
    guard media.count + sections.count <= Self.maxMedia else { return false }
    if sections.contains(where: \.allowsReducedSizeRTCP) { allowsReducedSizeRTCP = true }
    media += sections.map { Media($0, of: session, origin: origin, dialogue: dialogue) }
    return true
  }

  /// What is said of one track alone.
  init(track section: SDPMedia, of session: SDPSession) {
    media = [Media(section, of: session, origin: .sdp)]
    allowsReducedSizeRTCP = section.allowsReducedSizeRTCP
    isExhaustive = true
  }

  init() {}

  /// Whether a description was given, so that nothing is guessed besides.
  var isFinal: Bool { media.contains { $0.origin == .sdp } }
  /// Whether any description or map was given.
  var isGiven: Bool { !maps.isEmpty || isFinal }

  /// Says where the media of a description goes, as SETUP found out.
  mutating func setUp(
    _ dialogue: RTPFlow, uri: String, order: Int, ports: Set<UInt16>, channels: Set<UInt8>
  ) {
    let candidates = media.indices.filter { media[$0].dialogue == dialogue }
    let named = candidates.first { index in
      guard let control = media[index].section.control, control != "*", !control.isEmpty else {
        return false
      }
      return uri == control || uri.hasSuffix("/" + control) || uri.hasSuffix(control)
    }
    guard let index = named ?? (order < candidates.count ? candidates[order] : nil) else { return }
    media[index].ports.formUnion(ports)
    media[index].channels.formUnion(channels)
  }

  /// What a payload type means on a flow; nil where nobody says it.
  func format(_ type: RTPPayloadType, of flow: RTPFlow, ssrc: UInt32) -> RTPFormat? {
    if let map = maps.last(where: { $0.payloadType == type }) {
      return RTPFormat(payload: map, origin: .map)
    }
    var best: (fit: Int, format: RTPFormat)?
    for media in media {
      guard let payload = media.formats.first(where: { $0.payloadType == type }) else { continue }
      let fit = media.fit(flow, ssrc: ssrc)
      guard fit > best?.fit ?? 0 else { continue }
      best = (
        fit,
        RTPFormat(
          payload: payload, origin: media.origin, isEncrypted: media.isEncrypted,
          media: media.section)
      )
    }
    if let best { return best.format }
    guard !isExhaustive else { return nil }
    return SDPPayloadFormat(staticType: type).map { RTPFormat(payload: $0, origin: .staticType) }
  }
}
