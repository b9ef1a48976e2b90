/// Writes JSON text into memory as it is told, one token at a time.
///
/// The caller drains the bytes to wherever they go. Misuse, such as a value without a key inside
/// an object, is a bug of ours and stops the program.
public struct JSONWriter: Sendable {
  /// How the text is laid out.
  public struct Style: Sendable, Equatable {
    /// Spaces per level, or nil for one line without spaces.
    public var indent: Int?
    /// Whether an empty array or object holds a blank line, as ffprobe prints it.
    public var blankLineInEmptyArray: Bool

    /// Creates a style.
    public init(indent: Int? = nil, blankLineInEmptyArray: Bool = false) {
      self.indent = indent
      self.blankLineInEmptyArray = blankLineInEmptyArray
    }

    /// One line without spaces, as JSONL needs it.
    public static let compact = Style()
    /// Two spaces per level.
    public static let pretty = Style(indent: 2)
    /// The layout of `ffprobe -of json`.
    public static let ffprobe = Style(indent: 4, blankLineInEmptyArray: true)
  }

  private enum Container { case document, array, object }

  private let style: Style
  private let depth: Int
  private var out = ByteSink()
  private var container = Container.document
  private var outer: [Container] = []
  /// Whether the container has nothing in it yet.
  private var isEmpty = true
  /// Whether a key waits for its value.
  private var hasKey = false
  private var repeats: [RepeatedMembers] = []

  /// Creates a writer with nothing written.
  ///
  /// `depth` is how many containers around the text somebody else writes: it only indents.
  public init(style: Style = .compact, depth: Int = 0) {
    self.style = style
    self.depth = depth
  }

  /// Bytes written and not drained.
  public var byteCount: Int { out.count }

  /// What was written and not drained.
  public var text: String { String(decoding: out.bytes, as: UTF8.self) }

