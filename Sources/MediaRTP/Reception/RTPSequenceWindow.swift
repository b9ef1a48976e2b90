/// What a packet is to those that arrived before it.
public enum RTPArrival: Hashable, Sendable {
  /// The first of all.
  case first
  /// The one that was due.
  case inOrder
  /// Further on: `missing` numbers before it have not arrived yet.
  case ahead(missing: Int)
  /// Behind one that arrived earlier, and new: it was overtaken.
  case late
  /// Its number arrived already.
  case duplicate
  /// So far from all others that it counts only if the next packet goes on there.
  case stray
  /// It goes on where the packet before it had jumped to, which was no stray or duplicate then: the
  /// source numbers its packets anew.
  case restarted
  /// It goes on where the stray before it had jumped to, and time went on as much: `missing` numbers
  /// are lost.
  case resumed(missing: Int)
}

/// Remembers which sequence numbers of a source have arrived.
///
/// It reaches back 32,767 numbers from the highest, which is all that 16 bits can tell apart; so
/// what it says of a packet is exact. Jumps are judged as RFC 3550 A.1 does, with two additions: a
/// late packet that fills a hole is no jump however far back it is, and a jump forward is loss
/// where the caller knows that time went on as much. Packets sent twice are no restart: only a long
/// run of them is, as of a capture that is played again.
struct RTPSequenceWindow: Hashable, Sendable {
  private static let size = 32_768
  let maxDropout: Int
  let maxMisorder: Int
  /// A bit for each number, at its place modulo `size`; made with the second packet, since whoever
  /// invents sources seldom sends two.
  private var seen: [UInt64] = []
  /// The number that would confirm a jump, if it comes at once.
  private var expectedStray: RTPSequenceNumber?
  /// Packets since the jump, one behind the other, that had arrived before.
  private var repeats = 0
  /// The lowest and the highest number since the last restart, wraps counted.
  private(set) var first: Int64 = 0
  private(set) var highest: Int64 = 0
  private var isEmpty = true
  /// Numbers from `first` to `highest` that arrived.
  private var unique = 0
  /// The same of all parts before the last restart.
  private var closedExpected = 0
  private var closedUnique = 0
  private(set) var restarts = 0

  init(
    maxDropout: Int = RTPSourceState.maxDropout, maxMisorder: Int = RTPSourceState.maxMisorder
  ) {
    self.maxDropout = maxDropout
    self.maxMisorder = maxMisorder
  }

  /// How many numbers lie between the first and the highest, both included.
  var expected: Int { closedExpected + (isEmpty ? 0 : Int(highest - first) + 1) }
  /// How many of them never arrived.
  var lost: Int { expected - closedUnique - unique }

  /// Takes a packet in order of arrival, and says where it belongs with wraps counted.
  ///
  /// `isContinuous` says that time went on as much as a jump forward suggests, `isPast` that the
  /// timestamp is one of the time before. After a restart numbers go on above all earlier ones. The
  /// number of a stray means nothing.
  mutating func add(
    _ number: RTPSequenceNumber, isContinuous: @autoclosure () -> Bool = false,
    isPast: Bool = false
  ) -> (arrival: RTPArrival, number: Int64) {
    if isEmpty {
      isEmpty = false
      begin(at: Int64(number.rawValue))
      return (.first, highest)
    }
    if seen.isEmpty {
      seen = [UInt64](repeating: 0, count: Self.size / 64)
      set(highest)
    }
    let top = RTPSequenceNumber(rawValue: UInt16(truncatingIfNeeded: highest))
    let distance = number.distance(from: top)
    let place = highest + Int64(distance)
    if distance > 0, distance < maxDropout { return (advance(to: place), place) }
    if distance <= 0, distance > -Self.size {
      if place >= first, !isSet(place) { return (fill(place), place) }
      if distance > -maxMisorder {
        return (place < first ? fill(place) : note(.duplicate), place)
      }
    }
    return jump(
      to: number, distance, isContinuous: distance > 0 && isContinuous(), isPast: isPast)
  }

  private mutating func jump(
    to number: RTPSequenceNumber, _ distance: Int, isContinuous: Bool, isPast: Bool
  ) -> (RTPArrival, Int64) {
    let place = highest + Int64(distance)
    let isKnown = distance <= 0 && distance > -Self.size && place >= first
    let isConfirmed = number == expectedStray
    repeats = isConfirmed && isKnown && isPast ? repeats + 1 : 0
    guard isConfirmed, !(1..<maxMisorder).contains(repeats) else {
      expectedStray = number.next
      return (isKnown ? .duplicate : .stray, place)
    }
    if isContinuous {
      let missing = Int(place - 1 - highest) - 1
      _ = advance(to: place - 1)
      _ = advance(to: place)
      return (.resumed(missing: missing), place)
    }
    closedExpected += Int(highest - first) + 1
    closedUnique += unique
    restarts += 1
    for index in seen.indices { seen[index] = 0 }
    // Above all that came before, with the stray and what it may have overtaken.
    begin(at: (highest >> 16 + 2) << 16 + Int64(number.rawValue) - 1)
    set(first)
    _ = advance(to: first + 1)
    return (.restarted, highest)
  }

  private mutating func begin(at place: Int64) {
    first = place
    highest = place
    unique = 1
    expectedStray = nil
  }

  private mutating func advance(to place: Int64) -> RTPArrival {
    let missing = Int(place - highest) - 1
    var skipped = highest + 1
    while skipped < place {
      seen[Int(skipped >> 6) & 511] &= ~Self.bit(skipped)
      skipped += 1
    }
    set(place)
    highest = place
    unique += 1
    return note(missing == 0 ? .inOrder : .ahead(missing: missing))
  }

  private mutating func fill(_ place: Int64) -> RTPArrival {
    if place < first {
      // Numbers between it and the first were never looked at.
      var skipped = place + 1
      while skipped < first {
        seen[Int(skipped >> 6) & 511] &= ~Self.bit(skipped)
        skipped += 1
      }
      first = place
    }
    set(place)
    unique += 1
    return note(.late)
  }

  private mutating func note(_ arrival: RTPArrival) -> RTPArrival {
    expectedStray = nil
    return arrival
  }

  private static func bit(_ place: Int64) -> UInt64 { 1 << UInt64(place & 63) }

  private mutating func set(_ place: Int64) {
    seen[Int(place >> 6) & 511] |= Self.bit(place)
  }

  private func isSet(_ place: Int64) -> Bool {
    seen[Int(place >> 6) & 511] & Self.bit(place) != 0
  }
}
