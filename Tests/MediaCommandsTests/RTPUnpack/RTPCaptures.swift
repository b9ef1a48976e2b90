import Foundation
import MediaBytes
import MediaCapture
import MediaModel
import MediaRTP
import TestSupport
import Testing

/// A packet of RTP to be put into a capture.
struct TestPacket {
  var sequence: UInt16
  var timestamp: UInt32
  /// Nanoseconds since the first packet.
  var time: Int64
  var payload: [UInt8]
  var marker = false
  var type: UInt8 = 96
  var ssrc: UInt32 = 0x1122_3344

  var bytes: [UInt8] {
    var header = RTPHeader(
      payloadType: RTPPayloadType(rawValue: type),
      sequenceNumber: RTPSequenceNumber(rawValue: sequence),
      timestamp: RTPTimestamp(rawValue: timestamp), ssrc: ssrc)
    header.marker = marker
    var writer = ByteWriter()
    header.write(to: &writer, payload: payload.span.bytes)
    return writer.bytes
  }
}

/// Captures made in tests.
enum RTPCaptures {
  static let start: Int64 = 1_700_000_000_000_000_000
  static let sender = Endpoint(address: IPAddress(ipv4: 0x0a00_0001), port: 40_000)
  static let receiver = Endpoint(address: IPAddress(ipv4: 0x0a00_0002), port: 5004)

  /// A capture of datagrams, RTCP of which goes to the next port, or to the same.
  static func write(
    _ datagrams: [(time: Int64, bytes: [UInt8])], to path: String,
    format: CaptureWriter.Format = .pcap, isMultiplexed: Bool = false
  ) throws {
    var writer = CaptureWriter(format)
    for (time, bytes) in datagrams {
      let isRTCP = (200...207).contains(bytes.count > 1 ? bytes[1] : 0)
      var destination = receiver
      if isRTCP, !isMultiplexed { destination.port += 1 }
      try writer.write(
        bytes, from: sender, to: destination, at: start + time, isRTCP: isRTCP)
    }
    try Data(writer.takeBytes()).write(to: URL(fileURLWithPath: path))
  }

  /// A capture of one connection: raw IPv4, segments in turn.
  static func connection(
    _ segments: [(isClient: Bool, bytes: [UInt8])], port: UInt16
  ) -> [UInt8] {
    var next: [Bool: UInt32] = [true: 1000, false: 5000]
    return records(
      segments.map { segment in
        defer { next[segment.isClient, default: 0] += UInt32(segment.bytes.count) }
        return self.segment(
          segment.bytes, isClient: segment.isClient, port: port,
          sequence: next[segment.isClient] ?? 0, acknowledged: next[!segment.isClient] ?? 0)
      })
  }

  /// A packet of IPv4 and TCP.
  static func segment(
    _ bytes: [UInt8], isClient: Bool, port: UInt16, sequence: UInt32, acknowledged: UInt32
  ) -> [UInt8] {
    var packet = ByteWriter()
    let count = 40 + bytes.count
    packet.append([0x45, 0, UInt8(count >> 8), UInt8(count & 255), 0, 0, 0x40, 0, 64, 6, 0, 0])
    let (client, server): ([UInt8], [UInt8]) = ([10, 0, 0, 1], [10, 0, 0, 2])
    packet.append(isClient ? client + server : server + client)
    packet.integer(isClient ? 50_000 : port)
    packet.integer(isClient ? port : 50_000)
    packet.integer(sequence)
    packet.integer(acknowledged)
    packet.append([0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0])
    packet.append(bytes)
    return packet.bytes
  }

  /// A capture of raw IP, 10 ms from each packet to the next.
  static func records(_ packets: [[UInt8]]) -> [UInt8] {
    var writer = ByteWriter()
    for value in [0xa1b2_c3d4, 0x0002_0004, 0, 0, 262_144, 101] as [UInt32] {
      writer.integer(value)
    }
    for (index, packet) in packets.enumerated() {
      writer.integer(1_700_000_000 as UInt32 + UInt32(index / 100))
      writer.integer(UInt32(index % 100) * 10_000)
      writer.integer(UInt32(packet.count))
      writer.integer(UInt32(packet.count))
      writer.append(packet)
    }
    return writer.bytes
  }

