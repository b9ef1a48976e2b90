/// The parts of a URL that matter to us: where it leads, and what in it is secret.
///
/// RFC 3986 §3, but passwords may hold `@` and `/` unescaped, as cameras' users write them.
struct MediaURL: Equatable {
  var scheme: String
  var user: String?
  var password: String?
  /// Without the brackets of IPv6; nil where the URL has none.
  var host: String?
  var port: UInt16?
  /// Something stands where the port would, and is none.
  var hasBadPort = false
  /// From the first `/` on, query and fragment included.
  var rest: String

  /// Splits `text`; nil unless it begins with `scheme://`.
  init?(_ text: String) {
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    let scheme = text[..<colon]
    let tail = text[text.utf8.index(after: colon)...]
    guard let first = scheme.utf8.first, Self.isLetter(first), tail.hasPrefix("//"),
      scheme.utf8.allSatisfy({
        Self.isLetter($0) || (48...57).contains($0) || "+-.".utf8.contains($0)
      })
    else { return nil }
    self.scheme = scheme.lowercased()
    let body = tail.dropFirst(2)
    let end = Self.authorityEnd(body)
    let authority = body[..<end]
    rest = String(body[end...])
    var address = authority
    if let at = authority.lastIndex(of: "@") {
      let information = authority[..<at]
      address = authority[authority.index(after: at)...]
      if let colon = information.firstIndex(of: ":") {
        user = String(information[..<colon])
        password = String(information[information.index(after: colon)...])
      } else {
        user = String(information)
      }
    }
    let portText: Substring?
    (host, portText) = Self.hostAndPort(address)
    port = portText.flatMap { UInt16($0) }
    hasBadPort = portText != nil && port == nil
  }

  /// `0.0.0.0` forms, names and bracketed IPv6, with an optional port.
  private static func hostAndPort(_ address: Substring) -> (String?, Substring?) {
    var name = address
    var port: Substring?
    if address.hasPrefix("["), let bracket = address.firstIndex(of: "]") {
      name = address[address.index(after: address.startIndex)..<bracket]
      let tail = address[address.index(after: bracket)...]
      port = tail.isEmpty ? nil : tail.drop { $0 == ":" }
    } else if let colon = address.lastIndex(of: ":") {
      name = address[..<colon]
      port = address[address.index(after: colon)...]
    }
    return (name.isEmpty ? nil : String(name), port)
  }

  /// The authority ends at the first `/`, `?` or `#`; but where that would make a password the
  /// port (`user:pa/ss@host`), it ends at the first one behind the next `@`.
  private static func authorityEnd(_ body: Substring) -> Substring.Index {
    func delimiter(from start: Substring.Index) -> Substring.Index {
      body[start...].firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? body.endIndex
    }
    let end = delimiter(from: body.startIndex)
    let authority = body[..<end]
    guard !authority.contains("@"), !authority.hasPrefix("["),
      let colon = authority.lastIndex(of: ":"),
      UInt16(authority[authority.index(after: colon)...]) == nil,
      let at = body[end...].firstIndex(of: "@")
    else { return end }
    return delimiter(from: at)
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (65...90).contains(byte) || (97...122).contains(byte)
  }

  /// The URL, which was given as `text`, for FFmpeg: it compares schemes by case and has no plain
  /// `mms`.
  func spelledForFFmpeg(_ text: String) -> String {
    (scheme == "mms" ? "mmsh" : scheme) + text.dropFirst(scheme.utf8.count)
  }

  /// The port that a scheme means when none is given.
  var effectivePort: UInt16 {
    if let port { return port }
    switch scheme {
    case "http", "mmsh": return 80
    case "https": return 443
    case "rtmp": return 1935
    case "rtmps": return 443
    case "rtsp": return 554
    case "rtsps": return 322
    case "mms", "mmst": return 1755
    case "ftp": return 21
    default: return 0
    }
  }

  /// The URL with everything secret replaced by `***`.
  ///
  /// Secret are the password, query values whose name says so, and the last part of an RTMP path:
  /// the stream key.
  var masked: String {
    var text = scheme + "://"
    if let user { text += user + (password == nil ? "" : ":***") + "@" }
    if let host { text += host.contains(":") ? "[\(host)]" : host }
    if let port { text += ":\(port)" } else if hasBadPort { text += ":?" }
    return text + maskedRest
  }

  private var maskedRest: String {
    let question = rest.firstIndex(of: "?") ?? rest.endIndex
    var path = String(rest[..<question])
    if isRTMP, let slash = path.lastIndex(of: "/"), path[path.index(after: slash)...].count > 0,
      path.filter({ $0 == "/" }).count > 1
    {
      path = path[...slash] + "***"
    }
    guard question < rest.endIndex else { return path }
    let query = rest[rest.index(after: question)...].split(
      separator: "&", omittingEmptySubsequences: false)
    return path + "?"
      + query.map { part in
        guard let equals = part.firstIndex(of: "="), Self.isSecretName(part[..<equals]) || isRTMP
        else { return String(part) }
        return part[...equals] + "***"
      }.joined(separator: "&")
  }

  private var isRTMP: Bool { scheme.hasPrefix("rtmp") }

  static func isSecretName(_ name: some StringProtocol) -> Bool {
    let name = name.lowercased()
    let words = [
      "pass", "pwd", "token", "key", "secret", "auth", "sign", "credential", "session", "jwt",
      "policy", "hdnts", "hdnea", "hmac", "md5", "streamid", "access",
    ]
    return words.contains { name.contains($0) } || ["sig", "st"].contains(name)
  }

  /// The secret parts, as they stand in the URL.
  var secrets: [String] {
    var secrets: [String] = []
    if let password { secrets.append(password) }
    let question = rest.firstIndex(of: "?") ?? rest.endIndex
    if isRTMP, let slash = rest[..<question].lastIndex(of: "/"),
      rest[..<question].filter({ $0 == "/" }).count > 1
    {
      secrets.append(String(rest[rest.index(after: slash)..<question]))
    }
    if question < rest.endIndex {
      for part in rest[rest.index(after: question)...].split(separator: "&") {
        guard let equals = part.firstIndex(of: "="), Self.isSecretName(part[..<equals]) || isRTMP
        else { continue }
        secrets.append(String(part[part.index(after: equals)...]))
      }
    }
    return secrets.filter { !$0.isEmpty }
  }
}
