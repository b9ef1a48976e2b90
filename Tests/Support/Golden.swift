// Builds without a test runner, such as the static release, have no Testing.
#if canImport(Testing)
import Foundation
package import Testing

/// Compares a text with a file in `Golden` beside the test; with `RECORD=1` writes the file and
/// fails on purpose.
package func expectGolden(
  _ text: String, _ name: String, test: String = #filePath,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let file = URL(filePath: test).deletingLastPathComponent().appending(path: "Golden/\(name)")
  if ProcessInfo.processInfo.environment["RECORD"] == "1" {
    try Data(text.utf8).write(to: file)
    Issue.record("recorded \(name): run again without RECORD", sourceLocation: sourceLocation)
    return
  }
  let golden = String(decoding: try Data(contentsOf: file), as: UTF8.self)
  let pairs = zip(
    text.split(separator: "\n", omittingEmptySubsequences: false),
    golden.split(separator: "\n", omittingEmptySubsequences: false))
  if let (index, pair) = pairs.enumerated().first(where: { $0.element.0 != $0.element.1 }) {
    Issue.record(
      "\(name) line \(index + 1): '\(pair.0)', expected '\(pair.1)'",
      sourceLocation: sourceLocation)
  } else {
    #expect(text.utf8.count == golden.utf8.count, "\(name)", sourceLocation: sourceLocation)
  }
}
#endif
