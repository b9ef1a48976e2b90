internal import CLibAV
internal import Glibc

/// One track of what a muxer writes.
public struct MuxerTrack: Sendable {
  /// FFmpeg's name of the codec, such as `opus`.
  public var codec: String
  /// The unit of its packets' times: how many make a second.
  public var ticksPerSecond: Int32
  /// The decoder configuration as MP4 stores it; OpusHead for Opus, whole.
  public var configuration: [UInt8] = []
  /// FourCC in place of the one the container would choose, such as `hvc1`.
  public var codecTag: String?
  /// Luma samples in a row, of video.
  public var width = 0
  /// Rows of luma samples, of video.
  public var height = 0
  /// FFmpeg's name of how decoded samples of video lie in memory; nil where that is not known.
  ///
  /// MP4's description of VP9 is made of it.
  public var pixelFormat: String?
  /// Whether samples of video take their whole range; nil where that is not known.
  public var isFullRange: Bool?
  /// The codec's number of its profile; nil where that is not known.
  public var profile: Int?
  /// Samples per second and channel, of audio; 48000 for Opus.
  public var sampleRate = 0
  /// How many channels, of audio.
  public var channels = 0
  /// FFmpeg's name of the channel layout, such as `5.1`; nil for the usual one of `channels`.
  public var channelLayout: String?
  /// Samples of a packet, of audio; 0 where it varies or is unknown.
  public var samplesPerPacket = 0
  /// Samples a decoder drops at the start; nil for Opus's own pre-skip, and 0 for the rest.
  public var initialPadding: Int?
  /// Declared bits per second; 0 for unknown.
  public var bitRate: Int64 = 0
  /// Metadata, such as `language`.
  public var tags: [Tag] = []

  /// A track with what is always known; the rest is set afterwards.
  public init(codec: String, ticksPerSecond: Int32) {
    self.codec = codec
    self.ticksPerSecond = ticksPerSecond
  }
}

/// How a muxer writes.
public struct MuxerOptions {
  /// Options of the muxer by name (`movflags`), and of libavformat (`max_interleave_delta`).
  public var options: [(name: String, value: String)] = []
  /// Metadata of the whole file.
  public var tags: [Tag] = []
  /// The same bytes each time: no library version, no random number.
  public var isBitExact = false
  /// Whether bytes already written may be written over; MP4 without fragments needs it, and an
  /// index or a duration at the start is only filled in with it.
  public var isSeekable = false

  /// FFmpeg's defaults, for an output written only forward.
  public init() {}
}

/// Packets into any container that FFmpeg writes.
///
/// The container's header goes out as a muxer is made; without `finish`, what was buffered and the
/// container's end are never written. Belongs to one thread.
public final class Muxer {
  /// Takes bytes of the container and where in it they belong, all of them or throws.
  ///
  /// The offset only rises, without gaps, unless the output is seekable.
  public typealias Output = (_ bytes: UnsafeRawBufferPointer, _ offset: Int64) throws -> Void

  private let libraries: FFmpegLibraries
  private let bridge: OutputBridge
  private let packet: Packet
  private let timeBases: [AVRational]
  private var context: UnsafeMutablePointer<AVFormatContext>?
  private var isFinished = false

  /// Begins a container with the tracks it will hold.
  ///
  /// Unknown names and options are found before the first byte is written.
  ///
  /// - Parameters:
  ///   - format: FFmpeg's short name of the muxer, such as `ogg`.
  ///   - tracks: in the order that packets number them.
  ///   - options: how it writes.
  ///   - output: where the bytes go.
  /// - Throws: `FFmpegError`; what `output` threw is thrown as it was.
  public init(
    format: String, tracks: [MuxerTrack], options: MuxerOptions = .init(), output: @escaping Output
  ) throws {
    let libraries = try FFmpegLibraries.open()
    self.libraries = libraries
    packet = try Packet()
    bridge = try OutputBridge(output, isSeekable: options.isSeekable, libraries)
    timeBases = tracks.map { AVRational(num: 1, den: $0.ticksPerSecond) }
    let code = libraries.format.pointee.avformat_alloc_output_context2(&context, nil, format, nil)
    guard code != clibav_error(EINVAL) else {
      throw FFmpegError(
        call: "avformat_alloc_output_context2", reason: .notImplemented,
        text: "this FFmpeg writes no format named '\(format)'")
    }
    try libraries.check("avformat_alloc_output_context2", code)
    guard let context else {
      throw FFmpegError(call: "avformat_alloc_output_context2", reason: .system(errno: ENOMEM))
    }
    context.pointee.pb = bridge.context
    if options.isBitExact { context.pointee.flags |= AVFMT_FLAG_BITEXACT }
    try setTags(options.tags, &context.pointee.metadata)
    for track in tracks { try add(track, to: context) }
    try begin(context, options)
  }

  deinit { libraries.format.pointee.avformat_free_context(context) }

