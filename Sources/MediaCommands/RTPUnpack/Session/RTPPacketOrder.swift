internal import MediaModel
internal import MediaRTP

/// Puts the packets of one source in order, as `ReorderBuffer` does, but lets them pass by it while
/// each is the one that is due: almost all are.
struct RTPPacketOrder {
  /// So many packets in order, and the buffer is not needed any more.
  private static let calmRun = 64

  private let limits: ReorderBuffer<RTPTicket>.Limits
  /// nil while packets pass by.
  private var buffer: ReorderBuffer<RTPTicket>?
  /// Packets in order since the last that was not.
  private var run = 0
  /// The last packet handed on: its number with wraps counted, as the depacketizers know it.
  private var number: Int64 = -1
  private var sequenceNumber = RTPSequenceNumber(rawValue: 0)
  /// What the buffer's numbers have to be moved by.
  private var shift: Int64 = 0

  /// Begins before the first packet.
  init(_ limits: ReorderBuffer<RTPTicket>.Limits) {
    self.limits = limits
    buffer = ReorderBuffer(limits: limits)
  }

  /// When the next packet is due even if nothing arrives.
  var deadline: Nanoseconds? { buffer?.deadline }

  /// The number of a packet that is the one due, with nothing in front of it; nil where it has to go
  /// through the buffer.
  mutating func pass(_ packet: RTPSequenceNumber, _ arrival: RTPArrival) -> Int64? {
    guard arrival == .inOrder else {
      run = 0
      return nil
    }
    run += 1
    if buffer != nil {
      guard run >= Self.calmRun, buffer?.count == 0, packet == sequenceNumber.next else {
        return nil
      }
      buffer = nil
    }
    number += 1
    sequenceNumber = packet
    return number
  }

  /// Takes a packet that did not pass; true where it is too late to be of use.
  mutating func insert(
    _ ticket: RTPTicket, _ packet: RTPSequenceNumber, _ arrival: RTPArrival, at now: Nanoseconds
  ) -> Bool {
    if buffer == nil {
      // It begins with the last packet that passed, which it must not wait for.
      var fresh = ReorderBuffer<RTPTicket>(limits: limits)
      fresh.insert(ticket, sequenceNumber, at: now)
      shift = number - (fresh.next(at: .max)?.number ?? 0)
      buffer = fresh
    }
    var isContinuous = false
    if case .resumed = arrival { isContinuous = true }
    let late = buffer?.late ?? 0
    buffer?.insert(ticket, packet, at: now, isContinuous: isContinuous)
    return buffer?.late ?? 0 > late
  }

  /// Says that no packet will follow.
  mutating func finish() { buffer?.finish() }

  /// The next packet whose turn it is, how many before it are missing, and its number.
  mutating func next(at now: Nanoseconds) -> (ticket: RTPTicket, number: Int64, lost: Int)? {
    guard let released = buffer?.next(at: now) else { return nil }
    number = released.number + shift
    sequenceNumber = RTPSequenceNumber(rawValue: UInt16(truncatingIfNeeded: released.number))
    return (released.packet, number, released.lost)
  }
}
