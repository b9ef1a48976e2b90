import Foundation
import Testing

/// FFmpeg's programs, where they are installed: these tests judge our bytes against theirs.
enum FFmpegTool {
  /// Debian's, or whatever comes first in `PATH`.
  static let path: String? = find("ffmpeg")

  /// `make test` sets this after it has installed them: then a missing one fails.
  static let isRequired = ProcessInfo.processInfo.environment["MEDIATOOL_REQUIRE_PEERS"] == "1"

  /// FFmpeg's major version; 0 where it is not installed.
  static let major: Int = {
    guard let text = try? run("ffmpeg", ["-version"]), let line = text.split(separator: "\n").first
    else { return 0 }
    let words = line.split(separator: " ")
    guard words.count > 2 else { return 0 }
    return Int(words[2].drop { !$0.isNumber }.prefix { $0.isNumber }) ?? 0
  }()

  struct Failure: Error, CustomStringConvertible {
    var description: String
  }

  private static func find(_ name: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/\(name)" }.first {
      FileManager.default.isExecutableFile(atPath: $0)
    }
  }

  /// Runs to the end and gives standard output; throws with standard error unless it exits 0.
  @discardableResult static func run(
    _ name: String, _ arguments: [String], in folder: URL? = nil
  ) throws -> String {
    guard let program = find(name) else { throw Failure(description: "\(name) is not installed") }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.standardInput = FileHandle.nullDevice
    let (output, errors) = (
      Pipe(),
      FileManager.default.temporaryDirectory.appendingPathComponent(
        "ffmpeg-\(UUID().uuidString).log")
    )
    _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: errors) }
    process.standardOutput = output
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      let text = String(decoding: try Data(contentsOf: errors), as: UTF8.self)
      throw Failure(description: "\(name) exits \(process.terminationStatus): \(text.suffix(800))")
    }
    return String(decoding: data, as: UTF8.self)
  }

  /// Runs `body` in a folder of its own, removed afterwards.
  static func inFolder<Value>(_ body: (URL) throws -> Value) throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "mediatool-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
  }

  /// Runs `ffmpeg` in `folder` with its arguments in one line, parted by spaces.
  static func ffmpeg(_ line: String, in folder: URL) throws {
    let arguments = line.split(separator: " ").map(String.init)
    try run("ffmpeg", ["-v", "error", "-nostdin", "-y"] + arguments, in: folder)
  }
}

extension URL {
  /// The bytes of the file of this name in the folder.
  func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: appendingPathComponent(name)))
  }
}

extension Trait where Self == ConditionTrait {
  /// Skips where FFmpeg is not installed, unless peers are required.
  static var ffmpeg: Self {
    .enabled(if: FFmpegTool.path != nil || FFmpegTool.isRequired, "needs ffmpeg")
  }
}
