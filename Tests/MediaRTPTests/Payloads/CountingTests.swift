import MediaBytes
import MediaModel
import TestSupport
import Testing

@testable import MediaRTP

/// Frames whose contents are not kept are the same frames, with the same faults.
@Suite struct CountingTests {
  /// What a counted frame has in common with a kept one.
  private struct Counted: Equatable {
    var timestamp: Int64
    var byteCount: Int
    var isKeyframe: Bool
    var isDamaged: Bool
    var packets: ClosedRange<Int>

    init(_ frame: RTPFrame) {
      timestamp = frame.timestamp
      byteCount = frame.byteCount
      isKeyframe = frame.isKeyframe
      isDamaged = frame.isDamaged
      packets = frame.packets
    }
  }

  /// Packets of ten access units; now and then one is lost, changed or without its marker.
  private func packets(
    _ packetizer: some RTPPacketizer, _ headers: (key: [UInt8], other: [UInt8]),
    _ random: inout Seeded
  ) throws -> [SentPacket] {
    var packetizer = packetizer
    let frames = (0..<10).map { index in
      let isKey = index % 4 == 0
      let units = (0..<Int.random(in: 1...3, using: &random)).map { unit in
        slice(
          isKey ? headers.key : headers.other, .random(in: 3...900, using: &random), &random,
          isFirst: unit == 0)
      }
      return TimedFrame(
        data: lengthPrefixed(units), timestamp: Int64(index) * 3000, isKeyframe: isKey)
    }
    var packets = try send(frames, &packetizer)
    for index in packets.indices { packets[index].number = index }
    for index in packets.indices.reversed() {
      switch Int.random(in: 0..<40, using: &random) {
      case 0: packets.remove(at: index)
      case 1: packets[index].marker.toggle()
      case 2: packets[index].payload[0] ^= 1 << UInt8.random(in: 0...7, using: &random)
      case 3 where packets[index].payload.count > 1:
        packets[index].payload[1] ^= 1 << UInt8.random(in: 0...7, using: &random)
      default: break
      }
    }
    return packets
  }

  private func check<D: RTPDepacketizer>(
    _ packets: [SentPacket], _ make: (_ keepContents: Bool) -> D
  ) {
    var (keeping, counting) = (make(true), make(false))
    let whole = receive(packets, &keeping)
    let counted = receive(packets, &counting)
    #expect(counted.frames.map(Counted.init) == whole.frames.map(Counted.init))
    #expect(whole.frames.allSatisfy { $0.byteCount == $0.data.count })
    #expect(counted.frames.allSatisfy { $0.data.count <= $0.byteCount })
    #expect(counted.remarks == whole.remarks)
    #expect(counted.droppedFrames == whole.droppedFrames)
    #expect(counted.kind == whole.kind && counted.nalUnitTypes == whole.nalUnitTypes)
  }

  @Test(arguments: [false, true]) func unitsOfH264(_ keepDamaged: Bool) throws {
    var random = Seeded.of("CountingTests.h264")
    for _ in 0..<200 {
      let packets = try packets(H264Packetizer(maxPayload: 100), ([0x65], [0x41]), &random)
      check(packets) { H264Depacketizer(keepDamaged: keepDamaged, keepContents: $0) }
    }
  }

  @Test(arguments: [false, true]) func unitsOfH265(_ keepDamaged: Bool) throws {
    var random = Seeded.of("CountingTests.h265")
    for _ in 0..<200 {
      let packets = try packets(
        H265Packetizer(maxPayload: 100), ([0x26, 0x01], [0x02, 0x01]), &random)
      check(packets) { H265Depacketizer(keepDamaged: keepDamaged, keepContents: $0) }
    }
  }
}
