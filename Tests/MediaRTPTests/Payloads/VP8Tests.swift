import MediaBytes
import MediaModel
import MediaRTP
import TestSupport
import Testing

@Suite struct VP8Tests {
  /// A key frame of 16x16 (RFC 6386 9.1) and frames that follow it, larger than they need be.
  static func frames(_ sizes: [Int], _ random: inout Seeded) -> [TimedFrame] {
    sizes.enumerated().map { index, size in
      let isKey = index == 0
      let head: [UInt8] =
        isKey ? [0x10, 0x02, 0, 0x9d, 0x01, 0x2a, 0x10, 0, 0x10, 0] : [0x11, 0x02, 0]
      return TimedFrame(
        data: head + random.bytes(max(0, size - head.count)), timestamp: 3000 * Int64(index),
        isKeyframe: isKey)
    }
  }

  struct Vector: Sendable {
    var bytes: String
    var descriptor: VP8PayloadDescriptor
  }

  private static func descriptor(
    _ change: (inout VP8PayloadDescriptor) -> Void
  ) -> VP8PayloadDescriptor {
    var descriptor = VP8PayloadDescriptor()
    change(&descriptor)
    return descriptor
  }

  static let vectors = [
    Vector(bytes: "10", descriptor: descriptor { $0.startsPartition = true }),
    Vector(
      bytes: "23",
      descriptor: descriptor {
        $0.isNonReference = true
        $0.partition = 3
      }),
    Vector(
      bytes: "80802a", descriptor: descriptor { $0.pictureID = RTPPictureID(42, isLong: false) }),
    Vector(
      bytes: "9080fffe",
      descriptor: descriptor {
        $0.startsPartition = true
        $0.pictureID = RTPPictureID(0x7ffe)
      }),
    // I, L, T and K: PictureID 17, TL0PICIDX 5, TID 2 with Y, KEYIDX 9.
    Vector(
      bytes: "90f01105a9",
      descriptor: descriptor {
        $0.startsPartition = true
        $0.pictureID = RTPPictureID(17, isLong: false)
        $0.baseLayerIndex = 5
        $0.temporalLayer = 2
        $0.isLayerSync = true
        $0.keyIndex = 9
      }),
    Vector(bytes: "801009", descriptor: descriptor { $0.keyIndex = 9 }),
  ]

  @Test(arguments: vectors) func descriptors(_ vector: Vector) throws {
    let bytes = hex(vector.bytes)
    #expect(vector.descriptor.bytes == bytes)
    #expect(vector.descriptor.byteCount == bytes.count)
    #expect(try Self.parse(bytes) == vector.descriptor)
    for count in 0..<bytes.count {
      #expect(throws: ParseError.self) { try Self.parse(Array(bytes.prefix(count))) }
    }
  }

