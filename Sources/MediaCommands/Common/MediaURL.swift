/// The parts of a URL that matter to us: where it leads, and what in it is secret.
///
/// RFC 3986 §3, but passwords may hold `@` and `/` unescaped, as cameras' users write them. It is
/// taken apart byte by byte: a mark behind a delimiter would make another Character of it, and so
/// hide where a password begins.
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
    let tail = text.behind(colon).utf8
    guard let first = scheme.utf8.first, Self.isLetter(first), tail.starts(with: "//".utf8),
      scheme.utf8.allSatisfy(Self.isInScheme)
    else { return nil }
    self.scheme = scheme.lowercased()
    let body = Substring(tail.dropFirst(2))
    let end = Self.authorityEnd(body)
    let authority = body[..<end]
    rest = String(body[end...])
    var address = authority
    if let at = authority.last("@") {
      let information = authority[..<at]
      address = authority.behind(at)
      if let colon = information.first(":") {
        user = String(information[..<colon])
        password = String(information.behind(colon))
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
    if address.first("[") == address.startIndex, let bracket = address.first("]") {
      name = address[..<bracket].behind(address.startIndex)
      let tail = address.behind(bracket)
      port = tail.isEmpty ? nil : Substring(tail.utf8.drop { $0 == UInt8(ascii: ":") })
    } else if let colon = address.last(":") {
      name = address[..<colon]
      port = address.behind(colon)
    }
    return (name.isEmpty ? nil : String(name), port)
  }

  /// The authority ends at the first `/`, `?` or `#`; but where that would make a password the
  /// port (`user:pa/ss@host`), it ends at the first one behind the next `@`.
  private static func authorityEnd(_ body: Substring) -> Substring.Index {
    func delimiter(from start: Substring.Index) -> Substring.Index {
      body[start...].utf8.firstIndex { "/?#".utf8.contains($0) } ?? body.endIndex
    }
    let end = delimiter(from: body.startIndex)
    let authority = body[..<end]
    guard authority.first("@") == nil, authority.first("[") != authority.startIndex,
      let colon = authority.last(":"), UInt16(authority.behind(colon)) == nil,
      let at = body[end...].first("@")
    else { return end }
    return delimiter(from: at)
  }

  /// Whether schemes may have this byte in them.
  static func isInScheme(_ byte: UInt8) -> Bool {
    isLetter(byte) || (48...57).contains(byte) || "+-.".utf8.contains(byte)
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
    if let host { text += host.first(":") != nil ? "[\(host)]" : host }
    if let port { text += ":\(port)" } else if hasBadPort { text += ":?" }
    return text + maskedRest
  }

  private var maskedRest: String {
    var text = String(path)
    if let streamKey { text = path[..<streamKey.startIndex] + "***" }
    guard let query else { return text }
    return text + "?"
      + query.map { part in
        secretValue(part).map { part[..<$0.startIndex] + "***" } ?? String(part)
      }.joined(separator: "&")
  }

  private var path: Substring { rest[..<(rest.first("?") ?? rest.endIndex)] }

  /// The parts of the query; nil where there is none.
  private var query: [Substring]? {
    rest.first("?").map { question in
      rest.behind(question).utf8.split(
        separator: UInt8(ascii: "&"), omittingEmptySubsequences: false
      ).map { Substring($0) }
    }
  }

  /// The last part of an RTMP path of two and more.
  private var streamKey: Substring? {
    guard isRTMP, let slash = path.last("/"), path.first("/") != slash else { return nil }
    let key = path.behind(slash)
    return key.isEmpty ? nil : key
  }

  /// What a part of the query gives to a name that says it is secret.
  private func secretValue(_ part: Substring) -> Substring? {
    guard let equals = part.first("="), Self.isSecretName(part[..<equals]) || isRTMP else {
      return nil
    }
    return part.behind(equals)
  }

  private var isRTMP: Bool { scheme.hasPrefix("rtmp") }

  static func isSecretName(_ name: some StringProtocol) -> Bool {
    let name = name.lowercased()
    let words = [
      "pass", "pwd", "token", "key", "secret", "auth", "sign", "credential", "session", "jwt",
      "policy", "hdnts", "hdnea", "hmac", "md5", "streamid", "access",
    ]
    return words.contains { name.utf8.contains($0.utf8) } || ["sig", "st"].contains(name)
  }

  /// The secret parts, as they stand in the URL.
  var secrets: [String] {
    var secrets = [password, streamKey.map { String($0) }].compactMap(\.self)
    secrets += (query ?? []).compactMap { secretValue($0).map { String($0) } }
    return secrets.filter { !$0.isEmpty }
  }
}

extension StringProtocol where SubSequence == Substring, UTF8View: BidirectionalCollection {
  fileprivate func first(_ mark: Unicode.Scalar) -> Index? {
    utf8.firstIndex(of: UInt8(ascii: mark))
  }

  fileprivate func last(_ mark: Unicode.Scalar) -> Index? {
    utf8.lastIndex(of: UInt8(ascii: mark))
  }

  /// What stands behind the byte at `index`.
  fileprivate func behind(_ index: Index) -> Substring { self[utf8.index(after: index)...] }
}
