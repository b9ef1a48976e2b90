internal import MediaIO

/// The files of a recording: the one that was asked for, and those that go on behind it.
final class RecordedFiles {
  private let path: String
  private let force: Bool
  private let environment: CommandEnvironment
  private let opened: (String) -> Void
  private var count = 0
  /// The file opened last.
  private(set) var last = ""

  /// `opened` is told the path of each.
  init(
    _ path: String, force: Bool, _ environment: CommandEnvironment,
    opened: @escaping (String) -> Void
  ) {
    (self.path, self.force) = (path, force)
    (self.environment, self.opened) = (environment, opened)
  }

  /// Opens the next one; those behind the first go past what is there.
  ///
  /// - Throws: `Failure` where it cannot be made, or there can be only one.
  func next() throws -> ResultOutput {
    count += 1
    var name = path
    if count > 1 {
      guard isRegular else {
        let place = path == "-" ? "standard output" : path
        throw Failure(
          .dataError, "the decoder configuration changes, and \(place) can hold only one file")
      }
      name = numbered
      while !force, (try? fileStatus(name)) != nil, count < 10_000 {
        count += 1
        name = numbered
      }
    }
    let output = try ResultOutput(
      path: name, force: force, isRecording: true, environment: environment)
    last = name
    opened(name)
    return output
  }

  /// Whether they are files, and no pipes or devices.
  var isRegular: Bool {
    path != "-" && (try? fileStatus(path))?.kind ?? .regular == .regular
  }

  /// `out-2.mp4` behind `out.mp4`.
  private var numbered: String {
    let bytes = Array(path.utf8)
    let name = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")), dot > name else {
      return "\(path)-\(count)"
    }
    return String(decoding: bytes[..<dot], as: UTF8.self) + "-\(count)"
      + String(decoding: bytes[dot...], as: UTF8.self)
  }
}
