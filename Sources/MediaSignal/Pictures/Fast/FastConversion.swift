internal import MediaRaw

/// Loops made for single conversions.
enum FastConversion {
  /// A loop that gives what the general one would, byte for byte, sooner; nil where there is none.
  static func make(_ conversion: PictureConversion) -> (any PictureLoop)? {
    PixelKernels.best.flatMap { make(conversion, $0) }
  }

  /// The same with given kernels.
  static func make(_ conversion: PictureConversion, _ kernels: PixelKernels) -> (any PictureLoop)? {
    switch (conversion.input.layout.format.model, conversion.output.layout.format.model) {
    case (.rgb, .rgb): RGBShuffleLoop(conversion, kernels)
    case (.rgb, _): RGBToYUVLoop(conversion, kernels)
    case (_, .rgb): YUVToRGBLoop(conversion, kernels)
    default: YUVLoop(conversion, kernels)
    }
  }
}
