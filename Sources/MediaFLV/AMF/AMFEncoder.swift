public import MediaBytes

/// Writes values in AMF0 and AMF3.
///
/// One encoder writes one body: it holds the tables that AMF3's references to strings and classes
/// point into. Any value can be written in either encoding. What AMF0 has no form for goes behind
/// the marker 0x11 in AMF3; what AMF3 has no form for (a declared count, a zone, a member without
/// a name, `unsupported`) is left out or becomes `undefined`.
public struct AMFEncoder: Sendable {
  private var strings: [AMFString: Int] = [:]
  private var traits: [AMF3Traits: Int] = [:]
  private var objectMarkers: [AMF3Marker] = []

  /// Makes an encoder for one body.
  public init() {}

  /// The bytes of one value in AMF0, as a body of its own.
  public static func amf0(_ value: AMFValue) -> [UInt8] {
    var writer = ByteWriter()
    var encoder = Self()
    encoder.amf0(value, to: &writer)
    return writer.bytes
  }

  /// The bytes of one value in AMF3, as a body of its own.
  public static func amf3(_ value: AMFValue) -> [UInt8] {
    var writer = ByteWriter()
    var encoder = Self()
    encoder.amf3(value, to: &writer)
    return writer.bytes
  }
}

// MARK: - AMF0

extension AMFEncoder {
  /// Writes one value in AMF0.
  public mutating func amf0(_ value: AMFValue, to writer: inout ByteWriter) {
    switch value {
    case .number(let value):
      writer.amf0(.number)
      writer.float64(value)
    case .integer(let value): amf0(.number(Double(value)), to: &writer)
    case .boolean(let value):
      writer.amf0(.boolean)
      writer.integer(value ? 1 as UInt8 : 0)
    case .string(let string) where string.fitsAMF0:
      writer.amf0(.string)
      writer.amf0Name(string)
    case .string(let string), .longString(let string): writer.amf0Long(string, .longString)
    case .xmlDocument(let string): writer.amf0Long(string, .xmlDocument)
    case .object(let object) where object.fitsAMF0:
      writer.amf0(object.className == nil ? .object : .typedObject)
      if let name = object.className { writer.amf0Name(name) }
      amf0(object.properties, to: &writer)
    case .ecmaArray(let array) where array.fitsAMF0:
      writer.amf0(.ecmaArray)
      writer.integer(array.declaredCount)
      amf0(array.properties, to: &writer)
    case .strictArray(let elements):
      writer.amf0(.strictArray)
      writer.integer(UInt32(elements.count))
      for element in elements { amf0(element, to: &writer) }
    case .date(let date):
      writer.amf0(.date)
      writer.float64(date.milliseconds)
      writer.integer(date.zone)
    case .undefined: writer.amf0(.undefined)
    case .null: writer.amf0(.null)
    case .unsupported: writer.amf0(.unsupported)
    case .reference(let index):
      guard let index = UInt16(exactly: index) else { return writer.amf0(.unsupported) }
      writer.amf0(.reference)
      writer.integer(index)
    case .avmPlus(let inner):
      writer.amf0(.avmPlus)
      amf3(inner, to: &writer)
    case .xml, .byteArray, .vector, .dictionary, .object, .ecmaArray:
      amf0(.avmPlus(value), to: &writer)
    }
  }

  private mutating func amf0(_ properties: [AMFProperty], to writer: inout ByteWriter) {
    for property in properties {
      writer.amf0Name(property.key)
      amf0(property.value, to: &writer)
    }
    writer.amf0ObjectEnd()
  }
}

extension AMFString {
  fileprivate var fitsAMF0: Bool { byteCount <= 0xffff }
}

extension AMFObject {
  fileprivate var fitsAMF0: Bool {
    (className?.fitsAMF0 ?? true) && properties.allSatisfy { $0.key.fitsAMF0 }
  }
}

extension AMFECMAArray {
  fileprivate var fitsAMF0: Bool {
    elements.isEmpty && properties.allSatisfy { $0.key.fitsAMF0 }
  }
}

extension ByteWriter {
  mutating func amf0(_ marker: AMF0Marker) { integer(marker.rawValue) }

  /// Writes a name, or a string behind its marker: at most 65,535 bytes.
  mutating func amf0Name(_ string: AMFString) {
    let bytes = string.bytes
    integer(UInt16(bytes.count))
    append(bytes)
  }

  mutating func amf0ObjectEnd() { u24(UInt32(AMF0Marker.objectEnd.rawValue)) }

  fileprivate mutating func amf0Long(_ string: AMFString, _ marker: AMF0Marker) {
    let bytes = string.bytes
    amf0(marker)
    integer(UInt32(bytes.count))
    append(bytes)
  }
}

// MARK: - AMF3

