import MediaBytes

/// The words of a rejection that asks for authentication.
///
/// Such as `[ AccessManager.Reject ] : [ code=403 need auth; authmod=adobe ] : `, then
/// `[ AccessManager.Reject ] : [ authmod=adobe ] : ?reason=needauth&user=U&salt=S&challenge=C`.
struct RTMPAuthChallenge {
  /// The scheme; nil where it is one that is not known.
  var scheme: RTMPAuthentication.Scheme?
  private var parameters = RTMPAuthParameters("")

  /// Reads the words; nil where they do not speak of authentication.
  init?(_ words: String) {
    guard let mode = Self.value(after: "authmod=", in: words) else { return nil }
    scheme = RTMPAuthentication.Scheme(rawValue: mode.lowercased())
    guard let mark = words.utf8.lastIndex(of: UInt8(ascii: "?")) else { return }
    let query = words[words.utf8.index(after: mark)...].utf8.prefix { $0 > 0x20 }
    parameters = RTMPAuthParameters(Substring(query))
  }

  /// The value of a parameter behind the question mark.
  subscript(name: String) -> String? { parameters[name] }

  private static func value(after name: String, in words: String) -> String? {
    let bytes = [UInt8](words.utf8)
    let needle = [UInt8](name.utf8)
    guard bytes.count >= needle.count else { return nil }
    for start in 0...bytes.count - needle.count
    where bytes[start...].starts(with: needle) {
      let value = bytes[(start + needle.count)...].prefix {
        (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0)
      }
      return String(decoding: value, as: UTF8.self)
    }
    return nil
  }

  // MARK: Answers

  /// The answer to Adobe's challenge.
  func adobeAnswer(
    _ account: RTMPAuthentication.Account, nonce: String, md5: ([UInt8]) -> [UInt8]
  ) -> String? {
    guard let salt = self["salt"], let theirs = self["opaque"] ?? self["challenge"] else {
      return nil
    }
    let response = account.adobeResponse(salt: salt, challenge: theirs, nonce: nonce, md5: md5)
    let opaque = self["opaque"].map { "&opaque=\($0)" } ?? ""
    return "challenge=\(nonce)&response=\(response)\(opaque)"
  }

  /// The answer to Limelight's challenge.
  func limelightAnswer(
    _ account: RTMPAuthentication.Account, app: String, nonce: String,
    md5: ([UInt8]) -> [UInt8]
  ) -> String? {
    guard let theirs = self["nonce"] else { return nil }
    let response = account.limelightResponse(app: app, challenge: theirs, nonce: nonce, md5: md5)
    return "nonce=\(theirs)&cnonce=\(nonce)&nc=00000001&response=\(response)"
  }
}

/// What stands in a query, as it stands there.
struct RTMPAuthParameters {
  private var values: [(name: Substring, value: Substring)] = []

  init(_ query: Substring) {
    for part in query.split(atByte: UInt8(ascii: "&")) {
      let pair = part.split(atByte: UInt8(ascii: "="), maxSplits: 1)
      if pair.count == 2 { values.append((pair[0], pair[1])) }
    }
  }

  subscript(name: String) -> String? {
    values.first { $0.name == name }.map { String($0.value) }
  }
}

extension RTMPAuthentication {
  /// A user and the password, and what follows from them; the nonce is the client's.
  struct Account {
    var user: String
    var password: String

    /// Base64 of the MD5 of: Base64 of the MD5 of user, salt and password; then `opaque`, or the
    /// challenge where there is none; then our own challenge.
    func adobeResponse(
      salt: String, challenge: String, nonce: String, md5: ([UInt8]) -> [UInt8]
    ) -> String {
      func hash(_ text: String) -> String { Base64.encode(md5([UInt8](text.utf8))) }
      return hash(hash(user + salt + password) + challenge + nonce)
    }

    /// Digest (RFC 2617 3.2.2.1) with a realm, a method and a count that never change.
    func limelightResponse(
      app: String, challenge: String, nonce: String, md5: ([UInt8]) -> [UInt8]
    ) -> String {
      func hash(_ text: String) -> String { md5([UInt8](text.utf8)).hexadecimal }
      let path = app.split(atByte: UInt8(ascii: "?"))[0]
      // Without an instance the application's default one is meant.
      let instance = path.utf8.contains(UInt8(ascii: "/")) ? "" : "/_definst_"
      let first = hash("\(user):live:\(password)")
      let second = hash("publish:/\(path)\(instance)")
      return hash("\(first):\(challenge):00000001:\(nonce):auth:\(second)")
    }
  }
}

extension [UInt8] {
  /// Two small digits for each byte.
  var hexadecimal: String {
    reduce(into: "") { text, byte in text += (byte < 16 ? "0" : "") + String(byte, radix: 16) }
  }
}
