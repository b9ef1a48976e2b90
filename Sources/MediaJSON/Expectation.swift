/// An assertion on a document, as `--expect` takes it: `streams[0].codec_name == h264`.
///
/// Parsing checks every name against the shape of the document, so that a misspelt one is a usage
/// error and never an expectation that fails. Evaluating cannot fail: what is not there is null.
public struct Expectation: Sendable {
  enum Operator: String, CaseIterable {
    case equal = "=="
    case notEqual = "!="
    case atMost = "<="
    case atLeast = ">="
    case less = "<"
    case greater = ">"
    case matches = "~"
  }

  /// The expression as given, with single spaces around the operator.
  public let text: String
  let path: ExpectationPath
  let comparison: Operator
  let operand: Operand

  /// Parses `path op value`.
  ///
  /// Throws `ExpressionError` for bad syntax, a bad regular expression, a name that the shape has
  /// not (with the nearest), and a streamed array (with the totals to use instead).
  public init(parsing text: String, shape: JSONShape) throws(ExpressionError) {
    var scanner = ExpressionScanner(text)
    path = try ExpectationPath(parsing: &scanner)
    try path.check(against: shape)
    scanner.skipSpace()
    guard let comparison = Operator.allCases.first(where: { scanner.take($0.rawValue) }) else {
      let place = scanner.place
      let hint = scanner.take("=") ? "; to compare write ==" : ""
      throw ExpressionError("expected == != < <= > >= or ~ \(place)\(hint)")
    }
    self.comparison = comparison
    scanner.skipSpace()
    let start = scanner.offset
    operand = try comparison == .matches ? .pattern(&scanner) : .rest(&scanner)
    self.text = "\(path.text) \(comparison.rawValue) \(scanner.text(from: start))"
  }

  /// Compares what the path leads to.
  public func evaluate(on document: JSONValue) -> ExpectationResult {
    let found = path.resolve(in: document)
    let passed =
      switch comparison {
      case .equal: operand.equals(found.value)
      case .notEqual: !operand.equals(found.value)
      case .less: operand.order(of: found.value).map { $0 < 0 } ?? false
      case .atMost: operand.order(of: found.value).map { $0 <= 0 } ?? false
      case .greater: operand.order(of: found.value).map { $0 > 0 } ?? false
      case .atLeast: operand.order(of: found.value).map { $0 >= 0 } ?? false
      case .matches: operand.isFound(in: found.value)
      }
    var message = "expected \(text), found \(found.value.sketch)"
    if let reason = found.reason { message += ": \(reason)" }
    return ExpectationResult(passed: passed, found: found.value, message: message)
  }
}

/// What came of an expectation.
public struct ExpectationResult: Equatable, Sendable, CustomStringConvertible {
  /// Whether it holds.
  public var passed: Bool
  /// What the path led to; null where it led to nothing.
  public var found: JSONValue
  /// One sentence for a person: `expected streams[0].codec_name == vp9, found "h264"`.
  public var message: String

  /// The message.
  public var description: String { message }
}

/// The right-hand side of a comparison.
struct Operand: Equatable, Sendable {
  var value: JSONValue
  /// What was written without quotes; it stands for itself against a string.
  var bareText: String?

  /// Number, `true`, `false`, `null`, `"quoted"` or the bare rest.
  static func rest(_ scanner: inout ExpressionScanner) throws(ExpressionError) -> Operand {
    guard !scanner.isAtQuote else {
      let text = try scanner.quoted()
      scanner.skipSpace()
      guard scanner.isAtEnd else {
        throw ExpressionError("unexpected text after the value \(scanner.place)")
      }
      return Operand(value: .string(text))
    }
    return try Operand(bare: scanner.bare())
  }

  /// A regular expression, bare or in quotes.
  static func pattern(_ scanner: inout ExpressionScanner) throws(ExpressionError) -> Operand {
    let pattern = try scanner.isAtQuote ? scanner.quotedPattern() : scanner.bare()
    scanner.skipSpace()
    guard scanner.isAtEnd else {
      throw ExpressionError("unexpected text after the pattern \(scanner.place)")
    }
    guard !pattern.isEmpty else { throw ExpressionError("the regular expression is missing") }
    do {
      _ = try Regex(pattern)
    } catch {
      throw ExpressionError("bad regular expression \(pattern): \(error)")
    }
    return Operand(value: .string(pattern))
  }

  init(value: JSONValue) { self.value = value }

  init(bare text: String) throws(ExpressionError) {
    guard !text.isEmpty else {
      throw ExpressionError("the value is missing; an empty string is \"\"")
    }
    bareText = text
    value = .string(text)
    do throws(JSONParseError) {
      switch try JSONValue(parsing: text) {
      case let scalar where scalar.array == nil && scalar.object == nil: value = scalar
      default: break
      }
    } catch {
      return  // any text that is not JSON is a bare string
    }
  }

  /// Whether `found` is this value: null only null, numbers as numbers, text exactly.
  func equals(_ found: JSONValue) -> Bool {
    switch (found, value) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.string(let a), .string(let b)): a.utf8.elementsEqual(b.utf8)
    case (.string(let a), .bool), (.string(let a), .integer), (.string(let a), .real):
      bareText.map { $0.utf8.elementsEqual(a.utf8) } ?? false
    default: order(of: found) == 0
    }
  }

  /// Negative, zero or positive as `found` is less, equal or greater; nil where neither.
  ///
  /// Numbers have an order, and so have strings, by scalars. Nothing else has.
  func order(of found: JSONValue) -> Int? {
    switch (found, value) {
    case (.integer(let a), .integer(let b)): a < b ? -1 : a > b ? 1 : 0
    case (.integer(let a), .real(let b)): exactOrder(a, b)
    case (.real(let a), .integer(let b)): exactOrder(b, a).map { -$0 }
    case (.real(let a), .real(let b)): a < b ? -1 : a > b ? 1 : a == b ? 0 : nil
    case (.string(let a), .string(let b)):
      // UTF-8 sorts as the scalars do.
      a.utf8.lexicographicallyPrecedes(b.utf8) ? -1 : a.utf8.elementsEqual(b.utf8) ? 0 : 1
    default: nil
    }
  }

  /// Whether the pattern occurs in `found` as printed; never in null, arrays or objects.
  func isFound(in found: JSONValue) -> Bool {
    let text: String
    switch found {
    case .string(let string): text = string
    case .bool, .integer, .real: text = found.text()
    case .null, .array, .object: return false
    }
    do {
      // A `Regex` is not `Sendable`, so the text is kept, which was compiled when parsed.
      return try Regex(value.string ?? "").firstMatch(in: text) != nil
    } catch {
      return false
    }
  }
}

/// Orders a whole number against a real one exactly, where a conversion would round.
private func exactOrder(_ a: Int64, _ b: Double) -> Int? {
  if b.isNaN { return nil }
  if b >= 0x1p63 { return -1 }
  if b < -0x1p63 { return 1 }
  let whole = Int64(b)  // towards zero
  if a != whole { return a < whole ? -1 : 1 }
  let fraction = b - Double(whole)
  return fraction > 0 ? -1 : fraction < 0 ? 1 : 0
}
