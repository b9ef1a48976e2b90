internal import CLibAV
internal import Glibc

/// How the planes of a picture are laid out, as FFmpeg sees its pixel format.
struct PlaneGeometry {
  struct Plane {
    /// Bytes of a row that hold samples.
    var rowByteCount: Int
    var rowCount: Int
    /// Whether a row is a whole number of the largest steps of libswscale's kernels, which take up to
    /// 32 samples at once, and of groups of three bytes more than there are.
    var isEven: Bool
  }

  let format: AVPixelFormat
  let planes: [Plane]
  /// Bits that chroma is coarser by than luma, as powers of two.
  let horizontalShift: Int
  let verticalShift: Int
  /// Whether every component has at least 8 bits of its own.
  let isWhole: Bool

  /// Widest and highest picture that FFmpeg's integers are trusted with.
  static let sides = 1...65_535

  /// - Throws: `FFmpegError`, `.notImplemented` for names that FFmpeg does not know and formats that
  ///   live in hardware; `.invalidData` for sides that are none.
  init(
    _ name: String, width: Int, height: Int, _ libraries: FFmpegLibraries
  ) throws(FFmpegError) {
    guard Self.sides.contains(width), Self.sides.contains(height) else {
      throw FFmpegError(
        call: "av_image_get_linesize", reason: .invalidData,
        text: "a picture of \(width)x\(height): each side must be 1 to \(Self.sides.upperBound)")
    }
    let format = libraries.util.pointee.av_get_pix_fmt(name)
    guard let descriptor = libraries.util.pointee.av_pix_fmt_desc_get(format)?.pointee,
      descriptor.flags & UInt64(AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_PAL) == 0
    else {
      throw FFmpegError(
        call: "av_get_pix_fmt", reason: .notImplemented,
        text: "this FFmpeg has no pictures of the format '\(name)'")
    }
    self.format = format
    (horizontalShift, verticalShift) = (
      Int(descriptor.log2_chroma_w), Int(descriptor.log2_chroma_h)
    )
    let components = [
      descriptor.comp.0, descriptor.comp.1, descriptor.comp.2, descriptor.comp.3,
    ].prefix(Int(descriptor.nb_components))
    isWhole = components.allSatisfy { $0.depth >= 8 }
    let count = libraries.util.pointee.av_pix_fmt_count_planes(format)
    var planes: [Plane] = []
    for number in 0..<Int(max(0, count)) {
      let bytes = libraries.util.pointee.av_image_get_linesize(
        format, CInt(width), CInt(number))
      try libraries.check("av_image_get_linesize", bytes)
      let isChroma = number == 1 || number == 2
      let shift = isChroma ? verticalShift : 0
      let step = components.filter { Int($0.plane) == number }.map { Int($0.step) }.max() ?? 1
      planes.append(
        Plane(
          rowByteCount: Int(bytes), rowCount: (height + (1 << shift) - 1) >> shift,
          isEven: step & (step - 1) == 0 && Int(bytes) % (32 * max(step, 1)) == 0))
    }
    self.planes = planes
  }

  /// Copies rows of samples of all planes; neither needs padding.
  func copy(from source: [PictureScaler.Plane], to target: [PictureScaler.Plane]) {
    for (plane, (from, to)) in zip(planes, zip(source, target)) {
      if from.stride == to.stride, from.stride == plane.rowByteCount {
        memcpy(to.start, from.start, plane.rowByteCount * plane.rowCount)
        continue
      }
      for row in 0..<plane.rowCount {
        memcpy(to.start + row * to.stride, from.start + row * from.stride, plane.rowByteCount)
      }
    }
  }
}

extension FrameBuffer {
  /// Takes memory for a picture, padded as FFmpeg wants it.
  func allocate(picture geometry: PlaneGeometry, width: Int, height: Int) throws(FFmpegError) {
    clear()
    raw.pointee.format = geometry.format.rawValue
    (raw.pointee.width, raw.pointee.height) = (CInt(width), CInt(height))
    try allocate()
  }

  /// Where its planes lie.
  var planes: [PictureScaler.Plane] { raw.pointee.planes }
}

extension AVFrame {
  /// Where its planes lie, as many as there are.
  var planes: [PictureScaler.Plane] {
    zip([data.0, data.1, data.2, data.3], [linesize.0, linesize.1, linesize.2, linesize.3])
      .compactMap { start, stride in
        start.map { PictureScaler.Plane(start: UnsafeMutableRawPointer($0), stride: Int(stride)) }
      }
  }
}
