public import MediaBytes

/// A header extension to write (RFC 3550 5.3.1).
public struct RTPHeaderExtension: Hashable, Sendable {
  /// The 16 bits `defined by profile`.
  public var profile: UInt16
  /// Its data, a multiple of four bytes, at most 262,140.
  public var data: [UInt8]

  /// Makes it of its parts.
  public init(profile: UInt16, data: [UInt8]) {
    self.profile = profile
    self.data = data
  }

  /// Makes it of elements in the shorter of the two forms that can hold them (RFC 8285 4.2, 4.3).
  ///
  /// An identifier is 1...255, an element at most 255 bytes; identifiers over 14 and elements of no
  /// or more than 16 bytes need the two-byte form.
  public init(elements: [(id: UInt8, data: [UInt8])]) {
    let isShort = elements.allSatisfy {
      (1...14).contains($0.id) && (1...16).contains($0.data.count)
    }
    var writer = ByteWriter()
    for (id, data) in elements {
      precondition(id > 0 && data.count <= 255, "no form holds such an element")
      if isShort {
        writer.integer(id << 4 | UInt8(data.count - 1))
      } else {
        writer.integer(id)
        writer.integer(UInt8(data.count))
      }
      writer.append(data)
    }
    writer.fill((4 - writer.count % 4) % 4)
    let form: RTPExtensionForm = isShort ? .oneByte : .twoByte(appBits: 0)
    self.init(profile: form.profile, data: writer.bytes)
  }
}

/// An element of a header extension (RFC 8285 4).
public struct RTPExtensionElement: Hashable, Sendable {
  /// The local identifier that `a=extmap` explains: 1...14, in the two-byte form 1...255.
  public var id: UInt8
  /// Its data, from the first byte of the packet; may be empty in the two-byte form.
  public var data: Range<Int>

  /// Makes it of its parts.
  public init(id: UInt8, data: Range<Int>) {
    self.id = id
    self.data = data
  }
}

/// How the elements of a header extension are written (RFC 8285 4).
public enum RTPExtensionForm: Hashable, Sendable {
  /// A byte before each element, `0xBEDE`.
  case oneByte
  /// Two bytes before each element, `0x100` and four bits that belong to the application.
  case twoByte(appBits: UInt8)

  /// The form that the 16 bits `defined by profile` stand for; nil when neither.
  public init?(profile: UInt16) {
    if profile == 0xbede {
      self = .oneByte
    } else if profile >> 4 == 0x100 {
      self = .twoByte(appBits: UInt8(profile & 0x0f))
    } else {
      return nil
    }
  }

  /// The 16 bits `defined by profile`.
  public var profile: UInt16 {
    switch self {
    case .oneByte: 0xbede
    case .twoByte(let appBits): 0x1000 | UInt16(appBits & 0x0f)
    }
  }

  /// The elements in a range of `bytes`, which begin at byte `offset` of the input.
  ///
  /// Padding is passed over. In the one-byte form identifier 15, and 0 with a length, end the
  /// extension (RFC 8285 4.2). Throws when an element does not fit.
  public func elements(
    in bytes: RawSpan, _ range: Range<Int>, at offset: Int = 0
  ) throws(ParseError) -> [RTPExtensionElement] {
    var reader = ByteReader(
      bytes.extracting(range), baseOffset: offset + range.lowerBound)
    var elements: [RTPExtensionElement] = []
    while !reader.isAtEnd {
      let first = try reader.u8("extension element")
      if first == 0 { continue }
      let id: UInt8
      let count: Int
      if self == .oneByte {
        id = first >> 4
        if id == 0 || id == 15 { break }
        count = Int(first & 0x0f) + 1
      } else {
        id = first
        count = Int(try reader.u8("extension element length"))
      }
      let start = range.lowerBound + reader.position
      try reader.skip(count, "extension element")
      elements.append(RTPExtensionElement(id: id, data: start..<start + count))
    }
    return elements
  }
}
