import MediaBytes
import MediaModel

extension RTMPSession {
  /// Either side's half of the handshake, until it is done.
  enum Handshake: Sendable {
    case client(RTMPHandshake.Client)
    case server(RTMPHandshake.Server)
    case done

    var isDone: Bool {
      if case .done = self { true } else { false }
    }

    /// What to send now.
    mutating func takeBytesToSend() -> [UInt8] {
      switch self {
      case .client(var side):
        defer { self = .client(side) }
        return side.takeBytesToSend()
      case .server(var side):
        defer { self = .server(side) }
        return side.takeBytesToSend()
      case .done: return []
      }
    }

    /// Takes bytes that arrived; what came behind the handshake once that is done, else nil.
    mutating func receive(_ bytes: [UInt8]) throws(RTMPError) -> [UInt8]? {
      switch self {
      case .client(var side):
        defer { self = .client(side) }
        try side.receive(bytes)
        return side.isDone ? side.takeRemainder() : nil
      case .server(var side):
        defer { self = .server(side) }
        try side.receive(bytes)
        return side.isDone ? side.takeRemainder() : nil
      case .done: return bytes
      }
    }

    mutating func nextDeviation() -> Deviation? {
      switch self {
      case .client(var side):
        defer { self = .client(side) }
        return side.nextDeviation()
      case .server(var side):
        defer { self = .server(side) }
        return side.nextDeviation()
      case .done: return nil
      }
    }
  }

  /// Takes bytes before the first chunk, and those behind the handshake.
  mutating func receiveHandshake(_ bytes: [UInt8]) throws(RTMPError) {
    let result = Result { () throws(RTMPError) in try handshake.receive(bytes) }
    while let deviation = handshake.nextDeviation() { note(deviation) }
    outbox.append(handshake.takeBytesToSend())
    guard let remainder = try result.get() else { return }
    handshake = .done
    reader.append(remainder)
  }
}
