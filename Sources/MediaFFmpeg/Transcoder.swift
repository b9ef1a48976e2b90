internal import CLibAV
internal import Glibc
public import MediaModel

/// Codes one track anew: pictures as H.264 (`yuv420p`, even sizes), sound as AAC of low complexity.
///
/// Times of pictures stay as they are, in the input's timescale; sound counts in samples from the
/// time of its first one. An encoder of sound begins with samples of its own, so the first frame
/// lies before the input's first time by `initialPadding`; pictures that refer forward bring decoding
/// times before it too. Memory does not grow with the input. Belongs to one thread.
public final class Transcoder {
  /// The track that comes out: configuration, timescale, size or rate.
  public let track: Track
  private let decoder: FrameDecoder
  private let stage: any TranscodingStage

  /// Opens a decoder and an encoder for a track of a demuxer, whose description must be complete.
  ///
  /// - Parameters:
  ///   - demuxer: after `findStreamInfo`.
  ///   - streamIndex: which of its tracks.
  ///   - trackIndex: the index of the track that comes out; nil for `streamIndex`.
  ///   - options: how it is coded.
  /// - Throws: `FFmpegError` with the reason `.decoderNotFound` or `.notImplemented` where FFmpeg
  ///   lacks a decoder or an encoder; `.invalidData` where the track's size or rate is unknown.
  public convenience init(
    _ demuxer: Demuxer, streamIndex: Int, trackIndex: Int? = nil,
    options: TranscoderOptions = .init()
  ) throws(FFmpegError) {
    let libraries = demuxer.libraries
    guard let stream = demuxer.stream(streamIndex) else {
      throw FFmpegError(call: "avcodec_find_decoder", reason: .system(errno: EINVAL))
    }
    let parameters = stream.pointee.codecpar
    let id = stream.pointee.codecpar.pointee.codec_id
    guard let codec = libraries.codec.pointee.avcodec_find_decoder(id) else {
      let name = libraries.codec.pointee.avcodec_descriptor_get(id)
        .map { String(cString: $0.pointee.name) }
      throw FFmpegError(
        call: "avcodec_find_decoder", reason: .decoderNotFound,
        text: "this FFmpeg has no decoder for \(name ?? "track \(streamIndex)")")
    }
    let rates = [stream.pointee.avg_frame_rate, stream.pointee.r_frame_rate]
    try self.init(codec, libraries, trackIndex: trackIndex ?? streamIndex, options) {
      context throws(FFmpegError) in
      try libraries.check(
        "avcodec_parameters_to_context",
        libraries.codec.pointee.avcodec_parameters_to_context(context, parameters))
      context.pointee.pkt_timebase = stream.pointee.time_base
      context.pointee.framerate = rates.first { $0.num > 0 && $0.den > 0 } ?? AVRational()
    }
  }

  init(
    _ codec: UnsafePointer<AVCodec>, _ libraries: FFmpegLibraries, trackIndex: Int,
    _ options: TranscoderOptions,
    configure: (UnsafeMutablePointer<AVCodecContext>) throws(FFmpegError) -> Void
  ) throws(FFmpegError) {
    let (threads, isLowDelay) = (CInt(clamping: options.boundedThreadCount), options.isLowDelay)
    decoder = try FrameDecoder(codec, libraries) { context throws(FFmpegError) in
      try configure(context)
      context.pointee.thread_count = threads
      // Threads that have a picture each give it back that many pictures later.
      if isLowDelay { context.pointee.thread_type = CInt(FF_THREAD_SLICE) }
    }
    switch codec.pointee.type {
    case AVMEDIA_TYPE_VIDEO:
      stage = try PictureStage(decoder.context, libraries, trackIndex: trackIndex, options)
    case AVMEDIA_TYPE_AUDIO:
      stage = try SoundStage(decoder.context, libraries, trackIndex: trackIndex, options)
    default:
      throw FFmpegError(
        call: "avcodec_find_encoder", reason: .notImplemented,
        text: "only pictures and sound can be transcoded")
    }
    track = stage.track
  }

  /// FFmpeg's name of the encoder, such as `libx264`.
  public var encoderName: String { stage.encoder.name }
  /// Ticks of the track by which sound begins early, to be decoded but not heard; 0 for pictures.
  public var initialPadding: Int { Int(max(0, stage.encoder.context.pointee.initial_padding)) }
  /// Pictures and blocks of samples left out because their times had passed.
  public var droppedCount: Int { stage.droppedCount }

  /// Takes a packet of the input's track and hands over the frames that are ready, in the order of
  /// their decoding.
  ///
  /// A packet that cannot be decoded is an error of that packet alone: the next one may be fine.
  /// - Throws: `FFmpegError`, or what `output` threw.
  public func transcode(_ packet: Packet, output: (Frame) throws -> Void) throws {
    try decoder.decode(packet) { try stage.take($0, output) }
  }

  /// Hands over what is still held back, once, after the last packet.
  ///
  /// - Throws: `FFmpegError`, or what `output` threw.
  public func finish(output: (Frame) throws -> Void) throws {
    try decoder.decode(nil) { try stage.take($0, output) }
    try stage.finish(output)
  }
}

/// What becomes of a track's decoded frames.
protocol TranscodingStage: AnyObject {
  var track: Track { get }
  var encoder: Encoder { get }
  var droppedCount: Int { get }

  /// Takes a decoded frame, which it may not keep.
  func take(
    _ frame: UnsafeMutablePointer<AVFrame>, _ output: (Frame) throws -> Void) throws

  /// Hands over what is still held back.
  func finish(_ output: (Frame) throws -> Void) throws
}

extension TranscoderOptions {
  var boundedThreadCount: Int {
    min(max(1, threadCount), max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))))
  }
}

extension UnsafeMutablePointer<AVFrame> {
  /// The best guess at when it is shown, in ticks of its track; nil where nobody knows, or where
  /// nobody can mean it.
  var time: Int64? {
    let time =
      pointee.best_effort_timestamp == CLIBAV_NOPTS
      ? pointee.pts : pointee.best_effort_timestamp
    return time == CLIBAV_NOPTS || time.magnitude > 1 << 60 ? nil : time
  }
}
