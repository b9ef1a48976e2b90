/// Bytes in the order they are to be sent, those that are many from where they lie.
///
/// What is small, such as headers, is written together in one place; an array with more is held by
/// reference and never copied, so that one payload can be on its way to many receivers.
public struct ScatteredBytes: Sendable {
  /// Of so few bytes a copy costs less than one more piece.
  public static let smallByteCount = 512

  /// How many bytes there are.
  public private(set) var count = 0
  private var small: [UInt8] = []
  /// What of `small` is part of a piece already.
  private var piecedCount = 0
  private var pieces: [Piece] = []

  private struct Piece {
    /// nil for `small`.
    var bytes: [UInt8]?
    var range: Range<Int>
  }

  /// Makes an empty one.
  public init() {}

  /// Whether there are no bytes.
  public var isEmpty: Bool { count == 0 }

  /// Appends a part of `bytes`, which are not copied unless that is less than `smallByteCount`.
  public mutating func append(_ bytes: [UInt8], _ range: Range<Int>) {
    guard range.count >= Self.smallByteCount else {
      small += bytes[range]
      count += range.count
      return
    }
    endSmallPiece()
    pieces.append(Piece(bytes: bytes, range: range))
    count += range.count
  }

  /// Appends all of `bytes`.
  public mutating func append(_ bytes: [UInt8]) { append(bytes, bytes.indices) }

  /// Appends what `body` writes at the end of an array.
  public mutating func write<Result>(_ body: (inout [UInt8]) -> Result) -> Result {
    let before = small.count
    defer { count += small.count - before }
    return body(&small)
  }

  /// All pieces in order, none of them empty; nothing is left.
  public mutating func takePieces() -> [ArraySlice<UInt8>] {
    guard count > 0 else { return [] }
    endSmallPiece()
    defer { self = ScatteredBytes() }
    return pieces.map { ($0.bytes ?? small)[$0.range] }
  }

  /// All bytes in one array; nothing is left.
  public mutating func takeBytes() -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    for piece in takePieces() { bytes += piece }
    return bytes
  }

  private mutating func endSmallPiece() {
    guard piecedCount < small.count else { return }
    pieces.append(Piece(range: piecedCount..<small.count))
    piecedCount = small.count
  }
}
