internal import CLibAV
internal import Glibc

/// Pictures of a format that is not wanted, made into the nearest that is.
///
/// Matrix and range stay; of a palette the colours are looked up.
final class PictureSubstitute {
  /// FFmpeg's name of what comes out.
  let name: String
  /// Whether alpha gets lost.
  let dropsAlpha: Bool

  private let libraries: FFmpegLibraries
  private let geometry: PlaneGeometry
  private let way: Way

  private enum Way {
    /// The first planes as they are: those of alpha come last.
    case fewerPlanes
    /// Gray and alpha, of which gray is repeated: libswscale's alpha is off by one.
    case grayThrice(FrameBuffer)
    case scaling(UnsafePointer<clibav_scaling>, UnsafeMutableRawPointer, FrameBuffer)
  }

  /// nil where pictures like the first are wanted as they are.
  ///
  /// - Throws: `FFmpegError`, `.notImplemented` where there is no way.
  init?(
    _ first: UnsafeMutablePointer<AVFrame>, _ libraries: FFmpegLibraries,
    _ accepts: (String) -> Bool
  ) throws(FFmpegError) {
    let value = first.pointee
    let format = AVPixelFormat(value.format)
    guard let name = libraries.pixelFormatName(value.format) else {
      throw FFmpegError(
        call: "avcodec_receive_frame", reason: .notImplemented, text: "pictures of no known format")
    }
    if accepts(name) { return nil }
    let hasAlpha = Self.hasAlpha(first, libraries)
    guard let wanted = Self.choose(name, format, hasAlpha: hasAlpha, libraries, accepts) else {
      throw Self.refusal(name)
    }
    self.libraries = libraries
    self.name = wanted
    geometry = try PlaneGeometry(
      wanted, width: Int(value.width), height: Int(value.height), libraries)
    dropsAlpha = hasAlpha && !Self.isAlphaFormat(geometry.format, libraries)
    if Self.withoutAlpha(name) == wanted {
      way = .fewerPlanes
    } else if Self.isGrayWithAlpha(name, wanted) {
      let target = try FrameBuffer(libraries)
      try target.allocate(
        picture: geometry, width: Int(value.width), height: Int(value.height))
      way = .grayThrice(target)
    } else {
      way = try Self.scaling(value, format, name, geometry, libraries)
    }
  }

  deinit {
    if case .scaling(let table, let scaler, _) = way { clibav_free_scaler(table, scaler) }
  }

  /// Planes of a picture like the first, valid until the next.
  func planes(
    of frame: UnsafeMutablePointer<AVFrame>
  ) throws(FFmpegError) -> [PictureScaler.Plane] {
    switch way {
    case .fewerPlanes: return Array(frame.pointee.planes.prefix(geometry.planes.count))
    case .grayThrice(let target):
      repeatGray(frame.pointee, into: target)
      return target.planes
    case .scaling(let table, let scaler, let target):
      try libraries.check(
        "sws_scale",
        clibav_scale_picture(table, scaler, frame, frame.pointee.height, target.raw))
      return target.planes
    }
  }

  private func repeatGray(_ source: AVFrame, into target: FrameBuffer) {
    guard let from = source.planes.first, let to = target.planes.first else { return }
    let size = name == "rgba" ? 1 : 2
    for row in 0..<Int(source.height) {
      var (read, write) = (from.start + row * from.stride, to.start + row * to.stride)
      for _ in 0..<Int(source.width) {
        for channel in 0..<3 { memcpy(write + channel * size, read, size) }
        memcpy(write + 3 * size, read + size, size)
        read += 2 * size
        write += 4 * size
      }
    }
  }

  private static func isGrayWithAlpha(_ name: String, _ wanted: String) -> Bool {
    [("ya8", "rgba"), ("ya16le", "rgba64le"), ("ya16be", "rgba64be")].contains {
      $0 == (name, wanted)
    }
  }

