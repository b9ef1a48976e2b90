import MediaBytes
import MediaModel
import TestSupport
import Testing

@testable import MediaRTP

// How tests of payload formats send frames and receive packets.

/// A frame to be sent, or what came of one.
struct TimedFrame: Equatable {
  var data: [UInt8]
  var timestamp: Int64 = 0
  var isKeyframe = true
}

/// A packet; two are the same where receivers see no difference.
struct SentPacket: Equatable {
  var payload: [UInt8]
  var marker: Bool
  var timestamp: Int64
  /// Which of the frames it is of.
  var frame = 0
  /// Its sequence number, where it does not just go on.
  var number: Int?

  init(_ payload: [UInt8], marker: Bool = false, at timestamp: Int64 = 0, frame: Int = 0) {
    self.payload = payload
    self.marker = marker
    self.timestamp = timestamp
    self.frame = frame
  }

  static func == (a: Self, b: Self) -> Bool {
    a.payload == b.payload && a.marker == b.marker && a.timestamp == b.timestamp
  }
}

// MARK: - Packets by hand

/// A packet of hexadecimal digits.
func packet(_ digits: String, marker: Bool = true, at timestamp: Int64 = 0) -> SentPacket {
  SentPacket(hex(digits), marker: marker, at: timestamp)
}

/// Payloads of one frame after another: the last of each list has the marker.
func framePackets(_ frames: [[String]]) -> [SentPacket] {
  frames.enumerated().flatMap { index, payloads in
    payloads.enumerated().map { number, payload in
      SentPacket(
        hex(payload), marker: number + 1 == payloads.count, at: 3000 * Int64(index), frame: index)
    }
  }
}

/// What whole packets of RTP hold, wraps counted.
func sentPackets(_ datagrams: [[UInt8]]) throws -> [SentPacket] {
  var (timestamps, numbers) = (RTPTimeline(), RTPTimeline())
  return try datagrams.map { bytes in
    let packet = try parsePacket(bytes)
    var sent = SentPacket(
      [UInt8](bytes[packet.payload]), marker: packet.marker,
      at: timestamps.extend(packet.timestamp))
    sent.number = Int(numbers.extend(packet.sequenceNumber))
    return sent
  }
}

extension Corpus {
  /// The packets of a capture to port 5004.
  static func packets(_ path: String) throws -> [SentPacket] {
    try sentPackets(datagrams(path, port: 5004).map(\.bytes))
  }

