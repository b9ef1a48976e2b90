import MediaBytes

/// Where a presentation is to be had: `rtsp[s]://[user:password@]host[:port]/path[?query]`
/// (RFC 2326 §3.2, RFC 7826 §4.2).
///
/// Path and query stay as they are written, as servers compare them byte by byte; user and password
/// are percent-decoded, and passwords may have `@` and `/` in them as they are.
public struct RTSPURL: Hashable, Sendable {
  /// What carries the connection.
  public enum Scheme: String, Hashable, Sendable {
    /// Plain TCP.
    case rtsp
    /// TLS over TCP.
    case rtsps

    /// The port where the URL has none: 554 or 322.
    public var defaultPort: UInt16 {
      switch self {
      case .rtsp: 554
      case .rtsps: 322
      }
    }
  }

  /// What carries the connection.
  public var scheme: Scheme
  /// A name or an address; IPv6 without its brackets.
  public var host: String
  /// The port to connect to.
  public var port: UInt16
  /// nil where there is none.
  public var user: String?
  /// nil where there is none.
  public var password: String?
  /// Path and query, from the first `/` or `?` on; empty where there is neither.
  public var path: String
  /// Host and port as they were written.
  private(set) var place: String
  /// Whether the port was written.
  private(set) var isPortGiven: Bool

  /// Takes a URL apart.
  ///
  /// - Throws: `RTSPURLError`.
  public init(_ text: String) throws(RTSPURLError) {
    guard !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f }) else { throw .invalidCharacter }
    guard let (schemeText, rest) = URLAuthority.splitScheme(text) else { throw .noScheme }
    guard let scheme = Scheme(rawValue: schemeText) else {
      throw .unsupportedScheme(String(schemeText.prefix(16)))
    }
    let end = Self.authorityEnd(rest)
    do {
      let authority = try URLAuthority(rest[..<end])
      (host, user, password) = (authority.host, authority.user, authority.password)
      (port, place) = (authority.port ?? scheme.defaultPort, authority.place)
      isPortGiven = authority.port != nil
    } catch .host {
      throw .invalidHost
    } catch {
      throw .invalidPort
    }
    self.scheme = scheme
    // A fragment is no server's business (RFC 3986 §3.5).
    path = String(Substring(rest[end...].utf8.prefix { $0 != UInt8(ascii: "#") }))
  }

  /// What requests say: all but user and password.
  public var requestURI: String { "\(scheme.rawValue)://\(place)\(path)" }

  /// The authority ends at the first `/`, `?` or `#`; but where that would make a password the port
  /// (`user:pa/ss@host`), at the first one behind the last `@`.
  private static func authorityEnd(_ text: Substring) -> Substring.Index {
    func end(from start: Substring.Index) -> Substring.Index {
      text[start...].utf8.firstIndex { "/?#".utf8.contains($0) } ?? text.endIndex
    }
    let first = end(from: text.startIndex)
    guard !text[..<first].utf8.contains(UInt8(ascii: "@")),
      let colon = text[..<first].utf8.lastIndex(of: UInt8(ascii: ":")),
      text.utf8.first != UInt8(ascii: "["),
      UInt16(text[text.utf8.index(after: colon)..<first]) == nil,
      let at = text.utf8.lastIndex(of: UInt8(ascii: "@"))
    else { return first }
    return end(from: at)
  }
}

/// Why a text is no URL to connect to; it never repeats a part that may be secret.
public enum RTSPURLError: Error, Hashable, Sendable {
  /// Nothing before `://`.
  case noScheme
  /// A scheme that is known but not spoken, such as `rtspu`, or any other one.
  case unsupportedScheme(String)
  /// No host, or one with characters that no host has.
  case invalidHost
  /// A port that is no number of 1...65535.
  case invalidPort
  /// A space or a control character.
  case invalidCharacter
}

// MARK: - Going elsewhere

extension RTSPURL {
  /// Where a redirection leads: the same account at another place.
  ///
  /// - Parameter location: `Location` of the answer, absolute or from the first `/` on.
  /// - Returns: Where to connect next.
  /// - Throws: `RTSPURLError` where it leads nowhere, or from TLS to plain TCP.
  public func redirected(to location: String) throws(RTSPURLError) -> RTSPURL {
    var next: RTSPURL
    if location.utf8.first == UInt8(ascii: "/") {
      next = self
      next.path = location
    } else {
      next = try RTSPURL(location)
    }
    // What was asked for in secret must not be told in the open.
    guard scheme == .rtsp || next.scheme == .rtsps else {
      throw .unsupportedScheme(next.scheme.rawValue)
    }
    if next.user == nil { (next.user, next.password) = (user, password) }
    return next
  }
}

// MARK: - Control URLs

extension RTSPURL {
  /// The URI that a presentation's control attributes are relative to (RFC 2326 C.1.1, §12.11).
  ///
  /// `Content-Base`, else `Content-Location`, else the URI of the request. A base without scheme or
  /// host gets ours; one of another host too, as devices behind routers tell their inner address.
  public func base(contentBase: String?, contentLocation: String?) -> String {
    for text in [contentBase, contentLocation] {
      guard let text = text?.trimmed, !text.isEmpty else { continue }
      if let base = here(text) { return base }
      if text.utf8.first == UInt8(ascii: "/") { return origin + text }
      // `192.168.1.64/stream`, or `192.168.1.64:554/stream`.
      if let slash = text.utf8.firstIndex(of: UInt8(ascii: "/")),
        (try? URLAuthority(text[..<slash])) != nil, !text.contains("://")
      {
        return origin + text[slash...]
      }
    }
    return requestURI
  }

  /// The URI of what a `control` attribute names, within a presentation of base `base`.
  ///
  /// Relative ones are put behind the base, whole with its query, with one `/` between, as servers
  /// expect; RFC 3986 would say otherwise. `*`, or nothing, is the base itself.
  public func control(_ attribute: String?, base: String) -> String {
    guard let attribute = attribute?.trimmed, !attribute.isEmpty, attribute != "*" else {
      return base
    }
    if let absolute = here(attribute) { return absolute }
    if attribute.utf8.first == UInt8(ascii: "?") { return base + attribute }
    let start = base.utf8.last == UInt8(ascii: "/") ? String(Substring(base.utf8.dropLast())) : base
    let end = Substring(attribute.utf8.drop { $0 == UInt8(ascii: "/") })
    return "\(start)/\(end)"
  }

  /// An absolute URI as one of this host and scheme; nil for any other text.
  private func here(_ text: String) -> String? {
    guard let (scheme, rest) = URLAuthority.splitScheme(text),
      Scheme(rawValue: scheme) != nil
    else { return nil }
    return origin + rest[Self.authorityEnd(rest)...]
  }

  private var origin: String { "\(scheme.rawValue)://\(place)" }
}

// MARK: - Showing

extension RTSPURL: CustomStringConvertible, CustomReflectable {
  /// Where it leads, without user and password; of a query only that there is one.
  public var description: String {
    let (path, query) = path.cut(at: "?")
    return origin + path + (query == nil ? "" : "?***")
  }

  /// The description alone, so that no dump shows more.
  public var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}

extension RTSPURLError: CustomStringConvertible {
  /// A sentence without its full stop.
  public var description: String {
    switch self {
    case .noScheme: "it does not begin with rtsp:// or rtsps://"
    case .unsupportedScheme(let scheme):
      "\(scheme):// is not supported, only rtsp:// and rtsps:// are"
    case .invalidHost: "it has no valid host"
    case .invalidPort: "its port is not a number from 1 to 65535"
    case .invalidCharacter: "it has a space or a control character in it"
    }
  }
}
