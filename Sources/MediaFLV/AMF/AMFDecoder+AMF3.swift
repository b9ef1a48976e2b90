internal import MediaBytes

/// The byte that begins a value in AMF3 (AMF3 3.1).
enum AMF3Marker: UInt8 {
  case undefined, null, `false`, `true`, integer, double, string, xmlDocument, date, array
  case object, xml, byteArray, vectorInt, vectorUInt, vectorDouble, vectorObject, dictionary
}

/// What the objects of a class have in common (AMF3 3.12).
struct AMF3Traits: Hashable {
  /// Empty for anonymous objects.
  var className: AMFString
  var isDynamic: Bool
  var sealedNames: [AMFString]
}

extension AMFDecoder {
  /// Reads a value; of a container that meets damage, what was read, and the damage in `damage`.
  mutating func readAMF3(_ reader: inout ByteReader) throws(ParseError) -> AMFValue {
    let start = reader.offset
    let byte = try reader.u8("AMF3 marker")
    if byte == AMF3Marker.double.rawValue { return .number(try reader.float64("double")) }
    try countValue(at: start)
    guard let marker = AMF3Marker(rawValue: byte) else {
      throw ParseError(.invalid(UInt64(byte)), "AMF3 marker", at: start)
    }
    switch marker {
    case .undefined: return .undefined
    case .null: return .null
    case .false: return .boolean(false)
    case .true: return .boolean(true)
    case .integer:
      let bits = try reader.u29("integer")
      return .integer(Int32(bitPattern: bits << 3) >> 3)
    case .double: return .number(try reader.float64("double"))
    case .string: return .string(try amf3String("string", &reader))
    case .xmlDocument, .date, .array, .object, .xml, .byteArray, .vectorInt, .vectorUInt,
      .vectorDouble, .vectorObject, .dictionary:
      let header = try reader.u29("AMF3 object header")
      guard header & 1 == 1 else { return reference(Int(header >> 1), marker, at: start) }
      return try object(marker, header, &reader, at: start)
    }
  }

  private mutating func reference(_ index: Int, _ marker: AMF3Marker, at start: Int) -> AMFValue {
    if index >= objectMarkers.count {
      note(.referenceOutOfRange(index), at: start)
    } else if objectMarkers[index] != marker {
      note(.referenceOfOtherType(marker: marker.rawValue), at: start)
    }
    return .reference(index)
  }

  /// Reads what follows the header of a value that takes a place in the table of objects.
  private mutating func object(
    _ marker: AMF3Marker, _ header: UInt32, _ reader: inout ByteReader, at start: Int
  ) throws(ParseError) -> AMFValue {
    objectMarkers.append(marker)
    let count = Int(header >> 1)
    switch marker {
    case .date: return .date(AMFDate(milliseconds: try reader.float64("date-time")))
    case .xmlDocument: return .xmlDocument(try string(count, "XMLDocument", &reader))
    case .xml: return .xml(try string(count, "XML", &reader))
    case .byteArray: return .byteArray(try reader.array(count, "ByteArray"))
    default: break
    }
    try enter(at: start)
    defer { leave() }
    switch marker {
    case .array: return try array(count, &reader)
    case .object: return .object(try object(header, &reader))
    case .dictionary: return .dictionary(try dictionary(count, &reader))
    default: return .vector(try vector(marker, count, &reader))
    }
  }

  // MARK: Containers

  private mutating func array(
    _ count: Int, _ reader: inout ByteReader
  ) throws(ParseError) -> AMFValue {
    var list = AMFPropertyList()
    readDynamic(into: &list, &reader)
    let elements = amf3Values(count, &reader)
    guard !list.properties.isEmpty else { return .strictArray(elements) }
    var array = AMFECMAArray(list.properties)
    array.elements = elements
    return .ecmaArray(array)
  }

  private mutating func object(
    _ header: UInt32, _ reader: inout ByteReader
  ) throws(ParseError) -> AMFObject {
    let traits = try readTraits(header, &reader)
    var list = AMFPropertyList()
    for name in traits.sealedNames {
      let offset = reader.offset
      guard let value = step({ (decoder) throws(ParseError) in try decoder.readAMF3(&reader) }),
        add(AMFProperty(name, value), to: &list, at: offset)
      else { break }
    }
    let sealedCount = list.properties.count
    if traits.isDynamic { readDynamic(into: &list, &reader) }
    var object = AMFObject(
      list.properties, className: traits.className.isEmpty ? nil : traits.className)
    object.sealedCount = sealedCount
    object.isDynamic = traits.isDynamic
    return object
  }

