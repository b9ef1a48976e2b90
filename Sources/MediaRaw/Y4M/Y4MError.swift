/// Why a Y4M file cannot be read.
public struct Y4MError: Error, Hashable, Sendable {
  /// Byte within the file.
  public var offset: Int64
  /// What was expected and what was there.
  public var message: String

  /// An error at a byte of the file.
  public init(offset: Int64, message: String) {
    self.offset = offset
    self.message = message
  }
}
