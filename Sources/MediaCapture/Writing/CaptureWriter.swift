import MediaBytes

/// Writes a capture of UDP datagrams: pcap, pcapng or rtpdump.
///
/// Each becomes one record: Ethernet, IPv4 or IPv6, UDP with right checksums (rtpdump has none of
/// these). Nothing in the output depends on anything but what is written. `write` gathers records;
/// call `drain` whenever `pendingByteCount` is large enough for a write, and once more at the end.
/// `complete` makes them in memory of the caller's.
public struct CaptureWriter: Sendable {
  /// What is written.
  public enum Format: Hashable, Sendable, CaseIterable {
    /// Classic pcap, with microseconds: what every program reads.
    case pcap
    /// Classic pcap, with nanoseconds.
    case pcapNanoseconds
    /// pcapng, with nanoseconds.
    case pcapng
    /// rtpdump, with milliseconds; of the addresses it has those of the first datagram alone.
    case rtpdump
  }

  /// What cannot be said in a capture.
  public enum Failure: Error, Hashable, Sendable {
    /// A payload of more bytes than a datagram or record holds.
    case payloadTooLarge(byteCount: Int, limit: Int)
    /// A time outside 1970...2106, or in rtpdump one outside 49 days from the first.
    case timeOutOfRange(Int64)
    /// Source and destination are not of the same version of IP.
    case mixedAddresses(Endpoint, Endpoint)
  }

  /// What is written.
  public let format: Format
  /// How many records have been written.
  public private(set) var recordCount = 0
  /// How many bytes the file has so far, those not yet taken included.
  public private(set) var byteCount = 0

  private var storage: [UInt8] = []
  private var filled = 0
  /// That of the last datagram whose endpoints were given.
  private var flow: CaptureFlow?
  private var start: Int64 = 0

  /// Begins a capture.
  public init(_ format: Format) {
    self.format = format
    var writer = ByteWriter()
    switch format {
    case .pcap: PCAPHeader().write(to: &writer)
    case .pcapNanoseconds: PCAPHeader(isNanoseconds: true).write(to: &writer)
    case .pcapng: PCAPNGBlocks.writeStart(to: &writer)
    case .rtpdump: break  // begins with the first datagram
    }
    append(writer.bytes)
  }

  /// How many bytes wait to be taken.
  public var pendingByteCount: Int { filled }

  /// Shows the bytes made since the last call, and forgets them unless `body` throws.
  public mutating func drain<Failure: Error>(
    _ body: (RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    try unsafe body(storage.span.extracting(0..<filled).bytes)
    filled = 0
  }

  /// The bytes made since the last call.
  public mutating func takeBytes() -> [UInt8] {
    defer { filled = 0 }
    return [UInt8](storage[..<filled])
  }

  /// Writes a datagram whose payload is an array.
  public mutating func write(
    _ payload: [UInt8], from source: Endpoint, to destination: Endpoint, at time: Int64,
    isRTCP: Bool = false
  ) throws(Failure) {
    try unsafe write(
      payload.span.bytes, from: source, to: destination, at: time, isRTCP: isRTCP)
  }

  /// Writes a datagram.
  ///
  /// `time` is nanoseconds since 1970; what the format cannot hold of it is cut off. `isRTCP`
  /// matters to rtpdump alone. Throws where a value does not fit, and then has written nothing.
  public mutating func write(
    _ payload: RawSpan, from source: Endpoint, to destination: Endpoint, at time: Int64,
    isRTCP: Bool = false
  ) throws(Failure) {
    let flow = try flow(source, destination)
    let count = payload.byteCount
    let stamp = try stamp(count, flow, time, isRTCP)
    let layout = layout(to: destination.address)
    let place = extend(by: layout.headroom + count + layout.tail(count))
    unsafe storage.withUnsafeMutableBytes { all in
      let record = unsafe UnsafeMutableRawBufferPointer(rebasing: all[place])
      unsafe record.store(payload, at: layout.headroom)
      unsafe stamp.store(flow, count, in: record)
    }
  }

  /// Makes a record around a datagram that stands in its place already, as `layout(to:)` says.
  ///
  /// `record` is the whole record, which the caller writes to the file, behind what `drain` gives:
  /// that is what the file has in front of its first record. The rest is as in `write`.
  @unsafe public mutating func complete(
    _ record: UnsafeMutableRawBufferPointer, on flow: CaptureFlow, payloadByteCount: Int,
    at time: Int64, isRTCP: Bool = false
  ) throws(Failure) {
    let stamp = try stamp(payloadByteCount, flow, time, isRTCP)
    unsafe stamp.store(flow, payloadByteCount, in: record)
    byteCount += record.count
  }

  /// Where a datagram to that address stands in its record.
  public func layout(to address: IPAddress) -> CaptureRecordLayout {
    CaptureRecordLayout(format, isIPv4: address.isIPv4)
  }

  /// The largest payload there is.
  public func maxPayloadByteCount(to address: IPAddress) -> Int {
    guard format != .rtpdump else { return 65_535 - 8 }
    return 65_535 - 8 - (address.isIPv4 ? 20 : 0)
  }

  private static let timeLimit: Int64 = (1 << 32) * 1_000_000_000
}

// MARK: - Records

extension CaptureWriter {
  private mutating func flow(
    _ source: Endpoint, _ destination: Endpoint
  ) throws(Failure) -> CaptureFlow {
    if let flow, flow.source == source, flow.destination == destination { return flow }
    let made = try CaptureFlow(from: source, to: destination)
    flow = made
    return made
  }

