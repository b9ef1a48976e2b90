internal import MediaCLI
internal import MediaIO

/// A secret that is not to stand on a command line: it is in a file, or in the environment.
struct SecretOptions {
  /// `--X-file FILE`.
  let file: Key<String>
  /// `--X-env NAME`.
  let environment: Key<String>

  /// The secret; nil where neither option is given.
  ///
  /// - Throws: `UsageError` or `Failure` where it is not where it should be.
  func read(_ arguments: ParsedArguments, _ environment: CommandEnvironment) throws -> String? {
    let (fileWord, nameWord) = (file.spec.longWord, self.environment.spec.longWord)
    let (path, name) = (arguments[file], arguments[self.environment])
    guard path == nil || name == nil else {
      throw UsageError("\(fileWord) and \(nameWord) exclude each other")
    }
    if let name {
      guard let secret = environment.variable(name), !secret.isEmpty else {
        throw UsageError("\(nameWord): there is no variable \(name), or it is empty")
      }
      return secret
    }
    return try path.map { try Self.line(ofFile: $0, "\(fileWord) \($0)") }
  }

  private static func line(ofFile path: String, _ name: String) throws -> String {
    let bytes: [UInt8]
    do {
      let file = try ReadableFile.open(path)
      bytes = try withUnsafeTemporaryAllocation(byteCount: 4097, alignment: 1) { room in
        let count = try file.read(into: room)
        return Array(room[..<count])
      }
    } catch {
      let failure = Failure(error)
      throw Failure(failure.exit, "\(name): \(failure.message)")
    }
    let lines = bytes.split { $0 == 0x0a || $0 == 0x0d }
    guard let first = lines.first, lines.count == 1, bytes.count <= 4096 else {
      throw Failure(.dataError, "\(name): it should hold one line of at most 4096 bytes")
    }
    return String(decoding: first, as: UTF8.self)
  }
}