  @Test func payloadsByHand() throws {
    var packetizer = VP8Packetizer(maxPayload: 8, pictureID: 0x7fff)
    let frame = TimedFrame(data: hex("11020001020304"), timestamp: 0)
    let packets = try send([frame, frame], &packetizer)
    #expect(
      packets.map(\.payload) == [
        hex("9080ffff11020001"), hex("8080ffff020304"),
        // PictureID turns over at 15 bits.
        hex("9080800011020001"), hex("80808000020304"),
      ])
    #expect(packets.map(\.marker) == [false, true, false, true])
  }

  @Test func everySizeAroundTheLimit() throws {
    var random = Seeded.of("VP8 sizes")
    for limit in [60, 200] {
      for size in (limit - 8)...(2 * limit + 8) {
        try checkRoundTrip(
          Self.frames([size, size + 1, 30], &random), VP8Packetizer(maxPayload: limit),
          { VP8Depacketizer() }, limit: limit)
      }
    }
  }

  @Test func lossTakesOneFrame() throws {
    var random = Seeded.of("VP8 loss")
    let frames = Self.frames([150, 20, 90, 130, 10, 99], &random)
    try checkLoss(frames, VP8Packetizer(maxPayload: 40)) {
      VP8Depacketizer(keepDamaged: $0)
    }
  }

  @Test func pictureIDs() {
    #expect(RTPPictureID(0).distance(from: RTPPictureID(0x7fff)) == 1)
    #expect(RTPPictureID(0, isLong: false).distance(from: RTPPictureID(0x7f, isLong: false)) == 1)
    // From 7 bits to 15 in the middle of a stream.
    #expect(RTPPictureID(0x1280).distance(from: RTPPictureID(0x7f, isLong: false)) == 1)
    #expect(RTPPictureID(5).distance(from: RTPPictureID(7)) == -2)
    var depacketizer = VP8Depacketizer()
    let packets = framePackets([["90807e110200aa"], ["90807f110200aa"], ["908000110200aa"]])
    let output = receive(packets, &depacketizer)
    #expect(output.frames.count == 3 && output.remarks.isEmpty)
    let gap = framePackets([["90807e110200aa"], ["908000110200aa"]])
    #expect(receive(gap, &depacketizer).remarkCodeSet == [.vp8PictureID])
  }

  @Test func remarks() {
    func codes(_ frames: [[String]]) -> Set<FindingCode> {
      var depacketizer = VP8Depacketizer()
      return receive(framePackets(frames), &depacketizer).remarkCodeSet
    }
    #expect(codes([["18110200aa"]]) == [.vp8ReservedBits])
    #expect(codes([["9080"]]) == [.vp8Descriptor, .videoFrameNotWhole])
    #expect(codes([["00110200aa"]]) == [.videoPacketWithoutStart, .videoFrameNotWhole])
    // A key frame without its start code.
    #expect(codes([["1010020000000000000000"]]) == [.vp8Header])
    #expect(codes([["10110200aa", "00"]]) == [.videoEmptyPayload])
  }

  @Test func framesWithoutMarkers() {
    var packets = framePackets([["10110200aa", "00bb"], ["10110200cc"], ["10110200dd"]])
    for index in packets.indices { packets[index].marker = false }
    var depacketizer = VP8Depacketizer()
    let output = receive(packets, &depacketizer)
    #expect(output.frames.map(\.data) == ["110200aabb", "110200cc", "110200dd"].map { hex($0) })
    #expect(output.remarkCodeSet == [.videoMarkerMissing])
    #expect(output.frames.map(\.packets) == [0...1, 2...2, 3...3])
  }

  @Test func sdp() throws {
    var format = VP8PayloadFormat()
    format.maxFrameRate = 30
    format.maxFrameSize = 3600
    let said = format.payloadFormat(RTPPayloadType(rawValue: 97))
    #expect(said.parameters.description == "97 max-fr=30; max-fs=3600")
    #expect(said.encodingName == "VP8" && said.clockRate == 90_000)
    #expect(VP8PayloadFormat(said) == format)
    #expect(throws: RTPPayloadError.self) {
      var packetizer = VP8Packetizer(maxPayload: 4)
      _ = try send([TimedFrame(data: [1, 2], timestamp: 0)], &packetizer)
    }
  }
}

extension PayloadDamage {
  static let vp8 = PayloadDamage("VP8") { random in
    var packetizer = VP8Packetizer(maxPayload: 40)
    return try send(VP8Tests.frames([150, 20, 90, 130], &random), &packetizer)
  } make: { _, keepDamaged in
    VP8Depacketizer(keepDamaged: keepDamaged)
  }
}

@Suite(.enabled(if: Corpus.folder != nil, "no corpus beside the checkout, see MEDIATOOL_CORPUS"))
struct VP8CorpusTests {
  @Test func capture() throws {
    var depacketizer = VP8Depacketizer()
    let output = receive(try Corpus.packets("rtp-ffmpeg/vp8.pcap"), &depacketizer)
    #expect(output.frames.map(\.data) == (try Corpus.ivf("rtp-ffmpeg/vp8.ivf")))
    #expect(output.droppedFrames == 0 && output.remarks.isEmpty, "\(output.remarks.prefix(3))")
    #expect(output.frames.first?.isKeyframe == true)
  }

  @Test func vectors() throws {
    for vector in try Corpus.vectors("rtp.vp8") {
      var depacketizer = VP8Depacketizer()
      let output = receive(try Corpus.packets(of: vector), &depacketizer)
      let wanted = hex(try #require(vector.output["frame"] as? String))
      #expect(output.frames.map(\.data) == [wanted], "\(vector.id)")
    }
    for vector in try Corpus.vectors("rtp.vp8.payload") {
      let bytes = hex(try #require(vector.input["payload"] as? String))
      var reader = ByteReader(bytes.span)
      guard let rest = vector.output["payload_after_descriptor"] as? String else {
        #expect(throws: ParseError.self) { try VP8Tests.parse(bytes) }
        continue
      }
      _ = try VP8PayloadDescriptor(parsing: &reader)
      #expect([UInt8](copying: reader.takeRest()) == hex(rest), "\(vector.id)")
    }
  }
}

extension VP8Tests {
  static func parse(_ bytes: [UInt8]) throws -> VP8PayloadDescriptor {
    var reader = ByteReader(bytes.span)
    return try VP8PayloadDescriptor(parsing: &reader)
  }
}
