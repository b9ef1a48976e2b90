internal import MediaRaw

/// Words of two bytes with bits set that belong to no sample.
struct StrayBits: Hashable, Sendable {
  /// Words looked at: none where the format leaves no bits.
  var words: Int64 = 0
  /// Words with bits set below the sample, and above.
  var low: Int64 = 0
  var high: Int64 = 0

  mutating func add(_ other: StrayBits) {
    words += other.words
    low += other.low
    high += other.high
  }

  init() {}

  /// Counts those of a picture.
  init(_ picture: UnsafeRawBufferPointer, _ layout: PictureLayout) {
    let format = layout.format
    guard !format.isV210, let first = format.components.first, first.wordByteCount == 2,
      format.components.allSatisfy({ Self.mask($0) == Self.mask(first) }),
      Self.mask(first) != UInt16.max
    else { return }
    var below = UInt16(truncatingIfNeeded: (1 << first.shift) - 1)
    var above = ~(below | Self.mask(first))
    if format.isBigEndian { (below, above) = (below.byteSwapped, above.byteSwapped) }
    for plane in layout.planes {
      for row in 0..<plane.rowCount {
        let start = plane.offset + row * plane.stride
        guard start + plane.rowByteCount <= picture.count else { return }
        let bytes = picture[start..<start + plane.rowByteCount]
        count(UnsafeRawBufferPointer(rebasing: bytes), below, above)
      }
    }
  }

  private static func mask(_ component: PixelComponent) -> UInt16 {
    UInt16(truncatingIfNeeded: ((1 << component.depth) - 1) << component.shift)
  }

  private mutating func count(_ row: UnsafeRawBufferPointer, _ below: UInt16, _ above: UInt16) {
    var (low, high) = (0, 0)
    let wordCount = row.count / 2
    for word in 0..<wordCount {
      let value = row.loadUnaligned(fromByteOffset: 2 &* word, as: UInt16.self)
      low &+= value & below != 0 ? 1 : 0
      high &+= value & above != 0 ? 1 : 0
    }
    words += Int64(wordCount)
    self.low += Int64(low)
    self.high += Int64(high)
  }
}
