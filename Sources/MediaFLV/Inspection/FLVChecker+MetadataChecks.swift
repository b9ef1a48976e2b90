import MediaBitstream
import MediaBytes
import MediaModel

extension FLVChecker {
  /// What was measured of the whole input, to hold `onMetaData` against.
  struct Measured {
    var streams: [FLVStream]
    var timing: TimingChecks
    /// Bytes of the input, those told to be missing among them; nil where that is not known.
    var byteCount: Int?
    /// Whether this is one file that ends where it should.
    var isWhole: Bool

    init(streams: [FLVStream], timing: TimingChecks, isWhole: Bool) {
      self.streams = streams
      self.timing = timing
      self.isWhole = isWhole
    }

    // MARK: The file

    mutating func checkFile(_ metadata: FLVFacts.Metadata, _ found: inout [Finding]) {
      let value = metadata.value
      var unfilled: [String] = []
      if let size = value.fileSize {
        if size == 0 {
          unfilled.append("filesize")
        } else if let byteCount, size != Double(byteCount) {
          // Cut between two tags: duration and index are about a file that was longer.
          if size > Double(byteCount) { isWhole = false }
          found.append(
            Finding(
              .metadataFileSize,
              "filesize is \(number(size)), the input has \(counted(byteCount, "byte"))",
              offset: metadata.offset))
        }
      }
      if let duration = value.duration {
        if duration == 0, measuredDuration ?? 0 > 0 {
          unfilled.append("duration")
        } else if let told = wrongDuration(duration) {
          found.append(Finding(.metadataDuration, told, offset: metadata.offset))
        }
      }
      guard !unfilled.isEmpty else { return }
      let verb = unfilled.count == 1 ? "is" : "are"
      found.append(
        Finding(
          .metadataUnfilled, unfilled.joined(separator: " and ") + " \(verb) 0",
          offset: metadata.offset))
    }

    /// Seconds from the first frame to the end of the last.
    private var measuredDuration: Double? {
      guard let start = streams.compactMap(\.dts?.lowerBound).min(), let end else { return nil }
      return end - Double(start) / 1000
    }

    private var end: Double? {
      streams.compactMap { stream in
        stream.pts.map { Double($0.upperBound) / 1000 + (stream.meanFrameDuration ?? 0) }
      }.max()
    }

    /// Writers count from 0 or from the first timestamp, to the last timestamp or to the end of the
    /// last frame, and seldom know exactly how long that is.
    private func wrongDuration(_ duration: Double) -> String? {
      guard isWhole, timing.isContinuous, let end, let measuredDuration,
        let last = streams.compactMap(\.dts?.upperBound).max(),
        let longestFrame = streams.compactMap({ timing.steps($0.index).longestFrame }).max()
      else { return nil }
      let tolerance = Double(longestFrame + 2) / 1000
      let counted = (Double(last) / 1000 - tolerance)...(end + tolerance)
      if counted.contains(duration) || counted.contains(duration + end - measuredDuration) {
        return nil
      }
      return "duration is \(number(duration)) s, the frames last \(number(measuredDuration)) s"
    }

    // MARK: Tracks

    func checkTracks(_ metadata: FLVFacts.Metadata, _ found: inout [Finding]) {
      let value = metadata.value
      var told: [(FindingCode, String, Int?)] = []
      told += video(value, stream(.video, 0) ?? streams.first { $0.kind == .video }, "")
      told += audio(value, stream(.audio, 0) ?? streams.first { $0.kind == .audio }, "")
      for track in value.videoTracks {
        let path = "videoTrackIdInfoMap.\(track.id)."
        told += video(track.info, stream(.video, track.id), path)
      }
      for track in value.audioTracks {
        let path = "audioTrackIdInfoMap.\(track.id)."
        told += audio(track.info, stream(.audio, track.id), path)
      }
      found += told.map { Finding($0.0, $0.1, offset: metadata.offset, stream: $0.2) }
    }

    private func stream(_ kind: MediaKind, _ trackID: Int) -> FLVStream? {
      streams.first { $0.kind == kind && Int($0.trackID) == trackID }
    }

