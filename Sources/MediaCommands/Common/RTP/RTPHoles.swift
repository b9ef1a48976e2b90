internal import MediaModel
internal import MediaRTP

/// Where sequence numbers are missing, until packets that come late fill them.
struct RTPHoles: Sendable {
  /// Numbers that had not come when one behind them did.
  struct Hole: Sendable {
    /// How many of them have not come yet.
    var missing: Int
    /// The number behind them, and the packet that had it.
    var next: RTPSequenceNumber
    var packet: Int
    var time: Nanoseconds?
    /// How many there were at first.
    fileprivate var size: Int
  }

  /// More are only counted.
  private static let limit = 1000

  private(set) var kept: [Hole] = []
  /// How many more there are.
  private(set) var others = 0
  /// How many of those kept nothing fills any more.
  private var closed = 0

  /// Notes that numbers before that of a packet have not come.
  mutating func open(
    _ missing: Int, before next: RTPSequenceNumber, packet: Int, time: Nanoseconds?
  ) {
    guard missing > 0 else { return }
    guard kept.count < Self.limit else {
      others += 1
      return
    }
    kept.append(Hole(missing: missing, next: next, packet: packet, time: time, size: missing))
  }

  /// Notes that one of them came.
  mutating func fill(_ number: RTPSequenceNumber) {
    for index in (closed..<kept.count).reversed() {
      let distance = kept[index].next.distance(from: number)
      // Those before are of lower numbers still.
      guard distance > 0 else { break }
      guard distance <= kept[index].size else { continue }
      kept[index].missing -= 1
      if kept[index].missing == 0 { kept.remove(at: index) }
      return
    }
    // Most holes are of one packet.
    if others > 0 { others -= 1 }
  }

  /// Notes that numbers began anew, so that no packet fills what is missing before.
  mutating func close() { closed = kept.count }
}
