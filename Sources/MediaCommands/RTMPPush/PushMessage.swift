internal import MediaFLV
internal import MediaRTMP

/// A message of a stream to be published.
struct PushMessage: Hashable, Sendable {
  var type: RTMPMessageType
  /// The timestamp in milliseconds, which goes on where 32 bits end.
  var time: Int64
  /// When to send it: milliseconds since the first, never less than that of the one before.
  var position: Int64 = 0
  /// The body of an FLV tag.
  var payload: [UInt8]
  var role: RTMPMessageRole
  /// The codec where the body is one of Enhanced RTMP.
  var fourCC: FourCC?

  /// The timestamp as it is sent.
  var timestamp: UInt32 { UInt32(truncatingIfNeeded: time) }

  /// Whether it counts as a frame.
  var isFrame: Bool { role.isFrame }
}
