import CSystem
import Glibc

extension UDPSocket {
  /// Datagrams behind each other.
  private struct Datagrams {
    var bytes: UnsafeRawBufferPointer
    var sizes: [Int]
  }

  /// The longest that a sender waits for the kernel to take one more datagram, in nanoseconds.
  static let patience: Int64 = 10_000_000_000

  /// Sends a datagram, waiting for room where there is none.
  ///
  /// - Parameters:
  ///   - datagram: at most 65,507 bytes.
  ///   - address: where to; may be nil once connected.
  /// - Throws: `IOFailure`: `EMSGSIZE` if it is too large; `EINTR` or `ETIMEDOUT` if there was no
  ///   room for long.
  public func send(
    _ datagram: UnsafeRawBufferPointer, to address: SocketAddress? = nil
  ) throws(IOFailure) {
    try persist {
      guard let address else {
        return Glibc.send(rawDescriptor, datagram.baseAddress, datagram.count, noSignal)
      }
      return address.withSockaddr {
        sendto(rawDescriptor, datagram.baseAddress, datagram.count, noSignal, $0, $1)
      }
    }
    sentCount += 1
  }

  /// Sends a datagram; see the other form.
  public func send(_ datagram: [UInt8], to address: SocketAddress? = nil) throws(IOFailure) {
    let result = datagram.withUnsafeBytes { bytes in
      Result { () throws(IOFailure) in try send(bytes, to: address) }
    }
    try result.get()
  }

  /// Sends the datagrams of `batch` in order, with as few calls as the kernel allows.
  ///
  /// Datagrams of one size, the last of them smaller, go through the kernel's stack as one
  /// (UDP_SEGMENT). Where the kernel or the device refuses that, this socket goes over to one
  /// message a datagram for good.
  /// - Throws: As `send`; the datagrams that `sentCount` has grown by are with the kernel.
  public func send(_ batch: DatagramBatch, to address: SocketAddress? = nil) throws(IOFailure) {
    let result = batch.bytes.withUnsafeBytes { bytes in
      Result { () throws(IOFailure) in try send(bytes, sizes: batch.sizes, to: address) }
    }
    try result.get()
  }

  /// Sends datagrams of these sizes that lie behind each other; see the other form.
  public func send(
    _ bytes: UnsafeRawBufferPointer, sizes: [Int], to address: SocketAddress? = nil
  ) throws(IOFailure) {
    let batch = Datagrams(bytes: bytes, sizes: sizes)
    var done = 0
    while done < sizes.count {
      switch sending {
      case .segments, .messages: done = try sendRuns(of: batch, from: done, to: address)
      case .single: done = try sendSingly(batch, from: done, to: address)
      }
    }
  }

  /// Sends from `first` on until all are sent or the way of sending was refused.
  private func sendRuns(
    of batch: Datagrams, from first: Int, to address: SocketAddress?
  ) throws(IOFailure) -> Int {
    let way = sending
    let plan = SendPlan(batch.sizes, from: first, inSegments: way == .segments)
    var (run, done) = (0, first)
    while run < plan.runs.count {
      let isRun = plan.runs[run].segment != 0
      let count = try persist(refusing: { self.goesOver(from: way, isRun: isRun, code: $0) }) {
        hand(batch, plan.runs[run...], to: address)
      }
      guard let count else { return done }
      let sent = plan.counts[run..<run + count].reduce(0, +)
      (run, done) = (run + count, done + sent)
      sentCount += sent
    }
    return done
  }

  private func hand(
    _ batch: Datagrams, _ runs: ArraySlice<csystem_run>, to address: SocketAddress?
  ) -> Int {
    runs.withUnsafeBufferPointer { runs in
      // A batch of empty datagrams has no bytes, and may have no address.
      withUnsafePointer(to: UInt8(0)) { nothing in
        guard let first = runs.baseAddress else { return 0 }
        let start = batch.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? nothing
        guard let address else {
          return Int(csystem_udp_send(rawDescriptor, start, first, runs.count, nil, 0))
        }
        return address.withSockaddr {
          Int(csystem_udp_send(rawDescriptor, start, first, runs.count, $0, $1))
        }
      }
    }
  }

