internal import MediaRaw

/// Measures a sound that comes piece by piece: bytes in, a measurement at the end.
///
/// However the sound is cut into pieces, the measurement is the same. It works on the caller's
/// thread; `SoundChunkMeter` and `SoundMeter` are there for several.
public struct SoundStreamMeter {
  private let plan: SoundPlan
  private let chunks: SoundChunkMeter
  private var meter: SoundMeter
  /// Frames that have been measured but settle the filters, and what waits behind them.
  private var bytes: [UInt8] = []
  private var settling = 0
  private var firstFrame: Int64 = 0

  /// A meter of a whole sound.
  public init(_ plan: SoundPlan) {
    self.plan = plan
    chunks = SoundChunkMeter(plan)
    meter = SoundMeter(plan)
  }

  /// Called for each window of the series, in order.
  public var onWindow: (SoundWindow) throws -> Void {
    get { meter.onWindow }
    set { meter.onWindow = newValue }
  }
  /// Called each 100 ms of sound, in order; see `SoundMeter`.
  public var onLoudness: (Int64, Double?, Double?) throws -> Void {
    get { meter.onLoudness }
    set { meter.onLoudness = newValue }
  }

  /// Takes the next bytes, which may end within a frame.
  ///
  /// - Throws: what `onWindow` or `onLoudness` throw.
  public mutating func append(_ piece: [UInt8]) throws {
    bytes += piece
    // Settling is to stay the smaller part of the work.
    let wanted = 4 * plan.settlingFrames + settling
    if bytes.count / plan.format.blockAlign >= wanted { try measure() }
  }

  /// The measurement; a last frame that is not whole is left out.
  ///
  /// - Throws: what `onWindow` or `onLoudness` throw.
  public mutating func finish() throws -> SoundMeasurement {
    try measure()
    return try meter.finish()
  }

  private mutating func measure() throws {
    let align = plan.format.blockAlign
    let frames = bytes.count / align
    guard frames > settling else { return }
    let chunk = unsafe bytes.withUnsafeBytes {
      unsafe chunks.measure(
        UnsafeRawBufferPointer(rebasing: $0[..<(frames * align)]), settling: settling,
        firstFrame: firstFrame)
    }
    try meter.append(chunk)
    firstFrame += Int64(frames - settling)
    settling = min(frames, plan.settlingFrames)
    bytes.removeFirst((frames - settling) * align)
  }
}
