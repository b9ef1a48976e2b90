// Builds without a test runner, such as the static release, have no Testing.
#if canImport(Testing)
import Foundation

/// A folder of a test's own, removed when the last reference goes.
package final class ScratchFolder: Sendable {
  package let path: String

  package init() throws {
    var name = Array("\(NSTemporaryDirectory())/mediatool-test-XXXXXX".utf8CString)
    guard let made = mkdtemp(&name) else {
      throw StartFailure(program: "mkdtemp", reason: ProcessRunner.errnoText())
    }
    path = String(cString: made)
  }

  deinit {
    do { try FileManager.default.removeItem(atPath: path) } catch {
      print("cannot remove \(path): \(error)")
    }
  }

  /// The path of a file in it.
  package subscript(name: String) -> String { "\(path)/\(name)" }

  /// Writes a file in it, with the folders of its name, and says where.
  @discardableResult package func write(_ bytes: [UInt8], to name: String) throws -> String {
    let url = URL(fileURLWithPath: self[name])
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
    return self[name]
  }

  /// Writes a text file in it.
  @discardableResult package func write(_ text: String, to name: String) throws -> String {
    try write(Array(text.utf8), to: name)
  }

  /// Names of the files in it, sorted.
  package var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
  }
}

/// The bytes of a file.
package func contents(of path: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}

/// The text of a file.
package func text(of path: String) throws -> String {
  String(decoding: try contents(of: path), as: UTF8.self)
}
#endif
