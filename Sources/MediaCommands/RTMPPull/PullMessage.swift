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
