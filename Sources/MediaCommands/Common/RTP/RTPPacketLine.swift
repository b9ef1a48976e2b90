internal import MediaRTP

/// A packet of RTP as it is listed.
struct RTPPacketLine: Sendable {
  /// Its place among the packets of RTP, from 0 on.
  var index: Int
  /// The number of its record, as Wireshark's.
  var packet: Int
  /// Seconds since the first packet of the input.
  var time: Double?
  var ssrc: UInt32
  var payloadType: RTPPayloadType
  var sequenceNumber: RTPSequenceNumber
  var timestamp: RTPTimestamp
  var marker: Bool
  /// Bytes on the wire, RTP's header included.
  var size: Int
  var payloadSize: Int
  /// What it is to those before it.
  var arrival: RTPArrival?
  /// In the payload format's words, such as `FU-A`; empty where that is not known.
  var kind = ""
  /// Of H.264 and H.265.
  var nalUnitTypes: [UInt8]?

  /// The word for `arrival`.
  var arrivalName: String? {
    arrival.map {
      switch $0 {
      case .first: "first"
      case .inOrder: "in_order"
      case .ahead: "ahead"
      case .late: "late"
      case .duplicate: "duplicate"
      case .stray: "stray"
      case .restarted: "restarted"
      case .resumed: "resumed"
      }
    }
  }

  /// How many packets before it had not arrived when it did.
  var missing: Int {
    switch arrival {
    case .ahead(let missing), .resumed(let missing): missing
    default: 0
    }
  }
}

/// Lines of packets in the order they came, each handed on when its payload has been looked at.
struct RTPPacketLines {
  private struct Slot {
    var line: RTPPacketLine
    var isDone = false
  }
  /// More than reordering and guesses hold back together in any sane input; beyond, lines are handed
  /// on as they are.
  private static let maxPending = 8192

  private var slots: [Slot?] = []
  private var head = 0
  /// The index of the first slot's line.
  private var base = 0
  private let print: (RTPPacketLine) throws -> Void

  init(_ print: @escaping (RTPPacketLine) throws -> Void) { self.print = print }

  /// Adds a line, whose index is one more than that of the line before.
  mutating func add(_ line: RTPPacketLine) throws {
    if slots.isEmpty { base = line.index }
    slots.append(Slot(line: line))
    if slots.count - head > Self.maxPending { try take() }
  }

  /// Says what a packet is, and that its line can go.
  mutating func settle(
    _ index: Int, isDone: Bool = true, _ change: (inout RTPPacketLine) -> Void = { _ in }
  ) throws {
    let place = index - base
    guard place >= head, place < slots.count, var slot = slots[place] else { return }
    slots[place] = nil
    change(&slot.line)
    slot.isDone = slot.isDone || isDone
    slots[place] = slot
    while head < slots.count, slots[head]?.isDone ?? true { try take() }
  }

  /// Hands on all that is left.
  mutating func finish() throws {
    while head < slots.count { try take() }
  }

  private mutating func take() throws {
    if let slot = slots[head] { try print(slot.line) }
    slots[head] = nil
    head += 1
    if head == slots.count {
      base += head
      slots.removeAll(keepingCapacity: true)
      head = 0
    } else if head >= 1024, head * 2 >= slots.count {
      slots.removeFirst(head)
      base += head
      head = 0
    }
  }
}
