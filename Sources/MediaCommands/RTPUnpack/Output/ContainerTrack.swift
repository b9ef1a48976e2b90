internal import MediaBitstream
internal import MediaBytes
internal import MediaFFmpeg
internal import MediaModel
internal import MediaRTP

/// A track on its way into a container.
struct ContainerTrack {
  let track: RTPTrack
  /// Its place in the container.
  var place: Int?
  var isWanted = true
  /// Seconds behind the first track.
  var offset = 0.0
  var times = DecodeTimes<RTPFrame>(depth: 0)
  private(set) var hasBegun = false
  /// Frames before it began.
  var early = 0
  /// The timestamp of the first frame kept.
  private var start: Int64 = 0
  private var firstFrame: [UInt8] = []

  init(_ track: RTPTrack) { self.track = track }

  mutating func note(_ frame: RTPFrame) {
    guard !hasBegun, frame.isKeyframe || track.kind != .video else { return }
    hasBegun = true
    start = frame.timestamp
    firstFrame = frame.data
  }

  /// Whether enough is known to begin a container with it.
  var isReady: Bool {
    switch track.codec {
    case .h264, .hevc, .aac: hasBegun && !track.configuration.isEmpty
    default: hasBegun
    }
  }

  /// What it lacks to begin a container with it.
  var lack: String {
    hasBegun
      ? "its parameter sets did not come"
      : "no keyframe came, \(Quantity.counted(early, "frame")) without one"
  }

  /// Since the track's first frame.
  func seconds(_ timestamp: Int64) -> Double {
    Double(timestamp - start) / Double(track.clockRate)
  }

  /// Since the beginning of all tracks.
  func ticks(_ frame: RTPFrame) -> Int64 {
    frame.timestamp - start + Int64((offset * Double(track.clockRate)).rounded())
  }

  /// When its first frame came, in seconds, by the packets before it.
  var arrival: Double {
    let source = track.source
    let first = Double(source.firstTime ?? 0) / 1e9
    guard let ticks = source.firstTicks else { return first }
    return first + Double(start - ticks) / Double(track.clockRate)
  }

  /// The sender's wall clock at its first frame, nanoseconds since 1970.
  func wallClock(_ session: RTPSession) -> Nanoseconds? {
    session.facts(track.source)?.wallClock(
      RTPTimestamp(rawValue: UInt32(truncatingIfNeeded: start)), clockRate: track.clockRate)
  }

  mutating func beginTimes(_ format: RTPContainerFormat) {
    // Containers count sound by its samples; FFmpeg takes no time twice.
    let rate = track.kind == .audio ? muxerTrack(format).sampleRate : 0
    let step = rate > 0 ? (Int64(track.clockRate) + Int64(rate) - 1) / Int64(rate) : 1
    times = DecodeTimes(depth: track.reorderDepth, step: step)
  }

  func muxerTrack(_ format: RTPContainerFormat) -> MuxerTrack {
    var result = MuxerTrack(
      codec: track.codec.rawValue, ticksPerSecond: Int32(clamping: track.clockRate))
    result.configuration = configuration
    let info = CodecInfo(track.codec, configuration: result.configuration)
    let size = pictureSize ?? (info.width ?? 0, info.height ?? 0)
    (result.width, result.height) = size
    if track.kind == .audio {
      result.sampleRate = info.sampleRate ?? track.sampleRate
      result.channels = info.channels ?? track.channels ?? 1
    }
    if track.codec == .hevc, format.isISO { result.codecTag = "hvc1" }
    if track.codec == .vp9 { result.describeSamples(ofVP9: firstFrame) }
    return result
  }

  /// What the container needs, where the depacketizer has none.
  ///
  /// Opus over RTP has no header of its own: channels are those of the first packet, and nothing is
  /// known of the encoder's delay. AV1's stands in the first frame.
  private var configuration: [UInt8] {
    var writer = ByteWriter()
    var reader = ByteReader(firstFrame.span)
    switch track.codec {
    case .opus:
      let isStereo = (try? OpusPacket(parsing: &reader))?.isStereo ?? true
      OpusHead(channels: isStereo ? 2 : 1, preSkip: 0, inputSampleRate: 48_000).write(to: &writer)
    case .av1:
      guard let record = try? AV1CodecConfigurationRecord(obus: firstFrame.span.bytes) else {
        return []
      }
      record.write(to: &writer)
    default: return track.configuration
    }
    return writer.bytes
  }

  /// What the first frame says of its size.
  private var pictureSize: (Int, Int)? {
    var reader = ByteReader(firstFrame.span)
    switch track.codec {
    case .vp8:
      return (try? VP8FrameHeader(parsing: &reader))?.keyFrame.map { ($0.width, $0.height) }
    case .vp9:
      return (try? VP9FrameHeader(frame: firstFrame.span.bytes))?.size.map {
        ($0.width, $0.height)
      }
    default: break
    }
    switch track.codec.rawValue {
    case "mjpeg": return Self.jpegSize(firstFrame)
    case "mpeg4":
      let configuration = track.configuration
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
