import Glibc
import MediaModel

// How a connection comes about and goes.

extension Connection: LoopMember {
  /// Begins in the driver's next turn, when its user has hold of it.
  func begin(with accepted: TCPSocket? = nil) {
    guard let driver else { return }
    token = driver.enroll(self)
    driver.setDeadline(0, token)
    guard let accepted else {
      dialer = Dialer(
        driver, host: destination.host, port: destination.port, limit: limits.phase
      ) { [weak self] report in try self?.dialled(report) }
      return
    }
    socket = accepted
    phase = .connecting
  }

  func due(_ token: Int) throws {
    isAwake = false
    switch (phase, dialer, socket) {
    case (.resolving, let dialer?, nil) where ending == nil && !dialer.isStarted:
      phaseStart = MonotonicClock.now()
      try dialer.start()
    case (.connecting, nil, let socket?) where ending == nil: try connected(socket)
    default:
      lookAtClock()
      try settle()
    }
  }

  func ready(_ token: Int, _ readiness: EventLoop.Readiness) throws {
    if readiness.contains(.readable) { hear() }
    flush()
    try settle()
  }

  private func dialled(_ report: Dialer.Report) throws {
    switch report {
    case .resolved(let addresses):
      if SocketAddress(destination.host, port: 0) == nil { times.resolving = phaseTime() }
      phase = .connecting
      try onEvent?(.resolved(addresses))
    case .connected(let socket):
      self.socket = socket
      try connected(socket)
    case .unresolved(let failure): ending = ending ?? .unresolved(failure)
    case .unreachable(let failure): ending = ending ?? .unreachable(failure)
    }
    if ending != nil { try settle() }
  }

  private func connected(_ socket: TCPSocket) throws {
    let took = phaseTime()
    if dialer.take() != nil { times.connecting = took }
    socket.isDialogue = isDialogue
    // It fails where the peer has gone already, which is soon heard in better words.
    try? socket.prepare(unaccepted: limits.stall)
    try onEvent?(.connected(socket.peer))
    if let tls = destination.tls {
      phase = .securing
      do throws(LibraryFailure) {
        session = try TLSSession(tls, host: destination.host)
      } catch {
        ending = ending ?? .library(error)
      }
    } else {
      opened()
    }
    try settle()
  }

  private func opened() {
    phase = .open
    lastHeard = MonotonicClock.now()
    feed { machine, now throws(M.Failure) in try machine.tick(at: now) }
  }

  /// The time of the phase that ends now.
  private func phaseTime() -> Nanoseconds {
    let now = MonotonicClock.now()
    defer { phaseStart = now }
    return now - phaseStart
  }

  /// Tells the end, once.
  private func end(_ ending: ConnectionEnding<M.Failure>) throws {
    guard phase != .ended else { return }
    phase = .ended
    dialer?.cancel()
    dialer = nil
    if let socket {
      driver?.unwatch(socket.rawDescriptor)
      past = Past(peer: socket.peer, sent: socket.sentByteCount, received: socket.receivedByteCount)
    }
    driver?.dismiss(token)
    socket?.close()
    socket = nil
    session = nil
    queue.removeAll()
    plain = []
    let tell = onEvent.take()
    try tell?(.ended(ending))
  }
}

// What goes through an open one.

extension Connection {
  /// Hears what the peer has said.
  private func hear() {
    guard let socket, let driver, phase != .ended else { return }
    let received = Result { () throws(IOFailure) in try socket.receive(into: driver.room) }
    switch received {
    case .success(.nothing): stopGathering()
    case .success(.bytes(let bytes)):
      lastHeard = MonotonicClock.now()
      if let patience {
        nextLook = lastHeard.saturatingAdding(patience)
        socket.wakingByteCount = Self.littleByteCount
      }
      take(bytes)
    case .success(.end): takeEnd()
    case .failure(let failure):
      // Whoever has said everything need not be thanked.
      ending = ending ?? (phase == .closing && queue.isEmpty ? .closed : Self.ending(failure))
    }
  }

  /// Wakes for each byte again.
  func stopGathering() {
    nextLook = nil
    socket?.wakingByteCount = 1
  }

  private func take(_ bytes: [UInt8]) {
    if let session {
      let now = lastHeard
      let result = Result { () throws(TLSFailure) in try session.receive(bytes, at: now) }
      // After the machine has closed, what TLS makes of the rest is nobody's concern.
      if case .failure(let failure) = result { ending = ending ?? .insecure(failure) }
    } else if phase == .open {
      feed { machine, now throws(M.Failure) in try machine.receive(bytes, at: now) }
    }
  }

  private func takeEnd() {
    guard phase != .closing else { return ending = ending ?? .closed }
    let result = Result { () throws(TLSFailure) in try session?.receiveEnd() }
    switch result {
    case .success: ending = ending ?? .closedByPeer
    case .failure(let failure): ending = ending ?? .insecure(failure)
    }
  }

  private func feed(_ input: (inout M, Nanoseconds) throws(M.Failure) -> Void) {
    guard !isDeaf else { return }
    do throws(M.Failure) {
      try input(&machine, MonotonicClock.now())
    } catch {
      isDeaf = true
      ending = ending ?? .failed(error)
    }
    gather()
  }

  /// Takes what the machine has to send and to tell.
  func gather() {
    guard phase == .open else { return }
    while !machineClosed {
      send(machine.nextPieces())
      switch machine.nextOutput() {
      case .send(let bytes): send([bytes[...]])
      case .event(let event): events.append(event)
      case .wait(let until):
        machineDeadline = until
        return
      case .close: machineClosed = true
      }
    }
  }

