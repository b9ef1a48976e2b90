internal import MediaBitstream
internal import MediaBytes
internal import MediaFFmpeg
internal import MediaFLV
internal import MediaModel

/// The frames of anything that FFmpeg demuxes.
final class DemuxerSource: FrameSource {
  /// What codes a track anew; nil for one that goes as it is.
  typealias Recoding = (Demuxer, _ streamIndex: Int, Track) throws -> Transcoder?

  private(set) var tracks: [Track]
  /// What a user should know about what is left out.
  private(set) var notes: [String] = []

  private enum Conversion {
    case none
    case nalUnits(NALUnitFraming)
    case adts
  }
  private struct Stream {
    var track: Int
    var conversion: Conversion
    /// What a tick of FFmpeg's is worth in ticks of the track.
    var factor: Int64
    var transcoder: Transcoder?
    /// Packets that could not be decoded.
    var undecodable = 0
  }

  private let demuxer: Demuxer
  private let packet: Packet
  private var streams: [Int: Stream]
  /// The configuration of each track by now, and those that the next frame is the first of.
  private var configurations: [[UInt8]]
  private var changed: [Int: [UInt8]] = [:]
  /// Frames that were read to learn what the container does not say.
  private var queue: ArraySlice<Frame> = []

  /// How many frames that may take.
  private static let lookahead = 1000
  /// Frames out of transcoders, in the order in which they came.
  private var recoded: ArraySlice<Frame> = []
  private var isAtEnd = false

  /// Throws where nothing in it is sound or picture.
  init(_ demuxer: Demuxer, recoding: Recoding? = nil) throws {
    self.demuxer = demuxer
    packet = try Packet()
    var tracks: [Track] = []
    var streams: [Int: Stream] = [:]
    for stream in demuxer.describe().streams {
      let isAttached = stream.dispositions.contains { $0.name == "attached_pic" && $0.isSet }
      guard stream.kind == .video && !isAttached || stream.kind == .audio else {
        notes.append(
          "stream \(stream.index) (\(stream.codecName ?? stream.kind.rawValue)) is neither sound nor "
            + "moving picture and is left out")
        continue
      }
      let (track, factor) = try Self.track(stream, index: tracks.count)
      let transcoder = try recoding?(demuxer, stream.index, track)
      streams[stream.index] = Stream(
        track: track.index, conversion: Self.conversion(stream.codecName, stream.extradata),
        factor: factor, transcoder: transcoder)
      tracks.append(transcoder?.track ?? track)
    }
    guard !tracks.isEmpty else {
      throw Failure(.dataError, "there is no sound and no picture in it")
    }
    self.tracks = tracks
    self.streams = streams
    configurations = tracks.map(\.configuration)
    demuxer.discard { streams[$0] != nil }
    try learnConfigurations()
  }

  /// Transport streams say what AAC is in each frame, and nowhere else.
  private func learnConfigurations() throws {
    func isUnknown() -> Bool {
      streams.values.contains {
        if case .adts = $0.conversion { tracks[$0.track].configuration.isEmpty } else { false }
      }
    }
    while isUnknown(), queue.count < Self.lookahead, let frame = try read() {
      if let configuration = frame.configuration, tracks[frame.track].configuration.isEmpty {
        tracks[frame.track].configuration = configuration
      }
      queue.append(frame)
    }
  }

  private static func conversion(_ name: String?, _ extradata: [UInt8]) -> Conversion {
    switch name {
    case "h264", "hevc":
      // A record begins with its version, 1; anything else is a byte stream.
      guard extradata.first == 1 else { return .nalUnits(.annexB) }
      let codec = name.map(Codec.init(rawValue:))
      let size = NALUnitLengthSize(configuration: extradata, of: codec) ?? .four
      return size == .four ? .none : .nalUnits(.lengthPrefixed(size))
    case "aac": return extradata.isEmpty ? .adts : .none
    default: return .none
    }
  }

  private static func track(
    _ stream: StreamDescription, index: Int
  ) throws -> (Track, factor: Int64) {
    let scale = Timescale(UInt32(clamping: stream.timeBase.denominator)) ?? .microseconds
    var track = Track(
      index: index, kind: stream.kind == .video ? .video : .audio,
      codec: Codec(rawValue: stream.codecName ?? "unknown"), timescale: scale)
    track.configuration = configuration(stream.extradata, track.codec)
    if stream.kind == .video {
      (track.width, track.height) = (stream.width, stream.height)
    } else {
      (track.sampleRate, track.channels) = (stream.sampleRate, stream.channelCount)
    }
    return (track, Int64(max(stream.timeBase.numerator, 1)))
  }

