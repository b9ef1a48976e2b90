internal import MediaFLV
internal import MediaIO
internal import MediaModel
internal import MediaRTMP

// Media, from the queue to the connection.

extension PushOutput {
  /// How much is handed over at once: as much as is worth a call of the kernel; of live media less,
  /// for what is handed over can no longer be dropped.
  private var batchByteCount: Int { options.isLossless ? Self.largeBatch : 64 << 10 }
  static let largeBatch = 512 << 10

  /// Hands the connection what it takes.
  func drain() {
    while let attempt = current, attempt.phase == .running, let connection = attempt.connection,
      connection.isWritable, !queue.isEmpty
    {
      if let next = successor, next.isPublishing, queue.isAtStart {
        takeOver()
      } else if !write(connection) {
        break
      }
    }
    guard isFinishing, queue.isEmpty, state == .publishing, let attempt = current,
      let connection = attempt.connection
    else { return }
    state = .finishing
    release(successor)
    successor = nil
    takeLeave(of: connection)
  }

  /// Takes leave of a server, which has its time to answer from when it has accepted everything: a
  /// slow link delays that, and one that accepts nothing any more is noticed elsewhere.
  private func takeLeave(of connection: Connection<RTMPClient>) {
    let now = MonotonicClock.now()
    connection.update { $0.finish(at: now) }
    _ = driver.schedule(at: now + 250_000_000) { [weak self, weak connection] in
      guard let self, let connection, connection.phase == .open,
        connection.unacceptedByteCount > 0
      else { return }
      takeLeave(of: connection)
    }
  }

  /// Hands over a batch; whether there was any that the machine took.
  private func write(_ connection: Connection<RTMPClient>) -> Bool {
    var unoffered: [FourCC] = []
    let byteCount = connection.update { client in
      var byteCount = 0
      while byteCount < batchByteCount, client.canSendMedia {
        if successor != nil, byteCount > 0, queue.isAtStart { break }
        guard let message = queue.next() else { break }
        if let fourCC = message.fourCC, checked.insert(fourCC.rawValue).inserted,
          client.serverCapabilities.offer(fourCC) != .offered
        {
          unoffered.append(fourCC)
          if options.isStrict { break }
        }
        client.send(message.type, timestamp: message.timestamp, message.payload)
        byteCount += message.payload.count
        count(message)
      }
      return byteCount
    }
    for fourCC in unoffered { complain(fourCC) }
    return byteCount > 0
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
  private func complain(_ fourCC: FourCC) {
    let text = "the server did not offer \(fourCC) of Enhanced RTMP"
    guard options.isStrict else {
      return tell(self, .warning("\(text) and may drop it in silence"))
    }
    give(up: Failure(.unavailable, text))
  }

  /// Goes on with the successor, from a key picture on.
  private func takeOver() {
    guard let old = current, let next = successor else { return }
    (current, successor) = (next, nil)
    counted.bytes += old.connection?.sentByteCount ?? 0
    if let connection = old.connection { takeLeave(of: connection) }
    retired.append(old)
    phases = next.phases
    counted.reconnects += 1
    queue.handOver()
    tell(self, .publishing(next.phases))
  }
}
