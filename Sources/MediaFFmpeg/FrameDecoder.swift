internal import CLibAV
internal import Glibc

/// FFmpeg's decoder of one track: packets in, pictures or blocks of samples out.
final class FrameDecoder {
  let context: UnsafeMutablePointer<AVCodecContext>
  private let libraries: FFmpegLibraries
  private let frame: FrameBuffer

  /// Opens a decoder once `configure` has filled in what the codec must know.
  init(
    _ codec: UnsafePointer<AVCodec>, _ libraries: FFmpegLibraries,
    configure: (UnsafeMutablePointer<AVCodecContext>) throws(FFmpegError) -> Void
  ) throws(FFmpegError) {
    self.libraries = libraries
    frame = try FrameBuffer(libraries)
    guard let context = libraries.codec.pointee.avcodec_alloc_context3(codec) else {
      throw FFmpegError(call: "avcodec_alloc_context3", reason: .system(errno: ENOMEM))
    }
    self.context = context
    try configure(context)
    clibav_carry_origins(context)
    try libraries.check("avcodec_open2", libraries.codec.pointee.avcodec_open2(context, codec, nil))
  }

  /// Opens the decoder of a demuxer's track; nil where this FFmpeg has none for its codec.
  convenience init?(
    decoding stream: UnsafeMutablePointer<AVStream>, _ libraries: FFmpegLibraries,
    configure: (UnsafeMutablePointer<AVCodecContext>) throws(FFmpegError) -> Void = { _ in }
  ) throws(FFmpegError) {
    let parameters = stream.pointee.codecpar
    guard let id = parameters?.pointee.codec_id,
      let codec = libraries.codec.pointee.avcodec_find_decoder(id)
    else { return nil }
    try self.init(codec, libraries) { context throws(FFmpegError) in
      try libraries.check(
        "avcodec_parameters_to_context",
        libraries.codec.pointee.avcodec_parameters_to_context(context, parameters))
      context.pointee.pkt_timebase = stream.pointee.time_base
      try configure(context)
    }
  }

  deinit {
    var context: UnsafeMutablePointer<AVCodecContext>? = context
    libraries.codec.pointee.avcodec_free_context(&context)
  }

  /// Decodes a packet, or what is still held back when `packet` is nil.
  ///
  /// The frame is the decoder's own, and empty after `each`.
  func decode(
    _ packet: Packet?, each: (UnsafeMutablePointer<AVFrame>) throws -> Void
  ) throws {
    if let packet, clibav_attach_origin(libraries.util, packet.raw) == 0 {
      throw FFmpegError(call: "av_buffer_allocz", reason: .system(errno: ENOMEM))
    }
    while true {
      let sent = libraries.codec.pointee.avcodec_send_packet(context, packet?.raw)
      let isFull = sent == clibav_error(EAGAIN)
      if sent < 0, !isFull, sent != CLIBAV_EOF {
        throw libraries.failure("avcodec_send_packet", sent)
      }
      var hasGiven = false
      while true {
        let received = libraries.codec.pointee.avcodec_receive_frame(context, frame.raw)
        if received == clibav_error(EAGAIN) || received == CLIBAV_EOF { break }
        try libraries.check("avcodec_receive_frame", received)
        hasGiven = true
        defer { frame.clear() }
        try each(frame.raw)
      }
      // A decoder that neither takes nor gives would keep us here for ever.
      if !isFull || !hasGiven { break }
    }
  }
}
