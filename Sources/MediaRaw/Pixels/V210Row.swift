/// A row of `v210`: six pixels of 4:2:2 in four little-endian words of 32 bits, three samples of 10
/// bits in each from bit 0 on.
///
/// Samples stand in the order Cb Y Cr Y, so that of luma `n` has the place 2n + 1, that of Cb 4n,
/// that of Cr 4n + 2.
enum V210Row {
  /// Samples, and words' bytes, of six pixels.
  private static let groupSamples = 12
  private static let groupBytes = 16

  /// The place of a component's first sample, and how many places on the next has its own.
  private static func places(_ component: Int) -> (first: Int, step: Int) {
    component == 0 ? (1, 2) : (component == 1 ? 0 : 2, 4)
  }

  static func read(
    _ row: UnsafeRawPointer, component: Int, count: Int, into samples: UnsafeMutablePointer<UInt16>
  ) {
    let whole = component == 0 ? count / 6 : count / 3
    if component == 0 {
      unsafe readLuma(row, groups: whole, into: samples)
    } else {
      unsafe readChroma(row, isCr: component == 2, groups: whole, into: samples)
    }
    let (first, step) = places(component)
    for index in whole * (component == 0 ? 6 : 3)..<count {
      let place = first + step * index
      let word = unsafe row.loadUnaligned(fromByteOffset: place / 3 * 4, as: UInt32.self)
      unsafe samples[index] = UInt16(truncatingIfNeeded: word >> UInt32(place % 3 * 10) & 0x3ff)
    }
  }

  private static func readLuma(
    _ row: UnsafeRawPointer, groups: Int, into samples: UnsafeMutablePointer<UInt16>
  ) {
    for group in 0..<groups {
      let words = unsafe row + group &* groupBytes
      let target = unsafe samples + group &* 6
      let first = unsafe words.loadUnaligned(as: UInt64.self)
      let second = unsafe words.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
      unsafe target[0] = UInt16(truncatingIfNeeded: first &>> 10) & 0x3ff
      unsafe target[1] = UInt16(truncatingIfNeeded: first &>> 32) & 0x3ff
      unsafe target[2] = UInt16(truncatingIfNeeded: first &>> 52) & 0x3ff
      unsafe target[3] = UInt16(truncatingIfNeeded: second &>> 10) & 0x3ff
      unsafe target[4] = UInt16(truncatingIfNeeded: second &>> 32) & 0x3ff
      unsafe target[5] = UInt16(truncatingIfNeeded: second &>> 52) & 0x3ff
    }
  }

  private static func readChroma(
    _ row: UnsafeRawPointer, isCr: Bool, groups: Int, into samples: UnsafeMutablePointer<UInt16>
  ) {
    // Places 0, 4, 8 of Cb; 2, 6, 10 of Cr.
    let (offsets, shifts): ((Int, Int, Int), (UInt32, UInt32, UInt32)) =
      isCr ? ((0, 8, 12), (20, 0, 10)) : ((0, 4, 8), (0, 10, 20))
    for group in 0..<groups {
      let words = unsafe row + group &* groupBytes
      let target = unsafe samples + group &* 3
      let first = unsafe words.loadUnaligned(fromByteOffset: offsets.0, as: UInt32.self)
      let second = unsafe words.loadUnaligned(fromByteOffset: offsets.1, as: UInt32.self)
      let third = unsafe words.loadUnaligned(fromByteOffset: offsets.2, as: UInt32.self)
      unsafe target[0] = UInt16(truncatingIfNeeded: first &>> shifts.0) & 0x3ff
      unsafe target[1] = UInt16(truncatingIfNeeded: second &>> shifts.1) & 0x3ff
      unsafe target[2] = UInt16(truncatingIfNeeded: third &>> shifts.2) & 0x3ff
    }
  }

