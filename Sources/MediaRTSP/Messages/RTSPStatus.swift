/// How a request ended, in a number and the server's own words (RFC 2326 §7.1.1).
public struct RTSPStatus: Hashable, Sendable {
  /// Three digits.
  public var code: Int
  /// What the server says to people; may be empty.
  public var reason: String

  /// Makes it of a number, with its usual words unless others are given.
  public init(_ code: Int, _ reason: String? = nil) {
    self.code = code
    self.reason = reason ?? Self.reasons[code] ?? ""
  }

  /// Whether what was asked for is done.
  public var isSuccess: Bool { (200..<300).contains(code) }
  /// Whether it is to be had elsewhere.
  public var isRedirection: Bool { (300..<400).contains(code) && code != 304 }
  /// Whether it is `unauthorized`.
  public var isUnauthorized: Bool { code == 401 }

  /// Whether servers answer so to a transport that they do not want: the one word for it, and what
  /// others say instead.
  var isOfTransport: Bool { [400, 406, 451, 456, 461, 462].contains(code) }

  /// Done.
  public static let ok = Self(200)
  /// The request is not understood.
  public static let badRequest = Self(400)
  /// The server wants to know who asks (RFC 9110 §15.5.2).
  public static let unauthorized = Self(401)
  /// There is no such presentation.
  public static let notFound = Self(404)
  /// Not this method, here.
  public static let methodNotAllowed = Self(405)
  /// There is no such session, or no more.
  public static let sessionNotFound = Self(454)
  /// Not this method, now.
  public static let methodNotValidInThisState = Self(455)
  /// Not by this transport.
  public static let unsupportedTransport = Self(461)
  /// The server does not know the method.
  public static let notImplemented = Self(501)
  /// The server does not know what `Require` asks.
  public static let optionNotSupported = Self(551)

  private static let reasons: [Int: String] = [
    100: "Continue", 200: "OK", 201: "Created", 250: "Low on Storage Space",
    301: "Moved Permanently", 302: "Moved Temporarily", 303: "See Other",
    305: "Use Proxy", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 406: "Not Acceptable", 408: "Request Time-out", 410: "Gone",
    451: "Parameter Not Understood", 452: "Conference Not Found", 453: "Not Enough Bandwidth",
    454: "Session Not Found", 455: "Method Not Valid in This State",
    456: "Header Field Not Valid for Resource", 457: "Invalid Range",
    459: "Aggregate Operation Not Allowed", 460: "Only Aggregate Operation Allowed",
    461: "Unsupported Transport", 462: "Destination Unreachable",
    500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway",
    503: "Service Unavailable", 505: "RTSP Version Not Supported", 551: "Option Not Supported",
  ]
}

extension RTSPStatus: CustomStringConvertible {
  /// `404 Not Found`.
  public var description: String { reason.isEmpty ? "\(code)" : "\(code) \(reason)" }
}
