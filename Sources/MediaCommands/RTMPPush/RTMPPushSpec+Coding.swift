internal import MediaCLI
internal import MediaFFmpeg

/// Options that say what raw input is, and how tracks are coded.
extension RTMPPush {
  static let rawVideo = Key<RawVideoInput>(
    "raw-video", value: "FORMAT:WxH@RATE",
    help: "INPUT is raw pictures, such as bgr24:1280x720@25; they become H.264"
  ) { text throws(UsageError) in
    do throws(RawInputError) {
      return try RawVideoInput(parsing: text)
    } catch { throw UsageError("\(error)") }
  }
  static let rawAudio = Key<RawSound>(
    "raw-audio", value: "FORMAT:RATE:CHANNELS[=FILE]",
    help: "FILE beside --raw-video, else INPUT, is raw samples, such as s16le:48000:2",
    parse: RawSound.init(parsing:))
  static let transcode = Key(
    "transcode", choices: Transcoding.self,
    help: "Encode tracks that RTMP does not carry as H.264 and AAC, and only those")
  static let videoBitRate = Key<Int64>(
    "video-bitrate", value: "BITS", help: "Of H.264, such as 2500k; else its quality is constant",
    parse: bits(in: 10_000...1_000_000_000))
  static let preset = Key(
    "preset", choices: Preset.self,
    help: "How fast H.264 is encoded, at the cost of size (veryfast)")
  static let keyframeInterval = DefaultedKey<Int64>(
    "keyframe-interval", value: "TIME", default: "2s", help: "Between keyframes that are encoded",
    parse: ValueParsers.positiveTime)
  static let audioBitRate = Key<Int64>(
    "audio-bitrate", value: "BITS", help: "Of AAC, such as 128k",
    parse: bits(in: 8000...1_000_000))
  static let addSilence = Flag(
    "add-silence", help: "Add silence in AAC to pictures that come without sound")

  static let coding = OptionGroup(
    "Encoding",
    [
      transcode, rawVideo, rawAudio, videoBitRate, preset, keyframeInterval, audioBitRate,
      addSilence,
    ])

  enum Transcoding: String, WordChoice { case auto }

  /// Of libx264.
  enum Preset: String, WordChoice {
    case ultrafast, superfast, veryfast, faster, fast, medium, slow, slower, veryslow, placebo
  }

  private static func bits(
    in range: ClosedRange<Int64>
  ) -> @Sendable (String) throws(UsageError) -> Int64 {
    { (text: String) throws(UsageError) -> Int64 in
      let bits = try ValueParsers.bitRate(text)
      guard range.contains(bits) else {
        throw UsageError(
          "must be a bit rate from \(range.lowerBound) to \(range.upperBound) bits per second")
      }
      return bits
    }
  }
}

/// Raw samples, and the file they are in where it is not the input.
struct RawSound: Equatable, Sendable {
  var input: RawAudioInput
  var file: String?

  init(parsing text: String) throws(UsageError) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    do throws(RawInputError) {
      input = try RawAudioInput(parsing: String(parts[0]))
    } catch { throw UsageError("\(error)") }
    file = parts.count > 1 ? String(parts[1]) : nil
    if file?.isEmpty == true {
      throw UsageError("no file behind '=', as in \(parts[0])=FILE")
    }
  }
}