  private static func scaling(
    _ value: AVFrame, _ format: AVPixelFormat, _ name: String, _ geometry: PlaneGeometry,
    _ libraries: FFmpegLibraries
  ) throws(FFmpegError) -> Way {
    let table = try libraries.openScaling()
    let target = try FrameBuffer(libraries)
    try target.allocate(
      picture: geometry, width: Int(value.width), height: Int(value.height))
    guard table.pointee.sws_isSupportedInput(format) != 0,
      table.pointee.sws_isSupportedOutput(geometry.format) != 0,
      let scaler = clibav_new_scaler(
        table, value.width, value.height, format, value.width, value.height, geometry.format,
        CLIBAV_SCALE_NEAREST)
    else { throw refusal(name) }
    let isFull: CInt = PixelLayout(format, libraries).isFullRange(value.color_range) ? 1 : 0
    let matrix = CInt(value.colorspace.rawValue)
    // Refused only for pairs of formats that have no matrix to choose.
    _ = clibav_set_scaler_colors(table, scaler, matrix, isFull, matrix, isFull)
    return .scaling(table, scaler, target)
  }

  private static func refusal(_ name: String) -> FFmpegError {
    FFmpegError(
      call: "sws_getContext", reason: .notImplemented,
      text: "this FFmpeg cannot convert pictures of \(name)")
  }

  // MARK: Choosing

  private static func choose(
    _ name: String, _ format: AVPixelFormat, hasAlpha: Bool, _ libraries: FFmpegLibraries,
    _ accepts: (String) -> Bool
  ) -> String? {
    let usual = candidates(name, hasAlpha: hasAlpha)
    if let found = usual.first(where: accepts) { return found }
    var all: [AVPixelFormat] = []
    var descriptor: UnsafePointer<AVPixFmtDescriptor>?
    while let next = libraries.util.pointee.av_pix_fmt_desc_next(descriptor) {
      if let name = FFmpegLibraries.string(next.pointee.name), accepts(name) {
        all.append(libraries.util.pointee.av_pix_fmt_desc_get_id(next))
      }
      descriptor = next
    }
    all.append(AV_PIX_FMT_NONE)
    let best = libraries.codec.pointee.avcodec_find_best_pix_fmt_of_list(
      all, format, hasAlpha ? 1 : 0, nil)
    return best == AV_PIX_FMT_NONE ? nil : libraries.pixelFormatName(best.rawValue)
  }

  /// What loses nothing, where FFmpeg's own choice might.
  private static func candidates(_ name: String, hasAlpha: Bool) -> [String] {
    if let opaque = withoutAlpha(name) { return [opaque] }
    if name.hasPrefix("yuv440p") || name.hasPrefix("yuvj440p") {
      // Rows of chroma are doubled.
      return [name.hasPrefix("yuvj") ? "yuvj444p" : "yuv444p" + name.dropFirst(7)]
    }
    switch name {
    case "pal8", "gbrap", "ya8": return hasAlpha ? ["rgba"] : ["rgb24"]
    case "monow", "monob": return ["gray"]
    case "ya16le": return ["rgba64le"]
    case "ya16be": return ["rgba64be", "rgba64le"]
    default: return name.hasPrefix("gbrap") ? ["rgba64le"] : []
    }
  }

  /// `yuv420p10le` of `yuva420p10le`: the planes of alpha come behind the others.
  private static func withoutAlpha(_ name: String) -> String? {
    name.hasPrefix("yuva4") ? "yuv" + name.dropFirst(4) : nil
  }

  private static func isAlphaFormat(
    _ format: AVPixelFormat, _ libraries: FFmpegLibraries
  ) -> Bool {
    let flags = libraries.util.pointee.av_pix_fmt_desc_get(format)?.pointee.flags ?? 0
    return flags & UInt64(AV_PIX_FMT_FLAG_ALPHA) != 0
  }

  /// Whether pictures have alpha; of a palette, whether any colour in use is not opaque.
  private static func hasAlpha(
    _ frame: UnsafeMutablePointer<AVFrame>, _ libraries: FFmpegLibraries
  ) -> Bool {
    let value = frame.pointee
    let flags =
      libraries.util.pointee.av_pix_fmt_desc_get(AVPixelFormat(value.format))?.pointee.flags ?? 0
    guard flags & UInt64(AV_PIX_FMT_FLAG_PAL) != 0, let indices = value.data.0,
      let palette = value.data.1
    else { return flags & UInt64(AV_PIX_FMT_FLAG_ALPHA) != 0 }
    var isUsed = [Bool](repeating: false, count: 256)
    for row in 0..<Int(value.height) {
      let start = indices + row * Int(value.linesize.0)
      for column in 0..<Int(value.width) { isUsed[Int(start[column])] = true }
    }
    // 256 words of 32 bits, alpha on top, in the machine's order.
    let words = UnsafeRawPointer(palette)
    return isUsed.indices.contains {
      isUsed[$0] && words.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self) >> 24 != 255
    }
  }
}
