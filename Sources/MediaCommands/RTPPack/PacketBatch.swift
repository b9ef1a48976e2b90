internal import MediaRTP

/// Packets in the order they are sent, their bytes behind each other in one buffer.
///
/// Keep one and use it again: its memory only grows.
struct PacketBatch: Sendable {
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

  private(set) var storage: [UInt8] = []
  private(set) var filled = 0
  var packets: [Packet] = []

  /// Begins with room for so many bytes.
  init(room: Int = 0) {
    guard room > 0 else { return }
    storage = Self.memory(room + room / 4)
  }

  /// Memory of any content.
  private static func memory(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { room, size in size = room.count }
  }

  mutating func removeAll() {
    filled = 0
    packets.removeAll(keepingCapacity: true)
  }

  /// Room for as many bytes, of any value.
  mutating func extend(by count: Int) -> Range<Int> {
    if storage.count - filled < count {
      var larger = Self.memory(filled + max(count, storage.count, 1 << 18))
      larger.withUnsafeMutableBytes { room in
        storage.withUnsafeBytes { old in
          room.copyMemory(from: UnsafeRawBufferPointer(rebasing: old[..<filled]))
        }
      }
      storage = larger
    }
    defer { filled += count }
    return filled..<filled + count
  }

  /// Adds bytes; where they are.
  mutating func append(_ bytes: UnsafeRawBufferPointer) -> Range<Int> {
    let range = extend(by: bytes.count)
    storage.withUnsafeMutableBytes {
      UnsafeMutableRawBufferPointer(rebasing: $0[range]).copyMemory(from: bytes)
    }
    return range
  }

  mutating func withMutableBytes(_ body: (UnsafeMutableRawBufferPointer) -> Void) {
    storage.withUnsafeMutableBytes(body)
  }

  /// Shows a packet's bytes.
  func withBytes<Result, Failure: Error>(
    _ packet: Packet, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let bytes = storage.span.bytes.extracting(packet.range)
    return try bytes.withUnsafeBytes { (raw) throws(Failure) in try body(raw) }
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

/// Something that takes packets as they are made: a capture, sockets, a list.
protocol PacketSink: AnyObject {
  /// Takes all packets of a batch, which lives no longer than the call.
  func write(_ batch: borrowing PacketBatch) throws
  /// Completes it, after the last packet.
  func finish() throws
  /// Gives up: leaves nothing half-written.
  func abandon()
}

extension PacketSink {
  func finish() throws {}
  func abandon() {}
}
