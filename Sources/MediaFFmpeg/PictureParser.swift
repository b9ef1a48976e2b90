internal import CLibAV
internal import Glibc

/// Tells the picture type of a packet from its headers, without decoding.
///
/// FFmpeg's parsers read as far as the slice header. Belongs to one thread.
public final class PictureParser {
  private let libraries: FFmpegLibraries
  private let parser: UnsafeMutablePointer<AVCodecParserContext>
  private let context: UnsafeMutablePointer<AVCodecContext>

  /// A parser for a track; nil where FFmpeg has none for its codec.
  public init?(_ demuxer: Demuxer, streamIndex: Int) throws(FFmpegError) {
    libraries = demuxer.libraries
    guard let stream = demuxer.stream(streamIndex),
      let parser = clibav_open_parser(
        libraries.codec, stream.pointee.codecpar.pointee.codec_id)
    else { return nil }
    self.parser = parser
    guard let context = libraries.codec.pointee.avcodec_alloc_context3(nil) else {
      libraries.codec.pointee.av_parser_close(parser)
      throw FFmpegError(call: "avcodec_alloc_context3", reason: .system(errno: ENOMEM))
    }
    self.context = context
    parser.pointee.flags |= PARSER_FLAG_COMPLETE_FRAMES
    try libraries.check(
      "avcodec_parameters_to_context",
      libraries.codec.pointee.avcodec_parameters_to_context(context, stream.pointee.codecpar))
  }

  deinit {
    libraries.codec.pointee.av_parser_close(parser)
    var context: UnsafeMutablePointer<AVCodecContext>? = context
    libraries.codec.pointee.avcodec_free_context(&context)
  }

  /// Position in display order within a coded video sequence (H.264 8.2.1, H.265 8.3.1), of the
  /// packet looked at last; meaningful for H.264 and H.265 only.
  public var pictureOrderCount: Int { Int(parser.pointee.output_picture_number) }

  /// `I`, `P`, `B`, ...; nil where the headers do not tell.
  public func pictureType(of packet: Packet) -> Character? {
    var data: UnsafeMutablePointer<UInt8>?
    var byteCount: CInt = 0
    parser.pointee.pict_type = 0
    let raw = packet.raw.pointee
    _ = libraries.codec.pointee.av_parser_parse2(
      parser, context, &data, &byteCount, raw.data, raw.size, raw.pts, raw.dts, raw.pos)
    switch parser.pointee.pict_type {
    case CInt(AV_PICTURE_TYPE_I.rawValue), CInt(AV_PICTURE_TYPE_SI.rawValue),
      CInt(AV_PICTURE_TYPE_BI.rawValue):
      return "I"
    case CInt(AV_PICTURE_TYPE_P.rawValue), CInt(AV_PICTURE_TYPE_SP.rawValue),
      CInt(AV_PICTURE_TYPE_S.rawValue):
      return "P"
    case CInt(AV_PICTURE_TYPE_B.rawValue): return "B"
    default: return nil
    }
  }
}
