internal import CLibAV
internal import Glibc

/// A picture or a block of samples, uncoded; used over and over.
final class FrameBuffer {
  let raw: UnsafeMutablePointer<AVFrame>
  private let libraries: FFmpegLibraries

  init(_ libraries: FFmpegLibraries) throws(FFmpegError) {
    self.libraries = libraries
    guard let raw = libraries.util.pointee.av_frame_alloc() else {
      throw FFmpegError(call: "av_frame_alloc", reason: .system(errno: ENOMEM))
    }
    self.raw = raw
  }

  deinit {
    var raw: UnsafeMutablePointer<AVFrame>? = raw
    libraries.util.pointee.av_frame_free(&raw)
  }

  /// Lets go of what it holds.
  func clear() { libraries.util.pointee.av_frame_unref(raw) }

  /// Takes memory for what its format and size say.
  func allocate() throws(FFmpegError) {
    try libraries.check(
      "av_frame_get_buffer", libraries.util.pointee.av_frame_get_buffer(raw, 0))
  }

  /// Lets go of what it holds and takes memory for samples.
  func allocate(samples count: Int, in form: SampleForm) throws(FFmpegError) {
    clear()
    raw.pointee.format = form.format.rawValue
    raw.pointee.sample_rate = CInt(form.sampleRate)
    raw.pointee.nb_samples = CInt(clamping: count)
    libraries.util.pointee.av_channel_layout_default(
      &raw.pointee.ch_layout, CInt(form.channels))
    try allocate()
  }
}

/// What samples are for an encoder: the usual layout of a number of channels.
struct SampleForm {
  var format: AVSampleFormat
  var sampleRate: Int
  var channels: Int
}
