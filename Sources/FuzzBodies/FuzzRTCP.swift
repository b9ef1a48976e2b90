import MediaBytes
import MediaRTP

/// Reads a datagram of RTCP; what was read survives being written and read again.
public func fuzzRTCP(_ bytes: RawSpan) {
  var reader = ByteReader(bytes)
  let compound = RTCPCompound(parsing: &reader)
  precondition(reader.isAtEnd, "bytes are left")
  if let damage = compound.damage {
    precondition((0...bytes.byteCount).contains(damage.offset), "error outside the input")
  }
  for anomaly in compound.anomalies {
    precondition((0..<bytes.byteCount).contains(anomaly.offset), "anomaly outside the input")
  }
  _ = compound.violations()
  var writer = ByteWriter()
  compound.write(to: &writer)
  let written = writer.bytes
  precondition(written.count % 4 == 0, "not whole words")
  var again = ByteReader(written.span)
  let second = RTCPCompound(parsing: &again)
  precondition(second.damage == nil, "cannot read what it wrote")
  precondition(second.packets.map(plain) == compound.packets.map(plain), "the packets changed")
  for packet in compound.packets {
    if case .transportFeedback(let feedback) = packet, case .nack(let entries) = feedback.message {
      for entry in entries { _ = entry.missing }
    }
    if case .senderReport(let report) = packet {
      let time = report.ntpTime.nanosecondsSince1970
      precondition(
        NTPTime(nanosecondsSince1970: time).nanosecondsSince1970 == time, "another time")
    }
  }
}

/// The packet without where its damage was, which moves with what precedes it.
private func plain(_ packet: RTCPPacket) -> RTCPPacket {
  guard case .malformed(let raw, _) = packet else { return packet }
  return .unknown(raw)
}