  private func sendSingly(
    _ batch: Datagrams, from first: Int, to address: SocketAddress?
  ) throws(IOFailure) -> Int {
    var offset = batch.sizes[..<first].reduce(0, +)
    for size in batch.sizes[first...] {
      try send(.init(rebasing: batch.bytes[offset..<offset + size]), to: address)
      offset += size
    }
    return batch.sizes.count
  }

  /// Whether `code` refuses the way of sending rather than a datagram; the next way is taken then.
  private func goesOver(from way: Sending, isRun: Bool, code: Int32) -> Bool {
    switch way {
    case .segments where isRun && Self.refusesSegments.contains(code): sending = .messages
    case .segments where code == ENOSYS, .messages where code == ENOSYS: sending = .single
    default: return false
    }
    return true
  }

  /// What Linux answers where the device computes no checksums (EIO) or a segment does not fit the
  /// path (EINVAL, later EMSGSIZE), and what others might.
  private static let refusesSegments: Set<Int32> = [
    EIO, EINVAL, EMSGSIZE, EOPNOTSUPP, ENOPROTOOPT,
  ]

  private var noSignal: Int32 { Int32(MSG_NOSIGNAL) }
}

// Persistence.

extension UDPSocket {
  /// What the kernel makes of ICMP (icmp_err_convert, icmpv6_err_convert) and of neighbours that
  /// do not answer: what of it says that a host is gone, not that the datagram is wrong.
  private static let refusals: Set<Int32> = [
    ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENONET, EACCES, ENOPROTOOPT, EPROTO,
  ]
  /// How many refusals in a row are of earlier datagrams: each is told once, so that more than a
  /// few are of this one, such as `ENETUNREACH` where there is no route.
  private static let mostRefusals = 100

  /// Repeats `call` until the kernel takes what it sends.
  func persist(_ call: () -> Int) throws(IOFailure) {
    _ = try persist(refusing: { _ in false }, call)
  }

  /// Repeats `call` until it answers 0 or more, or `refusing` accepts its errno, which gives nil.
  private func persist(
    refusing: (Int32) -> Bool, _ call: () -> Int
  ) throws(IOFailure) -> Int? {
    var giveUp: Int64?
    var refusals = 0
    while true {
      let count = call()
      if count >= 0 { return count }
      let code = errno
      guard !refusing(code) else { return nil }
      switch code {
      case _ where Self.refusals.contains(code) && refusals < Self.mostRefusals:
        // It tells of an earlier datagram; this one has not been sent.
        refusals += 1
        refusedCount += 1
      case EINTR: break
      case EAGAIN, ENOBUFS, ENOMEM:
        let now = MonotonicClock.now()
        let end = giveUp ?? now + Self.patience
        giveUp = end
        try waitForRoom(code, until: end, now: now)
      default: throw IOFailure(call: "send", code: code, subject: subject)
      }
    }
  }

  /// Waits a moment for room.
  ///
  /// A signal ends the wait after that moment only: the last words after it (BYE) shall go out.
  private func waitForRoom(_ code: Int32, until end: Int64, now: Int64) throws(IOFailure) {
    guard now < end else { throw IOFailure(call: "send", code: ETIMEDOUT, subject: subject) }
    // A full device queue (ENOBUFS) has nothing to wait on: the socket itself is writable.
    let isSocketFull = code == EAGAIN
    var ready = pollfd(
      fd: isSocketFull ? rawDescriptor : -1, events: Int16(POLLOUT), revents: 0)
    let count = csystem_poll(&ready, 1, isSocketFull ? 100_000_000 : 1_000_000)
    if count == 0, isSocketFull, Signals.received != nil {
      throw IOFailure(call: "send", code: EINTR, subject: subject)
    }
  }
}
