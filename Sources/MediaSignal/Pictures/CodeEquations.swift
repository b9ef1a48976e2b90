internal import MediaRaw

/// The equations of ITU-T H.273 §8.3 from codes to codes, by way of the signals E'Y, E'PB, E'PR and
/// E'R, E'G, E'B.
struct CodeEquations {
  /// For each component of the output its value among the codes, a sum over the input's codes.
  let values: [LinearSum]

  init(from input: PictureForm, to output: PictureForm) {
    let (from, to) = (input.layout.format, output.layout.format)
    let count = from.components.count
    let signals = from.components.indices.map { component in
      let scale = CodeScale(component, input)
      return 1 / scale.unit * (LinearSum(variable: component, of: count) + (0 - scale.zero))
    }
    let colors = Array(signals.prefix(from.colorComponentCount))
    var wanted = Self.rgb(of: colors, from.model, input.color.matrix)
    if to.model != .rgb { wanted = Self.yuv(of: wanted, output.color.matrix) }
    if to.model == .gray { wanted = Array(wanted.prefix(1)) }
    if to.hasAlpha {
      let opaque = LinearSum(variable: nil, of: count, constant: 1)
      wanted.append(from.hasAlpha ? signals.last ?? opaque : opaque)
    }
    values = wanted.enumerated().map { component, signal in
      let scale = CodeScale(component, output)
      return scale.unit * signal + scale.zero
    }
  }

  /// H.273 §8.3 solved for E'R, E'G and E'B.
  private static func rgb(
    of colors: [LinearSum], _ model: ColorModel, _ matrix: ColorMatrix
  ) -> [LinearSum] {
    switch model {
    case .rgb: return colors
    case .gray: return [colors[0], colors[0], colors[0]]
    case .yuv: break
    }
    let (y, cb, cr) = (colors[0], colors[1], colors[2])
    guard let weights = matrix.weights else {
      let low = y + -1 * cb
      return [low + cr, y + cb, low + -1 * cr]
    }
    let (red, green, blue) = weights.fractions
    let r = y + 2 * (1 - red) * cr
    let b = y + 2 * (1 - blue) * cb
    let g = 1 / green * (y + (0 - red) * r + (0 - blue) * b)
    return [r, g, b]
  }

  /// E'Y, E'PB and E'PR, or Y, Cg and Co.
  private static func yuv(of rgb: [LinearSum], _ matrix: ColorMatrix) -> [LinearSum] {
    let (r, g, b) = (rgb[0], rgb[1], rgb[2])
    guard let weights = matrix.weights else {
      let outer = Fraction(1, 4) * (r + b)
      let half = Fraction(1, 2)
      return [half * g + outer, half * g + -1 * outer, half * (r + -1 * b)]
    }
    let (red, green, blue) = weights.fractions
    let y = red * r + green * g + blue * b
    return [
      y, 1 / (2 * (1 - blue)) * (b + -1 * y), 1 / (2 * (1 - red)) * (r + -1 * y),
    ]
  }
}

extension ColorMatrix.Weights {
  fileprivate var fractions: (red: Fraction, green: Fraction, blue: Fraction) {
    (
      Fraction(Int128(red), 10_000), Fraction(Int128(green), 10_000), Fraction(Int128(blue), 10_000)
    )
  }
}

/// The codes of a component that stand for 0 and, counted from there, for 1.
private struct CodeScale {
  var zero: Fraction
  var unit: Fraction

  /// H.273 §8.3, by VideoFullRangeFlag; alpha uses all codes.
  init(_ component: Int, _ form: PictureForm) {
    let format = form.layout.format
    let depth = format.components[component].depth
    let isAlpha = format.hasAlpha && component == format.components.count - 1
    let isChroma = format.isChroma(component)
    let step = Fraction(1 << Int128(depth), 256)
    if form.color.range == .full || isAlpha {
      unit = Fraction(1 << Int128(depth) - 1)
      zero = 0
    } else {
      // Cg and Co come of R, G and B in codes, so they share the unit of those.
      unit = (isChroma && form.color.matrix.weights != nil ? 224 : 219) * step
      zero = 16 * step
    }
    if isChroma { zero = 128 * step }
  }
}
