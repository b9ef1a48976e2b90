internal import CLibAV
internal import Glibc

/// Samples of any format, rate and layout into those of an encoder.
///
/// A change of the input is followed. Rates are exact: no sample is gained or lost over the hours.
final class Resampler {
  private let form: SampleForm
  private let libraries: FFmpegLibraries
  private let table: UnsafePointer<clibav_resampling>
  private var resampler: OpaquePointer?
  /// What the resampler was made for; no samples.
  private let source: FrameBuffer
  private let target: FrameBuffer

  init(_ form: SampleForm, _ libraries: FFmpegLibraries) throws(FFmpegError) {
    self.form = form
    self.libraries = libraries
    table = try libraries.openResampling()
    source = try FrameBuffer(libraries)
    target = try FrameBuffer(libraries)
  }

  deinit { table.pointee.swr_free(&resampler) }

  /// Samples held back for their neighbours, of the encoder's rate.
  var delay: Int64 {
    resampler.map { table.pointee.swr_get_delay($0, Int64(form.sampleRate)) } ?? 0
  }

  /// Converts a block, or what is held back when `block` is nil, and hands over what comes out.
  ///
  /// Out of a block whose form is new comes first what was held back of the one before. The frame
  /// handed over is the resampler's own.
  func convert(
    _ block: UnsafeMutablePointer<AVFrame>?, each: (FrameBuffer) throws -> Void
  ) throws {
    if let block, !isLikeSource(block) {
      try pass(nil, each)
      try prepare(block)
    }
    try pass(block, each)
  }

  private func pass(
    _ block: UnsafeMutablePointer<AVFrame>?, _ each: (FrameBuffer) throws -> Void
  ) throws {
    guard let resampler else { return }
    let most = table.pointee.swr_get_out_samples(resampler, block?.pointee.nb_samples ?? 0)
    try libraries.check("swr_get_out_samples", most)
    guard most > 0 else { return }
    try target.allocate(samples: Int(most), in: form)
    let count = clibav_resample_frame(table, resampler, block, target.raw)
    try libraries.check("swr_convert", count)
    target.raw.pointee.nb_samples = count
    if count > 0 { try each(target) }
  }

  private func isLikeSource(_ block: UnsafeMutablePointer<AVFrame>) -> Bool {
    resampler != nil && block.pointee.format == source.raw.pointee.format
      && block.pointee.sample_rate == source.raw.pointee.sample_rate
      && libraries.util.pointee.av_channel_layout_compare(
        &block.pointee.ch_layout, &source.raw.pointee.ch_layout) == 0
  }

  private func prepare(_ block: UnsafeMutablePointer<AVFrame>) throws(FFmpegError) {
    table.pointee.swr_free(&resampler)
    source.clear()
    source.raw.pointee.format = block.pointee.format
    source.raw.pointee.sample_rate = block.pointee.sample_rate
    try libraries.check(
      "av_channel_layout_copy",
      libraries.util.pointee.av_channel_layout_copy(
        &source.raw.pointee.ch_layout, &block.pointee.ch_layout))
    // Channels without an order are taken for the usual ones.
    var input = AVChannelLayout()
    defer { libraries.util.pointee.av_channel_layout_uninit(&input) }
    if block.pointee.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC {
      libraries.util.pointee.av_channel_layout_default(
        &input, block.pointee.ch_layout.nb_channels)
    } else {
      try libraries.check(
        "av_channel_layout_copy",
        libraries.util.pointee.av_channel_layout_copy(&input, &block.pointee.ch_layout))
    }
    var output = AVChannelLayout()
    defer { libraries.util.pointee.av_channel_layout_uninit(&output) }
    libraries.util.pointee.av_channel_layout_default(&output, CInt(form.channels))
    try libraries.check(
      "swr_alloc_set_opts2",
      table.pointee.swr_alloc_set_opts2(
        &resampler, &output, form.format, CInt(form.sampleRate), &input,
        AVSampleFormat(block.pointee.format), block.pointee.sample_rate, 0, nil))
    let code = table.pointee.swr_init(resampler)
    if code < 0 { table.pointee.swr_free(&resampler) }
    try libraries.check("swr_init", code)
  }
}

/// Samples waiting to make up a frame of the encoder's size.
final class SampleQueue {
  private let form: SampleForm
  private let libraries: FFmpegLibraries
  private let fifo: OpaquePointer
  private let silence: FrameBuffer

  /// An empty queue; `silentCount` is the most silence put into it at once.
  init(
    _ form: SampleForm, silentCount: Int, _ libraries: FFmpegLibraries
  ) throws(FFmpegError) {
    self.form = form
    self.libraries = libraries
    silence = try FrameBuffer(libraries)
    guard
      let fifo = libraries.util.pointee.av_audio_fifo_alloc(
        form.format, CInt(form.channels), CInt(clamping: 4 * silentCount))
    else { throw FFmpegError(call: "av_audio_fifo_alloc", reason: .system(errno: ENOMEM)) }
    self.fifo = fifo
    try silence.allocate(samples: silentCount, in: form)
    try libraries.check(
      "av_samples_set_silence",
      libraries.util.pointee.av_samples_set_silence(
        silence.raw.pointee.extended_data, 0, silence.raw.pointee.nb_samples,
        CInt(form.channels), form.format))
  }

  deinit { libraries.util.pointee.av_audio_fifo_free(fifo) }

  /// Samples of each channel.
  var count: Int { Int(libraries.util.pointee.av_audio_fifo_size(fifo)) }

  func append(_ block: FrameBuffer) throws(FFmpegError) {
    try append(block, count: Int(block.raw.pointee.nb_samples))
  }

  /// Appends silence, at most as much as the queue was made for.
  func appendSilence(_ count: Int) throws(FFmpegError) { try append(silence, count: count) }

  /// Takes `count` samples, no more than there are.
  func take(_ count: Int, into block: FrameBuffer) throws(FFmpegError) {
    try block.allocate(samples: count, in: form)
    try libraries.check(
      "av_audio_fifo_read",
      clibav_read_samples(libraries.util, fifo, block.raw, CInt(clamping: count)))
  }

  private func append(_ block: FrameBuffer, count: Int) throws(FFmpegError) {
    try libraries.check(
      "av_audio_fifo_write",
      clibav_write_samples(libraries.util, fifo, block.raw, CInt(clamping: count)))
  }
}
