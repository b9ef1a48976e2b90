public import MediaBytes

/// `XR`: extended reports, whose blocks are kept as they are (RFC 3611 2).
public struct RTCPExtendedReport: Hashable, Sendable {
  /// One report block (RFC 3611 3).
  public struct Block: Hashable, Sendable {
    /// `BT`: 1 loss runs, 2 duplicate runs, 3 arrival times, 4 reference time, 5 DLRR, 6 statistics,
    /// 7 VoIP metrics; more in IANA's registry.
    public var type: UInt8
    /// `type-specific`.
    public var typeSpecific: UInt8
    /// Its contents, a multiple of four bytes.
    public var contents: [UInt8]

    /// Makes a block.
    public init(type: UInt8, typeSpecific: UInt8, contents: [UInt8]) {
      self.type = type
      self.typeSpecific = typeSpecific
      self.contents = contents
    }
  }

  /// The participant that sends it.
  public var ssrc: UInt32
  /// Its blocks in their order.
  public var blocks: [Block]
  /// Five bits that are reserved.
  public var reserved: UInt8 = 0

  /// Makes a packet.
  public init(ssrc: UInt32, blocks: [Block]) {
    self.ssrc = ssrc
    self.blocks = blocks
  }

  init(body reader: inout ByteReader, count: UInt8) throws(ParseError) {
    reserved = count
    ssrc = try reader.u32("XR SSRC")
    blocks = []
    while !reader.isAtEnd {
      let type = try reader.u8("BT")
      let typeSpecific = try reader.u8("type-specific")
      let byteCount = 4 * Int(try reader.u16("block length"))
      blocks.append(
        Block(
          type: type, typeSpecific: typeSpecific,
          contents: try reader.array(byteCount, "report block")))
    }
  }

  /// Writes the whole packet.
  public func write(to writer: inout ByteWriter) {
    RTCPHeader.write(.extendedReport, count: Int(reserved), to: &writer) { writer in
      writer.integer(ssrc)
      for block in blocks {
        let words = block.contents.count / 4
        precondition(block.contents.count % 4 == 0 && words <= 0xffff, "contents are whole words")
        writer.integer(block.type)
        writer.integer(block.typeSpecific)
        writer.integer(UInt16(words))
        writer.append(block.contents)
      }
    }
  }
}
