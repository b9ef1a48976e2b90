/// What SDP says of Opus: `opus/48000/2` whatever the stream is (RFC 7587 7).
public struct OpusPayloadFormat: Hashable, Sendable {
  /// The clock, at every sampling rate (RFC 7587 4.1).
  public static let clockRate: UInt32 = 48_000

  /// `sprop-stereo`: whether the sender is likely to send two channels.
  public var isStereoLikely = false
  /// `stereo`: whether the receiver prefers two channels.
  public var prefersStereo = false
  /// `useinbandfec`.
  public var usesInBandFEC = false
  /// `usedtx`: whether nothing is sent in silence.
  public var usesDTX = false
  /// `cbr`.
  public var prefersConstantBitRate = false
  /// `maxplaybackrate`, in hertz.
  public var maxPlaybackRate: Int?
  /// `sprop-maxcapturerate`, in hertz.
  public var maxCaptureRate: Int?
  /// `maxaveragebitrate`, in bits a second.
  public var maxAverageBitRate: Int?

  /// Makes the format of a track.
  public init(channels: Int = 2) { isStereoLikely = channels > 1 }

  /// Reads a format; rate and channels, which must be 48000 and 2, are not looked at.
  public init(_ format: SDPPayloadFormat) {
    let parameters = format.parameters
    isStereoLikely = parameters.flag("sprop-stereo") ?? false
    prefersStereo = parameters.flag("stereo") ?? false
    usesInBandFEC = parameters.flag("useinbandfec") ?? false
    usesDTX = parameters.flag("usedtx") ?? false
    prefersConstantBitRate = parameters.flag("cbr") ?? false
    maxPlaybackRate = parameters.integer("maxplaybackrate")
    maxCaptureRate = parameters.integer("sprop-maxcapturerate")
    maxAverageBitRate = parameters.integer("maxaveragebitrate")
  }

  /// What SDP says of it; what is not set is left out.
  public func payloadFormat(_ payloadType: RTPPayloadType) -> SDPPayloadFormat {
    var parameters: [SDPFormatParameters.Parameter] = []
    func add(_ name: String, _ value: Int?) {
      if let value { parameters.append(.init(name, "\(value)")) }
    }
    add("sprop-stereo", isStereoLikely ? 1 : nil)
    add("stereo", prefersStereo ? 1 : nil)
    add("useinbandfec", usesInBandFEC ? 1 : nil)
    add("usedtx", usesDTX ? 1 : nil)
    add("cbr", prefersConstantBitRate ? 1 : nil)
    add("maxplaybackrate", maxPlaybackRate)
    add("sprop-maxcapturerate", maxCaptureRate)
    add("maxaveragebitrate", maxAverageBitRate)
    return SDPPayloadFormat(
      payloadType, "opus", clockRate: Self.clockRate, channels: 2,
      parameters: SDPFormatParameters(payloadType: payloadType, parameters))
  }
}
