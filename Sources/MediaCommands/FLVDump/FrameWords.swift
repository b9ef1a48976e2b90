internal import MediaBitstream
internal import MediaBytes
internal import MediaFLV
internal import MediaModel

/// What a frame's own first bytes say, in a few words; nil where its codec says nothing there.
enum FrameWords {
  /// A frame of sound; `header` is that of the older form.
  static func sound(_ codec: Codec?, _ payload: RawSpan, _ header: FLVSoundHeader?) -> String? {
    var reader = ByteReader(payload)
    do throws(ParseError) {
      switch codec {
      case .aac: return nil
      case .mp3:
        let head = try MPEGAudioHeader(parsing: &reader)
        let rate = head.bitRate.map { "\($0 / 1000) kb/s" } ?? "free format"
        return "\(rate) \(head.samplingFrequency) Hz \(head.channelLayout)"
      case .ac3, .eac3:
        let head = try AC3Syncframe(parsing: &reader)
        return "\(head.bitRate / 1000) kb/s \(head.sampleRate) Hz \(head.channelLayout)"
      case .opus: return milliseconds(ticksOf48kHz: try OpusPacket(parsing: &reader).samples)
      case .flac: return try FLACFrameHeader(parsing: &reader).summary
      default: return sound(header)
      }
    } catch {
      return "unreadable"
    }
  }

  /// Sound in the older form, as its first byte tells it.
  private static func sound(_ header: FLVSoundHeader?) -> String? {
    guard let header, let rate = header.sampleRate, let channels = header.channels else {
      return nil
    }
    let isPCM = header.codec == .pcmS16LE || header.codec == .pcmU8
    let depth = isPCM ? (header.is16Bit ? " 16 bits" : " 8 bits") : ""
    return "\(rate) Hz \(channels == 1 ? "mono" : "stereo")" + depth
  }

  /// Such as `20 ms` or `2.5 ms`.
  private static func milliseconds(ticksOf48kHz ticks: Int) -> String {
    ticks % 48 == 0 ? "\(ticks / 48) ms" : "\(ticks / 48).5 ms"
  }

  /// A picture of a codec without NAL units; `sequence` is the AV1 header in force, which it may
  /// replace.
  static func picture(
    _ codec: Codec?, _ payload: RawSpan, _ size: FLVPictureSize?,
    av1 sequence: inout AV1SequenceHeader?
  ) -> String? {
    var reader = ByteReader(payload)
    do throws(ParseError) {
      switch codec {
      case .vp8:
        let header = try VP8FrameHeader(parsing: &reader)
        guard let key = header.keyFrame else { return "inter frame" + hidden(header.isShown) }
        return "key frame \(key.width)x\(key.height)" + hidden(header.isShown)
      case .vp9: return try vp9(payload)
      case .av1: return try av1(payload, &sequence)
      default: return size.map { "\($0.width)x\($0.height)" }
      }
    } catch {
      return "unreadable"
    }
  }

  private static func vp9(_ payload: RawSpan) throws(ParseError) -> String {
    var words: [String] = []
    for range in try VP9Superframe(packet: payload).frames {
      let header = try VP9FrameHeader(frame: payload.extracting(range))
      if let index = header.existingFrameToShow {
        words.append("shows frame \(index)")
        continue
      }
      let kind =
        header.isKey ? "key frame" : header.isIntraOnly ? "intra-only frame" : "inter frame"
      let size = header.size.map { " \($0.width)x\($0.height)" } ?? ""
      words.append(kind + size + hidden(header.isShown))
    }
    return words.joined(separator: ", ")
  }

  private static func av1(
    _ payload: RawSpan, _ sequence: inout AV1SequenceHeader?
  ) throws(ParseError) -> String {
    let unit = try AV1TemporalUnit(payload, sequence: sequence)
    var words: [String] = []
    if let header = unit.sequenceHeader {
      sequence = header
      words.append("sequence header")
    }
    let named = unit.frames.prefix(32)
    for frame in named {
      if let index = frame.existingFrameToShow {
        words.append("shows frame \(index)")
        continue
      }
      // The header in force tells the largest size, and in practice that of key frames.
      let size =
        frame.type == .key ? sequence.map { " \($0.maxFrameWidth)x\($0.maxFrameHeight)" } : nil
      words.append((frame.type?.name ?? "") + " frame" + (size ?? "") + hidden(frame.isShown))
    }
    if unit.frameCount > named.count { words.append("\(unit.frameCount - named.count) more") }
    return words.joined(separator: ", ")
  }

  private static func hidden(_ isShown: Bool) -> String { isShown ? "" : " hidden" }

  // MARK: Channels

  /// Such as `5.1: FL FR FC LFE BL BR`.
  static func channels(_ payload: RawSpan) -> String {
    var reader = ByteReader(payload)
    do throws(ParseError) {
      let config = try FLVMultichannelConfig(parsing: &reader)
      let count = config.channelCount
      let number = count == 1 ? "1 channel" : "\(count) channels"
      guard let speakers = config.speakers else { return "\(number) in no told order" }
      let names = speakers.map { $0.abbreviation ?? $0.name ?? "reserved (\($0.rawValue))" }
      let layout = config.isConsistent ? layouts[names] ?? number : number
      return "\(layout): " + names.joined(separator: " ")
    } catch {
      return "unreadable"
    }
  }

  /// FFmpeg's names of layouts.
  private static let layouts: [[String]: String] = {
    let table = [
      "mono": "FC", "stereo": "FL FR", "2.1": "FL FR LFE", "3.0": "FL FR FC",
      "3.1": "FL FR FC LFE", "4.0": "FL FR FC BC", "4.1": "FL FR FC LFE BC",
      "quad": "FL FR BL BR", "quad(side)": "FL FR SL SR", "5.0": "FL FR FC BL BR",
      "5.0(side)": "FL FR FC SL SR", "5.1": "FL FR FC LFE BL BR",
      "5.1(side)": "FL FR FC LFE SL SR", "6.1": "FL FR FC LFE BC SL SR",
      "7.0": "FL FR FC BL BR SL SR", "7.1": "FL FR FC LFE BL BR SL SR",
      "7.1(wide)": "FL FR FC LFE BL BR FLC FRC",
    ]
    return Dictionary(
      uniqueKeysWithValues: table.map { ($1.split(separator: " ").map(String.init), $0) })
  }()
}
