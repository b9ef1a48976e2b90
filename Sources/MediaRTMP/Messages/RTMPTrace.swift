/// A message as it may be shown: nothing in it is secret.
public struct RTMPTrace: Hashable, Sendable {
  /// Whether we sent it.
  public var isOutgoing: Bool
  /// All but the payload.
  public var header: RTMPMessage.Header
  /// What a command says, without secrets; empty for anything else.
  public var text = ""

  init(_ header: RTMPMessage.Header, isOutgoing: Bool) {
    (self.header, self.isOutgoing) = (header, isOutgoing)
  }
}
