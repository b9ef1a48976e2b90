/// Why a connection cannot go on.
///
/// The text holds no words of ours that might be secret: what was seen is told in numbers and in
/// the peer's own protocol words.
public struct RTMPError: Error, Hashable, Sendable {
  /// Who broke the rules.
  public enum Fault: Hashable, Sendable {
    /// The peer sent what no rule allows, or what we refuse to hold.
    case peer
    /// We were asked for what cannot be done.
    case local
  }

  /// What sort of failure it is; more are declared where they arise.
  public struct Kind: RawRepresentable, Hashable, Sendable {
    /// A stable word.
    public let rawValue: String

    /// Any word.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// Bytes that the specification rules out and that nothing sensible follows from.
    public static let malformed = Self(rawValue: "malformed")
    /// Lawful perhaps, but more than the limits given.
    public static let overLimit = Self(rawValue: "over-limit")
    /// The peer speaks, but not RTMP.
    public static let otherProtocol = Self(rawValue: "other-protocol")
    /// A variant of RTMP that is not known here.
    public static let unsupported = Self(rawValue: "unsupported")
  }

  /// What sort of failure it is.
  public let kind: Kind
  /// The field or the dialogue step, in the words of the specification.
  public let field: String
  /// What there was.
  public let seen: String
  /// What there should have been; empty where nothing can be said.
  public let expectation: String
  /// Where in the bytes of its direction, from the first of the handshake; nil where no byte is.
  public let offset: Int?
  /// Who broke the rules.
  public let fault: Fault

  /// Makes an error, by default of the peer.
  public init(
    _ kind: Kind, _ field: String, seen: String, expected expectation: String = "",
    at offset: Int? = nil, fault: Fault = .peer
  ) {
    self.kind = kind
    self.field = field
    self.seen = seen
    self.expectation = expectation
    self.offset = offset
    self.fault = fault
  }
}

extension RTMPError: CustomStringConvertible {
  /// One line, such as `Set Chunk Size at byte 3089: 0, expected 1 to 2147483647`.
  public var description: String {
    let place = offset.map { " at byte \($0)" } ?? ""
    return "\(field)\(place): \(seen)" + (expectation.isEmpty ? "" : ", expected \(expectation)")
  }
}
