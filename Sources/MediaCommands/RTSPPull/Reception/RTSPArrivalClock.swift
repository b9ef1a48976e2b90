internal import MediaModel

/// Puts times of arrival by the wall clock on the monotonic one.
///
/// The kernel stamps datagrams by the wall clock, more exactly than anybody tells the time who reads
/// them later. But that clock may be set meanwhile.
struct RTSPArrivalClock {
  /// Packets lie in the kernel no longer than that, in nanoseconds.
  private static let longest: Nanoseconds = 5_000_000_000

  /// The monotonic clock less the wall clock.
  private var offset: Nanoseconds?

  /// When something came of which the kernel says `wall`, where `now` it was read.
  mutating func time(now: Nanoseconds, wall: Nanoseconds) -> Nanoseconds {
    let found = now &- wall
    guard let offset, found >= offset, found &- offset <= Self.longest else {
      offset = found
      return now
    }
    return wall &+ offset
  }
}
