internal import CLibAV
internal import Glibc
public import MediaModel

/// Decodes the pictures of one video stream, or of an image, into plain planes.
///
/// Belongs to one thread, that of its demuxer, which nobody else may read from; FFmpeg's decoders
/// work on as many of their own as there are cores.
public final class PictureReader {
  /// What the first picture says; pictures of another size or format later are a failure.
  public struct Description: Sendable {
    /// FFmpeg's short names of the container.
    public var containerName: String
    /// FFmpeg's name of the codec.
    public var codecName: String
    /// FFmpeg's name of the format in which planes are handed over.
    public var pixelFormat: String
    /// Luma samples of a row.
    public var width: Int
    /// Rows of luma.
    public var height: Int
    /// H.273's `MatrixCoefficients`; 2 where nothing says.
    public var matrix: Int
    /// H.273's `ColourPrimaries`; 2 where nothing says.
    public var primaries: Int
    /// H.273's `TransferCharacteristics`; 2 where nothing says.
    public var transfer: Int
    /// FFmpeg's name of the primaries; nil where nothing says.
    public var primariesName: String?
    /// FFmpeg's name of the transfer; nil where nothing says.
    public var transferName: String?
    /// nil where nothing says.
    public var isFullRange: Bool?
    /// FFmpeg's name (`left`, `center`, `topleft`); nil where nothing says.
    public var chromaLocation: String?
    /// nil where it is unknown, and for images, whatever rate FFmpeg gives them.
    public var frameRate: Rational?
    /// Width to height of a sample; nil where nothing says.
    public var sampleAspectRatio: Rational?
    /// Whether the picture or the container calls it two fields.
    public var isInterlaced: Bool
    /// Whether the upper field is the earlier one; false of what is not interlaced.
    public var isTopFieldFirst: Bool
    /// Frames the container promises.
    public var frameCount: Int64?
    /// Degrees clockwise that a player would turn the picture, -180 to 180.
    public var rotation: Double?
    /// Set where what the decoder gave is not what is handed over (a palette, say): its format.
    public var convertedFrom: String?
    /// Whether the pictures had alpha that is not handed over.
    public var dropsAlpha = false
  }

  /// What all pictures have in common, and what the first says.
  public let description: Description
  /// Pictures that could not be decoded, or not wholly.
  public private(set) var undecodablePackets = 0

  private let demuxer: Demuxer
  private let streamIndex: Int
  private let frames: FrameDecoder
  private let packet: Packet
  private let form: PictureFrames.Form
  private let substitute: PictureSubstitute?
  private var pending: PictureFrames
  private var isAtEnd = false

  /// Opens a decoder and reads as far as the first picture.
  ///
  /// - Parameters:
  ///   - demuxer: its `findStreamInfo` should have been called.
  ///   - streamIndex: a track of video.
  ///   - accepts: whether pictures of FFmpeg's name are taken as they are. What is not taken is
  ///     converted to the nearest that is, with the same matrix and range.
  /// - Throws: `FFmpegError`: `.decoderNotFound`; `.invalidData` where nothing can be decoded;
  ///   `.notImplemented` for pictures that cannot be converted; what the demuxer throws.
  public init(
    _ demuxer: Demuxer, streamIndex: Int, accepts: (String) -> Bool = { _ in true }
  ) throws {
    self.demuxer = demuxer
    self.streamIndex = streamIndex
    packet = try Packet()
    let frames = try Self.decoder(demuxer, streamIndex)
    self.frames = frames
    demuxer.discard { $0 == streamIndex }
    var pending = PictureFrames(demuxer.libraries)
    var (undecodable, isAtEnd) = (0, false)
    while pending.first == nil, !isAtEnd {
      isAtEnd = try !demuxer.read(streamIndex, into: packet)
      undecodable += try Self.decode(isAtEnd ? nil : packet, frames, &pending)
    }
    guard let first = pending.first else {
      throw FFmpegError(
        call: "avcodec_receive_frame", reason: .invalidData,
        text: undecodable > 0
          ? "none of the pictures can be decoded" : "there are no pictures in it")
    }
    let found = PictureFrames.Form(first.raw.pointee)
    form = found
    substitute = try PictureSubstitute(first.raw, demuxer.libraries, accepts)
    description = try Self.describe(demuxer, streamIndex, frames, first, substitute)
    self.pending = pending
    self.isAtEnd = isAtEnd
    undecodablePackets = undecodable
  }

