internal import MediaBitstream
internal import MediaBytes
internal import MediaFLV
internal import MediaModel

/// What a track's configuration, or its frames' own headers, say of it.
struct CodecInfo {
  var profile: String?
  var level: String?
  var width: Int?
  var height: Int?
  var sampleRate: Int?
  var channels: Int?
  var channelLayout: String?

  /// The facts in a few words, such as `h264 High@4.1 1280x720`.
  var words: String { "" }

  init(_ stream: FLVStream) {
    width = stream.pictureSize?.width
    height = stream.pictureSize?.height
    sampleRate = stream.soundHeader?.sampleRate
    channels = stream.soundHeader?.channels
  }
}
