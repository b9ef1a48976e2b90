internal import MediaBitstream
internal import MediaBytes
internal import MediaFLV
internal import MediaModel
internal import MediaRTMP

/// The frames of an input that is no FLV as messages: the first track of pictures and the first of
/// sound.
final class FrameMessages: PushReading {
  private var source: any FrameSource
  private let sourceNotes: () -> [String]
  private var writers: [Int: FLVFrameWriter] = [:]
  private var queue: ArraySlice<PushMessage> = []
  private var ownNotes: [String] = []
  /// What is added so that no time is negative, in milliseconds.
  private var shift: Int64?

  /// Frames of a source; `lead` is by how many milliseconds the first may lie before time 0, where
  /// that is known beforehand.
  ///
  /// - Throws: `Failure` for a codec that RTMP does not carry.
  init(_ opened: FrameSources.Opened, hevcIsDialect: Bool, lead: Int64? = nil) throws {
    (source, sourceNotes, shift) = (opened.source, opened.notes, lead)
    for track in source.tracks {
      guard !writers.values.contains(where: { $0.track.kind == track.kind }) else {
        ownNotes.append(
          "only the first track of \(track.kind.rawValue) is sent; track \(track.index) is left out"
        )
        continue
      }
      writers[track.index] = try FLVFrameWriter(track, hevcIsDialect: hevcIsDialect)
    }
    let all = writers.values.sorted { $0.track.kind.rawValue > $1.track.kind.rawValue }
    queue.append(metadata(all.map(\.track), all))
    queue += all.compactMap(\.configurationMessage)
  }

  var notes: [String] { ownNotes + sourceNotes() }

  func next() throws -> PushMessage? {
    while true {
      if let message = queue.popFirst() { return message }
      guard let frame = try source.next() else { return nil }
      guard let writer = writers[frame.track] else { continue }
      for var message in writer.messages(frame) {
        let shift = shift ?? max(0, -message.time)
        self.shift = shift
        message.time += shift
        queue.append(message)
      }
    }
  }

  /// `onMetaData`, from which some servers and players learn what is to come.
  private func metadata(_ tracks: [Track], _ writers: [FLVFrameWriter]) -> PushMessage {
    var properties: [AMFProperty] = []
    func add(_ name: AMFString, _ value: Double?) {
      if let value { properties.append(AMFProperty(name, .number(value))) }
    }
    for writer in writers {
      let track = writer.track
      if track.kind == .video {
        add("width", track.width.map(Double.init))
        add("height", track.height.map(Double.init))
        add("videocodecid", writer.codecNumber)
      } else {
        add("audiocodecid", writer.codecNumber)
        add("audiosamplerate", track.sampleRate.map(Double.init))
        add("audiochannels", track.channels.map(Double.init))
        if let channels = track.channels {
          properties.append(AMFProperty("stereo", .boolean(channels == 2)))
        }
      }
    }
    properties.append(AMFProperty("encoder", .string(AMFString("mediatool \(Tool.version)"))))
    let script = FLVScriptData(
      FLVScriptData.setDataFrame,
      [.string("onMetaData"), .ecmaArray(AMFECMAArray(properties))])
    var body = ByteWriter()
    script.write(to: &body)
    return PushMessage(type: .data, time: 0, payload: body.bytes, role: .metadata)
  }
}

/// Writes the frames of a track as bodies of FLV tags: as classic FLV has them where it knows the
/// codec, else as Enhanced RTMP does.
final class FLVFrameWriter {
  private enum Form {
    case picture(FLVVideoCodecID)
    case sound(FLVSoundHeader)
    case enhanced(FourCC)
  }

  let track: Track
  private let form: Form
  private var configuration: [UInt8]
  private var last: Int64 = 0

  /// - Throws: `Failure` for a codec that RTMP does not carry.
  init(_ track: Track, hevcIsDialect: Bool) throws {
    guard let form = Self.form(of: track, hevcIsDialect: hevcIsDialect) else {
      let name = track.kind == .video ? "H.264" : "AAC"
      throw Failure(
        .unavailable,
        "track \(track.index) is \(track.codec), which RTMP does not carry; --transcode auto makes it "
          + name)
    }
    (self.track, self.form) = (track, form)
    configuration = Self.configuration(track.configuration, track.codec)
  }

  /// Whether RTMP carries the track's codec.
  static func carries(_ track: Track) -> Bool { form(of: track, hevcIsDialect: false) != nil }

  private static func form(of track: Track, hevcIsDialect: Bool) -> Form? {
    switch track.codec {
    case .h264: .picture(.avc)
    case .hevc: hevcIsDialect ? .picture(.hevcDialect) : .enhanced(.hvc1)
    case .av1: .enhanced(.av01)
    case .vp8: .enhanced(.vp08)
    case .vp9: .enhanced(.vp09)
    case .aac: .sound(FLVSoundHeader(.aac))
    case .mp3: mp3(track)
    case .opus: .enhanced(.opus)
    case .flac: .enhanced(.flac)
    case .ac3: .enhanced(.ac3)
    case .eac3: .enhanced(.eac3)
    default: nil
    }
  }

