public import MediaBytes

/// Reads values of AMF0 and AMF3, puts up with what can be put up with, and records it.
///
/// One decoder reads one body (a script tag, an RTMP message): it holds the tables that references
/// point into, which AMF3 values behind the marker 0x11 share. Nothing is allocated on the word of
/// a count; memory is at most a small multiple of the input. Where `anomalies` is empty and no AMF3
/// occurs, `AMFEncoder` writes the same bytes again.
public struct AMFDecoder: Sendable {
  /// How far it goes.
  public let limits: AMFLimits
  /// What it put up with so far, in the order of reading.
  public internal(set) var anomalies: [AMFAnomaly] = []
  /// How many anomalies there were, beyond `limits.maxAnomalies` as well.
  public internal(set) var anomalyCount = 0
  /// After an error: the container that was being read, with all that had been read of it.
  public internal(set) var partial: AMFValue?

  /// The damage that ended the reading of a container; the containers around it end as well.
  var damage: ParseError?
  private var depth = 0
  private var valueCount = 0
  private var repeatedBytes = 0
  /// AMF0: how many objects have begun; references are to these.
  var objectCount = 0
  /// AMF3: the markers of the objects that have begun.
  var objectMarkers: [AMF3Marker] = []
  /// AMF3: the strings that references are to.
  var strings: [AMFString] = []
  /// AMF3: the classes that references are to.
  var traits: [AMF3Traits] = []

  /// Makes a decoder for one body.
  public init(limits: AMFLimits = AMFLimits()) {
    self.limits = limits
  }

  /// Reads one value in AMF0.
  ///
  /// Throws where it cannot go on; `partial` then has what a container held before the damage.
  public mutating func amf0(_ reader: inout ByteReader) throws(ParseError) -> AMFValue {
    (damage, partial) = (nil, nil)
    let value = try readAMF0(&reader)
    return try whole(value)
  }

  /// Reads one value in AMF3.
  ///
  /// Throws where it cannot go on; `partial` then has what a container held before the damage. The
  /// contents of an externalizable class are known to that class alone, so it is `unsupported`.
  public mutating func amf3(_ reader: inout ByteReader) throws(ParseError) -> AMFValue {
    (damage, partial) = (nil, nil)
    let value = try readAMF3(&reader)
    return try whole(value)
  }

  private mutating func whole(_ value: AMFValue) throws(ParseError) -> AMFValue {
    guard let damage else { return value }
    partial = value
    throw damage
  }
}

// MARK: - Shared by both encodings

extension AMFDecoder {
  mutating func note(_ kind: AMFAnomaly.Kind, at offset: Int) {
    anomalyCount += 1
    if anomalies.count < limits.maxAnomalies { anomalies.append(AMFAnomaly(kind, at: offset)) }
  }

  mutating func forgetAnomalies(from count: Int) {
    anomalyCount = count
    anomalies.removeSubrange(min(count, anomalies.count)...)
  }

  mutating func countValue(at offset: Int) throws(ParseError) {
    valueCount += 1
    guard valueCount <= limits.maxValues else {
      throw ParseError(
        .overLimit(UInt64(valueCount), limit: limits.maxValues), "count of AMF values", at: offset)
    }
  }

  mutating func countRepeated(_ byteCount: Int, at offset: Int) throws(ParseError) {
    repeatedBytes += byteCount
    guard repeatedBytes <= limits.maxRepeatedBytes else {
      throw ParseError(
        .overLimit(UInt64(repeatedBytes), limit: limits.maxRepeatedBytes),
        "size of AMF3 references", at: offset)
    }
  }

  /// Begins a container, to be ended with `leave`.
  mutating func enter(at offset: Int) throws(ParseError) {
    guard depth < limits.maxDepth else {
      throw ParseError(
        .overLimit(UInt64(depth) + 1, limit: limits.maxDepth), "AMF nesting", at: offset)
    }
    depth += 1
  }

  mutating func leave() { depth -= 1 }

  /// Does one step of reading a container; nil where the container must end because of damage.
  mutating func step<Part>(
    _ read: (inout Self) throws(ParseError) -> Part
  ) -> Part? {
    guard damage == nil else { return nil }
    do throws(ParseError) {
      return try read(&self)
    } catch {
      damage = error
      return nil
    }
  }

  mutating func string(
    _ count: Int, _ field: StaticString, _ reader: inout ByteReader
  ) throws(ParseError) -> AMFString {
    let start = reader.offset
    let string = AMFString(bytes: try reader.array(count, field))
    if !string.isValidUTF8 { note(.invalidUTF8, at: start) }
    return string
  }

  /// Adds a property; false where that is one value too many.
  mutating func add(
    _ property: AMFProperty, to list: inout AMFPropertyList, at offset: Int
  ) -> Bool {
    // A number was not counted where it was read, but here it takes the room of a name as well.
    if case .number = property.value {
      step { (decoder) throws(ParseError) in try decoder.countValue(at: offset) }
      if damage != nil { return false }
    }
    if !list.append(property) { note(.duplicateKey, at: offset) }
    return true
  }
}

/// Properties being collected; finds names that stand twice without comparing all with all.
struct AMFPropertyList {
  private(set) var properties: [AMFProperty] = []
  /// The names, once there are many.
  private var names: Set<AMFString> = []

  /// False where the name was there before; the property is added all the same.
  mutating func append(_ property: AMFProperty) -> Bool {
    defer { properties.append(property) }
    guard properties.count >= 16 else {
      return !properties.contains { $0.key == property.key }
    }
    if names.isEmpty { names = Set(properties.map(\.key)) }
    return names.insert(property.key).inserted
  }
}
