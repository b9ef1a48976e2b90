internal import CKernels
internal import MediaRaw

/// How bytes look when they are read as pictures of some layout.
struct LayoutReading {
  /// Bits for a byte of the file that a coder would need who knows a sample's neighbours; 8 of noise.
  var bitsPerByte = 8.0
  /// Sum of the differences of samples from those below them, and from others far away.
  var nearSum = 0
  var farSum = 0
  /// Whether a bit is set that belongs to no component.
  var hasStrayBits = false
  /// Share of pieces whose rows are liker their own other half than the row below: rows of half the
  /// width, such as those of chroma behind luma.
  var foldedShare = 0.0
  fileprivate var foldedCount = 0
  fileprivate var segmentCount = 0
  /// Smallest and largest code seen and their mean, for each component.
  var extremes: [ClosedRange<Int>] = []
  /// Bits that any word of the first component had.
  var usedBits: UInt32 = 0
  var means: [Double] = []

  var rowCorrelation: Double {
    guard farSum > 0 else { return nearSum == 0 ? 1 : 0 }
    return min(max(1 - Double(nearSum) / Double(farSum), 0), 1)
  }
}

/// Reads a few rows here and there of pictures in a sample of bytes.
@safe struct LayoutReader {
  let bytes: UnsafeRawBufferPointer
  var count: Int { unsafe bytes.count }

  init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

  func byte(_ offset: Int) -> Int { unsafe Int(bytes[offset]) }

  var base: UnsafePointer<UInt8>? {
    unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
  }

  /// Bits that a difference of this mean takes, the sign included: the entropy of Laplace's
  /// distribution is close to it; never more than the sample's own.
  static func bits(mean: Double, depth: Int) -> Double {
    min(ckernels_log10(1 + 4 * mean) * 3.321_928_094_887_362, Double(depth))
  }

  /// Looks at rows of all components, in one frame and another: compares so many of each
  /// with the ones below them, in pieces of up to
  /// so many samples.
  func read(_ layout: PictureLayout, rowPairs: Int, length: Int) -> LayoutReading {
    var result = LayoutReading()
    var bits = 0.0
    var byteCount = 0.0
    let frames = max(count / max(layout.byteCount, 1), 1)
    for component in layout.format.components.indices {
      let place = ComponentPlace(layout, component)
      var tally = Tally(place: place)
      let pairs = min(rowPairs, max(place.rowCount - 1, 1))
      for pair in 0..<pairs {
        // Any frame: what is not a frame's beginning shows in some of them.
        let start = pair * 7919 % frames * layout.byteCount
        // The first, the last and others evenly between them.
        let row = pairs > 1 ? pair * max(place.rowCount - 2, 0) / (pairs - 1) : 0
        tally.compare(row, frame: start, length: length, in: self)
      }
      let weight = Double(place.count) * Double(place.rowCount)
      if tally.segmentCount > 0 {
        bits += weight * tally.bits / Double(tally.segmentCount)
        byteCount += weight * place.bytesPerSample
      }
      result.add(tally, isFirst: component == 0)
    }
    if !layout.format.paddingOffsets.isEmpty, !hasConstantPadding(layout) {
      bits += 8 * Double(layout.width * layout.height)
    }
    if byteCount > 0 { result.bitsPerByte = bits / byteCount }
    return result
  }

  private func hasConstantPadding(_ layout: PictureLayout) -> Bool {
    guard let offset = layout.format.paddingOffsets.first, offset < count else { return true }
    let step = layout.format.components.first?.step ?? 4
    return (1..<64).allSatisfy { number in
      let place = offset + number * max(count / (64 * step), 1) * step
      return place >= count || byte(place) == byte(offset)
    }
  }

  /// Mean difference of bytes that lie so far apart, of some places all over the sample.
  func meanDifference(lag: Int, places: Int, longest: Int? = nil) -> Double {
    // The same places for all that are compared: another choice would be seen as a difference.
    let room = count - (longest ?? lag)
    guard lag > 0, room > 0, let base = unsafe base else { return 128 }
    let blocks = max(places / 64, 1)
    var sum: Int64 = 0
    var number = 0
    for block in 0..<blocks {
      let start = room * block / blocks
      let length = min(64, room - start)
      unsafe sum += ckernels_byte_difference(base + start, base + start + lag, length)
      number += length
    }
    return number > 0 ? Double(sum) / Double(number) : 128
  }

  /// Mean difference of the bytes in front of a place and those behind it: rows of a picture on both
  /// sides of it; nil where the sample ends before.
  func difference(across place: Int, rowByteCount: Int, stride: Int) -> Double? {
    guard rowByteCount > 0, place >= stride, place + rowByteCount <= count,
      let base = unsafe base
    else { return nil }
    let sum = unsafe ckernels_byte_difference(base + place - stride, base + place, rowByteCount)
    return Double(sum) / Double(rowByteCount)
  }
}

