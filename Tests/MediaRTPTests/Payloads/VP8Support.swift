import MediaBytes
import MediaModel
import MediaRTP
import TestSupport
import Testing

/// Sends and receives frames of pictures the way tests of all their formats need it.
enum VideoRTP {
  struct Frame: Equatable {
    var data: [UInt8]
    var timestamp: Int64
    var isKeyframe = true
  }

  struct Packet: Equatable {
    var payload: [UInt8]
    var timestamp: Int64
    var marker: Bool
    /// Which of the frames it is of.
    var frame: Int
  }

  static func pack(
    _ frames: [Frame], _ packetizer: inout some RTPPacketizer, limit: Int = .max
  ) throws -> [Packet] {
    var sent: [Packet] = []
    for (index, frame) in frames.enumerated() {
      var payloads = RTPPayloads()
      let bytes = frame.data.span.bytes
      try packetizer.packetize(
        bytes, RTPFrameTime(frame.timestamp, isKeyframe: frame.isKeyframe), into: &payloads)
      for packet in payloads.packets {
        let payload = written { payloads.write(packet, of: bytes, to: &$0) }
        #expect(payload.count == packet.byteCount && payload.count <= limit)
        let delay = Int64(Int32(bitPattern: packet.delay))
        sent.append(
          Packet(
            payload: payload, timestamp: frame.timestamp + delay, marker: packet.marker,
            frame: index))
      }
    }
    return sent
  }

  static func unpack(
    _ packets: [Packet], _ depacketizer: inout some RTPDepacketizer, losing: Set<Int> = []
  ) -> RTPOutput {
    var output = RTPOutput()
    var lost = 0
    for (index, packet) in packets.enumerated() {
      if losing.contains(index) {
        lost += 1
        continue
      }
      let info = RTPPacketInfo(
        packet: index, number: Int64(index), timestamp: packet.timestamp, marker: packet.marker,
        lost: lost)
      lost = 0
      depacketizer.receive(packet.payload.span.bytes, info, into: &output)
    }
    depacketizer.finish(into: &output)
    return output
  }

  /// Payloads of one frame after another: the last of each list has the marker.
  static func packets(_ frames: [[String]]) -> [Packet] {
    frames.enumerated().flatMap { index, payloads in
      payloads.enumerated().map { number, payload in
        Packet(
          payload: hex(payload), timestamp: 3000 * Int64(index),
          marker: number + 1 == payloads.count, frame: index)
      }
    }
  }

  /// Whole ones come back as they were, markers are where frames end.
  static func roundTrip<D: RTPDepacketizer>(
    _ frames: [Frame], _ packetizer: some RTPPacketizer, _ make: () -> D, limit: Int
  ) throws {
    var (packetizer, depacketizer) = (packetizer, make())
    let packets = try pack(frames, &packetizer, limit: limit)
    for (index, packet) in packets.enumerated() {
      let isLast = index + 1 == packets.count || packets[index + 1].frame != packet.frame
      #expect(packet.marker == isLast)
    }
    let output = unpack(packets, &depacketizer)
    #expect(output.frames.map(\.data) == frames.map(\.data), "limit \(limit)")
    #expect(output.frames.map(\.timestamp) == frames.map(\.timestamp))
    #expect(output.frames.map(\.isKeyframe) == frames.map(\.isKeyframe))
    #expect(output.remarks.isEmpty && output.droppedFrames == 0, "\(output.remarks)")
    #expect(output.frames.allSatisfy { !$0.isDamaged })
  }

  /// A lost packet takes its own frame and no other, and nothing of it gets anywhere else.
  static func loseEach<D: RTPDepacketizer>(
    _ frames: [Frame], _ packetizer: some RTPPacketizer, _ make: (_ keepDamaged: Bool) -> D
  ) throws {
    var packetizer = packetizer
    let packets = try pack(frames, &packetizer)
    for lost in packets.indices {
      let hit = packets[lost].frame
      var whole = frames.map(\.data)
      whole.remove(at: hit)
      var depacketizer = make(false)
      let output = unpack(packets, &depacketizer, losing: [lost])
      #expect(output.frames.map(\.data) == whole, "packet \(lost)")
      let isAlone = packets.count { $0.frame == hit } == 1
      #expect(output.droppedFrames == (isAlone ? 0 : 1), "packet \(lost)")
      var keeping = make(true)
      let kept = unpack(packets, &keeping, losing: [lost])
      #expect(kept.frames.filter { !$0.isDamaged }.map(\.data) == whole, "packet \(lost)")
      for frame in kept.frames where frame.isDamaged {
        #expect(frame.timestamp == frames[hit].timestamp)
      }
    }
  }