    private func video(
      _ info: FLVMetadata, _ stream: FLVStream?, _ path: String
    ) -> [(FindingCode, String, Int?)] {
      guard let stream else { return absent(info.videoCodecID, path + "videocodecid", "video") }
      var told: [(FindingCode, String, Int?)] = []
      if let id = info.videoCodecID, !id.isVideo(of: stream) {
        told.append(
          (
            .metadataCodec, "\(path)videocodecid is \(id.words), the video is \(stream.codecWords)",
            stream.index
          ))
      }
      if let text = wrongSize(info, stream, path) {
        told.append((.metadataSize, text, stream.index))
      }
      if let rate = info.frameRate, let text = wrongFrameRate(rate, stream) {
        told.append((.metadataFrameRate, path + text, stream.index))
      }
      return told
    }

    private func audio(
      _ info: FLVMetadata, _ stream: FLVStream?, _ path: String
    ) -> [(FindingCode, String, Int?)] {
      guard let stream else { return absent(info.audioCodecID, path + "audiocodecid", "sound") }
      var told: [(FindingCode, String, Int?)] = []
      if let id = info.audioCodecID, !id.isAudio(of: stream) {
        told.append(
          (
            .metadataCodec, "\(path)audiocodecid is \(id.words), the sound is \(stream.codecWords)",
            stream.index
          ))
      }
      for text in FLVSoundForms(stream)?.contradictions(to: info) ?? [] {
        told.append((.metadataAudio, path + text, stream.index))
      }
      return told
    }

    /// A codec is named though there is no such track; writers put 0 there for none.
    private func absent(
      _ id: FLVMetadata.CodecID?, _ path: String, _ content: String
    ) -> [(FindingCode, String, Int?)] {
      guard let id, id != .id(0), isWhole else { return [] }
      return [(.metadataCodec, "\(path) is \(id.words), but there is no \(content)", nil)]
    }

    private func wrongSize(
      _ info: FLVMetadata, _ stream: FLVStream, _ path: String
    ) -> String? {
      // Metadata cannot tell of a size that changes on the way.
      guard stream.configurationChanges == 0,
        let size = stream.pictureSize
          ?? pictureSize(of: stream.codec, configuration: stream.configuration)
      else { return nil }
      let wrong = [("width", info.width, size.width), ("height", info.height, size.height)]
        .compactMap { name, told, measured -> String? in
          guard let told, told != 0, told != Double(measured) else { return nil }
          return "\(path)\(name) is \(number(told))"
        }
      if wrong.isEmpty { return nil }
      return wrong.joined(separator: " and ") + ", the pictures are \(size.width)x\(size.height)"
    }

    private func wrongFrameRate(_ rate: Double, _ stream: FLVStream) -> String? {
      guard rate != 0, let measured = timing.steps(stream.index).frameRate,
        !measured.lawful.contains(rate)
      else { return nil }
      return "framerate is \(number(rate)), "
        + "the video has \(number(measured.mean)) frames per second"
    }
  }
}

/// The size of the pictures that a configuration is about; nil where it does not tell.
func pictureSize(of codec: Codec?, configuration: [UInt8]?) -> FLVPictureSize? {
  guard codec == .av1, let configuration else { return nil }
  var reader = ByteReader(configuration.span)
  do throws(ParseError) {
    let header = try AV1CodecConfigurationRecord(parsing: &reader).sequenceHeader
    return header.map { FLVPictureSize(width: $0.maxFrameWidth, height: $0.maxFrameHeight) }
  } catch {
    // A finding of its own tells.
    return nil
  }
}

/// The rates and channels that metadata may tell of a track.
private struct FLVSoundForms {
  var rates: [Int]
  var channels: [Int]
  /// Whether `rates` are all that the track's own header can say, so that others prove nothing.
  var isCoarse: Bool

  private init(rates: [Int], channels: [Int], isCoarse: Bool) {
    self.rates = rates
    self.channels = channels
    self.isCoarse = isCoarse
  }

