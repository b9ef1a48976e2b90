internal import MediaIO
internal import MediaModel
internal import MediaRTMP

/// How every URL is published to.
struct PushOptions {
  /// Nanoseconds of silence in any phase.
  var timeout: Nanoseconds = 10_000_000_000
  /// Nanoseconds without a byte accepted.
  var stall: Nanoseconds = 10_000_000_000
  /// Milliseconds of media that may wait for a URL.
  var queue: Int64 = 5000
  /// Whether reading waits for the slowest, instead of dropping.
  var isLossless = false
  /// Tries after a failure; nil for ever.
  var retries: Int? = 0
  /// Whether codecs that the server does not offer are an error.
  var isStrict = false
  /// For `rtmps`.
  var tls: TLSContext?
  /// What clients say, but for the URL.
  var client: (RTMPURL) -> RTMPClientOptions = { RTMPClientOptions($0, .publish()) }
}

/// What happens to an output.
enum PushNews {
  /// The server takes media; how long it took to get there.
  case publishing(RTMPPhases)
  /// A connection was lost or refused; nanoseconds until the next try, or nil for none.
  case lost(Failure, retry: Nanoseconds?)
  /// The server wants us elsewhere.
  case moving(to: RTMPURL)
  /// Everything was sent, and the server has let go.
  case finished
  /// Something a user should know.
  case warning(String)
  /// The server said something.
  case status(RTMPStatus)
  /// The server does something otherwise than the specification has it.
  case deviation(Deviation)
  /// A message, where they are asked for.
  case trace(RTMPTrace)
}
