/// A mistake in the text of an option such as `--entries` or `--expect`: a usage error.
public struct ExpressionError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong, with the nearest right name where there is one.
  public var message: String

  init(_ message: String) { self.message = message }

  /// The message.
  public var description: String { message }

  /// A name that is not there.
  static func unknown(
    _ name: String, in place: String, among names: [String]
  ) -> ExpressionError {
    let start = "no field \"\(name)\" in \(place.isEmpty ? "the document" : place)"
    if let near = nearest(to: name, among: names) {
      return ExpressionError("\(start); did you mean \"\(near)\"?")
    }
    guard !names.isEmpty else { return ExpressionError(start) }
    let listed = names.prefix(8).joined(separator: ", ") + (names.count > 8 ? ", ..." : "")
    return ExpressionError("\(start); it has \(listed)")
  }
}

/// Reads paths and values out of an option's text.
struct ExpressionScanner {
  private let bytes: [UInt8]
  private(set) var offset = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  var isAtEnd: Bool { offset == bytes.count }

  /// What was read since `start`, without the space around it.
  func text(from start: Int) -> String { trimmed(start..<offset) }

  mutating func skipSpace() {
    while !isAtEnd, isSpace(bytes[offset]) { offset += 1 }
  }

  mutating func take(_ token: String) -> Bool {
    guard bytes[offset...].starts(with: token.utf8) else { return false }
    offset += token.utf8.count
    return true
  }

  /// A name: in quotes, or everything up to space or a sign that has a meaning.
  mutating func name() throws(ExpressionError) -> String {
    if !isAtEnd, bytes[offset] == UInt8(ascii: "\"") { return try quoted() }
    let start = offset
    while !isAtEnd, !isSpace(bytes[offset]), !".,[]\"=!<>~".utf8.contains(bytes[offset]) {
      offset += 1
    }
    guard offset > start else { throw ExpressionError("expected a name \(place)") }
    return text(from: start)
  }

  /// Names joined by dots.
  mutating func names() throws(ExpressionError) -> [String] {
    var names = [try name()]
    while take(".") { names.append(try name()) }
    return names
  }

  /// A string in quotes, with JSON's escapes.
  mutating func quoted() throws(ExpressionError) -> String {
    let start = offset
    try skipQuoted()
    do throws(JSONParseError) {
      return try JSONValue(parsing: Array(bytes[start..<offset])).string ?? ""
    } catch {
      throw ExpressionError("bad string \(text(from: start)): \(error)")
    }
  }

  /// The text between quotes in which only `\"` is an escape, as patterns have it.
  mutating func quotedPattern() throws(ExpressionError) -> String {
    let start = offset
    try skipQuoted()
    var pattern: [UInt8] = []
    var isEscaped = false
    for byte in bytes[start + 1..<offset - 1] {
      if isEscaped, byte == UInt8(ascii: "\"") { pattern.removeLast() }
      isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
      pattern.append(byte)
    }
    return String(decoding: pattern, as: UTF8.self)
  }

  private mutating func skipQuoted() throws(ExpressionError) {
    offset += 1
    while !isAtEnd, bytes[offset] != UInt8(ascii: "\"") {
      let step = bytes[offset] == UInt8(ascii: "\\") ? 2 : 1
      offset = min(offset + step, bytes.count)
    }
    guard !isAtEnd else { throw ExpressionError("a string lacks its closing quote") }
    offset += 1
  }

  /// Everything up to `end` or, without one, the rest, less the space around it.
  mutating func bare(until end: UInt8? = nil) -> String {
    let start = offset
    while !isAtEnd, bytes[offset] != end { offset += 1 }
    return text(from: start)
  }

  /// Whether a quote comes next.
  var isAtQuote: Bool { !isAtEnd && bytes[offset] == UInt8(ascii: "\"") }

  /// The place reached, for a message.
  var place: String {
    if isAtEnd { return "at the end" }
    return "at \"\(trimmed(offset..<min(offset + 20, bytes.count)))\""
  }

  private func trimmed(_ range: Range<Int>) -> String {
    var range = range
    while let first = range.first, isSpace(bytes[first]) { range.removeFirst() }
    while let last = range.last, isSpace(bytes[last]) { range.removeLast() }
    return String(decoding: bytes[range], as: UTF8.self)
  }

  private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
}
