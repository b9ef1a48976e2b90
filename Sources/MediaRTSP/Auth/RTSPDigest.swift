import MediaBytes

/// The functions that authentication needs and that this library does not bring.
public struct RTSPFunctions: Sendable {
  /// That many bytes which nobody can guess.
  public var randomBytes: @Sendable (Int) -> [UInt8]
  /// RFC 1321: 16 bytes.
  public var md5: @Sendable ([UInt8]) -> [UInt8]
  /// FIPS 180-4: 32 bytes.
  public var sha256: @Sendable ([UInt8]) -> [UInt8]

  /// Makes it of functions.
  public init(
    randomBytes: @escaping @Sendable (Int) -> [UInt8],
    md5: @escaping @Sendable ([UInt8]) -> [UInt8],
    sha256: @escaping @Sendable ([UInt8]) -> [UInt8]
  ) {
    (self.randomBytes, self.md5, self.sha256) = (randomBytes, md5, sha256)
  }
}

/// Answers to one Digest challenge (RFC 7616 §3.4).
struct RTSPDigest {
  enum Algorithm: String {
    case md5 = "md5"
    case md5Session = "md5-sess"
    case sha256 = "sha-256"
    case sha256Session = "sha-256-sess"

    /// Whether the nonces belong to the password's hash.
    var isSession: Bool { self == .md5Session || self == .sha256Session }

    /// The stronger first.
    var rank: Int {
      switch self {
      case .sha256Session: 0
      case .sha256: 1
      case .md5Session: 2
      case .md5: 3
      }
    }
  }

  enum Protection: String {
    case authentication = "auth"
    case integrity = "auth-int"
  }

  let algorithm: Algorithm
  private let realm: String
  private let nonce: String
  private let opaque: String?
  /// As the server writes it, where it does.
  private let algorithmName: String?
  private let protection: Protection?
  private let hashesUser: Bool
  /// How many requests the nonce was used for.
  private var count: UInt32 = 0

  /// nil for a challenge that is none of Digest, or of an unknown kind.
  init?(_ challenge: RTSPChallenge) {
    guard challenge.scheme.isSameToken(as: "Digest"), let nonce = challenge["nonce"] else {
      return nil
    }
    let name = challenge["algorithm"].flatMap { $0.isEmpty ? nil : $0 }
    guard let algorithm = Algorithm(rawValue: (name ?? "md5").lowercased()) else { return nil }
    let offered = (challenge["qop"] ?? "").parts(",").map { $0.trimmed.lowercased() }
    let protections = offered.compactMap(Protection.init(rawValue:))
    if let only = offered.first, !only.isEmpty, protections.isEmpty { return nil }
    self.algorithm = algorithm
    (realm, self.nonce, opaque) = (challenge["realm"] ?? "", nonce, challenge["opaque"])
    algorithmName = name
    protection = protections.contains(.authentication) ? .authentication : protections.first
    hashesUser = challenge["userhash"]?.isSameToken(as: "true") ?? false
  }

  /// The value of `Authorization` for a request; each call uses the nonce once more.
  mutating func answer(
    _ account: RTSPAuthentication.Account, _ request: RTSPRequest, clientNonce: String,
    _ functions: RTSPFunctions
  ) -> String {
    count &+= 1
    let user = hashesUser ? hash("\(account.user):\(realm)", functions) : account.user
    let uses = String(count, radix: 16)
    let nc = String(repeating: "0", count: 8 - uses.utf8.count) + uses
    let response = response(account, request, uses: nc, clientNonce: clientNonce, functions)
    var text = "Digest username=\(Self.quoted(user)), realm=\(Self.quoted(realm)), "
    text += "nonce=\(Self.quoted(nonce)), uri=\(Self.quoted(request.uri)), "
    text += "response=\"\(response)\""
    if let protection { text += ", qop=\(protection.rawValue), nc=\(nc)" }
    if protection != nil || algorithm.isSession { text += ", cnonce=\"\(clientNonce)\"" }
    if let algorithmName { text += ", algorithm=\(algorithmName)" }
    if let opaque { text += ", opaque=\(Self.quoted(opaque))" }
    if hashesUser { text += ", userhash=true" }
    return text
  }

  /// What proves that the password is known (RFC 7616 §3.4.1); `uses` in eight digits.
  func response(
    _ account: RTSPAuthentication.Account, _ request: RTSPRequest, uses: String,
    clientNonce: String, _ functions: RTSPFunctions
  ) -> String {
    var secret = hash("\(account.user):\(realm):\(account.password)", functions)
    if algorithm.isSession { secret = hash("\(secret):\(nonce):\(clientNonce)", functions) }
    var question = "\(request.method):\(request.uri)"
    if protection == .integrity { question += ":" + hash(bytes: request.body, functions) }
    let between = protection.map { "\(uses):\(clientNonce):\($0.rawValue):" } ?? ""
    return hash("\(secret):\(nonce):\(between)\(hash(question, functions))", functions)
  }

  private func hash(_ text: String, _ functions: RTSPFunctions) -> String {
    hash(bytes: Array(text.utf8), functions)
  }

  private func hash(bytes: [UInt8], _ functions: RTSPFunctions) -> String {
    let isMD5 = algorithm == .md5 || algorithm == .md5Session
    return Self.hexadecimal(isMD5 ? functions.md5(bytes) : functions.sha256(bytes))
  }

  private static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = [UInt8(ascii: "\"")]
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        bytes.append(UInt8(ascii: "\\"))
      }
      bytes.append(byte)
    }
    return String(decoding: bytes + [UInt8(ascii: "\"")], as: UTF8.self)
  }

  static func hexadecimal(_ bytes: [UInt8]) -> String {
    var digits: [UInt8] = []
    for byte in bytes {
      for value in [byte >> 4, byte & 15] {
        digits.append(value < 10 ? 0x30 + value : 0x57 + value)
      }
    }
    return String(decoding: digits, as: UTF8.self)
  }
}
