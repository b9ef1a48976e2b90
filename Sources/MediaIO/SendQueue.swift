import CSystem

/// Bytes on their way to a socket, sent from where they lie.
struct SendQueue {
  /// Bytes that no socket has taken.
  private(set) var byteCount = 0
  private(set) var pieces: [ArraySlice<UInt8>] = []
  /// The first piece that is not sent whole, and how much of it is sent.
  private var head = 0
  private var offset = 0

  var isEmpty: Bool { byteCount == 0 }

  /// Puts `bytes` behind the others, without a copy.
  mutating func append(_ bytes: [UInt8]) { append(pieces: [bytes[...]]) }

  /// Puts all pieces behind the others, without a copy.
  mutating func append(pieces added: [ArraySlice<UInt8>]) {
    for piece in added where !piece.isEmpty {
      pieces.append(piece)
      byteCount += piece.count
    }
  }

  /// Hands the socket what it takes.
  ///
  /// - Throws: `IOFailure`, such as `EPIPE`; what was taken before is gone.
  mutating func flush(to socket: TCPSocket) throws(IOFailure) {
    while byteCount > 0 {
      let count = try sendBatch(to: socket).get()
      guard count > 0 else { return }
      remove(count)
    }
  }

  mutating func removeAll() { self = SendQueue() }

  private func sendBatch(to socket: TCPSocket) -> Result<Int, IOFailure> {
    var parts: [csystem_part] = []
    parts.reserveCapacity(min(pieces.count - head, Int(CSYSTEM_PARTS)))
    return gather(head, &parts) { parts in
      Result { () throws(IOFailure) in try socket.send(parts) }
    }
  }

  /// Calls `body` inside the arrays' own accesses, one inside the other.
  private func gather<Answer>(
    _ index: Int, _ parts: inout [csystem_part], _ body: ([csystem_part]) -> Answer
  ) -> Answer {
    guard index < pieces.count, parts.count < Int(CSYSTEM_PARTS) else { return body(parts) }
    return pieces[index].withUnsafeBytes { bytes in
      let rest = UnsafeRawBufferPointer(rebasing: bytes[(index == head ? offset : 0)...])
      parts.append(csystem_part(bytes: rest.baseAddress, size: rest.count))
      return gather(index + 1, &parts, body)
    }
  }

  private mutating func remove(_ count: Int) {
    byteCount -= count
    offset += count
    while head < pieces.count, offset >= pieces[head].count {
      offset -= pieces[head].count
      pieces[head] = []
      head += 1
    }
    // Moving the rest costs less than keeping what is empty.
    if head == pieces.count || head >= 1_024 {
      pieces.removeFirst(head)
      head = 0
    }
  }
}
