// Builds without a test runner, such as the static release, have no Testing.
#if canImport(Testing)
import Foundation

/// A started program; killed by its process id when the last reference goes.
package final class RunningProcess: @unchecked Sendable {
  package let pid: Int32
  private let command: String
  private let output: Int32
  private let errors: Int32
  private let lock = NSLock()
  private var ending: Ending?

  init(pid: Int32, command: String, output: Int32, errors: Int32) {
    (self.pid, self.command, self.output, self.errors) = (pid, command, output, errors)
  }

  deinit {
    if ending == nil { finish() }
    close(output)
    close(errors)
  }

  /// What it has written so far.
  package var outputSoFar: [UInt8] { read(output) }
  package var errorsSoFar: String { String(decoding: read(errors), as: UTF8.self) }

  /// Whether it has ended.
  package var hasEnded: Bool { poll() }

  /// Sends a signal, unless it has already ended.
  package func signal(_ number: Int32) {
    lock.withLock { if ending == nil { _ = kill(pid, number) } }
  }

  /// Waits until `condition` holds on the output so far; false once the program or time ends.
  package func waitForOutput(
    limit: Double = 20, _ condition: ([UInt8]) -> Bool
  ) -> Bool {
    let deadline = Date().addingTimeInterval(limit)
    while true {
      let ended = poll()
      if condition(outputSoFar) { return true }
      if ended || Date() > deadline { return false }
      usleep(5_000)
    }
  }

  /// Waits to the end, or kills it at the limit (seconds).
  package func wait(limit: Double = 60) -> Outcome {
    let deadline = Date().addingTimeInterval(limit)
    var pause: UInt32 = 500
    while !poll() {
      if Date() > deadline {
        finish()
        break
      }
      usleep(pause)
      pause = min(pause * 2, 8_000)
    }
    return Outcome(
      command: command, ending: lock.withLock { ending ?? .timedOut }, stdout: read(output),
      stderr: read(errors))
  }

  /// Ends it now, and reaps it.
  package func stop() { if !poll() { finish() } }

  private func poll() -> Bool {
    lock.withLock {
      if ending != nil { return true }
      var status: Int32 = 0
      guard waitpid(pid, &status, WNOHANG) == pid else { return false }
      let number = status & 0x7f
      ending = number == 0 ? .exit((status >> 8) & 0xff) : .signal(number)
      return true
    }
  }

  private func finish() {
    lock.withLock {
      guard ending == nil else { return }
      _ = kill(pid, SIGKILL)
      var status: Int32 = 0
      while waitpid(pid, &status, 0) < 0 && errno == EINTR {}
      ending = .timedOut
    }
  }

  private func read(_ fd: Int32) -> [UInt8] {
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = pread(fd, &block, block.count, off_t(bytes.count))
      guard count > 0 else { return bytes }
      bytes += block[0..<count]
    }
  }
}
#endif