  /// Whatever comes, nothing traps and nothing grows beyond what came.
  static func mutate<D: RTPDepacketizer>(
    _ packets: [Packet], _ make: (_ keepDamaged: Bool) -> D, _ name: String,
    overhead: Int = 1000
  ) {
    var random = Seeded.of(name)
    for round in 0..<400 {
      var changed = packets
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let index = Int.random(in: changed.indices, using: &random)
        switch Int.random(in: 0..<7, using: &random) {
        case 0: changed[index].payload = random.bytes(Int.random(in: 0...40, using: &random))
        case 1:
          let count = Int.random(in: 0...changed[index].payload.count, using: &random)
          changed[index].payload = Array(changed[index].payload.prefix(count))
        case 2: changed[index].marker.toggle()
        case 3: changed[index].timestamp += Int64.random(in: -2...2, using: &random)
        case 4: changed.swapAt(index, Int.random(in: changed.indices, using: &random))
        default:
          guard !changed[index].payload.isEmpty else { continue }
          let byte = Int.random(in: 0..<min(24, changed[index].payload.count), using: &random)
          changed[index].payload[byte] ^= 1 << UInt8.random(in: 0...7, using: &random)
        }
      }
      let lost: Set = [Int.random(in: 0..<(2 * changed.count), using: &random)]
      var depacketizer = make(round % 2 == 0)
      let output = unpack(changed, &depacketizer, losing: lost)
      let came = changed.reduce(0) { $0 + $1.payload.count }
      let given = output.frames.reduce(0) { $0 + $1.data.count }
      #expect(given <= 2 * came + overhead * max(1, output.frames.count))
      #expect(output.frames.allSatisfy { !$0.data.isEmpty })
      if round % 2 == 1 { #expect(output.frames.allSatisfy { !$0.isDamaged }) }
    }
  }

  /// The frames of an IVF file.
  static func ivf(_ path: String) throws -> [[UInt8]] {
    let file = try Corpus.bytes(path)
    var frames: [[UInt8]] = []
    var position = 32
    while position + 12 <= file.count {
      let count = (0..<4).reduce(0) { $0 | Int(file[position + $1]) << (8 * $1) }
      frames.append(Array(file[position + 12..<position + 12 + count]))
      position += 12 + count
    }
    return frames
  }

  /// The packets of a capture to port 5004.
  static func capture(_ path: String) throws -> [Packet] {
    var timeline = RTPTimeline()
    return try Corpus.datagrams(path, port: 5004).map { _, bytes in
      var reader = ByteReader(bytes.span)
      let packet = try RTPPacket(parsing: &reader)
      return Packet(
        payload: Array(bytes[packet.payload]), timestamp: timeline.extend(packet.timestamp),
        marker: packet.marker, frame: 0)
    }
  }

  /// The packets of a vector: whole ones, or payloads alone.
  static func packets(of vector: Corpus.Vector) throws -> [Packet] {
    guard let packets = vector.input["rtp"] as? [String] else {
      return Self.packets([try #require(vector.input["payloads"] as? [String])])
    }
    return try packets.map { text in
      let bytes = hex(text)
      var reader = ByteReader(bytes.span)
      let packet = try RTPPacket(parsing: &reader)
      return Packet(
        payload: Array(bytes[packet.payload]), timestamp: Int64(packet.timestamp.rawValue),
        marker: packet.marker, frame: 0)
    }
  }
}

extension RTPOutput {
  var remarkCodeSet: Set<FindingCode> { Set(remarks.map(\.code)) }
}