  /// Puts samples between those of the other components; the upper two bits of words become 0.
  static func write(
    _ samples: UnsafePointer<UInt16>, component: Int, count: Int, to row: UnsafeMutableRawPointer
  ) {
    let whole = component == 0 ? count / 6 : count / 3
    if component == 0 {
      unsafe writeLuma(samples, groups: whole, to: row)
    } else {
      unsafe writeChroma(samples, isCr: component == 2, groups: whole, to: row)
    }
    let (first, step) = places(component)
    for index in whole * (component == 0 ? 6 : 3)..<count {
      let place = first + step * index
      let shift = UInt32(place % 3 * 10)
      let word = unsafe row.loadUnaligned(fromByteOffset: place / 3 * 4, as: UInt32.self)
      let value = unsafe word & 0x3fff_ffff & ~(0x3ff << shift) | UInt32(samples[index]) << shift
      unsafe row.storeBytes(of: value, toByteOffset: place / 3 * 4, as: UInt32.self)
    }
  }

  private static func writeLuma(
    _ samples: UnsafePointer<UInt16>, groups: Int, to row: UnsafeMutableRawPointer
  ) {
    // Two words at once, whose three lumas have the bits from 10, 32 and 52 on.
    let others: UInt64 = 0x000f_fc00_3ff0_03ff
    for group in 0..<groups {
      let words = unsafe row + group &* groupBytes
      let source = unsafe samples + group &* 6
      let first = unsafe words.loadUnaligned(as: UInt64.self) & others
      let second = unsafe words.loadUnaligned(fromByteOffset: 8, as: UInt64.self) & others
      let low =
        unsafe UInt64(source[0]) &<< 10 | UInt64(source[1]) &<< 32 | UInt64(source[2]) &<< 52
      let high =
        unsafe UInt64(source[3]) &<< 10 | UInt64(source[4]) &<< 32 | UInt64(source[5]) &<< 52
      unsafe words.storeBytes(of: first | low, as: UInt64.self)
      unsafe words.storeBytes(of: second | high, toByteOffset: 8, as: UInt64.self)
    }
  }

  private static func writeChroma(
    _ samples: UnsafePointer<UInt16>, isCr: Bool, groups: Int, to row: UnsafeMutableRawPointer
  ) {
    let (offsets, shifts): ((Int, Int, Int), (UInt32, UInt32, UInt32)) =
      isCr ? ((0, 8, 12), (20, 0, 10)) : ((0, 4, 8), (0, 10, 20))
    for group in 0..<groups {
      let words = unsafe row + group &* groupBytes
      let source = unsafe samples + group &* 3
      unsafe put(source[0], words + offsets.0, shifts.0)
      unsafe put(source[1], words + offsets.1, shifts.1)
      unsafe put(source[2], words + offsets.2, shifts.2)
    }
  }

  @inline(__always)
  private static func put(_ sample: UInt16, _ word: UnsafeMutableRawPointer, _ shift: UInt32) {
    let old = unsafe word.loadUnaligned(as: UInt32.self)
    let value = old & 0x3fff_ffff & ~(0x3ff &<< shift) | UInt32(sample) &<< shift
    unsafe word.storeBytes(of: value, as: UInt32.self)
  }

  /// Clears the places of a row that hold no sample.
  static func clearUnused(_ row: UnsafeMutableRawPointer, width: Int, byteCount: Int) {
    let groups = width / 6
    var offset = groups * groupBytes
    let rest = width % 6
    if rest > 0 {
      // Luma and chroma of the last pixels, place by place.
      var used: [UInt32] = [0, 0, 0, 0]
      for place in 0..<groupSamples {
        let isUsed = place % 2 == 1 ? place / 2 < rest : place / 4 < (rest + 1) / 2
        if isUsed { used[place / 3] |= 0x3ff << UInt32(place % 3 * 10) }
      }
      for bits in used {
        let word = unsafe row.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
        unsafe row.storeBytes(of: word & bits, toByteOffset: offset, as: UInt32.self)
        offset += 4
      }
    }
    for byte in offset..<max(offset, byteCount) {
      unsafe row.storeBytes(of: 0, toByteOffset: byte, as: UInt8.self)
    }
  }
}
