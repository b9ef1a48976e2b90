internal import MediaRaw

/// The bytes of a picture that belong to no row of a plane, which are written as 0.
struct PictureGaps: Sendable {
  private let layout: PictureLayout
  private let isEmpty: Bool

  init(_ layout: PictureLayout) {
    self.layout = layout
    isEmpty = layout.planes.reduce(0) { $0 + $1.rowByteCount * $1.rowCount } == layout.byteCount
  }

  func clear(_ picture: UnsafeMutableRawPointer) {
    guard !isEmpty else { return }
    var end = 0
    for plane in layout.planes.sorted(by: { $0.offset < $1.offset }) {
      unsafe clear(picture, end..<plane.offset)
      for row in 0..<plane.rowCount {
        let start = plane.offset + row * plane.stride
        unsafe clear(picture, start + plane.rowByteCount..<start + plane.stride)
      }
      end = plane.end
    }
    unsafe clear(picture, end..<layout.byteCount)
  }

  private func clear(_ picture: UnsafeMutableRawPointer, _ bytes: Range<Int>) {
    guard !bytes.isEmpty else { return }
    unsafe (picture + bytes.lowerBound).initializeMemory(
      as: UInt8.self, repeating: 0, count: bytes.count)
  }
}
