import Foundation
import Testing

/// A program that tests need but that may not be installed.
enum PeerTool {
  static func path(_ name: String) -> String? {
    let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
    return folders.map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Whether to run a test that needs the programs.
  ///
  /// Missing ones skip it, unless `MEDIATOOL_REQUIRE_PEERS=1`: then it runs and fails.
  static func available(_ names: String...) -> Bool {
    let required = ProcessInfo.processInfo.environment["MEDIATOOL_REQUIRE_PEERS"] == "1"
    return required || names.allSatisfy { path($0) != nil }
  }

  struct Outcome: Equatable {
    var code: Int32
    var output: String
    var errors: String
  }

  /// Runs a program to its end; both outputs go through files, so that neither can block.
  static func run(
    _ name: String, _ arguments: [String], in folder: URL? = nil,
    environment: [String: String]? = nil
  ) throws -> Outcome {
    let found = Self.path(name)
    let path = try #require(found, "\(name) is not installed")
    return try ScratchFolder.with { scratch in
      let process = Process()
      process.executableURL = URL(filePath: path)
      process.arguments = arguments
      process.currentDirectoryURL = folder ?? scratch.url
      if let environment { process.environment = environment }
      let output = try scratch.file("output", "")
      let errors = try scratch.file("errors", "")
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = try FileHandle(forWritingTo: output)
      process.standardError = try FileHandle(forWritingTo: errors)
      try process.run()
      process.waitUntilExit()
      return Outcome(
        code: process.terminationStatus, output: try output.text(), errors: try errors.text())
    }
  }
}

/// A folder for one test.
struct ScratchFolder {
  let url: URL

  /// Makes a folder and removes it after the body.
  static func with<Result>(_ body: (ScratchFolder) throws -> Result) throws -> Result {
    let url = FileManager.default.temporaryDirectory
      .appending(path: "mediacli-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    let result = Swift.Result { try body(ScratchFolder(url: url)) }
    try FileManager.default.removeItem(at: url)
    return try result.get()
  }

  @discardableResult func file(_ name: String, _ text: String) throws -> URL {
    let file = url.appending(path: name)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    return file
  }
}

extension URL {
  func text() throws -> String { String(decoding: try Data(contentsOf: self), as: UTF8.self) }
}
