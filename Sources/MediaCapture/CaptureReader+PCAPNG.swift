import MediaBytes

/// What the blocks of a section of pcapng share.
struct PCAPNGSection: Sendable {
  var byteOrder = ByteOrder.little
  var interfaces: [PCAPNGInterface] = []
  /// How many interfaces the sections before it had.
  var firstInterface = 0
}

extension CaptureReader {
  /// Reads one block (draft-ietf-opsawg-pcapng section 3.1); nil where it is no packet.
  mutating func readBlock(_ window: ByteReader) throws(ParseError) -> Step? {
    if position == end { return .end }
    let start = position
    if let needs = try needs(start..<start + 8, "block header", window) { return needs }
    let type = PCAPNGBlockType(rawValue: number(at: start, window))
    // A section header brings its own byte order, which its length is in already.
    if type == .sectionHeader {
      if let needs = try needs(start..<start + 12, "section header block", window) { return needs }
      try beginSection(magic: window.u32(at: start + 8), at: start + 8)
    }
    let length = Int(number(at: start + 4, window))
    let least = type.leastByteCount
    guard length % 4 == 0, length >= least else {
      throw ParseError(.invalid(UInt64(length)), "Block Total Length", at: start + 4)
    }
    let block = start..<start + length
    // What is read is a packet and some options.
    let limit = limits.maxRecordSize + PCAPNGBlockType.maxOptionsByteCount
    guard length <= limit || !type.isRead else {
      throw ParseError(
        .overLimit(UInt64(length), limit: limit), "Block Total Length", at: start + 4)
    }
    try checkEnd(of: block)
    guard type.isRead else {
      // What lies between is not asked for, so the header may leave the window.
      position = block.upperBound - 4
      state = .pcapngTrailer(type, block)
      return nil
    }
    if let needs = try needs(block, "block", window) { return needs }
    try checkTrailer(block, window)
    var reader = window
    try reader.skip(start + 8 - window.baseOffset, "block header")
    var body = try reader.reader(length - 12, "block")
    let step = try read(type, &body, at: start)
    position = block.upperBound
    return step
  }

  /// Ends a block of which nothing is needed.
  mutating func jumpOver(
    _ type: PCAPNGBlockType, _ block: Range<Int>, _ window: ByteReader
  ) throws(ParseError) -> Step? {
    // The end of a stream may not have been known when the block began.
    try checkEnd(of: block)
    if let needs = try needs(position..<block.upperBound, "Block Total Length", window) {
      return needs
    }
    try checkTrailer(block, window)
    position = block.upperBound
    state = .pcapng
    if type.isCountedByWireshark { recordCount += 1 }
    return nil
  }

  /// A 32-bit number at an offset, in the byte order of the section.
  private func number(at offset: Int, _ window: ByteReader) -> UInt32 {
    let value = window.u32(at: offset)
    return section.byteOrder == .big ? value : value.byteSwapped
  }

  private func checkEnd(of block: Range<Int>) throws(ParseError) {
    guard let end, block.upperBound > end else { return }
    throw ParseError(.truncated(needed: block.count), "block", at: block.lowerBound)
  }

  private func checkTrailer(_ block: Range<Int>, _ window: ByteReader) throws(ParseError) {
    let trailer = number(at: block.upperBound - 4, window)
    guard Int(trailer) == block.count else {
      throw ParseError(.invalid(UInt64(trailer)), "Block Total Length", at: block.upperBound - 4)
    }
  }

  private mutating func beginSection(magic: UInt32, at offset: Int) throws(ParseError) {
    switch magic {
    case 0x1a2b_3c4d: section.byteOrder = .big
    case 0x4d3c_2b1a: section.byteOrder = .little
    default: throw ParseError(.invalid(UInt64(magic)), "Byte-Order Magic", at: offset)
    }
  }

