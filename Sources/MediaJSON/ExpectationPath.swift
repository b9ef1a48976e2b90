/// A way into a document: names, `[n]`, `[key=value]`, `["odd key"]` and `.count`.
struct ExpectationPath: Sendable {
  enum Step: Sendable {
    /// A member; on an array only `count` means something.
    case name(String)
    /// An element, counted from the end if negative.
    case index(Int)
    /// The first element of which the member at `path` is `value`.
    case first(path: [String], value: Operand)
  }

  /// A step, and the path as written up to its end.
  private struct Stage: Sendable {
    let step: Step
    let text: String
  }

  private var stages: [Stage] = []

  /// The path as written.
  var text: String { stages.last?.text ?? "" }

  init(parsing scanner: inout ExpressionScanner) throws(ExpressionError) {
    scanner.skipSpace()
    let start = scanner.offset
    if scanner.take("[") {
      try append(.bracket(&scanner), scanner.text(from: start))
    } else {
      try append(.name(scanner.name()), scanner.text(from: start))
    }
    while true {
      if scanner.take(".") {
        try append(.name(scanner.name()), scanner.text(from: start))
      } else if scanner.take("[") {
        try append(.bracket(&scanner), scanner.text(from: start))
      } else {
        return
      }
    }
  }

  private mutating func append(_ step: Step, _ text: @autoclosure () -> String) {
    stages.append(Stage(step: step, text: text()))
  }
}

extension ExpectationPath.Step {
  /// Reads what stands in brackets, and the closing one.
  fileprivate static func bracket(
    _ scanner: inout ExpressionScanner
  ) throws(ExpressionError) -> Self {
    scanner.skipSpace()
    let wasQuoted = scanner.isAtQuote
    let path = try scanner.names()
    scanner.skipSpace()
    let step: Self
    if scanner.take("==") || scanner.take("=") {
      scanner.skipSpace()
      let value =
        try scanner.isAtQuote
        ? Operand(value: .string(scanner.quoted()))
        : Operand(bare: scanner.bare(until: UInt8(ascii: "]")))
      step = .first(path: path, value: value)
    } else if wasQuoted, path.count == 1 {
      step = .name(path[0])
    } else if path.count == 1, let index = Int(path[0]) {
      step = .index(index)
    } else {
      throw ExpressionError(
        "expected a number, key=value or a key in quotes in [\(path.joined(separator: "."))]")
    }
    scanner.skipSpace()
    guard scanner.take("]") else { throw ExpressionError("expected \"]\" \(scanner.place)") }
    return step
  }
}

// MARK: Against a shape

extension ExpectationPath {
  /// Throws for a step that no document of this shape can take.
  func check(against shape: JSONShape) throws(ExpressionError) {
    var shape = shape
    var place = ""
    for stage in stages {
      switch (stage.step, shape) {
      case (_, .any): return
      case (.name("count"), .array): shape = .integer
      case (.name(let name), .array(let element)):
        throw Self.nameOnArray(name, element, at: place)
      case (.name(let name), _):
        let field = try shape.member(name, at: place)
        if let totals = field.streamedTotals { throw Self.streamed(stage.text, totals) }
        shape = field.shape
      case (.index, .array(let element)): shape = element
      case (.first(let path, _), .array(let element)):
        var member = element
        for name in path { member = try member.member(name, at: "\(place)[]").shape }
        shape = element
      case (.index, _), (.first, _):
        throw ExpressionError(
          "\(place.isEmpty ? "the document" : place) is \(shape.noun), not an array")
      }
      place = stage.text
    }
  }

  private static func nameOnArray(
    _ name: String, _ element: JSONShape, at place: String
  ) -> ExpressionError {
    let subject = place.isEmpty ? "the document" : place
    if case .object(let fields) = element, fields.contains(where: { $0.name == name }) {
      return ExpressionError("\(subject) is an array: write \(place)[0].\(name)")
    }
    return ExpressionError("\(subject) is an array: it has [n], [key=value] and .count")
  }

  private static func streamed(_ place: String, _ totals: [String]) -> ExpressionError {
    let instead = totals.isEmpty ? "" : "; use \(totals.joined(separator: ", "))"
    return ExpressionError("\(place) is written as it happens and cannot be tested\(instead)")
  }
}

// MARK: In a document

extension ExpectationPath {
  /// What the path leads to, or null and where it was lost.
  func resolve(in document: JSONValue) -> (value: JSONValue, reason: String?) {
    var value = document
    var place = "the document"
    for stage in stages {
      switch (stage.step, value) {
      case (.name("count"), .array(let elements)): value = .integer(Int64(elements.count))
      case (.name(let name), _):
        guard let member = value[name] else {
          return (.null, value == .null ? "\(place) is null" : "\(place) has no \(name)")
        }
        value = member
      case (.index(let index), _):
        guard let element = value[index] else { return (.null, "\(place) is \(value.sketch)") }
        value = element
      case (.first(let path, let wanted), _):
        let element = value.array?.first { element in
          wanted.equals(path.reduce(element) { $0[$1] ?? .null })
        }
        guard let element else { return (.null, "nothing is \(stage.text)") }
        value = element
      }
      place = stage.text
    }
    return (value, nil)
  }
}
