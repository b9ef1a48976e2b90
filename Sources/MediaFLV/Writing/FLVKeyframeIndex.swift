/// Where the key pictures of a file are, as `onMetaData` tells in its `keyframes` object.
public struct FLVKeyframeIndex: Hashable, Sendable {
  /// One tag with a key picture.
  public struct Entry: Hashable, Sendable {
    /// Its timestamp in milliseconds.
    public var milliseconds: Int32
    /// Where its tag header begins, in bytes from the start of the file.
    public var filePosition: Int

    /// Makes an entry.
    public init(milliseconds: Int32, filePosition: Int) {
      self.milliseconds = milliseconds
      self.filePosition = filePosition
    }
  }

  /// The entries, in the order of the file.
  public var entries: [Entry] = []

  /// Makes an empty index.
  public init() {}

  /// The same pictures where `byteCount` bytes more stand in front of them, such as the metadata
  /// that holds this index.
  public func moved(by byteCount: Int) -> Self {
    var index = self
    for i in entries.indices { index.entries[i].filePosition += byteCount }
    return index
  }
}