  private mutating func read(
    _ type: PCAPNGBlockType, _ body: inout ByteReader, at start: Int
  ) throws(ParseError) -> Step? {
    let order = section.byteOrder
    switch type {
    case .sectionHeader:
      try body.skip(4, "Byte-Order Magic")
      let versionOffset = body.offset
      let major = try body.u16(order, "Major Version")
      guard major == 1 else {
        throw ParseError(.unsupported(UInt64(major)), "Major Version", at: versionOffset)
      }
      section.firstInterface += section.interfaces.count
      section.interfaces = []
      return nil
    case .interfaceDescription:
      let count = section.interfaces.count
      guard count < limits.maxInterfaces else {
        throw ParseError(
          .overLimit(UInt64(count + 1), limit: limits.maxInterfaces), "interfaces", at: start)
      }
      section.interfaces.append(try PCAPNGInterface(parsing: &body, order))
      return nil
    case .enhancedPacket:
      return try readPacket(try body.u32(order, "Interface ID"), &body, at: start)
    case .obsoletePacket:
      let interface = try body.u16(order, "Interface ID")
      try body.skip(2, "Drops Count")
      return try readPacket(UInt32(interface), &body, at: start)
    default:
      return try readSimplePacket(&body, at: start)
    }
  }

  /// What an enhanced packet block and the obsolete packet block have in common (section 4.3).
  private mutating func readPacket(
    _ id: UInt32, _ body: inout ByteReader, at start: Int
  ) throws(ParseError) -> Step? {
    let order = section.byteOrder
    let interface = try interface(id, at: start + 8)
    let high = UInt64(try body.u32(order, "Timestamp (Upper 4 bytes)"))
    let timestamp = high << 32 | UInt64(try body.u32(order, "Timestamp (Lower 4 bytes)"))
    let lengthOffset = body.offset
    let captured = Int(try body.u32(order, "Captured Packet Length"))
    let original = Int(try body.u32(order, "Original Packet Length"))
    try check(captured, body.remaining, "Captured Packet Length", at: lengthOffset)
    return tell(
      id, interface, at: start, time: interface.time(timestamp),
      data: body.offset..<body.offset + captured, originalByteCount: original)
  }

  /// A simple packet block has neither time nor captured length (section 4.4).
  private mutating func readSimplePacket(
    _ body: inout ByteReader, at start: Int
  ) throws(ParseError) -> Step? {
    let interface = try interface(0, at: start)
    let original = Int(try body.u32(section.byteOrder, "Original Packet Length"))
    let snapLength = interface.snapLength == 0 ? Int.max : Int(interface.snapLength)
    let captured = min(original, snapLength)
    try check(captured, body.remaining, "Original Packet Length", at: start + 8)
    return tell(
      0, interface, at: start, time: nil, data: body.offset..<body.offset + captured,
      originalByteCount: original)
  }

  private func check(
    _ captured: Int, _ remaining: Int, _ field: StaticString, at offset: Int
  ) throws(ParseError) {
    guard captured <= remaining else {
      throw ParseError(.invalid(UInt64(captured)), field, at: offset)
    }
    guard captured <= limits.maxRecordSize else {
      throw ParseError(
        .overLimit(UInt64(captured), limit: limits.maxRecordSize), field, at: offset)
    }
  }

  private func interface(_ id: UInt32, at offset: Int) throws(ParseError) -> PCAPNGInterface {
    guard let index = Int(exactly: id), section.interfaces.indices.contains(index) else {
      throw ParseError(.invalid(UInt64(id)), "Interface ID", at: offset)
    }
    return section.interfaces[index]
  }

  private mutating func tell(
    _ id: UInt32, _ interface: PCAPNGInterface, at start: Int, time: Int64?, data: Range<Int>,
    originalByteCount: Int
  ) -> Step {
    recordCount += 1
    return .record(
      CaptureRecord(
        number: recordCount, offset: start, time: time, content: .frame(interface.linkType),
        interface: section.firstInterface + Int(id), data: data,
        originalByteCount: originalByteCount))
  }
}

extension PCAPNGBlockType {
  /// How many bytes of options a packet or a section may have; the rest of the block is the packet.
  static let maxOptionsByteCount = 1 << 20

  /// Whether its body matters; others are jumped over, their length alone is checked.
  var isRead: Bool {
    switch self {
    case .sectionHeader, .interfaceDescription, .obsoletePacket, .simplePacket, .enhancedPacket:
      true
    default: false
    }
  }

  /// The shortest block of the type, both lengths included.
  var leastByteCount: Int {
    switch self {
    case .sectionHeader: 28
    case .interfaceDescription: 20
    case .obsoletePacket, .enhancedPacket: 32
    case .simplePacket: 16
    default: 12
    }
  }
}
