internal import MediaBitstream
internal import MediaBytes
internal import MediaModel
internal import MediaRTP

/// A payload type of a source, or a stream of the programme that it carries, as outputs see it.
struct RTPTrack {
  let source: RTPSource
  let payload: Int
  /// `stream_id` within a program stream.
  let stream: UInt8?
  let codec: Codec
  let kind: MediaKind
  let clockRate: UInt32

  /// nil where nothing puts its packets together.
  init?(_ source: RTPSource, _ payload: Int, stream: UInt8? = nil) {
    guard let unpacker = source.payloads[payload].unpacker,
      let rate = source.payloads[payload].format?.payload.clockRate, rate > 0
    else { return nil }
    if stream != nil {
      guard let content = unpacker.content(of: stream) else { return nil }
      (codec, kind) = (content.codec, content.kind)
    } else {
      (codec, kind) = (unpacker.codec, unpacker.kind)
    }
    self.source = source
    self.payload = payload
    self.stream = stream
    clockRate = rate
  }

  func isSame(as other: RTPTrack) -> Bool {
    source === other.source && payload == other.payload && stream == other.stream
  }

  private var content: RTPContent? { source.payloads[payload].unpacker?.content(of: stream) }

  /// The decoder configuration as MP4 stores it, as far as it is known now.
  var configuration: [UInt8] {
    (stream == nil ? source.payloads[payload].unpacker?.configuration : content?.configuration)
      ?? []
  }

  /// Channels of sound, as frames or the description say.
  var channels: Int? { content?.channels ?? source.payloads[payload].format?.payload.channels }

  /// Samples of sound a second; of G.722 RTP counts half of them (RFC 3551 4.5.2).
  var sampleRate: Int {
    content?.sampleRate ?? (codec.rawValue == "adpcm_g722" ? 16_000 : Int(clockRate))
  }

  /// The parameter sets of the configuration, of H.264 and H.265.
  var parameterSets: [[UInt8]] {
    let configuration = configuration
    var reader = ByteReader(configuration.span)
    if codec == .h264 {
      guard let record = try? AVCDecoderConfigurationRecord(parsing: &reader) else { return [] }
      return record.sequenceParameterSets + record.pictureParameterSets
    }
    guard let record = try? HEVCDecoderConfigurationRecord(parsing: &reader) else { return [] }
    return record.arrays.flatMap(\.units)
  }

  /// `96 H264/90000`.
  var name: String {
    let format = source.payloads[payload].format?.description ?? codec.rawValue
    return "\(format) of SSRC \(Quantity.ssrc(source.ssrc))"
  }

  /// Pictures before one in decoding and behind it in output, at most; nil where nobody says it.
  var reorderDepth: Int? {
    Self.reorderDepth(codec, kind, configuration: configuration)
  }

  /// The same of any configuration.
  static func reorderDepth(_ codec: Codec, _ kind: MediaKind, configuration: [UInt8]) -> Int? {
    var reader = ByteReader(configuration.span)
    switch codec {
    case .h264:
      guard let record = try? AVCDecoderConfigurationRecord(parsing: &reader),
        let unit = record.sequenceParameterSets.first,
        let set = try? H264SequenceParameterSet(nalUnit: unit.span.bytes)
      else { return nil }
      if let limits = set.usability?.restrictions { return Int(limits.maxReorderFrames) }
      // Baseline has no B slices; without order counts of their own pictures keep their order.
      return set.profileLevel.profileIDC == 66 || set.pictureOrderCountType == 2 ? 0 : nil
    case .hevc:
      guard let record = try? HEVCDecoderConfigurationRecord(parsing: &reader),
        let unit = record.units(.sps).first,
        let set = try? H265SequenceParameterSet(nalUnit: unit.span.bytes)
      else { return nil }
      return Int(set.maxReorderPictures)
    case .vp8, .vp9, .av1: return 0
    default: return kind == .video ? nil : 0
    }
  }
}

extension TrackSelection {
  private typealias Stream = (source: RTPSource, stream: UInt8?, kind: String)

  /// What there is to select from; each stream of a programme counts as one.
  private static func streams(of session: RTPSession) -> [Stream] {
    session.streams.flatMap { source in
      let unpacker = source.main?.unpacker
      let streams = unpacker?.elementaryStreams ?? []
      return (streams.isEmpty ? [nil] : streams.map(Optional.some)).map {
        (source, $0, unpacker?.content(of: $0)?.kind.rawValue ?? "unknown")
      }
    }
  }

  /// Whether a track is among those selected.
  func takes(_ track: RTPTrack, of session: RTPSession) -> Bool {
    let streams = Self.streams(of: session)
    return indices(kinds: streams.map(\.kind)).contains {
      streams[$0].source === track.source
        && (track.stream == nil || track.stream == streams[$0].stream)
    }
  }

  /// What is wrong where it selects nothing of what came; nil where it selects something.
  func disappointment(_ session: RTPSession) -> String? {
    let kinds = Self.streams(of: session).map(\.kind)
    guard indices(kinds: kinds).isEmpty else { return nil }
    let found =
      kinds.isEmpty ? "there is no stream" : "there is \(kinds.joined(separator: ", "))"
    return "--tracks \(text) selects nothing: \(found)"
  }
}
