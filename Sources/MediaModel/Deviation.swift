/// Something that a peer does otherwise than a specification says, and how we coped.
public struct Deviation: Hashable, Sendable {
  /// A kind of deviation; protocols declare theirs.
  public struct Code: Hashable, Sendable {
    /// A stable name in small letters, such as `rtsp-no-cseq`.
    public let name: String
    /// The clause that says otherwise.
    public let section: String

    /// Makes a code, which must have one meaning for ever.
    public init(_ name: String, _ section: String) { (self.name, self.section) = (name, section) }
  }

  /// What kind it is.
  public let code: Code
  /// What the peer did.
  public let seen: String
  /// What we did about it.
  public let action: String

  /// Makes it of its parts.
  public init(_ code: Code, seen: String, action: String) {
    (self.code, self.seen, self.action) = (code, seen, action)
  }

  /// The clause that says otherwise.
  public var section: String { code.section }
}

extension Deviation: CustomStringConvertible {
  /// One line: code, what was seen, what was done, the clause.
  public var description: String { "\(code.name): \(seen); \(action) (\(section))" }
}
