/// What a request asks for (RFC 2326 §10).
public struct RTSPMethod: Hashable, Sendable {
  /// The word as it stands in a request, capitals and all (§6.1).
  public let rawValue: String

  /// Makes a method of its word.
  public init(_ rawValue: String) { self.rawValue = rawValue }

  /// What can be asked for (§10.1).
  public static let options = Self("OPTIONS")
  /// What is there (§10.2).
  public static let describe = Self("DESCRIBE")
  /// What will be sent (§10.3).
  public static let announce = Self("ANNOUNCE")
  /// How one track shall travel (§10.4).
  public static let setup = Self("SETUP")
  /// Begin to send (§10.5).
  public static let play = Self("PLAY")
  /// Stop for a while (§10.6).
  public static let pause = Self("PAUSE")
  /// Let all go (§10.7).
  public static let teardown = Self("TEARDOWN")
  /// A parameter, or with no body a sign of life (§10.8).
  public static let getParameter = Self("GET_PARAMETER")
  /// Change a parameter (§10.9).
  public static let setParameter = Self("SET_PARAMETER")
  /// Go elsewhere, said by a server (§10.10).
  public static let redirect = Self("REDIRECT")
  /// Something has happened while it played, said by a server (RFC 7826 §13.5).
  public static let playNotify = Self("PLAY_NOTIFY")
  /// Begin to receive (§10.11).
  public static let record = Self("RECORD")
}

extension RTSPMethod: CustomStringConvertible {
  /// The word.
  public var description: String { rawValue }
}
