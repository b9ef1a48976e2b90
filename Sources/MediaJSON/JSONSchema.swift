extension JSONShape {
  /// The JSON Schema (2020-12) of documents of this shape.
  ///
  /// Objects are closed except maps; a member is required unless it is optional; a summary
  /// becomes a description.
  public func jsonSchema(title: String, id: String) -> JSONValue {
    var schema: JSONObject = [
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": .string(id),
      "title": .string(title),
    ]
    for (name, value) in members(isNullable: false) { schema[name] = value }
    return .object(schema)
  }

  fileprivate func members(isNullable: Bool) -> JSONObject {
    var schema = JSONObject()
    if let type = schemaType {
      schema["type"] = isNullable ? .array([.string(type), "null"]) : .string(type)
    }
    switch self {
    case .integer, .real, .string, .bool, .any: break
    case .array(let element): schema["items"] = .object(element.members(isNullable: false))
    case .map(let element):
      schema["additionalProperties"] = .object(element.members(isNullable: false))
    case .object(let fields):
      schema["properties"] = .object(JSONObject(fields.map { ($0.name, $0.schema) }))
      let required = fields.filter { !$0.isOptional }.map { JSONValue.string($0.name) }
      if !required.isEmpty { schema["required"] = .array(required) }
      schema["additionalProperties"] = false
    }
    return schema
  }

  private var schemaType: String? {
    switch self {
    case .integer: "integer"
    case .real: "number"
    case .string: "string"
    case .bool: "boolean"
    case .array: "array"
    case .object, .map: "object"
    case .any: nil
    }
  }
}

extension JSONShapeField {
  fileprivate var schema: JSONValue {
    var schema = JSONObject()
    if !summary.isEmpty { schema["description"] = .string(summary) }
    for (name, value) in shape.members(isNullable: isNullable) { schema[name] = value }
    return .object(schema)
  }
}
