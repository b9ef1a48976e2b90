/// How many ticks make one second: 1...4,294,967,295.
public struct Timescale: Hashable, Sendable {
  /// Ticks in one second, never zero.
  public let ticksPerSecond: UInt32

  /// Makes a timescale; nil for zero, which files do declare.
  public init?(_ ticksPerSecond: UInt32) {
    guard ticksPerSecond > 0 else { return nil }
    self.ticksPerSecond = ticksPerSecond
  }

  private init(known ticksPerSecond: UInt32) {
    self.ticksPerSecond = ticksPerSecond
  }

  /// Whole seconds.
  public static let seconds = Self(known: 1)
  /// 1000, the unit of FLV and RTMP.
  public static let milliseconds = Self(known: 1000)
  /// 90,000, the unit of MPEG systems and of video over RTP.
  public static let mpeg = Self(known: 90_000)
  /// 1,000,000, FFmpeg's unit for a whole file.
  public static let microseconds = Self(known: 1_000_000)
  /// 1,000,000,000, the unit of Matroska at its finest.
  public static let nanoseconds = Self(known: 1_000_000_000)
}

extension Timescale: CustomStringConvertible {
  /// The number of ticks in a second.
  public var description: String { "\(ticksPerSecond)" }
}

/// A moment or a length of media time, exact: `ticks / timescale` seconds.
///
/// Two times are equal when they are the same number of seconds, whatever their timescales.
public struct MediaTime: Sendable {
  /// The time in ticks; may be negative.
  public let ticks: Int64
  /// How many ticks make one second.
  public let timescale: Timescale

  /// Makes the time of `ticks / timescale` seconds.
  public init(ticks: Int64, timescale: Timescale) {
    self.ticks = ticks
    self.timescale = timescale
  }

  /// Makes the time of `ticks` units of `numerator / denominator` seconds each.
  ///
  /// This is FFmpeg's time base, which need not be one over a whole number. Nil when the base is
  /// not positive or the product does not fit.
  public init?(ticks: Int64, timeBase numerator: Int32, _ denominator: Int32) {
    guard numerator > 0, denominator > 0, let scale = Timescale(UInt32(denominator)) else {
      return nil
    }
    let (product, overflow) = ticks.multipliedReportingOverflow(by: Int64(numerator))
    guard !overflow else { return nil }
    self.init(ticks: product, timescale: scale)
  }

  /// The time in seconds, to the precision of a Double.
  public var seconds: Double { Double(ticks) / Double(timescale.ticksPerSecond) }
}

// MARK: - Rescaling

extension MediaTime {
  /// What to do with a part of a tick, as in FFmpeg's `av_rescale_rnd`.
  public enum Rounding: Hashable, Sendable, CaseIterable {
    /// To the nearest tick, halves away from zero.
    case nearAwayFromZero
    /// Towards minus infinity.
    case down
    /// Towards plus infinity.
    case up
    /// Towards zero.
    case towardZero
  }

  /// The same time in ticks of another scale; nil when it does not fit in 64 bits.
  public func rescaled(
    to scale: Timescale, rounding: Rounding = .nearAwayFromZero
  ) -> MediaTime? {
    if scale == timescale { return self }
    let divisor = Int128(timescale.ticksPerSecond)
    // At most 2^63 * 2^32, so 128 bits always hold it.
    let product = Int128(ticks) * Int128(scale.ticksPerSecond)
    let (quotient, remainder) = product.quotientAndRemainder(dividingBy: divisor)
    let isExact = remainder == 0
    let rounded: Int128 =
      switch rounding {
      case .towardZero: quotient
      case .down: isExact || product > 0 ? quotient : quotient - 1
      case .up: isExact || product < 0 ? quotient : quotient + 1
      case .nearAwayFromZero:
        2 * remainder.magnitude >= divisor.magnitude ? quotient + product.signum() : quotient
      }
    return Int64(exactly: rounded).map { MediaTime(ticks: $0, timescale: scale) }
  }
}

// MARK: - Comparison

extension MediaTime: Comparable, Hashable {
  /// Whether both are the same number of seconds, exactly.
  public static func == (a: Self, b: Self) -> Bool {
    a.scaled(for: b) == b.scaled(for: a)
  }

  /// Whether `a` is the smaller number of seconds, exactly.
  public static func < (a: Self, b: Self) -> Bool {
    a.scaled(for: b) < b.scaled(for: a)
  }

  /// Hashes the fraction in lowest terms, so that equal times hash alike.
  public func hash(into hasher: inout Hasher) {
    var (a, b) = (ticks.magnitude, UInt64(timescale.ticksPerSecond))
    while b != 0 { (a, b) = (b, a % b) }
    // `a` divides the timescale, so it is at least 1 and fits in 32 bits.
    hasher.combine(ticks / Int64(a))
    hasher.combine(UInt64(timescale.ticksPerSecond) / a)
  }

  /// Ticks over the common denominator of two times.
  private func scaled(for other: MediaTime) -> Int128 {
    Int128(ticks) * Int128(other.timescale.ticksPerSecond)
  }
}

extension MediaTime: CustomStringConvertible {
  /// Ticks and timescale as a fraction, such as `3003/90000`.
  public var description: String { "\(ticks)/\(timescale)" }
}
