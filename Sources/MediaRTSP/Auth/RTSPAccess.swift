import MediaBytes

/// Whom a server lets in, and how they prove who they are.
public struct RTSPAccess: Sendable {
  /// What is asked for in a challenge.
  public enum Way: String, Hashable, Sendable {
    /// RFC 7617.
    case basic
    /// Digest by MD5 (RFC 7616).
    case md5 = "MD5"
    /// Digest by MD5, its key made once a session.
    case md5Session = "MD5-sess"
    /// Digest by SHA-256.
    case sha256 = "SHA-256"
    /// Digest by SHA-256, its key made once a session.
    case sha256Session = "SHA-256-sess"
  }

  /// The one user there is.
  public var user: String
  /// The user's password.
  public var password: String
  /// What the password is for.
  public var realm = "mediatool"
  /// What is offered, in this order.
  public var ways: [Way]
  /// Whether Digest wants `qop=auth`.
  public var wantsProtection = false
  /// How often a nonce is good; nil for ever.
  public var nonceUses: Int?

  /// Makes one of Digest with MD5, unless other ways are given.
  public init(user: String, password: String, ways: [Way] = [.md5]) {
    (self.user, self.password, self.ways) = (user, password, ways)
  }
}

extension RTSPAccess: CustomStringConvertible, CustomReflectable {
  /// What is asked for, without whom and the password.
  public var description: String { ways.map(\.rawValue).joined(separator: ", ") }
  /// The description alone.
  public var customMirror: Mirror { Mirror(self, children: ["ways": description]) }
}

/// Checks the proofs of one connection.
struct RTSPGuard: Sendable {
  private let access: RTSPAccess
  private let functions: RTSPFunctions
  private var nonce: String
  private var uses = 0
  /// The highest count that came with the nonce: a lower one is somebody else's copy.
  private var lastCount: UInt32 = 0
  private var isStale = false

  init(_ access: RTSPAccess, _ functions: RTSPFunctions) {
    (self.access, self.functions) = (access, functions)
    nonce = RTSPDigest.hexadecimal(functions.randomBytes(16))
  }

  /// Whether the request proves who asks; if not, `challenges` say what is wanted.
  mutating func admits(_ request: RTSPRequest) -> Bool {
    isStale = false
    guard let text = request.headers["Authorization"],
      let answer = RTSPChallenge.parse(text).first
    else { return false }
    if answer.scheme.isSameToken(as: "Basic") {
      let proof = Base64.encode(Array("\(access.user):\(access.password)".utf8))
      return access.ways.contains(.basic) && text.fields().dropFirst().first == proof
    }
    return answer.scheme.isSameToken(as: "Digest") && admits(answer, request)
  }

  private mutating func admits(_ answer: RTSPChallenge, _ request: RTSPRequest) -> Bool {
    let name = answer["algorithm"] ?? RTSPAccess.Way.md5.rawValue
    guard let way = access.ways.first(where: { $0.rawValue.isSameToken(as: name) }),
      way != .basic, answer["username"] == access.user, answer["realm"] == access.realm,
      answer["uri"] == request.uri, let given = answer["nonce"],
      let digest = RTSPDigest(challenge(way, given))
    else { return false }
    let account = RTSPAuthentication.Account(user: access.user, password: access.password)
    let count = answer["nc"] ?? ""
    let proof = digest.response(
      account, request, uses: count, clientNonce: answer["cnonce"] ?? "", functions)
    guard answer["response"] == proof else { return false }
    guard given == nonce, uses < access.nonceUses ?? .max else {
      renew()
      return false
    }
    if access.wantsProtection {
      guard let number = UInt32(count, radix: 16), number > lastCount else { return false }
      lastCount = number
    }
    uses += 1
    return true
  }

  private mutating func renew() {
    nonce = RTSPDigest.hexadecimal(functions.randomBytes(16))
    (uses, lastCount, isStale) = (0, 0, true)
  }

  /// The values of `WWW-Authenticate`, one for each way.
  var challenges: [String] {
    access.ways.map { way in
      guard way != .basic else { return "Basic realm=\"\(access.realm)\"" }
      var text = "Digest realm=\"\(access.realm)\", nonce=\"\(nonce)\""
      // Old clients know no other one, and stumble over its name.
      if way != .md5 { text += ", algorithm=\(way.rawValue)" }
      if access.wantsProtection { text += ", qop=\"auth\"" }
      return text + (isStale ? ", stale=true" : "")
    }
  }

  private func challenge(_ way: RTSPAccess.Way, _ nonce: String) -> RTSPChallenge {
    var parameters = ["realm": access.realm, "nonce": nonce, "algorithm": way.rawValue]
    if access.wantsProtection { parameters["qop"] = "auth" }
    return RTSPChallenge("Digest", parameters)
  }
}
