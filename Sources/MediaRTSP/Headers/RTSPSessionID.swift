import MediaBytes

/// What a `Session` header says (RFC 2326 §12.37).
public struct RTSPSessionID: Hashable, Sendable {
  /// What each request of the session repeats, and nothing else of the header.
  public var id: String
  /// Seconds without a sign of life after which the server ends it; 60 where it does not say.
  public var timeout: Int

  /// Makes one of its parts.
  public init(_ id: String, timeout: Int = 60) { (self.id, self.timeout) = (id, timeout) }

  /// Takes a header's value apart; nil where it has no identifier.
  ///
  /// A timeout that is no number of 1...86400 counts as none.
  public init?(parsing value: String) {
    let parts = value.parts(";").map(\.trimmed)
    guard !parts[0].isEmpty else { return nil }
    self.init(parts[0])
    for part in parts.dropFirst() {
      let (name, value) = part.cut(at: "=")
      guard name.trimmed.isSameToken(as: "timeout"), let value else { continue }
      // Some write a fraction.
      timeout = value.unquoted.cut(at: ".").0.number(1...86_400) ?? timeout
    }
  }
}
