/// What a receiver knows of a source's sequence numbers, by the letter of RFC 3550 A.1 and A.3.
///
/// Its numbers are those of reception reports: a source counts only after two packets in sequence,
/// duplicates count as received, and a jump far away begins anew. `ReceptionStatistics` has exact
/// ones too.
public struct RTPSourceState: Hashable, Sendable {
  /// Steps forward from which on it is no loss, unless confirmed by the next packet.
  public static let maxDropout = 3000
  /// Steps back below which it is reordering.
  public static let maxMisorder = 100
  /// Packets in sequence that make a source valid.
  public static let minSequential = 2

  private var maxSequence: UInt16
  /// Wraps of the sequence number times 2^16; a report has the lower 32 bits of it.
  private var cycles = 0
  private var baseSequence: UInt16
  /// The number that would confirm a jump.
  private var badSequence: UInt16?
  private var probation = RTPSourceState.minSequential
  private var expectedPrior = 0
  private var receivedPrior = 0
  /// Packets received since the source became valid or started anew, duplicates included.
  public private(set) var received = 0

  /// Begins with the first packet, which is to be given to `update` as well.
  public init(first: RTPSequenceNumber) {
    baseSequence = first.rawValue
    maxSequence = first.rawValue &- 1
  }

  /// Takes a packet in order of arrival; false where it does not count (A.1, `update_seq`).
  public mutating func update(_ number: RTPSequenceNumber) -> Bool {
    let sequence = number.rawValue
    let ahead = Int(sequence &- maxSequence)
    if probation > 0 {
      if ahead == 1 {
        probation -= 1
      } else {
        probation = Self.minSequential - 1
      }
      maxSequence = sequence
      guard probation == 0 else { return false }
      restart(at: sequence)
    } else if ahead < Self.maxDropout {
      if sequence < maxSequence { cycles += 0x1_0000 }
      maxSequence = sequence
    } else if ahead <= 0x1_0000 - Self.maxMisorder {
      guard sequence == badSequence else {
        badSequence = sequence &+ 1
        return false
      }
      restart(at: sequence)
    }
    received += 1
    return true
  }

  private mutating func restart(at sequence: UInt16) {
    baseSequence = sequence
    maxSequence = sequence
    badSequence = nil
    cycles = 0
    received = 0
    receivedPrior = 0
    expectedPrior = 0
  }

  /// Whether enough packets came in sequence.
  public var isValid: Bool { probation == 0 }
  /// The `extended highest sequence number received` of a report, modulo 2^32.
  public var extendedHighest: UInt32 {
    UInt32(truncatingIfNeeded: cycles + Int(maxSequence))
  }
  /// How many packets its numbers stand for; 0 before it is valid.
  public var expected: Int {
    isValid ? cycles + Int(maxSequence) - Int(baseSequence) + 1 : 0
  }
  /// `cumulative number of packets lost`, 24 bits: negative where duplicates outweigh losses.
  public var cumulativeLost: Int32 {
    Int32(max(-0x80_0000, min(0x7f_ffff, expected - received)))
  }

  /// `fraction lost` since the last call, in 1/256 (A.3).
  public mutating func takeFractionLost() -> UInt8 {
    let expectedInterval = expected - expectedPrior
    let lost = expectedInterval - (received - receivedPrior)
    expectedPrior = expected
    receivedPrior = received
    guard expectedInterval > 0, lost > 0 else { return 0 }
    return UInt8(min(255, lost << 8 / expectedInterval))
  }
}
