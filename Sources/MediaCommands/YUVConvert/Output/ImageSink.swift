internal import Glibc
internal import MediaCLI
internal import MediaIO

/// Files of a picture each, numbered from 1; or the one picture there is.
///
/// Each file of a sequence appears when it is complete. On a pipe or a device files stand behind
/// each other.
final class ImageSink: PictureSink {
  private enum Target {
    case sequence(PicturePattern)
    /// Appears in the end: a second picture is an error.
    case one(ResultOutput)
    case stream(ResultOutput)
  }

  private let target: Target
  private let path: String
  private let force: Bool
  /// Words of the command line for files that none of ours may replace.
  private let sources: [String]
  private var count: Int64 = 0
  private(set) var bytesWritten: Int64 = 0

  /// - Parameters:
  ///   - request: of images.
  ///   - sources: what files that are read are called on the command line.
  ///   - frameCount: how many pictures there will be, where that is known.
  ///   - environment: its standard output serves for `-`.
  /// - Throws: `UsageError` where one path is to hold several pictures; `Failure` where a file is
  ///   there already or cannot be made.
  init(
    _ request: PictureOutputRequest, sources: [String], frameCount: Int64?,
    environment: CommandEnvironment
  ) throws {
    self.sources = sources
    path = request.path
    force = request.force
    if let pattern = PicturePattern(path) {
      target = .sequence(pattern)
      try Self.refuseExisting(pattern, frameCount, force)
      return
    }
    let output = try ResultOutput(path: path, force: force, environment: environment)
    if try path == "-" || Self.isDevice(path) {
      target = .stream(output)
      return
    }
    target = .one(output)
    if let frameCount, frameCount > 1 { throw Self.tooMany(path, frameCount) }
  }

  private static func isDevice(_ path: String) throws -> Bool {
    guard let status = try? fileStatus(path) else { return false }
    return status.kind != .regular
  }

  /// Looks before anything is written; with an unknown number of pictures at the first alone.
  private static func refuseExisting(
    _ pattern: PicturePattern, _ frameCount: Int64?, _ force: Bool
  ) throws(Failure) {
    guard !force else { return }
    // Beyond so many the look would take long: each is refused when it is its turn.
    for number in 1...max(1, min(frameCount ?? 1, 10_000)) {
      let path = pattern.path(number)
      guard (try? fileStatus(path)) == nil else {
        throw .output(IOFailure(call: "open", code: EEXIST, subject: path))
      }
    }
  }

  private static func tooMany(_ path: String, _ count: Int64?) -> UsageError {
    let dot = path.lastIndex(of: ".") ?? path.endIndex
    let pattern = "\(path[..<dot])-%04d\(path[dot...])"
    let what = count.map { "\($0) pictures" } ?? "more than one picture"
    return UsageError(
      "\(path) cannot hold \(what): name them such as \(pattern), or choose one by --frame-range 0")
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    count += 1
    switch target {
    case .sequence(let pattern):
      let path = pattern.path(count)
      guard !sources.contains(where: { FileIdentity.isSame(path, asInput: $0) }) else {
        throw UsageError("OUTPUT \(path) is read in this run")
      }
      var file = try OutputFile(path: path, force: force)
      try file.write(bytes)
      try file.finish()
    case .one(let output):
      guard count == 1 else { throw Self.tooMany(path, nil) }
      try output.write(bytes)
    case .stream(let output): try output.write(bytes)
    }
    bytesWritten += Int64(bytes.count)
  }

  func finish() throws {
    switch target {
    case .sequence: break
    case .one(let output), .stream(let output): try output.finish()
    }
  }

  func abandon() {
    switch target {
    case .sequence: break
    case .one(let output), .stream(let output): output.abandon()
    }
  }
}
