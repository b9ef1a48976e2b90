import MediaBytes
import MediaRTP

/// Takes the bytes for payloads of packets, in the format that the first byte chooses.
///
/// Each packet is four bytes and a payload: flags (marker, loss, a timestamp far away), the step of
/// the timestamp, and the payload's length.
public func fuzzDepacketizers(_ bytes: RawSpan) {
  guard bytes.byteCount > 0 else { return }
  let makers = depacketizers
  var depacketizer = makers[Int(bytes.byte(at: 0)) % makers.count]()
  var output = RTPOutput()
  var packet = RTPPacketInfo(packet: 0, number: 0, timestamp: 0, marker: false)
  var position = 1
  while position + 4 <= bytes.byteCount {
    let (flags, step) = (bytes.byte(at: position), bytes.byte(at: position + 1))
    let length = Int(bytes.byte(at: position + 2)) << 8 | Int(bytes.byte(at: position + 3))
    let payload = position + 4..<min(position + 4 + length, bytes.byteCount)
    position = payload.upperBound
    packet.packet += 1
    packet.lost = flags & 2 == 0 ? 0 : Int(flags >> 4) + 1
    packet.number += Int64(packet.lost) + 1
    // Whoever sends it may also say any time.
    packet.timestamp += flags & 4 == 0 ? Int64(step) : Int64(step) << 40
    packet.marker = flags & 1 == 1
    depacketizer.receive(bytes.extracting(payload), packet, into: &output)
    check(&output, upTo: packet.packet, of: bytes)
  }
  depacketizer.finish(into: &output)
  check(&output, upTo: packet.packet, of: bytes)
}

/// What comes out is of packets that went in, and not out of proportion to them.
private func check(_ output: inout RTPOutput, upTo last: Int, of bytes: RawSpan) {
  for frame in output.frames {
    precondition(frame.packets.lowerBound >= 1 && frame.packets.upperBound <= last, "its packets")
    precondition(frame.data.count <= 16 * bytes.byteCount + 4096, "more data than there was")
  }
  for remark in output.remarks {
    precondition((0...last).contains(remark.packet), "a remark about a packet to come")
    precondition(!remark.message.isEmpty && !remark.clause.isEmpty, "a remark without words")
  }
  (output.frames, output.remarks) = ([], [])
}

/// One of each payload format, and of those with parameters one for each way they change framing.
private var depacketizers: [() -> any RTPDepacketizer] {
  [
    { AACDepacketizer(aac("mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3")) },
    { AACDepacketizer(aac("mode=AAC-lbr;sizelength=6;indexlength=2;indexdeltalength=2")) },
    {
      AACDepacketizer(
        aac("sizelength=13;ctsdeltalength=7;dtsdeltalength=7;randomaccessindication=1"))
    },
    { LATMDepacketizer(LATMPayloadFormat(format("MP4A-LATM", "cpresent=1"))) },
    { LATMDepacketizer(LATMPayloadFormat(format("MP4A-LATM", "cpresent=0;config=400023203fc0"))) },
    { OpusDepacketizer() },
    { PCMDepacketizer(PCMPayloadFormat(.l24, samplingRate: 48_000, channels: 3)) },
    { MPEGAudioDepacketizer() },
  ]
}

private func aac(_ parameters: String) -> AACPayloadFormat {
  AACPayloadFormat(format("mpeg4-generic", parameters))
}

private func format(_ name: String, _ parameters: String) -> SDPPayloadFormat {
  guard let parameters = SDPFormatParameters(parsing: "96 " + parameters) else {
    preconditionFailure("parameters that cannot be read")
  }
  return SDPPayloadFormat(
    RTPPayloadType(rawValue: 96), name, clockRate: 48_000, channels: 2, parameters: parameters)
}
