public import MediaFLV
public import MediaModel

/// What a client wants, and how it presents itself.
public struct RTMPClientOptions: Sendable {
  /// What the connection is for.
  public enum Purpose: Hashable, Sendable {
    /// Sending a stream; the kind is `live`, `record` or `append` (Adobe RTMP 1.0 §7.2.2.6).
    case publish(kind: String = "live")
    /// Receiving one.
    case play(RTMPPlayRange = RTMPPlayRange())

    /// Whether it is sending.
    public var isPublishing: Bool {
      switch self {
      case .publish: true
      case .play: false
      }
    }
  }

  /// Where to connect, and under what name.
  public var url: RTMPURL
  /// What the connection is for.
  public var purpose: Purpose
  /// How far the authentication is; the first connection begins with the URL's user and password.
  public var authentication: RTMPAuthentication
  /// `flashVer`, by which some servers choose their dialect; nil for what suits the purpose.
  public var flashVersion: String?
  /// `swfUrl`; nil for none.
  public var swfURL: String?
  /// `pageUrl`; nil for none.
  public var pageURL: String?
  /// Values that follow the command object of `connect`.
  public var connectArguments: [AMFValue] = []
  /// What we say of Enhanced RTMP.
  public var capabilities: RTMPCapabilities
  /// The size of the chunks that we send, 1...0xffffff.
  public var chunkSize = 60_000
  /// After how many bytes the server is to acknowledge.
  public var windowSize: UInt32 = 2_500_000
  /// How much a server should send ahead, in milliseconds.
  public var bufferLength: UInt32 = 3000
  /// How long a phase may wait for its answer, and how long playing may be silent.
  public var timeout: Nanoseconds = 10_000_000_000
  /// How long the end of publishing waits for its answer.
  public var finishTimeout: Nanoseconds = 2_000_000_000
  /// How much of what the server sends is believed and held.
  public var limits = RTMPChunkLimits()
  /// Whether the handshake has digests: Adobe's servers send H.264 only to players that know them.
  public var usesDigests: Bool
  /// Whether each message is told, both ways.
  public var traces = false

  /// Makes the options that suit most servers.
  public init(_ url: RTMPURL, _ purpose: Purpose) {
    (self.url, self.purpose) = (url, purpose)
    usesDigests = !purpose.isPublishing
    authentication = RTMPAuthentication(user: url.user, password: url.password)
    capabilities = RTMPCapabilities(
      all: purpose.isPublishing ? [.encode, .forward] : [.decode, .forward])
  }
}

/// Which part of a stream to play (Adobe RTMP 1.0 §7.2.2.1).
public struct RTMPPlayRange: Hashable, Sendable {
  /// Seconds into a recording; -1 for live only, -2 for live, else recorded.
  public var start: Double = -2
  /// How many seconds; -1 for all.
  public var duration: Double = -1
  /// Whether what was played before is dropped.
  public var reset = true

  /// Makes a range: by default a live stream, or a recording from its beginning.
  public init() {}
}
