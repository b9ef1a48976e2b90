public import MediaBytes

/// `BYE`: sources that leave (RFC 3550 6.6).
public struct RTCPGoodbye: Hashable, Sendable {
  /// `SSRC/CSRC`, at most 31.
  public var sources: [UInt32]
  /// `reason for leaving`, UTF-8, at most 255 bytes; nil where none is given.
  public var reason: [UInt8]?

  /// Makes a packet.
  public init(sources: [UInt32], reason: [UInt8]? = nil) {
    self.sources = sources
    self.reason = reason
  }

  /// The reason, with what is not UTF-8 replaced.
  public var reasonText: String? { reason.map { String(decoding: $0, as: UTF8.self) } }

  init(body reader: inout ByteReader, count: UInt8) throws(ParseError) {
    sources = []
    for _ in 0..<count { sources.append(try reader.u32("SSRC/CSRC")) }
    guard !reader.isAtEnd else { return }
    let length = Int(try reader.u8("BYE length"))
    reason = try reader.array(length, "reason for leaving")
  }

  /// Writes the whole packet.
  public func write(to writer: inout ByteWriter) {
    RTCPHeader.write(.goodbye, count: sources.count, to: &writer) { writer in
      for source in sources { writer.integer(source) }
      guard let reason else { return }
      precondition(reason.count <= 255, "a reason has at most 255 bytes")
      writer.integer(UInt8(reason.count))
      writer.append(reason)
      // Nulls up to the end of the word, none if it is full already.
      writer.fill((4 - (1 + reason.count) % 4) % 4)
    }
  }
}

/// `APP`: for an application's own use (RFC 3550 6.7).
public struct RTCPApplicationDefined: Hashable, Sendable {
  /// `subtype`, five bits.
  public var subtype: UInt8
  /// `SSRC/CSRC`.
  public var ssrc: UInt32
  /// `name`, four bytes of ASCII, as a number.
  public var nameCode: UInt32
  /// `application-dependent data`, a multiple of four bytes.
  public var data: [UInt8]

  /// Makes a packet.
  public init(subtype: UInt8, ssrc: UInt32, nameCode: UInt32, data: [UInt8]) {
    self.subtype = subtype
    self.ssrc = ssrc
    self.nameCode = nameCode
    self.data = data
  }

  /// The four characters, with what is not UTF-8 replaced.
  public var name: String {
    let bytes = stride(from: 24, through: 0, by: -8).map {
      UInt8(truncatingIfNeeded: nameCode >> UInt32($0))
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  init(body reader: inout ByteReader, count: UInt8) throws(ParseError) {
    subtype = count
    ssrc = try reader.u32("SSRC/CSRC")
    nameCode = try reader.u32("APP name")
    data = [UInt8](copying: reader.takeRest())
  }

  /// Writes the whole packet.
  public func write(to writer: inout ByteWriter) {
    RTCPHeader.write(.applicationDefined, count: Int(subtype), to: &writer) { writer in
      writer.integer(ssrc)
      writer.integer(nameCode)
      writer.append(data)
    }
  }
}