  /// The classic form knows four rates, 8 kHz under a number of its own that hardly anything reads.
  private static func mp3(_ track: Track) -> Form {
    let isStereo = track.channels != 1
    switch track.sampleRate {
    case 44_100: return .sound(FLVSoundHeader(.mp3, rateCode: 3, isStereo: isStereo))
    case 22_050: return .sound(FLVSoundHeader(.mp3, rateCode: 2, isStereo: isStereo))
    case 11_025: return .sound(FLVSoundHeader(.mp3, rateCode: 1, isStereo: isStereo))
    default: return .enhanced(.mp3)
    }
  }

  /// `fLaC` and blocks, where FFmpeg keeps the first block's bare content.
  private static func configuration(_ bytes: [UInt8], _ codec: Codec) -> [UInt8] {
    guard codec == .flac, bytes.count == 34 else { return bytes }
    return Array("fLaC".utf8) + [0x80, 0, 0, 34] + bytes
  }

  /// `videocodecid` or `audiocodecid`.
  var codecNumber: Double {
    switch form {
    case .picture(let id): Double(id.rawValue)
    case .sound(let header): Double(header.format.rawValue)
    case .enhanced(let fourCC): Double(fourCC.rawValue)
    }
  }

  /// The sequence header; nil where there is none.
  var configurationMessage: PushMessage? {
    guard !configuration.isEmpty else { return nil }
    let whole = 0..<configuration.count
    switch form {
    case .picture(let id): return video(FLVVideoBody(id, .sequenceHeader, .key, payload: whole))
    case .sound(let header):
      guard header.format == .aac else { return nil }
      return audio(FLVAudioBody(header, .sequenceHeader, payload: whole))
    case .enhanced(let fourCC) where track.kind == .video:
      return video(FLVVideoBody(.sequenceStart, fourCC, .key, payload: whole))
    case .enhanced(let fourCC): return audio(FLVAudioBody(.sequenceStart, fourCC, payload: whole))
    }
  }

  /// A frame, behind what of the configuration has changed before it.
  func messages(_ frame: Frame) -> [PushMessage] {
    var messages: [PushMessage] = []
    let new = frame.configuration.map { Self.configuration($0, track.codec) } ?? inBand(frame)
    let dts = milliseconds(frame.dts ?? frame.pts) ?? last
    let pts = milliseconds(frame.pts) ?? dts
    last = dts
    if let new, new != configuration {
      configuration = new
      if var message = configurationMessage {
        message.time = dts
        messages.append(message)
      }
    }
    var message = body(frame, offset: Int32(clamping: pts - dts))
    message.time = dts
    messages.append(message)
    return messages
  }

  private func body(_ frame: Frame, offset: Int32) -> PushMessage {
    let whole = 0..<frame.data.count
    let type: FLVFrameType = frame.isKey ? .key : .inter
    switch form {
    case .picture(let id):
      return video(
        FLVVideoBody(id, .nalu, type, compositionTimeOffset: offset, payload: whole), frame.data)
    case .sound(let header):
      let packet: FLVAACPacketType? = header.format == .aac ? .raw : nil
      return audio(FLVAudioBody(header, packet, payload: whole), frame.data)
    case .enhanced(let fourCC) where track.kind == .video:
      let hasOffset = fourCC.hasCompositionTime && offset != 0
      return video(
        FLVVideoBody(
          fourCC.hasCompositionTime && !hasOffset ? .codedFramesX : .codedFrames, fourCC, type,
          compositionTimeOffset: hasOffset ? offset : 0, payload: whole), frame.data)
    case .enhanced(let fourCC):
      return audio(FLVAudioBody(.codedFrames, fourCC, payload: whole), frame.data)
    }
  }

  /// What key frames say of their codec, where the container says nothing.
  private func inBand(_ frame: Frame) -> [UInt8]? {
    guard configuration.isEmpty, frame.isKey else { return nil }
    var writer = ByteWriter()
    switch track.codec {
    case .vp9:
      guard let header = try? VP9FrameHeader(frame: frame.data.span.bytes),
        let record = VPCodecConfigurationRecord(keyFrame: header)
      else { return nil }
      record.write(to: &writer)
    case .av1:
      guard let record = try? AV1CodecConfigurationRecord(obus: frame.data.span.bytes) else {
        return nil
      }
      record.write(to: &writer)
    default: return nil
    }
    return writer.bytes
  }

  /// nil also for times that nobody can mean, which sums of times must not trip over.
  private func milliseconds(_ ticks: Int64?) -> Int64? {
    ticks.flatMap {
      MediaTime(ticks: $0, timescale: track.timescale).rescaled(to: .milliseconds)?.ticks
    }.flatMap { $0.magnitude < 1 << 48 ? $0 : nil }
  }

  private func video(_ body: FLVVideoBody, _ data: [UInt8]? = nil) -> PushMessage {
    let data = data ?? configuration
    var writer = ByteWriter(capacity: data.count + 16)
    body.write(to: &writer, copying: data.span.bytes)
    return message(.video, writer.bytes)
  }

  private func audio(_ body: FLVAudioBody, _ data: [UInt8]? = nil) -> PushMessage {
    let data = data ?? configuration
    var writer = ByteWriter(capacity: data.count + 16)
    body.write(to: &writer, copying: data.span.bytes)
    return message(.audio, writer.bytes)
  }

  private func message(_ type: RTMPMessageType, _ bytes: [UInt8]) -> PushMessage {
    var classifier = FLVBodyClassifier()
    return classifier.message(type, bytes)
  }
}
