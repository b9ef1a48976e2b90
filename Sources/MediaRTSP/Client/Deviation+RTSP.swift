public import MediaModel

/// What servers of RTSP do otherwise than RFC 2326 has it.
extension Deviation.Code {
  // MARK: Messages

  /// An answer without `CSeq`, or with another than was asked for.
  public static let rtspWrongSequenceNumber = code("cseq", "RFC 2326 §12.17")
  /// An answer to nothing that was asked.
  public static let rtspUnexpectedAnswer = code("answer-unexpected", "RFC 2326 §12.17")
  /// Bytes between messages and packets that are neither.
  public static let rtspJunk = code("junk", "RFC 2326 §10.12")
  /// `OPTIONS` refused.
  public static let rtspOptionsRefused = code("options-refused", "RFC 2326 §10.1")

  // MARK: Descriptions

  /// A description without its type, or with another one.
  public static let rtspContentType = code("content-type", "RFC 2326 §12.16")
  /// A base without scheme or host, or on another host.
  public static let rtspBase = code("base", "RFC 2326 §12.11")
  /// A control attribute that leads to another host.
  public static let rtspControlElsewhere = code("control-elsewhere", "RFC 2326 C.1.1")

  // MARK: Sessions

  /// `SETUP` answered without a session.
  public static let rtspNoSession = code("session-missing", "RFC 2326 §12.37")
  /// Another session than before.
  public static let rtspSessionChanged = code("session-changed", "RFC 2326 §12.37")
  /// `SETUP` answered without a transport that can be read.
  public static let rtspNoTransport = code("transport-missing", "RFC 2326 §12.39")
  /// Another transport than was asked for.
  public static let rtspOtherTransport = code("transport-other", "RFC 2326 §12.39")
  /// Channels other than those asked for, or none said.
  public static let rtspOtherChannels = code("channels-other", "RFC 2326 §12.39")
  /// Channels that another track has already.
  public static let rtspSharedChannels = code("channels-shared", "RFC 2326 §12.39")
  /// A sign of life refused.
  public static let rtspKeepAliveRefused = code("keepalive-refused", "RFC 2326 §10.8")

  // MARK: Playing

  /// Playing all tracks at once refused.
  public static let rtspAggregateRefused = code("play-aggregate-refused", "RFC 2326 §11.3.10")
  /// A `Range` refused that says no more than from the beginning.
  public static let rtspRangeRefused = code("play-range-refused", "RFC 2326 §12.29")
  /// No `RTP-Info`, or not of all tracks.
  public static let rtspNoStreamInfo = code("rtp-info-missing", "RFC 2326 §12.33")
  /// Packets before the answer to `PLAY`.
  public static let rtspEarlyPackets = code("packets-early", "RFC 2326 §10.5")
  /// Packets on a channel that nobody set up.
  public static let rtspUnknownChannel = code("channel-unknown", "RFC 2326 §10.12")

  private static func code(_ name: String, _ section: String) -> Self {
    Self("rtsp-\(name)", section)
  }
}
