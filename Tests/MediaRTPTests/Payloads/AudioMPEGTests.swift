import MediaBytes
import MediaModel
import TestSupport
import Testing

@testable import MediaRTP

@Suite struct AudioMPEGTests {
  /// Layer 3, 128 kbit/s, 44.1 kHz, no padding: 417 bytes of 1152 samples.
  fileprivate static func frame(_ random: inout Seeded, rate: UInt8 = 9) -> [UInt8] {
    let sizes: [UInt8: Int] = [1: 104, 9: 417, 14: 1044]
    return [0xff, 0xfb, rate << 4, 0x64] + random.bytes((sizes[rate] ?? 4) - 4)
  }

  private static func time(_ count: Int) -> Int64 { Int64(count) * 1152 * 90_000 / 44_100 }

  fileprivate static func frames(_ name: String, _ count: Int) -> [TimedFrame] {
    var random = Seeded.of(name)
    return (0..<count).map {
      TimedFrame(data: frame(&random, rate: [9, 1, 14][$0 % 3]), timestamp: Self.time($0))
    }
  }

  @Test(arguments: [1, 3, Int.max]) func everyRoomIsEnough(framesPerPacket: Int) throws {
    let frames = Self.frames("MPA", 30)
    for most in [8, 9, 52, 107, 108, 109, 420, 421, 422, 1047, 1048, 1049, 1388, 9000] {
      var packetizer = MPEGAudioPacketizer(maxPayload: most, framesPerPacket: framesPerPacket)
      let packets = try send(frames, &packetizer)
      #expect(packets.allSatisfy { $0.payload.count <= most && !$0.marker })
      var depacketizer = MPEGAudioDepacketizer()
      let output = receive(packets, &depacketizer)
      #expect(output.frames.map(\.data) == frames.map(\.data))
      #expect(zip(output.frames, frames).allSatisfy { abs($0.timestamp - $1.timestamp) <= 60 })
      #expect(output.remarks == [] && output.droppedFrames == 0)
    }
  }

