public import MediaRaw

/// Applies one geometry to pictures.
///
/// Planes are grids of elements: a sample, a pair of chroma samples, or a pixel of several
/// components. Each plane is treated by itself; where chroma does not fill its last row or column
/// that row or column is turned and mirrored with the rest.
public struct GeometryStep: PictureStep {
  /// What is done.
  public let geometry: PictureGeometry
  /// The form of pictures before.
  public let input: PictureForm
  /// And after: of the same format and colours, without gaps.
  public let output: PictureForm
  private let planes: [PlaneMove]
  /// For `pad`, a row of the colour for each plane.
  private let filling: [[UInt8]]

  /// Whether pictures of a format can be treated as they are; else convert to `workingFormat` before.
  public static func supports(_ geometry: PictureGeometry, _ format: PixelFormat) -> Bool {
    let isPacked = format.model == .yuv && format.planeCount == 1 && format.chroma != .none
    switch geometry {
    case .flipVertically: return true
    // Rows of packed 4:2:2 are of pairs of pixels.
    case .crop(let rectangle): return !format.isV210 && (!isPacked || rectangle.width % 2 == 0)
    case .pad, .flipHorizontally: return !isPacked
    case .rotate(180): return !isPacked
    case .rotate:
      return !isPacked && format.chroma.horizontalShift == format.chroma.verticalShift
    }
  }

  /// A format of the same model, depth and order of bytes that `supports` the geometry: the format
  /// itself if it does, else the planar one of its sampling, or of 4:4:4 if that does not either
  /// (4:2:2 and 4:1:1 turned by 90 degrees).
  public static func workingFormat(for geometry: PictureGeometry, _ format: PixelFormat)
    -> PixelFormat
  {
    if supports(geometry, format) { return format }
    // All that is not supported is YCbCr without alpha.
    let order = format.depth == 8 ? "" : "\(format.depth)\(format.isBigEndian ? "be" : "le")"
    let prefix = format.impliesFullRange ? "yuvj" : "yuv"
    let samplings: [ChromaSubsampling: String] = [.yuv411: "411p", .yuv422: "422p"]
    for sampling in [samplings[format.chroma], "444p"] {
      if let sampling, let planar = PixelFormat(named: prefix + sampling + order),
        supports(geometry, planar)
      {
        return planar
      }
    }
    return format
  }

  /// A step for pictures of a form.
  ///
  /// - Parameters:
  ///   - geometry: what is to be done.
  ///   - input: of a format that `supports` it.
  /// - Throws: `PictureLayoutError` where the rectangle is not inside or not on the grid of chroma
  ///   samples, where the result is too large, and for a format that is not supported.
  public init(_ geometry: PictureGeometry, input: PictureForm) throws(PictureLayoutError) {
    let layout = input.layout
    guard Self.supports(geometry, layout.format) else {
      throw PictureLayoutError("\(layout.format.name) cannot be \(geometry.participle) as it is")
    }
    let (width, height) = try geometry.size(after: layout)
    let target = try PictureLayout(layout.format, width: width, height: height)
    self.geometry = geometry
    self.input = input
    let output = PictureForm(target, input.color)
    self.output = output
    planes = layout.planes.indices.map { PlaneMove($0, geometry, from: layout, to: target) }
    filling = geometry.color.map { PadFilling($0, output).rows } ?? []
  }

  /// Moves the elements of all planes.
  ///
  /// - Parameters:
  ///   - source: `input.layout.byteCount` bytes.
  ///   - target: `output.layout.byteCount` bytes, all of which are written; it does not overlap
  ///     the source.
  public func apply(
    _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
  ) {
    precondition(source.count >= input.layout.byteCount, "a picture of too few bytes")
    precondition(target.count >= output.layout.byteCount, "room for too few bytes")
    guard let from = source.baseAddress, let to = target.baseAddress else { return }
    for (number, plane) in planes.enumerated() {
      switch geometry {
      case .crop, .flipVertically: unsafe plane.copyRows(from, to)
      case .pad: unsafe plane.copyRows(from, to, within: filling[number])
      case .flipHorizontally, .rotate(180): unsafe plane.reverseRows(from, to)
      case .rotate: unsafe plane.transpose(from, to)
      }
    }
  }
}

extension PictureGeometry {
  /// What it makes of pictures, for messages.
  fileprivate var participle: String {
    switch self {
    case .crop: "cropped"
    case .pad: "padded"
    case .rotate: "rotated"
    case .flipHorizontally, .flipVertically: "flipped"
    }
  }

  fileprivate var color: [UInt8]? {
    if case .pad(_, _, _, _, let color) = self { color } else { nil }
  }

  /// The sides of pictures afterwards.
  fileprivate func size(
    after layout: PictureLayout
  ) throws(PictureLayoutError) -> (width: Int, height: Int) {
    let (width, height) = (layout.width, layout.height)
    switch self {
    case .crop(let rectangle):
      let (x, y) = (rectangle.x, rectangle.y)
      guard Self.fits(x, rectangle.width, width), Self.fits(y, rectangle.height, height) else {
        throw PictureLayoutError(
          "a crop of \(rectangle.width)x\(rectangle.height) at \(x),\(y): "
            + "does not lie inside a picture of \(width)x\(height)")
      }
      try Self.check(x, y, "a crop", layout.format)
      return (rectangle.width, rectangle.height)
    case .pad(let outerWidth, let outerHeight, let x, let y, let color):
      guard Self.fits(x, width, outerWidth), Self.fits(y, height, outerHeight) else {
        throw PictureLayoutError(
          "padding to \(outerWidth)x\(outerHeight): "
            + "a picture of \(width)x\(height) at \(x),\(y) does not lie inside")
      }
      guard color.count == 3 else {
        throw PictureLayoutError("a colour of \(color.count) numbers: must be red, green and blue")
      }
      try Self.check(x, y, "padding", layout.format)
      return (outerWidth, outerHeight)
    case .rotate(90), .rotate(270): return (height, width)
    case .rotate(180), .flipHorizontally, .flipVertically: return (width, height)
    case .rotate(let degrees):
      throw PictureLayoutError("a rotation by \(degrees) degrees: must be 90, 180 or 270")
    }
  }

  /// Whether so many from an offset on, at least one, lie inside of a whole.
  private static func fits(_ offset: Int, _ count: Int, _ whole: Int) -> Bool {
    offset >= 0 && count > 0 && count <= whole && offset <= whole - count
  }

  private static func check(
    _ x: Int, _ y: Int, _ what: String, _ format: PixelFormat
  ) throws(PictureLayoutError) {
    let (across, down) = (1 << format.chroma.horizontalShift, 1 << format.chroma.verticalShift)
    guard x % across == 0, y % down == 0 else {
      throw PictureLayoutError(
        "\(what) at \(x),\(y): \(format.name) has a chroma sample for \(across)x\(down) pixels, "
          + "so it must begin at multiples of \(across) and \(down)")
    }
  }
}
