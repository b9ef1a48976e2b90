// Builds without a test runner, such as the static release, have no Testing.
#if canImport(Testing)
import Foundation
import Testing

/// An interactive program on a terminal of its own.
package final class PseudoTerminal {
  private let controller: Int32
  private let process = Process()
  private var seen: [UInt8] = []

  /// `TIOCSPTLCK` and `TIOCGPTN` of <asm-generic/ioctls.h>.
  private static let setLock: UInt = 0x4004_5431
  private static let getNumber: UInt = 0x8004_5430

  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// Starts a program as the leader of a session on a new terminal.
  package init(
    _ program: String, _ arguments: [String], directory: String, environment: [String: String]
  ) throws {
    // The C library's own calls for this (posix_openpt) are not visible to Swift.
    controller = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var number: Int32 = 0
    var lock: Int32 = 0
    guard controller >= 0, ioctl(controller, Self.setLock, &lock) == 0,
      ioctl(controller, Self.getNumber, &number) == 0
    else { throw Failure(description: "no pseudo-terminal: errno \(errno)") }
    let path = "/dev/pts/\(number)"
    let descriptor = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Failure(description: "\(path): errno \(errno)") }
    let terminal = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    process.executableURL = URL(filePath: try #require(ProcessRunner.find("setsid")))
    process.arguments = ["--ctty", "--wait", try #require(ProcessRunner.find(program))] + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: directory)
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = terminal
    process.standardOutput = terminal
    process.standardError = terminal
    try process.run()
  }

  deinit {
    // Hanging up ends an interactive shell.
    close(controller)
    process.waitUntilExit()
  }

  package func type(_ text: String) throws {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(controller, $0.baseAddress, $0.count) }
      guard count > 0 else { throw Failure(description: "cannot type: errno \(errno)") }
      rest = rest.dropFirst(count)
    }
  }

  /// Reads until the program has printed the marker.
  ///
  /// - Throws: ``Failure`` with all that was printed, when the program ends or is silent for 30 s.
  package func wait(for marker: String) throws {
    let bytes = Array(marker.utf8)
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      if let end = seen.firstEnd(of: bytes) {
        seen.removeFirst(end)
        return
      }
      var poller = pollfd(fd: controller, events: Int16(POLLIN), revents: 0)
      guard poll(&poller, 1, 30_000) > 0 else {
        throw Failure(description: "no '\(marker)' in \(String(decoding: seen, as: UTF8.self))")
      }
      let count = read(controller, &buffer, buffer.count)
      guard count > 0 else {
        throw Failure(description: "ended: \(String(decoding: seen, as: UTF8.self))")
      }
      seen += buffer.prefix(count)
    }
  }
}

extension [UInt8] {
  /// Where the first occurrence of `part` ends.
  fileprivate func firstEnd(of part: [UInt8]) -> Int? {
    guard count >= part.count else { return nil }
    return (0...(count - part.count)).first { self[$0..<$0 + part.count].elementsEqual(part) }
      .map { $0 + part.count }
  }
}
#endif
