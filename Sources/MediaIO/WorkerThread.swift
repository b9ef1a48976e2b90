import CSystem
import Glibc

/// A thread for work that blocks or takes long.
///
/// It has 8 MiB of stack, as the main thread has, and no signal is delivered to it.
struct WorkerThread {
  static let stackByteCount = 8 << 20
  private let thread: pthread_t

  private final class Body: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Starts `run`; the thread must be joined, or detached.
  ///
  /// - Throws: `IOFailure` with `EAGAIN` where there are too many threads.
  init(_ run: @escaping @Sendable () -> Void) throws(IOFailure) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, Self.stackByteCount)
    let body = Unmanaged.passRetained(Body(run))
    // A new thread inherits the mask: set before its birth, no signal can slip in.
    var mask = sigset_t()
    csystem_block_signals(&mask)
    defer { csystem_restore_signals(&mask) }
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { argument in
        if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      }, body.toOpaque())
    guard code == 0 else {
      body.release()
      throw IOFailure(call: "pthread_create", code: code, subject: "worker thread")
    }
    self.thread = thread
  }

  /// Waits for the thread's end.
  func join() { pthread_join(thread, nil) }

  /// Lets the thread end on its own.
  func detach() { pthread_detach(thread) }
}
