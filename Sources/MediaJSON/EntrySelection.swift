/// What `--entries` selects of a document: whole fields, or parts of them.
///
/// Written as paths with commas, `streams.codec_name,format.duration`; a field that is named
/// alone is selected whole, and a path leads through arrays to each of their elements.
public struct EntrySelection: Equatable, Sendable {
  /// The selected parts by name, or nil for all there is.
  private var parts: [String: EntrySelection]?

  /// Everything.
  public static let whole = EntrySelection(parts: nil)

  private init(parts: [String: EntrySelection]?) { self.parts = parts }

  /// Parses a list of paths and checks each name against the shape of the document.
  ///
  /// Throws `ExpressionError` with the nearest name for one that the shape has not. Maps have any
  /// name: `format.tags.title`, or in quotes `format.tags."com.apple.x"`.
  public init(parsing text: String, shape: JSONShape) throws(ExpressionError) {
    parts = [:]
    var scanner = ExpressionScanner(text)
    repeat {
      scanner.skipSpace()
      let path = try scanner.entryPath()
      try shape.check(path)
      insert(path[...])
      scanner.skipSpace()
    } while scanner.take(",")
    guard scanner.isAtEnd else {
      throw ExpressionError("expected names with dots and commas between them \(scanner.place)")
    }
  }

  /// Whether everything is selected.
  public var isWhole: Bool { parts == nil }

  /// What is selected of a member, or nil if nothing is.
  public subscript(name: String) -> EntrySelection? {
    guard let parts else { return self }
    return parts[name]
  }

  private mutating func insert(_ path: ArraySlice<String>) {
    guard parts != nil else { return }
    guard let name = path.first else {
      parts = nil
      return
    }
    parts?[name, default: EntrySelection(parts: [:])].insert(path.dropFirst())
  }

  /// The selected part of a value; an array keeps its length.
  public func filter(_ value: JSONValue) -> JSONValue {
    guard parts != nil else { return value }
    switch value {
    case .array(let elements): return .array(elements.map(filter))
    case .object(let members):
      return .object(
        JSONObject(
          members.compactMap { name, value in self[name].map { (name, $0.filter(value)) } }))
    case .null, .bool, .integer, .real, .string: return value
    }
  }
}

extension ExpressionScanner {
  /// Names joined by dots, or in brackets and quotes as `--expect` has them.
  fileprivate mutating func entryPath() throws(ExpressionError) -> [String] {
    var path = [try name()]
    while path.count <= 64 {  // far deeper than any document; the tree is walked by recursion
      if take(".") {
        path.append(try name())
      } else if take("[") {
        guard isAtQuote else {
          throw ExpressionError("entries are selected in all elements: no [...] \(place)")
        }
        path.append(try quoted())
        guard take("]") else { throw ExpressionError("expected \"]\" \(place)") }
      } else {
        return path
      }
    }
    throw ExpressionError("a path of more than 64 names")
  }
}

extension JSONShape {
  /// Throws if a path of names leads nowhere.
  fileprivate func check(_ path: [String]) throws(ExpressionError) {
    var shape = self
    var place = ""
    for name in path {
      while case .array(let element) = shape { shape = element }
      shape = try shape.member(name, at: place).shape
      place += place.isEmpty ? name : "." + name
    }
  }

  /// The member of that name, for a path that has come to `place`.
  func member(_ name: String, at place: String) throws(ExpressionError) -> JSONShapeField {
    switch self {
    case .object(let fields):
      guard let field = fields.first(where: { $0.name == name }) else {
        throw .unknown(name, in: place, among: fields.map(\.name))
      }
      return field
    case .map(let element): return JSONShapeField(name, element)
    case .any: return JSONShapeField(name, .any)
    case .integer, .real, .string, .bool, .array:
      throw ExpressionError(
        "no field \"\(name)\" in \(place.isEmpty ? "the document" : place): it is \(noun)")
    }
  }
}
