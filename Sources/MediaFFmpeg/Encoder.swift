internal import CLibAV
internal import Glibc

/// FFmpeg's encoder of one track: frames in, packets out, in the context's time base.
///
/// Parameter sets and the like stand in the context's extradata, not in the packets.
final class Encoder {
  /// FFmpeg's name of it, such as `libx264`.
  let name: String
  let context: UnsafeMutablePointer<AVCodecContext>
  private let libraries: FFmpegLibraries
  private let packet: Packet

  /// Opens an encoder of a codec that `find` gave, once `configure` has filled in what it must know.
  ///
  /// Each of the `options`, of the encoder and of libavcodec by name, must be known; `defaults` are
  /// not missed by an encoder that does not know them.
  init(
    _ codec: UnsafePointer<AVCodec>, _ libraries: FFmpegLibraries,
    options: [(name: String, value: String)], defaults: [(name: String, value: String)] = [],
    configure: (UnsafeMutablePointer<AVCodecContext>) -> Void
  ) throws(FFmpegError) {
    self.libraries = libraries
    name = String(cString: codec.pointee.name)
    packet = try Packet()
    guard let context = libraries.codec.pointee.avcodec_alloc_context3(codec) else {
      throw FFmpegError(call: "avcodec_alloc_context3", reason: .system(errno: ENOMEM))
    }
    self.context = context
    context.pointee.flags |= CInt(AV_CODEC_FLAG_GLOBAL_HEADER)
    configure(context)
    var dictionary = try FFmpegDictionary(libraries)
    for (name, value) in defaults + options { try dictionary.set(name, value) }
    let code = libraries.codec.pointee.avcodec_open2(context, codec, &dictionary.raw)
    guard code >= 0 else {
      var failure = libraries.failure("avcodec_open2", code)
      let settings = options.map { " \($0.name)=\($0.value)" }.joined()
      failure.text = "\(name) cannot be opened\(settings.isEmpty ? "" : " with\(settings)")"
      throw failure
    }
    let unknown = libraries.entries(of: dictionary.raw).map(\.name).filter { name in
      options.contains { $0.name == name }
    }
    guard unknown.isEmpty else {
      throw FFmpegError(call: "avcodec_open2", reason: .optionNotFound(unknown))
    }
  }

  deinit {
    var context: UnsafeMutablePointer<AVCodecContext>? = context
    libraries.codec.pointee.avcodec_free_context(&context)
  }

  /// The configuration as the encoder gives it: Annex B for H.264, AudioSpecificConfig for AAC.
  var extradata: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      start: context.pointee.extradata, count: Int(max(0, context.pointee.extradata_size)))
  }

  /// Encodes a frame, or what is still held back when `frame` is nil.
  ///
  /// The packet is the encoder's own, valid within `each`.
  func encode(_ frame: FrameBuffer?, each: (Packet) throws -> Void) throws {
    while true {
      let sent = libraries.codec.pointee.avcodec_send_frame(context, frame?.raw)
      let isFull = sent == clibav_error(EAGAIN)
      if sent < 0, !isFull, sent != CLIBAV_EOF {
        throw libraries.failure("avcodec_send_frame", sent)
      }
      var hasGiven = false
      while true {
        let received = libraries.codec.pointee.avcodec_receive_packet(context, packet.raw)
        if received == clibav_error(EAGAIN) || received == CLIBAV_EOF { break }
        try libraries.check("avcodec_receive_packet", received)
        hasGiven = true
        try each(packet)
      }
      // An encoder that neither takes nor gives would keep us here for ever.
      if !isFull || !hasGiven { break }
    }
  }

  // MARK: Finding one

  /// The encoder of a name; without one, the best for a codec that needs no hardware.
  ///
  /// - Throws: `FFmpegError` that says what is missing, and which Debian package has it.
  static func find(
    _ name: String?, for codec: AVCodecID, _ libraries: FFmpegLibraries
  ) throws(FFmpegError) -> UnsafePointer<AVCodec> {
    let table = libraries.codec
    if let name {
      if let found = table.pointee.avcodec_find_encoder_by_name(name), found.pointee.id == codec {
        return found
      }
      throw missing("this FFmpeg has no \(describe(codec)) encoder named '\(name)'")
    }
    for name in preferred(codec) {
      if let found = table.pointee.avcodec_find_encoder_by_name(name) { return found }
    }
    var position: UnsafeMutableRawPointer?
    while let candidate = table.pointee.av_codec_iterate(&position) {
      if candidate.pointee.id == codec, isSoftware(candidate, libraries) { return candidate }
    }
    throw missing("this FFmpeg has no \(describe(codec)) encoder")
  }

  private static func isSoftware(
    _ codec: UnsafePointer<AVCodec>, _ libraries: FFmpegLibraries
  ) -> Bool {
    let unwanted = AV_CODEC_CAP_HARDWARE | AV_CODEC_CAP_HYBRID | AV_CODEC_CAP_EXPERIMENTAL
    // OpenMAX does not say that it is hardware.
    let wrapper = FFmpegLibraries.string(codec.pointee.wrapper_name)
    return libraries.codec.pointee.av_codec_is_encoder(codec) != 0
      && codec.pointee.capabilities & unwanted == 0 && wrapper != "omx"
  }

  private static func missing(_ text: String) -> FFmpegError {
    FFmpegError(
      call: "avcodec_find_encoder", reason: .notImplemented,
      text: "\(text) (Debian's libavcodec\(LIBAVCODEC_VERSION_MAJOR) has libx264 and aac)")
  }

  private static func preferred(_ codec: AVCodecID) -> [String] {
    switch codec {
    case AV_CODEC_ID_H264: ["libx264", "libopenh264"]
    case AV_CODEC_ID_AAC: ["aac"]
    default: []
    }
  }

  private static func describe(_ codec: AVCodecID) -> String {
    switch codec {
    case AV_CODEC_ID_H264: "H.264"
    case AV_CODEC_ID_AAC: "AAC"
    default: "\(codec.rawValue)"
    }
  }
}