  /// 20 ms of sound a packet: `L16/8000`, from sequence number 65,500 on so that it wraps.
  static func sound(_ count: Int, type: UInt8 = 96) -> [TestPacket] {
    (0..<count).map { index in
      let place = UInt8(truncatingIfNeeded: index)
      return TestPacket(
        sequence: 65_500 &+ UInt16(index), timestamp: 1000 &+ 160 &* UInt32(index),
        time: Int64(index) * 20_000_000,
        payload: (0..<320).map { UInt8(truncatingIfNeeded: $0) ^ place }, type: type)
    }
  }

  static let soundSDP = """
    v=0\r
    o=- 1 1 IN IP4 10.0.0.1\r
    s=-\r
    c=IN IP4 10.0.0.2\r
    t=0 0\r
    m=audio 5004 RTP/AVP 96\r
    a=rtpmap:96 L16/8000\r

    """

  /// A sender report with its CNAME.
  static func report(
    ntp: Int64, rtp: UInt32, ssrc: UInt32 = 0x1122_3344, packets: UInt32 = 0
  ) -> [UInt8] {
    let report = RTCPSenderReport(
      ssrc: ssrc, ntpTime: NTPTime(nanosecondsSince1970: ntp),
      rtpTimestamp: RTPTimestamp(rawValue: rtp), packetCount: packets, octetCount: 0)
    let name = RTCPSourceDescription(ssrc: ssrc, cname: "test")
    var writer = ByteWriter()
    RTCPCompound([.senderReport(report), .sourceDescription(name)]).write(to: &writer)
    return writer.bytes
  }

  /// A report and BYE.
  static func goodbye(ssrc: UInt32 = 0x1122_3344) -> [UInt8] {
    let name = RTCPSourceDescription(ssrc: ssrc, cname: "test")
    var writer = ByteWriter()
    RTCPCompound([
      .receiverReport(RTCPReceiverReport(ssrc: ssrc)), .sourceDescription(name),
      .goodbye(RTCPGoodbye(sources: [ssrc])),
    ]).write(to: &writer)
    return writer.bytes
  }

  /// What a server sends of packets on a connection, behind `$` and channel 4 (RFC 2326 10.12) or
  /// behind lengths alone (RFC 4571).
  static func segments(
    _ packets: [[UInt8]], interleaved: Bool
  ) -> [(isClient: Bool, bytes: [UInt8])] {
    packets.map { bytes in
      let length = [UInt8(bytes.count >> 8), UInt8(bytes.count & 255)]
      return (false, (interleaved ? [0x24, 4] : []) + length + bytes)
    }
  }
}

/// The document of `mediatool rtp-unpack --json` with these arguments.
func rtpDocument(_ arguments: String..., exit: Int32 = 0) throws -> JSONText {
  let outcome = try Mediatool.run(["rtp-unpack", "--json"] + arguments)
  try #require(outcome.ending == .exit(exit), "\(outcome)")
  return try JSONText(outcome.stdout)
}

/// The packets of `mediatool rtp-unpack --jsonl`.
func rtpPackets(_ arguments: String...) throws -> [JSONText] {
  let outcome = try Mediatool.run(["rtp-unpack", "--jsonl"] + arguments)
  try #require(outcome.ending == .exit(0), "\(outcome)")
  return try outcome.stdout.split(separator: UInt8(ascii: "\n")).map { try JSONText(Array($0)) }
    .filter { $0["event"] == nil }
}

/// Captures of other programs, where they lie beside the checkout; no part of this project.
enum RTPCorpus {
  static let folder: String? = {
    let folder =
      ProcessInfo.processInfo.environment["MEDIATOOL_CORPUS"]
      ?? "\(Mediatool.packageFolder)/../shared/corpus"
    return FileManager.default.fileExists(atPath: folder) ? folder : nil
  }()
}
