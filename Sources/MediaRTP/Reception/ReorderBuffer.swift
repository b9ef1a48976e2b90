public import MediaModel

/// Puts the packets of one source back in order, waiting for what is missing, but not for ever.
///
/// Insert each packet as it arrives, with what `ReceptionStatistics` says it is, so that both always
/// agree; then take what is due with `next` until it answers nil, and call that again at `deadline`.
/// A packet that is the one due need not be inserted: `pass` lets it by. It knows no clock: time is
/// an argument.
public struct ReorderBuffer<Packet: Sendable>: Sendable {
  /// How long it waits.
  public struct Limits: Hashable, Sendable {
    /// The most packets held: with more, the oldest is not waited for any longer.
    public var maxPackets = 512
    /// The longest time that a packet is held, in nanoseconds.
    public var maxWait: Nanoseconds = 200_000_000
    /// How long the very first packet is held, in case it overtook others, in nanoseconds.
    public var initialWait: Nanoseconds = 0

    /// Makes the limits that suit a network.
    public init() {}
  }

  /// A packet whose turn it is.
  public struct Released: Sendable {
    /// The packet.
    public var packet: Packet
    /// Its sequence number with wraps counted; above all others after a restart.
    public var number: Int64
    /// How many packets between the one before and this one never came, or came too late.
    public var lost: Int
    /// Whether the source began to number its packets anew with this one.
    public var isRestart: Bool
  }

  @usableFromInline struct Held: Sendable {
    var packet: Packet
    var number: Int64
    var arrival: Nanoseconds
    var isRestart = false
  }

  private let limits: Limits
  /// The highest number that arrived, wraps counted.
  @usableFromInline var highest: Int64 = 0
  /// Sorted by number.
  @usableFromInline var held: [Held] = []
  /// How many at the start of `held` were released already.
  @usableFromInline var head = 0
  /// The last stray, which the next packet may confirm.
  @usableFromInline var stray: Held?
  private var isStrayDuplicate = false
  /// The number whose turn it is; nil before the first is released.
  @usableFromInline var due: Int64?
  /// Where the numbering last began anew.
  private var restart = Int64.min
  private var isFinished = false
  /// Packets dropped because their number had arrived before.
  public private(set) var duplicates = 0
  /// Packets dropped because they came when their turn was over.
  public private(set) var late = 0
  /// Packets dropped because they were far from all others and nothing followed.
  public private(set) var strays = 0
  /// Packets given up in front of those that were released.
  public private(set) var lost = 0

  /// Begins before the first packet.
  public init(limits: Limits = Limits()) {
    self.limits = limits
  }

  /// How many packets are held.
  public var count: Int { held.count - head }

  /// The number, wraps counted, of a packet that is the one due while none is held.
  ///
  /// It takes its turn at once; nil where it is to be inserted. Inlinable, as almost every packet
  /// comes here and generic code of another module looks up its types each time.
  @inlinable public mutating func pass(_ arrival: RTPArrival) -> Int64? {
    guard case .inOrder = arrival, head == held.count, due == highest + 1 else { return nil }
    stray = nil
    highest += 1
    due = highest + 1
    return highest
  }

  /// Takes a packet that did not pass; true where it comes too late to be of use.
  ///
  /// One that is late, a duplicate, or a stray that nothing confirms is dropped.
  @discardableResult
  public mutating func insert(
    _ packet: Packet, _ sequenceNumber: RTPSequenceNumber, _ arrival: RTPArrival,
    at now: Nanoseconds
  ) -> Bool {
    let number = number(sequenceNumber, arrival)
    let candidate = Held(packet: packet, number: number, arrival: now)
    let before = stray
    stray = nil
    switch arrival {
    case .duplicate:
      duplicates += 1
      stray = candidate
      isStrayDuplicate = true
    case .stray:
      strays += 1
      stray = candidate
      isStrayDuplicate = false
    case .restarted, .resumed:
      if var before {
        before.number = number - 1
        if arrival == .restarted {
          before.isRestart = true
          restart = before.number
        }
        place(before)
      }
      place(candidate)
      if isStrayDuplicate { duplicates -= 1 } else { strays -= 1 }
    case .first, .inOrder, .ahead: place(candidate)
    case .late:
      if number < restart || due.map({ number < $0 }) == true {
        late += 1
        return true
      }
      place(candidate)
    }
    return false
  }

  /// Where a packet belongs, wraps counted; that of a stray or a duplicate means nothing.
  private mutating func number(
    _ sequenceNumber: RTPSequenceNumber, _ arrival: RTPArrival
  ) -> Int64 {
    switch arrival {
    case .first: highest = Int64(sequenceNumber.rawValue)
    case .inOrder: highest += 1
    case .ahead(let missing): highest += Int64(missing) + 1
    case .resumed(let missing): highest += Int64(missing) + 2
    // Above all that came before, with the stray and what it may have overtaken.
    case .restarted: highest = (highest >> 16 + 2) << 16 + Int64(sequenceNumber.rawValue)
    case .late, .duplicate, .stray:
      let top = RTPSequenceNumber(rawValue: UInt16(truncatingIfNeeded: highest))
      return highest + Int64(sequenceNumber.distance(from: top))
    }
    return highest
  }

  /// Says that no packet will follow, so that nothing is waited for.
  public mutating func finish() { isFinished = true }

  /// The next packet whose turn it is at `now`; nil where one is to be waited for.
  public mutating func next(at now: Nanoseconds) -> Released? {
    guard head < held.count else { return nil }
    let first = held[head]
    guard isDue(first, at: now) else { return nil }
    head += 1
    if head == held.count {
      held.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 64, head * 2 >= held.count {
      held.removeFirst(head)
      head = 0
    }
    let missing = first.isRestart ? 0 : Int(first.number - (due ?? first.number))
    due = first.number + 1
    lost += missing
    return Released(
      packet: first.packet, number: first.number, lost: missing, isRestart: first.isRestart)
  }

  /// When the next packet is due even if nothing arrives; nil while none is held.
  public var deadline: Nanoseconds? {
    guard head < held.count else { return nil }
    let first = held[head]
    let wait = due == nil ? limits.initialWait : limits.maxWait
    let (time, isOver) = oldest(first).addingReportingOverflow(wait)
    return isOver ? .max : time
  }
}

extension ReorderBuffer {
  private func isDue(_ first: Held, at now: Nanoseconds) -> Bool {
    if isFinished || count > limits.maxPackets || first.isRestart { return true }
    if let due, first.number == due { return true }
    return deadline.map { now >= $0 } ?? false
  }

  /// A packet that came late is behind others that have waited longer.
  private func oldest(_ first: Held) -> Nanoseconds {
    var oldest = first.arrival
    for index in head..<held.count where held[index].arrival < oldest {
      oldest = held[index].arrival
    }
    return oldest
  }

  private mutating func place(_ packet: Held) {
    var index = held.count
    while index > head, held[index - 1].number > packet.number { index -= 1 }
    held.insert(packet, at: index)
  }
}
