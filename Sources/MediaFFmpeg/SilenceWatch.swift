internal import CLibAV

/// A bound on how long FFmpeg may hear nothing, polled by FFmpeg while it blocks.
final class SilenceWatch {
  let raw: UnsafeMutablePointer<clibav_watch>

  /// `window` is in nanoseconds, 0 for no bound.
  init(
    window: Int64, cancelled: (@convention(c) (UnsafeMutableRawPointer?) -> Int32)?
  ) {
    raw = .allocate(capacity: 1)
    raw.initialize(to: clibav_watch())
    raw.pointee.window = window
    raw.pointee.cancelled = cancelled
  }

  deinit { raw.deallocate() }

  /// Starts a phase: the deadline is the window from now, and `extra` nanoseconds more.
  func restart(extra: Int64 = 0) {
    clibav_watch_restart(raw, extra)
  }

  /// While `body` reads from `format`, arriving bytes put the deadline off.
  func reading<R>(
    _ format: UnsafeMutablePointer<AVFormatContext>, extra: Int64 = 0, _ body: () -> R
  ) -> R {
    restart(extra: extra)
    raw.pointee.format = format
    defer { raw.pointee.format = nil }
    return body()
  }

  var hasExpired: Bool { raw.pointee.expired != 0 }
  var wasCancelled: Bool { raw.pointee.was_cancelled != 0 }
}
