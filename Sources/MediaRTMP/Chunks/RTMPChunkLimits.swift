/// How much a chunk reader believes and holds.
public struct RTMPChunkLimits: Hashable, Sendable {
  /// The longest payload of a message, in bytes; the field can say 16,777,215 (§5.3.1.2.1).
  public var maxMessageByteCount = 16_000_000
  /// How many chunk streams there may be; real peers use fewer than ten, relays a few dozen.
  public var maxChunkStreamCount = 512
  /// How many bytes of unfinished messages are held on all chunk streams together, the chunk that
  /// arrives counted whole.
  public var maxPartialByteCount = 32_000_000

  /// Makes the limits that suit any live stream.
  public init() {}
}
