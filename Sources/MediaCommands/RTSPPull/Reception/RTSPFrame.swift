internal import MediaModel
internal import MediaRTP

/// A frame of a presentation that is played.
struct RTSPFrame {
  /// Its timestamp goes on over jumps of the sender's, within a connection.
  var frame: RTPFrame
  var track: RTPTrack
  /// Of the track in the presentation.
  var index: Int
  /// When it was complete, by the monotonic clock.
  var now: Nanoseconds
  /// The same since 1970.
  var wall: Nanoseconds
  /// When it was taken, by the sender's clock as its reports tell it, since 1970; nil where they do
  /// not, or where that clock was never set.
  var senderClock: Nanoseconds?
}
