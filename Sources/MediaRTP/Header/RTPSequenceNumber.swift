/// `sequence number` of an RTP packet: 16 bits that wrap (RFC 3550 5.1).
///
/// There is no `<`: which of two comes first depends on the distance between them.
public struct RTPSequenceNumber: RawRepresentable, Hashable, Sendable {
  /// The sixteen bits.
  public let rawValue: UInt16
  /// Makes it of its sixteen bits.
  @inlinable public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// The one after this, 0 after 65,535.
  public var next: Self { Self(rawValue: rawValue &+ 1) }

  /// The one `count` further, modulo 2^16; `count` may be negative.
  public func advanced(by count: Int) -> Self {
    Self(rawValue: rawValue &+ UInt16(truncatingIfNeeded: count))
  }

  /// How far this lies ahead of `other` on the shorter way round: -32,768...32,767.
  public func distance(from other: Self) -> Int {
    Int(Int16(bitPattern: rawValue &- other.rawValue))
  }
}
