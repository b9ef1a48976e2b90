import Foundation
import MediaPlot
import TestSupport

/// An input and the text it must give.
struct Expected<Input: Sendable>: Sendable {
  var input: Input
  var text: String
  init(_ input: Input, _ text: String) {
    self.input = input
    self.text = text
  }
}

extension Seeded {
  /// A value within the limit of an axis, of any magnitude.
  mutating func anyValue() -> Double {
    let magnitude = Double.random(in: -9...15, using: &self)
    return pow(10, magnitude) * (Bool.random(using: &self) ? 1 : -1)
  }
}

/// What an XML parser that is not ours finds in `document`, or its complaint.
struct XMLReading: Decodable {
  var error: String?
  var elements: [String: Int]?
  var texts: [String]?

  static func of(_ document: String) throws -> XMLReading {
    let script = """
      import sys, json, collections, xml.etree.ElementTree as E
      try:
        root = E.fromstring(sys.stdin.buffer.read())
      except E.ParseError as e:
        print(json.dumps({"error": str(e)})); sys.exit()
      name = lambda e: e.tag.split("}")[1]
      print(json.dumps({"elements": collections.Counter(name(e) for e in root.iter()),
        "texts": [e.text or "" for e in root.iter() if name(e) in ("text", "title", "desc")]}))
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = ["-c", script]
    let input = FileManager.default.temporaryDirectory
      .appendingPathComponent("chart-\(UUID().uuidString).svg")
    try Data(document.utf8).write(to: input)
    defer { try? FileManager.default.removeItem(at: input) }
    process.standardInput = try FileHandle(forReadingFrom: input)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let result = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return try JSONDecoder().decode(XMLReading.self, from: result)
  }
}
