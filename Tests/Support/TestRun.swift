import Foundation

/// How this run of the tests was asked for.
package enum TestRun {
  private static let environment = ProcessInfo.processInfo.environment

  /// Whether what takes long is tried at more places: `MEDIATOOL_EXHAUSTIVE=1`.
  package static let isExhaustive = environment["MEDIATOOL_EXHAUSTIVE"] == "1"

  /// Whether a sanitizer is built in, which takes time and memory: `MEDIATOOL_SANITIZER`.
  package static let isSanitized = environment["MEDIATOOL_SANITIZER"] != nil
}
