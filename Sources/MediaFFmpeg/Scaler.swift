internal import CLibAV
internal import Glibc

/// Pictures of any format and size into limited-range `yuv420p` of one size.
///
/// What they have of one row or column more than the target is cut off, so that an odd size becomes
/// even without a pixel interpolated; any other size is scaled. Pictures that fit are not copied.
final class Scaler {
  private struct Form: Equatable {
    var width: CInt
    var height: CInt
    var format: AVPixelFormat.RawValue
    var matrix: AVColorSpace.RawValue
    var isFullRange: Bool
  }

  private let width: CInt
  private let height: CInt
  private let matrix: AVColorSpace
  private let libraries: FFmpegLibraries
  private let table: UnsafePointer<clibav_scaling>
  private var form: Form?
  private var scaler: UnsafeMutableRawPointer?

  /// A scaler to an even size, whose colours follow `matrix` if they come as RGB.
  init(
    width: CInt, height: CInt, matrix: AVColorSpace, _ libraries: FFmpegLibraries
  ) throws(FFmpegError) {
    self.width = width
    self.height = height
    self.matrix = matrix
    self.libraries = libraries
    table = try libraries.openScaling()
  }

  deinit { clibav_free_scaler(table, scaler) }

  /// Puts a picture into `target`, with its times, captions and other side data.
  func scale(_ source: UnsafeMutablePointer<AVFrame>, into target: FrameBuffer) throws(FFmpegError)
  {
    let form = form(of: source)
    target.clear()
    let fits = Form(
      width: width, height: height, format: AV_PIX_FMT_YUV420P.rawValue, matrix: form.matrix,
      isFullRange: false)
    if form == fits {
      try libraries.check(
        "av_frame_ref", libraries.util.pointee.av_frame_ref(target.raw, source))
      (target.raw.pointee.width, target.raw.pointee.height) = (width, height)
      return
    }
    if form != self.form { try prepare(form) }
    guard let scaler else { throw Self.refusal(form, libraries) }
    (target.raw.pointee.width, target.raw.pointee.height) = (width, height)
    target.raw.pointee.format = AV_PIX_FMT_YUV420P.rawValue
    try target.allocate()
    try libraries.check(
      "av_frame_copy_props", libraries.util.pointee.av_frame_copy_props(target.raw, source))
    try libraries.check(
      "sws_scale", clibav_scale_picture(table, scaler, source, form.height, target.raw))
  }

  private func prepare(_ form: Form) throws(FFmpegError) {
    clibav_free_scaler(table, scaler)
    scaler = nil
    self.form = form
    let format = AVPixelFormat(form.format)
    guard table.pointee.sws_isSupportedInput(format) != 0 else {
      throw Self.refusal(form, libraries)
    }
    scaler = clibav_new_scaler(
      table, form.width, form.height, format, width, height, AV_PIX_FMT_YUV420P,
      CLIBAV_SCALE_EXACTLY)
    guard let scaler else { throw Self.refusal(form, libraries) }
    // Refused only for pairs of formats that have no matrix to choose.
    _ = clibav_set_scaler_colors(
      table, scaler, CInt(form.matrix), form.isFullRange ? 1 : 0, CInt(matrix.rawValue), 0)
  }

  private func form(of frame: UnsafeMutablePointer<AVFrame>) -> Form {
    let value = frame.pointee
    let layout = PixelLayout(AVPixelFormat(value.format), libraries)
    let isKnown =
      value.colorspace != AVCOL_SPC_UNSPECIFIED && value.colorspace != AVCOL_SPC_RGB
    return Form(
      width: value.width == width | 1 ? width : value.width,
      height: value.height == height | 1 ? height : value.height, format: value.format,
      matrix: layout.isRGB || !isKnown ? matrix.rawValue : value.colorspace.rawValue,
      isFullRange: layout.isFullRange(value.color_range))
  }

  private static func refusal(_ form: Form, _ libraries: FFmpegLibraries) -> FFmpegError {
    let name = libraries.pixelFormatName(form.format) ?? "unknown"
    return FFmpegError(
      call: "sws_getContext", reason: .notImplemented,
      text: "this FFmpeg cannot convert pictures of \(name), \(form.width)x\(form.height)")
  }
}

/// What a pixel format says of colours.
struct PixelLayout {
  /// Whether it holds red, green and blue, also by way of a palette.
  let isRGB: Bool
  private let isGray: Bool
  private let isJPEG: Bool

  init(_ format: AVPixelFormat, _ libraries: FFmpegLibraries) {
    let descriptor = libraries.util.pointee.av_pix_fmt_desc_get(format)
    let flags = descriptor.map { $0.pointee.flags } ?? 0
    isRGB = flags & UInt64(AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL) != 0
    isGray = !isRGB && (descriptor.map { $0.pointee.nb_components } ?? 0) < 3
    isJPEG = FFmpegLibraries.string(descriptor?.pointee.name)?.hasPrefix("yuvj") ?? false
  }

  /// Whether samples take their whole range where the frame says `range`; grey ones do untold.
  func isFullRange(_ range: AVColorRange) -> Bool {
    switch range {
    case AVCOL_RANGE_JPEG: true
    case AVCOL_RANGE_MPEG: false
    default: isJPEG || isGray
    }
  }
}