  /// Writes one packet; packets of several tracks are put in the order of their decoding times.
  ///
  /// - Parameters:
  ///   - payload: the coded bytes, in the form MP4 stores them.
  ///   - track: its index in the list of tracks.
  ///   - pts: presentation time, ticks of the track.
  ///   - dts: decoding time, ticks of the track, rising within it; nil for `pts`.
  ///   - duration: ticks; 0 for unknown. Ogg ends a page's time at the end of its last packet.
  ///   - isKey: whether decoding can begin here.
  /// - Throws: `FFmpegError`; what the output threw is thrown as it was.
  public func write(
    _ payload: UnsafeRawBufferPointer, track: Int, pts: Int64, dts: Int64? = nil,
    duration: Int64 = 0, isKey: Bool = true
  ) throws {
    precondition(timeBases.indices.contains(track), "no such track")
    precondition(!isFinished, "the container is finished")
    guard let context, let stream = context.pointee.streams[track],
      let byteCount = CInt(exactly: payload.count)
    else { throw FFmpegError(call: "av_new_packet", reason: .system(errno: EINVAL)) }
    let raw = packet.raw
    libraries.codec.pointee.av_packet_unref(raw)
    // FFmpeg's parsers read a little past the end, so the bytes move to where there is room.
    try libraries.check("av_new_packet", libraries.codec.pointee.av_new_packet(raw, byteCount))
    if byteCount > 0 {
      UnsafeMutableRawBufferPointer(start: raw.pointee.data, count: payload.count)
        .copyMemory(from: payload)
    }
    raw.pointee.stream_index = CInt(track)
    raw.pointee.pts = pts
    raw.pointee.dts = dts ?? pts
    raw.pointee.duration = duration
    raw.pointee.flags = isKey ? AV_PKT_FLAG_KEY : 0
    libraries.codec.pointee.av_packet_rescale_ts(raw, timeBases[track], stream.pointee.time_base)
    try check(
      "av_interleaved_write_frame",
      libraries.format.pointee.av_interleaved_write_frame(context, raw))
  }

  /// Writes what is still buffered and the container's end, once.
  ///
  /// - Throws: `FFmpegError`, and what the output throws.
  public func finish() throws {
    guard !isFinished else { return }
    isFinished = true
    try check("av_write_trailer", libraries.format.pointee.av_write_trailer(context))
    libraries.format.pointee.avio_flush(bridge.context)
    try check("avio_flush", bridge.context?.pointee.error ?? 0)
  }

  // MARK: Beginning

  private func begin(
    _ context: UnsafeMutablePointer<AVFormatContext>, _ options: MuxerOptions
  ) throws {
    var dictionary = try FFmpegDictionary(libraries)
    for (name, value) in options.options { try dictionary.set(name, value) }
    try check(
      "avformat_init_output",
      libraries.format.pointee.avformat_init_output(context, &dictionary.raw))
    let unknown = libraries.entries(of: dictionary.raw).map(\.name)
    guard unknown.isEmpty else {
      throw FFmpegError(call: "avformat_init_output", reason: .optionNotFound(unknown))
    }
    try check(
      "avformat_write_header", libraries.format.pointee.avformat_write_header(context, nil))
  }

  private func add(
    _ track: MuxerTrack, to context: UnsafeMutablePointer<AVFormatContext>
  ) throws(FFmpegError) {
    precondition(track.ticksPerSecond > 0, "a track has a timescale")
    guard let descriptor = libraries.codec.pointee.avcodec_descriptor_get_by_name(track.codec)
    else {
      throw FFmpegError(
        call: "avcodec_descriptor_get_by_name", reason: .notImplemented,
        text: "this FFmpeg knows no codec named '\(track.codec)'")
    }
    guard let stream = libraries.format.pointee.avformat_new_stream(context, nil),
      let parameters = stream.pointee.codecpar
    else { throw FFmpegError(call: "avformat_new_stream", reason: .system(errno: ENOMEM)) }
    stream.pointee.time_base = AVRational(num: 1, den: track.ticksPerSecond)
    parameters.pointee.codec_type = descriptor.pointee.type
    parameters.pointee.codec_id = descriptor.pointee.id
    parameters.pointee.codec_tag = Self.fourCC(track.codecTag)
    parameters.pointee.bit_rate = track.bitRate
    parameters.pointee.width = CInt(clamping: track.width)
    parameters.pointee.height = CInt(clamping: track.height)
    if let profile = track.profile { parameters.pointee.profile = CInt(clamping: profile) }
    if descriptor.pointee.type == AVMEDIA_TYPE_AUDIO { try setSound(track, parameters) }
    if let name = track.pixelFormat {
      parameters.pointee.format = libraries.util.pointee.av_get_pix_fmt(name).rawValue
    }
    if let isFull = track.isFullRange {
      parameters.pointee.color_range = isFull ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
    }
    try setConfiguration(track.configuration, parameters)
    try setTags(track.tags, &stream.pointee.metadata)
  }

