internal import CLibAV
internal import Glibc
internal import MediaModel

/// Decoded samples into AAC of low complexity.
final class SoundStage: TranscodingStage {
  let track: Track
  let encoder: Encoder
  private(set) var droppedCount = 0
  private let resampler: Resampler
  private let queue: SampleQueue
  private let block: FrameBuffer
  private let form: SampleForm
  private let frameSize: Int
  private let timeBase: AVRational
  private let timescale: Timescale
  private var timeline: SampleTimeline
  /// The time of the first sample in the queue.
  private var next: Int64 = 0

  init(
    _ decoder: UnsafeMutablePointer<AVCodecContext>, _ libraries: FFmpegLibraries,
    trackIndex: Int, _ options: TranscoderOptions
  ) throws(FFmpegError) {
    let source = decoder.pointee
    timeBase = source.pkt_timebase
    guard source.sample_rate > 0, source.ch_layout.nb_channels > 0, timeBase.num > 0,
      timeBase.den > 0
    else {
      throw FFmpegError(
        call: "avcodec_open2", reason: .invalidData,
        text: "the sample rate or the number of channels is unknown")
    }
    let form = SampleForm(
      format: AV_SAMPLE_FMT_FLTP,
      sampleRate: options.sampleRate ?? Self.rate(for: Int(source.sample_rate)),
      channels: options.channels ?? min(2, Int(source.ch_layout.nb_channels)))
    guard let timescale = Timescale(UInt32(clamping: form.sampleRate)),
      [44_100, 48_000].contains(form.sampleRate), (1...2).contains(form.channels)
    else {
      throw FFmpegError(
        call: "avcodec_open2", reason: .notImplemented,
        text: "AAC is encoded at 44100 or 48000 Hz with one or two channels")
    }
    let codec = try Encoder.find(nil, for: AV_CODEC_ID_AAC, libraries)
    encoder = try Encoder(codec, libraries, options: []) { context in
      context.pointee.sample_fmt = form.format
      context.pointee.sample_rate = CInt(form.sampleRate)
      context.pointee.time_base = AVRational(num: 1, den: CInt(form.sampleRate))
      libraries.util.pointee.av_channel_layout_default(
        &context.pointee.ch_layout, CInt(form.channels))
      if let bits = options.audioBitRate { context.pointee.bit_rate = bits }
    }
    let size = Int(encoder.context.pointee.frame_size)
    frameSize = size > 0 ? size : 1024
    self.form = form
    self.timescale = timescale
    timeline = SampleTimeline(samplesPerSecond: Int64(form.sampleRate))
    resampler = try Resampler(form, libraries)
    queue = try SampleQueue(form, silentCount: frameSize, libraries)
    block = try FrameBuffer(libraries)
    var track = Track(index: trackIndex, kind: .audio, codec: .aac, timescale: timescale)
    (track.sampleRate, track.channels) = (form.sampleRate, form.channels)
    track.channelLayout = form.channels == 1 ? "mono" : "stereo"
    track.bitRate = options.audioBitRate.map { Int(clamping: $0) }
    track.configuration = [UInt8](encoder.extradata)
    self.track = track
  }

  func take(
    _ frame: UnsafeMutablePointer<AVFrame>, _ output: (Frame) throws -> Void
  ) throws {
    guard frame.pointee.nb_samples > 0 else { return }
    let expected = next + Int64(queue.count) + resampler.delay
    switch timeline.place(time(of: frame), expected: expected) {
    case .append: break
    case .fill(let count): try fill(count, output)
    case .jump(let time):
      try encodeRest(output)
      // What the resampler holds back comes out first.
      next = time - resampler.delay
    case .drop:
      droppedCount += 1
      return
    }
    try resampler.convert(frame) {
      try queue.append($0)
      try encodeFullFrames(output)
    }
  }

  func finish(_ output: (Frame) throws -> Void) throws {
    try resampler.convert(nil) {
      try queue.append($0)
      try encodeFullFrames(output)
    }
    // The last frame may be short.
    if queue.count > 0 { try encode(queue.count, output) }
    try encoder.encode(nil) { try output(self.frame($0)) }
  }

  private func fill(_ count: Int64, _ output: (Frame) throws -> Void) throws {
    var left = count
    while left > 0 {
      let part = min(left, Int64(frameSize))
      try queue.appendSilence(Int(part))
      try encodeFullFrames(output)
      left -= part
    }
  }

  /// What waits, with silence up to the size of a frame: only the very last one may be short.
  private func encodeRest(_ output: (Frame) throws -> Void) throws {
    guard queue.count > 0 else { return }
    try queue.appendSilence(frameSize - queue.count)
    try encodeFullFrames(output)
  }

  private func encodeFullFrames(_ output: (Frame) throws -> Void) throws {
    while queue.count >= frameSize { try encode(frameSize, output) }
  }

  private func encode(_ count: Int, _ output: (Frame) throws -> Void) throws {
    try queue.take(count, into: block)
    block.raw.pointee.pts = next
    next += Int64(count)
    try encoder.encode(block) { try output(self.frame($0)) }
  }

  /// A block's time in samples of the encoder's rate.
  private func time(of frame: UnsafeMutablePointer<AVFrame>) -> Int64? {
    frame.time
      .flatMap { MediaTime(ticks: $0, timeBase: timeBase.num, timeBase.den) }
      .flatMap { $0.rescaled(to: timescale)?.ticks }
      .flatMap { $0.magnitude > 1 << 60 ? nil : $0 }
  }

  private func frame(_ packet: Packet) -> Frame {
    var frame = Frame(track: track.index, data: packet.withPayload { [UInt8]($0) })
    frame.pts = packet.pts
    frame.dts = packet.dts ?? packet.pts
    frame.duration = packet.duration > 0 ? packet.duration : Int64(frameSize)
    frame.isKey = true
    return frame
  }

  /// The family of rates that 44.1 kHz belongs to stays in it; all the rest becomes 48 kHz.
  private static func rate(for rate: Int) -> Int { rate % 11_025 == 0 ? 44_100 : 48_000 }
}
