import Testing

/// A packet of RTP in a capture that we wrote, read by the test itself.
struct SentPacket {
  var marker: Bool
  var timestamp: UInt32
  var payload: [UInt8]

  /// Of RTP, the header of 12 bytes included.
  var byteCount: Int { payload.count + 12 }

  /// The first stream's, of classic pcap with Ethernet, IPv4 and UDP to port 5004.
  static func all(inCapture bytes: [UInt8]) -> [SentPacket] {
    var packets: [SentPacket] = []
    var position = 24
    while position + 16 <= bytes.count {
      let size = (0..<4).reduce(0) { $0 | Int(bytes[position + 8 + $1]) << (8 * $1) }
      let frame = bytes[(position + 16)..<(position + 16 + size)]
      position += 16 + size
      let udp = frame.dropFirst(34)
      let rtp = [UInt8](udp.dropFirst(8))
      guard udp.dropFirst(2).starts(with: [0x13, 0x8c]), rtp.count > 12 else { continue }
      packets.append(
        SentPacket(
          marker: rtp[1] & 0x80 != 0, timestamp: rtp[4..<8].reduce(0) { $0 << 8 | UInt32($1) },
          payload: Array(rtp[12...])))
    }
    return packets
  }

  /// The type that the payload begins with.
  func nalUnitType(isH265: Bool) -> UInt8 {
    isH265 ? payload[0] >> 1 & 0x3f : payload[0] & 0x1f
  }
}

/// Takes H.264 and H.265 out of RTP, as short as RFC 6184 5 and RFC 7798 4.4 can be read.
enum NALUnitReading {
  static func units(_ packets: [SentPacket], isH265: Bool) -> [[UInt8]] {
    let headerSize = isH265 ? 2 : 1
    var units: [[UInt8]] = []
    var open: [UInt8]?
    for packet in packets {
      let payload = packet.payload
      let type = packet.nalUnitType(isH265: isH265)
      guard type == (isH265 ? 49 : 28) else {
        #expect(open == nil, "a fragment without its end")
        units += type == (isH265 ? 48 : 24) ? aggregated(payload[headerSize...]) : [payload]
        continue
      }
      let header = payload[headerSize]
      let (isStart, isEnd) = (header & 0x80 != 0, header & 0x40 != 0)
      #expect(!(isStart && isEnd), "S and E are both set")
      #expect(isStart == (open == nil), "a fragment without its start, or two")
      if isStart {
        open =
          isH265
          ? [payload[0] & 0x81 | (header & 0x3f) << 1, payload[1]]
          : [payload[0] & 0xe0 | header & 0x1f]
      }
      open? += payload[(headerSize + 1)...]
      if isEnd, let unit = open {
        units.append(unit)
        open = nil
      }
    }
    #expect(open == nil, "a fragment without its end")
    return units
  }

  private static func aggregated(_ payload: ArraySlice<UInt8>) -> [[UInt8]] {
    var rest = payload
    var units: [[UInt8]] = []
    while let high = rest.popFirst(), let low = rest.popFirst() {
      let size = Int(high) << 8 | Int(low)
      #expect(size > 0 && size <= rest.count, "an aggregate's size is wrong")
      units.append([UInt8](rest.prefix(size)))
      rest = rest.dropFirst(size)
    }
    #expect(units.count > 1, "an aggregate of one")
    return units
  }
}

/// The NAL units of a byte stream (ISO/IEC 14496-10 Annex B).
func byteStreamUnits(_ bytes: [UInt8]) -> [[UInt8]] {
  var units: [[UInt8]] = []
  var start: Int?
  var index = 0
  func close(_ end: Int) {
    guard let start else { return }
    var end = end
    while end > start, bytes[end - 1] == 0 { end -= 1 }
    units.append(Array(bytes[start..<end]))
  }
  while index + 2 < bytes.count {
    guard bytes[index] == 0, bytes[index + 1] == 0, bytes[index + 2] == 1 else {
      index += 1
      continue
    }
    close(index)
    start = index + 3
    index += 3
  }
  close(bytes.count)
  return units
}
