/// `timestamp` of an RTP packet: 32 bits in ticks of the clock rate that wrap (RFC 3550 5.1).
///
/// There is no `<`: which of two comes first depends on the distance between them.
public struct RTPTimestamp: RawRepresentable, Hashable, Sendable {
  /// The 32 bits.
  public let rawValue: UInt32
  /// Makes it of its 32 bits.
  @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The one `ticks` later, modulo 2^32; `ticks` may be negative.
  public func advanced(by ticks: Int) -> Self {
    Self(rawValue: rawValue &+ UInt32(truncatingIfNeeded: ticks))
  }

  /// How many ticks this lies ahead of `other` on the shorter way round: -2^31...2^31 - 1.
  public func distance(from other: Self) -> Int {
    Int(Int32(bitPattern: rawValue &- other.rawValue))
  }
}
