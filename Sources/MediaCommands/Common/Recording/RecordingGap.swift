internal import MediaJSON
internal import MediaModel

/// Where media did not come for a while.
struct RecordingGap: Equatable, Sendable {
  /// Milliseconds of the recording in front of it, up to its last frame.
  var position: Int64
  /// Milliseconds from that frame to the next.
  var length: Int64
  /// Why it arose.
  var reason: String
  /// When the last frame before it came, and the first behind it: nanoseconds since 1970.
  var begin: Nanoseconds
  var end: Nanoseconds
  /// Whether timestamps began anew, so that its length is that of the wall clock.
  var isNewTime: Bool
  /// Frames that came again and were left out.
  var repeated = 0
}

extension RecordingGap {
  /// As an object of a document, and a line of `--gaps`.
  static let report = Report<RecordingGap>([
    .real("position", "Seconds of the recording in front of it, up to its last frame") {
      Double($0.position) / 1000
    },
    .real("length", "Seconds from that frame to the next") { Double($0.length) / 1000 },
    .string("reason", "Why it arose") { $0.reason },
    .real("begin", "When the last frame before it came, seconds since 1970-01-01T00:00:00Z") {
      Double($0.begin / 1_000_000) / 1000
    },
    .real("end", "When the first behind it came") { Double($0.end / 1_000_000) / 1000 },
    .bool("new_time", "Timestamps began anew, so that its length is that of the wall clock") {
      $0.isNewTime
    },
    .integer("repeated", "Frames that came again and were left out") { $0.repeated },
  ])
}

extension RecordingGap: CustomStringConvertible {
  var description: String {
    let length = Quantity.seconds(Double(length) / 1000)
    return "gap of \(length) at \(Quantity.time(Double(position) / 1000)): \(reason)"
  }
}
