import MediaBytes
import MediaModel
import TestSupport
import Testing

@testable import MediaRTP

@Suite struct AudioPCMTests {
  struct Kind {
    var map: String
    var blockByteCount: Int
    /// Bytes of 20 ms.
    var packetByteCount: Int
    var staticType: UInt8?
  }

  /// RFC 3551 table 4 and 6; bytes of 20 ms counted by hand.
  static let kinds: [Kind] = [
    Kind(map: "PCMU/8000", blockByteCount: 1, packetByteCount: 160, staticType: 0),
    Kind(map: "pcma/8000/1", blockByteCount: 1, packetByteCount: 160, staticType: 8),
    Kind(map: "PCMA/8000/2", blockByteCount: 2, packetByteCount: 320),
    Kind(map: "L8/11025", blockByteCount: 1, packetByteCount: 221),
    Kind(map: "L16/44100/2", blockByteCount: 4, packetByteCount: 3528, staticType: 10),
    Kind(map: "L16/44100", blockByteCount: 2, packetByteCount: 1764, staticType: 11),
    Kind(map: "L24/48000/6", blockByteCount: 18, packetByteCount: 17_280),
    Kind(map: "G722/8000", blockByteCount: 1, packetByteCount: 160, staticType: 9),
    Kind(map: "G722/16000", blockByteCount: 1, packetByteCount: 160, staticType: 9),
    Kind(map: "G726-16/8000", blockByteCount: 1, packetByteCount: 40),
    Kind(map: "G726-24/8000", blockByteCount: 3, packetByteCount: 60),
    Kind(map: "G726-32/8000", blockByteCount: 1, packetByteCount: 80),
    Kind(map: "AAL2-G726-40/8000", blockByteCount: 5, packetByteCount: 100),
  ]

  @Test(arguments: kinds) func framing(_ kind: Kind) throws {
    let format = try #require(PCMPayloadFormat(try sdpFormat(kind.map)))
    #expect(format.blockByteCount == kind.blockByteCount)
    #expect(PCMPacketizer(format, maxPayload: 20_000).packetByteCount == kind.packetByteCount)
    #expect(format.staticPayloadType?.rawValue == kind.staticType)
    #expect(PCMPayloadFormat(try reparsed(format.payloadFormat(.init(rawValue: 96)))) == format)
  }

  @Test func unknownNames() throws {
    #expect(PCMPayloadFormat(try sdpFormat("L20/48000")) == nil)
    #expect(PCMPayloadFormat(try sdpFormat("G726-48/8000")) == nil)
  }

  /// Frames of any length: the samples come back joined, with times that follow from their number.
  @Test(arguments: kinds) func everyLengthComesBack(_ kind: Kind) throws {
    var random = Seeded.of("PCM \(kind.map)")
    let format = try #require(PCMPayloadFormat(try sdpFormat(kind.map)))
    let block = format.blockByteCount
    for most in [block, 100 + block, 1388] {
      for isSwapped in [false, true] {
        var frames: [TimedFrame] = []
        var time: Int64 = 5000
        for _ in 0..<30 {
          let count = Int.random(in: 0...3 * most / block, using: &random) * block
          frames.append(TimedFrame(data: random.bytes(count), timestamp: time))
          time += format.ticks(count)
        }
        var packetizer = PCMPacketizer(
          format, maxPayload: most, sourceIsLittleEndian: isSwapped)
        let packets = try send(frames, &packetizer)
        #expect(packets.allSatisfy { $0.payload.count <= most && !$0.marker })
        #expect(packets.dropLast().allSatisfy { $0.payload.count == packetizer.packetByteCount })
        var depacketizer = PCMDepacketizer(format, outputIsLittleEndian: isSwapped)
        let output = receive(packets, &depacketizer)
        #expect(output.remarks == [] && output.droppedFrames == 0)
        #expect(output.frames.flatMap(\.data) == frames.flatMap(\.data))
        var expected: Int64 = 5000
        for frame in output.frames {
          #expect(frame.timestamp == expected)
          expected += format.ticks(frame.data.count)
        }
      }
    }
  }

