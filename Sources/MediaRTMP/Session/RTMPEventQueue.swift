import MediaModel

/// What clients and servers tell of their session, under the same names.
protocol RTMPSessionEvent: Sendable {
  static func deviation(_ deviation: Deviation) -> Self
  static func acknowledged(_ byteCount: Int) -> Self
  static func userControl(_ control: RTMPUserControl) -> Self
  static func trace(_ trace: RTMPTrace) -> Self
}

extension RTMPClientEvent: RTMPSessionEvent {}
extension RTMPServerEvent: RTMPSessionEvent {}

/// What a side has to tell, in order.
struct RTMPEventQueue<Event: RTMPSessionEvent>: Sendable {
  private var events: [Event] = []
  private var toldCount = 0

  mutating func append(_ event: Event) { events.append(event) }

  /// Tells what the session has noted.
  mutating func tell(_ note: RTMPSession.Note) {
    switch note {
    case .deviation(let deviation): events.append(.deviation(deviation))
    case .acknowledged(let count): events.append(.acknowledged(count))
    case .userControl(let control): events.append(.userControl(control))
    case .trace(let trace): events.append(.trace(trace))
    }
  }

  /// The next that was not told; nil once all are.
  mutating func next() -> Event? {
    guard toldCount < events.count else {
      events.removeAll(keepingCapacity: true)
      toldCount = 0
      return nil
    }
    toldCount += 1
    return events[toldCount - 1]
  }
}
