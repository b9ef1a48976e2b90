/// How far a decoder of AMF goes.
public struct AMFLimits: Hashable, Sendable {
  /// How deep containers may nest; real metadata nests three deep.
  public var maxDepth = 32
  /// How many values one decoder may read.
  ///
  /// Numbers in arrays do not count: each takes nine bytes, so the input's size bounds them
  /// already, and the keyframe index of a ten-hour recording holds 72,000 of them.
  public var maxValues = 65_536
  /// AMF3: how many bytes references to strings and classes may stand for in all.
  ///
  /// In memory a repeated string costs nothing, but whoever prints the value prints it each time.
  public var maxRepeatedBytes = 1 << 24
  /// How many anomalies are recorded; those that follow are only counted.
  public var maxAnomalies = 1000

  /// Makes the limits that suit any script tag.
  public init() {}
}

/// Something a decoder of AMF put up with.
public struct AMFAnomaly: Hashable, Sendable {
  /// What it was.
  public enum Kind: Hashable, Sendable {
    /// An object or ECMA array ends with the input, not with 00 00 09.
    case missingEndMarker
    /// The count of an ECMA array is not that of its properties.
    case countDiffers(declared: UInt32, actual: Int)
    /// Bytes behind the last value are no value.
    case trailingBytes(Int)
    /// A string is not UTF-8.
    case invalidUTF8
    /// A reference to an object that had not begun.
    case referenceOutOfRange(Int)
    /// AMF3: the marker before a reference is not that of the object it refers to.
    case referenceOfOtherType(marker: UInt8)
    /// An object or ECMA array has the name twice; the second one is reported.
    case duplicateKey
    /// A property without a name that is no end marker.
    case emptyKey
    /// A boolean that is true by a byte other than 1.
    case unusualBoolean(UInt8)
    /// AMF3: a flag by a byte other than 0 and 1 (`fixed-vector`, `weakly-referenced`).
    case unusualFlag(UInt8)
  }

  /// What it was.
  public var kind: Kind
  /// Where it begins, in bytes from the start of the input.
  public var offset: Int

  /// Makes an anomaly.
  public init(_ kind: Kind, at offset: Int) {
    self.kind = kind
    self.offset = offset
  }
}

extension AMFAnomaly: CustomStringConvertible {
  /// One line, such as `at byte 40: the end marker 00 00 09 is missing`.
  public var description: String { "at byte \(offset): \(kind)" }
}

extension AMFAnomaly.Kind: CustomStringConvertible {
  /// A sentence without its full stop.
  public var description: String {
    switch self {
    case .missingEndMarker: "the end marker 00 00 09 is missing"
    case .countDiffers(let declared, let actual):
      "ECMAArrayLength is \(declared), the array has \(actual)"
    case .trailingBytes(let count):
      "\(count) \(count == 1 ? "byte" : "bytes") behind the last value"
    case .invalidUTF8: "the string is not UTF-8"
    case .referenceOutOfRange(let index): "reference to object \(index), which had not begun"
    case .referenceOfOtherType(let marker): "marker \(marker) on a reference to another type"
    case .duplicateKey: "the name stands twice in one object"
    case .emptyKey: "a property without a name"
    case .unusualBoolean(let byte): "true is written as \(byte)"
    case .unusualFlag(let byte): "a flag is written as \(byte)"
    }
  }
}
