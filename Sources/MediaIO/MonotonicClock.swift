import CSystem  // timespec is counted to whichever of the two is loaded first
import Glibc

/// Time that never steps back.
public enum MonotonicClock {
  /// Nanoseconds since some moment in the past, the same for the whole process.
  public static func now() -> Int64 {
    var time = timespec()
    // CLOCK_MONOTONIC and a valid pointer leave nothing to fail.
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}

/// The time of day, which may be set at any moment.
public enum WallClock {
  /// Nanoseconds since 1970-01-01T00:00:00Z.
  public static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}
