internal import MediaIO
internal import MediaModel

/// The files of a recording: the one that was asked for, and those that go on behind it.
final class RecordedFiles {
  private let path: String
  private let force: Bool
  private let environment: CommandEnvironment
  private let name: (Nanoseconds) -> String
  private let opened: (String) -> Void
  /// Names that were given already; with `force`, too, none of them is written over.
  private var used: Set<String> = []
  /// The file opened last.
  private(set) var last = ""

  /// `name` makes a name of the wall clock where files are many, and `opened` is told the path of
  /// each.
  init(
    _ path: String, force: Bool, _ environment: CommandEnvironment,
    name: ((Nanoseconds) -> String)? = nil, opened: @escaping (String) -> Void
  ) {
    (self.path, self.force, self.name) = (path, force, name ?? { _ in path })
    (self.environment, self.opened) = (environment, opened)
  }

  /// Opens the next one, which begins at a moment of the wall clock; those behind the first go past
  /// what is there.
  ///
  /// - Throws: `Failure` where it cannot be made, or there can be only one.
  func next(at wall: Nanoseconds = 0) throws -> ResultOutput {
    let plain = name(wall)
    var name = plain
    if !used.isEmpty || plain != path {
      guard isRegular else {
        let place = path == "-" ? "standard output" : path
        throw Failure(
          .dataError, "the decoder configuration changes, and \(place) can hold only one file")
      }
      var number = 1
      while isTaken(name), number < 10_000 {
        number += 1
        name = Self.numbered(plain, number)
      }
    }
    let output = try ResultOutput(
      path: name, force: force, isRecording: true, environment: environment)
    // So many files cannot come to have one name.
    if used.count > 10_000 { used = [] }
    used.insert(name)
    last = name
    opened(name)
    return output
  }

  private func isTaken(_ name: String) -> Bool {
    used.contains(name) || !force && (try? fileStatus(name)) != nil
  }

  /// Whether they are files, and no pipes or devices.
  var isRegular: Bool {
    path != "-" && (try? fileStatus(path))?.kind ?? .regular == .regular
  }

  /// `out-2.mp4` behind `out.mp4`.
  private static func numbered(_ path: String, _ number: Int) -> String {
    let bytes = Array(path.utf8)
    let name = bytes.lastIndex(of: UInt8(ascii: "/")).map { $0 + 1 } ?? 0
    guard let dot = bytes.lastIndex(of: UInt8(ascii: ".")), dot > name else {
      return "\(path)-\(number)"
    }
    return String(decoding: bytes[..<dot], as: UTF8.self) + "-\(number)"
      + String(decoding: bytes[dot...], as: UTF8.self)
  }
}
