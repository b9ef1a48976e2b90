internal import MediaBytes
internal import MediaFLV
internal import MediaJSON

/// AMF values as JSON, in their order; what JSON has no form for becomes null or an object.
enum AMFJSON {
  /// A script tag: its name and the values behind it.
  static func script(_ script: FLVScriptData) -> JSONValue {
    .object([
      "name": script.name.map(JSONValue.string) ?? .null,
      "encoding": .string(script.encoding == .amf3 ? "amf3" : "amf0"),
      "values": .array(script.arguments.map(value)),
    ])
  }

  static func value(_ value: AMFValue) -> JSONValue {
    switch value {
    case .number(let number): return real(number)
    case .integer(let number): return .integer(Int64(number))
    case .boolean(let flag): return .bool(flag)
    case .string(let text), .longString(let text), .xmlDocument(let text), .xml(let text):
      return .string(text.text)
    case .object(let object):
      let members = self.members(object.properties)
      guard let name = object.className else { return members }
      return .object(["class": .string(name.text), "members": members])
    case .ecmaArray(let array):
      guard !array.elements.isEmpty else { return members(array.properties) }
      return .object([
        "members": members(array.properties), "elements": .array(array.elements.map(self.value)),
      ])
    case .strictArray(let elements): return .array(elements.map(self.value))
    case .date(let date):
      return .object([
        "date_ms": real(date.milliseconds), "zone_minutes": .integer(Int64(date.zone)),
      ])
    case .undefined, .null, .unsupported: return .null
    case .reference(let index): return .object(["reference": .integer(Int64(index))])
    case .byteArray(let bytes): return .object(["bytes": .string(HexDump.digits(bytes))])
    case .vector(let vector): return .array(elements(vector.elements))
    case .dictionary(let dictionary):
      return .array(
        dictionary.entries.map { .array([self.value($0.key), self.value($0.value)]) })
    case .avmPlus(let inner): return self.value(inner)
    }
  }

  /// Whole numbers without a fraction; AMF0 has no others.
  private static func real(_ number: Double) -> JSONValue {
    guard number.isFinite else { return .null }
    return Int64(exactly: number).map(JSONValue.integer) ?? .real(number)
  }

  private static func members(_ properties: [AMFProperty]) -> JSONValue {
    .object(JSONObject(properties.map { ($0.key.text, value($0.value)) }))
  }

  private static func elements(_ elements: AMFVector.Elements) -> [JSONValue] {
    switch elements {
    case .int(let values): values.map { .integer(Int64($0)) }
    case .uint(let values): values.map { .integer(Int64($0)) }
    case .double(let values): values.map(real)
    case .object(_, let values): values.map(value)
    }
  }
}
