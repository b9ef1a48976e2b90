public import MediaModel
public import MediaRTP

/// What a client says and how long it waits.
public struct RTSPClientOptions: Sendable {
  /// Where the presentation is.
  public var url: RTSPURL
  /// `User-Agent`.
  public var userAgent = "mediatool"
  /// Fields that go with every request, such as `Require` for ONVIF's replay.
  public var headers = RTSPHeaders()
  /// How long an answer may take.
  public var timeout: Nanoseconds = 10_000_000_000
  /// How long playing may bring nothing; nil for ever, as where packets do not come this way.
  public var silence: Nanoseconds? = 10_000_000_000
  /// How long the end waits for its answer.
  public var finishTimeout: Nanoseconds = 2_000_000_000
  /// Bytes between packets that are passed over, in a row.
  public var maxJunkByteCount = 4096
  /// How much of messages and packets is believed and held.
  public var limits = InterleavedLimits()
  /// How much of a description is.
  public var descriptionLimits = SDPLimits()
  /// Whether messages are told, both ways.
  public var traces = false

  /// Makes the options that suit most servers.
  public init(_ url: RTSPURL) { self.url = url }
}

/// What and how to play (RFC 2326 §10.5).
public struct RTSPPlayRequest: Hashable, Sendable {
  /// Which part; nil for a live presentation, or from the beginning.
  public var range: RTSPRange?
  /// How fast packets come, where that is not as fast as they are shown (§12.35).
  public var speed: Double?
  /// How fast time goes by, where that is not as usual (§12.34).
  public var scale: Double?

  /// Makes a request; by default for all that there is.
  public init(range: RTSPRange? = nil, speed: Double? = nil, scale: Double? = nil) {
    (self.range, self.speed, self.scale) = (range, speed, scale)
  }
}