  /// Checks what is to be written, and counts it.
  private mutating func stamp(
    _ count: Int, _ flow: CaptureFlow, _ time: Int64, _ isRTCP: Bool
  ) throws(Failure) -> Stamp {
    let limit = maxPayloadByteCount(to: flow.destination.address)
    guard count <= limit else { throw .payloadTooLarge(byteCount: count, limit: limit) }
    guard (0..<Self.timeLimit).contains(time) else { throw .timeOutOfRange(time) }
    if format == .rtpdump { try beginRTPDump(flow, time, isRTCP) }
    recordCount += 1
    return Stamp(
      format: format, time: format == .rtpdump ? time - start : time, isRTCP: isRTCP)
  }

  private mutating func beginRTPDump(
    _ flow: CaptureFlow, _ time: Int64, _ isRTCP: Bool
  ) throws(Failure) {
    let isFirst = recordCount == 0
    // Microseconds are what the header holds.
    let begin = isFirst ? time - time % 1000 : start
    guard time >= begin, (time - begin) / 1_000_000 <= UInt32.max else {
      throw .timeOutOfRange(time)
    }
    guard isFirst else { return }
    start = begin
    var to = flow.destination
    if isRTCP, to.port > 0 { to.port -= 1 }
    var writer = ByteWriter()
    RTPDumpHeader(source: flow.source, destination: to, start: begin).write(to: &writer)
    append(writer.bytes)
  }

  /// What a record says of a datagram besides its endpoints; `time` as the format counts it.
  private struct Stamp {
    let format: Format
    let time: Int64
    let isRTCP: Bool

    /// Stores everything around a payload.
    @unsafe func store(
      _ flow: CaptureFlow, _ payloadByteCount: Int, in record: UnsafeMutableRawBufferPointer
    ) {
      let frameByteCount = flow.bytes.count + payloadByteCount
      let frameStart: Int
      switch format {
      case .rtpdump:
        unsafe record.storeBig(UInt16(8 + payloadByteCount), at: 0)
        unsafe record.storeBig(isRTCP ? 0 : UInt16(payloadByteCount), at: 2)
        unsafe record.storeBig(UInt32(truncatingIfNeeded: time / 1_000_000), at: 4)
        return
      case .pcapng:
        frameStart = PCAPNGBlocks.prefixByteCount
        unsafe PCAPNGBlocks.storePacket(time, frameByteCount, in: record)
      case .pcap, .pcapNanoseconds:
        frameStart = PCAPHeader.recordByteCount
        let (seconds, rest) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
        unsafe record.storeLittle(UInt32(truncatingIfNeeded: seconds), at: 0)
        let fraction = format == .pcap ? rest / 1000 : rest
        unsafe record.storeLittle(UInt32(truncatingIfNeeded: fraction), at: 4)
        unsafe record.storeLittle(UInt32(frameByteCount), at: 8)
        unsafe record.storeLittle(UInt32(frameByteCount), at: 12)
      }
      let frame = unsafe UnsafeMutableRawBufferPointer(
        rebasing: record[frameStart..<frameStart + frameByteCount])
      unsafe flow.store(in: frame)
    }
  }

  private mutating func append(_ bytes: [UInt8]) {
    let place = extend(by: bytes.count)
    storage.replaceSubrange(place, with: bytes)
  }

  /// Room for as many bytes, of any value; the array only ever grows.
  private mutating func extend(by count: Int) -> Range<Int> {
    if storage.count - filled < count {
      storage += [UInt8](repeating: 0, count: max(count, storage.count))
    }
    defer {
      filled += count
      byteCount += count
    }
    return filled..<filled + count
  }
}

/// Stores at any place of memory that is ours; every place is checked.
extension UnsafeMutableRawBufferPointer {
  @inline(__always) @unsafe func storeLittle<Value: FixedWidthInteger & BitwiseCopyable>(
    _ value: Value, at offset: Int
  ) {
    precondition(offset + MemoryLayout<Value>.size <= count, "outside the record")
    unsafe storeBytes(of: value.littleEndian, toByteOffset: offset, as: Value.self)
  }

  @inline(__always) @unsafe func storeBig<Value: FixedWidthInteger & BitwiseCopyable>(
    _ value: Value, at offset: Int
  ) {
    unsafe storeLittle(value.byteSwapped, at: offset)
  }

  @unsafe func store(_ bytes: RawSpan, at offset: Int) {
    precondition(bytes.byteCount <= count - offset, "outside the record")
    unsafe bytes.withUnsafeBytes { source in
      let place = unsafe UnsafeMutableRawBufferPointer(
        rebasing: self[offset..<offset + source.count])
      unsafe place.copyMemory(from: source)
    }
  }
}
