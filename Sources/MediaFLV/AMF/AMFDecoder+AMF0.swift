internal import MediaBytes

/// The byte that begins a value in AMF0 (AMF0 2.1, FLV 10.1 E.4.4.2).
enum AMF0Marker: UInt8 {
  case number, boolean, string, object, movieClip, null, undefined, reference, ecmaArray
  case objectEnd, strictArray, date, longString, unsupported, recordSet, xmlDocument
  case typedObject, avmPlus
}

extension AMFDecoder {
  /// Reads a value; of a container that meets damage, what was read, and the damage in `damage`.
  mutating func readAMF0(_ reader: inout ByteReader) throws(ParseError) -> AMFValue {
    let start = reader.offset
    let byte = try reader.u8("AMF0 marker")
    if byte == AMF0Marker.number.rawValue { return .number(try reader.float64("number")) }
    try countValue(at: start)
    switch AMF0Marker(rawValue: byte) {
    case .boolean: return .boolean(try boolean(&reader))
    case .string:
      let count = Int(try reader.u16("StringLength"))
      return .string(try string(count, "StringData", &reader))
    case .longString:
      let count = Int(try reader.u32("LongStringLength"))
      return .longString(try string(count, "StringData", &reader))
    case .xmlDocument:
      let count = Int(try reader.u32("XML document length"))
      return .xmlDocument(try string(count, "XML document", &reader))
    case .object: return .object(AMFObject(try properties(&reader, at: start)))
    case .typedObject:
      let count = Int(try reader.u16("class-name length"))
      let name = try string(count, "class-name", &reader)
      return .object(AMFObject(try properties(&reader, at: start), className: name))
    case .ecmaArray: return .ecmaArray(try ecmaArray(&reader, at: start))
    case .strictArray: return .strictArray(try strictArray(&reader, at: start))
    case .date:
      let milliseconds = try reader.float64("DateTime")
      return .date(AMFDate(milliseconds: milliseconds, zone: try reader.i16("LocalDateTimeOffset")))
    case .null: return .null
    case .undefined: return .undefined
    case .unsupported: return .unsupported
    case .reference:
      let index = Int(try reader.u16("reference"))
      if index >= objectCount { note(.referenceOutOfRange(index), at: start) }
      return .reference(index)
    case .avmPlus: return .avmPlus(try readAMF3(&reader))
    case .movieClip, .recordSet:
      throw ParseError(.unsupported(UInt64(byte)), "AMF0 marker", at: start)
    case .number, .objectEnd, nil:
      throw ParseError(.invalid(UInt64(byte)), "AMF0 marker", at: start)
    }
  }

  private mutating func boolean(_ reader: inout ByteReader) throws(ParseError) -> Bool {
    let byte = try reader.u8("boolean")
    if byte > 1 { note(.unusualBoolean(byte), at: reader.offset - 1) }
    return byte != 0
  }

  private mutating func ecmaArray(
    _ reader: inout ByteReader, at start: Int
  ) throws(ParseError) -> AMFECMAArray {
    let declared = try reader.u32("ECMAArrayLength")
    let properties = try properties(&reader, at: start)
    // Of an array that damage cuts short, the number of properties says nothing.
    if damage == nil, Int(declared) != properties.count {
      note(.countDiffers(declared: declared, actual: properties.count), at: start + 1)
    }
    return AMFECMAArray(properties, declaredCount: declared)
  }

  private mutating func strictArray(
    _ reader: inout ByteReader, at start: Int
  ) throws(ParseError) -> [AMFValue] {
    var left = try reader.u32("StrictArrayLength")
    try enter(at: start)
    defer { leave() }
    objectCount += 1
    var elements: [AMFValue] = []
    while left > 0 {
      guard let value = step({ (decoder) throws(ParseError) in try decoder.readAMF0(&reader) })
      else { break }
      elements.append(value)
      left -= 1
    }
    return elements
  }

  /// Reads names and values to the end marker, or to the end of the input.
  private mutating func properties(
    _ reader: inout ByteReader, at start: Int
  ) throws(ParseError) -> [AMFProperty] {
    try enter(at: start)
    defer { leave() }
    objectCount += 1
    var list = AMFPropertyList()
    while damage == nil {
      let offset = reader.offset
      if Self.skipCutEndMarker(&reader) {
        note(.missingEndMarker, at: offset)
        break
      }
      guard let key = step({ (decoder) throws(ParseError) in try decoder.key(&reader) }) else {
        break
      }
      if key.isEmpty {
        if reader.peekU8 == AMF0Marker.objectEnd.rawValue {
          step { (_) throws(ParseError) in try reader.skip(1, "object end marker") }
          break
        }
        note(.emptyKey, at: offset)
      }
      guard let value = step({ (decoder) throws(ParseError) in try decoder.readAMF0(&reader) }),
        add(AMFProperty(key, value), to: &list, at: offset)
      else { break }
    }
    return list.properties
  }

  private mutating func key(_ reader: inout ByteReader) throws(ParseError) -> AMFString {
    let count = Int(try reader.u16("PropertyName length"))
    return try string(count, "PropertyName", &reader)
  }

  /// Steps over what is left where that is nothing, or the first bytes of an end marker.
  private static func skipCutEndMarker(_ reader: inout ByteReader) -> Bool {
    guard reader.remaining < 3 else { return false }
    for index in 0..<reader.remaining
    where reader.bytes.byte(at: reader.position + index) != 0 { return false }
    _ = reader.takeRest()
    return true
  }
}
