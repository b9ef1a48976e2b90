public import MediaBytes

/// Reads the records of a pcap, pcapng or rtpdump file, told apart by their first bytes, without
/// holding them.
///
/// The driver shows it windows of the input, of any size and in any cut: the steps depend on the
/// input alone. `step` is called again and again until it answers `end`. After `needs` the next
/// window must cover that range, or as much of it as the input has; after a record the same window
/// may be shown again, and holds the record's bytes. No range is longer than `maxRecordSize` and a
/// few bytes. What no one needs (names, statistics, secrets) is jumped over, so a driver of a file
/// reads a large block where a range adjoins the last window. A driver of a stream keeps the bytes
/// from `retained` on, and leaves `end` nil until the stream has ended.
///
/// An input that ends inside a record, or has something impossible, throws where that begins, and
/// again on every further call; all records before it have been told by then.
public struct CaptureReader: Sendable {
  /// What was found, in the order of the input.
  public enum Step: Hashable, Sendable {
    /// Nothing more can be said before a window covers this range, or reaches the input's end.
    case needs(Range<Int>)
    /// A record, whose bytes are in the window; `decode` says what they carry.
    case record(CaptureRecord)
    /// The input has ended; further calls say so again.
    case end
  }

  enum State: Sendable {
    case start
    case pcap(PCAPHeader)
    case pcapng
    /// At the second length of a block that is jumped over.
    case pcapngTrailer(PCAPNGBlockType, Range<Int>)
    case rtpdump(RTPDumpHeader)
    case failed(ParseError)
  }

  /// How much is read.
  public let limits: CaptureLimits
  /// What the input is; nil before the first step that is not `needs`.
  public internal(set) var format: CaptureFormat?
  /// How many records have been told, or counted as Wireshark does.
  public internal(set) var recordCount = 0

  var state = State.start
  /// Where the next header or block begins.
  var position = 0
  /// Where the input ends, nil while that is not known; as of the last `step`.
  var end: Int?
  var section = PCAPNGSection()
  var fragments: FragmentReassembler

  /// Begins before the first byte of an input.
  public init(limits: CaptureLimits = CaptureLimits()) {
    self.limits = limits
    fragments = FragmentReassembler(limits: limits)
  }

  /// The lowest offset that may still be asked for.
  public var retained: Int { position }

  /// Looks at a window that begins at byte `windowOffset` of the input and says what comes next.
  ///
  /// `end` is where the input ends, nil while that is unknown. Throws `truncated` where the input
  /// ends too early, `unsupported` where it is something else, `overLimit` or `invalid` where a
  /// length cannot be.
  public mutating func step(
    _ window: RawSpan, at windowOffset: Int, end: Int?
  ) throws(ParseError) -> Step {
    self.end = end
    let window = ByteReader(window, baseOffset: windowOffset)
    do throws(ParseError) {
      while true {
        if let step = try advance(window) { return step }
      }
    } catch {
      state = .failed(error)
      throw error
    }
  }

  /// One move of the machine; nil when it can move again at once.
  private mutating func advance(_ window: ByteReader) throws(ParseError) -> Step? {
    switch state {
    case .start: return try readStart(window)
    case .pcap(let header): return try readPCAPRecord(header, window)
    case .pcapng: return try readBlock(window)
    case .pcapngTrailer(let type, let block): return try jumpOver(type, block, window)
    case .rtpdump(let header): return try readRTPDumpRecord(header, window)
    case .failed(let error): throw error
    }
  }
}

// MARK: - The beginning

extension CaptureReader {
  private mutating func readStart(_ window: ByteReader) throws(ParseError) -> Step? {
    if let needs = try needs(0..<4, "magic number", window) { return needs }
    let magic = window.u32(at: 0)
    if let name = Self.refused(magic) { throw ParseError(.unsupported(UInt64(magic)), name, at: 0) }
    switch magic {
    case PCAPNGBlockType.sectionHeader.rawValue:
      format = .pcapng
      state = .pcapng
    case 0x2321_7274:  // "#!rt"
      return try readRTPDumpStart(window)
    default:
      if let needs = try needs(0..<PCAPHeader.byteCount, "pcap header", window) { return needs }
      var reader = window
      let header = try PCAPHeader(parsing: &reader)
      format = .pcap(header)
      state = .pcap(header)
      position = PCAPHeader.byteCount
    }
    return nil
  }

  private mutating func readRTPDumpStart(_ window: ByteReader) throws(ParseError) -> Step? {
    let limit = RTPDumpHeader.maxLineByteCount + 32
    let present = 0..<min(limit, end ?? limit)
    if let needs = try needs(present, "rtpdump header", window) { return needs }
    var reader = window
    let header = try RTPDumpHeader(parsing: &reader)
    format = .rtpdump(header)
    state = .rtpdump(header)
    position = reader.offset
    return nil
  }