  /// The packets of a vector: whole ones, or payloads alone.
  static func packets(of vector: Vector) throws -> [SentPacket] {
    if let packets = vector.input["rtp"] as? [String] {
      return try sentPackets(packets.map { hex($0) })
    }
    return framePackets([try #require(vector.input["payloads"] as? [String])])
  }

  /// The frames of an IVF file.
  static func ivf(_ path: String) throws -> [[UInt8]] {
    let file = try bytes(path)
    var frames: [[UInt8]] = []
    var position = 32
    while position + 12 <= file.count {
      let count = (0..<4).reduce(0) { $0 | Int(file[position + $1]) << (8 * $1) }
      frames.append(Array(file[position + 12..<position + 12 + count]))
      position += 12 + count
    }
    return frames
  }
}

// MARK: - Sending and receiving

/// Sends frames, each of them through a list of its own, and what was held back.
func send(
  _ frames: [TimedFrame], _ packetizer: inout some RTPPacketizer, limit: Int = .max
) throws -> [SentPacket] {
  var sent: [SentPacket] = []
  var payloads = RTPPayloads()
  func take(_ frame: TimedFrame, _ index: Int) {
    for packet in payloads.packets {
      let bytes = written { payloads.write(packet, of: frame.data.span.bytes, to: &$0) }
      #expect(bytes.count == packet.byteCount && bytes.count <= limit)
      sent.append(
        SentPacket(
          bytes, marker: packet.marker, at: packet.timestamp(of: frame.timestamp), frame: index))
    }
    payloads.removeAll()
  }
  for (index, frame) in frames.enumerated() {
    try packetizer.packetize(
      frame.data.span.bytes, RTPFrameTime(frame.timestamp, isKeyframe: frame.isKeyframe),
      into: &payloads)
    take(frame, index)
  }
  packetizer.finish(into: &payloads)
  take(TimedFrame(data: [], timestamp: frames.last?.timestamp ?? 0), max(0, frames.count - 1))
  return sent
}

/// Sends one frame.
func send(
  _ data: [UInt8], at timestamp: Int64 = 0, isKeyframe: Bool = true,
  _ packetizer: inout some RTPPacketizer
) throws -> [SentPacket] {
  try send(
    [TimedFrame(data: data, timestamp: timestamp, isKeyframe: isKeyframe)], &packetizer)
}

/// What a depacketizer makes of packets, some of which are lost; they count from 0.
func receive(
  _ packets: [SentPacket], _ depacketizer: inout some RTPDepacketizer, lost: Set<Int> = [],
  finish: Bool = true
) -> RTPOutput {
  var output = RTPOutput()
  var next = packets.first?.number ?? 0
  for (index, packet) in packets.enumerated() where !lost.contains(index) {
    let number = packet.number ?? index
    let info = RTPPacketInfo(
      packet: index, number: Int64(number), timestamp: packet.timestamp, marker: packet.marker,
      lost: max(0, number - next))
    next = number + 1
    depacketizer.receive(packet.payload.span.bytes, info, into: &output)
  }
  if finish { depacketizer.finish(into: &output) }
  return output
}

extension RTPOutput {
  var timedFrames: [TimedFrame] {
    frames.map {
      TimedFrame(data: $0.data, timestamp: $0.timestamp, isKeyframe: $0.isKeyframe)
    }
  }
  var remarkCodes: [FindingCode] { remarks.map(\.code) }
  var remarkCodeSet: Set<FindingCode> { Set(remarkCodes) }
}

// MARK: - What holds for all formats

/// Whole frames come back as they were, markers are where they end.
func checkRoundTrip<D: RTPDepacketizer>(
  _ frames: [TimedFrame], _ packetizer: some RTPPacketizer, _ make: () -> D, limit: Int
) throws {
  var (packetizer, depacketizer) = (packetizer, make())
  let packets = try send(frames, &packetizer, limit: limit)
  for (index, packet) in packets.enumerated() {
    let isLast = index + 1 == packets.count || packets[index + 1].frame != packet.frame
    #expect(packet.marker == isLast)
  }
  let output = receive(packets, &depacketizer)
  #expect(output.timedFrames == frames, "limit \(limit)")
  #expect(output.remarks.isEmpty && output.droppedFrames == 0, "\(output.remarks)")
  #expect(output.frames.allSatisfy { !$0.isDamaged })
}

/// A lost packet takes its own frame and no other, and nothing of it gets anywhere else.
func checkLoss<D: RTPDepacketizer>(
  _ frames: [TimedFrame], _ packetizer: some RTPPacketizer, _ make: (_ keepDamaged: Bool) -> D
) throws {
  var packetizer = packetizer
  let packets = try send(frames, &packetizer)
  for lost in packets.indices {
    let hit = packets[lost].frame
    var whole = frames.map(\.data)
    whole.remove(at: hit)
    var depacketizer = make(false)
    let output = receive(packets, &depacketizer, lost: [lost])
    #expect(output.frames.map(\.data) == whole, "packet \(lost)")
    let isAlone = packets.count { $0.frame == hit } == 1
    #expect(output.droppedFrames == (isAlone ? 0 : 1), "packet \(lost)")
    var keeping = make(true)
    let kept = receive(packets, &keeping, lost: [lost])
    #expect(kept.frames.filter { !$0.isDamaged }.map(\.data) == whole, "packet \(lost)")
    for frame in kept.frames where frame.isDamaged {
      #expect(frame.timestamp == frames[hit].timestamp)
    }
  }
}
