/// Where the samples of one component lie in a picture, worked out once for all rows.
struct SamplePlace: Hashable, Sendable {
  /// Bytes from the picture's beginning to the plane's first row.
  let planeOffset: Int
  let stride: Int
  let rowCount: Int
  /// Samples of a row.
  let count: Int
  /// Bytes from word to word, and from the row's beginning to the first.
  let step: Int
  let wordOffset: Int
  let wordByteCount: Int
  /// Bits below the sample, and the sample's own when it is shifted down.
  let shift: Int
  let mask: UInt32
  /// Bits of the word that other components have.
  let kept: UInt32
  let isSwapped: Bool
  /// Whether the row has a place for one sample more: the second luma of a pair of packed 4:2:2
  /// whose first is the picture's last column.
  let repeatsLast: Bool

  init(_ layout: PictureLayout, _ number: Int) {
    let format = layout.format
    let component = format.components[number]
    let plane = layout.planes[component.plane]
    planeOffset = plane.offset
    stride = plane.stride
    rowCount = plane.rowCount
    count = format.sampleCount(component: number, width: layout.width)
    step = component.step
    wordOffset = component.offset
    wordByteCount = component.wordByteCount
    shift = component.shift
    mask = Self.bits(component.depth)
    kept = format.components.indices.filter {
      let other = format.components[$0]
      return $0 != number && other.plane == component.plane && other.offset == component.offset
    }.reduce(0) { bits, other in
      bits | Self.bits(format.components[other].depth) << UInt32(format.components[other].shift)
    }
    isSwapped = format.isBigEndian && component.wordByteCount > 1
    repeatsLast =
      number == 0 && format.isPacked422 && !format.isV210 && layout.width % 2 == 1
  }

  private static func bits(_ depth: Int) -> UInt32 { (1 << UInt32(depth)) - 1 }
}

extension PixelFormat {
  /// Whether luma and the chroma that two columns share lie in one plane.
  var isPacked422: Bool {
    model == .yuv && planeCount == 1 && chroma == .yuv422
  }
}

// MARK: Loops

// Elements are all the bytes of a step, loaded at once: then compilers make vectors of the loops.

extension SamplePlace {
  /// Takes the samples of the row at `row`.
  func read(_ row: UnsafeRawPointer, into samples: UnsafeMutablePointer<UInt16>) {
    switch step {
    case 1: unsafe read(row, as: UInt8.self, into: samples)
    case 2: unsafe read(row, as: UInt16.self, into: samples)
    case 4: unsafe read(row, as: UInt32.self, into: samples)
    case 8: unsafe read(row, as: UInt64.self, into: samples)
    default:
      if wordByteCount == 1 {
        unsafe readWords(row + wordOffset, as: UInt8.self, into: samples)
      } else {
        unsafe readWords(row + wordOffset, as: UInt16.self, into: samples)
      }
    }
  }

  @inline(__always)
  private func read<Element: FixedWidthInteger & UnsignedInteger>(
    _ row: UnsafeRawPointer, as element: Element.Type, into samples: UnsafeMutablePointer<UInt16>
  ) {
    let size = MemoryLayout<Element>.size
    let mask = UInt16(truncatingIfNeeded: mask)
    if isSwapped {
      let (bits, shift) = (Element(truncatingIfNeeded: 8 * wordOffset), UInt16(shift))
      for index in 0..<count {
        let value = unsafe row.loadUnaligned(fromByteOffset: index &* size, as: Element.self)
        let word = UInt16(truncatingIfNeeded: value &>> bits).byteSwapped
        unsafe samples[index] = word &>> shift & mask
      }
    } else {
      let bits = Element(truncatingIfNeeded: 8 * wordOffset + shift)
      for index in 0..<count {
        let value = unsafe row.loadUnaligned(fromByteOffset: index &* size, as: Element.self)
        unsafe samples[index] = UInt16(truncatingIfNeeded: value &>> bits) & mask
      }
    }
  }

  /// Whole words at steps that are no element's size: 24 and 48 bits.
  @inline(__always)
  private func readWords<Word: FixedWidthInteger & UnsignedInteger>(
    _ words: UnsafeRawPointer, as word: Word.Type, into samples: UnsafeMutablePointer<UInt16>
  ) {
    let (step, isSwapped) = (step, isSwapped)
    for index in 0..<count {
      let value = unsafe words.loadUnaligned(fromByteOffset: index &* step, as: Word.self)
      unsafe samples[index] = UInt16(truncatingIfNeeded: isSwapped ? value.byteSwapped : value)
    }
  }

  /// Puts the samples of the row at `row`.
  func write(_ samples: UnsafePointer<UInt16>, to row: UnsafeMutableRawPointer) {
    let words = unsafe row + wordOffset
    switch (wordByteCount, step) {
    case (1, 1): unsafe write(samples, to: words, as: UInt8.self, step: 1)
    case (1, _): unsafe write(samples, to: words, as: UInt8.self, step: step)
    case (2, 2): unsafe write(samples, to: words, as: UInt16.self, step: 2)
    case (2, _): unsafe write(samples, to: words, as: UInt16.self, step: step)
    default: unsafe write(samples, to: words, as: UInt32.self, step: step)
    }
    if repeatsLast, count > 0 {
      let end = unsafe words + count * step
      unsafe end.copyMemory(from: end - step, byteCount: wordByteCount)
    }
  }

  @inline(__always)
  private func write<Word: FixedWidthInteger & UnsignedInteger>(
    _ samples: UnsafePointer<UInt16>, to words: UnsafeMutableRawPointer, as word: Word.Type,
    step: Int
  ) {
    let (shift, isSwapped) = (Word(truncatingIfNeeded: shift), isSwapped)
    guard kept == 0 else {
      return unsafe share(samples, to: words, as: word, step: step)
    }
    if isSwapped {
      for index in 0..<count {
        let value = unsafe Word(truncatingIfNeeded: samples[index]) &<< shift
        unsafe words.storeBytes(
          of: value.byteSwapped, toByteOffset: index &* step, as: Word.self)
      }
    } else {
      for index in 0..<count {
        let value = unsafe Word(truncatingIfNeeded: samples[index]) &<< shift
        unsafe words.storeBytes(of: value, toByteOffset: index &* step, as: Word.self)
      }
    }
  }

  /// Puts samples into words that hold those of other components too.
  @inline(__always)
  private func share<Word: FixedWidthInteger & UnsignedInteger>(
    _ samples: UnsafePointer<UInt16>, to words: UnsafeMutableRawPointer, as word: Word.Type,
    step: Int
  ) {
    let (shift, isSwapped) = (Word(truncatingIfNeeded: shift), isSwapped)
    let kept = Word(truncatingIfNeeded: kept)
    for index in 0..<count {
      let old = unsafe words.loadUnaligned(fromByteOffset: index &* step, as: Word.self)
      let own = unsafe Word(truncatingIfNeeded: samples[index]) &<< shift
      let value = (isSwapped ? old.byteSwapped : old) & kept | own
      unsafe words.storeBytes(
        of: isSwapped ? value.byteSwapped : value, toByteOffset: index &* step, as: Word.self)
    }
  }
}
