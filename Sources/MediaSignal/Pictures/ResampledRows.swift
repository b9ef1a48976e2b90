internal import MediaRaw

/// Rows of one component of a picture on another grid, one after the other; the buffers are its own.
@safe final class ResampledRows {
  private let source: UnsafeRawBufferPointer
  private let reader: ComponentRows
  private let component: Int
  private let plan: Resampling
  private let columnWeights: [Resampling.Weights]
  /// The rows of the input read last.
  private var read: [(row: Int, samples: UnsafeMutableBufferPointer<UInt16>)]
  /// Weighted sums of rows, with room for one more sample before and behind.
  private let sums: UnsafeMutableBufferPointer<UInt32>
  private let result: UnsafeMutableBufferPointer<UInt16>
  private var last: Resampling.Rows?
  private var lastResult: UnsafePointer<UInt16>

  init(
    _ source: UnsafeRawBufferPointer, _ reader: ComponentRows, component: Int, _ plan: Resampling
  ) {
    unsafe self.source = source
    self.reader = reader
    self.component = component
    self.plan = plan
    columnWeights = plan.columnWeights
    unsafe read = (0..<2).map { _ in (-1, .allocate(capacity: plan.inputWidth)) }
    unsafe sums = .allocate(capacity: plan.inputWidth + 2)
    // Repetition fills whole groups.
    unsafe result = .allocate(capacity: plan.outputWidth + 4)
    unsafe lastResult = UnsafePointer(result.baseAddress.unsafelyUnwrapped)
  }

  deinit {
    unsafe read[0].samples.deallocate()
    unsafe read[1].samples.deallocate()
    unsafe sums.deallocate()
    unsafe result.deallocate()
  }

  /// The samples of a row of the grid, until the next call.
  func row(_ row: Int) -> UnsafePointer<UInt16> {
    let rows = plan.rows(for: row)
    if rows == last { return unsafe lastResult }
    last = rows
    unsafe lastResult = make(rows)
    return unsafe lastResult
  }

  private func make(_ rows: Resampling.Rows) -> UnsafePointer<UInt16> {
    let first = unsafe samples(rows.first, slot: 0)
    var shift: UInt32 = 0
    if rows.firstWeight > 0 {
      let second = unsafe samples(rows.second, slot: 1)
      let (a, b) = (rows.firstWeight, rows.secondWeight)
      shift = UInt32((a + b).trailingZeroBitCount)
      let sums = unsafe sums.baseAddress.unsafelyUnwrapped + 1
      for i in 0..<plan.inputWidth {
        unsafe sums[i] = UInt32(first[i]) &* a &+ UInt32(second[i]) &* b
      }
    }
    switch plan.horizontal {
    case .same:
      guard shift > 0 else { return unsafe first }
      unsafe divide(shift, into: result.baseAddress.unsafelyUnwrapped)
    case .repeated(let columnShift):
      guard shift > 0 else {
        unsafe `repeat`(first, columnShift)
        break
      }
      // The first row's buffer is read again from the picture when wanted.
      let halved = unsafe read[0].samples.baseAddress.unsafelyUnwrapped
      unsafe read[0].row = -1
      unsafe divide(shift, into: halved)
      unsafe `repeat`(UnsafePointer(halved), columnShift)
    case .mean(let columnShift):
      if shift == 0 { unsafe widen(first) }
      mean(columnShift, shift)
    case .interpolated(let columnShift):
      if shift == 0 { unsafe widen(first) }
      interpolate(columnShift, shift)
    }
    return unsafe UnsafePointer(result.baseAddress.unsafelyUnwrapped)
  }

  /// A row of the input, read only if it is not here yet.
  private func samples(_ row: Int, slot: Int) -> UnsafePointer<UInt16> {
    if unsafe read[slot].row != row {
      if unsafe read[1 - slot].row == row {
        unsafe read.swapAt(0, 1)
      } else {
        unsafe reader.read(component: component, row: row, of: source, into: read[slot].samples)
        unsafe read[slot].row = row
      }
    }
    return unsafe UnsafePointer(read[slot].samples.baseAddress.unsafelyUnwrapped)
  }

  // MARK: Columns

  private func widen(_ samples: UnsafePointer<UInt16>) {
    let sums = unsafe sums.baseAddress.unsafelyUnwrapped + 1
    for i in 0..<plan.inputWidth { unsafe sums[i] = UInt32(samples[i]) }
  }

  private func divide(_ shift: UInt32, into results: UnsafeMutablePointer<UInt16>) {
    let sums = unsafe UnsafePointer(sums.baseAddress.unsafelyUnwrapped) + 1
    let half = (1 as UInt32 &<< shift) &>> 1
    for i in 0..<plan.inputWidth {
      unsafe results[i] = UInt16(truncatingIfNeeded: (sums[i] &+ half) &>> shift)
    }
  }

  private func `repeat`(_ samples: UnsafePointer<UInt16>, _ shift: Int) {
    let results = unsafe result.baseAddress.unsafelyUnwrapped
    if shift == 1 {
      for i in 0..<plan.inputWidth {
        let sample = unsafe samples[i]
        unsafe results[2 &* i] = sample
        unsafe results[2 &* i &+ 1] = sample
      }
    } else {
      for i in 0..<plan.inputWidth {
        let sample = unsafe samples[i]
        for place in 0..<1 &<< shift { unsafe results[i &<< shift &+ place] = sample }
      }
    }
  }

  /// Means of groups of sums, which have weights that add up to `1 << rowShift`.
  private func mean(_ shift: Int, _ rowShift: UInt32) {
    let sums = unsafe UnsafePointer(sums.baseAddress.unsafelyUnwrapped) + 1
    let results = unsafe result.baseAddress.unsafelyUnwrapped
    let whole = plan.inputWidth >> shift
    let total = rowShift &+ UInt32(shift)
    let half = (1 as UInt32 &<< total) &>> 1
    if shift == 1 {
      for i in 0..<whole {
        unsafe results[i] = UInt16(
          truncatingIfNeeded: (sums[2 &* i] &+ sums[2 &* i &+ 1] &+ half) &>> total)
      }
    } else {
      for i in 0..<whole {
        var sum = half
        for place in 0..<1 &<< shift { unsafe sum &+= sums[i &<< shift &+ place] }
        unsafe results[i] = UInt16(truncatingIfNeeded: sum &>> total)
      }
    }
    // The last group may be smaller.
    let rest = plan.inputWidth - whole << shift
    guard rest > 0 else { return }
    var sum: UInt32 = 0
    for place in 0..<rest { unsafe sum += sums[whole << shift + place] }
    let weight = UInt32(rest) << rowShift
    unsafe results[whole] = UInt16((2 * sum + weight) / (2 * weight))
  }

  /// Eighths of neighbouring sums, which have weights that add up to `1 << rowShift`.
  private func interpolate(_ shift: Int, _ rowShift: UInt32) {
    let count = plan.inputWidth
    let sums = unsafe sums.baseAddress.unsafelyUnwrapped + 1
    unsafe sums[-1] = sums[0]
    unsafe sums[count] = sums[count - 1]
    let results = unsafe result.baseAddress.unsafelyUnwrapped
    let total = rowShift &+ 3
    let half = (1 as UInt32 &<< total) &>> 1
    for (phase, weights) in columnWeights.enumerated() {
      for i in 0..<count {
        let sum =
          unsafe (sums[i &- 1] &* weights.before &+ sums[i] &* weights.here
          &+ sums[i &+ 1] &* weights.after)
        unsafe results[i &<< shift &+ phase] = UInt16(truncatingIfNeeded: (sum &+ half) &>> total)
      }
    }
  }
}
