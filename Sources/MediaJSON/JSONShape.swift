/// What a JSON document looks like: the names, kinds and order that a report promises.
///
/// A shape is the one source of the JSON Schema, of `--entries` and of the names that `--expect`
/// may use.
public indirect enum JSONShape: Equatable, Sendable {
  /// A whole number.
  case integer
  /// A number that always has a fraction or an exponent.
  case real
  /// A text.
  case string
  /// `true` or `false`.
  case bool
  /// Exactly these members, in this order.
  case object([JSONShapeField])
  /// Any number of values of one shape.
  case array(JSONShape)
  /// Any keys, such as tags.
  case map(JSONShape)
  /// Any value.
  case any
}

/// One member of an object in a `JSONShape`.
public struct JSONShapeField: Equatable, Sendable {
  /// The key.
  public var name: String
  /// What it means: a phrase without a full stop.
  public var summary: String
  /// What stands there.
  public var shape: JSONShape
  /// Whether it may be `null`, which says that the value is not known.
  public var isNullable: Bool
  /// Whether the key may be absent, which says that it does not apply.
  public var isOptional: Bool
  /// For an array written as it happens and never held: the paths that sum it up, else nil.
  public var streamedTotals: [String]?

  /// Whether this is an array written as it happens.
  public var isStreamed: Bool { streamedTotals != nil }

  /// Creates a member of an object.
  public init(
    _ name: String, _ shape: JSONShape, summary: String = "", isNullable: Bool = false,
    isOptional: Bool = false, streamedTotals: [String]? = nil
  ) {
    self.name = name
    self.summary = summary
    self.shape = shape
    self.isNullable = isNullable
    self.isOptional = isOptional
    self.streamedTotals = streamedTotals
  }
}

extension JSONShape {
  /// Every way in which `document` differs from this shape, one line each; none if it matches.
  ///
  /// Besides kinds and names it proves the order of the keys. `withoutStreamed` says that the
  /// streamed arrays are left out of the document, as they are for `--expect`.
  public func mismatches(in document: JSONValue, withoutStreamed: Bool = false) -> [String] {
    var found: [String] = []
    check(document, at: "", withoutStreamed, &found)
    return found
  }

  private func check(
    _ value: JSONValue, at path: String, _ withoutStreamed: Bool, _ found: inout [String]
  ) {
    switch (self, value) {
    case (.any, _), (.integer, .integer), (.real, .real), (.string, .string), (.bool, .bool): break
    case (.array(let element), .array(let values)):
      for (index, value) in values.enumerated() {
        element.check(value, at: "\(path)[\(index)]", withoutStreamed, &found)
      }
    case (.map(let element), .object(let members)):
      for (name, value) in members {
        element.check(value, at: path.isEmpty ? name : "\(path).\(name)", withoutStreamed, &found)
      }
    case (.object(let fields), .object(let members)):
      Self.check(members, against: fields, at: path, withoutStreamed, &found)
    default:
      found.append("\(path.isEmpty ? "document" : path): expected \(noun), found \(value.sketch)")
    }
  }

  private static func check(
    _ members: JSONObject, against fields: [JSONShapeField], at path: String,
    _ withoutStreamed: Bool, _ found: inout [String]
  ) {
    let prefix = path.isEmpty ? "" : path + "."
    for field in fields where !field.isOptional && members[field.name] == nil {
      if field.isStreamed && withoutStreamed { continue }
      found.append("\(prefix)\(field.name): missing")
    }
    var last = -1
    for (name, value) in members {
      guard let position = fields.firstIndex(where: { $0.name == name }) else {
        found.append("\(prefix)\(name): not in the shape")
        continue
      }
      if position < last { found.append("\(prefix)\(name): out of order") }
      last = max(last, position)
      let field = fields[position]
      if value == .null && field.isNullable { continue }
      field.shape.check(value, at: prefix + name, withoutStreamed, &found)
    }
  }

  /// The kind of value, with its article, for messages.
  var noun: String {
    switch self {
    case .integer: "a whole number"
    case .real: "a number with a fraction"
    case .string: "a string"
    case .bool: "true or false"
    case .object, .map: "an object"
    case .array: "an array"
    case .any: "any value"
    }
  }
}

extension JSONValue {
  /// The value for a message: scalars as printed, arrays by their size.
  var sketch: String {
    switch self {
    case .null, .bool, .integer, .real, .string: text()
    case .array(let elements):
      elements.count == 1 ? "an array of 1 element" : "an array of \(elements.count) elements"
    case .object: "an object"
    }
  }
}
