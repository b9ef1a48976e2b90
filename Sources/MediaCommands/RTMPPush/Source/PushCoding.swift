internal import MediaCLI
internal import MediaFFmpeg
internal import MediaIO
internal import MediaModel

/// A track that is encoded here.
struct EncodedTrack: Hashable, Sendable {
  var kind: MediaKind
  /// The codec of the input, in FFmpeg's words; nil where there is nothing but silence.
  var from: String?
  var to: String
  /// Whose work it is; nil for ours.
  var encoder: String?
  /// What a user should know about it.
  var note: String?

  /// Says that pictures are encoded in another size, as odd ones are.
  static func sizeNote(_ width: Int?, _ height: Int?, _ track: Track) -> String? {
    guard track.kind == .video, let width, let height,
      (track.width, track.height) != (width, height)
    else { return nil }
    return "pictures of \(width)x\(height) are encoded as \(track.width ?? 0)x\(track.height ?? 0)"
  }
}

/// What is encoded, and how.
struct PushCoding {
  var options = TranscoderOptions()
  /// Whether tracks that RTMP does not carry are encoded.
  var isAutomatic = false
  var video: RawVideoInput?
  var audio: RawSound?
  var addsSilence = false

  var isRaw: Bool { video != nil || audio != nil }

  /// Nothing is.
  init() {}

  init(_ arguments: ParsedArguments, input: String) throws {
    (video, audio) = (arguments[RTMPPush.rawVideo], arguments[RTMPPush.rawAudio])
    isAutomatic = arguments.given(RTMPPush.transcode)
    addsSilence = arguments[RTMPPush.addSilence]
    options.videoBitRate = arguments[RTMPPush.videoBitRate]
    options.audioBitRate = arguments[RTMPPush.audioBitRate]
    options.preset = arguments[RTMPPush.preset]?.rawValue
    options.keyframeInterval = arguments[RTMPPush.keyframeInterval]
    // Who publishes live waits for no later picture.
    (options.bFrames, options.isLowDelay) = (0, true)
    let needy: [any OptionDescribing] = [
      RTMPPush.videoBitRate, RTMPPush.audioBitRate, RTMPPush.preset, RTMPPush.keyframeInterval,
    ]
    for option in needy where arguments.given(option) && !isAutomatic && !isRaw {
      throw UsageError("\(option.spec.longWord) is for what is encoded: it needs --transcode auto")
    }
    try check(input)
    try checkFormats()
  }

  private func check(_ input: String) throws(UsageError) {
    guard let audio else { return }
    if video != nil, audio.file == nil {
      throw UsageError(
        "INPUT is the pictures; samples need a file: --raw-audio s16le:48000:2=FILE")
    }
    if video == nil, let file = audio.file {
      throw UsageError(
        "--raw-audio with a file goes with --raw-video; of sound alone, INPUT is \(file)")
    }
    if audio.file == input {
      throw UsageError("--raw-video and --raw-audio cannot both read \(input)")
    }
    if addsSilence {
      throw UsageError("--add-silence is for pictures without sound, and --raw-audio is sound")
    }
  }

  /// FFmpeg knows which formats there are.
  private func checkFormats() throws {
    do throws(FFmpegError) {
      _ = try video?.frameByteCount()
      _ = try audio?.input.frameByteCount()
    } catch {
      switch error.reason {
      case .notImplemented:
        throw UsageError(
          "\(error); such as --raw-video bgr24:1280x720@25 or --raw-audio s16le:48000:2")
      case .system: throw UsageError("--raw-video: pictures of that size do not fit in memory")
      default: throw error
      }
    }
  }
}

/// Decides which tracks of an input are encoded, and remembers it.
final class Recoder {
  private let options: TranscoderOptions
  private var seen: Set<MediaKind> = []
  private(set) var encoded: [EncodedTrack] = []

  init(_ options: TranscoderOptions) { self.options = options }

  /// The transcoder of a track; nil for what RTMP carries, and for what is not sent anyway.
  func transcoder(
    _ demuxer: Demuxer, _ streamIndex: Int, _ track: Track
  ) throws -> Transcoder? {
    guard seen.insert(track.kind).inserted, !FLVFrameWriter.carries(track) else { return nil }
    let transcoder = try Transcoder(
      demuxer, streamIndex: streamIndex, trackIndex: track.index, options: options)
    encoded.append(
      EncodedTrack(
        kind: track.kind, from: track.codec.rawValue, to: transcoder.track.codec.rawValue,
        encoder: transcoder.encoderName,
        note: EncodedTrack.sizeNote(track.width, track.height, transcoder.track)))
    return transcoder
  }
}
