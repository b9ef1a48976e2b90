public import MediaBytes

/// `SDES`: who the sources are (RFC 3550 6.5).
public struct RTCPSourceDescription: Hashable, Sendable {
  /// What an item says.
  public struct ItemType: RawRepresentable, Hashable, Sendable {
    /// The number, never 0.
    public let rawValue: UInt8
    /// Makes it of its number.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Canonical name, the same for all streams of a participant (6.5.1).
    public static let cname = Self(rawValue: 1)
    /// User name (6.5.2).
    public static let name = Self(rawValue: 2)
    /// Address for electronic mail (6.5.3).
    public static let email = Self(rawValue: 3)
    /// Telephone number (6.5.4).
    public static let phone = Self(rawValue: 4)
    /// Geographic place (6.5.5).
    public static let location = Self(rawValue: 5)
    /// Application or tool (6.5.6).
    public static let tool = Self(rawValue: 6)
    /// Notice or status (6.5.7).
    public static let note = Self(rawValue: 7)
    /// Private extension: a prefix, and a value (6.5.8).
    public static let priv = Self(rawValue: 8)
    /// `mid` of the media description (RFC 8843 15.2).
    public static let mid = Self(rawValue: 15)
    /// RtpStreamId (RFC 8852 3.1).
    public static let rtpStreamID = Self(rawValue: 12)
  }

  /// One fact about a source.
  public struct Item: Hashable, Sendable {
    /// What it says.
    public var type: ItemType
    /// Its text, UTF-8, at most 255 bytes.
    public var bytes: [UInt8]

    /// Makes an item of bytes.
    public init(_ type: ItemType, bytes: [UInt8]) {
      self.type = type
      self.bytes = bytes
    }

    /// Makes an item of a text, cut before the first character that would pass 255 bytes.
    public init(_ type: ItemType, _ text: String) {
      var bytes: [UInt8] = []
      for scalar in text.unicodeScalars {
        let more = UTF8.encode(scalar).map { [UInt8]($0) } ?? []
        if bytes.count + more.count > 255 { break }
        bytes += more
      }
      self.init(type, bytes: bytes)
    }

    /// Its text, with what is not UTF-8 replaced.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// The parts of a PRIV item; nil of other items, and where the prefix does not fit.
    public var privateParts: (prefix: [UInt8], value: [UInt8])? {
      guard type == .priv, let count = bytes.first, count < bytes.count else { return nil }
      let end = 1 + Int(count)
      return ([UInt8](bytes[1..<end]), [UInt8](bytes[end...]))
    }
  }

  /// What is said of one source.
  public struct Chunk: Hashable, Sendable {
    /// `SSRC/CSRC`.
    public var ssrc: UInt32
    /// The items in their order.
    public var items: [Item]

    /// Makes a chunk.
    public init(ssrc: UInt32, items: [Item]) {
      self.ssrc = ssrc
      self.items = items
    }
  }

  /// At most 31.
  public var chunks: [Chunk]

  /// Makes a description of several sources.
  public init(chunks: [Chunk]) {
    self.chunks = chunks
  }

  /// Makes the description that every compound packet has: one source's canonical name.
  public init(ssrc: UInt32, cname: String) {
    chunks = [Chunk(ssrc: ssrc, items: [Item(.cname, cname)])]
  }

  /// `isEndMissing` tells that the packet ends without the null that must end its last chunk.
  init(
    body reader: inout ByteReader, count: UInt8, isEndMissing: inout Bool
  ) throws(ParseError) {
    chunks = []
    let start = reader.position
    for _ in 0..<count {
      let ssrc = try reader.u32("SSRC/CSRC")
      var items: [Item] = []
      while true {
        if reader.isAtEnd {
          isEndMissing = true
          break
        }
        let type = try reader.u8("SDES item")
        if type == 0 { break }
        let length = Int(try reader.u8("SDES length"))
        let bytes = try reader.array(length, "SDES text")
        items.append(Item(ItemType(rawValue: type), bytes: bytes))
      }
      // Nulls fill the last word; the packet itself begins on a word.
      let fill = (4 - (reader.position - start) % 4) % 4
      try reader.skip(min(fill, reader.remaining), "SDES end")
      chunks.append(Chunk(ssrc: ssrc, items: items))
    }
  }

  /// Writes the whole packet.
  public func write(to writer: inout ByteWriter) {
    RTCPHeader.write(.sourceDescription, count: chunks.count, to: &writer) { writer in
      for chunk in chunks {
        let start = writer.count
        writer.integer(chunk.ssrc)
        for item in chunk.items {
          precondition(item.bytes.count <= 255 && item.type.rawValue > 0, "no such SDES item")
          writer.integer(item.type.rawValue)
          writer.integer(UInt8(item.bytes.count))
          writer.append(item.bytes)
        }
        // At least one null, and up to the end of the word.
        writer.fill(4 - (writer.count - start) % 4)
      }
    }
  }
}
