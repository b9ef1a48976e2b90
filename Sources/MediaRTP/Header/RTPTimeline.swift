/// Makes 64-bit numbers of the sequence numbers and timestamps of one source, which wrap.
///
/// Each number is taken to lie as near as possible to the one before, in the order of arrival. So
/// reordering does no harm, up to 32,767 packets and half the range of the timestamp (6 h 37 min at
/// 90 kHz). What precedes the first packet may become negative.
public struct RTPTimeline: Hashable, Sendable {
  private var sequence: Int64?
  private var ticks: Int64?

  /// Begins with the first numbers it is given, which stay what they are.
  public init() {}

  /// The sequence number with its wraps counted, as RFC 3550's extended sequence number.
  public mutating func extend(_ number: RTPSequenceNumber) -> Int64 {
    guard let last = sequence else {
      sequence = Int64(number.rawValue)
      return Int64(number.rawValue)
    }
    let low = RTPSequenceNumber(rawValue: UInt16(truncatingIfNeeded: last))
    let extended = last &+ Int64(number.distance(from: low))
    sequence = extended
    return extended
  }

  /// The timestamp with its wraps counted, in ticks.
  public mutating func extend(_ timestamp: RTPTimestamp) -> Int64 {
    guard let last = ticks else {
      ticks = Int64(timestamp.rawValue)
      return Int64(timestamp.rawValue)
    }
    let low = RTPTimestamp(rawValue: UInt32(truncatingIfNeeded: last))
    let extended = last &+ Int64(timestamp.distance(from: low))
    ticks = extended
    return extended
  }
}
