internal import CLibAV
internal import Glibc

/// Makes whole pictures of interlaced ones with libavfilter, as many as there were.
///
/// Belongs to one thread at a time. Pictures come out in the order they went in, later by one.
public final class PictureDeinterlacer {
  /// FFmpeg's filters: both keep the first field, and find the other's rows between its own and
  /// those of the pictures before and after.
  public enum Method: String, Hashable, Sendable, CaseIterable {
    /// "Yet another deinterlacing filter".
    case yadif
    /// The same with the weights of the BBC's filters.
    case bwdif
  }

  private let libraries: FFmpegLibraries
  private let table: UnsafePointer<clibav_filtering>
  private let graph: FilterGraph
  private let geometry: PlaneGeometry
  private let size: (width: Int, height: Int)
  private let input: FrameBuffer
  private let output: FrameBuffer
  private var count: Int64 = 0
  private var isFinished = false

  /// Whether pictures of FFmpeg's name can be deinterlaced without a conversion: planar ones can.
  ///
  /// - Throws: `FFmpegError` where FFmpeg is missing.
  public static func supports(_ format: String) throws(FFmpegError) -> Bool {
    let libraries = try FFmpegLibraries.open()
    let table = try libraries.openFiltering()
    guard let geometry = try? PlaneGeometry(Self.plain(format), width: 64, height: 64, libraries)
    else { return false }
    let graph = try FilterGraph(table)
    return
      (try? graph.configure(
        geometry.format, (64, 64), filter: "yadif", options: "", libraries)) != nil
  }

  /// A deinterlacer of pictures of one size.
  ///
  /// - Parameters:
  ///   - format: FFmpeg's name of a pixel format that `supports` answers.
  ///   - width: luma samples of a row.
  ///   - height: rows of both fields.
  ///   - isTopFieldFirst: which field is the earlier; nil takes the top one, as FFmpeg does where
  ///     nothing says.
  ///   - method: which of FFmpeg's filters.
  /// - Throws: `FFmpegError`: `libraryMissing` without libavfilter, `notImplemented` for formats and
  ///   sizes that it does not take.
  public init(
    format: String, width: Int, height: Int, isTopFieldFirst: Bool?, method: Method = .bwdif
  ) throws(FFmpegError) {
    libraries = try FFmpegLibraries.open()
    table = try libraries.openFiltering()
    geometry = try PlaneGeometry(Self.plain(format), width: width, height: height, libraries)
    size = (width, height)
    input = try FrameBuffer(libraries)
    output = try FrameBuffer(libraries)
    graph = try FilterGraph(table)
    let parity = isTopFieldFirst.map { $0 ? "tff" : "bff" } ?? "auto"
    do throws(FFmpegError) {
      try graph.configure(
        geometry.format, size, filter: method.rawValue,
        options: "mode=send_frame:parity=\(parity):deint=all", libraries)
    } catch {
      if error.reason == .system(errno: ENOMEM) { throw error }
      throw FFmpegError(
        call: error.call, reason: .notImplemented,
        text: "this FFmpeg cannot deinterlace pictures of \(format), \(width)x\(height)")
    }
  }

  /// Takes a picture, planes in FFmpeg's order; what comes out must be taken with `next`.
  ///
  /// - Throws: `FFmpegError`.
  public func push(_ planes: [(start: UnsafeRawPointer, stride: Int)]) throws(FFmpegError) {
    precondition(!isFinished, "pictures after the end")
    guard planes.count == geometry.planes.count else {
      throw FFmpegError(
        call: "av_buffersrc_add_frame", reason: .invalidData, text: "planes are missing")
    }
    // The filter keeps the memory of the last few.
    try input.allocate(picture: geometry, width: size.width, height: size.height)
    let source = planes.map {
      PictureScaler.Plane(start: UnsafeMutableRawPointer(mutating: $0.start), stride: $0.stride)
    }
    geometry.copy(from: source, to: input.planes)
    input.raw.pointee.pts = count
    count &+= 1
    try libraries.check(
      "av_buffersrc_add_frame",
      table.pointee.av_buffersrc_add_frame_flags(graph.source, input.raw, 0))
  }

