internal import MediaCLI
internal import MediaRaw
internal import MediaSignal

/// How large pictures are on their way, before and after each geometry.
struct PictureSizes: Equatable, Sendable {
  struct Size: Equatable, Sendable {
    var width: Int
    var height: Int
  }

  var input: Size
  /// What is kept of the input; not yet on the grid of chroma.
  var crop: PictureRectangle?
  /// Before scaling: the input cropped and turned.
  var turned: Size
  /// nil where that is the size already.
  var scaled: Size?
  /// What `--fit cover` keeps of the scaled picture.
  var cover: PictureRectangle?
  /// The larger picture around it, and where the picture lies in it.
  var pad: PictureRectangle?
  var output: Size

  /// - Throws: `UsageError` for parts that are not inside, and sizes that cannot be.
  init(_ options: PictureGeometryOptions, width: Int, height: Int) throws(UsageError) {
    input = Size(width: width, height: height)
    var size = input
    if let wanted = options.crop {
      let crop = try Self.cropped(wanted, size)
      if crop.width != width || crop.height != height { self.crop = crop }
      size = Size(width: crop.width, height: crop.height)
    }
    if options.rotation % 180 != 0 { size = Size(width: size.height, height: size.width) }
    turned = size
    if let scale = options.scale {
      let box = try Self.scaled(scale, size)
      let fitted = Self.fitted(box, size, options.fit)
      if fitted != size { scaled = fitted }
      size = fitted
      if options.fit == .cover, box != size {
        cover = PictureRectangle(
          x: (size.width - box.width) / 2, y: (size.height - box.height) / 2, width: box.width,
          height: box.height)
        size = box
      } else if options.fit == .contain, box != size {
        pad = try Self.padded(
          PictureGeometryOptions.Placed(width: box.width, height: box.height), size)
        size = box
      }
    }
    if let wanted = options.pad {
      let outer = try Self.padded(wanted, size)
      if let inner = pad {
        pad = PictureRectangle(
          x: outer.x + inner.x, y: outer.y + inner.y, width: outer.width, height: outer.height)
      } else if outer.width != size.width || outer.height != size.height {
        pad = outer
      }
      size = Size(width: outer.width, height: outer.height)
    }
    output = size
  }

  private static func cropped(
    _ crop: PictureGeometryOptions.Placed, _ size: Size
  ) throws(UsageError) -> PictureRectangle {
    guard crop.width <= size.width, crop.height <= size.height else {
      throw UsageError(
        "--crop \(crop.width)x\(crop.height) is larger than the picture of "
          + "\(size.width)x\(size.height)")
    }
    let x = crop.x ?? (size.width - crop.width) / 2
    let y = crop.y ?? (size.height - crop.height) / 2
    guard x <= size.width - crop.width, y <= size.height - crop.height else {
      throw UsageError(
        "--crop \(crop.width)x\(crop.height)+\(x)+\(y) does not lie inside the picture of "
          + "\(size.width)x\(size.height)")
    }
    return PictureRectangle(x: x, y: y, width: crop.width, height: crop.height)
  }

  private static func scaled(
    _ scale: PictureGeometryOptions.Scale, _ size: Size
  ) throws(UsageError) -> Size {
    func part(_ side: Int, _ numerator: Double, _ denominator: Double) -> Int {
      max(1, Int((Double(side) * numerator / denominator).rounded()))
    }
    let result: Size
    switch scale {
    case .percent(let percent):
      result = Size(
        width: part(size.width, percent, 100), height: part(size.height, percent, 100))
    case .size(let width?, let height?): result = Size(width: width, height: height)
    case .size(let width?, nil):
      result = Size(
        width: width, height: part(size.height, Double(width), Double(size.width)))
    case .size(nil, let height?):
      result = Size(
        width: part(size.width, Double(height), Double(size.height)), height: height)
    case .size(nil, nil): result = size
    }
    guard max(result.width, result.height) <= PictureLayout.maxSide else {
      throw UsageError(
        "--scale makes \(result.width)x\(result.height): a side has \(PictureLayout.maxSide) at most"
      )
    }
    return result
  }

  /// The size that touches the box from inside or outside.
  private static func fitted(
    _ box: Size, _ size: Size, _ fit: PictureGeometryOptions.Fit
  ) -> Size {
    guard fit != .stretch else { return box }
    // Products of sides below 2^16: exact.
    let isWider = size.width * box.height > box.width * size.height
    if isWider == (fit == .contain) {
      let height = (2 * size.height * box.width + size.width) / (2 * size.width)
      return Size(width: box.width, height: max(1, height))
    }
    let width = (2 * size.width * box.height + size.height) / (2 * size.height)
    return Size(width: max(1, width), height: box.height)
  }

  private static func padded(
    _ pad: PictureGeometryOptions.Placed, _ size: Size
  ) throws(UsageError) -> PictureRectangle {
    guard pad.width >= size.width, pad.height >= size.height else {
      throw UsageError(
        "--pad \(pad.width)x\(pad.height) is smaller than the picture of "
          + "\(size.width)x\(size.height)")
    }
    let x = pad.x ?? (pad.width - size.width) / 2
    let y = pad.y ?? (pad.height - size.height) / 2
    guard x <= pad.width - size.width, y <= pad.height - size.height else {
      throw UsageError(
        "--pad \(pad.width)x\(pad.height)+\(x)+\(y): a picture of \(size.width)x\(size.height) does "
          + "not lie inside")
    }
    return PictureRectangle(x: x, y: y, width: pad.width, height: pad.height)
  }
}
