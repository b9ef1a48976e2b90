/// A block of decoded sound, a plane a channel, in two forms: exact, in the lane of its format, and
/// as `Float` with full scale 1.
///
/// Of the lane `float` both are the same memory: there is no other exact form.
///
/// Belongs to one thread. Filled by `SampleDecoder`.
@safe public final class SamplePlanes {
  /// How many samples before the block's first the float planes still hold, for filters.
  public static let history = 32

  /// The form of the exact planes.
  public let lane: SampleLane
  /// Number of planes.
  public let channelCount: Int
  /// The most frames it can hold.
  public let capacity: Int
  /// Frames it holds now.
  public internal(set) var frameCount = 0

  private let exact: UnsafeMutableRawBufferPointer
  private let floats: UnsafeMutablePointer<Float>
  private let exactStride: Int
  private let floatStride: Int

  /// Room for `capacity` frames; what came before the first is silence.
  public init(lane: SampleLane, channelCount: Int, capacity: Int) {
    self.lane = lane
    self.channelCount = channelCount
    self.capacity = capacity
    // Whole cache lines, so that planes do not share one.
    exactStride = lane == .float ? 0 : (capacity * lane.byteCount + 63) / 64 * 64
    floatStride = (capacity + Self.history + 15) / 16 * 16
    unsafe exact = .allocate(byteCount: exactStride * channelCount, alignment: 64)
    unsafe floats = .allocate(capacity: floatStride * channelCount)
    unsafe exact.initializeMemory(as: UInt8.self, repeating: 0)
    unsafe floats.initialize(repeating: 0, count: floatStride * channelCount)
  }

  deinit {
    unsafe exact.deallocate()
    unsafe floats.deallocate()
  }

  /// The samples of a channel as `Float`, from `history` samples before the block's first on.
  ///
  /// Valid until the next block; where the lane is `float` these are the exact samples too.
  public func floatsWithHistory(_ channel: Int) -> UnsafeBufferPointer<Float> {
    precondition(channel >= 0 && channel < channelCount)
    return unsafe UnsafeBufferPointer(
      start: floats + channel * floatStride, count: Self.history + frameCount)
  }

  /// The samples of a channel as `Float`.
  public func floats(_ channel: Int) -> UnsafeBufferPointer<Float> {
    unsafe UnsafeBufferPointer(rebasing: floatsWithHistory(channel)[Self.history...])
  }

  /// The samples of a channel, of the lane `int16`.
  public func int16s(_ channel: Int) -> UnsafeBufferPointer<Int16> {
    unsafe plane(channel, .int16, as: Int16.self)
  }

  /// The samples of a channel, of the lane `int32`.
  public func int32s(_ channel: Int) -> UnsafeBufferPointer<Int32> {
    unsafe plane(channel, .int32, as: Int32.self)
  }

  /// The samples of a channel, of the lane `double`.
  public func doubles(_ channel: Int) -> UnsafeBufferPointer<Double> {
    unsafe plane(channel, .double, as: Double.self)
  }

  private func plane<Sample>(
    _ channel: Int, _ lane: SampleLane, as type: Sample.Type
  ) -> UnsafeBufferPointer<Sample> {
    precondition(channel >= 0 && channel < channelCount && lane == self.lane)
    let start = unsafe exact.baseAddress.unsafelyUnwrapped + channel * exactStride
    return unsafe UnsafeBufferPointer(
      start: start.assumingMemoryBound(to: Sample.self), count: frameCount)
  }
}

// MARK: - Filling

extension SamplePlanes {
  /// Makes the last samples so far the history, and room for so many new ones.
  func begin(frameCount count: Int) {
    precondition(count <= capacity, "more frames than there is room for")
    for channel in 0..<channelCount {
      let start = unsafe floats + channel * floatStride
      // The last `history` samples of what is held, older history included.
      unsafe start.update(from: start + frameCount, count: Self.history)
    }
    frameCount = count
  }

  /// The exact samples of a channel, to be written; those of the lane `float` are the float planes.
  func mutablePlane<Sample>(
    _ channel: Int, as type: Sample.Type
  ) -> UnsafeMutablePointer<Sample> {
    precondition(channel >= 0 && channel < channelCount)
    precondition(MemoryLayout<Sample>.size == lane.byteCount)
    if lane == .float {
      let start = unsafe floats + channel * floatStride + Self.history
      return unsafe UnsafeMutableRawPointer(start).assumingMemoryBound(to: Sample.self)
    }
    let start = unsafe exact.baseAddress.unsafelyUnwrapped + channel * exactStride
    return unsafe start.assumingMemoryBound(to: Sample.self)
  }

  /// Makes the float planes of the exact ones; every value is exact.
  func scaleInt16s() {
    convert(from: Int16.self) { Float($0) * 0x1p-15 }
  }

  /// Makes the float planes of the exact ones, rounded to 24 bits.
  func scaleInt32s() {
    convert(from: Int32.self) { Float($0) * 0x1p-31 }
  }

  /// Makes the float planes of the exact ones, rounded to 24 bits.
  func narrowDoubles() {
    convert(from: Double.self) { Float($0) }
  }

  @inline(__always)
  private func convert<Sample>(from type: Sample.Type, _ value: (Sample) -> Float) {
    let count = frameCount
    for channel in 0..<channelCount {
      let source = unsafe mutablePlane(channel, as: Sample.self)
      let target = unsafe floats + channel * floatStride + Self.history
      for index in 0..<count { unsafe target[index] = value(source[index]) }
    }
  }
}

extension SampleLane {
  /// Bytes of one sample in memory.
  public var byteCount: Int {
    switch self {
    case .int16: 2
    case .int32, .float: 4
    case .double: 8
    }
  }
}
