public import MediaModel

/// Finds what is wrong or unusual, tag by tag.
public struct FLVChecker: Sendable {
  private let maxJump: Int64
  private var carried: [Finding] = []

  /// `maxJump`: the longest step of a track's timestamps that is no jump, in milliseconds.
  public init(maxJump: Int64 = 10_000) {
    self.maxJump = maxJump
  }

  /// Keeps findings for the next tag.
  public mutating func carry(_ findings: [Finding]) { carried += findings }

  /// Looks at a file header.
  public mutating func header(_ header: FLVHeader, at offset: Int) {
    if header.dataOffset > 9 {
      carried.append(Finding(.flvDataOffset, "DataOffset is \(header.dataOffset)", offset: offset))
    }
  }

  /// Looks at the field behind a tag.
  public mutating func previousTagSize(_ size: FLVPreviousTagSize) -> [Finding] { [] }

  /// Takes damage that was jumped over.
  public mutating func skipped(_ skip: FLVSkip) {}

  /// Looks at a tag; what was found since the last one is among the answer.
  public mutating func check(_ record: FLVTagRecord, _ inspector: FLVInspector) -> [Finding] {
    defer { carried = [] }
    return carried
  }

  /// Looks back at the whole input.
  public mutating func finish(
    _ inspector: FLVInspector, header: FLVHeader?, end: FLVEnd?, byteCount: Int?
  ) -> [Finding] {
    defer { carried = [] }
    return carried
  }
}
