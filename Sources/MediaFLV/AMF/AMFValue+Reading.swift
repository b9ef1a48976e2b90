// What callers ask a value for, whichever encoding it came in.

extension AMFValue {
  /// The value itself, without the marker that changes over to AMF3.
  public var unwrapped: AMFValue {
    if case .avmPlus(let value) = self { value } else { self }
  }

  /// The number, from either numeric type.
  public var number: Double? {
    switch unwrapped {
    case .number(let value): value
    case .integer(let value): Double(value)
    default: nil
    }
  }

  /// The text of a string of either length; XML is none.
  public var text: String? {
    switch unwrapped {
    case .string(let value), .longString(let value): value.text
    default: nil
    }
  }

  /// The truth value.
  public var boolean: Bool? {
    if case .boolean(let value) = unwrapped { value } else { nil }
  }

  /// The named members of an object or an ECMA array, in order.
  public var properties: [AMFProperty]? {
    switch unwrapped {
    case .object(let object): object.properties
    case .ecmaArray(let array): array.properties
    default: nil
    }
  }

  /// The value of a named member; of several with one name the last, as ActionScript has it.
  public subscript(key: AMFString) -> AMFValue? {
    properties?.last { $0.key == key }?.value
  }

  /// The type's name, for messages.
  public var typeName: StaticString {
    switch self {
    case .number: "number"
    case .integer: "integer"
    case .boolean: "boolean"
    case .string: "string"
    case .longString: "long string"
    case .object: "object"
    case .ecmaArray: "ECMA array"
    case .strictArray: "strict array"
    case .date: "date"
    case .xmlDocument: "XML document"
    case .xml: "XML"
    case .undefined: "undefined"
    case .null: "null"
    case .unsupported: "unsupported"
    case .reference: "reference"
    case .byteArray: "byte array"
    case .vector: "vector"
    case .dictionary: "dictionary"
    case .avmPlus(let value): value.typeName
    }
  }
}

// MARK: - Printing

extension AMFValue: CustomStringConvertible {
  /// One line, much like JSON.
  public var description: String { text(maxElements: .max) }

  /// One line, much like JSON, that leaves out all but the first elements of a longer array.
  ///
  /// A cut is shown as `... 9992 more`. Objects are never cut.
  public func text(maxElements: Int) -> String {
    var line = ""
    write(to: &line, maxElements)
    return line
  }

  private func write(to line: inout String, _ limit: Int) {
    switch self {
    case .number(let value): line += value.amfText
    case .integer(let value): line += "\(value)"
    case .boolean(let value): line += "\(value)"
    case .string(let value), .longString(let value): line += value.quoted
    case .xmlDocument(let value), .xml(let value): line += value.quoted
    case .object(let object):
      if let name = object.className { line += name.quoted + " " }
      write(object.properties, to: &line, limit)
    case .ecmaArray(let array):
      write(array.properties, to: &line, limit)
      if !array.elements.isEmpty { writeList(array.elements, to: &line, limit) { $0 } }
    case .strictArray(let elements): writeList(elements, to: &line, limit) { $0 }
    case .date(let date):
      line += "date(\(date.milliseconds.amfText) ms"
      line += date.zone == 0 ? ")" : ", zone \(date.zone))"
    case .undefined, .null, .unsupported: line += "\(typeName)"
    case .reference(let index): line += "reference(\(index))"
    case .byteArray(let bytes): line += "bytes(\(bytes.count))"
    case .vector(let vector): vector.elements.write(to: &line, limit)
    case .dictionary(let dictionary):
      Self.writeList(dictionary.entries.count, "{", "}", to: &line, .max) { index, line in
        dictionary.entries[index].key.write(to: &line, limit)
        line += ": "
        dictionary.entries[index].value.write(to: &line, limit)
      }
    case .avmPlus(let value): value.write(to: &line, limit)
    }
  }

  private func write(_ properties: [AMFProperty], to line: inout String, _ limit: Int) {
    Self.writeList(properties.count, "{", "}", to: &line, .max) { index, line in
      line += properties[index].key.quoted + ": "
      properties[index].value.write(to: &line, limit)
    }
  }

  private func writeList<Element>(
    _ elements: [Element], to line: inout String, _ limit: Int, value: (Element) -> AMFValue
  ) {
    Self.writeList(elements.count, "[", "]", to: &line, limit) { index, line in
      value(elements[index]).write(to: &line, limit)
    }
  }

  fileprivate static func writeList(
    _ count: Int, _ open: String, _ close: String, to line: inout String, _ limit: Int,
    element: (Int, inout String) -> Void
  ) {
    line += open
    let shown = min(count, max(limit, 0))
    for index in 0..<shown {
      if index > 0 { line += ", " }
      element(index, &line)
    }
    if shown < count { line += "\(shown > 0 ? ", " : "")... \(count - shown) more" }
    line += close
  }
}

extension AMFVector.Elements {
  fileprivate func write(to line: inout String, _ limit: Int) {
    let values: [AMFValue] =
      switch self {
      case .int(let values): values.map { .number(Double($0)) }
      case .uint(let values): values.map { .number(Double($0)) }
      case .double(let values): values.map { .number($0) }
      case .object(_, let values): values
      }
    line += AMFValue.strictArray(values).text(maxElements: limit)
  }
}

extension Double {
  /// Whole numbers without a fraction, as ActionScript prints them.
  fileprivate var amfText: String {
    guard isFinite else { return isNaN ? "NaN" : self < 0 ? "-Infinity" : "Infinity" }
    guard self == rounded(.towardZero), magnitude < 0x1p53 else { return "\(self)" }
    return self == 0 && sign == .minus ? "-0" : "\(Int64(self))"
  }
}
