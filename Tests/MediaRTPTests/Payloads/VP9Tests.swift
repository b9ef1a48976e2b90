import MediaBytes
import MediaModel
import MediaRTP
import TestSupport
import Testing

@Suite struct VP9Tests {
  /// A key frame of 320x240 in profile 0: frame_marker, sync code, colour, size (VP9 6.2).
  static let keyFrame: [UInt8] = {
    let bits =
      "10" + "00" + "0" + "0" + "1" + "0" + "010010011000001101000010" + "001" + "0"
      + "0000000100111111" + "0000000011101111" + "0" + "0000000"
    return stride(from: 0, to: bits.count / 8 * 8, by: 8).map { start in
      UInt8(bits.dropFirst(start).prefix(8), radix: 2) ?? 0
    }
  }()
  /// A frame that is predicted and shown.
  static let interFrame: [UInt8] = [0x86, 0x00, 0x40]

  static func frames(_ sizes: [Int], _ random: inout Seeded) -> [TimedFrame] {
    sizes.enumerated().map { index, size in
      let head = index == 0 ? keyFrame : interFrame
      // The last byte must not look like the marker of a superframe.
      return TimedFrame(
        data: head + random.bytes(max(0, size - head.count - 1)) + [0],
        timestamp: 3000 * Int64(index), isKeyframe: index == 0)
    }
  }

  struct Vector: Sendable {
    var bytes: String
    var descriptor: VP9PayloadDescriptor
    /// Whether reserved bits keep it from being written the same way.
    var isWritten = true
  }

  private static func descriptor(
    _ change: (inout VP9PayloadDescriptor) -> Void
  ) -> VP9PayloadDescriptor {
    var descriptor = VP9PayloadDescriptor()
    change(&descriptor)
    return descriptor
  }

  static let vectors = [
    Vector(bytes: "0c", descriptor: descriptor { ($0.startsFrame, $0.endsFrame) = (true, true) }),
    Vector(bytes: "8081ff", descriptor: descriptor { $0.pictureID = RTPPictureID(511) }),
    // Non-flexible with layers: TID 1, U, SID 3, D, TL0PICIDX 7.
    Vector(
      bytes: "a0023707",
      descriptor: descriptor {
        $0.pictureID = RTPPictureID(2, isLong: false)
        $0.layer = VP9PayloadDescriptor.Layer(
          temporal: 1, isSwitchingUpPoint: true, spatial: 3, dependsOnLower: true)
        $0.baseLayerIndex = 7
      }),
    // Flexible: two references, 1 and 2 pictures back.
    Vector(
      bytes: "d0020304",
      descriptor: descriptor {
        $0.pictureID = RTPPictureID(2, isLong: false)
        ($0.isPredicted, $0.isFlexible) = (true, true)
        $0.references = [1, 2]
      }),
    // One layer of 1920x804, a group of one picture that refers to the one before.
    Vector(
      bytes: "0a1807800324011401",
      descriptor: descriptor {
        $0.startsFrame = true
        var structure = VP9ScalabilityStructure(.init(width: 1920, height: 804))
        structure.group = [
          .init(temporalLayer: 0, isSwitchingUpPoint: true, references: [1])
        ]
        $0.structure = structure
      }),
    // Two layers without sizes, a group of two.
    Vector(
      bytes: "0a2802104421",
      descriptor: descriptor {
        $0.startsFrame = true
        var structure = VP9ScalabilityStructure(.init(width: 1, height: 1))
        structure.spatialLayers = 2
        structure.sizes = []
        structure.group = [
          .init(temporalLayer: 0, isSwitchingUpPoint: true, references: []),
          .init(temporalLayer: 2, isSwitchingUpPoint: false, references: [0x21]),
        ]
        $0.structure = structure
      }),
  ]

  @Test(arguments: vectors) func descriptors(_ vector: Vector) throws {
    let bytes = hex(vector.bytes)
    #expect(vector.descriptor.bytes == bytes)
    #expect(try Self.parse(bytes) == vector.descriptor)
    for count in 0..<bytes.count {
      #expect(throws: ParseError.self) { try Self.parse(Array(bytes.prefix(count))) }
    }
  }