  /// FFmpeg's extradata as a track has it; parameter sets in a byte stream become a record, or
  /// nothing where they cannot.
  private static func configuration(_ bytes: [UInt8], _ codec: Codec) -> [UInt8] {
    guard codec == .h264 || codec == .hevc, bytes.first != 1 else { return bytes }
    var builder = AccessUnitBuilder(isH265: codec == .hevc)
    var cursor = NALUnitCursor(.annexB)
    let span = bytes.span.bytes
    while let range = try? cursor.next(in: span) { builder.take(span.extracting(range)) }
    return builder.configuration
  }

  func next() throws -> Frame? { try queue.popFirst() ?? read() }

  private func read() throws -> Frame? {
    while true {
      if let frame = try recoded.popFirst() ?? readPacket() { return frame }
      guard !recoded.isEmpty else { return nil }
    }
  }

  /// The next frame that goes as it is; nil at the end, and where transcoders gave some.
  private func readPacket() throws -> Frame? {
    while try !isAtEnd && demuxer.read(into: packet) {
      guard let index = streams[packet.streamIndex]?.track, packet.byteCount > 0 else { continue }
      if let transcoder = streams[packet.streamIndex]?.transcoder {
        try transcode(by: transcoder)
        guard recoded.isEmpty else { return nil }
        continue
      }
      let codec = tracks[index].codec
      if let extradata = packet.newExtradata {
        // NAL units may be framed otherwise from here on.
        streams[packet.streamIndex]?.conversion = Self.conversion(codec.rawValue, extradata)
        learn(Self.configuration(extradata, codec), index)
      }
      guard let stream = streams[packet.streamIndex], var frame = try frame(stream) else {
        continue
      }
      frame.configuration = changed.removeValue(forKey: index)
      return frame
    }
    if !isAtEnd { try finishTranscoders() }
    isAtEnd = true
    return nil
  }

  private func transcode(by transcoder: Transcoder) throws {
    do {
      try transcoder.transcode(packet) { recoded.append($0) }
    } catch let error as FFmpegError where error.reason == .invalidData {
      streams[packet.streamIndex]?.undecodable += 1
    }
  }

  private func finishTranscoders() throws {
    for stream in streams.values.sorted(by: { $0.track < $1.track }) {
      guard let transcoder = stream.transcoder else { continue }
      try transcoder.finish { recoded.append($0) }
      if stream.undecodable > 0 {
        notes.append(
          "\(Quantity.counted(stream.undecodable, "packet")) of track \(stream.track) could not be "
            + "decoded")
      }
      if transcoder.droppedCount > 0 {
        notes.append(
          "\(Quantity.counted(transcoder.droppedCount, "frame")) of track \(stream.track) came after "
            + "later ones and are left out")
      }
    }
  }

  /// Notes what configuration the next frame has, where it is another.
  private func learn(_ configuration: [UInt8], _ track: Int) {
    guard !configuration.isEmpty, configuration != configurations[track] else { return }
    configurations[track] = configuration
    changed[track] = configuration
  }

  private func frame(_ stream: Stream) throws -> Frame? {
    let data = try packet.withPayload { payload -> [UInt8] in
      switch stream.conversion {
      case .none: return [UInt8](payload)
      case .nalUnits(let framing):
        var writer = ByteWriter(capacity: payload.count + 64)
        try framing.rewrite(payload.bytes, as: .lengthPrefixed(.four), into: &writer)
        return writer.bytes
      case .adts:
        var reader = ByteReader(payload.bytes)
        guard let header = try? ADTSHeader(parsing: &reader),
          header.frameLength <= payload.count
        else { return [UInt8](payload) }
        learn(try ADTSSource.track(header, index: stream.track).configuration, stream.track)
        return [UInt8](payload[header.byteCount..<header.frameLength])
      }
    }
    guard !data.isEmpty else { return nil }
    var frame = Frame(track: stream.track, data: data)
    frame.dts = packet.dts.map { $0.multipliedOrMax(stream.factor) }
    frame.pts = packet.pts.map { $0.multipliedOrMax(stream.factor) }
    frame.duration = packet.duration > 0 ? packet.duration.multipliedOrMax(stream.factor) : nil
    frame.isKey = packet.isKey
    frame.isDamaged = packet.isCorrupt
    frame.offset = packet.position.map(Int.init)
    return frame
  }
}

extension Int64 {
  /// The product; what does not fit is later than any time that there is.
  func multipliedOrMax(_ factor: Int64) -> Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }

  /// The sum with a number that is not negative, or the largest number.
  func addingOrMax(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
