/// Why bytes could not be read as the structure they claim to be.
///
/// It is about the input, never about us: a parser that meets any byte sequence either succeeds
/// or throws one of these. The text names the field and where it lies in the input.
public struct ParseError: Error, Hashable, Sendable {
  /// What is wrong with the field.
  public enum Reason: Hashable, Sendable {
    /// The input ends before the `needed` bytes of the field (or of its next part).
    case truncated(needed: Int)
    /// No such value is allowed here.
    case invalid(UInt64)
    /// The value may be lawful, but this program does not go that far.
    case overLimit(UInt64, limit: Int)
    /// The value is well formed, but of a version or kind that is not known.
    case unsupported(UInt64)
  }

  /// What is wrong with the field.
  public let reason: Reason
  /// The field's name in its specification.
  public let field: StaticString
  /// Where the field begins, in bytes from the start of the input (a file or a stream).
  public let offset: Int

  /// Makes an error about `field`, which begins at byte `offset` of the input.
  public init(_ reason: Reason, _ field: StaticString, at offset: Int) {
    self.reason = reason
    self.field = field
    self.offset = offset
  }

  /// Whether two errors are about the same field, byte and reason.
  public static func == (a: Self, b: Self) -> Bool {
    a.reason == b.reason && a.offset == b.offset && a.field.description == b.field.description
  }

  /// Hashes what `==` compares.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(reason)
    hasher.combine(offset)
    hasher.combine(field.description)
  }
}

extension ParseError: CustomStringConvertible {
  /// One line, such as `DataSize at byte 14: 16777215 exceeds the limit of 8388608`.
  public var description: String {
    "\(field) at byte \(offset): \(reason)"
  }
}

extension ParseError.Reason: CustomStringConvertible {
  /// The part of the line after the colon.
  public var description: String {
    switch self {
    case .truncated(let needed):
      "needs \(needed) \(needed == 1 ? "byte" : "bytes"), the input ends first"
    case .invalid(let value): "\(value) is not a valid value"
    case .overLimit(let value, let limit): "\(value) exceeds the limit of \(limit)"
    case .unsupported(let value): "\(value) is not supported"
    }
  }
}
