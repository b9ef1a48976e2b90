public import MediaModel

/// A wall clock time of RTCP: seconds since 1900 in 32 bits, and a fraction in 2^-32 s
/// (RFC 3550 4, RFC 5905 6).
public struct NTPTime: RawRepresentable, Hashable, Sendable {
  /// Seconds in the upper 32 bits, the fraction in the lower.
  public let rawValue: UInt64
  /// Makes it of its 64 bits.
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// From 1900-01-01 to 1970-01-01.
  private static let secondsTo1970: Int64 = 2_208_988_800
  private static let nanosecondsPerSecond: Int64 = 1_000_000_000

  /// Makes it of nanoseconds since 1970-01-01T00:00:00Z, rounded to the nearest fraction.
  public init(nanosecondsSince1970 nanoseconds: Nanoseconds) {
    var (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: Self.nanosecondsPerSecond)
    if rest < 0 {
      seconds -= 1
      rest += Self.nanosecondsPerSecond
    }
    let half = Self.nanosecondsPerSecond / 2
    // Below 2^62; a fraction of 2^32 carries into the seconds.
    let fraction = ((rest << 32) + half) / Self.nanosecondsPerSecond
    let whole = UInt64(truncatingIfNeeded: seconds + Self.secondsTo1970)
    rawValue = (whole << 32) &+ UInt64(fraction)
  }

  /// Nanoseconds since 1970-01-01T00:00:00Z, rounded to the nearest of the same second.
  ///
  /// Its seconds begin again in 2036: values below 2^31 are taken to lie in 2036...2104, the others
  /// in 1968...2036 (RFC 4330 3). Devices without a calendar begin at 0 when they are switched on:
  /// their times are good only for comparison.
  public var nanosecondsSince1970: Nanoseconds {
    let era: Int64 = rawValue >> 63 == 0 ? 1 << 32 : 0
    let seconds = Int64(rawValue >> 32) + era - Self.secondsTo1970
    return seconds * Self.nanosecondsPerSecond + Self.nanoseconds(Int64(rawValue & 0xffff_ffff))
  }

  /// How many nanoseconds this is later than `other`, on the shorter way round.
  public func nanoseconds(since other: Self) -> Nanoseconds {
    let difference = Int64(bitPattern: rawValue &- other.rawValue)
    return (difference >> 32) * Self.nanosecondsPerSecond
      + Self.nanoseconds(difference & 0xffff_ffff)
  }

  private static func nanoseconds(_ fraction: Int64) -> Int64 {
    // The product is below 2^62. The next second may lie in another era.
    min((fraction * nanosecondsPerSecond + (1 << 31)) >> 32, nanosecondsPerSecond - 1)
  }

  /// The middle 32 bits, in 2^-16 s: `LSR` of a report block (RFC 3550 6.4.1).
  public var middle32: UInt32 { UInt32(truncatingIfNeeded: rawValue >> 16) }
}
