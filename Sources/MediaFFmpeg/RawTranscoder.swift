internal import CLibAV
internal import Glibc
public import MediaModel

/// Codes raw pictures or samples, as a capture program pipes them.
///
/// Times begin at 0 and follow from the rate. Belongs to one thread.
public final class RawTranscoder {
  /// The track that comes out.
  public var track: Track { transcoder.track }
  /// What codes it.
  public let transcoder: Transcoder
  private let libraries: FFmpegLibraries
  private let packet: Packet
  private var cutter: RawCutter
  /// Ticks of one unit: a picture, or a sample of each channel.
  private let ticksPerUnit: Int64
  private let unitByteCount: Int
  private var time: Int64 = 0

  /// Opens an encoder for pictures, whose track's timescale is the rate's numerator.
  ///
  /// - Throws: `FFmpegError` for a format or size that FFmpeg does not have, or no encoder.
  public init(
    _ input: RawVideoInput, trackIndex: Int = 0, options: TranscoderOptions = .init()
  ) throws(FFmpegError) {
    let libraries = try FFmpegLibraries.open()
    let byteCount = try input.frameByteCount()
    guard let codec = libraries.codec.pointee.avcodec_find_decoder(AV_CODEC_ID_RAWVIDEO),
      byteCount > 0
    else { throw FFmpegError(call: "avcodec_find_decoder", reason: .decoderNotFound) }
    let rate = AVRational(
      num: CInt(clamping: input.rate.numerator), den: CInt(clamping: input.rate.denominator))
    transcoder = try Transcoder(codec, libraries, trackIndex: trackIndex, options) { context in
      context.pointee.width = CInt(clamping: input.width)
      context.pointee.height = CInt(clamping: input.height)
      context.pointee.pix_fmt = libraries.util.pointee.av_get_pix_fmt(input.format)
      context.pointee.pkt_timebase = AVRational(num: 1, den: rate.num)
      context.pointee.framerate = rate
    }
    self.libraries = libraries
    packet = try Packet()
    cutter = RawCutter(unitByteCount: byteCount)
    unitByteCount = byteCount
    ticksPerUnit = Int64(rate.den)
  }

  /// Opens an encoder for samples.
  ///
  /// - Throws: `FFmpegError` for a format that FFmpeg does not have, or no encoder.
  public init(
    _ input: RawAudioInput, trackIndex: Int = 0, options: TranscoderOptions = .init()
  ) throws(FFmpegError) {
    let libraries = try FFmpegLibraries.open()
    let byteCount = try input.frameByteCount()
    let codec = try input.codec(libraries)
    transcoder = try Transcoder(codec, libraries, trackIndex: trackIndex, options) { context in
      context.pointee.sample_rate = CInt(clamping: input.sampleRate)
      context.pointee.pkt_timebase = AVRational(num: 1, den: CInt(clamping: input.sampleRate))
      libraries.util.pointee.av_channel_layout_default(
        &context.pointee.ch_layout, CInt(clamping: input.channels))
    }
    self.libraries = libraries
    packet = try Packet()
    cutter = RawCutter(unitByteCount: byteCount, mostUnits: 1024)
    unitByteCount = byteCount
    ticksPerUnit = 1
  }

  /// Takes bytes, cut anywhere, and hands over the frames that are ready.
  ///
  /// - Throws: `FFmpegError`, or what `output` threw.
  public func transcode(
    _ bytes: UnsafeRawBufferPointer, output: (Frame) throws -> Void
  ) throws {
    try cutter.cut(bytes) { units in
      try fill(with: units)
      try transcoder.transcode(packet, output: output)
    }
  }

  /// Hands over what is still held back, once, after the last bytes.
  ///
  /// - Returns: bytes of a last picture or sample that never became whole, and what it would have
  ///   had; nil where the input ended with a whole one.
  /// - Throws: `FFmpegError`, or what `output` threw.
  public func finish(
    output: (Frame) throws -> Void
  ) throws -> (byteCount: Int, expected: Int)? {
    try transcoder.finish(output: output)
    return cutter.leftover == 0 ? nil : (cutter.leftover, unitByteCount)
  }

  private func fill(with units: UnsafeRawBufferPointer) throws(FFmpegError) {
    let raw = packet.raw
    libraries.codec.pointee.av_packet_unref(raw)
    try libraries.check(
      "av_new_packet", libraries.codec.pointee.av_new_packet(raw, CInt(clamping: units.count)))
    UnsafeMutableRawBufferPointer(start: raw.pointee.data, count: units.count)
      .copyMemory(from: units)
    raw.pointee.pts = time
    raw.pointee.dts = time
    raw.pointee.duration = Int64(units.count / unitByteCount) * ticksPerUnit
    raw.pointee.flags = AV_PKT_FLAG_KEY
    time += raw.pointee.duration
  }
}
