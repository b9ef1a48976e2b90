import MediaBytes
public import MediaFLV

/// The information object of `onStatus`, `_result` and `_error` (Adobe RTMP 1.0 §7.2.2).
public struct RTMPStatus: Hashable, Sendable {
  /// `status`, `warning` or `error`; empty where it is missing.
  public var level: String
  /// What happened, such as `NetStream.Publish.Start`; empty where it is missing.
  public var code: String
  /// The server's own words; empty where it has none.
  public var description: String
  /// `tcUrl`: where a request to reconnect leads; nil for the same place.
  public var reconnectReference: String?

  /// Makes a status.
  public init(level: String = "status", code: String, description: String = "") {
    (self.level, self.code, self.description) = (level, code, description)
  }

  /// Reads the first information object among the values of a command; nil where there is none.
  ///
  /// Control characters are replaced, and long texts cut, so that all of it can be shown.
  public init?(_ values: some Sequence<AMFValue>) {
    let object = values.first { $0["code"]?.text != nil }
    guard let object = object ?? values.first(where: { $0["description"]?.text != nil }) else {
      return nil
    }
    level = object["level"]?.text?.printable ?? ""
    code = object["code"]?.text?.printable ?? ""
    description = (object["description"]?.text ?? object["details"]?.text ?? "").printable
    reconnectReference = object["tcUrl"]?.text
  }

  /// The object to write.
  public var value: AMFValue {
    var properties = [
      AMFProperty("level", .string(AMFString(level))),
      AMFProperty("code", .string(AMFString(code))),
      AMFProperty("description", .string(AMFString(description))),
    ]
    if let reconnectReference {
      properties.append(AMFProperty("tcUrl", .string(AMFString(reconnectReference))))
    }
    return .object(AMFObject(properties))
  }

  /// The same with `***` for secrets.
  public func masked(_ secrets: RTMPSecrets) -> RTMPStatus {
    var copy = self
    copy.level = secrets.masked(level)
    copy.code = secrets.masked(code)
    copy.description = secrets.masked(description)
    copy.reconnectReference = reconnectReference.map(secrets.masked)
    return copy
  }
}

// MARK: - What it means

extension RTMPStatus {
  /// What a status means to a client; the refusals differ in what can be done about them.
  public enum Kind: Hashable, Sendable {
    /// `connect` succeeded.
    case connected
    /// The server takes what is published.
    case publishing
    /// Publishing has ended.
    case unpublished
    /// The server sends what is played.
    case playing
    /// Nothing is played any more: its end, or its publisher's.
    case playEnded
    /// The server asks to connect to the same or another place (Enhanced RTMP v2).
    case reconnectRequest
    /// The server ends the connection.
    case closed
    /// There is nothing of that name.
    case notFound
    /// Another publisher has the name.
    case nameTaken
    /// The server wants to know who we are, or does not like who we are.
    case unauthorized
    /// Any other refusal.
    case refused
    /// Nothing to act upon.
    case other
  }

  private static let kinds: [String: Kind] = [
    "NetConnection.Connect.Success": .connected,
    "NetConnection.Connect.Rejected": .refused,
    "NetConnection.Connect.Failed": .refused,
    "NetConnection.Connect.InvalidApp": .refused,
    "NetConnection.Connect.AppShutdown": .closed,
    "NetConnection.Connect.Closed": .closed,
    "NetConnection.Connect.IdleTimeout": .closed,
    "NetConnection.Connect.ReconnectRequest": .reconnectRequest,
    "NetStream.Publish.Start": .publishing,
    "NetStream.Record.Start": .publishing,
    "NetStream.Publish.BadName": .nameTaken,
    "NetStream.Publish.Denied": .refused,
    "NetStream.Publish.Rejected": .refused,
    "NetStream.Publish.Failed": .refused,
    "NetStream.Publish.Unauthorized": .unauthorized,
    "NetStream.Unpublish.Success": .unpublished,
    "NetStream.Play.Start": .playing,
    "NetStream.Play.Stop": .playEnded,
    "NetStream.Play.Complete": .playEnded,
    "NetStream.Play.UnpublishNotify": .playEnded,
    "NetStream.Play.StreamNotFound": .notFound,
    "NetStream.Play.FileNotFound": .notFound,
    "NetStream.Play.Failed": .refused,
    "NetStream.Play.NoSupportedTrackFound": .refused,
    "NetStream.Play.FileStructureInvalid": .refused,
    "NetStream.Failed": .refused,
  ]

  /// What it means; where the code says too little, the server's words decide.
  public var kind: Kind {
    let kind = Self.kinds[code] ?? (isError ? .refused : .other)
    guard kind == .refused else { return kind }
    let words = "\(code) \(description)".lowercased()
    for sign in ["authmod=", "need auth", "reason=authfailed", "reason=nosuchuser", "unauthorized"]
    where words.contains(sign) {
      return .unauthorized
    }
    return .refused
  }

  /// Whether `level` says that something went wrong.
  public var isError: Bool { level.lowercased() == "error" }

  /// One line for people, such as `NetStream.Publish.BadName: Already publishing`.
  public var text: String {
    switch (code.isEmpty, description.isEmpty) {
    case (false, false): "\(code): \(description)"
    case (false, true): code
    case (true, false): description
    case (true, true): "no reason given"
    }
  }
}
