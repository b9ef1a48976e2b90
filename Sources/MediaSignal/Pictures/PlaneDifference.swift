internal import CKernels
public import MediaRaw

/// How far two pictures of the same form are apart, in one component; sums of several by `add`.
public struct PlaneDifference: Hashable, Sendable {
  /// How many samples were compared.
  public var sampleCount: Int64 = 0
  /// The largest difference of two codes.
  public var maximumError = 0
  /// How many samples differ.
  public var differing: Int64 = 0
  /// Of the differences without their sign.
  public var absoluteSum: Int64 = 0
  /// Of the squares of the differences.
  public var squareSum: Double = 0
  /// Sum of the SSIM of pictures, and how many.
  public var ssimSum = 0.0
  /// How many pictures were compared.
  public var pictureCount: Int64 = 0
  /// Depth of the component.
  public var depth = 8

  /// Mean of the differences without their sign, in codes; nil of no samples.
  public var meanError: Double? {
    sampleCount > 0 ? Double(absoluteSum) / Double(sampleCount) : nil
  }
  /// In dB by the largest code; nil (infinite) where nothing differs.
  public var psnr: Double? {
    guard squareSum > 0 else { return nil }
    let peak = Double(1 << depth - 1)
    return 10 * ckernels_log10(peak * peak * Double(sampleCount) / squareSum)
  }
  /// Mean of the pictures'; nil without any.
  public var ssim: Double? { pictureCount > 0 ? ssimSum / Double(pictureCount) : nil }

  /// A difference of nothing yet.
  public init() {}

  /// Adds the differences of other pictures of the same form.
  public mutating func add(_ other: PlaneDifference) {
    sampleCount += other.sampleCount
    maximumError = max(maximumError, other.maximumError)
    differing += other.differing
    absoluteSum += other.absoluteSum
    squareSum += other.squareSum
    ssimSum += other.ssimSum
    pictureCount += other.pictureCount
    depth = other.depth
  }

  /// One for each component.
  ///
  /// Both pictures have `layout.byteCount` bytes.
  public static func compare(
    _ picture: UnsafeRawBufferPointer, with reference: UnsafeRawBufferPointer,
    _ layout: PictureLayout
  ) -> [PlaneDifference] {
    let rows = ComponentRows(layout)
    let buffer = UnsafeMutableBufferPointer<UInt16>.allocate(capacity: 2 * layout.width)
    defer { unsafe buffer.deallocate() }
    return layout.format.components.indices.map { component in
      let count = layout.format.sampleCount(component: component, width: layout.width)
      let rowCount = layout.format.rowCount(component: component, height: layout.height)
      let ours = unsafe UnsafeMutableBufferPointer(rebasing: buffer[..<count])
      let theirs = unsafe UnsafeMutableBufferPointer(rebasing: buffer[count..<2 * count])
      let depth = layout.format.components[component].depth
      var result = PlaneDifference()
      var likeness = StructuralSimilarity(width: count, height: rowCount, depth: depth)
      for row in 0..<rowCount {
        unsafe rows.read(component: component, row: row, of: picture, into: ours)
        unsafe rows.read(component: component, row: row, of: reference, into: theirs)
        unsafe result.add(row: UnsafeBufferPointer(ours), UnsafeBufferPointer(theirs))
        unsafe likeness.add(row: UnsafeBufferPointer(ours), UnsafeBufferPointer(theirs))
      }
      result.depth = depth
      result.ssimSum = likeness.mean
      result.pictureCount = 1
      return result
    }
  }

  private mutating func add(
    row first: UnsafeBufferPointer<UInt16>, _ second: UnsafeBufferPointer<UInt16>
  ) {
    var largest: UInt16 = 0
    var count: UInt32 = 0
    var absolute: UInt32 = 0
    var square: UInt64 = 0
    for index in first.indices {
      let a = unsafe first[index]
      let b = unsafe second[index]
      let distance = max(a, b) &- min(a, b)
      largest = max(largest, distance)
      count &+= distance > 0 ? 1 : 0
      absolute &+= UInt32(distance)
      square &+= UInt64(UInt32(distance) &* UInt32(distance))
    }
    sampleCount += Int64(first.count)
    maximumError = max(maximumError, Int(largest))
    differing += Int64(count)
    absoluteSum += Int64(absolute)
    squareSum += Double(square)
  }
}