extension LayoutReading {
  fileprivate mutating func add(_ tally: Tally, isFirst: Bool) {
    let sums = tally.sums
    nearSum += Int(sums.above)
    farSum += Int(sums.apart)
    hasStrayBits = hasStrayBits || sums.stray > 0
    foldedCount += tally.foldedCount
    segmentCount += tally.segmentCount
    foldedShare = Double(foldedCount) / Double(max(segmentCount, 1))
    let isEmpty = tally.sampleCount == 0
    extremes.append(isEmpty ? 0...0 : Int(sums.low)...Int(sums.high))
    means.append(isEmpty ? 0 : Double(sums.sum) / Double(tally.sampleCount))
    if isFirst { usedBits = sums.words }
  }
}

/// Where the samples of one component of a layout are.
struct ComponentPlace {
  let component: PixelComponent
  let plane: PictureLayout.Plane
  let count: Int
  let rowCount: Int
  let depth: Int
  /// Bytes of the picture for each sample.
  let bytesPerSample: Double
  /// The same for loops.
  let samples: ckernels_samples

  init(_ layout: PictureLayout, _ index: Int) {
    let format = layout.format
    let component = format.components[index]
    self.component = component
    plane = layout.planes[component.plane]
    count = format.sampleCount(component: index, width: layout.width)
    rowCount = format.rowCount(component: index, height: layout.height)
    depth = component.depth
    let sharesWord = format.components.indices.contains {
      let other = format.components[$0]
      return $0 != index && other.plane == component.plane && other.offset == component.offset
        && other.step == component.step
    }
    let word = 1 << (8 * component.wordByteCount) - 1
    // Bits of a word that belong to no component, where the word is one component's own.
    let strayMask = sharesWord || format.isV210 ? 0 : word & ~((1 << depth - 1) << component.shift)
    // Place of the first sample and step among the twelve of four words of v210.
    let v210 = format.isV210 ? [(1, 2), (0, 4), (2, 4)][min(index, 2)] : (component.offset, 0)
    samples = ckernels_samples(
      first: v210.0, step: component.step, word_bytes: CInt(component.wordByteCount),
      is_big_endian: format.isBigEndian ? 1 : 0, shift: CInt(component.shift),
      depth: CInt(component.depth), v210_step: CInt(v210.1), stray_mask: UInt32(strayMask))
    bytesPerSample =
      sharesWord || format.isV210 ? Double(depth) / 8 : Double(component.wordByteCount)
  }

  /// Where a row begins in the picture.
  func offset(row: Int) -> Int { plane.offset + plane.stride * row }
}

/// What rows of one component have shown.
private struct Tally {
  let place: ComponentPlace
  var bits = 0.0
  var segmentCount = 0
  var foldedCount = 0
  var sampleCount = 0
  var sums = ckernels_likeness(
    above: 0, before: 0, apart: 0, folded: 0, sum: 0, stray: 0, low: .max, high: 0, words: 0)
  /// Numerical Recipes' linear generator: pieces lie anywhere, but always in the same places.
  private var random: UInt32 = 1

  init(place: ComponentPlace) { self.place = place }

  /// Compares a piece of a row with the row above, each sample with the one before, and with a row
  /// far away.
  mutating func compare(_ row: Int, frame: Int, length: Int, in reader: LayoutReader) {
    let below = place.rowCount > 1 ? row + 1 : row
    let (first, second) = (frame + place.offset(row: row), frame + place.offset(row: below))
    let far = frame + place.offset(row: (row + place.rowCount / 2) % place.rowCount)
    let rowBytes = place.plane.rowByteCount
    guard max(first, second, far) + rowBytes <= reader.count, let base = unsafe reader.base
    else { return }
    random = random &* 1_664_525 &+ 1_013_904_223
    let length = min(length, place.count)
    let start = Int(random >> 8) % (place.count - length + 1)
    let before = sums
    unsafe withUnsafePointer(to: place.samples) { samples in
      unsafe ckernels_add_likeness(
        base + second, base + first, base + far, start, length, place.count, samples, &sums)
    }
    let count = Double(length)
    let vertical = sums.above - before.above
    let horizontal = sums.before - before.before
    let stray = sums.stray - before.stray
    let strayBits = 8 * place.component.wordByteCount - place.depth
    bits += LayoutReader.bits(mean: Double(vertical) / count, depth: place.depth) / 2
    bits += LayoutReader.bits(mean: Double(horizontal) / count, depth: place.depth) / 2
    if stray > 0 { bits += Double(strayBits) * Double(stray) / count }
    if (sums.folded - before.folded) * 5 < vertical * 4 { foldedCount += 1 }
    segmentCount += 1
    sampleCount += length
  }
}