  private func setSound(
    _ track: MuxerTrack, _ parameters: UnsafeMutablePointer<AVCodecParameters>
  ) throws(FFmpegError) {
    parameters.pointee.sample_rate = CInt(clamping: track.sampleRate)
    parameters.pointee.frame_size = CInt(clamping: track.samplesPerPacket)
    let padding = track.initialPadding ?? Self.preSkip(track) ?? 0
    parameters.pointee.initial_padding = CInt(clamping: padding)
    if let layout = track.channelLayout {
      try libraries.check(
        "av_channel_layout_from_string",
        libraries.util.pointee.av_channel_layout_from_string(&parameters.pointee.ch_layout, layout))
    } else if track.channels > 0 {
      libraries.util.pointee.av_channel_layout_default(
        &parameters.pointee.ch_layout, CInt(clamping: track.channels))
    }
  }

  private func setConfiguration(
    _ bytes: [UInt8], _ parameters: UnsafeMutablePointer<AVCodecParameters>
  ) throws(FFmpegError) {
    guard !bytes.isEmpty else { return }
    let (copy, count) = try libraries.paddedCopy(bytes)
    parameters.pointee.extradata = copy
    parameters.pointee.extradata_size = count
  }

  private func setTags(
    _ tags: [Tag], _ dictionary: inout OpaquePointer?
  ) throws(FFmpegError) {
    for tag in tags {
      try libraries.check(
        "av_dict_set", libraries.util.pointee.av_dict_set(&dictionary, tag.name, tag.value, 0))
    }
  }

  /// Four characters as FFmpeg keeps them, the first in the lowest byte; 0 for its own choice.
  private static func fourCC(_ text: String?) -> UInt32 {
    guard let text else { return 0 }
    precondition(text.utf8.count == 4, "a FourCC has four characters")
    return text.utf8.reversed().reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// `Pre-skip` of OpusHead (RFC 7845 §5.1), which counts at 48 kHz.
  private static func preSkip(_ track: MuxerTrack) -> Int? {
    guard track.codec == "opus", track.configuration.count >= 12 else { return nil }
    return Int(track.configuration[10]) | Int(track.configuration[11]) << 8
  }

  private func check(_ call: StaticString, _ code: CInt) throws {
    // What the output threw says more than the code it became.
    if let error = bridge.takeError() { throw error }
    try libraries.check(call, code)
  }
}

/// Lets FFmpeg write into a closure, and keeps the error it threw.
private final class OutputBridge {
  private static let bufferByteCount = 65_536
  private(set) var context: UnsafeMutablePointer<AVIOContext>?
  private let output: Muxer.Output
  private let libraries: FFmpegLibraries
  private var offset: Int64 = 0
  private var end: Int64 = 0
  private var error: (any Error)?

  init(
    _ output: @escaping Muxer.Output, isSeekable: Bool, _ libraries: FFmpegLibraries
  ) throws(FFmpegError) {
    self.output = output
    self.libraries = libraries
    guard let buffer = libraries.util.pointee.av_malloc(Self.bufferByteCount) else {
      throw FFmpegError(call: "av_malloc", reason: .system(errno: ENOMEM))
    }
    // The bytes' type is const only since FFmpeg 7; the closure takes it as it comes.
    context = libraries.format.pointee.avio_alloc_context(
      buffer.assumingMemoryBound(to: UInt8.self), CInt(Self.bufferByteCount), 1,
      Unmanaged.passUnretained(self).toOpaque(), nil,
      { opaque, bytes, count in
        guard let opaque else { return clibav_error(EINVAL) }
        return Unmanaged<OutputBridge>.fromOpaque(opaque).takeUnretainedValue()
          .write(UnsafeRawBufferPointer(start: bytes, count: Int(max(0, count))))
      },
      isSeekable
        ? { opaque, offset, whence in
          guard let opaque else { return Int64(clibav_error(EINVAL)) }
          return Unmanaged<OutputBridge>.fromOpaque(opaque).takeUnretainedValue()
            .seek(to: offset, whence)
        } : nil)
    guard context != nil else {
      libraries.util.pointee.av_free(buffer)
      throw FFmpegError(call: "avio_alloc_context", reason: .system(errno: ENOMEM))
    }
  }

  deinit {
    // FFmpeg may have put another buffer in the place of ours.
    if let buffer = context?.pointee.buffer { libraries.util.pointee.av_free(buffer) }
    libraries.format.pointee.avio_context_free(&context)
  }

  /// The error the output threw since the last call.
  func takeError() -> (any Error)? {
    defer { error = nil }
    return error
  }

  private func write(_ bytes: UnsafeRawBufferPointer) -> CInt {
    do {
      try output(bytes, offset)
      offset += Int64(bytes.count)
      end = max(end, offset)
      return CInt(bytes.count)
    } catch {
      self.error = error
      return clibav_error(EIO)
    }
  }

  private func seek(to target: Int64, _ whence: CInt) -> Int64 {
    let wanted: Int64
    switch whence & ~CInt(AVSEEK_FORCE) {
    case CInt(AVSEEK_SIZE): return end
    case SEEK_SET: wanted = target
    case SEEK_CUR: wanted = offset &+ target
    case SEEK_END: wanted = end &+ target
    default: return Int64(clibav_error(EINVAL))
    }
    guard wanted >= 0 else { return Int64(clibav_error(EINVAL)) }
    offset = wanted
    return wanted
  }
}
