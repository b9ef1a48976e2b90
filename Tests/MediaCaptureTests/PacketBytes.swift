import MediaCapture
import TestSupport

/// A number's bytes, most significant first.
func big<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
  stride(from: Value.bitWidth - 8, through: 0, by: -8).map {
    UInt8(truncatingIfNeeded: value >> $0)
  }
}

/// A number's bytes, least significant first.
func little<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] { big(value).reversed() }

/// RFC 1071 the slow way: pairs of bytes.
func checksum(_ bytes: [UInt8]) -> UInt16 {
  var sum = 0
  for index in stride(from: 0, to: bytes.count, by: 2) {
    sum += Int(bytes[index]) << 8 + (index + 1 < bytes.count ? Int(bytes[index + 1]) : 0)
  }
  while sum > 0xffff { sum = sum & 0xffff + sum >> 16 }
  return ~UInt16(sum)
}

/// Packets, layer by layer.
enum Packet {
  static let v4: (UInt32, UInt32) = (0x0a00_0001, 0x0a00_0002)
  static let v6 = (hex("fd00 0000 0000 0000 0000 0000 0000 0001"), hex("ff02" + "00" * 13 + "42"))

  static func ethernet(_ type: UInt16, _ payload: [UInt8], tags: [UInt16] = []) -> [UInt8] {
    hex("020000000002 020000000001") + tags.flatMap { big($0) + [0, 7] } + big(type) + payload
  }

  static func ipv4(
    _ transport: UInt8, _ payload: [UInt8], id: UInt16 = 0, fragment: UInt16 = 0,
    options: [UInt8] = [], from source: UInt32 = v4.0, to destination: UInt32 = v4.1,
    total: UInt16? = nil
  ) -> [UInt8] {
    let size = UInt16(20 + options.count)
    var header = [0x40 | UInt8(size / 4), 0] + big(total ?? size + UInt16(payload.count)) + big(id)
    header += big(fragment) + [64, transport, 0, 0] + big(source) + big(destination) + options
    header.replaceSubrange(10..<12, with: big(checksum(header)))
    return header + payload
  }

  static func ipv6(_ next: UInt8, _ payload: [UInt8], length: UInt16? = nil) -> [UInt8] {
    hex("60000000") + big(length ?? UInt16(payload.count)) + [next, 64] + v6.0 + v6.1 + payload
  }

  /// A datagram over IPv4 with a right checksum.
  static func udp4(
    _ payload: [UInt8], from sourcePort: UInt16 = 4000, to port: UInt16 = 5004
  ) -> [UInt8] {
    udp(payload, big(v4.0) + big(v4.1), sourcePort, port)
  }

  /// A datagram over IPv6 with a right checksum.
  static func udp6(_ payload: [UInt8]) -> [UInt8] { udp(payload, v6.0 + v6.1, 4000, 5004) }

  private static func udp(
    _ payload: [UInt8], _ addresses: [UInt8], _ from: UInt16, _ to: UInt16
  ) -> [UInt8] {
    let length = UInt16(8 + payload.count)
    let header = big(from) + big(to) + big(length)
    let sum = checksum(addresses + [0, 17] + big(length) + header + [0, 0] + payload)
    return header + big(sum == 0 ? 0xffff : sum) + payload
  }

  static func tcp(
    _ payload: [UInt8], sequence: UInt32, flags: TCPFlags = .ack, from: UInt16 = 1000,
    to: UInt16 = 554, options: [UInt8] = []
  ) -> [UInt8] {
    big(from) + big(to) + big(sequence) + big(1 as UInt32)
      + [UInt8(20 + options.count) << 2, flags.rawValue] + hex("ffff 0000 0000") + options + payload
  }

  /// A pcap file of records, a second apart from second 1 on.
  static func pcap(
    _ records: [[UInt8]], _ linkType: LinkType = .raw, order: ByteOrder = .little
  ) -> [UInt8] {
    func number<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
      order == .big ? big(value) : little(value)
    }
    var file = number(0xa1b2_c3d4 as UInt32) + number(2 as UInt16) + number(4 as UInt16)
    file += [UInt8](repeating: 0, count: 8)
    file += number(262_144 as UInt32) + number(UInt32(linkType.rawValue))
    for (index, record) in records.enumerated() {
      file += number(UInt32(index + 1)) + number(0 as UInt32)
      file += number(UInt32(record.count)) + number(UInt32(record.count)) + record
    }
    return file
  }
}

private func * (text: String, count: Int) -> String { String(repeating: text, count: count) }
