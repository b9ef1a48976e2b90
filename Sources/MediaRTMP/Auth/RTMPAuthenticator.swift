import MediaBytes

/// Asks publishers who they are as Adobe's and Limelight's servers do, and checks what they answer:
/// the server's side of `RTMPAuthentication`.
///
/// One of them serves all connections, for a client answers on another one than it was asked on.
public struct RTMPAuthenticator: Sendable {
  /// The scheme that is spoken.
  public let scheme: RTMPAuthentication.Scheme
  private let functions: RTMPFunctions
  private let password: @Sendable (String) -> String?
  private let salt: String
  /// Challenges that wait for their answer, the oldest first.
  private var challenges: [String] = []

  private static let maxChallengeCount = 1000

  /// Makes one.
  ///
  /// - Parameters:
  ///   - scheme: the scheme to speak.
  ///   - functions: hashes and randomness.
  ///   - password: the password of a user; nil where there is no such user.
  public init(
    _ scheme: RTMPAuthentication.Scheme, functions: RTMPFunctions,
    password: @escaping @Sendable (String) -> String?
  ) {
    (self.scheme, self.functions, self.password) = (scheme, functions, password)
    salt = Base64.encode(functions.randomBytes(6))
  }

  /// Judges a `connect` by its `app`.
  ///
  /// - Returns: What to reject it with; nil where the client has proved who it is. A challenge is
  ///   good for one answer.
  public mutating func judge(app: String) -> RTMPStatus? {
    let parts = app.split(atByte: UInt8(ascii: "?"), maxSplits: 1)
    let query = RTMPAuthParameters(parts.count == 2 ? parts[1] : "")
    guard query["authmod"] == scheme.rawValue, let user = query["user"] else {
      return Self.rejection("code=403 need auth; authmod=\(scheme.rawValue)", "")
    }
    guard let response = query["response"] else {
      return rejection("needauth&user=\(user)&\(newChallenge())")
    }
    let name = PercentCoding.decode(user)
    guard let challenge = query[scheme == .adobe ? "opaque" : "nonce"],
      let index = challenges.firstIndex(of: challenge), let password = password(name),
      response
        == expected(
          .init(user: name, password: password), app: String(parts[0]), challenge, query)
    else { return rejection("authfailed") }
    challenges.remove(at: index)
    return nil
  }

  private func expected(
    _ account: RTMPAuthentication.Account, app: String, _ challenge: String,
    _ query: RTMPAuthParameters
  ) -> String? {
    switch scheme {
    case .adobe:
      query["challenge"].map {
        account.adobeResponse(salt: salt, challenge: challenge, nonce: $0, md5: functions.md5)
      }
    case .limelight:
      query["cnonce"].map {
        account.limelightResponse(app: app, challenge: challenge, nonce: $0, md5: functions.md5)
      }
    }
  }

  /// A challenge as it stands in a rejection.
  private mutating func newChallenge() -> String {
    let challenge = Base64.encode(functions.randomBytes(12))
    if challenges.count == Self.maxChallengeCount { challenges.removeFirst() }
    challenges.append(challenge)
    return switch scheme {
    case .adobe: "salt=\(salt)&challenge=\(challenge)&opaque=\(challenge)"
    case .limelight: "nonce=\(challenge)"
    }
  }

  private func rejection(_ reason: String) -> RTMPStatus {
    Self.rejection("authmod=\(scheme.rawValue)", "?reason=\(reason)")
  }

  /// Clients go by the very words.
  private static func rejection(_ mode: String, _ reason: String) -> RTMPStatus {
    RTMPStatus(
      level: "error", code: "NetConnection.Connect.Rejected",
      description: "[ AccessManager.Reject ] : [ \(mode) ] : \(reason)")
  }
}
