import MediaBitstream
import MediaBytes
import MediaModel
import MediaRTP
import TestSupport
import Testing

@Suite struct AV1Tests {
  /// The sequence header of a stream of 1920x804.
  static let sequenceHeader = hex("0a0b00000042a7bfe4600d0040")

  private static func leb128(_ value: Int) -> [UInt8] {
    value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7f) | 0x80, UInt8(value >> 7)]
  }

  static func obu(_ type: UInt8, _ payload: [UInt8], extension layer: UInt8? = nil) -> [UInt8] {
    [type << 3 | (layer == nil ? 2 : 6)] + (layer.map { [$0] } ?? []) + leb128(payload.count)
      + payload
  }

  /// A temporal unit: a frame OBU that says it is shown, key or inter.
  static func unit(_ size: Int, isKey: Bool, _ random: inout Seeded) -> [UInt8] {
    // show_existing_frame 0, frame_type, show_frame 1.
    let frame = obu(6, [isKey ? 0x10 : 0x30] + random.bytes(max(0, size - 1)))
    return (isKey ? sequenceHeader : []) + frame
  }

  static func frames(_ sizes: [Int], _ random: inout Seeded) -> [TimedFrame] {
    sizes.enumerated().map { index, size in
      TimedFrame(
        data: unit(size, isKey: index == 0, &random), timestamp: 3000 * Int64(index),
        isKeyframe: index == 0)
    }
  }

  @Test func payloadsByHand() throws {
    let frame =
      Self.obu(2, []) + hex("0a0301 0203") + Self.obu(6, Array(1...12), extension: 0x08)
    var packetizer = AV1Packetizer(maxPayload: 14)
    let packets = try send([TimedFrame(data: frame, timestamp: 0)], &packetizer)
    #expect(
      packets.map(\.payload) == [
        // Y, two elements, N; the sequence header with its length, the frame as far as it goes.
        hex("68 04 08010203 3408 010203040506"),
        hex("90 0708090a0b0c"),
      ])
    #expect(packets.map(\.marker) == [false, true])
    var depacketizer = AV1Depacketizer()
    let output = receive(packets, &depacketizer)
    // All but the temporal delimiter.
    #expect(output.frames.map(\.data) == [Array(frame.dropFirst(2))])
  }

  @Test func moreThanThreeElementsAllHaveLengths() throws {
    let frame = (1...5).flatMap { Self.obu(5, [UInt8($0)]) }
    var packetizer = AV1Packetizer(maxPayload: 100)
    let packets = try send([TimedFrame(data: frame, timestamp: 0)], &packetizer)
    #expect(packets.map(\.payload) == [hex("00 022801 022802 022803 022804 022805")])
  }

  @Test func everySizeAroundTheLimit() throws {
    var random = Seeded.of("AV1 sizes")
    for limit in [60, 200] {
      for size in (limit - 30)...(2 * limit + 8) {
        try checkRoundTrip(
          Self.frames([size, size + 1, 30], &random), AV1Packetizer(maxPayload: limit),
          { AV1Depacketizer() }, limit: limit)
      }
    }
  }

  @Test func anyUnits() throws {
    var random = Seeded.of("AV1 units")
    for _ in 0..<300 {
      let limit = Int.random(in: 8...300, using: &random)
      var data = Self.unit(Int.random(in: 1...400, using: &random), isKey: true, &random)
      for _ in 0..<Int.random(in: 0...9, using: &random) {
        let size = Int.random(in: 1...150, using: &random)
        let layer: UInt8? = Bool.random(using: &random) ? 0x28 : nil
        data += Self.obu(5, random.bytes(size), extension: layer)
      }
      try checkRoundTrip(
        [TimedFrame(data: data, timestamp: 0)], AV1Packetizer(maxPayload: limit),
        { AV1Depacketizer() }, limit: limit)
    }
  }

  @Test func lossTakesOneUnit() throws {
    var random = Seeded.of("AV1 loss")
    let frames = Self.frames([150, 20, 90, 130, 10, 99], &random)
    try checkLoss(frames, AV1Packetizer(maxPayload: 40)) {
      AV1Depacketizer(keepDamaged: $0)
    }
  }

  @Test func brokenUnitsAreRefused() {
    var packetizer = AV1Packetizer(maxPayload: 100)
    for frame in [hex("0a05010203"), hex("8a00"), hex("32ffffffffffffffffff")] {
      #expect(throws: RTPPayloadError.self) {
        _ = try send([TimedFrame(data: frame, timestamp: 0)], &packetizer)
      }
    }
    #expect(throws: RTPPayloadError.self) {
      var small = AV1Packetizer(maxPayload: 7)
      _ = try send([TimedFrame(data: Self.sequenceHeader, timestamp: 0)], &small)
    }
  }

  @Test func remarks() {
    func codes(_ frames: [[String]]) -> Set<FindingCode> {
      var depacketizer = AV1Depacketizer()
      return receive(framePackets(frames), &depacketizer).remarkCodeSet
    }
    #expect(codes([["10280102"]]) == [])
    #expect(codes([["14280102"]]) == [.av1ReservedBits])
    #expect(codes([["18280102"]]) == [.av1NewSequence])
    #expect(codes([["102a0102"]]) == [.av1SizeField])
    #expect(codes([["00 0110 022801"]]) == [.av1DroppedUnit])
    #expect(codes([["00992801"]]) == [.av1Element, .videoFrameNotWhole])
    #expect(codes([["10a801"]]) == [.av1Unit, .videoFrameNotWhole])
    #expect(codes([["102a0501"]]) == [.av1Unit, .videoFrameNotWhole])
    // Begun and not continued, continued and not begun.
    #expect(codes([["502801", "102802"]]) == [.av1Continuation, .videoFrameNotWhole])
    #expect(codes([["102801", "902802"]]) == [.av1Continuation, .videoFrameNotWhole])
    #expect(codes([["502801"]]) == [.av1Continuation, .videoFrameNotWhole])
    #expect(codes([["902801"]]) == [.videoPacketWithoutStart, .videoFrameNotWhole])
    #expect(codes([[""]]) == [.videoEmptyPayload, .videoFrameNotWhole])
  }

  @Test func configuration() throws {
    var random = Seeded.of("AV1 configuration")
    var packetizer = AV1Packetizer(maxPayload: 100)
    var depacketizer = AV1Depacketizer()
    let packets = try send(Self.frames([300, 20], &random), &packetizer)
    _ = receive(packets, &depacketizer)
    let record = try #require(depacketizer.configuration)
    #expect(record.configOBUs == Self.sequenceHeader)
    let format = AV1PayloadFormat(obus: Self.sequenceHeader.span.bytes)
    #expect(format.profile == Int(record.profile) && format.tier == 0)
    let said = format.payloadFormat(RTPPayloadType(rawValue: 96))
    #expect(said.encodingName == "AV1" && AV1PayloadFormat(said) == format)
    let none: [UInt8] = []
    let bare = AV1PayloadFormat(obus: none.span.bytes)
    #expect(bare == AV1PayloadFormat())
  }
}

