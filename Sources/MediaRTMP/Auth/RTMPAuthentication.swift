import MediaBytes

/// Proves to a server who publishes, over as many connections as its scheme takes.
///
/// Adobe's and Limelight's servers reject `connect` with words that name the scheme, reject the next
/// one, which names the user, with words that hold a challenge, and accept the third, which answers
/// it. What the next connection must say is `query`, behind `app` and `tcUrl`. After one full round
/// the answer stands.
public struct RTMPAuthentication: Hashable, Sendable {
  /// The schemes, by their `authmod`.
  public enum Scheme: String, Hashable, Sendable {
    /// Adobe's.
    case adobe
    /// Limelight's, which is much like HTTP's Digest.
    case limelight = "llnw"
  }

  /// What to do after a rejection.
  public enum Step: Hashable, Sendable {
    /// The rejection is about something else.
    case notAsked
    /// Connect again, with the new `query`.
    case reconnect
    /// Give up.
    case refused(Refusal)
  }

  /// Why there is no use in going on.
  public enum Refusal: Hashable, Sendable {
    /// The server asks who publishes, and the URL has neither user nor password.
    case credentialsMissing
    /// The server does not know the user, or the password is not the user's.
    case credentialsWrong
    /// Neither Adobe's nor Limelight's scheme.
    case unknownScheme
    /// The server asks for an answer that cannot be given: it sent no challenge.
    case noChallenge
    /// The server asks once more for what it has been told.
    case repeated
  }

  private enum Stage { case beginning, named, answered }

  private let user: String?
  private let password: String?
  private var stage = Stage.beginning
  /// What stands behind `app` and `tcUrl` in the next `connect`, without its `?`; nil for nothing.
  public private(set) var query: String?

  /// Makes one for the user and the password of a URL, percent-decoded.
  public init(user: String?, password: String?) {
    (self.user, self.password) = (user, password)
  }

  /// Takes the words with which the server rejected `connect`.
  ///
  /// - Parameters:
  ///   - words: `description` of the rejection.
  ///   - app: `app` as the URL has it, without `query`.
  ///   - nonce: eight hexadecimal digits that are new each time.
  ///   - md5: the hash function of RFC 1321.
  /// - Returns: What to do next.
  public mutating func answer(
    _ words: String, app: String, nonce: String, md5: ([UInt8]) -> [UInt8]
  ) -> Step {
    guard let challenge = RTMPAuthChallenge(words) else { return .notAsked }
    guard stage != .answered else { return .refused(.credentialsWrong) }
    if let reason = challenge["reason"], reason != "needauth" {
      return .refused(.credentialsWrong)
    }
    guard let user, let password, !user.isEmpty else { return .refused(.credentialsMissing) }
    guard let scheme = challenge.scheme else { return .refused(.unknownScheme) }
    let named = "authmod=\(scheme.rawValue)&user=\(PercentCoding.encodeQueryValue(user))"
    guard challenge["reason"] != nil else {
      // Only the scheme: name the user to be given a challenge.
      guard stage == .beginning else { return .refused(.repeated) }
      (stage, query) = (.named, named)
      return .reconnect
    }
    let account = Account(user: user, password: password)
    let answer =
      switch scheme {
      case .adobe: challenge.adobeAnswer(account, nonce: nonce, md5: md5)
      case .limelight: challenge.limelightAnswer(account, app: app, nonce: nonce, md5: md5)
      }
    guard let answer else { return .refused(.noChallenge) }
    (stage, query) = (.answered, "\(named)&\(answer)")
    return .reconnect
  }
}

extension RTMPAuthentication: CustomStringConvertible, CustomReflectable {
  /// How far it is, without what it says.
  public var description: String {
    switch stage {
    case .beginning: "nothing said"
    case .named: "user named"
    case .answered: "challenge answered"
    }
  }

  /// The description alone.
  public var customMirror: Mirror { Mirror(self, children: ["stage": description]) }
}

extension RTMPAuthentication.Refusal: CustomStringConvertible {
  /// A sentence without its full stop.
  public var description: String {
    switch self {
    case .credentialsMissing: "the server wants a user and a password (rtmp://user:password@...)"
    case .credentialsWrong: "the server does not accept this user and password"
    case .unknownScheme: "the server wants an authentication other than adobe or llnw"
    case .noChallenge: "the server wants an answer but sent no challenge"
    case .repeated: "the server asks for the user again after it has been named"
    }
  }
}
