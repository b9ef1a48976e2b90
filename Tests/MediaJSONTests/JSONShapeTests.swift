import Foundation
import MediaJSON
import Testing

struct Mismatch: Sendable {
  let document: String
  let mismatches: [String]
  init(_ document: String, _ mismatches: [String]) {
    self.document = document
    self.mismatches = mismatches
  }
}

private let shape = JSONShape.object([
  JSONShapeField("n", .integer, summary: "A number"),
  JSONShapeField("r", .real, summary: "Seconds", isNullable: true),
  JSONShapeField("s", .string, isOptional: true),
  JSONShapeField("list", .array(.object([JSONShapeField("b", .bool)]))),
  JSONShapeField("tags", .map(.string), isOptional: true),
  JSONShapeField("any", .any, isOptional: true),
  JSONShapeField("rows", .array(.integer), streamedTotals: ["totals.rows"]),
])

@Test(arguments: [
  Mismatch(#"{"n":1,"r":2.0,"list":[],"rows":[]}"#, []),
  Mismatch(
    #"{"n":1,"r":null,"s":"x","list":[{"b":true}],"tags":{"k":"v"},"any":{},"rows":[1]}"#, []),
  Mismatch(#"{"n":1,"r":2.0,"list":[]}"#, ["rows: missing"]),
  Mismatch(
    #"{"n":1.0,"r":2,"list":[],"rows":[]}"#,
    [
      "n: expected a whole number, found 1.0", "r: expected a number with a fraction, found 2",
    ]),
  Mismatch(
    #"{"n":null,"r":2.0,"list":null,"rows":[]}"#,
    [
      "n: expected a whole number, found null", "list: expected an array, found null",
    ]),
  Mismatch(
    #"{"r":2.0,"list":[{"b":1},{},{"b":true,"c":2}],"rows":[]}"#,
    [
      "n: missing", "list[0].b: expected true or false, found 1", "list[1].b: missing",
      "list[2].c: not in the shape",
    ]),
  Mismatch(#"{"r":2.0,"n":1,"list":[],"rows":[]}"#, ["n: out of order"]),
  Mismatch(
    #"{"n":1,"r":2.0,"list":[],"tags":{"k":5},"rows":["x"]}"#,
    [
      "tags.k: expected a string, found 5", #"rows[0]: expected a whole number, found "x""#,
    ]),
  Mismatch("[1,2]", ["document: expected an object, found an array of 2 elements"]),
]) func mismatchesAreNamed(_ vector: Mismatch) throws {
  #expect(try shape.mismatches(in: JSONValue(parsing: vector.document)) == vector.mismatches)
}

@Test func streamedArraysMayBeLeftOut() throws {
  let document = try JSONValue(parsing: #"{"n":1,"r":2.0,"list":[]}"#)
  #expect(shape.mismatches(in: document, withoutStreamed: true) == [])
  #expect(
    probeReport.shape.mismatches(in: probeReport.value(sampleProbe), withoutStreamed: true) == [])
}

@Test func schemaOfEveryKind() {
  #expect(
    shape.jsonSchema(title: "Sample", id: "https://example.org/sample.json").text(style: .pretty)
      == #"""
      {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://example.org/sample.json",
        "title": "Sample",
        "type": "object",
        "properties": {
          "n": {
            "description": "A number",
            "type": "integer"
          },
          "r": {
            "description": "Seconds",
            "type": [
              "number",
              "null"
            ]
          },
          "s": {
            "type": "string"
          },
          "list": {
            "type": "array",
            "items": {
              "type": "object",
              "properties": {
                "b": {
                  "type": "boolean"
                }
              },
              "required": [
                "b"
              ],
              "additionalProperties": false
            }
          },
          "tags": {
            "type": "object",
            "additionalProperties": {
              "type": "string"
            }
          },
          "any": {},
          "rows": {
            "type": "array",
            "items": {
              "type": "integer"
            }
          }
        },
        "required": [
          "n",
          "r",
          "list",
          "rows"
        ],
        "additionalProperties": false
      }
      """#)
}

// MARK: Against an independent validator

/// Runs `script` with Python's jsonschema on a JSON array, and answers what it printed.
private func python(_ script: String, _ input: JSONValue) throws -> (status: Int32, text: String) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
  process.arguments = ["-c", script]
  let (standardInput, standardOutput) = (Pipe(), Pipe())
  process.standardInput = standardInput
  process.standardOutput = standardOutput
  process.standardError = standardOutput
  try process.run()
  standardInput.fileHandleForWriting.write(Data(input.text().utf8))
  try standardInput.fileHandleForWriting.close()
  let output = standardOutput.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return (process.terminationStatus, String(decoding: output, as: UTF8.self))
}

private let hasValidator: Bool = {
  if ProcessInfo.processInfo.environment["MEDIATOOL_REQUIRE_PEERS"] == "1" { return true }
  guard FileManager.default.isExecutableFile(atPath: "/usr/bin/python3") else { return false }
  return (try? python("from jsonschema import Draft202012Validator", []).status) == 0
}()

@Test(.enabled(if: hasValidator, "needs /usr/bin/python3 with jsonschema"))
func anIndependentValidatorAgreesWithMismatches() throws {
  let whole = probeReport.value(sampleProbe)
  var documents: [JSONValue] = [whole]
  func changed(_ change: (inout JSONObject) -> Void) {
    var object = whole.object ?? [:]
    change(&object)
    documents.append(.object(object))
  }
  changed { $0["packets"] = [["pts": .null, "size": 5]] }
  changed { $0["packets"] = [["pts": "5", "size": 5]] }
  changed { $0["packets"] = [["size": 5]] }
  changed { $0["input"] = nil }
  changed { $0["input"] = .some(.null) }
  changed { $0["surprise"] = 1 }
  changed { $0["extra"] = .some(.null) }
  changed { $0["totals"] = ["packets": "many", "count": 9] }
  changed { $0["format"] = ["filename": "x", "duration": .null, "bit_rate": 5, "tags": [:]] }
  changed { $0["format"] = ["filename": "x", "duration": .null, "bit_rate": 5.5, "tags": [:]] }
  changed { $0["format"] = ["filename": "x", "duration": 1.5, "bit_rate": 5, "tags": ["a": 1]] }
  changed { $0["streams"] = [["index": 0]] }
  let script = """
    import json, sys
    from jsonschema import Draft202012Validator as Validator
    schema, documents = json.load(sys.stdin)
    Validator.check_schema(schema)
    print(json.dumps([Validator(schema).is_valid(d) for d in documents]))
    """
  let schema = probeReport.jsonSchema(title: "Sample", id: "https://example.org/sample.json")
  let (status, text) = try python(script, [schema, .array(documents)])
  #expect(status == 0, "\(text)")
  let verdicts = try #require(try JSONValue(parsing: text).array?.map { $0.bool == true })
  let ours = documents.map { document in
    // JSON Schema has no word for the order of keys.
    probeReport.shape.mismatches(in: document).allSatisfy { $0.hasSuffix(": out of order") }
  }
  #expect(verdicts == ours)
  #expect(verdicts.count { $0 } == 4)
}
