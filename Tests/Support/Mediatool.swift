// Builds without a test runner, such as the static release, have no Testing.
#if canImport(Testing)
import Foundation

/// The tool under test, run as its users run it.
package enum Mediatool {
  /// `$MEDIATOOL_BINARY`, else the executable built beside the tests.
  package static let path: String = {
    if let path = ProcessInfo.processInfo.environment["MEDIATOOL_BINARY"] { return path }
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return tests.deletingLastPathComponent().appendingPathComponent("mediatool").path
  }()

  /// The package's folder.
  package static let packageFolder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// Runs the tool to its end.
  package static func run(
    _ arguments: [String], input: StandardInput = .empty, environment: [String: String] = [:],
    directory: String? = nil, limit: Double = 60
  ) throws -> Outcome {
    try ProcessRunner.run(
      path, arguments, input: input, environment: environment, directory: directory, limit: limit)
  }

  /// Starts the tool, for tests that send it signals.
  package static func start(
    _ arguments: [String], input: StandardInput = .empty, environment: [String: String] = [:],
    directory: String? = nil
  ) throws -> RunningProcess {
    try ProcessRunner.start(
      path, arguments, input: input, environment: environment, directory: directory)
  }
}
#endif
