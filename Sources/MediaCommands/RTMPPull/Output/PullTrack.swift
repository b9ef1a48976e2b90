internal import MediaBitstream
internal import MediaBytes
internal import MediaFFmpeg
internal import MediaFLV
internal import MediaModel

/// A stream on its way into a container.
struct PullTrack {
  let codec: Codec
  let kind: MediaKind
  /// Its place in the container.
  let place: Int
  /// The configuration that the container has of it.
  let configuration: [UInt8]
  /// What its keyframes need in front, where another configuration than that is in effect.
  var parameterSets: [UInt8] = []
  /// The last decoding time.
  private var last: Int64?

  init(_ stream: FLVStream, _ codec: Codec, place: Int, configuration: [UInt8]) {
    (self.codec, kind, self.place) = (codec, stream.kind, place)
    self.configuration = configuration
  }

  /// The times of a frame; containers take none twice.
  mutating func times(_ frame: Frame) -> (dts: Int64, pts: Int64) {
    let due = frame.dts ?? 0
    let dts = max(due, last.map { $0 + 1 } ?? due)
    last = dts
    return (dts, max(frame.pts ?? dts, dts))
  }

  /// Whether its frames can go on in the container with another configuration, and if so with what
  /// in front of keyframes.
  mutating func takeOver(_ configuration: [UInt8], _ codec: Codec?) -> Bool {
    guard codec == self.codec, let sets = Self.parameterSets(of: configuration, codec) else {
      return false
    }
    parameterSets = sets
    return true
  }

  /// The parameter sets of a configuration as NAL units behind their lengths.
  private static func parameterSets(of configuration: [UInt8], _ codec: Codec?) -> [UInt8]? {
    var reader = ByteReader(configuration.span)
    let units: [[UInt8]]
    switch codec {
    case .h264:
      guard let record = try? AVCDecoderConfigurationRecord(parsing: &reader) else { return nil }
      units = record.sequenceParameterSets + record.pictureParameterSets
    case .hevc:
      guard let record = try? HEVCDecoderConfigurationRecord(parsing: &reader) else { return nil }
      units = record.arrays.flatMap(\.units)
    default: return nil
    }
    var writer = ByteWriter()
    for unit in units {
      writer.integer(UInt32(unit.count))
      writer.append(unit)
    }
    return writer.bytes
  }
}

extension MuxerTrack {
  /// A stream of FLV with one of its configurations and its first frame.
  init(
    _ stream: FLVStream, _ codec: Codec, configuration: [UInt8], firstFrame: [UInt8], isISO: Bool
  ) {
    self.init(codec: codec.rawValue, ticksPerSecond: 1000)
    self.configuration = codec == .flac ? Self.streamInfo(configuration) : configuration
    let info = CodecInfo(stream)
    (width, height) = (info.width ?? 0, info.height ?? 0)
    if stream.kind == .audio {
      sampleRate = info.sampleRate ?? 0
      channels = info.channels ?? 0
    }
    if codec == .hevc, isISO { codecTag = "hvc1" }
    if codec == .vp9 { describeSamples(ofVP9: firstFrame) }
  }

  /// FFmpeg wants the block alone, without `fLaC` and its header.
  private static func streamInfo(_ configuration: [UInt8]) -> [UInt8] {
    configuration.starts(with: "fLaC".utf8)
      ? Array(configuration.dropFirst(8).prefix(34)) : configuration
  }
}
