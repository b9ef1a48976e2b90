/// Rows of components in words of 16 bits, taken from and put into pictures of any format.
///
/// One row of one component at a time: samples of any depth without their shift, in the order of
/// the picture. Bits that words have above a sample are not looked at.
public struct ComponentRows: Sendable {
  /// The layout of the pictures.
  public let layout: PictureLayout
  private let places: [SamplePlace]

  /// Rows of the pictures of a layout.
  public init(_ layout: PictureLayout) {
    self.layout = layout
    places = layout.format.components.indices.map { SamplePlace(layout, $0) }
  }

  /// Takes the samples of a row.
  ///
  /// - Parameters:
  ///   - component: number in `layout.format.components`.
  ///   - row: within the component's rows.
  ///   - picture: `layout.byteCount` bytes.
  ///   - samples: room for as many as `layout.format.sampleCount(component:width:)`.
  public func read(
    component: Int, row: Int, of picture: UnsafeRawBufferPointer,
    into samples: UnsafeMutableBufferPointer<UInt16>
  ) {
    let place = places[component]
    guard let base = picture.baseAddress, let target = samples.baseAddress else {
      preconditionFailure("no picture or no room for samples")
    }
    check(place, row, picture.count, samples.count)
    let start = unsafe base + place.planeOffset + row * place.stride
    if layout.format.isV210 {
      unsafe V210Row.read(start, component: component, count: place.count, into: target)
    } else {
      unsafe place.read(start, into: target)
    }
  }

  /// Puts the samples of a row, none of which exceeds the component's depth.
  ///
  /// Bits of the word that belong to no component become 0; those of others stay. Where a row of
  /// packed 4:2:2 ends within a pair, its last luma stands there twice (FFmpeg has the same when it
  /// comes from RGB; when it repacks planes, it puts the byte behind the row there).
  ///
  /// - Parameters:
  ///   - samples: as many as `layout.format.sampleCount(component:width:)`.
  ///   - component: number in `layout.format.components`.
  ///   - row: within the component's rows.
  ///   - picture: `layout.byteCount` bytes.
  public func write(
    _ samples: UnsafeBufferPointer<UInt16>, component: Int, row: Int,
    of picture: UnsafeMutableRawBufferPointer
  ) {
    let place = places[component]
    guard let base = picture.baseAddress, let source = samples.baseAddress else {
      preconditionFailure("no picture or no samples")
    }
    check(place, row, picture.count, samples.count)
    let start = unsafe base + place.planeOffset + row * place.stride
    if layout.format.isV210 {
      unsafe V210Row.write(source, component: component, count: place.count, to: start)
    } else {
      unsafe place.write(source, to: start)
    }
  }

  private func check(_ place: SamplePlace, _ row: Int, _ bytes: Int, _ samples: Int) {
    precondition((0..<place.rowCount).contains(row), "no such row")
    precondition(bytes >= layout.byteCount, "a picture of too few bytes")
    precondition(samples >= place.count, "a row of too few samples")
  }

  /// Fills what no component's samples fill, before or after they are written: padding bytes of
  /// pixels with 255, what rows have behind their samples (to the stride) and what lies between
  /// planes with 0.
  ///
  /// - Parameter picture: `layout.byteCount` bytes.
  public func writePadding(of picture: UnsafeMutableRawBufferPointer) {
    guard hasPadding, let base = picture.baseAddress else { return }
    precondition(picture.count >= layout.byteCount, "a picture of too few bytes")
    var end = 0
    for plane in layout.planes.sorted(by: { $0.offset < $1.offset }) {
      unsafe clear(base, end..<plane.offset)
      end = plane.end
      for row in 0..<plane.rowCount {
        let start = plane.offset + row * plane.stride
        unsafe clear(base, start + plane.rowByteCount..<start + plane.stride)
        if layout.format.isV210 {
          unsafe V210Row.clearUnused(
            base + start, width: layout.width, byteCount: plane.rowByteCount)
        }
        unsafe fillPixels(base + start)
      }
    }
  }

  /// Whether pictures have bytes or bits that no component's samples fill.
  public var hasPadding: Bool {
    if layout.format.isV210 || !layout.format.paddingOffsets.isEmpty { return true }
    return layout.planes.reduce(0) { $0 + $1.rowByteCount * $1.rowCount } < layout.byteCount
  }

  private func clear(_ base: UnsafeMutableRawPointer, _ bytes: Range<Int>) {
    guard !bytes.isEmpty else { return }
    unsafe (base + bytes.lowerBound).initializeMemory(
      as: UInt8.self, repeating: 0, count: bytes.count)
  }

  private func fillPixels(_ row: UnsafeMutableRawPointer) {
    guard let step = layout.format.components.first?.step else { return }
    for offset in layout.format.paddingOffsets {
      for pixel in 0..<layout.width {
        unsafe row.storeBytes(of: 255, toByteOffset: pixel &* step &+ offset, as: UInt8.self)
      }
    }
  }
}
