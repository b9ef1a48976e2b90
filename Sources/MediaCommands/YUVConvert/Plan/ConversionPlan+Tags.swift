internal import MediaModel
internal import MediaRaw
internal import MediaSignal

/// What files say of pictures beside their samples, once the steps have been taken.
extension ConversionPlan {
  /// The shape of a pixel: turned with the picture, and another after scaling to another shape; nil
  /// where nothing is known of it.
  func aspectRatio(after ratio: Rational?) -> Rational? {
    var ratio = ratio
    for step in steps {
      if step is ScaleStep {
        ratio = ratio?.scaled(from: step.input.layout, to: step.output.layout)
      } else if case .rotate(let degrees) = step.turn, degrees != 180 {
        ratio = ratio.map { Rational($0.denominator, $0.numerator) }
      }
    }
    return ratio
  }

  /// The field that comes first, or that rows no longer alternate between fields.
  func fieldOrder(after order: FieldOrder?) -> FieldsAfter {
    guard var order else { return .none }
    for step in steps {
      if step.mixesFields { return .mixed }
      let isOther: Bool
      switch step.turn {
      case .crop(let part): isOther = part.y % 2 == 1
      case .pad(_, _, _, let y, _): isOther = y % 2 == 1
      case .flipVertically, .rotate(180): isOther = step.input.layout.height % 2 == 0
      case .rotate, .flipHorizontally, nil: isOther = false
      }
      if isOther { order = order == .topFirst ? .bottomFirst : .topFirst }
    }
    return .alternating(order)
  }

  enum FieldsAfter: Equatable {
    /// There never were fields.
    case none
    case alternating(FieldOrder)
    /// Rows are made of both.
    case mixed
  }
}

extension PictureStep {
  fileprivate var turn: PictureGeometry? { (self as? GeometryStep)?.geometry }

  /// Whether rows no longer belong to one field by turns, of luma and chroma alike.
  var mixesFields: Bool {
    let (before, after) = (input.layout, output.layout)
    switch turn {
    case .rotate(90), .rotate(270): return true
    // Upside down, luma changes its field where there are even rows; chroma has half as many.
    case .rotate, .flipVertically:
      return before.format.chroma.verticalShift > 0 && before.height % 4 != 0
    case .crop, .pad, .flipHorizontally: return false
    case nil: return before.height != after.height
    }
  }
}

extension Rational {
  /// That of pixels which fill the same picture in other numbers; nil where 31 bits do not hold it.
  fileprivate func scaled(from source: PictureLayout, to target: PictureLayout) -> Rational? {
    let difference = target.width * source.height - source.width * target.height
    // One side followed the other, as near as whole pixels come.
    if 2 * abs(difference) <= max(source.width, source.height) { return self }
    // Sides below 2^16 and numbers below 2^31: products below 2^63.
    guard numerator > 0, denominator > 0, max(numerator, denominator) <= Int(Int32.max) else {
      return nil
    }
    let result = Rational(
      numerator * source.width * target.height, denominator * source.height * target.width
    ).reduced
    return max(result.numerator, result.denominator) <= Int(Int32.max) ? result : nil
  }
}
