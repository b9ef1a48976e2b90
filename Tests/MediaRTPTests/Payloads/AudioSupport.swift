import MediaBytes
import MediaModel
import TestSupport

@testable import MediaRTP

/// A packet as tests compare it.
struct SentPacket: Equatable {
  var payload: [UInt8]
  var marker: Bool
  var timestamp: Int64
}

/// A frame to be sent.
struct TimedFrame: Equatable {
  var data: [UInt8]
  var timestamp: Int64
}

/// Sends frames, each of them through a list of its own.
func send(
  _ frames: [TimedFrame], _ packetizer: inout some RTPPacketizer
) throws -> [SentPacket] {
  var sent: [SentPacket] = []
  var payloads = RTPPayloads()
  func take(_ frame: [UInt8], _ timestamp: Int64) {
    for packet in payloads.packets {
      let bytes = written { payloads.write(packet, of: frame.span.bytes, to: &$0) }
      precondition(bytes.count == packet.byteCount)
      sent.append(
        SentPacket(
          payload: bytes, marker: packet.marker, timestamp: packet.timestamp(of: timestamp)))
    }
    payloads.removeAll()
  }
  for frame in frames {
    try packetizer.packetize(
      frame.data.span.bytes, RTPFrameTime(frame.timestamp), into: &payloads)
    take(frame.data, frame.timestamp)
  }
  packetizer.finish(into: &payloads)
  take([], frames.last?.timestamp ?? 0)
  return sent
}

/// What a depacketizer makes of packets, some of which are lost.
func receive(
  _ packets: [SentPacket], _ depacketizer: inout some RTPDepacketizer, lost: Set<Int> = []
) -> RTPOutput {
  var output = RTPOutput()
  var missing = 0
  for (index, packet) in packets.enumerated() {
    if lost.contains(index) {
      missing += 1
      continue
    }
    let info = RTPPacketInfo(
      packet: index, number: Int64(index), timestamp: packet.timestamp, marker: packet.marker,
      lost: missing)
    missing = 0
    depacketizer.receive(packet.payload.span.bytes, info, into: &output)
  }
  depacketizer.finish(into: &output)
  return output
}

extension RTPOutput {
  var timedFrames: [TimedFrame] {
    frames.map { TimedFrame(data: $0.data, timestamp: $0.timestamp) }
  }
  var remarkCodes: [FindingCode] { remarks.map(\.code) }
}

/// A packet of hexadecimal digits.
func packet(_ digits: String, marker: Bool = true, at timestamp: Int64 = 0) -> SentPacket {
  SentPacket(payload: hex(digits), marker: marker, timestamp: timestamp)
}

/// A payload format as SDP has it.
func sdpFormat(_ map: String, _ parameters: String = "") throws -> SDPPayloadFormat {
  let rtpMap = SDPRTPMap(parsing: "96 \(map)")
  return SDPPayloadFormat(
    RTPPayloadType(rawValue: 96), rtpMap?.encodingName ?? "", clockRate: rtpMap?.clockRate,
    channels: rtpMap?.channels, parameters: SDPFormatParameters(parsing: "96 \(parameters)"))
}

/// What SDP would carry, read again.
func reparsed(_ format: SDPPayloadFormat) throws -> SDPPayloadFormat {
  let map = SDPRTPMap(
    format.payloadType, format.encodingName, clockRate: format.clockRate ?? 0,
    channels: format.channels
  ).description
  let rtpMap = SDPRTPMap(parsing: map)
  return SDPPayloadFormat(
    format.payloadType, rtpMap?.encodingName ?? "", clockRate: rtpMap?.clockRate,
    channels: rtpMap?.channels,
    parameters: SDPFormatParameters(parsing: format.parameters.description))
}

/// Random changes of packets: bytes, lengths, order, loss, markers and times.
func mutated(_ packets: [SentPacket], _ random: inout Seeded) -> [SentPacket] {
  var result = packets
  for _ in 0..<Int.random(in: 1...4, using: &random) where !result.isEmpty {
    let index = Int.random(in: 0..<result.count, using: &random)
    switch Int.random(in: 0..<7, using: &random) {
    case 0 where !result[index].payload.isEmpty:
      let at = Int.random(in: 0..<result[index].payload.count, using: &random)
      result[index].payload[at] = UInt8.random(in: 0...255, using: &random)
    case 1:
      let count = Int.random(in: 0...result[index].payload.count, using: &random)
      result[index].payload.removeLast(count)
    case 2: result[index].payload += random.bytes(Int.random(in: 1...40, using: &random))
    case 3: result[index].marker.toggle()
    case 4: result[index].timestamp = Int64(bitPattern: random.next())
    case 5: result.remove(at: index)
    default: result.swapAt(index, Int.random(in: 0..<result.count, using: &random))
    }
  }
  return result
}
