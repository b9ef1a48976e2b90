import MediaBytes

/// Sends TS packets, seven in each RTP packet as far as its size allows (RFC 2250 2).
///
/// What does not fill an RTP packet waits for the bytes of the next call. The timestamp of an RTP
/// packet is the time that was given with its first byte, such as one made of PCRs.
public struct MPEGTSPacketizer: RTPPacketizer {
  /// Bytes of a TS packet.
  public static let packetByteCount = 188
  /// Ticks of the timestamp in a second.
  public static let clockRate: UInt32 = 90_000

  private let maxPayload: Int
  private let packetCount: Int
  private var held: [UInt8] = []
  private var heldTimestamp: Int64 = 0
  private var lastTimestamp: Int64 = 0

  /// Makes one; at most `packetCount` TS packets go into an RTP packet.
  public init(maxPayload: Int, packetCount: Int = 7) {
    self.maxPayload = maxPayload
    self.packetCount = max(1, min(packetCount, maxPayload / Self.packetByteCount))
  }

  /// Takes whole TS packets.
  public mutating func packetize(
    _ frame: RawSpan, _ time: RTPFrameTime, into payloads: inout RTPPayloads
  ) throws(RTPPayloadError) {
    try check(frame)
    lastTimestamp = time.timestamp
    let size = packetCount * Self.packetByteCount
    var position = 0
    while frame.byteCount - position > 0 {
      if held.isEmpty { heldTimestamp = time.timestamp }
      let missing = size - held.count
      guard frame.byteCount - position >= missing else {
        held.append(copying: frame.extracting(position..<frame.byteCount))
        return
      }
      begin(into: &payloads)
      payloads.add(frame: position..<position + missing)
      end(into: &payloads)
      position += missing
    }
  }

  /// Sends what is left.
  public mutating func finish(into payloads: inout RTPPayloads) {
    guard !held.isEmpty else { return }
    begin(into: &payloads)
    end(into: &payloads)
  }

  private mutating func begin(into payloads: inout RTPPayloads) {
    payloads.begin()
    if !held.isEmpty { payloads.add(held) }
    held.removeAll(keepingCapacity: true)
  }

  private func end(into payloads: inout RTPPayloads) {
    // Modulo 2^32: what was held back is older than the frame it is sent with.
    let delay = UInt32(truncatingIfNeeded: heldTimestamp &- lastTimestamp)
    payloads.end(marker: false, delay: delay)
  }

  private func check(_ frame: RawSpan) throws(RTPPayloadError) {
    let size = Self.packetByteCount
    guard maxPayload >= size else {
      throw RTPPayloadError(
        "the limit of \(maxPayload) bytes is less than a TS packet of 188", clause: "RFC 2250 2")
    }
    for start in stride(from: 0, to: frame.byteCount, by: size)
    where frame.byte(at: start) != 0x47 {
      if let other = MPEGTSFraming(of: frame), other.stride != size {
        throw RTPPayloadError(
          "the TS packets have \(other.stride) bytes, RTP carries those of 188",
          clause: "RFC 2250 2")
      }
      throw RTPPayloadError(
        "TS packet \(start / size + 1) does not begin with the sync byte 0x47",
        clause: "RFC 2250 2")
    }
    guard frame.byteCount % size == 0 else {
      throw RTPPayloadError(
        "\(frame.byteCount) bytes are no whole number of TS packets of 188", clause: "RFC 2250 2")
    }
  }
}

/// How TS packets follow each other.
struct MPEGTSFraming: Equatable {
  /// From one sync byte to the next: 188, 192 with a time in front, 204 with a code behind.
  var stride: Int
  /// Where the first sync byte is.
  var start: Int

  /// Finds the sync bytes; nil where no framing puts them all through the bytes.
  init?(of bytes: RawSpan) {
    for (stride, starts) in [(188, 0..<188), (192, 4..<5), (204, 0..<1)] {
      for start in starts where Self.matches(bytes, stride, start) {
        (self.stride, self.start) = (stride, start)
        return
      }
    }
    return nil
  }

  private static func matches(_ bytes: RawSpan, _ stride: Int, _ start: Int) -> Bool {
    // Two sync bytes at least: one alone may be anything.
    guard start == 0 || start + stride < bytes.byteCount, start + 188 <= bytes.byteCount else {
      return false
    }
    var position = start
    while position < bytes.byteCount {
      guard bytes.byte(at: position) == 0x47 else { return false }
      position += stride
    }
    return true
  }
}
