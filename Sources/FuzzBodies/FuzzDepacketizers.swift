import MediaBytes
import MediaRTP

/// Takes the bytes for payloads of packets, in the format that the first byte chooses; its highest
/// bit keeps damaged frames.
///
/// Each packet is four bytes and a payload: flags (marker, loss, a timestamp far away), the step of
/// the timestamp, and the payload's length.
public func fuzzDepacketizers(_ bytes: RawSpan) {
  guard bytes.byteCount > 0 else { return }
  let choice = Int(bytes.byte(at: 0) & 0x7f) % payloadFormats.count
  let keepsDamaged = bytes.byte(at: 0) & 0x80 != 0
  var unpacker = unpacker(payloadFormats[choice], keepDamaged: keepsDamaged)
  var output = RTPOutput()
  var packet = RTPPacketInfo(packet: 0, number: 0, timestamp: 0, marker: false)
  func check(_ output: inout RTPOutput) {
    take(
      &output, upTo: packet.packet, of: bytes, keepsDamaged: keepsDamaged,
      isH26x: payloadFormats[choice].map.hasPrefix("H26"))
  }
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
    unpacker.receive(bytes.extracting(payload), packet, into: &output)
    check(&output)
  }
  unpacker.finish(into: &output)
  check(&output)
  _ = unpacker.configuration
}

/// What comes out is of packets that went in, and not out of proportion to them.
private func take(
  _ output: inout RTPOutput, upTo last: Int, of bytes: RawSpan, keepsDamaged: Bool, isH26x: Bool
) {
  for frame in output.frames {
    precondition(frame.packets.lowerBound >= 1 && frame.packets.upperBound <= last, "its packets")
    precondition(frame.data.count <= 16 * bytes.byteCount + 4096, "more data than there was")
    precondition(!frame.data.isEmpty, "a frame of nothing")
    precondition(keepsDamaged || !frame.isDamaged, "a damaged frame")
    if isH26x { _ = units(frame.data) }
  }
  for remark in output.remarks {
    precondition((0...last).contains(remark.packet), "a remark about a packet to come")
    precondition(!remark.message.isEmpty && !remark.clause.isEmpty, "a remark without words")
  }
  (output.frames, output.remarks) = ([], [])
}

/// One of each payload format, and of those with parameters one for each way they change framing.
///
/// The corpus names them by their places: new ones go to the end.
private let payloadFormats: [(map: String, parameters: String)] = [
  ("mpeg4-generic/48000/2", "mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3"),
  ("mpeg4-generic/48000/2", "mode=AAC-lbr;sizelength=6;indexlength=2;indexdeltalength=2"),
  (
    "mpeg4-generic/48000/2",
    "sizelength=13;ctsdeltalength=7;dtsdeltalength=7;randomaccessindication=1"
  ),
  ("MP4A-LATM/48000/2", "cpresent=1"),
  ("MP4A-LATM/48000/2", "cpresent=0;config=400023203fc0"),
  ("opus/48000/2", ""),
  ("L24/48000/3", ""),
  ("MPA/90000", ""),
  ("H264/90000", ""),
  ("H264/90000", "packetization-mode=0"),
  ("H264/90000", "packetization-mode=2;sprop-interleaving-depth=3"),
  ("H265/90000", ""),
  ("H265/90000", "sprop-max-don-diff=2"),
  ("VP8/90000", ""),
  ("VP9/90000", ""),
  ("AV1/90000", ""),
  ("JPEG/90000", ""),
  ("MP2T/90000", ""),
  ("PS/90000", ""),
  ("MP4V-ES/90000", "profile-level-id=1;config=000001b001000001b5891300000100000001200086c40fa28c"),
  ("G726-32/8000", ""),
]

/// What puts packets of a format together, such as `H264/90000` with its parameters.
func unpacker(
  _ format: (map: String, parameters: String), keepDamaged: Bool = false
) -> RTPUnpacker {
  guard let map = SDPRTPMap(parsing: "96 " + format.map),
    let parameters = SDPFormatParameters(parsing: "96 " + format.parameters),
    let unpacker = RTPUnpacker(
      SDPPayloadFormat(
        map.payloadType, map.encodingName, clockRate: map.clockRate, channels: map.channels,
        parameters: parameters), keepDamaged: keepDamaged)
  else { preconditionFailure("no format \(format)") }
  return unpacker
}
