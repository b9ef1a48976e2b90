import CSystem
import Glibc

extension UDPSocket {
  /// Receives what is there, without waiting.
  ///
  /// - Returns: How many datagrams `inbox` holds now; 0 where none had come.
  /// - Throws: `IOFailure` of `receive`.
  public func receive(into inbox: DatagramInbox) throws(IOFailure) -> Int {
    while true {
      let count = inbox.fill(from: rawDescriptor)
      if count > 0 { return inbox.count }
      let code = errno
      switch code {
      case _ where count == 0: return 0
      case EAGAIN: return 0
      case EINTR: break
      // What ICMP told of something sent before: nobody listens, or no way leads there.
      case ECONNREFUSED, EHOSTUNREACH, ENETUNREACH: refusedCount += 1
      default: throw IOFailure(call: "receive", code: code, subject: subject)
      }
    }
  }

  /// Receives what is there, waiting for the first datagram.
  ///
  /// - Parameters:
  ///   - inbox: where they go.
  ///   - deadline: a moment of `MonotonicClock`; nil waits without bound.
  /// - Returns: How many datagrams `inbox` holds now; 0 if none came in time.
  /// - Throws: `IOFailure` of `receive`; `EINTR` if a signal that `Signals` caught comes first, or
  ///   had come before and nothing is there.
  public func receive(
    into inbox: DatagramInbox, until deadline: Int64?
  ) throws(IOFailure) -> Int {
    while true {
      let count = try receive(into: inbox)
      guard count == 0 else { return count }
      guard Signals.received == nil else {
        throw IOFailure(call: "receive", code: EINTR, subject: subject)
      }
      let left = deadline.map(MonotonicClock.left)
      if let left, left <= 0 { return 0 }
      var ready = [
        pollfd(fd: rawDescriptor, events: Int16(POLLIN), revents: 0),
        // poll passes over a negative number, which stands for no handlers.
        pollfd(fd: Signals.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
      ]
      guard csystem_poll(&ready, 2, left ?? -1) >= 0 || errno == EINTR else {
        throw failure("poll")
      }
    }
  }
}
