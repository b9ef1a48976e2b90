public import MediaFLV

/// Values that a caller adds to `connect`, in the words of rtmpdump's `--conn`.
///
/// `B:1` (boolean), `S:text`, `N:12.5`, `Z:` (null), `O:1` and `O:0` (an object's begin and end);
/// within an object with an `N` in front and a name: `NS:name:text`.
public struct RTMPConnectArguments: Equatable, Sendable {
  /// The values in order; they follow the command object (Adobe RTMP 1.0 §7.2.1.1).
  public private(set) var values: [AMFValue] = []

  /// What is wrong with one of the texts.
  public enum Fault: Error, Hashable, Sendable {
    /// No `X:`, or a letter that means nothing.
    case unknownType(String)
    /// A number or a boolean that is none.
    case badValue(String)
    /// A name where none belongs, or none where one does.
    case badName(String)
    /// Objects that do not end, or more ends than objects.
    case unbalancedObjects
  }

  /// Reads the texts in order.
  ///
  /// - Throws: `Fault`, which names the type of the text at fault, never its value.
  public init(_ texts: [String]) throws(Fault) {
    var open: [(name: AMFString?, properties: [AMFProperty])] = []
    for text in texts {
      let item = try Item(text)
      if item.isObjectEnd {
        guard let object = open.popLast() else { throw .unbalancedObjects }
        add(object.name, .object(AMFObject(object.properties)), to: &open)
        continue
      }
      // Names belong to what stands in an object, and to nothing else.
      guard (item.name == nil) == open.isEmpty else { throw .badName(item.type) }
      if let value = item.value {
        add(item.name, value, to: &open)
      } else {
        guard open.count < 16 else { throw .unbalancedObjects }
        open.append((item.name, []))
      }
    }
    guard open.isEmpty else { throw .unbalancedObjects }
  }

  private mutating func add(
    _ name: AMFString?, _ value: AMFValue,
    to open: inout [(name: AMFString?, properties: [AMFProperty])]
  ) {
    guard let name, !open.isEmpty else {
      values.append(value)
      return
    }
    open[open.count - 1].properties.append(AMFProperty(name, value))
  }

  /// One text: its value, or nil where it begins or ends an object.
  private struct Item {
    var type: String
    var name: AMFString?
    var value: AMFValue?
    var isObjectEnd = false

    init(_ text: String) throws(Fault) {
      var parts = text.split(atByte: UInt8(ascii: ":"), maxSplits: 1)
      guard parts.count == 2, let letter = parts[0].utf8.last, parts[0].utf8.count <= 2 else {
        throw .unknownType(String(parts[0].prefix(2)))
      }
      type = String(parts[0])
      if parts[0].utf8.count == 2 {
        guard parts[0].utf8.first == UInt8(ascii: "N") else { throw .unknownType(type) }
        parts = parts[1].split(atByte: UInt8(ascii: ":"), maxSplits: 1)
        guard parts.count == 2 || letter == UInt8(ascii: "Z") else { throw .badName(type) }
        name = AMFString(String(parts[0]))
      }
      let content = parts.count == 2 ? String(parts[1]) : ""
      switch letter {
      case UInt8(ascii: "S"): value = .string(AMFString(content))
      case UInt8(ascii: "Z"): value = .null
      case UInt8(ascii: "N"):
        guard let number = Double(content) else { throw .badValue(type) }
        value = .number(number)
      case UInt8(ascii: "B"), UInt8(ascii: "O"):
        guard ["0", "1"].contains(content) else { throw .badValue(type) }
        if letter == UInt8(ascii: "B") { value = .boolean(content == "1") }
        isObjectEnd = letter == UInt8(ascii: "O") && content == "0"
      default: throw .unknownType(type)
      }
    }
  }
}

extension RTMPConnectArguments.Fault: CustomStringConvertible {
  /// A sentence without its full stop.
  public var description: String {
    switch self {
    case .unknownType(let type): "\(type) is no type: B, S, N, O, Z or, within an object, NB to NZ"
    case .badValue(let type): "the value of \(type) is none of its type"
    case .badName(let type): "\(type): names stand within objects (O:1 ... O:0), and only there"
    case .unbalancedObjects: "each object begins with O:1 and ends with O:0"
    }
  }
}
