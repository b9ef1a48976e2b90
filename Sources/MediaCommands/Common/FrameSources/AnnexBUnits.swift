internal import MediaBitstream

/// Finds the NAL units of a byte stream (H.264 and H.265, Annex B), in whatever blocks it is read.
struct AnnexBUnits {
  private let input: InputWindow
  /// The largest access unit there may be.
  private static let limit = 64 << 20

  /// Where the unit found last begins, counted from the window's first byte.
  private var unitStart: Int?
  /// Up to where start codes have been looked for.
  private var searched = 0

  init(_ input: InputWindow) { self.input = input }

  /// The next unit, its start code excluded, as a place in the window; nil at the end.
  ///
  /// Nothing of the window is consumed: places stay valid until `consume`.
  mutating func next() throws -> Range<Int>? {
    while true {
      guard let code = try startCode() else {
        defer { unitStart = nil }
        guard let unitStart else { return nil }
        return trimmed(unitStart..<input.count)
      }
      let begun = unitStart
      unitStart = code + 3
      if let begun, let unit = trimmed(begun..<code) { return unit }
    }
  }

  /// Goes on with the window behind its first `count` bytes, which no unit still needs.
  mutating func consume(_ count: Int) {
    input.consume(count)
    searched -= count
    unitStart = unitStart.map { $0 - count }
  }

  /// The next `00 00 01`, nil where there is none up to the end.
  private mutating func startCode() throws -> Int? {
    while true {
      let bytes = input.bytes
      if let found = bytes.bytes.firstStartCode(from: searched) {
        searched = found + 3
        return found
      }
      // A start code may be cut by the end of what has been read.
      searched = max(searched, bytes.count - 2)
      guard bytes.count < Self.limit else {
        throw Failure(
          .dataError, "at byte \(input.offset): more than \(Self.limit) bytes without a new picture"
        )
      }
      if try !input.more() { return nil }
    }
  }

  /// Zeros behind a unit belong to no unit (`trailing_zero_8bits`).
  private func trimmed(_ range: Range<Int>) -> Range<Int>? {
    let bytes = input.bytes
    var end = range.upperBound
    while end > range.lowerBound, bytes[end - 1] == 0 { end -= 1 }
    return end > range.lowerBound ? range.lowerBound..<end : nil
  }
}
