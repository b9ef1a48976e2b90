import MediaBitstream
import MediaBytes
import MediaModel
import TestSupport

@testable import MediaRTP

/// What a packetizer made, as bytes.
struct SentPayload {
  var payload: [UInt8]
  var marker: Bool
}

func sent(
  by packetizer: inout some RTPPacketizer, _ frame: [UInt8], at timestamp: Int64 = 0,
  isKeyframe: Bool = true
) throws(RTPPayloadError) -> [SentPayload] {
  var payloads = RTPPayloads()
  let bytes = frame.span.bytes
  try packetizer.packetize(bytes, RTPFrameTime(timestamp, isKeyframe: isKeyframe), into: &payloads)
  return payloads.packets.map { packet in
    var writer = ByteWriter()
    payloads.write(packet, of: bytes, to: &writer)
    return SentPayload(payload: writer.bytes, marker: packet.marker)
  }
}

/// A packet to be received; its number is its place.
struct Arrival {
  var payload: [UInt8]
  var timestamp: Int64
  var marker: Bool
  var number: Int

  init(_ payload: [UInt8], _ timestamp: Int64 = 0, marker: Bool = false, number: Int = 0) {
    self.payload = payload
    self.timestamp = timestamp
    self.marker = marker
    self.number = number
  }
}

/// What a depacketizer makes of packets; numbers that are left out are missing.
func received(
  by depacketizer: inout some RTPDepacketizer, _ arrivals: [Arrival], finish: Bool = true
) -> RTPOutput {
  var output = RTPOutput()
  var next = arrivals.first?.number ?? 0
  for arrival in arrivals {
    let info = RTPPacketInfo(
      packet: arrival.number + 1, number: Int64(arrival.number), timestamp: arrival.timestamp,
      marker: arrival.marker, lost: max(0, arrival.number - next))
    next = arrival.number + 1
    depacketizer.receive(arrival.payload.span.bytes, info, into: &output)
  }
  if finish { depacketizer.finish(into: &output) }
  return output
}

func arrivals(_ list: [(String, Bool)], timestamp: Int64 = 0) -> [Arrival] {
  list.enumerated().map { Arrival(hex($1.0), timestamp, marker: $1.1, number: $0) }
}

/// NAL units behind four bytes of length.
func lengthPrefixed(_ units: [[UInt8]]) -> [UInt8] {
  units.flatMap { unit in written { $0.integer(UInt32(unit.count)) } + unit }
}

/// A slice without anything in it that looks like a start code.
func slice(_ header: [UInt8], _ count: Int, _ random: inout Seeded, isFirst: Bool = true) -> [UInt8]
{
  var bytes = header
  for _ in header.count..<max(count, header.count) {
    bytes.append(UInt8.random(in: 4...127, using: &random))
  }
  if bytes.count > header.count { bytes[header.count] = isFirst ? 0x88 : 0x48 }
  return bytes
}

extension RTPOutput {
  var codes: [String] { remarks.map(\.code.code) }
}
