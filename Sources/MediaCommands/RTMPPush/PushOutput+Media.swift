internal import MediaFLV
internal import MediaIO
internal import MediaModel
internal import MediaRTMP

// Media, from the queue to the connection.

extension PushOutput {
  /// About as much as the kernel takes at once.
  private static let batchByteCount = 64 << 10

  /// Hands the connection what it takes.
  func drain() {
    while let attempt = current, attempt.isPublishing, let connection = attempt.connection,
      connection.isWritable, !queue.isEmpty
    {
      if successor?.isPublishing == true, queue.isAtStart {
        takeOver()
      } else {
        write(attempt, connection)
      }
    }
    guard isFinishing, queue.isEmpty, state == .publishing, let attempt = current,
      let connection = attempt.connection
    else { return }
    state = .finishing
    release(successor)
    successor = nil
    connection.update { $0.finish(at: MonotonicClock.now()) }
  }

  private func write(_ attempt: RTMPAttempt, _ connection: Connection<RTMPClient>) {
    var unoffered: PushMessage?
    connection.update { client in
      var byteCount = 0
      while byteCount < Self.batchByteCount, client.canSendMedia {
        if successor != nil, byteCount > 0, queue.isAtStart { return }
        guard let message = queue.next() else { return }
        if let fourCC = message.fourCC, checked.insert(fourCC.rawValue).inserted,
          client.serverCapabilities.offer(fourCC) != .offered
        {
          unoffered = message
        }
        client.send(message.type, timestamp: message.timestamp, message.payload)
        byteCount += message.payload.count
        count(message)
      }
    }
    if let unoffered { complain(unoffered) }
  }

  private func count(_ message: PushMessage) {
    guard message.isFrame else { return }
    counted.frames += 1
    if case .picture(.key) = message.role { counted.keyframes += 1 }
    let first = firstTime ?? message.time
    firstTime = first
    counted.mediaTime = max(counted.mediaTime, message.time - first)
  }

  /// Most servers that know Enhanced RTMP say so, and those that do not drop its media in silence.
  private func complain(_ message: PushMessage) {
    guard let fourCC = message.fourCC else { return }
    let text = "the server did not offer \(fourCC) of Enhanced RTMP"
    guard options.isStrict else {
      return tell(self, .warning("\(text) and may drop it in silence"))
    }
    let failure = Failure(.unavailable, text)
    tell(self, .lost(failure, retry: nil))
    give(up: failure)
  }

  /// Goes on with the successor, from a key picture on.
  private func takeOver() {
    guard let old = current, let next = successor else { return }
    (current, successor) = (next, nil)
    counted.bytes += old.connection?.sentByteCount ?? 0
    old.connection?.update { $0.finish(at: MonotonicClock.now()) }
    retired.append(old)
    phases = next.phases
    counted.reconnects += 1
    queue.handOver()
    tell(self, .publishing(next.phases))
  }
}
