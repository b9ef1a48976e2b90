internal import MediaRaw
internal import MediaSignal

/// What one converted picture showed.
struct PictureMeasurement: Sendable {
  /// Within the input, from 0.
  var number: Int64
  /// Of the output; nil where a measurement was not made by `PictureMeasurer`.
  var format: PixelFormat?
  /// One for each component of the output; empty unless wanted.
  var planes: [PlaneMeasurement] = []
  /// The picture's hash and each plane's, in lower-case hexadecimal.
  var hashes: PictureHashes?
  /// From the formula or the reference, one for each component; empty unless wanted.
  var differences: [PlaneDifference] = []
  /// One for each component of the picture as it went into the conversion; empty unless wanted.
  var inputPlanes: [PlaneMeasurement] = []
  var inputStrayBits = StrayBits()

  /// The largest error of all components.
  var maximumError: Int { differences.map(\.maximumError).max() ?? 0 }
}

/// Hashes of one picture.
struct PictureHashes: Hashable, Sendable {
  var picture: String
  /// One for each plane in memory, without what rows have behind their samples.
  var planes: [String]
}

extension PixelFormat {
  /// What the field calls the components, in their order: Y, U, V, A.
  var componentNames: [String] {
    let colors: [String] =
      switch model {
      case .yuv: ["Y", "U", "V"]
      case .gray: ["Y"]
      case .rgb: ["R", "G", "B"]
      }
    return Array((colors + (hasAlpha ? ["A"] : [])).prefix(components.count))
  }

  /// The components of a plane as they lie in memory: `UV`, `RGB`.
  func planeName(_ plane: Int) -> String {
    zip(componentNames, components).filter { $0.1.plane == plane }
      .sorted { place($0.1) < place($1.1) }
      .map(\.0).joined()
  }

  /// Bits before a component in its pixel.
  private func place(_ component: PixelComponent) -> Int {
    8 * component.offset + component.shift
  }
}
