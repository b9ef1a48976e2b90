internal import MediaFLV
internal import MediaRTMP

/// A message of a stream to be published, and what it means to a receiver that joins late.
struct PushMessage: Hashable, Sendable {
  /// What a message is good for.
  enum Role: Hashable, Sendable {
    /// `onMetaData`.
    case metadata
    /// A sequence header, or whatever else holds until it is sent anew.
    case configuration(Configuration)
    /// A picture.
    case picture(Picture)
    /// Sound.
    case sound
    /// Anything else, which goes along.
    case other
  }

  /// What a picture depends on.
  enum Picture: Hashable, Sendable {
    /// Nothing: decoding can begin here.
    case key
    /// Nothing, but it is of a further track: decoding begins where the first track's key picture
    /// of the same time is.
    case furtherKey
    /// Others before it.
    case inter
  }

  /// What a configuration replaces: the one before of the same kind and tracks.
  struct Configuration: Hashable, Sendable {
    var type: RTMPMessageType
    var packetType: UInt8
    var tracks: [UInt8]
  }

  var type: RTMPMessageType
  /// The timestamp in milliseconds, which goes on where 32 bits end.
  var time: Int64
  /// When to send it: milliseconds since the first, never less than that of the one before.
  var position: Int64 = 0
  /// The body of an FLV tag.
  var payload: [UInt8]
  var role: Role
  /// The codec where the body is one of Enhanced RTMP.
  var fourCC: MediaFLV.FourCC?

  /// The timestamp as it is sent.
  var timestamp: UInt32 { UInt32(truncatingIfNeeded: time) }

  /// Whether it counts as a frame.
  var isFrame: Bool {
    switch role {
    case .picture, .sound: true
    case .metadata, .configuration, .other: false
    }
  }
}