  /// What is known by its first bytes, but not read.
  private static func refused(_ magic: UInt32) -> StaticString? {
    switch magic {
    case 0xa1b2_34cd, 0xcd34_b2a1: "pcap as F. Mesquita modified it"
    case 0xa12b_3c4d, 0x4d3c_2ba1: "pcap of Navtel"
    case 0xa1e2_cb12, 0x12cb_e2a1: "pcap of netsniff-ng"
    case 0x1c00_01ac, 0xac01_001c, 0x1c00_01ab, 0xab01_001c: "pcap of Ixia"
    case 0x736e_6f6f: "snoop capture"
    case 0x474d_4255, 0x5254_5353: "Network Monitor capture"
    case 0x28b5_2ffd: "capture compressed with zstd"
    case 0x0422_4d18: "capture compressed with lz4"
    case 0xfd37_7a58: "capture compressed with xz"
    case _ where magic >> 16 == 0x1f8b: "capture compressed with gzip"
    default: nil
    }
  }

  /// The step that asks for a range; nil when the window covers it.
  ///
  /// Throws where the input is known to end before the range does.
  func needs(
    _ range: Range<Int>, _ field: StaticString, _ window: ByteReader
  ) throws(ParseError) -> Step? {
    if range.lowerBound >= window.baseOffset, range.upperBound <= window.windowEnd { return nil }
    if let end, range.upperBound > end {
      throw ParseError(.truncated(needed: range.count), field, at: range.lowerBound)
    }
    return .needs(range)
  }
}

// MARK: - Records of pcap and rtpdump

extension CaptureReader {
  private mutating func readPCAPRecord(
    _ header: PCAPHeader, _ window: ByteReader
  ) throws(ParseError) -> Step? {
    if position == end { return .end }
    let start = position
    let dataStart = start + header.recordHeaderByteCount
    if let needs = try needs(start..<dataStart, "record header", window) { return needs }
    let record = PCAPRecordHeader(window, at: start, header.byteOrder)
    guard record.capturedByteCount <= limits.maxRecordSize else {
      throw ParseError(
        .overLimit(UInt64(record.capturedByteCount), limit: limits.maxRecordSize),
        "Captured Packet Length", at: start + 8)
    }
    let data = dataStart..<dataStart + Int(record.capturedByteCount)
    if let step = try needsAll(start..<data.upperBound, data, "Packet Data", window) { return step }
    position = data.upperBound
    recordCount += 1
    return .record(
      CaptureRecord(
        number: recordCount, offset: start, time: record.time(header),
        content: .frame(header.linkType), interface: 0, data: data,
        originalByteCount: Int(record.originalByteCount)))
  }

  private mutating func readRTPDumpRecord(
    _ header: RTPDumpHeader, _ window: ByteReader
  ) throws(ParseError) -> Step? {
    if position == end { return .end }
    let start = position
    if let needs = try needs(start..<start + 8, "record header", window) { return needs }
    var reader = window
    try reader.skip(start - window.baseOffset, "record header")
    let length = Int(try reader.u16("length"))
    guard length >= 8 else { throw ParseError(.invalid(UInt64(length)), "length", at: start) }
    guard length - 8 <= limits.maxRecordSize else {
      throw ParseError(
        .overLimit(UInt64(length - 8), limit: limits.maxRecordSize), "length", at: start)
    }
    let packetLength = Int(try reader.u16("plen"))
    let milliseconds = Int64(try reader.u32("offset"))
    let data = start + 8..<start + length
    if let step = try needsAll(start..<data.upperBound, data, "packet", window) { return step }
    position = data.upperBound
    recordCount += 1
    return .record(
      CaptureRecord(
        number: recordCount, offset: start, time: header.start + milliseconds * 1_000_000,
        content: packetLength == 0 ? .rtcp : .rtp, interface: 0, data: data,
        originalByteCount: packetLength == 0 ? data.count : packetLength))
  }

  /// As `needs` for a whole record, except that what is missing is its data.
  func needsAll(
    _ record: Range<Int>, _ data: Range<Int>, _ field: StaticString, _ window: ByteReader
  ) throws(ParseError) -> Step? {
    if let end, data.upperBound > end {
      throw ParseError(.truncated(needed: data.count), field, at: data.lowerBound)
    }
    return try needs(record, field, window)
  }
}

/// Random access by offsets of the whole input; those asked for must be in the window.
extension ByteReader {
  /// Where the window ends in the whole input.
  var windowEnd: Int { baseOffset + bytes.byteCount }

  /// 32 bits at an offset of the input, most significant byte first.
  func u32(at offset: Int) -> UInt32 {
    let value = unsafe bytes.unsafeLoadUnaligned(
      fromByteOffset: offset - baseOffset, as: UInt32.self)
    return UInt32(bigEndian: value)
  }
}
