internal import MediaBitstream
internal import MediaBytes
internal import MediaModel
internal import MediaRTP

/// A payload type of a source, as outputs see it.
struct RTPTrack {
  let source: RTPSource
  let payload: Int
  let codec: Codec
  let kind: MediaKind
  let clockRate: UInt32

  /// nil where nothing puts its packets together.
  init?(_ source: RTPSource, _ payload: Int) {
    let state = source.payloads[payload]
    guard let unpacker = state.unpacker, let rate = state.format?.payload.clockRate, rate > 0
    else { return nil }
    self.source = source
    self.payload = payload
    codec = unpacker.codec
    kind = unpacker.kind
    clockRate = rate
  }

  /// The decoder configuration as MP4 stores it, as far as it is known now.
  var configuration: [UInt8] { source.payloads[payload].unpacker?.configuration ?? [] }

  /// Channels of sound, as the description says.
  var channels: Int? { source.payloads[payload].format?.payload.channels }

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
    return "\(format) of SSRC \(RTPUnpackText.ssrc(source.ssrc))"
  }

  /// Pictures before one in decoding and behind it in output, at most; nil where nobody says it.
  var reorderDepth: Int? {
    let configuration = configuration
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
