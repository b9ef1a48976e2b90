/// Why pictures cannot be laid out in memory as was asked.
public struct PictureLayoutError: Error, Hashable, Sendable {
  /// What is wrong, and what would be right.
  public var message: String

  /// An error with its text.
  public init(_ message: String) { self.message = message }
}

/// Where the planes and rows of a picture lie among its bytes.
public struct PictureLayout: Hashable, Sendable {
  /// One plane.
  public struct Plane: Hashable, Sendable {
    /// Bytes from the picture's beginning to its first row.
    public var offset: Int
    /// Bytes from a row to the next.
    public var stride: Int
    /// Bytes of a row that hold samples.
    public var rowByteCount: Int
    /// Rows: fewer than the picture's where chroma is coarser.
    public var rowCount: Int
  }

  /// How pixels are stored.
  public let format: PixelFormat
  /// In luma samples.
  public let width: Int
  /// In luma samples.
  public let height: Int
  /// In the order of `PixelComponent.plane`.
  public let planes: [Plane]
  /// Bytes of one picture, from its beginning to that of the next.
  public let byteCount: Int

  /// The largest width and height: a picture of 16 bits and four components still has a size that
  /// 64 bits hold many times over.
  public static let maxSide = 65_535
  /// Bytes of the largest picture: 2 GiB less one.
  public static let maxByteCount = Int(Int32.max)

  /// Lays out a picture without gaps, or with the strides and offsets of planes given.
  ///
  /// - Parameters:
  ///   - format: how pixels are stored.
  ///   - width: in luma samples.
  ///   - height: in luma samples.
  ///   - strides: bytes from row to row: one for each plane, or one alone for the first, which those
  ///     of the other planes follow in proportion (as `-s` of codecs and capture drivers does).
  ///   - planeOffsets: bytes from the picture's beginning, one for each plane.
  /// - Throws: `PictureLayoutError` for sides of zero or beyond `maxSide`, strides too small,
  ///   planes that overlap, and what takes more than `maxByteCount`.
  public init(
    _ format: PixelFormat, width: Int, height: Int, strides: [Int]? = nil,
    planeOffsets: [Int]? = nil
  ) throws(PictureLayoutError) {
    guard (1...Self.maxSide).contains(width), (1...Self.maxSide).contains(height) else {
      throw PictureLayoutError(
        "a picture of \(width)x\(height): each side must be 1 to \(Self.maxSide)")
    }
    self.format = format
    self.width = width
    self.height = height
    let rows = (0..<format.planeCount).map { plane in
      (
        bytes: format.rowByteCount(plane: plane, width: width),
        count: format.rowCount(plane: plane, height: height)
      )
    }
    let strides = try Self.strides(strides, format, rows.map(\.bytes))
    var planes: [Plane] = []
    var end = 0
    for (number, row) in rows.enumerated() {
      let given = planeOffsets.flatMap { number < $0.count ? $0[number] : nil }
      if let given, !(0...Self.maxByteCount).contains(given) {
        throw PictureLayoutError("a plane offset of \(given): must be 0 to \(Self.maxByteCount)")
      }
      let offset = given ?? end
      // Strides and given offsets are below 2^31, sides below 2^16, planes few: no overflow.
      let plane = Plane(
        offset: offset, stride: strides[number], rowByteCount: row.bytes, rowCount: row.count)
      planes.append(plane)
      end = max(end, plane.end)
    }
    guard end <= Self.maxByteCount else {
      throw PictureLayoutError(
        "a picture of \(width)x\(height) \(format.name) takes \(end) bytes: "
          + "at most \(Self.maxByteCount) are handled")
    }
    if let planeOffsets, planeOffsets.count != planes.count {
      throw PictureLayoutError(
        "\(planeOffsets.count) plane offsets: \(format.name) has \(planes.count) planes")
    }
    let sorted = planes.sorted { $0.offset < $1.offset }
    for (first, second) in zip(sorted, sorted.dropFirst()) where first.end > second.offset {
      throw PictureLayoutError(
        "planes overlap: one ends at byte \(first.end), the next begins at \(second.offset)")
    }
    self.planes = planes
    byteCount = end
  }

  private static func strides(
    _ given: [Int]?, _ format: PixelFormat, _ rows: [Int]
  ) throws(PictureLayoutError) -> [Int] {
    guard var strides = given else { return rows }
    guard strides.count == rows.count || strides.count == 1 else {
      throw PictureLayoutError(
        "\(strides.count) strides: \(format.name) has \(rows.count) planes")
    }
    let word = format.components.map(\.wordByteCount).max() ?? 1
    // What is no stride at all is refused below, before anything is made of it here.
    if strides.count == 1, let first = strides.first, (1...maxByteCount).contains(first) {
      strides += (1..<max(rows.count, 1)).map { format.stride(ofPlane: $0, whenFirstIs: first) }
    }
    for (stride, row) in zip(strides, rows) {
      guard stride >= row, stride <= maxByteCount else {
        throw PictureLayoutError(
          "a stride of \(stride): a row of \(format.name) takes \(row) bytes")
      }
      guard stride % word == 0 else {
        throw PictureLayoutError(
          "a stride of \(stride): must be a multiple of the \(word) bytes of a sample")
      }
    }
    return strides
  }
}

extension PictureLayout.Plane {
  /// The byte behind the last row's stride.
  public var end: Int { offset + stride * rowCount }
}

extension PixelFormat {
  /// Samples of a component in a row, rounded up: the last may cover less.
  public func sampleCount(component: Int, width: Int) -> Int {
    guard isChroma(component) else { return width }
    return (width + (1 << chroma.horizontalShift) - 1) >> chroma.horizontalShift
  }

  /// Rows of a component, rounded up.
  public func rowCount(component: Int, height: Int) -> Int {
    guard isChroma(component) else { return height }
    return (height + (1 << chroma.verticalShift) - 1) >> chroma.verticalShift
  }

  /// Whether a component is Cb or Cr.
  public func isChroma(_ component: Int) -> Bool { model == .yuv && (1...2).contains(component) }

  /// Bytes of a row of a plane without gaps.
  public func rowByteCount(plane: Int, width: Int) -> Int {
    if isV210 { return (width + 47) / 48 * 128 }
    var result = 0
    for (number, component) in components.enumerated() where component.plane == plane {
      result = max(result, sampleCount(component: number, width: width) * component.step)
    }
    return result
  }

  /// Rows of a plane.
  public func rowCount(plane: Int, height: Int) -> Int {
    let number = components.firstIndex { $0.plane == plane } ?? 0
    return rowCount(component: number, height: height)
  }

  /// The stride of a plane in proportion to that of the first.
  func stride(ofPlane plane: Int, whenFirstIs first: Int) -> Int {
    let number = components.firstIndex { $0.plane == plane } ?? 0
    guard isChroma(number), let luma = components.first else { return first }
    let shift = chroma.horizontalShift
    return (first / luma.step + (1 << shift) - 1) >> shift * components[number].step
  }
}