  /// Pieces go to the kernel from where they lie, and into as few records as hold them.
  private func send(_ pieces: [ArraySlice<UInt8>]) {
    guard session != nil else { return queue.append(pieces: pieces) }
    for piece in pieces { plain += piece }
  }

  /// Does everything that is due, and then says what to wait for.
  private func settle() throws {
    guard phase != .ended else { return }
    repeat {
      repeat {
        try tell()
        encrypt()
      } while try step()
      if machineClosed, phase == .open, ending == nil { beginClosing() }
      flush()
      // Sending may have failed, and the last words of the peer been heard.
    } while !events.isEmpty || session?.hasOutput == true
    if phase == .closing, queue.isEmpty { socket?.shutDownSending() }
    if let ending { return try end(ending) }
    if wasFull, queuedByteCount <= limits.queue / 2 {
      wasFull = false
      try onEvent?(.writable)
    }
    // The user may have called `abort`.
    if let ending { return try end(ending) }
    try waitOn()
  }

  private func tell() throws {
    while !events.isEmpty {
      let due = events
      events = []
      for event in due {
        if case .aborted? = ending { return }
        try onEvent?(.machine(event))
      }
    }
  }

  private func encrypt() {
    guard let session, !plain.isEmpty else { return }
    session.write(plain)
    plain = []
  }

  /// Does one thing that TLS wants done; whether there was any.
  private func step() throws -> Bool {
    guard let session else { return !events.isEmpty }
    switch session.nextOutput() {
    case .send(let bytes): queue.append(bytes)
    case .event(.established(let description)):
      times.securing = phaseTime()
      try onEvent?(.secured(description))
      opened()
    case .event(.plaintext(let bytes)):
      guard phase == .open, !machineClosed else { break }
      feed { machine, now throws(M.Failure) in try machine.receive(bytes, at: now) }
    case .event(.ended): ending = ending ?? (phase == .closing ? .closed : .closedByPeer)
    case .wait, .close: return false
    }
    return true
  }

  private func beginClosing() {
    phase = .closing
    phaseStart = MonotonicClock.now()
    session?.close()
    while case .send(let bytes)? = session?.nextOutput() { queue.append(bytes) }
  }

  /// Hands the kernel what it takes.
  func flush() {
    guard let socket, !isMute, !queue.isEmpty else { return }
    do throws(IOFailure) {
      try queue.flush(to: socket)
    } catch {
      // The peer may have said why it left; that is heard before this failure is told.
      isMute = true
      queue.removeAll()
      hearLastWords(socket)
      ending = ending ?? Self.ending(error)
    }
  }

  /// The kernel watches for stalls, too (TCP_USER_TIMEOUT, keep-alive).
  private static func ending(_ failure: IOFailure) -> ConnectionEnding<M.Failure> {
    failure.code == ETIMEDOUT ? .stalled : .broken(failure)
  }

  private func hearLastWords(_ socket: TCPSocket) {
    guard let driver else { return }
    while ending == nil {
      let received = Result { () throws(IOFailure) in try socket.receive(into: driver.room) }
      guard case .success(.bytes(let bytes)) = received else { return }
      take(bytes)
    }
  }
}

// What it waits for.

extension Connection {
  private func lookAtClock() {
    let now = MonotonicClock.now()
    guard ending == nil, let socket else { return }
    switch phase {
    case .securing where now >= phaseStart.saturatingAdding(limits.phase):
      ending = .silent(.securing)
    case .closing where now >= phaseStart.saturatingAdding(limits.closing):
      ending = queue.isEmpty && socket.unacceptedByteCount == 0 ? .closed : .stalled
    case .open:
      if let nextLook, now >= nextLook { hear() }
      if let silence = limits.silence, now >= lastHeard.saturatingAdding(silence) {
        ending = .silent(.open)
      } else if isStalled(socket, now) {
        ending = .stalled
      } else if let machineDeadline, machineDeadline <= now {
        feed { machine, now throws(M.Failure) in try machine.tick(at: now) }
      }
    default: break
    }
  }

  private func isStalled(_ socket: TCPSocket, _ now: Nanoseconds) -> Bool {
    let inKernel = socket.unacceptedByteCount
    return stall.look(
      accepted: socket.sentByteCount &- Int64(inKernel), left: queue.byteCount + inKernel,
      limit: limits.stall, at: now)
  }

  private func waitOn() throws(IOFailure) {
    guard let driver, let socket else { return }
    var wanted: EventLoop.Readiness = queue.isEmpty ? [] : .writable
    if queuedByteCount <= 2 * limits.queue { wanted.insert(.readable) }
    if wanted != interest {
      try driver.watch(socket.rawDescriptor, for: wanted, token)
      interest = wanted
    }
    // What the user did while the last events were told is done in the next turn.
    let isDue = !events.isEmpty || !plain.isEmpty || (machineClosed && phase == .open)
    isAwake = isDue
    driver.setDeadline(isDue ? 0 : nextDeadline(socket), token)
  }

  private func nextDeadline(_ socket: TCPSocket) -> Nanoseconds? {
    switch phase {
    case .securing: return phaseStart.saturatingAdding(limits.phase)
    case .closing: return phaseStart.saturatingAdding(limits.closing)
    case .open:
      if stall.isToBegin(sent: socket.sentByteCount, queued: queue.byteCount) {
        _ = isStalled(socket, MonotonicClock.now())
      }
      let silence = limits.silence.map { lastHeard.saturatingAdding($0) }
      return [machineDeadline, silence, stall.deadline, nextLook].compactMap(\.self).min()
    case .resolving, .connecting, .ended: return nil
    }
  }
}
