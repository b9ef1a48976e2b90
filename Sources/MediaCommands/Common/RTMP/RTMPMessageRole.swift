internal import MediaRTMP

/// What a message of a stream is good for, to a receiver that joins late.
enum RTMPMessageRole: Hashable, Sendable {
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

  /// Whether the message counts as a frame.
  var isFrame: Bool {
    switch self {
    case .picture, .sound: true
    case .metadata, .configuration, .other: false
    }
  }
}
