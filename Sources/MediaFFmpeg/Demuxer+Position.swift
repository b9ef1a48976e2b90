internal import CLibAV

extension Demuxer {
  /// Bytes of the input up to where FFmpeg has read by now; nil where it opens files of its own for
  /// each picture.
  public var position: Int64? { context.pointee.pb?.pointee.pos }
}