  /// Decodes the next picture and hands its planes, in FFmpeg's order; false at the end.
  ///
  /// The planes are valid within `body`; a stride may be negative.
  /// - Throws: `FFmpegError`, `.notImplemented` where size or format change, after the pictures before
  ///   have been handed over; what the demuxer and `body` throw.
  public func next(_ body: ([(start: UnsafeRawPointer, stride: Int)]) throws -> Void) throws -> Bool
  {
    while pending.first == nil {
      guard !isAtEnd else { return false }
      isAtEnd = try !demuxer.read(streamIndex, into: packet)
      undecodablePackets += try Self.decode(isAtEnd ? nil : packet, frames, &pending)
    }
    guard let frame = pending.first else { return false }
    let found = PictureFrames.Form(frame.raw.pointee)
    guard found == form else { throw change(to: found) }
    defer { pending.dropFirst() }
    var planes = frame.planes
    if let substitute { planes = try substitute.planes(of: frame.raw) }
    try body(planes.map { (UnsafeRawPointer($0.start), $0.stride) })
    return true
  }

  private func change(to found: PictureFrames.Form) -> FFmpegError {
    let name = demuxer.libraries.pixelFormatName(found.format) ?? "unknown"
    return FFmpegError(
      call: "avcodec_receive_frame", reason: .notImplemented,
      text: "the pictures change from \(form.width)x\(form.height) to "
        + "\(found.width)x\(found.height) \(name)")
  }

  // MARK: Decoding

  private static func decoder(
    _ demuxer: Demuxer, _ index: Int
  ) throws(FFmpegError) -> FrameDecoder {
    guard let stream = demuxer.stream(index),
      stream.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_VIDEO,
      let frames = try FrameDecoder(
        decoding: stream, demuxer.libraries,
        configure: { context in
          context.pointee.framerate = stream.pointee.avg_frame_rate
          // As many as there are cores.
          context.pointee.thread_count = 0
        })
    else {
      throw FFmpegError(
        call: "avcodec_find_decoder", reason: .decoderNotFound,
        text: "this FFmpeg has no decoder for the pictures")
    }
    return frames
  }

  /// Answers how many pictures could not be decoded, or not wholly: the next one may be fine.
  private static func decode(
    _ packet: Packet?, _ frames: FrameDecoder, _ pending: inout PictureFrames
  ) throws -> Int {
    var bad = 0
    // At the end each of the decoder's threads may still have an error to tell.
    for _ in 0..<(packet == nil ? 256 : 1) {
      let step = Result {
        try frames.decode(packet) { frame in
          if frame.pointee.decode_error_flags != 0
            || frame.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0
          {
            bad += 1
          }
          try pending.append(frame)
        }
      }
      guard case .failure(let error) = step else { break }
      guard let error = error as? FFmpegError, error.reason != .system(errno: ENOMEM),
        error.reason != .cancelled
      else { throw error }
      bad += 1
    }
    return bad
  }

  // MARK: Describing