  @Test func headersOfPackets() throws {
    var random = Seeded.of("MPA headers")
    let data = Self.frame(&random)
    var packetizer = MPEGAudioPacketizer(maxPayload: 204)
    let packets = try send([TimedFrame(data: data, timestamp: 9)], &packetizer)
    #expect(
      packets.map { [UInt8]($0.payload.prefix(4)) } == [
        [0, 0, 0, 0], [0, 0, 0, 200], [0, 0, 1, 144],
      ])
    #expect(packets.allSatisfy { $0.timestamp == 9 })
    #expect(throws: RTPPayloadError.self) {
      try send([TimedFrame(data: [1, 2, 3, 4], timestamp: 0)], &packetizer)
    }
    #expect(throws: RTPPayloadError.self) {
      try send([TimedFrame(data: [], timestamp: 0)], &packetizer)
    }
  }

  /// RFC 2250 3.3: the marker of sound says that the timestamp is discontinuous.
  @Test func markerTellsJumps() throws {
    var random = Seeded.of("MPA jumps")
    let times = [0, Self.time(1), Self.time(40), Self.time(41)]
    let frames = times.map { TimedFrame(data: Self.frame(&random), timestamp: $0) }
    var packetizer = MPEGAudioPacketizer(maxPayload: 300)
    #expect(
      try send(frames, &packetizer).map(\.marker)
        == [false, false, false, false, true, false, false, false])
  }

  @Test func aLostPacketTakesItsFrameAlone() throws {
    let frames = Self.frames("MPA loss", 6)
    var packetizer = MPEGAudioPacketizer(maxPayload: 204)
    let packets = try send(frames, &packetizer)
    for lost in packets.indices {
      var depacketizer = MPEGAudioDepacketizer()
      let output = receive(packets, &depacketizer, lost: [lost])
      let hit = packets[lost].timestamp
      #expect(output.timedFrames == frames.filter { $0.timestamp != hit }, "\(lost)")
      #expect(output.remarks == [], "\(lost)")
    }
  }

  @Test func damage() throws {
    var random = Seeded.of("MPA damage")
    let whole = Self.frame(&random, rate: 1)
    let offset0: [UInt8] = [0, 0, 0, 0]
    struct Case {
      var payloads: [[UInt8]]
      var frames: Int
      var remarkCodes: [FindingCode]
    }
    let cases = [
      Case(payloads: [[0, 0, 0]], frames: 0, remarkCodes: [.mpegAudioHeader]),
      Case(payloads: [[0, 1, 0, 0] + whole], frames: 1, remarkCodes: [.mpegAudioReserved]),
      Case(payloads: [offset0 + [1, 2, 3, 4]], frames: 0, remarkCodes: [.mpegAudioFrame]),
      Case(payloads: [offset0 + whole + [0]], frames: 1, remarkCodes: [.mpegAudioFrame]),
      Case(payloads: [offset0 + whole + whole[..<50]], frames: 1, remarkCodes: [.mpegAudioFrame]),
      Case(payloads: [[0, 0, 0, 9] + whole], frames: 0, remarkCodes: [.mpegAudioFragment]),
      Case(
        payloads: [offset0 + whole[..<50], [0, 0, 0, 60] + whole[60...]], frames: 0,
        remarkCodes: [.mpegAudioFragment]),
      Case(
        payloads: [offset0 + whole[..<50], offset0 + whole], frames: 1,
        remarkCodes: [.mpegAudioFragment]),
      Case(
        payloads: [offset0 + whole[..<50], [0, 0, 0, 50] + whole[50...] + [1]], frames: 1,
        remarkCodes: [.mpegAudioFragment]),
      Case(payloads: [offset0], frames: 0, remarkCodes: []),
    ]
    for (index, item) in cases.enumerated() {
      var depacketizer = MPEGAudioDepacketizer()
      let output = receive(
        item.payloads.map { SentPacket($0, marker: false, at: 0) }, &depacketizer)
      #expect(output.frames.count == item.frames, "\(index)")
      #expect(output.remarkCodes == item.remarkCodes, "\(index): \(output.remarks.map(\.message))")
    }
  }

  @Test func freeFormat() throws {
    // bitrate_index 0.
    let data: [UInt8] = [0xff, 0xfb, 0x00, 0x64] + (0..<96).map { UInt8($0) }
    var packetizer = MPEGAudioPacketizer(maxPayload: 54)
    let frames = (0..<3).map { TimedFrame(data: data, timestamp: Self.time($0)) }
    let packets = try send(frames, &packetizer)
    var depacketizer = MPEGAudioDepacketizer()
    let output = receive(packets, &depacketizer)
    #expect(output.timedFrames == frames && output.remarks == [])
  }

  @Test func robustIsNamed() throws {
    var depacketizer = MPEGAudioDepacketizer(
      MPEGAudioPayloadFormat(try sdpFormat("mpa-robust/90000")))
    let output = receive([packet("4004 fffb"), packet("4004 fffb")], &depacketizer)
    #expect(output.remarkCodes == [.mpegAudioRobust] && output.frames.isEmpty)
  }

  @Test func parametersComeBack() throws {
    var format = MPEGAudioPayloadFormat()
    format.layer = 3
    format.samplingFrequency = 44_100
    #expect(MPEGAudioPayloadFormat(try reparsed(format.payloadFormat())) == format)
    #expect(MPEGAudioPayloadFormat.payloadType.staticFormat?.encodingName == "MPA")
  }

  @Test(.enabled(if: Corpus.folder != nil, "no corpus beside the checkout")) func corpusVectors()
    throws
  {
    for vector in try Corpus.vectors("rtp.mpa") {
      let packets = try Corpus.packets(of: vector)
      let wanted = (vector.output["frames"] as? [String] ?? []).map { hex($0) }
      try #require(!packets.isEmpty && !wanted.isEmpty)
      var depacketizer = MPEGAudioDepacketizer()
      let output = receive(packets, &depacketizer)
      #expect(output.frames.map(\.data) == wanted, "\(vector.id)")
      #expect(output.remarks == [], "\(vector.id)")
    }
  }
}

extension PayloadDamage {
  static let mpegAudio = PayloadDamage("MPEG audio", rounds: 2000) { random in
    var packetizer = MPEGAudioPacketizer(maxPayload: 300)
    return try send(AudioMPEGTests.frames("MPA mutated", 6), &packetizer)
  } make: { _, _ in
    MPEGAudioDepacketizer()
  }
}
