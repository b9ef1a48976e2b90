import MediaBytes

/// The blocks of pcapng that are written, little-endian: a section, one interface of Ethernet with
/// times in nanoseconds, and enhanced packet blocks.
enum PCAPNGBlocks {
  /// Writes what comes before the first packet.
  static func writeStart(to writer: inout ByteWriter) {
    func block(_ type: PCAPNGBlockType, _ body: (inout ByteWriter) -> Void) {
      var inner = ByteWriter()
      body(&inner)
      let length = UInt32(inner.count + 12)
      writer.integer(littleEndian: type.rawValue)
      writer.integer(littleEndian: length)
      writer.append(inner.bytes)
      writer.integer(littleEndian: length)
    }
    block(.sectionHeader) { body in
      body.integer(littleEndian: 0x1a2b_3c4d as UInt32)
      body.integer(littleEndian: 1 as UInt16)
      body.integer(littleEndian: 0 as UInt16)
      body.integer(littleEndian: -1 as Int64)  // a length that is not known
    }
    block(.interfaceDescription) { body in
      body.integer(littleEndian: LinkType.ethernet.rawValue)
      body.fill(2)
      body.integer(littleEndian: 262_144 as UInt32)
      body.integer(littleEndian: 9 as UInt16)  // if_tsresol: 10^-9 s
      body.integer(littleEndian: 1 as UInt16)
      body.integer(9 as UInt8)
      body.fill(3)
      body.fill(4)  // opt_endofopt
    }
  }

  /// How many bytes a packet block has before a frame.
  static let prefixByteCount = 28

  /// How many bytes a packet block has behind a frame.
  static func suffixByteCount(_ frameByteCount: Int) -> Int { (-frameByteCount & 3) + 4 }

  /// Stores all of a packet block but the frame.
  @unsafe static func storePacket(
    _ time: Int64, _ frameByteCount: Int, in block: UnsafeMutableRawBufferPointer
  ) {
    let length = UInt32(block.count)
    let time = UInt64(bitPattern: time)
    unsafe block.storeLittle(PCAPNGBlockType.enhancedPacket.rawValue, at: 0)
    unsafe block.storeLittle(length, at: 4)
    unsafe block.storeLittle(0 as UInt32, at: 8)  // the interface
    unsafe block.storeLittle(UInt32(truncatingIfNeeded: time >> 32), at: 12)
    unsafe block.storeLittle(UInt32(truncatingIfNeeded: time), at: 16)
    unsafe block.storeLittle(UInt32(frameByteCount), at: 20)
    unsafe block.storeLittle(UInt32(frameByteCount), at: 24)
    // Padding first: it lies in what the length then does not cover.
    for index in prefixByteCount + frameByteCount..<block.count - 4 {
      unsafe block.storeLittle(0 as UInt8, at: index)
    }
    unsafe block.storeLittle(length, at: block.count - 4)
  }
}
