/// A value of AMF0 or AMF3, in the order and the form in which it was written.
///
/// One type serves both, so that a message which changes over in its middle is still one value.
/// What only one of the two can write says so. References stay as they are: following them is the
/// caller's choice, so a cycle cannot hang a reader and a chain cannot grow beyond the input.
public enum AMFValue: Sendable {
  /// A binary64; all bit patterns are lawful.
  case number(Double)
  /// AMF3 only: -2^28...2^28 - 1; AMF0 writes it as a number, AMF3 beyond the range as well.
  case integer(Int32)
  /// True or false.
  case boolean(Bool)
  /// A string; AMF0 writes one of more than 65,535 bytes as a long string.
  case string(AMFString)
  /// AMF0 only: a string with a length of 32 bits; a plain string in AMF3.
  case longString(AMFString)
  /// An object, anonymous or of a class.
  indirect case object(AMFObject)
  /// An array with names; in AMF3 it may have numbered elements besides.
  indirect case ecmaArray(AMFECMAArray)
  /// An array of numbered elements.
  case strictArray([AMFValue])
  /// A point in time.
  case date(AMFDate)
  /// An XML document (ActionScript's `XMLDocument`).
  case xmlDocument(AMFString)
  /// AMF3 only: an XML object (E4X).
  case xml(AMFString)
  /// No value was ever set.
  case undefined
  /// No object.
  case null
  /// AMF0 only: the writer could not write what stood here; undefined in AMF3.
  case unsupported
  /// An earlier object, by its place among all objects of the same body and encoding.
  case reference(Int)
  /// AMF3 only: bytes.
  case byteArray([UInt8])
  /// AMF3 only: elements of one type.
  indirect case vector(AMFVector)
  /// AMF3 only: keys of any type.
  indirect case dictionary(AMFDictionary)
  /// AMF0 only: a value in AMF3, behind the marker 0x11 (AMF0 3.1).
  indirect case avmPlus(AMFValue)
}

/// A name and its value.
public struct AMFProperty: Equatable, Sendable {
  /// The name.
  public var key: AMFString
  /// The value.
  public var value: AMFValue

  /// Makes a property.
  public init(_ key: AMFString, _ value: AMFValue) {
    self.key = key
    self.value = value
  }
}

/// An object's class and members.
public struct AMFObject: Equatable, Sendable {
  /// The class; nil where the object is anonymous.
  public var className: AMFString?
  /// All members in order, those that the class declares first.
  public var properties: [AMFProperty]
  /// AMF3: how many of `properties` the class declares (sealed members); the rest are dynamic.
  public var sealedCount = 0
  /// AMF3: whether the class lets its objects have more members than it declares.
  public var isDynamic = true

  /// Makes an object whose members are all dynamic.
  public init(_ properties: [AMFProperty], className: AMFString? = nil) {
    self.properties = properties
    self.className = className
  }
}

/// An array with names.
public struct AMFECMAArray: Equatable, Sendable {
  /// AMF0: `ECMAArrayLength`, of which FLV 10.1 E.4.4.4 says itself that it is approximate.
  public var declaredCount: UInt32
  /// The named elements in order.
  public var properties: [AMFProperty]
  /// AMF3: the numbered elements; AMF0 has none.
  public var elements: [AMFValue] = []

  /// Makes an array with the right count, or another one.
  public init(_ properties: [AMFProperty], declaredCount: UInt32? = nil) {
    self.properties = properties
    self.declaredCount = declaredCount ?? UInt32(clamping: properties.count)
  }
}

/// A point in time.
public struct AMFDate: Equatable, Sendable {
  /// Milliseconds since 1970-01-01T00:00:00Z.
  public var milliseconds: Double
  /// AMF0: minutes from UTC, which writers should leave at 0; AMF3 has none.
  public var zone: Int16

  /// Makes a date.
  public init(milliseconds: Double, zone: Int16 = 0) {
    self.milliseconds = milliseconds
    self.zone = zone
  }

  /// Whether both have the same bits.
  public static func == (a: Self, b: Self) -> Bool {
    a.milliseconds.bitPattern == b.milliseconds.bitPattern && a.zone == b.zone
  }
}

/// Elements of one type, AMF3.
public struct AMFVector: Equatable, Sendable {
  /// The elements by their type.
  public enum Elements: Sendable {
    /// Signed integers.
    case int([Int32])
    /// Unsigned integers.
    case uint([UInt32])
    /// Numbers.
    case double([Double])
    /// Objects of the named class; the name may be empty.
    case object(typeName: AMFString, [AMFValue])
  }
  /// The elements.
  public var elements: Elements
  /// Whether the length is fixed.
  public var isFixed: Bool

  /// Makes a vector.
  public init(_ elements: Elements, isFixed: Bool = false) {
    self.elements = elements
    self.isFixed = isFixed
  }
}

/// Keys of any type and their values, AMF3.
public struct AMFDictionary: Equatable, Sendable {
  /// A key and its value.
  public struct Entry: Equatable, Sendable {
    /// The key.
    public var key: AMFValue
    /// The value.
    public var value: AMFValue

    /// Makes an entry.
    public init(_ key: AMFValue, _ value: AMFValue) {
      self.key = key
      self.value = value
    }
  }
  /// The entries in order.
  public var entries: [Entry]
  /// Whether the keys are held weakly.
  public var hasWeakKeys: Bool

  /// Makes a dictionary.
  public init(_ entries: [Entry], hasWeakKeys: Bool = false) {
    self.entries = entries
    self.hasWeakKeys = hasWeakKeys
  }
}

// MARK: - Comparing

extension AMFValue: Equatable {
  /// Whether both are written alike: numbers by their bits, so NaN equals itself and -0 is not 0.
  public static func == (a: Self, b: Self) -> Bool {
    switch (a, b) {
    case (.number(let a), .number(let b)): a.bitPattern == b.bitPattern
    case (.integer(let a), .integer(let b)): a == b
    case (.boolean(let a), .boolean(let b)): a == b
    case (.string(let a), .string(let b)): a == b
    case (.longString(let a), .longString(let b)): a == b
    case (.object(let a), .object(let b)): a == b
    case (.ecmaArray(let a), .ecmaArray(let b)): a == b
    case (.strictArray(let a), .strictArray(let b)): a == b
    case (.date(let a), .date(let b)): a == b
    case (.xmlDocument(let a), .xmlDocument(let b)): a == b
    case (.xml(let a), .xml(let b)): a == b
    case (.undefined, .undefined), (.null, .null), (.unsupported, .unsupported): true
    case (.reference(let a), .reference(let b)): a == b
    case (.byteArray(let a), .byteArray(let b)): a == b
    case (.vector(let a), .vector(let b)): a == b
    case (.dictionary(let a), .dictionary(let b)): a == b
    case (.avmPlus(let a), .avmPlus(let b)): a == b
    default: false
    }
  }
}

extension AMFVector.Elements: Equatable {
  /// Whether both are written alike.
  public static func == (a: Self, b: Self) -> Bool {
    switch (a, b) {
    case (.int(let a), .int(let b)): a == b
    case (.uint(let a), .uint(let b)): a == b
    case (.double(let a), .double(let b)): a.map(\.bitPattern) == b.map(\.bitPattern)
    case (.object(let aName, let a), .object(let bName, let b)): aName == bName && a == b
    default: false
    }
  }
}
