public import MediaModel

extension Deviation.Code {
  // MARK: Of either side

  /// A command that cannot be read, or not whole.
  public static let damagedCommand = Self("command-damaged", "Adobe RTMP 1.0 §7.1.1")
  /// A command written otherwise than its type has it.
  public static let oddCommand = Self("command-odd", "Adobe RTMP 1.0 §7.1.1")
  /// A command without the number of its transaction.
  public static let noTransactionID = Self("command-no-transaction", "Adobe RTMP 1.0 §7.2")
  /// A command that is not known.
  public static let unknownCommand = Self("command-unknown", "Adobe RTMP 1.0 §7.2")
  /// A message of a type that is not known.
  public static let unknownMessageType = Self("message-type-unknown", "Adobe RTMP 1.0 §7.1")

  // MARK: Of servers

  /// An answer with the number of another call, or of none.
  public static let answerToNothing = Self("answer-unmatched", "Adobe RTMP 1.0 §7.2")
  /// An answer that had to be matched by what it says.
  public static let answerByContent = Self("answer-wrong-transaction", "Adobe RTMP 1.0 §7.2")
  /// `connect` answered by `onStatus` instead of `_result`.
  public static let connectAnsweredByStatus = Self("connect-onstatus", "Adobe RTMP 1.0 §7.2.1.1")
  /// `createStream` answered without the number of a stream.
  public static let noStreamID = Self("createstream-no-id", "Adobe RTMP 1.0 §7.2.1.3")
  /// `publish` answered by `_result` alone.
  public static let publishAnsweredByResult = Self("publish-result-only", "Adobe RTMP 1.0 §7.2.2.6")
  /// A status of publishing that means it began, under another name.
  public static let oddPublishStatus = Self("publish-status-odd", "Adobe RTMP 1.0 §7.2.2.6")
  /// A status before the call that it answers.
  public static let earlyStatus = Self("status-early", "Adobe RTMP 1.0 §7.2.2")
  /// The status of a stream on another one.
  public static let statusOnOtherStream = Self("status-other-stream", "Adobe RTMP 1.0 §7.2.2")
  /// An `onStatus` without an information object.
  public static let statusWithoutInformation = Self("status-empty", "Adobe RTMP 1.0 §7.2.2")
  /// Media before `NetStream.Play.Start`.
  public static let mediaBeforeStart = Self("media-before-start", "Adobe RTMP 1.0 §7.2.2.1")
  /// Media on another stream than the one that plays.
  public static let mediaOnOtherStream = Self("media-other-stream", "Adobe RTMP 1.0 §7.1")
  /// A request to reconnect to a place that is none.
  public static let badReconnectURL = Self(
    "reconnect-bad-url", "Enhanced RTMP v2, NetConnection onStatus")
  /// Media that a server sends to a publisher.
  public static let mediaToPublisher = Self("media-to-publisher", "Adobe RTMP 1.0 §7.1")
}

extension Deviation.Code {
  // MARK: Of clients

  /// A command before `connect`.
  public static let earlyCommand = Self("command-before-connect", "Adobe RTMP 1.0 §7.2.1.1")
  /// `publish` or `play` on a stream that was not created.
  public static let streamNotCreated = Self("stream-not-created", "Adobe RTMP 1.0 §7.2.1.3")
  /// Media on a stream that publishes nothing.
  public static let mediaWithoutStream = Self("media-unpublished", "Adobe RTMP 1.0 §7.1")
}
