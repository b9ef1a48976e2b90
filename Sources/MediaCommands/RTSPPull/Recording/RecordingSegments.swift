internal import MediaCLI
internal import MediaIO
internal import MediaJSON
internal import MediaModel

/// What `--segment` does besides beginning files: lists those that are complete, and deletes the
/// oldest.
final class RecordingSegments {
  let clock: SegmentClock
  private let pattern: SegmentPattern
  private let keep: KeepLimit?
  private let list: JSONLineFile<RecordedFile>?

  /// - Throws: `Failure` where the list cannot be made.
  init(
    _ length: Nanoseconds, _ output: RecordingPlan.Output, force: Bool,
    _ environment: CommandEnvironment
  ) throws {
    clock = SegmentClock(length: length)
    pattern = SegmentPattern(output.path)
    keep = output.keep
    list = try output.segmentList.map {
      try JSONLineFile($0, of: Self.report, force: force, environment)
    }
  }

  /// A line of `--segment-list`.
  static let report = Report<RecordedFile>([
    .string("file", "Its path") { $0.path },
    .real("start", "When its first frame came, seconds since 1970-01-01T00:00:00Z") {
      Double($0.start / 1_000_000) / 1000
    },
    .real("end", "When the next one begins, or its last frame was over") {
      Double($0.end / 1_000_000) / 1000
    },
    .integer("frames", "Pictures, or frames of sound where there are none") { $0.frames },
    .real("duration", "Seconds of media") { Double($0.duration / 1_000_000) / 1000 },
    .integer("bytes", "Its size") { $0.byteCount },
  ])

  /// Takes note of a file that is complete.
  func add(_ file: RecordedFile, _ tell: (RecordingNews) throws -> Void) throws {
    do {
      try list?.add(file)
    } catch {
      throw RecordingFile.failure(error)
    }
    guard let keep else { return }
    for note in remove(beyond: keep, current: file) { try tell(.note(note)) }
  }

  /// Deletes the oldest files of the pattern, also those of earlier runs; gives what went wrong.
  private func remove(beyond limit: KeepLimit, current: RecordedFile) -> [String] {
    let folder = pattern.folder
    let name = String(current.path.dropFirst(folder.count))
    let found: [FolderFile]
    do {
      found = try files(inFolder: folder.isEmpty ? "." : folder, where: pattern.matches)
    } catch {
      return ["--keep cannot look for old files: \(Failure.output(error).message)"]
    }
    // The newest first.
    let old = found.filter { $0.name != name }.sorted {
      ($0.modified, $0.name) > ($1.modified, $1.name)
    }
    var kept = current.byteCount
    var notes: [String] = []
    for file in old {
      switch limit {
      case .age(let age):
        guard file.modified < current.end &- age else { continue }
      case .bytes(let most):
        kept += file.byteCount
        guard kept > most else { continue }
      }
      do {
        try removeFile(folder + file.name)
      } catch {
        notes.append("--keep cannot delete \(Failure.output(error).message)")
      }
    }
    return notes
  }

  func finish() throws {
    do { try list?.finish() } catch { throw RecordingFile.failure(error) }
  }

  func abandon() { list?.abandon() }
}
