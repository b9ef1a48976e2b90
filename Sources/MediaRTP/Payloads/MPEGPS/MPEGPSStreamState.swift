import MediaBitstream
import MediaBytes
import MediaModel

/// What is known of an elementary stream of a program stream, from the map and from its frames.
struct MPEGPSStreamState: Sendable {
  let stream: MPEGPSStream
  private var configuration: [UInt8] = []
  private var sampleRate: Int?
  private var channels: Int?
  private var sets: ParameterSetList?

  init(_ stream: MPEGPSStream) {
    self.stream = stream
    switch stream.codec?.rawValue {
    case "h264": sets = ParameterSetList(.h264)
    case "hevc": sets = ParameterSetList(.h265)
    // G.711 over RTP has these, and no stream of GB/T 28181 has others.
    case "pcm_alaw", "pcm_mulaw": (sampleRate, channels) = (8000, 1)
    default: break
    }
  }

  var content: RTPContent? {
    stream.codec.map {
      RTPContent(
        codec: $0, kind: stream.isVideo ? .video : .audio, configuration: configuration,
        sampleRate: sampleRate, channels: channels)
    }
  }

  /// Learns from a frame, and says whether decoding can begin with it.
  mutating func take(_ frame: inout RTPFrame) {
    switch stream.codec?.rawValue {
    case "h264", "hevc": takeUnits(&frame)
    case "mpeg4":
      let headers = unsafe MP4VHeaders(frame.data.span.bytes)
      frame.isKeyframe = headers.isIntra
      if let end = headers.configurationEnd { configuration = Array(frame.data[..<end]) }
    case "mpeg1video", "mpeg2video": frame.isKeyframe = Self.hasSequenceHeader(frame.data)
    case "mp2":
      var reader = ByteReader(frame.data.span)
      guard let header = try? MPEGAudioHeader(parsing: &reader) else { return }
      sampleRate = header.samplingFrequency
      channels = header.channelMode == .singleChannel ? 1 : 2
    default: break
    }
  }

  /// Learns from the header of a frame of AAC.
  mutating func learn(_ header: ADTSHeader) {
    sampleRate = header.samplingFrequency
    let found = header.audioSpecificConfig
    // Without a number of channels the frames themselves say it.
    guard found.isWritable else { return }
    var writer = ByteWriter()
    found.write(to: &writer)
    configuration = writer.bytes
    channels = found.channels
  }

  private mutating func takeUnits(_ frame: inout RTPFrame) {
    guard let syntax = sets?.syntax else { return }
    frame.isKeyframe = syntax.isKeyframe(frame.data)
    var isChanged = false
    var cursor = NALUnitCursor(.lengthPrefixed(.four))
    while let unit = try? unsafe cursor.next(in: frame.data.span.bytes) {
      guard syntax.role(frame.data[unit.lowerBound]).isParameterSet else { continue }
      let isNew = unsafe sets?.take(frame.data.span.bytes.extracting(unit)) ?? false
      isChanged = isChanged || isNew
    }
    if isChanged { configuration = sets?.configurationRecord ?? configuration }
  }

  /// Whether there is `sequence_header_code` (ISO/IEC 13818-2 6.2.1).
  private static func hasSequenceHeader(_ bytes: [UInt8]) -> Bool {
    var position = 0
    while let start = unsafe bytes.span.bytes.startCode(from: position, to: bytes.count),
      start + 3 < bytes.count
    {
      if bytes[start + 3] == 0xb3 { return true }
      position = start + 3
    }
    return false
  }
}
