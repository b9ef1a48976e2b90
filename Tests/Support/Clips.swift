// Builds without a test runner, such as the static release, have no Testing.
#if canImport(Testing)
import Foundation

/// How to make one input file.
package struct Recipe: Sendable, CustomStringConvertible {
  /// Unique among the recipes; the file is `name` with its suffix.
  package var name: String
  package var suffix: String
  /// Runs of `ffmpeg -v error -nostdin -y`, in a folder that holds `files` and earlier results;
  /// the last one writes `file`.
  package var steps: [[String]]
  /// Small texts the steps read.
  package var files: [String: String] = [:]
  /// Names of recipes whose files stand in the folder.
  package var needs: [String] = []
  /// Bytes exchanged in the result: what ffmpeg itself would not write.
  package var patches: [Patch] = []

  package struct Patch: Sendable {
    package var from: [UInt8]
    package var to: [UInt8]
  }

  package var file: String { "\(name).\(suffix)" }
  package var description: String { file }

  /// Changes whenever the file would.
  fileprivate var key: String {
    let sources = files.sorted { $0.key < $1.key }.map { "\($0.key)\u{1}\($0.value)" }
    let parts =
      [Peers.ffmpegVersion, file] + steps.flatMap { $0 + ["\u{2}"] } + sources
      + needs.compactMap { Recipes.byName[$0]?.key } + patches.map { "\($0)" }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a
    for byte in parts.joined(separator: "\u{0}").utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    return String(hash, radix: 36)
  }
}

extension Recipe {
  /// One run of ffmpeg, whose output stands behind the arguments.
  package init(
    _ file: String, _ arguments: [String], needs: [String] = [], files: [String: String] = [:],
    patches: [Patch] = []
  ) {
    let dot = file.lastIndex(of: ".") ?? file.endIndex
    self.init(
      name: String(file[..<dot]), suffix: String(file[dot...].dropFirst()),
      steps: [arguments + [file]], files: files, needs: needs, patches: patches)
  }
}

/// Input files, each made once and kept in `.build/clips` under its recipe's key.
package enum Clips {
  /// The path of the recipe's file, made now if it is not there yet.
  package static func path(_ recipe: Recipe) throws -> String {
    let folder = "\(root)/\(recipe.key)"
    let path = "\(folder)/\(recipe.file)"
    // One maker at a time per recipe, and none waits for a different one but its needs.
    return try lock(for: recipe.name).withLock {
      if access(path, R_OK) == 0 { return path }
      try make(recipe, in: folder)
      return path
    }
  }

  /// The path of the file of the recipe of this name.
  package static func path(_ name: String) throws -> String {
    guard let recipe = Recipes.byName[name] else {
      throw StartFailure(program: "recipe \(name)", reason: "there is none of this name")
    }
    return try path(recipe)
  }

  private static let root = "\(Mediatool.packageFolder)/.build/clips"
  private static let locks = Locks()

  private final class Locks: @unchecked Sendable {
    let guarding = NSLock()
    var byName: [String: NSLock] = [:]
  }

  private static func lock(for name: String) -> NSLock {
    locks.guarding.withLock {
      let lock = locks.byName[name] ?? NSLock()
      locks.byName[name] = lock
      return lock
    }
  }

  /// Works in a folder of its own and renames it when complete, so a run that is stopped, or
  /// another one at the same time, never shows half a file.
  private static func make(_ recipe: Recipe, in folder: String) throws {
    let files = FileManager.default
    let work = "\(root)/making-\(recipe.name)-\(getpid())"
    // Nothing is left of a recipe that fails; after success there is nothing to remove.
    defer { try? files.removeItem(atPath: work) }
    try files.createDirectory(atPath: work, withIntermediateDirectories: true)
    for need in recipe.needs {
      let source = try path(need)
      try files.copyItem(
        atPath: source, toPath: "\(work)/\(URL(fileURLWithPath: source).lastPathComponent)")
    }
    for (name, text) in recipe.files {
      try Data(text.utf8).write(to: URL(fileURLWithPath: "\(work)/\(name)"))
    }
    for step in recipe.steps {
      let outcome = try ProcessRunner.run(
        "ffmpeg", ["-v", "error", "-nostdin", "-y"] + step, directory: work)
      guard outcome.ending == .exit(0) else {
        throw StartFailure(program: "recipe \(recipe.name)", reason: "\(outcome)")
      }
    }
    if !recipe.patches.isEmpty {
      let url = URL(fileURLWithPath: "\(work)/\(recipe.file)")
      var data = try Data(contentsOf: url)
      for patch in recipe.patches {
        guard let range = data.firstRange(of: Data(patch.from)) else {
          throw StartFailure(program: "recipe \(recipe.name)", reason: "nothing to patch")
        }
        data.replaceSubrange(range, with: patch.to)
      }
      try data.write(to: url)
    }
    guard rename(work, folder) == 0 || access("\(folder)/\(recipe.file)", R_OK) == 0 else {
      throw StartFailure(program: "recipe \(recipe.name)", reason: ProcessRunner.errnoText())
    }
  }
}
#endif
