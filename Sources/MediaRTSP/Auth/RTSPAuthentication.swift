import MediaBytes

/// Proves to a server who asks, by Digest (RFC 7616) or Basic (RFC 7617).
///
/// Of what a server offers the strongest is answered first, and the next only where that is rejected:
/// some offer what they cannot check. After three rejections it is over, as cameras lock accounts.
public struct RTSPAuthentication: Sendable {
  /// What to do after a 401.
  public enum Step: Hashable, Sendable {
    /// Ask again, with the new `authorization`.
    case retry
    /// Give up.
    case refused(Refusal)
  }

  /// Why there is no use in going on.
  public enum Refusal: Hashable, Sendable {
    /// The server asks who we are, and nobody has said.
    case credentialsMissing
    /// No way that was offered was accepted.
    case credentialsWrong
    /// Neither Digest of a known kind nor Basic.
    case unknownScheme
    /// A 401 that offers nothing.
    case noChallenge
  }

  struct Account: Sendable {
    var user: String
    var password: String
  }

  private enum Way {
    case digest(RTSPDigest)
    case basic

    /// What tells ways apart, the stronger first.
    var rank: Int {
      switch self {
      case .digest(let digest): digest.algorithm.rank
      case .basic: 4
      }
    }
  }

  private static let longestTry = 3

  private let account: Account?
  private let functions: RTSPFunctions
  private var way: Way?
  /// Ranks of the ways that were rejected since one was accepted.
  private var rejected: Set<Int> = []
  private var rejections = 0
  /// Whether the answer in use was accepted before.
  private var isProven = false

  /// Makes one for a user and a password, percent-decoded; nil where the URL has none.
  public init(user: String?, password: String?, functions: RTSPFunctions) {
    account = user.map { Account(user: $0, password: password ?? "") }
    self.functions = functions
  }

  /// Whether the password goes out in clear text (RFC 7617 §4).
  public var isBasic: Bool {
    if case .basic? = way { return true }
    return false
  }

  /// What `Authorization` says of a request; nil before a server has asked.
  public mutating func authorization(_ request: RTSPRequest) -> String? {
    guard let account, let way else { return nil }
    switch way {
    case .basic:
      return "Basic " + Base64.encode(Array("\(account.user):\(account.password)".utf8))
    case .digest(var digest):
      let clientNonce = RTSPDigest.hexadecimal(functions.randomBytes(8))
      let answer = digest.answer(account, request, clientNonce: clientNonce, functions)
      self.way = .digest(digest)
      return answer
    }
  }

  /// Takes note that a request with an answer was accepted.
  public mutating func succeeded() {
    guard way != nil else { return }
    (isProven, rejected, rejections) = (true, [], 0)
  }

  /// Takes the challenges of a 401.
  ///
  /// - Parameters:
  ///   - challenges: all that the answer offers.
  ///   - wasAnswered: whether the rejected request had an `Authorization`.
  /// - Returns: What to do next.
  public mutating func take(_ challenges: [RTSPChallenge], wasAnswered: Bool) -> Step {
    guard !challenges.isEmpty else { return .refused(.noChallenge) }
    guard account != nil else { return .refused(.credentialsMissing) }
    if wasAnswered, let way {
      let isStale = challenges.contains { $0["stale"]?.isSameToken(as: "true") ?? false }
      rejections += 1
      guard rejections < Self.longestTry else { return .refused(.credentialsWrong) }
      // A nonce that ran out says nothing against the way, nor does one that was accepted before.
      if !isStale, !isProven { rejected.insert(way.rank) }
      isProven = false
    }
    let ways = challenges.compactMap(Self.way).sorted { $0.rank < $1.rank }
    guard !ways.isEmpty else { return .refused(.unknownScheme) }
    guard let next = ways.first(where: { !rejected.contains($0.rank) }) else {
      return .refused(.credentialsWrong)
    }
    way = next
    return .retry
  }

  private static func way(_ challenge: RTSPChallenge) -> Way? {
    if challenge.scheme.isSameToken(as: "Basic") { return .basic }
    return RTSPDigest(challenge).map { .digest($0) }
  }
}

extension RTSPAuthentication.Refusal: CustomStringConvertible {
  /// A sentence without its full stop.
  public var description: String {
    switch self {
    case .credentialsMissing: "the server wants a user and a password (rtsp://user:password@...)"
    case .credentialsWrong: "the server does not accept this user and password"
    case .unknownScheme: "the server wants an authentication other than Digest or Basic"
    case .noChallenge: "the server says 401 without saying what it wants"
    }
  }
}

extension RTSPAuthentication: CustomStringConvertible, CustomReflectable {
  /// Which way is used, without what it says.
  public var description: String {
    switch way {
    case nil: "nothing asked"
    case .basic: "Basic"
    case .digest(let digest): "Digest \(digest.algorithm.rawValue)"
    }
  }

  /// The description alone.
  public var customMirror: Mirror { Mirror(self, children: ["way": description]) }
}
