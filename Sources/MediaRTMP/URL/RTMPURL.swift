import MediaBytes

/// Where to publish to or play from: `rtmp[s]://[user:password@]host[:port]/app[/instance]/key`.
///
/// The path is split as FFmpeg and librtmp do: of three or more parts the first two are the
/// application and its instance, unless the second has a colon (`mp4:folder/file`) and so begins
/// the key. An empty part (`app//folder/key`) ends the application wherever it stands. The query
/// belongs to the key; a query behind the application alone belongs to that, as in
/// `rtmp://host/app?token/key`. Slashes at the end mean nothing. Neither application nor key are
/// percent-decoded, which no server expects; user and password are, once.
public struct RTMPURL: Hashable, Sendable {
  /// What carries the connection.
  public enum Scheme: String, Hashable, Sendable {
    /// Plain TCP.
    case rtmp
    /// TLS over TCP.
    case rtmps

    /// The port where the URL has none: 1935 or 443.
    public var defaultPort: UInt16 {
      switch self {
      case .rtmp: 1935
      case .rtmps: 443
      }
    }
  }

  /// What carries the connection.
  public var scheme: Scheme
  /// A name or an address; IPv6 without its brackets.
  public var host: String
  /// The port to connect to.
  public var port: UInt16
  /// The user, for authentication; nil where there is none.
  public var user: String?
  /// The password, for authentication; nil where there is none.
  public var password: String?
  /// `app` of `connect`, with its instance and query if it has them (Adobe RTMP 1.0 §7.2.1.1).
  public var app: String
  /// What to publish or play, with its query: a secret where one publishes.
  public var streamKey: String
  /// `tcUrl` of `connect`: all but user, password and key.
  public var tcURL: String
}

/// What a caller says of a connection instead of its URL, as rtmpdump's options do.
///
/// Where only one of `app` and `streamKey` is given, what the URL's path has besides is the other.
public struct RTMPURLOverrides: Hashable, Sendable {
  /// `app` of `connect`.
  public var app: String?
  /// What to publish or play.
  public var streamKey: String?
  /// `tcUrl` of `connect`.
  public var tcURL: String?

  /// Makes overrides of what is given.
  public init(app: String? = nil, streamKey: String? = nil, tcURL: String? = nil) {
    (self.app, self.streamKey, self.tcURL) = (app, streamKey, tcURL)
  }
}

/// Why a text is no URL to connect to; it never repeats a part that may be secret.
public enum RTMPURLError: Error, Hashable, Sendable {
  /// Nothing before `://`.
  case noScheme
  /// A scheme that is known but not spoken, such as `rtmpt` or `rtmpe`, or any other one.
  case unsupportedScheme(String)
  /// No host, or one with characters that no host has.
  case invalidHost
  /// A port that is no number of 1...65535.
  case invalidPort
  /// Neither application nor key.
  case noPath
  /// A space or a control character: librtmp's options within the URL are not understood.
  case invalidCharacter
}

// MARK: - Parsing

extension RTMPURL {
  /// Takes a URL apart.
  ///
  /// - Throws: `RTMPURLError`.
  public init(
    _ text: String, overrides: RTMPURLOverrides = RTMPURLOverrides()
  ) throws(RTMPURLError) {
    guard !text.utf8.contains(where: { $0 <= 0x20 || $0 == 0x7f }) else { throw .invalidCharacter }
    guard let (schemeText, rest) = URLAuthority.splitScheme(text) else { throw .noScheme }
    guard let scheme = Scheme(rawValue: schemeText) else {
      throw .unsupportedScheme(String(schemeText.prefix(16)))
    }
    let end = rest.utf8.firstIndex { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "?") }
    let authority: URLAuthority
    do {
      authority = try URLAuthority(rest[..<(end ?? rest.endIndex)])
    } catch .host {
      throw .invalidHost
    } catch {
      throw .invalidPort
    }
    let path = RTMPPath(rest[(end ?? rest.endIndex)...], overrides: overrides)
    guard !(path.app.isEmpty && path.streamKey.isEmpty) else { throw .noPath }
    self.scheme = scheme
    (host, user, password) = (authority.host, authority.user, authority.password)
    port = authority.port ?? scheme.defaultPort
    (app, streamKey) = (path.app, path.streamKey)
    let place = "\(scheme.rawValue)://\(authority.place)"
    tcURL = overrides.tcURL ?? (app.isEmpty ? place : "\(place)/\(app)")
  }
}

// MARK: - Going elsewhere

extension RTMPURL {
  /// The URL to go on with after a request to reconnect: the same key at another place.
  ///
  /// - Parameter reference: `tcUrl` of the request, absolute or relative to that of this URL
  ///   (Enhanced RTMP v2, NetConnection onStatus); nil for the same place.
  /// - Returns: Where to connect next.
  /// - Throws: `RTMPURLError` where it leads nowhere.
  public func reconnecting(to reference: String?) throws(RTMPURLError) -> RTMPURL {
    guard let reference, !reference.isEmpty else { return self }
    let absolute: String
    if reference.utf8.starts(with: "//".utf8) {
      absolute = "\(scheme.rawValue):\(reference)"
    } else if reference.utf8.starts(with: "/".utf8) {
      absolute = "\(scheme.rawValue)://\(place)\(reference)"
    } else if reference.contains("://") {
      absolute = reference
    } else {
      let folder = app.split(atByte: UInt8(ascii: "?"))[0].split(atByte: UInt8(ascii: "/"))
      let path = (folder.dropLast() + [Substring(reference)]).joined(separator: "/")
      absolute = "\(scheme.rawValue)://\(place)/\(path)"
    }
    // All of its path is the application: the key is not the server's to choose.
    var next = try RTMPURL(absolute, overrides: RTMPURLOverrides(streamKey: streamKey))
    if next.user == nil { (next.user, next.password) = (user, password) }
    return next
  }

  /// Host and port as a URL has them, the port only where it is not the scheme's.
  var place: String {
    let name = host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]" : host
    return port == scheme.defaultPort ? name : "\(name):\(port)"
  }
}

// MARK: - Showing

extension RTMPURL: CustomStringConvertible, CustomReflectable {
  /// Where it leads, without secrets: `rtmp://host/app/***`.
  public var description: String {
    var text = "\(scheme.rawValue)://\(place)"
    let parts = app.split(atByte: UInt8(ascii: "?"), maxSplits: 1)
    if let path = parts.first, !path.isEmpty { text += "/\(path)" }
    if parts.count > 1 { text += "?***" }
    return streamKey.isEmpty ? text : text + "/***"
  }

  /// The description alone, so that no dump shows more.
  public var customMirror: Mirror { Mirror(self, children: ["url": description]) }
}

extension RTMPURLError: CustomStringConvertible {
  /// A sentence without its full stop.
  public var description: String {
    switch self {
    case .noScheme: "it does not begin with rtmp:// or rtmps://"
    case .unsupportedScheme(let scheme):
      "\(scheme):// is not supported, only rtmp:// and rtmps:// are"
    case .invalidHost: "it has no valid host"
    case .invalidPort: "its port is not a number from 1 to 65535"
    case .noPath: "it has neither an application nor a stream key"
    case .invalidCharacter: "it has a space or a control character in it"
    }
  }
}
