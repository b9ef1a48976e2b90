import MediaBitstream
import MediaBytes
import MediaModel
import TestSupport
import Testing

@testable import MediaRTP

@Suite struct AudioLATMTests {
  private func config(_ digits: String) throws -> StreamMuxConfig {
    let bytes = hex(digits)
    var reader = BitReader(bytes.span.bytes)
    return try StreamMuxConfig(parsing: &reader)
  }

  private func format(_ config: [UInt8] = [0x12, 0x08]) throws -> LATMPayloadFormat {
    try #require(LATMPayloadFormat(audioSpecificConfig: config))
  }

  // MARK: StreamMuxConfig

  /// RFC 6416 7.4.1 and its examples: 24 kHz stereo and mono, explicit SBR and PS.
  @Test func readsTheConfigurationsOfTheRFC() throws {
    let stereo = try config("400026203fc0")
    #expect(stereo.configuration.samplingFrequency == 24_000 && stereo.configuration.channels == 2)
    #expect(stereo.configurationBytes == [0x13, 0x10] && stereo.frameCount == 1)
    #expect(stereo.frameLength == .variable && stereo.bytes == hex("400026203fc0"))
    let mono = try config("400026103fc0")
    #expect(mono.configuration.channels == 1 && mono.bytes == hex("400026103fc0"))
    let sbr = try config("40005623101fe0")
    #expect(sbr.configuration.hasSBR && sbr.configuration.outputSamplingFrequency == 48_000)
    #expect(sbr.bytes == hex("40005623101fe0"))
    let ps = try config("4001d613101fe0")
    #expect(ps.configuration.hasPS && ps.configuration.channels == 2)
    #expect(ps.bytes == hex("4001d613101fe0"))
  }