  static func parse(_ bytes: [UInt8]) throws -> VP9PayloadDescriptor {
    var reader = ByteReader(bytes.span)
    return try VP9PayloadDescriptor(parsing: &reader)
  }

  @Test func payloadsByHand() throws {
    var packetizer = VP9Packetizer(maxPayload: 12, pictureID: 1)
    let frames = [
      TimedFrame(data: Self.keyFrame, timestamp: 0),
      TimedFrame(data: Self.interFrame, timestamp: 3000, isKeyframe: false),
    ]
    let packets = try send(frames, &packetizer, limit: 12)
    let key = Self.keyFrame
    #expect(packets[0].payload == hex("8b8001 10 0140 00f0") + key[0..<4])
    #expect(packets[1].payload == hex("858001") + key[4...])
    #expect(packets[2].payload == hex("cd8002") + Self.interFrame)
    #expect(packets.map(\.marker) == [false, true, true])
  }

  @Test func everySizeAroundTheLimit() throws {
    var random = Seeded.of("VP9 sizes")
    for limit in [60, 200] {
      for size in (limit - 8)...(2 * limit + 8) {
        try checkRoundTrip(
          Self.frames([size, size + 1, 30], &random), VP9Packetizer(maxPayload: limit),
          { VP9Depacketizer() }, limit: limit)
      }
    }
  }

  @Test func lossTakesOnePicture() throws {
    var random = Seeded.of("VP9 loss")
    let frames = Self.frames([150, 20, 90, 130, 10, 99], &random)
    try checkLoss(frames, VP9Packetizer(maxPayload: 40)) {
      VP9Depacketizer(keepDamaged: $0)
    }
  }

  /// A hidden frame and the one shown behind it, with their index.
  @Test func superframesStayWhole() throws {
    let hidden: [UInt8] = [0x84, 0, 0x40, 1]
    let marker: UInt8 = 0xc0 | 1
    let superframe =
      hidden + Self.interFrame
      + [marker, UInt8(hidden.count), UInt8(Self.interFrame.count), marker]
    for limit in 6...20 {
      try checkRoundTrip(
        [TimedFrame(data: superframe, timestamp: 0, isKeyframe: false)],
        VP9Packetizer(maxPayload: limit), { VP9Depacketizer() }, limit: limit)
    }
  }

  /// Two spatial layers of one picture become a superframe.
  @Test func spatialLayers() throws {
    let key = HexDump.digits(Self.keyFrame)
    let packets = framePackets([
      // I, F=0, L, B, E: SID 0, then SID 1 that depends on it.
      ["ac0a0000" + key, "ec0a0301" + "860040"],
      ["ec0b0002" + "860040", "ec0b0303" + "860041"],
    ])
    var depacketizer = VP9Depacketizer()
    let output = receive(packets, &depacketizer)
    let size = UInt8(Self.keyFrame.count)
    #expect(
      output.frames.map(\.data) == [
        Self.keyFrame + hex("860040") + [0xc1, size, 3, 0xc1],
        hex("860040860041") + [0xc1, 3, 3, 0xc1],
      ])
    #expect(output.frames.map(\.isKeyframe) == [true, false])
    #expect(output.remarks.isEmpty, "\(output.remarks)")
    // Without its lower layer nothing of a picture can be decoded.
    var other = VP9Depacketizer()
    let lossy = receive(packets, &other, lost: [2])
    #expect(lossy.frames.count == 1 && lossy.droppedFrames == 1)
  }

  @Test func remarks() {
    let key = HexDump.digits(Self.keyFrame)
    func codes(_ frames: [[String]]) -> Set<FindingCode> {
      var depacketizer = VP9Depacketizer()
      return receive(framePackets(frames), &depacketizer).remarkCodeSet
    }
    #expect(codes([["8c01" + key]]) == [])
    #expect(codes([["cc01" + key]]) == [.vp9Prediction])
    #expect(codes([["8801" + key]]) == [.vp9StartEnd])
    #expect(codes([["8c01" + key, "8401aa"]]) == [.vp9StartEnd])
    #expect(codes([["8c01" + key], ["cc05860040"]]) == [.vp9PictureID])
    #expect(codes([["8c"]]) == [.vp9Descriptor, .videoFrameNotWhole])
    #expect(codes([["8c0101"]]) == [.vp9Header])
    #expect(codes([["8401aa"]]) == [.videoPacketWithoutStart, .videoFrameNotWhole])
  }

  @Test func sdp() {
    let format = VP9PayloadFormat(profile: 2)
    let said = format.payloadFormat(RTPPayloadType(rawValue: 98))
    #expect(said.parameters.description == "98 profile-id=2")
    #expect(VP9PayloadFormat(said) == format)
  }
}

