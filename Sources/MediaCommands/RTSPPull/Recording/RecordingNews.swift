internal import MediaModel

/// A file of a recording that is complete.
struct RecordedFile: Equatable, Sendable {
  var path: String
  /// When its first frame came, and when its last one was over: nanoseconds since 1970.
  var start: Nanoseconds
  var end: Nanoseconds
  /// Pictures, or frames of sound where there are none.
  var frames: Int
  /// How long its media lasts.
  var duration: Nanoseconds
  var byteCount: Int64
}

/// What becomes of a recording.
enum RecordingNews: Equatable, Sendable {
  /// A file was begun.
  case opened(String)
  case closed(RecordedFile)
  /// Media did not come for a while, and does again.
  case gap(RecordingGap)
  /// Something is not in the recording, or not as one might expect.
  case note(String)
  /// Frames go on with another configuration: how, and where they are now.
  case configuration(String)
  /// The picture was written to a path.
  case snapshot(String)
}
