internal import CLibAV
internal import Glibc

/// Bytes that a demuxer reads at any position, for inputs FFmpeg does not open itself.
public protocol RandomAccessInput: AnyObject {
  /// Bytes in all; nil where it can only be read forward (a live pipe). It may throw as `read` does.
  func byteCount() throws -> Int64?
  /// Reads at most `buffer.count` bytes at `offset` and returns how many, 0 at the end.
  ///
  /// What it throws, the demuxer's own methods throw.
  func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int
  /// Whether any offset may be asked for; otherwise offsets only rise.
  var isSeekable: Bool { get }
}

/// How an input is opened.
public struct DemuxerOptions {
  /// FFmpeg's demuxer name; nil to find it from the bytes.
  public var inputFormat: String?
  /// Bytes read at most to find out what the input holds; nil for FFmpeg's default.
  public var probeByteCount: Int64?
  /// Media time read at most for that, microseconds; nil for FFmpeg's default.
  public var analyzeMicroseconds: Int64?
  /// Options of the demuxer and protocol, by name.
  public var options: [(name: String, value: String)] = []
  /// Options tried but not missed when the demuxer does not know them.
  public var optionalOptions: [(name: String, value: String)] = []
  /// Longest silence in nanoseconds; 0 for none.
  public var timeout: Int64 = 0
  /// How many timeouts more than one a phase may take where silence cannot be told from slowness;
  /// the protocols' own bounds see to silence there.
  public var patience: Int64 = 0
  /// Polled while FFmpeg blocks: nonzero ends the wait.
  public var cancelled: (@convention(c) (UnsafeMutableRawPointer?) -> Int32)?
  /// Where the bytes come from, when FFmpeg is not to open `url` itself.
  public var input: (any RandomAccessInput)?

  /// FFmpeg's defaults.
  public init() {}
}

/// An opened input: its description and its packets.
///
/// Belongs to one thread. FFmpeg's log of the calls made here goes to the thread's `FFmpegLog`.
public final class Demuxer {
  let libraries: FFmpegLibraries
  let context: UnsafeMutablePointer<AVFormatContext>
  private let watch: SilenceWatch
  private let bridge: InputBridge?
  private let options: DemuxerOptions

  /// Opens `url` and reads as far as its header goes.
  ///
  /// - Throws: `FFmpegError`; whatever `options.input` threw is thrown as it was.
  public init(url: String, options: DemuxerOptions = .init()) throws {
    let libraries = try FFmpegLibraries.open()
    self.libraries = libraries
    self.options = options
    let inputFormat = try Self.inputFormat(options.inputFormat, libraries)
    let bridge = try options.input.map { try InputBridge($0, libraries) }
    self.bridge = bridge
    var dictionary = try FFmpegDictionary(libraries)
    for (name, value) in options.optionalOptions + options.options {
      try dictionary.set(name, value)
    }
    // Transport streams with a program map that changes: ffprobe scans them all, so do we.
    if !options.options.contains(where: { $0.name == "scan_all_pmts" }) {
      try dictionary.set("scan_all_pmts", "1")
    }
    // Playlists and session descriptions lead elsewhere. FFmpeg bounds that by the protocol they came
    // by; bytes that are handed over have none, so it is that of a file, or of a pipe.
    if bridge != nil, !options.options.contains(where: { $0.name == "protocol_whitelist" }) {
      let isNameless = url.isEmpty || url.hasPrefix("pipe:")
      try dictionary.set("protocol_whitelist", isNameless ? "crypto,data" : "file,crypto,data")
    }
    guard let allocated = libraries.format.pointee.avformat_alloc_context() else {
      throw FFmpegError(call: "avformat_alloc_context", reason: .system(errno: ENOMEM))
    }
    let watch = SilenceWatch(window: options.timeout, cancelled: options.cancelled)
    self.watch = watch
    allocated.pointee.interrupt_callback.callback = { watch in
      watch.map { clibav_watch_expired($0) } ?? 0
    }
    allocated.pointee.interrupt_callback.opaque = UnsafeMutableRawPointer(watch.raw)
    if let bytes = options.probeByteCount { allocated.pointee.probesize = bytes }
    if let time = options.analyzeMicroseconds { allocated.pointee.max_analyze_duration = time }
    allocated.pointee.pb = bridge?.context

    var context: UnsafeMutablePointer<AVFormatContext>? = allocated
    // Opening may take several answers of the peer; protocols bound the silence of each.
    watch.restart(extra: options.timeout.multipliedOrMax(by: options.patience))
    let code = libraries.format.pointee.avformat_open_input(
      &context, url, inputFormat, &dictionary.raw)
    guard code >= 0, let context else {
      throw Self.explain("avformat_open_input", code, watch, bridge, libraries)
    }
    self.context = context
    let unknown = libraries.entries(of: dictionary.raw).map(\.name).filter { name in
      options.options.contains { $0.name == name }
    }
    guard unknown.isEmpty else {
      throw FFmpegError(call: "avformat_open_input", reason: .optionNotFound(unknown))
    }
  }

  deinit {
    var context: UnsafeMutablePointer<AVFormatContext>? = context
    libraries.format.pointee.avformat_close_input(&context)
  }