extension AMFEncoder {
  /// Writes one value in AMF3; strings and classes that occurred before as references.
  public mutating func amf3(_ value: AMFValue, to writer: inout ByteWriter) {
    switch value {
    case .undefined, .unsupported: writer.amf3(.undefined)
    case .null: writer.amf3(.null)
    case .boolean(let value): writer.amf3(value ? .true : .false)
    case .integer(let value):
      guard (-0x1000_0000..<0x1000_0000).contains(value) else {
        return amf3(.number(Double(value)), to: &writer)
      }
      writer.amf3(.integer)
      writer.u29(UInt32(bitPattern: value) & 0x1fff_ffff)
    case .number(let value):
      writer.amf3(.double)
      writer.float64(value)
    case .string(let string), .longString(let string):
      writer.amf3(.string)
      amf3(string, to: &writer)
    case .avmPlus(let inner): amf3(inner, to: &writer)
    case .reference(let index):
      writer.amf3(objectMarkers.indices.contains(index) ? objectMarkers[index] : .object)
      writer.u29(UInt32(index) << 1)
    case .date(let date):
      begin(.date, &writer)
      writer.u29(1)
      writer.float64(date.milliseconds)
    case .xmlDocument(let string): bytes(string.bytes, .xmlDocument, &writer)
    case .xml(let string): bytes(string.bytes, .xml, &writer)
    case .byteArray(let array): bytes(array, .byteArray, &writer)
    case .strictArray(let elements): array([], elements, &writer)
    case .ecmaArray(let both): array(both.properties, both.elements, &writer)
    case .object(let value): object(value, &writer)
    case .vector(let value): vector(value, &writer)
    case .dictionary(let dictionary):
      begin(.dictionary, &writer)
      writer.amf3Count(dictionary.entries.count)
      writer.integer(dictionary.hasWeakKeys ? 1 as UInt8 : 0)
      for entry in dictionary.entries {
        amf3(entry.key, to: &writer)
        amf3(entry.value, to: &writer)
      }
    }
  }

  /// Writes the marker of a value that takes a place in the table of objects.
  private mutating func begin(_ marker: AMF3Marker, _ writer: inout ByteWriter) {
    objectMarkers.append(marker)
    writer.amf3(marker)
  }

  private mutating func bytes(_ bytes: [UInt8], _ marker: AMF3Marker, _ writer: inout ByteWriter) {
    begin(marker, &writer)
    writer.amf3Count(bytes.count)
    writer.append(bytes)
  }

  private mutating func array(
    _ properties: [AMFProperty], _ elements: [AMFValue], _ writer: inout ByteWriter
  ) {
    begin(.array, &writer)
    writer.amf3Count(elements.count)
    dynamic(properties[...], &writer)
    for element in elements { amf3(element, to: &writer) }
  }

  private mutating func object(_ object: AMFObject, _ writer: inout ByteWriter) {
    begin(.object, &writer)
    let sealed = object.properties.prefix(object.sealedCount)
    let dynamic = object.properties.dropFirst(object.sealedCount)
    let new = AMF3Traits(
      className: object.className ?? "", isDynamic: object.isDynamic || !dynamic.isEmpty,
      sealedNames: sealed.map(\.key))
    if let index = traits[new] {
      writer.u29(UInt32(index) << 2 | 1)
    } else {
      traits[new] = traits.count
      writer.u29(UInt32(sealed.count) << 4 | (new.isDynamic ? 8 : 0) | 3)
      amf3(new.className, to: &writer)
      for name in new.sealedNames { amf3(name, to: &writer) }
    }
    for property in sealed { amf3(property.value, to: &writer) }
    if new.isDynamic { self.dynamic(dynamic, &writer) }
  }

  private mutating func dynamic(
    _ properties: ArraySlice<AMFProperty>, _ writer: inout ByteWriter
  ) {
    // The empty name is the end marker.
    for property in properties where !property.key.isEmpty {
      amf3(property.key, to: &writer)
      amf3(property.value, to: &writer)
    }
    writer.u29(1)
  }

  private mutating func vector(_ vector: AMFVector, _ writer: inout ByteWriter) {
    let isFixed: UInt8 = vector.isFixed ? 1 : 0
    switch vector.elements {
    case .int(let values):
      begin(.vectorInt, &writer)
      writer.amf3Count(values.count)
      writer.integer(isFixed)
      for value in values { writer.integer(value) }
    case .uint(let values):
      begin(.vectorUInt, &writer)
      writer.amf3Count(values.count)
      writer.integer(isFixed)
      for value in values { writer.integer(value) }
    case .double(let values):
      begin(.vectorDouble, &writer)
      writer.amf3Count(values.count)
      writer.integer(isFixed)
      for value in values { writer.float64(value) }
    case .object(let typeName, let values):
      begin(.vectorObject, &writer)
      writer.amf3Count(values.count)
      writer.integer(isFixed)
      amf3(typeName, to: &writer)
      for value in values { amf3(value, to: &writer) }
    }
  }

  /// Writes `UTF-8-vr`.
  private mutating func amf3(_ string: AMFString, to writer: inout ByteWriter) {
    if let index = strings[string] { return writer.u29(UInt32(index) << 1) }
    // The empty string has no place in the table.
    if !string.isEmpty { strings[string] = strings.count }
    let bytes = string.bytes
    writer.amf3Count(bytes.count)
    writer.append(bytes)
  }
}

extension ByteWriter {
  fileprivate mutating func amf3(_ marker: AMF3Marker) { integer(marker.rawValue) }

  /// Writes a length, or a count, whose low bit says that it is no reference.
  fileprivate mutating func amf3Count(_ count: Int) {
    precondition(count < 0x1000_0000, "AMF3 counts to 2^28 - 1")
    u29(UInt32(count) << 1 | 1)
  }

  /// Writes `U29` in as few bytes as it fits.
  fileprivate mutating func u29(_ value: UInt32) {
    precondition(value < 0x2000_0000, "does not fit in 29 bits")
    if value >= 0x20_0000 {
      integer(UInt8(value >> 22) | 0x80)
      integer(UInt8(value >> 15 & 0x7f) | 0x80)
      integer(UInt8(value >> 8 & 0x7f) | 0x80)
      integer(UInt8(value & 0xff))
      return
    }
    if value >= 0x4000 { integer(UInt8(value >> 14) | 0x80) }
    if value >= 0x80 { integer(UInt8(value >> 7 & 0x7f) | 0x80) }
    integer(UInt8(value & 0x7f))
  }
}
