internal import MediaBytes
internal import MediaFFmpeg
internal import MediaIO
internal import MediaModel
internal import MediaRTP

/// Which form a path of `--snapshot` asks for.
struct SnapshotFormat {
  let picture: StillPicture.Format

  init?(path: String) {
    switch path.split(separator: ".").dropFirst().last?.lowercased() {
    case "jpg", "jpeg": picture = .jpeg
    case "png": picture = .png
    default: return nil
    }
  }
}

/// The first whole picture, as a file.
final class Snapshot {
  private let path: String
  private let format: StillPicture.Format
  private let output: ResultOutput
  /// The track that pictures are of.
  private var index: Int?
  private var track: RecordedTrack?
  private(set) var isDone = false

  /// - Throws: `Failure` where the file may not be created.
  init(_ path: String, force: Bool, _ environment: CommandEnvironment) throws {
    self.path = path
    format = SnapshotFormat(path: path)?.picture ?? .png
    output = try ResultOutput(path: path, force: force, environment: environment)
  }

  /// - Throws: `Failure` where there are no pictures.
  func begin(_ tracks: [RecordableTrack]) throws(Failure) {
    track = nil
    index = tracks.first { $0.kind == .video && $0.codec != .mpegTS && $0.codec != .mpegPS }?.index
    guard index != nil || isDone else {
      throw Failure(.unavailable, "there are no pictures for --snapshot")
    }
  }

  /// Takes a frame; the first that gives a whole picture is written.
  func take(_ frame: RTSPFrame, _ tell: (RecordingNews) throws -> Void) throws {
    guard !isDone, frame.index == index else { return }
    if track?.source.isSame(as: frame.track) != true { track = RecordedTrack(frame, at: 0) }
    let change = track?.look(at: frame.frame)
    guard frame.frame.isKeyframe, !frame.frame.isDamaged, case .some(let change) = change,
      change != .undecodable, let bytes = try picture(frame)
    else { return }
    do {
      try output.write(bytes.span.bytes)
      try output.finish()
    } catch let error as IOFailure {
      throw RecordingFile.failure(error)
    }
    isDone = true
    try tell(.snapshot(path))
  }

  private func picture(_ frame: RTSPFrame) throws -> [UInt8]? {
    // A JPEG is one already.
    if format == .jpeg, frame.track.codec.rawValue == "mjpeg" { return frame.frame.data }
    let entry = track?.makeEntry(nil)
    let still = try StillPicture(format)
    do {
      return try frame.frame.data.span.bytes.withUnsafeBytes {
        try still.file(
          of: $0, codec: frame.track.codec.rawValue, configuration: entry?.configuration ?? [])
      }
    } catch let error as FFmpegError where error.reason == .invalidData {
      // The next one may be whole.
      return nil
    }
  }

  /// Leaves nothing behind but a picture that is complete.
  func abandon() {
    if !isDone { output.abandon() }
  }
}