  /// Hands out what was written, then forgets it but keeps the room.
  ///
  /// The bytes are gone even if `body` throws: part of them may have reached their destination.
  public mutating func drain<Failure: Error>(
    _ body: (Span<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    defer { out.removeAll() }
    try out.withSpan(body)
  }

  // MARK: Containers

  /// Opens an object.
  public mutating func beginObject() { begin(.object, UInt8(ascii: "{")) }
  /// Closes the object opened last.
  public mutating func endObject() { end(.object, UInt8(ascii: "}")) }
  /// Opens an array.
  public mutating func beginArray() { begin(.array, UInt8(ascii: "[")) }
  /// Closes the array opened last.
  public mutating func endArray() { end(.array, UInt8(ascii: "]")) }

  private mutating func begin(_ kind: Container, _ bracket: UInt8) {
    beforeValue()
    out.append(bracket)
    outer.append(container)
    container = kind
    isEmpty = true
  }

  private mutating func end(_ kind: Container, _ bracket: UInt8) {
    precondition(container == kind && !hasKey, "unbalanced JSON")
    container = outer.removeLast()
    if isEmpty, style.blankLineInEmptyArray { out.append(UInt8(ascii: "\n")) }
    if !isEmpty || style.blankLineInEmptyArray { breakLine() }
    out.append(bracket)
    isEmpty = false
  }

  // MARK: Keys

  /// Writes a key, with escapes where it needs them.
  public mutating func key(_ key: String) {
    if beforeKey() { out.append(UInt8(ascii: ",")) }
    out.append(quoting: key)
    out.append(style.indent == nil ? ":" : ": ")
  }

  /// A key made ready to be written many times.
  struct Key: Sendable {
    /// A comma, the quoted key and a colon.
    fileprivate let bytes: [UInt8]

    init(_ name: String) { bytes = Array(",\(JSONValue.string(name).text()):".utf8) }
  }

  /// Writes a key that was made ready.
  mutating func key(_ key: Key) {
    let comma = beforeKey()
    out.append(key.bytes, isWhole: comma)
    if style.indent != nil { out.append(UInt8(ascii: " ")) }
  }

  /// Writes a key and a whole number.
  mutating func integer(_ value: Int64, for key: Key) {
    self.key(key)
    hasKey = false
    out.append(decimal: value.magnitude, isNegative: value < 0)
  }

  /// Moves on to a key, and says whether it needs a comma in front of it.
  private mutating func beforeKey() -> Bool {
    precondition(container == .object && !hasKey, "a key outside an object")
    hasKey = true
    guard style.indent == nil else {
      separate()
      return false
    }
    defer { isEmpty = false }
    return !isEmpty
  }

  // MARK: Members that repeat

  /// What tells the members of one place from those of another.
  final class RepeatedSource: Sendable {}

  private struct RepeatedMembers {
    var source: RepeatedSource
    var key: UInt64
    var text: [UInt8]
  }

  private static let repeatsKept = 8

  /// Writes members of an object that are the same whenever `source` and `key` are.
  mutating func members(
    of source: RepeatedSource, _ key: UInt64, _ write: (inout JSONWriter) -> Void
  ) {
    // In front of the first member there is no comma, and in other layouts the depth shows.
    guard style.indent == nil, !isEmpty else { return write(&self) }
    for index in repeats.indices where repeats[index].key == key && repeats[index].source === source
    {
      return out.append(repeats[index].text, isWhole: true)
    }
    let start = out.count
    write(&self)
    if repeats.count == Self.repeatsKept { repeats.removeFirst() }
    repeats.append(
      RepeatedMembers(source: source, key: key, text: Array(out.bytes.suffix(from: start))))
  }

  // MARK: Values

  /// Writes `null`.
  public mutating func null() {
    beforeValue()
    out.append("null")
  }

  /// Writes `true` or `false`.
  public mutating func bool(_ value: Bool) {
    beforeValue()
    out.append(value ? "true" : "false")
  }

  /// Writes a whole number.
  public mutating func integer(_ value: Int64) {
    beforeValue()
    out.append(decimal: value.magnitude, isNegative: value < 0)
  }

  /// Writes a whole number.
  public mutating func integer(_ value: UInt64) {
    beforeValue()
    out.append(decimal: value, isNegative: false)
  }

  /// Writes a whole number.
  public mutating func integer(_ value: Int) { integer(Int64(value)) }

  /// Writes a whole number of at most 64 bits.
  @inlinable
  public mutating func integer<Value: FixedWidthInteger>(_ value: Value) {
    precondition(Value.bitWidth <= 64, "an integer of more than 64 bits")
    if Value.isSigned {
      integer(Int64(truncatingIfNeeded: value))
    } else {
      integer(UInt64(truncatingIfNeeded: value))
    }
  }

  /// Writes the shortest text that reads back as `value`, always with a fraction or an exponent.
  ///
  /// NaN and the infinities have no form in JSON and become `null`.
  public mutating func real(_ value: Double) {
    guard value.isFinite else { return null() }
    beforeValue()
    if let units = exactNanounits(value.magnitude) {
      out.append(decimal: units, isNegative: value.sign == .minus, fractionDigits: 9)
    } else {
      out.append(value.description)
    }
  }

  /// Writes `value / 10^fractionDigits` exactly, with at least one digit in the fraction.
  ///
  /// `decimal(33_367, fractionDigits: 6)` is `0.033367`; trailing zeros are left out. It is
  /// what time stamps use, being exact and about as fast as `integer`.
  public mutating func decimal(_ value: Int64, fractionDigits: Int) {
    precondition((1...18).contains(fractionDigits), "a fraction of 1 to 18 digits")
    beforeValue()
    out.append(
      decimal: value.magnitude, isNegative: value < 0, fractionDigits: fractionDigits)
  }

  /// Writes a string; quotes, backslashes and control characters are escaped, all else is raw.
  public mutating func string(_ value: String) {
    beforeValue()
    out.append(quoting: value)
  }

  /// Writes a value with all it holds.
  public mutating func value(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let truth): bool(truth)
    case .integer(let number): integer(number)
    case .real(let number): real(number)
    case .string(let text): string(text)
    case .array(let elements):
      beginArray()
      for element in elements { self.value(element) }
      endArray()
    case .object(let members):
      beginObject()
      for (name, member) in members {
        key(name)
        self.value(member)
      }
      endObject()
    }
  }

  /// Takes note of a value whose text somebody else puts between what is drained now and later.
  public mutating func foreignValue() { beforeValue() }

  /// Ends a document or a line of JSONL; another value may follow.
  public mutating func newline() {
    precondition(container == .document, "a newline inside a document")
    out.append(UInt8(ascii: "\n"))
    isEmpty = true
  }

  // MARK: Layout

  private mutating func beforeValue() {
    if hasKey {
      hasKey = false
      return
    }
    switch container {
    case .array: separate()
    case .document:
      precondition(isEmpty, "two values in one document")
      isEmpty = false
    case .object: preconditionFailure("a value without a key")
    }
  }

  private mutating func separate() {
    if !isEmpty { out.append(UInt8(ascii: ",")) }
    isEmpty = false
    if style.indent != nil { breakLine() }
  }

  /// Starts a line at the depth of the container, in layouts that have lines.
  private mutating func breakLine() {
    guard let indent = style.indent else { return }
    out.append(UInt8(ascii: "\n"))
    let inner = container == .document ? 0 : outer.count
    out.append(spaces: indent * (depth + inner))
  }
}

/// `value` in thousand-millionths, where that many digits are exactly its shortest text.
///
/// Quantities such as times or decibels are decimals of few digits. A quotient of exact numbers is
/// correctly rounded, so where it gives `value` back, so does parsing the text; and of the decimals
/// with at most 15 digits only one lies so close to a `Double`. That avoids the general algorithm
/// and its `String`.
private func exactNanounits(_ value: Double) -> UInt64? {
  guard value < 1e6, value >= 1e-4 || value == 0 else { return nil }
  let units = UInt64(value * 1e9 + 0.5)
  return Double(units) / 1e9 == value ? units : nil
}