  @Test func littleEndianSourcesAreTurned() throws {
    let l16 = PCMPayloadFormat(.l16, samplingRate: 44_100, channels: 2)
    var packetizer = PCMPacketizer(l16, maxPayload: 8, sourceIsLittleEndian: true)
    let frame = TimedFrame(data: hex("0102 0304 0506 0708 090a 0b0c"), timestamp: 0)
    #expect(
      try send([frame], &packetizer).map(\.payload)
        == [hex("0201 0403 0605 0807"), hex("0a09 0c0b")])
    let l24 = PCMPayloadFormat(.l24, samplingRate: 48_000)
    var other = PCMPacketizer(l24, maxPayload: 8, sourceIsLittleEndian: true)
    let packets = try send([TimedFrame(data: hex("010203 040506"), timestamp: 0)], &other)
    #expect(packets.map(\.payload) == [hex("030201 060504")])
  }

  /// Where time jumps, what is held back goes first, in a packet of its own.
  @Test func timeJumps() throws {
    let format = PCMPayloadFormat(.pcmu, samplingRate: 8000)
    var packetizer = PCMPacketizer(format, maxPayload: 1388)
    let frames = [0, 200, 8000].map {
      TimedFrame(data: [UInt8](repeating: 1, count: 200), timestamp: Int64($0))
    }
    let packets = try send(frames, &packetizer)
    #expect(packets.map(\.timestamp) == [0, 160, 320, 8000, 8160])
    #expect(packets.map { $0.payload.count } == [160, 160, 80, 160, 40])
    #expect(throws: RTPPayloadError.self) {
      var stereo = PCMPacketizer(
        PCMPayloadFormat(.l16, samplingRate: 8000, channels: 2), maxPayload: 100)
      _ = try send([TimedFrame(data: [1, 2, 3], timestamp: 0)], &stereo)
    }
  }

  @Test func damage() throws {
    let format = PCMPayloadFormat(.l16, samplingRate: 8000, channels: 2)
    var depacketizer = PCMDepacketizer(format)
    let output = receive(
      [
        packet("01020304 05"), packet("", at: 1), packet("01020304", at: 1), packet("01", at: 2),
        packet("01020304", at: -100),
      ], &depacketizer)
    #expect(output.frames.map(\.data) == [[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4]])
    #expect(output.remarkCodes == [.partialSample, .partialSample, .audioTimestampStep])
  }

  // MARK: G.726

  /// RFC 3551 4.5.4: the same codes in either order, by hand.
  @Test func ordersOfCodes() {
    // 32 kbit/s: codes 1 2: 0x21 or 0x12.
    #expect(G726Order.leastSignificantFirst.swapped([0x21], bitsPerCode: 4) == [0x12])
    // 16 kbit/s: codes 0 1 2 3: 11 10 01 00 or 00 01 10 11.
    #expect(G726Order.leastSignificantFirst.swapped([0xe4], bitsPerCode: 2) == [0x1b])
    // 24 kbit/s: 1 2 3 4 5 6 7 0. Least first: bits from the end of byte 0:
    // byte 0 = 11 010 001, byte 1 = 0 101 100 0, byte 2 = 000 111 11 0.
    let least: [UInt8] = [0b1101_0001, 0b0101_1000, 0b0001_1111]
    // 001 010 01 | 1 100 101 1 | 10 111 000
    let most: [UInt8] = [0b0010_1001, 0b1100_1011, 0b1011_1000]
    #expect(G726Order.leastSignificantFirst.swapped(least, bitsPerCode: 3) == most)
    #expect(G726Order.mostSignificantFirst.swapped(most, bitsPerCode: 3) == least)
    var random = Seeded.of("G.726 orders")
    for bits in 2...5 {
      for count in 0...40 {
        let bytes = random.bytes(count)
        let there = G726Order.leastSignificantFirst.swapped(bytes, bitsPerCode: bits)
        #expect(G726Order.mostSignificantFirst.swapped(there, bitsPerCode: bits) == bytes)
      }
    }
  }
}

extension PayloadDamage {
  static let pcm = PayloadDamage("PCM", rounds: 2000) { random in
    (0..<6).map { SentPacket(random.bytes($0 * 7), at: Int64(160 * $0)) }
  } make: { round, keepDamaged in
    let kinds = AudioPCMTests.kinds
    let format = try #require(PCMPayloadFormat(try sdpFormat(kinds[round % kinds.count].map)))
    return PCMDepacketizer(format, outputIsLittleEndian: keepDamaged)
  }
}
