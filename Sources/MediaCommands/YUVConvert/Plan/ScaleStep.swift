internal import MediaFFmpeg
internal import MediaIO
internal import MediaRaw
internal import MediaSignal

/// Scales pictures of one format, with a scaler for each thread.
final class ScaleStep: PictureStep {
  let input: PictureForm
  let output: PictureForm
  let filter: PictureScaler.Filter
  private let siting: ChromaSiting
  private let scalers = IdlePool<PictureScaler>()

  /// - Parameters:
  ///   - input: of a format that libswscale takes.
  ///   - width: of the result.
  ///   - height: of the result.
  ///   - filter: how samples are found.
  ///   - siting: where coarser chroma lies, before and after.
  /// - Throws: `PictureLayoutError` where the result is too large, `FFmpegError`.
  init(
    from input: PictureForm, width: Int, height: Int, filter: PictureScaler.Filter,
    siting: ChromaSiting
  ) throws {
    self.input = input
    self.filter = filter
    self.siting = siting
    let layout = try PictureLayout(input.layout.format, width: width, height: height)
    output = PictureForm(layout, input.color)
    // What cannot be done is known before the first picture.
    try scalers.with(makeScaler) { _ in }
  }

  func apply(_ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) throws {
    try scalers.with(makeScaler) { scaler in
      try scaler.scale(
        Self.planes(UnsafeMutableRawBufferPointer(mutating: source), input.layout),
        into: Self.planes(target, output.layout))
    }
  }

  private func makeScaler() throws -> PictureScaler {
    let (source, target) = (input.layout, output.layout)
    return try PictureScaler(
      format: source.format.name, from: (source.width, source.height),
      to: (target.width, target.height), filter: filter,
      isFullRange: input.color.range == .full, chromaLocation: chromaLocation)
  }

  /// In units of 1/256 of a luma sample.
  private var chromaLocation: (horizontal: Int, vertical: Int)? {
    let format = input.layout.format
    guard format.model == .yuv, format.chroma != .none else { return nil }
    let isLeft = siting != .center
    let horizontal = isLeft ? 0 : 128 * ((1 << format.chroma.horizontalShift) - 1)
    let isTop = siting == .topleft || format.chroma.verticalShift == 0
    return (horizontal, isTop ? 0 : 128)
  }

  private static func planes(
    _ picture: UnsafeMutableRawBufferPointer, _ layout: PictureLayout
  ) -> [PictureScaler.Plane] {
    guard let base = picture.baseAddress, picture.count >= layout.byteCount else { return [] }
    return layout.planes.map { PictureScaler.Plane(start: base + $0.offset, stride: $0.stride) }
  }
}
