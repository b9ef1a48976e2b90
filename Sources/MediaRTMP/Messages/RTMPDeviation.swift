/// Something that a peer does otherwise than the specification says, and how we coped.
public struct RTMPDeviation: Hashable, Sendable {
  /// A kind of deviation; more are declared where they are found.
  public struct Code: Hashable, Sendable {
    /// A stable name in small letters, such as `s2-not-echo`.
    public let name: String
    /// The clause that says otherwise.
    public let section: String

    /// Makes a code, which must have one meaning for ever.
    public init(_ name: String, _ section: String) {
      self.name = name
      self.section = section
    }
  }

  /// What kind it is.
  public let code: Code
  /// What the peer did.
  public let seen: String
  /// What we did about it.
  public let action: String

  /// Makes it of its parts.
  public init(_ code: Code, seen: String, action: String) {
    self.code = code
    self.seen = seen
    self.action = action
  }

  /// The clause that says otherwise.
  public var section: String { code.section }
}

extension RTMPDeviation: CustomStringConvertible {
  /// One line: code, what was seen, what was done, the clause.
  public var description: String { "\(code.name): \(seen); \(action) (\(section))" }
}
