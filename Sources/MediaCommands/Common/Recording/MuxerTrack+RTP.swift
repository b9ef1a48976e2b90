internal import MediaBitstream
internal import MediaBytes
internal import MediaFFmpeg
internal import MediaModel
internal import MediaRTP

extension MuxerTrack {
  /// A track of RTP with its configuration, as far as there is one, and its first frame.
  init(
    _ track: RTPTrack, configuration known: [UInt8], firstFrame: [UInt8], _ format: ContainerFormat?
  ) {
    self.init(codec: track.codec.rawValue, ticksPerSecond: Int32(clamping: track.clockRate))
    configuration = Self.configuration(track.codec, known, firstFrame)
    let info = CodecInfo(track.codec, configuration: configuration)
    (width, height) =
      Self.pictureSize(track.codec, known, firstFrame) ?? (info.width ?? 0, info.height ?? 0)
    if track.kind == .audio {
      sampleRate = info.sampleRate ?? track.sampleRate
      channels = info.channels ?? track.channels ?? 1
    }
    if track.codec == .hevc, format?.isISO == true { codecTag = "hvc1" }
    if track.codec == .vp9 { describeSamples(ofVP9: firstFrame) }
  }

  /// What the container needs, where the depacketizer has none.
  ///
  /// Opus over RTP has no header of its own: channels are those of the first packet, and nothing is
  /// known of the encoder's delay. AV1's stands in the first frame.
  private static func configuration(
    _ codec: Codec, _ known: [UInt8], _ firstFrame: [UInt8]
  ) -> [UInt8] {
    var writer = ByteWriter()
    var reader = ByteReader(firstFrame.span)
    switch codec {
    case .opus:
      let isStereo = (try? OpusPacket(parsing: &reader))?.isStereo ?? true
      OpusHead(channels: isStereo ? 2 : 1, preSkip: 0, inputSampleRate: 48_000).write(to: &writer)
    case .av1:
      guard let record = try? AV1CodecConfigurationRecord(obus: firstFrame.span.bytes) else {
        return []
      }
      record.write(to: &writer)
    default: return known
    }
    return writer.bytes
  }

  /// What the first frame says of its size.
  private static func pictureSize(
    _ codec: Codec, _ configuration: [UInt8], _ firstFrame: [UInt8]
  ) -> (Int, Int)? {
    var reader = ByteReader(firstFrame.span)
    switch codec {
    case .vp8:
      return (try? VP8FrameHeader(parsing: &reader))?.keyFrame.map { ($0.width, $0.height) }
    case .vp9:
      return (try? VP9FrameHeader(frame: firstFrame.span.bytes))?.size.map {
        ($0.width, $0.height)
      }
    default: break
    }
    switch codec.rawValue {
    case "mjpeg": return jpegSize(firstFrame)
    case "mpeg4":
      return MPEGVideoSize(videoObjectLayerIn: configuration.span.bytes).map {
        ($0.width, $0.height)
      }
    case "mpeg1video", "mpeg2video":
      return MPEGVideoSize(sequenceHeaderIn: firstFrame.span.bytes).map { ($0.width, $0.height) }
    default: return nil
    }
  }

  /// Width and height of SOF0 (ITU-T T.81 B.2.2).
  private static func jpegSize(_ bytes: [UInt8]) -> (Int, Int)? {
    var segments = JPEGSegments()
    while let segment = try? segments.next(in: bytes.span.bytes) {
      guard (0xc0...0xc2).contains(segment.marker) else { continue }
      var reader = ByteReader(bytes.span.bytes.extracting(segment.body))
      guard (try? reader.skip(1, "P")) != nil, let height = try? reader.u16("Y"),
        let width = try? reader.u16("X")
      else { return nil }
      return (Int(width), Int(height))
    }
    return nil
  }
}

extension MuxerTrack {
  /// VP9's vpcC is made of what the first frame says of its samples.
  mutating func describeSamples(ofVP9 frame: [UInt8]) {
    guard let header = try? VP9FrameHeader(frame: frame.span.bytes), let color = header.color
    else { return }
    profile = Int(header.profile)
    pixelFormat = color.pixelFormat
    isFullRange = color.isFullRange
  }
}