extension PayloadDamage {
  static let vp9 = PayloadDamage("VP9") { random in
    var packetizer = VP9Packetizer(maxPayload: 40)
    return try send(VP9Tests.frames([150, 20, 90, 130], &random), &packetizer)
  } make: { _, keepDamaged in
    VP9Depacketizer(keepDamaged: keepDamaged)
  }
}

@Suite(.enabled(if: Corpus.folder != nil, "no corpus beside the checkout, see MEDIATOOL_CORPUS"))
struct VP9CorpusTests {
  @Test func capture() throws {
    var depacketizer = VP9Depacketizer()
    let output = receive(try Corpus.packets("rtp-ffmpeg/vp9.pcap"), &depacketizer)
    let frames = try Corpus.ivf("rtp-ffmpeg/vp9.ivf")
    #expect(output.frames.map(\.data) == frames)
    #expect(output.droppedFrames == 0)
    // FFmpeg never sets P.
    #expect(output.remarkCodeSet.isSubset(of: [.vp9Prediction]), "\(output.remarkCodeSet)")
    let again = frames.enumerated().map {
      TimedFrame(
        data: $1, timestamp: 3000 * Int64($0), isKeyframe: output.frames[$0].isKeyframe)
    }
    try checkRoundTrip(
      again, VP9Packetizer(maxPayload: 1188), { VP9Depacketizer() }, limit: 1188)
  }

  @Test func vectors() throws {
    for vector in try Corpus.vectors("rtp.vp9") {
      var depacketizer = VP9Depacketizer()
      let output = receive(try Corpus.packets(of: vector), &depacketizer)
      let wanted = hex(try #require(vector.output["frame"] as? String))
      #expect(output.frames.map(\.data) == [wanted], "\(vector.id)")
    }
    for vector in try Corpus.vectors("rtp.vp9.payload") {
      let bytes = hex(try #require(vector.input["payload"] as? String))
      guard let wanted = vector.output["descriptor"] as? [String: Any] else {
        #expect(throws: ParseError.self, "\(vector.id)") { try Self.parse(bytes) }
        continue
      }
      let (found, rest) = try Self.parse(bytes)
      #expect(rest == hex(wanted["Payload"] as? String ?? ""), "\(vector.id)")
      #expect((found.pictureID?.value).map(Int.init) == wanted["PictureID"] as? Int)
      #expect((found.layer?.spatial).map(Int.init) ?? 0 == wanted["SID"] as? Int ?? 0)
      #expect((found.layer?.temporal).map(Int.init) ?? 0 == wanted["TID"] as? Int ?? 0)
      #expect(found.references == hex(wanted["PDiff"] as? String ?? ""))
      #expect((found.structure?.group?.count) ?? 0 == wanted["NG"] as? Int ?? 0)
    }
  }

  private static func parse(_ bytes: [UInt8]) throws -> (VP9PayloadDescriptor, [UInt8]) {
    var reader = ByteReader(bytes.span)
    let descriptor = try VP9PayloadDescriptor(parsing: &reader)
    return (descriptor, [UInt8](copying: reader.takeRest()))
  }
}