  /// Reads some packets ahead to fill in what the header leaves open.
  ///
  /// - Throws: `FFmpegError`, and what the input throws.
  public func findStreamInfo() throws {
    // Live transports without bytes to count may use all of this time and yet be alive.
    let analyze = options.analyzeMicroseconds ?? 5_000_000
    let code = watch.reading(context, extra: hiddenPatience + analyze.multipliedOrMax(by: 1000)) {
      libraries.format.pointee.avformat_find_stream_info(context, nil)
    }
    guard code >= 0 else {
      throw Self.explain("avformat_find_stream_info", code, watch, bridge, libraries)
    }
    if let error = bridge?.takeError() { throw error }
    if watch.wasCancelled {
      throw FFmpegError(call: "avformat_find_stream_info", reason: .cancelled)
    }
    // What was read before a silence is described as if it were all: say that it is not.
    let isSilent = context.pointee.pb.map { $0.pointee.error == clibav_error(ETIMEDOUT) } ?? false
    if watch.hasExpired || isSilent {
      throw FFmpegError(call: "avformat_find_stream_info", reason: .timedOut)
    }
  }

  /// More time for demuxers whose arriving bytes cannot be seen: they read through contexts of
  /// their own (HLS, DASH) or through none (RTSP), and wait for segments that are not there yet.
  private var hiddenPatience: Int64 {
    let isHidden =
      context.pointee.pb == nil || ["hls", "dash"].contains(formatName)
    return isHidden ? options.timeout.multipliedOrMax(by: options.patience) : 0
  }

  /// The next packet, in the container's order; false at the end.
  ///
  /// - Throws: `FFmpegError` for a read that failed part-way, a silence or a signal.
  public func read(into packet: Packet) throws -> Bool {
    libraries.codec.pointee.av_packet_unref(packet.raw)
    let code = watch.reading(context, extra: hiddenPatience) {
      libraries.format.pointee.av_read_frame(context, packet.raw)
    }
    if code >= 0 { return true }
    if let error = bridge?.takeError() { throw error }
    if code == CLIBAV_EOF, !watch.hasExpired, !watch.wasCancelled {
      // Demuxers report a failed read as an end; the error stays with the I/O context.
      let ioError = context.pointee.pb?.pointee.error ?? 0
      guard ioError < 0, ioError != CLIBAV_EOF else { return false }
      throw Self.explain("av_read_frame", ioError, watch, bridge, libraries)
    }
    throw Self.explain("av_read_frame", code, watch, bridge, libraries)
  }

  /// The next packet of one track that holds something; false at the end.
  func read(_ streamIndex: Int, into packet: Packet) throws -> Bool {
    while try read(into: packet) {
      if packet.streamIndex == streamIndex, packet.byteCount > 0 { return true }
    }
    return false
  }

  /// Leaves out packets of tracks nobody wants.
  public func discard(streamsExcept wanted: (Int) -> Bool) {
    for index in 0..<Int(context.pointee.nb_streams) where !wanted(index) {
      stream(index)?.pointee.discard = AVDISCARD_ALL
    }
  }

  /// Hands out packets also of tracks that the demuxer reads only for itself.
  public func keepAll(streams wanted: (Int) -> Bool) {
    for index in 0..<Int(context.pointee.nb_streams) where wanted(index) {
      stream(index)?.pointee.discard = AVDISCARD_DEFAULT
    }
  }

  /// How sure FFmpeg is of the format, 0...100; 50 is what a file name alone is worth.
  public var probeScore: Int { Int(context.pointee.probe_score) }

  /// FFmpeg's short names of the format.
  public var formatName: String {
    FFmpegLibraries.string(context.pointee.iformat.pointee.name) ?? ""
  }

  /// Number of tracks; it can grow while packets are read.
  public var streamCount: Int { Int(context.pointee.nb_streams) }

  /// Packets the container's index promises for a track, with the end of the furthest one.
  ///
  /// - Returns: nil where the demuxer keeps no index.
  public func indexedEnd(of streamIndex: Int) -> Int64? {
    guard let stream = stream(streamIndex) else { return nil }
    let count = libraries.format.pointee.avformat_index_get_entries_count(stream)
    var end: Int64?
    for position in 0..<max(0, count) {
      guard let entry = libraries.format.pointee.avformat_index_get_entry(stream, position) else {
        continue
      }
      let (sum, overflow) = entry.pointee.pos.addingReportingOverflow(Int64(entry.pointee.size))
      if !overflow { end = max(end ?? sum, sum) }
    }
    return end
  }

  func stream(_ index: Int) -> UnsafeMutablePointer<AVStream>? {
    guard index >= 0, index < streamCount else { return nil }
    return context.pointee.streams[index]
  }

  private static func inputFormat(
    _ name: String?, _ libraries: FFmpegLibraries
  ) throws(FFmpegError) -> UnsafePointer<AVInputFormat>? {
    guard let name else { return nil }
    guard let format = libraries.format.pointee.av_find_input_format(name) else {
      throw FFmpegError(
        call: "av_find_input_format", reason: .demuxerNotFound,
        text: "no input format named '\(name)' in this FFmpeg")
    }
    return format
  }

  private static func explain(
    _ call: StaticString, _ code: CInt, _ watch: SilenceWatch,
    _ bridge: InputBridge?, _ libraries: FFmpegLibraries
  ) -> any Error {
    if let error = bridge?.takeError() { return error }
    if watch.wasCancelled {
      return FFmpegError(call: "\(call)", reason: .cancelled)
    }
    if watch.hasExpired || code == clibav_error(ETIMEDOUT) {
      return FFmpegError(call: "\(call)", reason: .timedOut)
    }
    return libraries.failure(call, code)
  }
}

extension Int64 {
  func multipliedOrMax(by factor: Int64) -> Int64 {
    let (product, overflow) = multipliedReportingOverflow(by: factor)
    return overflow ? .max : product
  }
}
