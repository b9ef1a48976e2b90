internal import MediaCapture
internal import MediaRTP

/// Packets in the order they are sent, their bytes behind each other in one piece of memory.
///
/// Around each is the room that its record in a capture needs, where there is a capture. Keep one
/// and use it again: its memory only grows. It belongs to one thread at a time.
final class PacketBatch: @unchecked Sendable {
  /// One packet of RTP, or one compound packet of RTCP.
  struct Packet: Sendable {
    /// Where its bytes are.
    var range: Range<Int>
    /// The index of its stream.
    var stream: Int
    /// When it is sent, in nanoseconds since the first.
    var time: Int64
    var isRTCP = false
    /// Its timestamp, and its sequence number, with wraps counted.
    var timestamp: Int64 = 0
    var number: Int64 = 0
    var payloadByteCount = 0
    var marker = false
    /// What it is, where somebody lists packets.
    var label: PacketLabel?
  }

  private static let firstCapacity = 1 << 16

  /// The room around each packet.
  let layout: CaptureRecordLayout
  var packets: [Packet] = []
  private(set) var filled = 0
  private var memory: UnsafeMutableRawBufferPointer

  init(_ layout: CaptureRecordLayout = .bare) {
    self.layout = layout
    memory = .allocate(byteCount: Self.firstCapacity, alignment: 16)
  }

  deinit { memory.deallocate() }

  /// All packets, with the room around them.
  var bytes: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: memory[..<filled])
  }

  func removeAll() {
    filled = 0
    packets.removeAll(keepingCapacity: true)
  }

  /// The packets, for someone who adds many and puts them back: a list of one's own is faster.
  func takePackets() -> [Packet] {
    defer { packets = [] }
    return packets
  }

  /// Room for a packet of as many bytes, of any value.
  func extend(by count: Int) -> Range<Int> {
    let start = filled + layout.headroom
    let end = start + count + layout.tail(count)
    if end > memory.count {
      let larger = UnsafeMutableRawBufferPointer.allocate(
        byteCount: max(end, 2 * memory.count), alignment: 16)
      larger.copyMemory(from: UnsafeRawBufferPointer(bytes))
      memory.deallocate()
      memory = larger
    }
    filled = end
    return start..<start + count
  }

  /// Adds a packet's bytes; where they are.
  func append(_ bytes: UnsafeRawBufferPointer) -> Range<Int> {
    let range = extend(by: bytes.count)
    self[range].copyMemory(from: bytes)
    return range
  }

  /// The bytes of a packet, valid until the batch changes.
  subscript(range: Range<Int>) -> UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: memory[range])
  }

  /// The record around a packet, valid until the batch changes.
  func record(_ packet: Packet) -> UnsafeMutableRawBufferPointer {
    let end = packet.range.upperBound + layout.tail(packet.range.count)
    return self[packet.range.lowerBound - layout.headroom..<end]
  }
}

/// What a packet is, in its payload format's words.
final class PacketLabel: Sendable {
  let kind: String
  let nalUnitTypes: [UInt8]?

  init(kind: String, nalUnitTypes: [UInt8]?) {
    self.kind = kind
    self.nalUnitTypes = nalUnitTypes
  }
}