  init?(_ stream: FLVStream) {
    if stream.codec == .aac, let configuration = stream.configuration {
      var bits = BitReader(ByteReader(configuration.span))
      do throws(ParseError) {
        self.init(try AudioSpecificConfig(parsing: &bits))
      } catch {
        // A finding of its own tells.
        return nil
      }
    } else if stream.fourCC == nil, let header = stream.soundHeader,
      let rate = header.sampleRate, let count = header.channels
    {
      self.init(rates: [rate], channels: [count], isCoarse: true)
    } else {
      return nil
    }
  }

  init(_ config: AudioSpecificConfig) {
    isCoarse = false
    rates = [config.samplingFrequency]
    if let rate = config.extensionSamplingFrequency { rates.append(rate) }
    // Spectral band replication and parametric stereo may be there without being signalled.
    let isLow = config.samplingFrequency <= 24_000
    if isLow { rates.append(2 * config.samplingFrequency) }
    switch config.channelConfiguration {
    case 1: channels = isLow || config.hasPS ? [1, 2] : [1]
    case 2...6: channels = [Int(config.channelConfiguration)]
    case 7, 12, 14: channels = [8]
    case 11: channels = [7]
    default: channels = []
    }
  }

  func contradictions(to info: FLVMetadata) -> [String] {
    var told: [String] = []
    if let rate = info.audioSampleRate, rate != 0, !isCoarse || Self.isCoarse(rate),
      !rates.contains(where: { abs(rate - Double($0)) <= 0.01 * rate })
    {
      told.append("audiosamplerate is \(number(rate)), the sound has \(list(rates)) Hz")
    }
    guard !channels.isEmpty else { return told }
    let counts = counted(channels.last ?? 0, "channel")
    if let count = info.audioChannels, count != 0,
      !channels.contains(where: { Double($0) == count })
    {
      told.append("audiochannels is \(number(count)), the sound has \(counts)")
    }
    if let isStereo = info.isStereo,
      !channels.contains(where: { isStereo ? $0 != 1 : $0 != 2 })
    {
      told.append("stereo is \(isStereo), the sound has \(counts)")
    }
    return told
  }

  /// Whether `SoundRate`, or a format of a fixed rate, could have told this rate.
  private static func isCoarse(_ rate: Double) -> Bool {
    [5500, 11_025, 22_050, 44_100].contains { abs(rate - $0) <= 0.01 * rate }
  }

  private func list(_ values: [Int]) -> String {
    values.map(String.init).joined(separator: " or ")
  }
}

// MARK: - Codecs by name

extension FLVMetadata.CodecID {
  fileprivate func isVideo(of stream: FLVStream) -> Bool {
    if case .id(let id) = self {
      let codecID = FLVVideoCodecID(rawValue: id)
      return codecID == stream.codecID || codecID.codec.map { $0 == stream.codec } ?? false
    }
    guard let fourCC else { return false }
    return fourCC == stream.fourCC || fourCC.videoCodec.map { $0 == stream.codec } ?? false
  }

  fileprivate func isAudio(of stream: FLVStream) -> Bool {
    if case .id(let id) = self {
      // Writers tell one number for all kinds of PCM and of Nellymoser.
      let header = FLVSoundHeader(
        FLVSoundFormat(rawValue: id), is16Bit: stream.soundHeader?.is16Bit ?? true)
      return stream.fourCC == nil && header.format == stream.soundHeader?.format
        || header.codec.map { $0 == stream.codec } ?? false
    }
    guard let fourCC else { return false }
    return fourCC == stream.fourCC || fourCC.audioCodec.map { $0 == stream.codec } ?? false
  }

  fileprivate var words: String {
    switch self {
    case .id(let id): "\(id)"
    case .fourCC(let code): "\(code.rawValue) (\(code))"
    case .text(let text): AMFString(text).quoted
    }
  }
}

extension FLVStream {
  fileprivate var codecWords: String {
    let name = codec?.rawValue ?? "of an unknown codec"
    if let fourCC { return "\(name) (\(fourCC))" }
    if let codecID { return "\(name) (\(codecID.rawValue))" }
    if let soundHeader { return "\(name) (\(soundHeader.format.rawValue))" }
    return name
  }
}

/// To a thousandth, without a fraction where there is none.
private func number(_ value: Double) -> String {
  AMFValue.number(abs(value) < 1e12 ? (value * 1000).rounded() / 1000 : value).description
}
