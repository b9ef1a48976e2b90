internal import MediaJSON

/// `--entries` without `--json`: one line per value, `streams[0].codec_name=h264`.
enum FlatText {
  static func lines(_ value: JSONValue, path: String = "") -> [String] {
    switch value {
    case .object(let object):
      return object.flatMap { member in
        let key = Quantity.printable(member.key)
        return lines(member.value, path: path.isEmpty ? key : "\(path).\(key)")
      }
    case .array(let values):
      return values.enumerated().flatMap { lines($1, path: "\(path)[\($0)]") }
    case .string(let text):
      // A value that needs more than one line is quoted as in JSON.
      let isPlain = !text.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
      return [Quantity.printable("\(path)=\(isPlain ? text : value.text())")]
    default:
      return ["\(path)=\(value.text())"]
    }
  }
}
