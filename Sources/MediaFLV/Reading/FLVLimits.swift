/// What a reader of FLV takes for true before it calls a tag damaged.
public struct FLVLimits: Hashable, Sendable {
  /// The largest `DataSize`, in bytes: 16 MiB - 1 is all that its 24 bits can say.
  ///
  /// A tag beyond it is skipped as damage. It is also what a reader of a live stream may have to
  /// hold in memory.
  public var maxTagSize = 0xff_ffff
  /// The largest `DataOffset`, in bytes; version 1 has 9.
  public var maxDataOffset = 65_536

  /// Makes the default limits.
  public init() {}
}
