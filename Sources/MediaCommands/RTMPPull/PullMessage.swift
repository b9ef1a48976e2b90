internal import MediaFLV
internal import MediaModel
internal import MediaRTMP

/// A message on the line of time of what is recorded.
struct PullMessage: Equatable, Sendable {
  var type: FLVTagType
  /// Milliseconds from the first frame on.
  var time: Int64
  /// The timestamp as the server sent it.
  var timestamp: UInt32
  /// The body of an FLV tag.
  var payload: [UInt8]
  var role: RTMPMessageRole

  /// Whether it counts as a frame.
  var isFrame: Bool { role.isFrame }
}

/// Where media did not come for a while.
struct PullGap: Equatable, Sendable {
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
