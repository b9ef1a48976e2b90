import MediaBitstream
import MediaBytes
import MediaModel
import TestSupport
import Testing

@testable import MediaRTP

let h264SPS = hex("67640028acd940780227e584000003000400000300f03c60c658")
let h264PPS = hex("68ebecb22c")

@Suite struct H264PacketizerTests {
  private static let mtu = 200
  private static var maxPayload: Int { mtu - 12 }

  /// Every size around the limits: nothing too large, no fragment that is start and end, one marker,
  /// and the same bytes at the other end.
  @Test func everySizeSurvives() throws {
    var random = Seeded.of("H264PacketizerTests.everySizeSurvives")
    var packetizer = H264Packetizer(maxPayload: Self.maxPayload)
    var depacketizer = H264Depacketizer()
    var timestamp: Int64 = 0
    var frames: [[UInt8]] = []
    var packets: [SentPacket] = []
    for size in Self.mtu - 12...2 * Self.mtu + 8 {
      for shape in 0..<2 {
        let large = slice([0x41], size, &random)
        let other = slice([0x41], 20, &random, isFirst: false)
        let frame = lengthPrefixed(shape == 0 ? [large] : [large, other])
        let made = try send(frame, at: timestamp, isKeyframe: false, &packetizer)
        #expect(made.allSatisfy { $0.payload.count <= Self.maxPayload })
        #expect(made.map(\.marker) == made.indices.map { $0 == made.count - 1 })
        let fragments = made.filter { $0.payload[0] & 0x1f == 28 }
        #expect(fragments.isEmpty == (size <= Self.maxPayload))
        #expect(fragments.allSatisfy { $0.payload[1] & 0xc0 != 0xc0 })
        #expect(fragments.dropLast().allSatisfy { $0.payload.count == Self.maxPayload })
        frames.append(frame)
        packets += made
        timestamp += 3000
      }
    }
    let output = receive(packets, &depacketizer)
    #expect(output.frames.map(\.data) == frames)
    #expect(output.remarks.isEmpty && output.droppedFrames == 0)
  }

  @Test func modeZeroRefusesWhatDoesNotFit() throws {
    var random = Seeded.of("H264PacketizerTests.modeZero")
    var packetizer = H264Packetizer(
      maxPayload: Self.maxPayload, packetizationMode: 0, aggregate: .all)
    for size in Self.mtu - 20...Self.maxPayload {
      let unit = slice([0x65], size, &random)
      let made = try send(lengthPrefixed([unit, [0x06, 0x80]]), &packetizer)
      #expect(made.map(\.payload) == [unit, [0x06, 0x80]])
    }
    for size in Self.maxPayload + 1...Self.mtu + 8 {
      let unit = slice([0x65], size, &random)
      let error = #expect(throws: RTPPayloadError.self) {
        try send(lengthPrefixed([[0x09, 0xf0], unit]), &packetizer)
      }
      let text = error?.message ?? ""
      for part in ["NAL unit 1", "IDR slice", "\(size)", "\(Self.maxPayload)"] {
        #expect(text.contains(part), "\(text)")
      }
    }
  }

  @Test func annexBGivesTheSamePackets() throws {
    var random = Seeded.of("H264PacketizerTests.annexB")
    let units = [h264SPS, h264PPS, slice([0x65], 700, &random), slice([0x65], 50, &random)]
    var first = H264Packetizer(maxPayload: 188, aggregate: .all)
    var second = H264Packetizer(maxPayload: 188, aggregate: .all, framing: .annexB)
    let stream: [UInt8] = units.reduce(into: []) { $0 += [0, 0, 0, 1] + $1 }
    #expect(
      try send(lengthPrefixed(units), &first).map(\.payload)
        == send(stream, &second).map(\.payload))
  }

  /// STAP-A: NRI is the highest, F of any (RFC 6184 5.7.1, 5.3).
  @Test func aggregates() throws {
    var all = H264Packetizer(maxPayload: 100, aggregate: .all)
    let frame = lengthPrefixed([hex("0600"), hex("2788"), hex("c801"), hex("4188")])
    let made = try send(frame, isKeyframe: false, &all)
    #expect(made.map(\.payload) == [hex("d8 0002 0600 0002 2788 0002 c801 0002 4188")])
    #expect(made[0].marker)
    var sets = H264Packetizer(maxPayload: 100, aggregate: .parameterSets)
    let split = try send(frame, isKeyframe: false, &sets)
    #expect(
      split.map(\.payload) == [hex("0600"), hex("d8 0002 2788 0002 c801"), hex("4188")])
    #expect(split.map(\.marker) == [false, false, true])
  }

  /// What does not fit an aggregate goes by itself, and nothing is lost.
  @Test func aggregatesThatDoNotFit() throws {
    var random = Seeded.of("H264PacketizerTests.aggregatesThatDoNotFit")
    for _ in 0..<300 {
      let count = Int.random(in: 1...8, using: &random)
      var units = (0..<count).map { index in
        slice([0x65], Int.random(in: 2...120, using: &random), &random, isFirst: index == 0)
      }
      units.insert(contentsOf: [h264SPS, h264PPS], at: 0)
      let limit = Int.random(in: 16...120, using: &random)
      var packetizer = H264Packetizer(
        maxPayload: limit, aggregate: [.all, .parameterSets].randomElement(using: &random) ?? .all)
      let made = try send(lengthPrefixed(units), &packetizer)
      #expect(made.allSatisfy { $0.payload.count <= limit })
      var depacketizer = H264Depacketizer()
      let output = receive(made, &depacketizer)
      #expect(output.frames.map(\.data) == [lengthPrefixed(units)])
      #expect(output.remarks.isEmpty)
    }
  }

  @Test func parameterSetsComeBeforeKeyframes() throws {
    let idr = lengthPrefixed([hex("09f0"), hex("658804")])
    let other = lengthPrefixed([hex("419a04")])
    let withSets = [hex("09f0"), h264SPS, h264PPS, hex("658804")]
    func count(_ interval: ParameterSetInterval) throws -> [Int] {
      var packetizer = H264Packetizer(
        maxPayload: 100, configInterval: interval, parameterSets: [h264SPS, h264PPS])
      return try ([0, 100, 200, 300, 400] as [Int64]).map { time in
        let isKeyframe = time != 100
        let frame = isKeyframe ? idr : other
        let made = try send(frame, at: time, isKeyframe: isKeyframe, &packetizer)
        if made.count == 4 { #expect(made.map(\.payload) == withSets) }
        return made.count
      }
    }
    #expect(try count(.once) == [4, 1, 2, 2, 2])
    #expect(try count(.keyframe) == [4, 1, 4, 4, 4])
    #expect(try count(.ticks(300)) == [4, 1, 2, 4, 2])
    // Sets that the stream carries are not doubled, and are sent from then on.
    var packetizer = H264Packetizer(maxPayload: 100, parameterSets: [h264SPS, h264PPS])
    let newPPS = hex("68eb ecb2 ff")
    let inBand = lengthPrefixed([h264SPS, newPPS, hex("658804")])
    #expect(try send(inBand, &packetizer).count == 3)
    #expect(try send(idr, &packetizer).map(\.payload)[2] == newPPS)
  }

  @Test func refusesWhatRTPWouldMisread() {
    var packetizer = H264Packetizer(maxPayload: 100)
    #expect(throws: RTPPayloadError.self) {
      try send(lengthPrefixed([hex("7c8101")]), &packetizer)
    }
    #expect(throws: RTPPayloadError.self) { try send(hex("00000009 4188"), &packetizer) }
    #expect(throws: Never.self) { try send([], &packetizer) }
  }
}