extension PayloadDamage {
  static let av1 = PayloadDamage("AV1") { random in
    var packetizer = AV1Packetizer(maxPayload: 40)
    return try send(AV1Tests.frames([150, 20, 90, 130], &random), &packetizer)
  } make: { _, keepDamaged in
    AV1Depacketizer(keepDamaged: keepDamaged)
  }
}

@Suite(.enabled(if: Corpus.folder != nil, "no corpus beside the checkout, see MEDIATOOL_CORPUS"))
struct AV1CorpusTests {
  /// A temporal unit without its temporal delimiter.
  private static func body(_ unit: [UInt8]) -> [UInt8] {
    unit.starts(with: [0x12, 0x00]) ? Array(unit.dropFirst(2)) : unit
  }

  @Test func capture() throws {
    var depacketizer = AV1Depacketizer()
    let output = receive(try Corpus.packets("rtp-ffmpeg/av1.pcap"), &depacketizer)
    let units = try Corpus.ivf("rtp-ffmpeg/av1.ivf").map { Self.body($0) }
    #expect(output.frames.map(\.data) == units)
    #expect(output.droppedFrames == 0 && output.remarks.isEmpty, "\(output.remarks.prefix(3))")
    #expect(output.frames.first?.isKeyframe == true)
    let again = units.enumerated().map {
      TimedFrame(
        data: $1, timestamp: 3000 * Int64($0), isKeyframe: output.frames[$0].isKeyframe)
    }
    try checkRoundTrip(again, AV1Packetizer(maxPayload: 500), { AV1Depacketizer() }, limit: 500)
  }

  @Test func vectors() throws {
    for vector in try Corpus.vectors("rtp.av1") {
      var depacketizer = AV1Depacketizer()
      let output = receive(try Corpus.packets(of: vector), &depacketizer)
      let wanted = try #require(vector.output["obus"] as? [String])
      #expect(output.frames.count == 1, "\(vector.id)")
      let data = try #require(output.frames.first?.data)
      var cursor = AV1OBUCursor()
      var found: [[UInt8]] = []
      while let obu = try cursor.next(in: data.span.bytes) {
        found.append(Array(data[obu.payload]))
      }
      var payloads: [[UInt8]] = []
      for text in wanted {
        let bytes = hex(text)
        var one = AV1OBUCursor()
        let obu = try #require(try one.next(in: bytes.span.bytes))
        payloads.append(Array(bytes[obu.payload]))
      }
      #expect(found == payloads, "\(vector.id)")
    }
    for vector in try Corpus.vectors("rtp.av1.payload") {
      guard let wanted = vector.output["obus_with_size"] as? [String] else {
        guard vector.output["error"] != nil else { continue }
        var depacketizer = AV1Depacketizer()
        let output = receive(try Corpus.packets(of: vector), &depacketizer)
        #expect(output.frames.isEmpty && !output.remarks.isEmpty, "\(vector.id)")
        continue
      }
      // Where a fragment is dropped the rest is a damaged unit.
      var depacketizer = AV1Depacketizer(keepDamaged: true)
      let output = receive(try Corpus.packets(of: vector), &depacketizer)
      #expect(output.frames.flatMap(\.data) == wanted.flatMap { hex($0) }, "\(vector.id)")
    }
  }
}
