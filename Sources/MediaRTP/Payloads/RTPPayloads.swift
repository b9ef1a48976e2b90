public import MediaBytes

/// The payloads that one frame is split into: each a few bytes of header and parts of the frame,
/// which are not copied before the packets themselves are written.
///
/// Keep one and use it again for each frame.
public struct RTPPayloads: Sendable {
  /// One payload.
  public struct Packet: Hashable, Sendable {
    /// Its bytes, without RTP's header.
    public fileprivate(set) var byteCount = 0
    /// `M` of its packet.
    public fileprivate(set) var marker = false
    /// How many ticks behind the frame's own timestamp that of its packet is.
    public fileprivate(set) var delay: UInt32 = 0
    /// What it begins with, which most consist of: up to eight bytes, most significant first, and a
    /// part of the frame.
    fileprivate var head: UInt64 = 0
    fileprivate var headByteCount = 0
    fileprivate var body = 0..<0
    /// What follows.
    fileprivate var parts: Range<Int>
  }

  private struct Part: Sendable {
    var range: Range<Int>
    var isOwn: Bool
  }

  /// The payloads in the order they are sent.
  public private(set) var packets: [Packet] = []
  private var parts: [Part] = []
  /// What is not in the frame.
  private var own: [UInt8] = []

  /// Makes a list of none.
  public init() {}

  /// Empties it for the next frame; its memory is kept.
  public mutating func removeAll() {
    packets.removeAll(keepingCapacity: true)
    parts.removeAll(keepingCapacity: true)
    own.removeAll(keepingCapacity: true)
  }

  // MARK: Making them

  /// Begins another payload; what is added goes there.
  mutating func begin() { packets.append(Packet(parts: parts.count..<parts.count)) }

  /// Adds a payload of the last `headByteCount` bytes of `head` and a part of the frame; what is
  /// added after it goes there too.
  mutating func append(
    head: UInt64 = 0, headByteCount: Int = 0, frame range: Range<Int> = 0..<0, marker: Bool
  ) {
    precondition(headByteCount <= 8, "a head of more than eight bytes")
    packets.append(
      Packet(
        byteCount: headByteCount + range.count, marker: marker, head: head,
        headByteCount: headByteCount, body: range, parts: parts.count..<parts.count))
  }

  /// How many bytes the payload begun last has.
  var openByteCount: Int { packets.last?.byteCount ?? 0 }

  /// Adds a byte that is not in the frame.
  mutating func add(_ byte: UInt8) {
    beginOwn(1)
    own.append(byte)
  }

  /// Adds 16 bits, most significant byte first.
  mutating func add(u16 value: UInt16) {
    beginOwn(2)
    own.append(UInt8(truncatingIfNeeded: value >> 8))
    own.append(UInt8(truncatingIfNeeded: value))
  }

  /// Adds bytes that are not in the frame.
  mutating func add(_ bytes: [UInt8]) {
    beginOwn(bytes.count)
    own += bytes
  }

  /// Adds a part of the frame.
  mutating func add(frame range: Range<Int>) {
    take(Part(range: range, isOwn: false), range.count)
  }

  /// Ends the payload begun last.
  mutating func end(marker: Bool, delay: UInt32 = 0) {
    packets[packets.count - 1].marker = marker
    packets[packets.count - 1].delay = delay
  }

  /// Splits a frame into payloads as large as may be, each of them behind a header of the given
  /// size that `header` adds; the last one has the marker.
  ///
  /// `headerByteCount` is told whether the payload is the first.
  mutating func split(
    _ byteCount: Int, maxPayload: Int, headerByteCount: (_ isFirst: Bool) -> Int,
    header: (inout RTPPayloads, _ isFirst: Bool, _ isLast: Bool) -> Void
  ) {
    var position = 0
    repeat {
      let room = max(1, maxPayload - headerByteCount(position == 0))
      let end = min(byteCount, position + room)
      begin()
      header(&self, position == 0, end == byteCount)
      add(frame: position..<end)
      self.end(marker: end == byteCount)
      position = end
    } while position < byteCount
  }

  private mutating func beginOwn(_ count: Int) {
    let range = own.count..<own.count + count
    // What follows its own bytes needs no part of its own.
    if let packet = packets.last, packet.parts.count > 0, let last = parts.last, last.isOwn,
      last.range.upperBound == range.lowerBound
    {
      parts[parts.count - 1].range = last.range.lowerBound..<range.upperBound
      packets[packets.count - 1].byteCount += count
    } else {
      take(Part(range: range, isOwn: true), count)
    }
  }

  private mutating func take(_ part: Part, _ count: Int) {
    precondition(!packets.isEmpty, "no payload was begun")
    parts.append(part)
    let packet = packets[packets.count - 1]
    packets[packets.count - 1].parts = packet.parts.lowerBound..<parts.count
    packets[packets.count - 1].byteCount += count
  }

  // MARK: Writing them

  /// Writes a payload; `frame` is what was split.
  public func write(_ packet: Packet, of frame: RawSpan, to writer: inout ByteWriter) {
    for index in 0..<packet.headByteCount { writer.integer(packet.headByte(index)) }
    writer.append(frame.extracting(packet.body))
    for part in parts[packet.parts] {
      if part.isOwn {
        unsafe writer.append(own.span.bytes.extracting(part.range))
      } else {
        writer.append(frame.extracting(part.range))
      }
    }
  }

  /// Puts a payload's bytes where `room` begins, which must have space for `byteCount`.
  public func copy(
    _ packet: Packet, of frame: RawSpan, to room: UnsafeMutableRawBufferPointer
  ) {
    var position = packet.headByteCount
    for index in 0..<position { unsafe room[index] = packet.headByte(index) }
    if !packet.body.isEmpty {
      let target = unsafe UnsafeMutableRawBufferPointer(rebasing: room[position...])
      unsafe frame.extracting(packet.body).withUnsafeBytes { unsafe target.copyMemory(from: $0) }
      position += packet.body.count
    }
    guard !packet.parts.isEmpty else { return }
    for part in parts[packet.parts] {
      let target = unsafe UnsafeMutableRawBufferPointer(
        rebasing: room[position..<position + part.range.count])
      if part.isOwn {
        unsafe own.span.bytes.extracting(part.range).withUnsafeBytes {
          unsafe target.copyMemory(from: $0)
        }
      } else {
        unsafe frame.extracting(part.range).withUnsafeBytes { unsafe target.copyMemory(from: $0) }
      }
      position += part.range.count
    }
  }
}

extension RTPPayloads.Packet {
  fileprivate func headByte(_ index: Int) -> UInt8 {
    UInt8(truncatingIfNeeded: head &>> UInt64(8 &* (headByteCount &- 1 &- index)))
  }
}