  /// Says that no picture follows.
  ///
  /// - Throws: `FFmpegError`.
  public func finish() throws(FFmpegError) {
    guard !isFinished else { return }
    isFinished = true
    try libraries.check(
      "av_buffersrc_add_frame", table.pointee.av_buffersrc_add_frame_flags(graph.source, nil, 0))
  }

  /// Hands over the next whole picture; false where there is none until more are pushed, and at the
  /// end.
  ///
  /// The planes are valid within `body`.
  /// - Throws: `FFmpegError`, and what `body` throws.
  public func next(_ body: ([(start: UnsafeRawPointer, stride: Int)]) throws -> Void) throws -> Bool
  {
    let code = table.pointee.av_buffersink_get_frame(graph.sink, output.raw)
    if code == clibav_error(EAGAIN) || code == CLIBAV_EOF { return false }
    try libraries.check("av_buffersink_get_frame", code)
    defer { output.clear() }
    try body(output.planes.map { (UnsafeRawPointer($0.start), $0.stride) })
    return true
  }

  /// What range samples take does not matter here, and libavfilter has its own rules for these.
  private static func plain(_ format: String) -> String {
    format.hasPrefix("yuvj") ? "yuv" + format.dropFirst(4) : format
  }
}

/// A source, a filter and a sink in a row, on the caller's thread.
private final class FilterGraph {
  private(set) var source: UnsafeMutablePointer<AVFilterContext>?
  private(set) var sink: UnsafeMutablePointer<AVFilterContext>?
  private let table: UnsafePointer<clibav_filtering>
  private let graph: UnsafeMutablePointer<AVFilterGraph>

  init(_ table: UnsafePointer<clibav_filtering>) throws(FFmpegError) {
    self.table = table
    guard let graph = table.pointee.avfilter_graph_alloc() else {
      throw FFmpegError(call: "avfilter_graph_alloc", reason: .system(errno: ENOMEM))
    }
    self.graph = graph
    graph.pointee.nb_threads = 1
  }

  deinit {
    var graph: UnsafeMutablePointer<AVFilterGraph>? = graph
    table.pointee.avfilter_graph_free(&graph)
  }

  func configure(
    _ format: AVPixelFormat, _ size: (width: Int, height: Int), filter: String, options: String,
    _ libraries: FFmpegLibraries
  ) throws(FFmpegError) {
    let form =
      "video_size=\(size.width)x\(size.height):pix_fmt=\(format.rawValue):time_base=1/25:pixel_aspect=1/1"
    source = try add("buffer", form, libraries)
    let middle = try add(filter, options, libraries)
    sink = try add("buffersink", "", libraries)
    try libraries.check("avfilter_link", table.pointee.avfilter_link(source, 0, middle, 0))
    try libraries.check("avfilter_link", table.pointee.avfilter_link(middle, 0, sink, 0))
    // What the filter does not take is refused rather than converted on the way.
    table.pointee.avfilter_graph_set_auto_convert(
      graph, UInt32(truncatingIfNeeded: AVFILTER_AUTO_CONVERT_NONE))
    try libraries.check("avfilter_graph_config", table.pointee.avfilter_graph_config(graph, nil))
  }

  private func add(
    _ name: String, _ options: String, _ libraries: FFmpegLibraries
  ) throws(FFmpegError) -> UnsafeMutablePointer<AVFilterContext>? {
    guard let filter = table.pointee.avfilter_get_by_name(name) else {
      throw FFmpegError(
        call: "avfilter_get_by_name", reason: .notImplemented,
        text: "this FFmpeg has no filter named '\(name)'")
    }
    var context: UnsafeMutablePointer<AVFilterContext>?
    try libraries.check(
      "avfilter_graph_create_filter",
      table.pointee.avfilter_graph_create_filter(&context, filter, name, options, nil, graph))
    return context
  }
}
