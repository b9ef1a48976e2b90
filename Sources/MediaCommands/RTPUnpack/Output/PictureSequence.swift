internal import MediaIO
internal import MediaModel
internal import MediaRTP

/// Pictures, each a file of its own.
final class PictureSequence: RTPMediaOutput {
  private let pattern: (before: String, width: Int, after: String)
  private let selection: TrackSelection?
  private let force: Bool
  private var track: RTPTrack?
  private var count = 0
  private(set) var omissions = RTPOmissions()

  /// nil unless `path` holds one `%d` or `%05d`.
  init?(_ path: String, _ selection: TrackSelection?, force: Bool) {
    guard let percent = path.firstIndex(of: "%") else { return nil }
    let rest = path[path.index(after: percent)...]
    let digits = rest.prefix { $0.isNumber }
    guard rest.dropFirst(digits.count).first == "d", digits.count <= 3 else { return nil }
    pattern = (
      String(path[..<percent]), Int(digits) ?? 0, String(rest.dropFirst(digits.count + 1))
    )
    self.selection = selection
    self.force = force
  }

  func add(_ frame: RTPFrame, _ track: RTPTrack, _ session: RTPSession) throws {
    guard track.codec.rawValue == "mjpeg" else { return }
    if let known = self.track {
      guard known.isSame(as: track) else {
        omissions.leaveOut(track, selection, session)
        return
      }
    } else {
      guard selection?.takes(track, of: session) ?? true else { return }
      self.track = track
      omissions.written = [track.source.number]
    }
    count += 1
    let number = String(count)
    let zeros = String(repeating: "0", count: max(0, pattern.width - number.count))
    do {
      var file = try OutputFile(path: pattern.before + zeros + number + pattern.after, force: force)
      try file.write(frame.data)
      try file.finish()
    } catch {
      throw Failure.output(error)
    }
  }

  func flush() {}
  func abandon() {}

  func finish(_ session: RTPSession) -> [Failure] {
    return count > 0 ? [] : [Failure(.dataError, "there is no JPEG to write")]
  }
}
