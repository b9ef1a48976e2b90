internal import CLibAV
internal import MediaModel

/// A decoder for one track.
///
/// Belongs to one thread.
public final class Decoder {
  /// What came out of a packet.
  public enum Output {
    /// A picture or a block of samples.
    case frame(FrameDescription)
    /// A subtitle event.
    case subtitle(SubtitleDescription)
  }

  private let libraries: FFmpegLibraries
  private let demuxer: Demuxer
  private let stream: UnsafeMutablePointer<AVStream>
  private let frames: FrameDecoder
  private let kind: AVMediaType
  private var sawCaptions = false
  private var sawFilmGrain = false
  private var context: UnsafeMutablePointer<AVCodecContext> { frames.context }

  /// Opens a decoder for a track; nil where this FFmpeg has none for the codec.
  ///
  /// - Throws: `FFmpegError` when the codec's configuration is refused.
  public init?(_ demuxer: Demuxer, streamIndex: Int) throws(FFmpegError) {
    libraries = demuxer.libraries
    self.demuxer = demuxer
    guard let stream = demuxer.stream(streamIndex),
      let frames = try FrameDecoder(decoding: stream, demuxer.libraries)
    else { return nil }
    (self.stream, self.frames) = (stream, frames)
    kind = stream.pointee.codecpar.pointee.codec_type
  }

  /// Decodes a packet, or what is still held back when `packet` is nil.
  ///
  /// A packet that cannot be decoded is an error of that packet alone: the next one may be fine.
  /// - Throws: `FFmpegError`, or what `output` threw.
  public func decode(_ packet: Packet?, output: (Output) throws -> Void) throws {
    switch kind {
    case AVMEDIA_TYPE_VIDEO, AVMEDIA_TYPE_AUDIO: try decodeFrames(packet, output)
    case AVMEDIA_TYPE_SUBTITLE: try decodeSubtitle(packet, output)
    default: break
    }
  }

  private func decodeFrames(_ packet: Packet?, _ output: (Output) throws -> Void) throws {
    try frames.decode(packet) { try output(.frame(describe($0))) }
    // Up to FFmpeg 8 ffprobe forgets a drained decoder's state before it describes the track.
    if packet == nil, FFmpegVersion.formatMajor < 63 { reset() }
  }

  private func decodeSubtitle(_ packet: Packet?, _ output: (Output) throws -> Void) throws {
    guard let packet else { return }
    var subtitle = AVSubtitle()
    var isComplete: CInt = 0
    try libraries.check(
      "avcodec_decode_subtitle2",
      libraries.codec.pointee.avcodec_decode_subtitle2(
        context, &subtitle, &isComplete, packet.raw))
    guard isComplete != 0 else { return }
    defer { libraries.codec.pointee.avsubtitle_free(&subtitle) }
    try output(
      .subtitle(
        SubtitleDescription(
          streamIndex: Int(stream.pointee.index),
          pts: subtitle.pts == CLIBAV_NOPTS ? nil : subtitle.pts, format: Int(subtitle.format),
          startDisplayTime: Int(subtitle.start_display_time),
          endDisplayTime: Int(subtitle.end_display_time), rectangles: Int(subtitle.num_rects))))
  }

  /// Forgets what is held back, so that another run of packets may follow.
  public func reset() {
    libraries.codec.pointee.avcodec_flush_buffers(context)
  }

  func describe() -> DecoderDescription {
    DecoderDescription(
      codedWidth: Int(context.pointee.coded_width), codedHeight: Int(context.pointee.coded_height),
      hasClosedCaptions: sawCaptions || clibav_codec_has_closed_captions(context) != 0,
      hasFilmGrain: sawFilmGrain || clibav_codec_has_film_grain(context) != 0,
      referenceFrames: Int(context.pointee.refs),
      maximumBitRate: context.pointee.rc_max_rate > 0 ? context.pointee.rc_max_rate : nil,
      bitsPerRawSample: context.pointee.bits_per_raw_sample > 0
        ? Int(context.pointee.bits_per_raw_sample) : nil,
      exportedOptions: context.pointee.codec.pointee.priv_class == nil
        ? [] : libraries.exportedOptions(of: context.pointee.priv_data))
  }

  private func describe(_ frame: UnsafeMutablePointer<AVFrame>) -> FrameDescription {
    let value = frame.pointee
    let origin = clibav_frame_origin(frame)
    let aspect = libraries.format.pointee.av_guess_sample_aspect_ratio(
      demuxer.context, stream, frame)
    var description = FrameDescription(
      streamIndex: Int(stream.pointee.index), kind: kind == AVMEDIA_TYPE_VIDEO ? .video : .audio,
      timeBase: Rational(stream.pointee.time_base), isKey: clibav_frame_is_key(frame) != 0,
      pts: known(value.pts), packetDTS: known(value.pkt_dts),
      bestEffortTimestamp: known(value.best_effort_timestamp),
      duration: clibav_frame_duration(frame),
      packetDuration: clibav_frame_packet_duration(frame),
      packetPosition: origin.position, packetByteCount: Int(origin.size))
    if kind == AVMEDIA_TYPE_VIDEO {
      description.picture = FrameDescription.Picture(
        width: Int(value.width), height: Int(value.height),
        pixelFormat: libraries.pixelFormatName(value.format), sampleAspectRatio: Rational(aspect),
        pictureType: pictureLetter(value.pict_type),
        codedNumber: Int(clibav_frame_coded_number(frame)),
        displayNumber: Int(clibav_frame_display_number(frame)),
        isInterlaced: clibav_frame_is_interlaced(frame) != 0,
        isTopFieldFirst: clibav_frame_is_top_field_first(frame) != 0,
        isLossless: clibav_frame_is_lossless(frame) != 0,
        repeatPicture: Int(value.repeat_pict),
        crop: (
          Int(value.crop_top), Int(value.crop_bottom), Int(value.crop_left), Int(value.crop_right)
        ),
        colorRange: libraries.name(value.color_range), colorSpace: libraries.name(value.colorspace),
        colorPrimaries: libraries.name(value.color_primaries),
        colorTransfer: libraries.name(value.color_trc),
        chromaLocation: libraries.name(value.chroma_location),
        alphaMode: FFmpegLibraries.string(clibav_frame_alpha_mode(libraries.util, frame)))
    } else {
      description.sound = FrameDescription.Sound(
        sampleFormat: libraries.sampleFormatName(value.format), sampleCount: Int(value.nb_samples),
        channelCount: Int(value.ch_layout.nb_channels),
        channelLayout: libraries.name(value.ch_layout))
    }
    description.tags = libraries.entries(of: value.metadata)
    let reader = FrameSideDataReader(
      libraries: libraries, averageFrameRate: stream.pointee.avg_frame_rate)
    description.sideData = (0..<Int(max(0, value.nb_side_data))).compactMap { index in
      value.side_data[index].map { block in
        if block.pointee.type == AV_FRAME_DATA_A53_CC { sawCaptions = true }
        if block.pointee.type == AV_FRAME_DATA_FILM_GRAIN_PARAMS { sawFilmGrain = true }
        return reader.describe(block.pointee)
      }
    }
    return description
  }

  private func pictureLetter(_ type: AVPictureType) -> Character {
    let letter = libraries.util.pointee.av_get_picture_type_char(type)
    return Character(UnicodeScalar(UInt8(truncatingIfNeeded: letter)))
  }

  private func known(_ time: Int64) -> Int64? { time == CLIBAV_NOPTS ? nil : time }
}
