import MediaBitstream
public import MediaModel

/// Puts together the packets of any payload format that is known.
public struct RTPUnpacker: Sendable {
  /// FFmpeg's name of the codec, or of the container where that is what is carried.
  ///
  /// Of MPEG audio, whose payload format is one for all layers, frames tell which it is.
  public var codec: Codec {
    guard isMPEGAudio, let header = (depacketizer as? MPEGAudioDepacketizer)?.header else {
      return described
    }
    return .mpegAudio(layer: header.layer)
  }
  /// The codec as far as the description tells it.
  private let described: Codec
  private let isMPEGAudio: Bool
  /// What kind of content it is.
  public let kind: MediaKind
  private var depacketizer: any RTPDepacketizer

  /// Makes one for a payload format; nil where there is none for it.
  ///
  /// `attributes` are those of the media description that the format stands in. `keepDamaged` keeps
  /// frames of which packets are missing, and flags them. Without `keepContents` frames may be less
  /// than whole, for someone who counts them.
  public init?(
    _ format: SDPPayloadFormat, attributes: [SDPAttribute] = [], keepDamaged: Bool = false,
    keepContents: Bool = true
  ) {
    guard
      let made = Self.audio(format)
        ?? Self.video(format, attributes, keepDamaged, keepContents)
    else { return nil }
    (described, kind, depacketizer) = (Codec(rawValue: made.codec), made.kind, made.depacketizer)
    isMPEGAudio = made.depacketizer is MPEGAudioDepacketizer
  }

  private typealias Made = (codec: String, kind: MediaKind, depacketizer: any RTPDepacketizer)

  private static func audio(_ format: SDPPayloadFormat) -> Made? {
    switch format.encodingName.asciiUppercased {
    case "MPEG4-GENERIC": return ("aac", .audio, AACDepacketizer(AACPayloadFormat(format)))
    case "MP4A-LATM": return ("aac", .audio, LATMDepacketizer(LATMPayloadFormat(format)))
    case "OPUS": return ("opus", .audio, OpusDepacketizer())
    case "MPA", "MPA-ROBUST":
      let found = MPEGAudioPayloadFormat(format)
      let codec = Codec.mpegAudio(layer: found.layer ?? 3)
      return (codec.rawValue, .audio, MPEGAudioDepacketizer(found))
    default:
      guard let found = PCMPayloadFormat(format) else { return nil }
      // FFmpeg's containers of samples have their least significant byte first.
      return (
        found.codecName, .audio, PCMDepacketizer(found, outputIsLittleEndian: true)
      )
    }
  }

  private static func video(
    _ format: SDPPayloadFormat, _ attributes: [SDPAttribute], _ keepDamaged: Bool,
    _ keepContents: Bool
  ) -> Made? {
    // Without any parameters nothing is promised, and nothing can be broken.
    let parameters = format.parameters.parameters.isEmpty ? nil : format.parameters
    switch format.encodingName.asciiUppercased {
    case "H264":
      let found = parameters.map { H264FormatParameters($0) }
      let made = H264Depacketizer(
        parameters: found, keepDamaged: keepDamaged, keepContents: keepContents)
      return ("h264", .video, made)
    case "H265":
      let found = parameters.map { H265FormatParameters($0) }
      let made = H265Depacketizer(
        parameters: found, keepDamaged: keepDamaged, keepContents: keepContents)
      return ("hevc", .video, made)
    case "VP8": return ("vp8", .video, VP8Depacketizer(keepDamaged: keepDamaged))
    case "VP9": return ("vp9", .video, VP9Depacketizer(keepDamaged: keepDamaged))
    case "AV1": return ("av1", .video, AV1Depacketizer(keepDamaged: keepDamaged))
    case "JPEG":
      let size = JPEGPayloadFormat(format, attributes: attributes).size
      return ("mjpeg", .video, JPEGDepacketizer(size: size, keepDamaged: keepDamaged))
    case "MP4V-ES":
      let found = MP4VPayloadFormat(format)
      return ("mpeg4", .video, MP4VDepacketizer(found, keepDamaged: keepDamaged))
    case "MP2T": return ("mpegts", .video, MPEGTSDepacketizer())
    case "PS": return ("mpegps", .video, MPEGPSDepacketizer(keepDamaged: keepDamaged))
    default: return nil
    }
  }

  /// The decoder configuration as MP4 stores it, from the description or in band; empty while it is
  /// not known, and for codecs that have none.
  public var configuration: [UInt8] {
    switch depacketizer {
    case let found as AACDepacketizer: found.format.configurationBytes ?? []
    case let found as H264Depacketizer: found.configuration ?? []
    case let found as H265Depacketizer: found.configuration ?? []
    case let found as LATMDepacketizer: found.streamMuxConfig?.configurationBytes ?? []
    case let found as MP4VDepacketizer: found.configuration
    default: []
    }
  }

  /// `stream_id` of each stream that a program stream is known to have, in their order; empty where
  /// packets hold one stream alone.
  public var elementaryStreams: [UInt8] {
    (depacketizer as? MPEGPSDepacketizer)?.streams.map(\.id) ?? []
  }

  /// What the frames of a stream hold, as `RTPFrame.elementaryStream` names it; nil where that is not
  /// known.
  public func content(of stream: UInt8?) -> RTPContent? {
    guard let stream else {
      let header = (depacketizer as? MPEGAudioDepacketizer)?.header
      return RTPContent(
        codec: codec, kind: kind, configuration: configuration,
        sampleRate: header?.samplingFrequency, channels: header?.channels)
    }
    return (depacketizer as? MPEGPSDepacketizer)?.content(of: stream)
  }

  /// Takes the payload of a packet, as `RTPDepacketizer.receive` does.
  public mutating func receive(
    _ payload: RawSpan, _ packet: RTPPacketInfo, into output: inout RTPOutput
  ) {
    output.beginPacket()
    depacketizer.receive(payload, packet, into: &output)
  }

  /// How many bytes wait for packets that complete them.
  public var heldByteCount: Int { depacketizer.heldByteCount }

  /// Gives up what waits, as if packets of it were missing.
  public mutating func giveUp(into output: inout RTPOutput) { depacketizer.giveUp(into: &output) }

  /// Says that no packet follows.
  public mutating func finish(into output: inout RTPOutput) {
    depacketizer.finish(into: &output)
  }
}

extension Codec {
  /// FFmpeg's name of a layer of MPEG audio.
  fileprivate static func mpegAudio(layer: Int) -> Codec { Codec(rawValue: "mp\(layer)") }
}

extension PCMPayloadFormat {
  /// FFmpeg's name, samples with their least significant byte first.
  fileprivate var codecName: String {
    switch encoding {
    case .pcmu: "pcm_mulaw"
    case .pcma: "pcm_alaw"
    case .l8: "pcm_u8"
    case .l16: "pcm_s16le"
    case .l24: "pcm_s24le"
    case .g722: "adpcm_g722"
    case .g726(_, let order): order == .mostSignificantFirst ? "adpcm_g726" : "adpcm_g726le"
    }
  }
}

extension String {
  /// Names of payload formats are compared without regard to case.
  fileprivate var asciiUppercased: String {
    String(decoding: utf8.map { (0x61...0x7a).contains($0) ? $0 - 0x20 : $0 }, as: UTF8.self)
  }
}
