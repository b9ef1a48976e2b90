internal import CKernels
public import MediaRaw

/// What one component of pictures holds; sums of several are made by `add`.
public struct PlaneMeasurement: Hashable, Sendable {
  /// The smallest code; `Int.max` of no samples.
  public var minimum = Int.max
  /// The largest code; `Int.min` of no samples.
  public var maximum = Int.min
  /// How many samples were measured.
  public var sampleCount: Int64 = 0
  /// Of their codes.
  public var sum: Int64 = 0
  /// Samples outside of the codes from black to white (Cb, Cr: 16 to 240) of their range, at 8 bits;
  /// full range has none.
  public var outOfRange: Int64 = 0
  /// Samples that a conversion clipped; filled by who converted.
  public var clipped: Int64 = 0

  /// The mean code; nil of no samples.
  public var mean: Double? { sampleCount > 0 ? Double(sum) / Double(sampleCount) : nil }

  /// A measurement of nothing yet.
  public init() {}

  /// Adds what other pictures hold.
  public mutating func add(_ other: PlaneMeasurement) {
    minimum = min(minimum, other.minimum)
    maximum = max(maximum, other.maximum)
    sampleCount += other.sampleCount
    sum += other.sum
    outOfRange += other.outOfRange
    clipped += other.clipped
  }

  /// One for each component of a picture of `form.layout.byteCount` bytes.
  public static func measure(
    _ picture: UnsafeRawBufferPointer, _ form: PictureForm
  ) -> [PlaneMeasurement] {
    let layout = form.layout
    let rows = ComponentRows(layout)
    let buffer = UnsafeMutableBufferPointer<UInt16>.allocate(capacity: layout.width)
    defer { unsafe buffer.deallocate() }
    return layout.format.components.indices.map { component in
      let count = layout.format.sampleCount(component: component, width: layout.width)
      let samples = unsafe UnsafeMutableBufferPointer(rebasing: buffer[..<count])
      let codes = layout.format.nominalCodes(component: component, form.color.range)
      var result = PlaneMeasurement()
      for row in 0..<layout.format.rowCount(component: component, height: layout.height) {
        unsafe rows.read(component: component, row: row, of: picture, into: samples)
        unsafe result.add(row: UnsafeBufferPointer(samples), nominal: codes)
      }
      return result
    }
  }

  /// Rows have at most `PictureLayout.maxSide` samples, whose sum 32 bits hold.
  private mutating func add(
    row samples: UnsafeBufferPointer<UInt16>, nominal: ClosedRange<UInt16>
  ) {
    var low = UInt16.max
    var high = UInt16.min
    var sum: UInt32 = 0
    var outside: UInt32 = 0
    let base = nominal.lowerBound
    let span = nominal.upperBound &- base
    for index in samples.indices {
      let sample = unsafe samples[index]
      low = min(low, sample)
      high = max(high, sample)
      sum &+= UInt32(sample)
      // What is below wraps to beyond the span.
      outside &+= sample &- base > span ? 1 : 0
    }
    sampleCount += Int64(samples.count)
    minimum = min(minimum, Int(low))
    maximum = max(maximum, Int(high))
    self.sum += Int64(sum)
    outOfRange += Int64(outside)
  }
}

extension PixelFormat {
  /// The codes from black to white of a component, H.273 §8.3; all codes in full range and of alpha.
  ///
  /// Of fewer bits than 8 those that are left of the 8.
  func nominalCodes(component: Int, _ range: ColorRange) -> ClosedRange<UInt16> {
    let depth = components[component].depth
    guard range == .limited, component < colorComponentCount else {
      return 0...UInt16(truncatingIfNeeded: 1 << depth - 1)
    }
    let white = isChroma(component) ? 240 : 235
    let codes =
      depth >= 8
      ? (16 << (depth - 8), white << (depth - 8)) : (16 >> (8 - depth), white >> (8 - depth))
    return UInt16(codes.0)...UInt16(codes.1)
  }
}