  private static func describe(
    _ demuxer: Demuxer, _ index: Int, _ frames: FrameDecoder, _ first: FrameBuffer,
    _ substitute: PictureSubstitute?
  ) throws -> Description {
    let libraries = demuxer.libraries
    let media = demuxer.describe()
    guard let stream = demuxer.stream(index), index < media.streams.count else {
      throw FFmpegError(call: "avformat_find_stream_info", reason: .invalidData)
    }
    let told = media.streams[index]
    let value = first.raw.pointee
    let format = AVPixelFormat(value.format)
    let name = libraries.pixelFormatName(value.format) ?? "unknown"
    let aspect = libraries.format.pointee.av_guess_sample_aspect_ratio(
      demuxer.context, stream, first.raw)
    var description = Description(
      containerName: media.format.name, codecName: told.codecName ?? "unknown",
      pixelFormat: substitute?.name ?? name, width: Int(value.width), height: Int(value.height),
      matrix: Int(value.colorspace.rawValue), primaries: Int(value.color_primaries.rawValue),
      transfer: Int(value.color_trc.rawValue), isInterlaced: false, isTopFieldFirst: false)
    description.primariesName = libraries.name(value.color_primaries)
    description.transferName = libraries.name(value.color_trc)
    description.isFullRange = isFullRange(value, name, format, libraries)
    description.chromaLocation = libraries.name(value.chroma_location)
    if !isImage(media.format.name) {
      description.frameRate =
        ratio(stream.pointee.avg_frame_rate)
        ?? ratio(stream.pointee.r_frame_rate)
    }
    description.sampleAspectRatio = ratio(aspect)
    let order = stream.pointee.codecpar.pointee.field_order
    let isInterlaced = clibav_frame_is_interlaced(first.raw) != 0
    description.isInterlaced =
      isInterlaced || [AV_FIELD_TT, AV_FIELD_BB, AV_FIELD_TB, AV_FIELD_BT].contains(order)
    description.isTopFieldFirst =
      isInterlaced
      ? clibav_frame_is_top_field_first(first.raw) != 0
      : [AV_FIELD_TT, AV_FIELD_BT].contains(order)
    description.frameCount = stream.pointee.nb_frames > 0 ? stream.pointee.nb_frames : nil
    description.rotation = told.sideData.first { $0.type == "Display Matrix" }
      .flatMap { $0.integer("rotation") }.flatMap { abs($0) <= 360 ? -Double($0) : nil }
    if let substitute {
      description.convertedFrom = name
      description.dropsAlpha = substitute.dropsAlpha
    }
    return description
  }

  /// What the picture says, by its tag or its format; RGB says full if nothing else.
  private static func isFullRange(
    _ value: AVFrame, _ name: String, _ format: AVPixelFormat, _ libraries: FFmpegLibraries
  ) -> Bool? {
    switch value.color_range {
    case AVCOL_RANGE_JPEG: true
    case AVCOL_RANGE_MPEG: false
    default: name.hasPrefix("yuvj") || PixelLayout(format, libraries).isRGB ? true : nil
    }
  }

  /// Whether pictures have no times of their own.
  private static func isImage(_ container: String) -> Bool {
    container.hasPrefix("image2") || container.hasSuffix("_pipe")
  }

  private static func ratio(_ value: AVRational) -> Rational? {
    value.num > 0 && value.den > 0 ? Rational(value) : nil
  }
}

/// Decoded pictures in their order until they are taken.
struct PictureFrames {
  /// What all pictures have in common.
  struct Form: Equatable {
    var width: CInt
    var height: CInt
    var format: CInt

    init(_ frame: AVFrame) { (width, height, format) = (frame.width, frame.height, frame.format) }
  }

  private let libraries: FFmpegLibraries
  private var frames: [FrameBuffer] = []
  private var spare: [FrameBuffer] = []

  init(_ libraries: FFmpegLibraries) { self.libraries = libraries }

  var first: FrameBuffer? { frames.first }

  /// Keeps a picture, whose samples are not copied.
  mutating func append(_ frame: UnsafeMutablePointer<AVFrame>) throws(FFmpegError) {
    let buffer = if let last = spare.popLast() { last } else { try FrameBuffer(libraries) }
    try libraries.check("av_frame_ref", libraries.util.pointee.av_frame_ref(buffer.raw, frame))
    frames.append(buffer)
  }

  mutating func dropFirst() {
    guard !frames.isEmpty else { return }
    let used = frames.removeFirst()
    used.clear()
    spare.append(used)
  }
}