  /// Reads a class, or finds the one referred to: `U29O-traits` and what follows it.
  private mutating func readTraits(
    _ header: UInt32, _ reader: inout ByteReader
  ) throws(ParseError) -> AMF3Traits {
    let start = reader.offset
    guard header & 2 == 2 else {
      let index = Int(header >> 2)
      guard index < traits.count else {
        throw ParseError(.invalid(UInt64(index)), "AMF3 traits reference", at: start)
      }
      let names = traits[index].sealedNames.reduce(traits[index].className.byteCount) {
        $0 + $1.byteCount
      }
      try countRepeated(names, at: start)
      return traits[index]
    }
    let className = try amf3String("class-name", &reader)
    guard header & 4 == 0 else {
      throw ParseError(.unsupported(UInt64(header)), "externalizable class", at: start)
    }
    var names: [AMFString] = []
    for _ in 0..<header >> 4 {
      let offset = reader.offset
      names.append(try amf3String("sealed member name", &reader))
      // Empty names take one byte each: the table must not outgrow the input by much.
      try countValue(at: offset)
    }
    let new = AMF3Traits(className: className, isDynamic: header & 8 != 0, sealedNames: names)
    traits.append(new)
    return new
  }

  /// Reads names and values to the empty name.
  private mutating func readDynamic(
    into list: inout AMFPropertyList, _ reader: inout ByteReader
  ) {
    while damage == nil {
      let offset = reader.offset
      let name = step { (decoder) throws(ParseError) in
        try decoder.amf3String("member name", &reader)
      }
      guard let name, !name.isEmpty,
        let value = step({ (decoder) throws(ParseError) in try decoder.readAMF3(&reader) }),
        add(AMFProperty(name, value), to: &list, at: offset)
      else { break }
    }
  }

  private mutating func amf3Values(_ count: Int, _ reader: inout ByteReader) -> [AMFValue] {
    var values: [AMFValue] = []
    for _ in 0..<count {
      guard let value = step({ (decoder) throws(ParseError) in try decoder.readAMF3(&reader) })
      else { break }
      values.append(value)
    }
    return values
  }

  private mutating func dictionary(
    _ count: Int, _ reader: inout ByteReader
  ) throws(ParseError) -> AMFDictionary {
    let hasWeakKeys = try flag("weakly-referenced", &reader)
    var entries: [AMFDictionary.Entry] = []
    for _ in 0..<count {
      guard let key = step({ (decoder) throws(ParseError) in try decoder.readAMF3(&reader) }),
        let value = step({ (decoder) throws(ParseError) in try decoder.readAMF3(&reader) })
      else { break }
      entries.append(AMFDictionary.Entry(key, value))
    }
    return AMFDictionary(entries, hasWeakKeys: hasWeakKeys)
  }

  private mutating func vector(
    _ marker: AMF3Marker, _ count: Int, _ reader: inout ByteReader
  ) throws(ParseError) -> AMFVector {
    let isFixed = try flag("fixed-vector", &reader)
    let elements: AMFVector.Elements
    switch marker {
    case .vectorObject:
      let name = try amf3String("object-type-name", &reader)
      elements = .object(typeName: name, amf3Values(count, &reader))
    case .vectorDouble:
      // The sub-reader's bounds come first, so the loops below cannot run short.
      var part = try reader.reader(count * 8, "Vector.<Number>")
      var values: [Double] = []
      for _ in 0..<count { values.append(try part.float64("Vector.<Number>")) }
      elements = .double(values)
    default:
      var part = try reader.reader(count * 4, "Vector.<int>")
      var values: [UInt32] = []
      for _ in 0..<count { values.append(try part.u32("Vector.<int>")) }
      elements = marker == .vectorUInt ? .uint(values) : .int(values.map { Int32(bitPattern: $0) })
    }
    return AMFVector(elements, isFixed: isFixed)
  }

  // MARK: Parts

  private mutating func flag(
    _ field: StaticString, _ reader: inout ByteReader
  ) throws(ParseError) -> Bool {
    let byte = try reader.u8(field)
    if byte > 1 { note(.unusualFlag(byte), at: reader.offset - 1) }
    return byte != 0
  }

  /// Reads `UTF-8-vr`: a string, or a reference to an earlier one.
  private mutating func amf3String(
    _ field: StaticString, _ reader: inout ByteReader
  ) throws(ParseError) -> AMFString {
    let start = reader.offset
    let header = try reader.u29(field)
    let number = Int(header >> 1)
    guard header & 1 == 1 else {
      guard number < strings.count else {
        throw ParseError(.invalid(UInt64(number)), "AMF3 string reference", at: start)
      }
      try countRepeated(strings[number].byteCount, at: start)
      return strings[number]
    }
    let string = try string(number, field, &reader)
    // The empty string has no place in the table.
    if number > 0 { strings.append(string) }
    return string
  }
}

extension ByteReader {
  /// Reads `U29`: seven bits a byte while the highest is set, eight in a fourth (AMF3 1.3.1).
  fileprivate mutating func u29(_ field: StaticString) throws(ParseError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<3 {
      let byte = try u8(field)
      value = value << 7 | UInt32(byte & 0x7f)
      if byte < 0x80 { return value }
    }
    return value << 8 | UInt32(try u8(field))
  }
}