  @Test func readsVersion1AndOtherData() throws {
    // 1 version, 0 A, 00 00000000 tara, 1 same, 000000 sub, 0000 prog, 000 lay, 00 00010000 ascLen
    // 16, 0001001000001000, 000 type, 11111111 fullness, 1 other, 00 00001000 len 8, 1 crc, 0x5a.
    let bits =
      "1" + "0" + "0000000000" + "1" + "000000" + "0000" + "000" + "0000010000"
      + "0001001000001000" + "000" + "11111111" + "1" + "0000001000" + "1" + "01011010"
    let padded = bits + String(repeating: "0", count: 7 - (bits.count + 7) % 8)
    let bytes = stride(from: 0, to: padded.count, by: 8).map { start in
      UInt8(padded.dropFirst(start).prefix(8), radix: 2) ?? 0
    }
    var reader = BitReader(bytes.span.bytes)
    let config = try StreamMuxConfig(parsing: &reader)
    #expect(config.configurationBytes == [0x12, 0x08] && config.version == 1)
    #expect(config.otherDataBitCount == 8 && config.checksum == 0x5a)
    for count in 0..<bytes.count - 1 {
      let prefix = [UInt8](bytes[..<count])
      #expect(throws: ParseError.self) {
        var reader = BitReader(prefix.span.bytes)
        _ = try StreamMuxConfig(parsing: &reader)
      }
    }
  }

  /// The bytes of an extension that only a known length makes readable are left out.
  @Test func backwardCompatibleExtensionsAreLeftOut() throws {
    let format = try format([0x13, 0x10, 0x56, 0xe5, 0x98])
    #expect(format.streamMuxConfig?.configurationBytes == [0x13, 0x10])
    #expect(format.clockRate == 48_000)
    #expect(LATMPayloadFormat(audioSpecificConfig: [0x13]) == nil)
  }

  // MARK: Elements

  @Test func sendsLengthAndFrame() throws {
    var packetizer = LATMPacketizer(try format(), maxPayload: 300)
    let long = [UInt8](repeating: 7, count: 510)
    let packets = try send(
      [TimedFrame(data: [1, 2, 3], timestamp: 5), TimedFrame(data: long, timestamp: 1029)],
      &packetizer)
    #expect(packets[0] == packet("03 010203", at: 5))
    #expect(packets[1].payload == [255, 255, 0] + long[..<297] && !packets[1].marker)
    #expect(packets[2].payload == long[297...] + [] && packets[2].marker)
    #expect(throws: RTPPayloadError.self) {
      try send([TimedFrame(data: [], timestamp: 0)], &packetizer)
    }
  }

  @Test(arguments: [1, 2, 52, 300]) func everySizeComesBack(most: Int) throws {
    var random = Seeded.of("LATM sizes")
    let format = try format()
    var frames: [TimedFrame] = []
    for count in 1...3 * most {
      frames.append(TimedFrame(data: random.bytes(count), timestamp: Int64(1024 * frames.count)))
    }
    var packetizer = LATMPacketizer(format, maxPayload: most)
    let packets = try send(frames, &packetizer)
    #expect(packets.allSatisfy { $0.payload.count <= most })
    #expect(packets.count { $0.marker } == frames.count)
    var depacketizer = LATMDepacketizer(format)
    let output = receive(packets, &depacketizer)
    #expect(output.timedFrames == frames && output.remarks == [])
    // Without any marker the timestamps end the elements.
    let unmarked = packets.map {
      SentPacket($0.payload, marker: false, at: $0.timestamp)
    }
    var other = LATMDepacketizer(format)
    let again = receive(unmarked, &other)
    #expect(again.timedFrames == frames)
    #expect(again.remarkCodes == [FindingCode](repeating: .latmMarker, count: frames.count - 1))
  }

  @Test func severalFramesInAnElement() throws {
    // numSubFrames 1: two frames, at the timestamp and 1024 samples later.
    var mux = try #require(StreamMuxConfig(audioSpecificConfig: [0x12, 0x08]))
    mux.frameCount = 2
    let digits = mux.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    let format = LATMPayloadFormat(
      try sdpFormat("MP4A-LATM/44100/1", "cpresent=0; config=\(digits)"))
    var depacketizer = LATMDepacketizer(format)
    let output = receive([packet("02 0102 01 03", at: 50)], &depacketizer)
    #expect(
      output.timedFrames == [
        TimedFrame(data: [1, 2], timestamp: 50), TimedFrame(data: [3], timestamp: 1074),
      ])
  }

  /// GStreamer's payloader puts the AudioSpecificConfig behind 15 bits, and nothing behind that.
  @Test(arguments: [("40002310adca00", "118856e500"), ("40002620", "1310")])
  func configurationThatIsCut(digits: String, config: String) throws {
    let format = LATMPayloadFormat(
      try sdpFormat("MP4A-LATM/48000/1", "cpresent=0; config=\(digits)"))
    #expect(format.streamMuxConfig?.configurationBytes == hex(config))
    #expect(format.hasCutConfiguration && !format.hasUnusableConfiguration)
  }

  /// In band: a bit says whether the configuration stays, so frames begin at odd bits.
  @Test func configurationInBand() throws {
    let configBits = 44  // the last four are padding
    var whole = BitWriter()
    whole.bits(1, 0)
    for index in 0..<configBits {
      whole.bits(1, Int(hex("400024103fc0")[index / 8] >> UInt8(7 - index % 8) & 1))
    }
    for byte in [3, 1, 2, 3] { whole.bits(8, byte) }
    var same = BitWriter()
    same.bits(1, 1)
    for byte in [2, 8, 9] { same.bits(8, byte) }
    let packets = [
      SentPacket(same.bytes, marker: true, at: 0),
      SentPacket(whole.bytes, marker: true, at: 1024),
      SentPacket(same.bytes, marker: true, at: 2048),
    ]
    var depacketizer = LATMDepacketizer(
      LATMPayloadFormat(try sdpFormat("MP4A-LATM/44100/1", "")))
    let output = receive(packets, &depacketizer)
    #expect(
      output.timedFrames == [
        TimedFrame(data: [1, 2, 3], timestamp: 1024), TimedFrame(data: [8, 9], timestamp: 2048),
      ])
    #expect(output.remarkCodes == [.latmWithoutConfiguration] && output.droppedFrames == 1)
    #expect(depacketizer.streamMuxConfig?.configurationBytes == [0x12, 0x08])
  }

  // MARK: Damage

  struct Vector {
    var name: String
    var wire: [SentPacket]
    var frames: [[UInt8]]
    var remarkCodes: [FindingCode]
    var parameters = "cpresent=0; config=400024103fc0"
  }

  static let vectors: [Vector] = [
    Vector(name: "empty", wire: [packet("")], frames: [], remarkCodes: [.latmElement]),
    Vector(
      name: "past the end", wire: [packet("05 0102")], frames: [], remarkCodes: [.latmElement]),
    Vector(name: "only 255", wire: [packet("ffff")], frames: [], remarkCodes: [.latmElement]),
    Vector(
      name: "behind", wire: [packet("01 01 0203")], frames: [[1]], remarkCodes: [.latmTrailingBytes]
    ),
    Vector(
      name: "two programmes", wire: [packet("01 01"), packet("01 01", at: 1024)], frames: [],
      remarkCodes: [.latmConfiguration], parameters: "cpresent=0; config=400824103fc0"),
    Vector(
      name: "no config", wire: [packet("01 01")], frames: [[1]], remarkCodes: [],
      parameters: "cpresent=0"),
    Vector(
      name: "odd digits in upper case", wire: [packet("01 01")], frames: [[1]], remarkCodes: [],
      parameters: "CPresent=0;Config=400024103FC"),
    Vector(
      name: "in band, broken", wire: [packet("7f ff ff ff")], frames: [],
      remarkCodes: [.latmConfiguration], parameters: ""),
  ]

  @Test(arguments: vectors) func damage(_ vector: Vector) throws {
    var depacketizer = LATMDepacketizer(
      LATMPayloadFormat(try sdpFormat("MP4A-LATM/44100/1", vector.parameters)))
    let output = receive(vector.wire, &depacketizer)
    #expect(output.frames.map(\.data) == vector.frames, "\(vector.name)")
    #expect(
      output.remarkCodes == vector.remarkCodes, "\(vector.name): \(output.remarks.map(\.message))")
  }

  @Test func aLostPacketTakesItsElementAlone() throws {
    var random = Seeded.of("LATM loss")
    let frames = (0..<6).map {
      TimedFrame(data: random.bytes([30, 200, 90][$0 % 3]), timestamp: Int64(1024 * $0))
    }
    let format = try format()
    var packetizer = LATMPacketizer(format, maxPayload: 52)
    let packets = try send(frames, &packetizer)
    for lost in packets.indices {
      var depacketizer = LATMDepacketizer(format)
      let output = receive(packets, &depacketizer, lost: [lost])
      let hit = packets[lost].timestamp
      #expect(output.timedFrames == frames.filter { $0.timestamp != hit }, "\(lost)")
      #expect(
        output.remarkCodes.allSatisfy { $0 == .latmMarker || lost == packets.count - 1 }, "\(lost)")
    }
  }

  // MARK: SDP

  @Test func parametersComeBack() throws {
    let format = try format()
    let sdp = format.payloadFormat(RTPPayloadType(rawValue: 97))
    #expect(
      sdp.parameters.description == "97 profile-level-id=41; cpresent=0; config=400024103fc0")
    #expect(sdp.encodingName == "MP4A-LATM" && sdp.clockRate == 44_100 && sdp.channels == 1)
    #expect(LATMPayloadFormat(try reparsed(sdp)) == format)
  }

  @Test(.enabled(if: Corpus.folder != nil, "no corpus beside the checkout")) func corpusVectors()
    throws
  {
    for vector in try Corpus.vectors("codec.aac.latm_config") {
      let digits = try #require(vector.input["hex"] as? String)
      guard vector.id != "codec.aac.latm_config/mediacommon/005" else { continue }
      let config = try config(digits)
      #expect(config.bytes == hex(digits), "\(vector.id)")
    }
  }
}

extension PayloadDamage {
  static let latm = PayloadDamage("LATM", rounds: 2000) { random in
    let frames = (0..<6).map {
      TimedFrame(data: random.bytes(100 * $0 + 1), timestamp: Int64(1024 * $0))
    }
    let sender = LATMPayloadFormat(try sdpFormat("MP4A-LATM/44100", latmParameters))
    var packetizer = LATMPacketizer(sender, maxPayload: 100)
    return try send(frames, &packetizer)
  } make: { round, _ in
    var random = Seeded(UInt64(round))
    let digits = HexDump.digits(random.bytes(round % 12))
    let parameters = round % 5 == 0 ? "config=\(digits)" : round % 2 == 1 ? "" : latmParameters
    let clock = round % 3 == 0 ? 4_294_967_295 : 1
    return LATMDepacketizer(LATMPayloadFormat(try sdpFormat("MP4A-LATM/\(clock)", parameters)))
  }
}

private let latmParameters = "cpresent=0; config=400024103fc0"
