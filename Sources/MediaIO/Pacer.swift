import CSystem
import Glibc

/// Sleeps to moments of `MonotonicClock`.
public enum Pacer {
  /// Waits until `deadline`, not at all where it has passed.
  ///
  /// The deadline is absolute: however late one sleep ends, the next is not moved by it.
  /// - Returns: Whether the moment has come; false if a signal that `Signals` caught came first,
  ///   or had come before.
  public static func sleep(until deadline: Int64) -> Bool {
    while true {
      // The descriptor stays readable, so a signal just before the wait ends the wait.
      guard Signals.received == nil else { return false }
      let left = MonotonicClock.left(until: deadline)
      guard left > 0 else { return true }
      var ready = pollfd(fd: Signals.descriptor ?? -1, events: Int16(POLLIN), revents: 0)
      _ = csystem_poll(&ready, 1, left)
    }
  }
}

extension MonotonicClock {
  /// Nanoseconds until `deadline`, whatever its value; 0 or less once it has passed.
  static func left(until deadline: Int64) -> Int64 {
    // The clock is never negative, so this cannot overflow.
    max(deadline, 0) - now()
  }
}
