import MediaBytes
import MediaModel
import MediaRTP
import TestSupport
import Testing

@Suite struct JPEGTests {
  /// A picture as encoders write it, with any bytes for its scan.
  struct Picture {
    var width = 64
    var height = 48
    var sampling: [UInt8] = [0x22, 0x11, 0x11]
    var precision: UInt8 = 8
    var frameMarker: UInt8 = 0xc0
    var restartInterval: UInt16?
    var tables: [[UInt8]] = [(1...64).map { UInt8($0) }, (65...128).map { UInt8($0) }]
    var tableOfChroma: [UInt8] = [1, 1]
    var huffman: [UInt8] = []
    var scan: [UInt8] = []

    var bytes: [UInt8] {
      func segment(_ marker: UInt8, _ body: [UInt8]) -> [UInt8] {
        [0xff, marker, UInt8((body.count + 2) >> 8), UInt8((body.count + 2) & 255)] + body
      }
      var bytes: [UInt8] =
        [0xff, 0xd8] + segment(0xe0, Array("JFIF\0".utf8) + hex("01010000010001"))
      for (index, table) in tables.enumerated() { bytes += segment(0xdb, [UInt8(index)] + table) }
      if let restartInterval {
        bytes += segment(0xdd, [UInt8(restartInterval >> 8), UInt8(restartInterval & 255)])
      }
      let components = sampling.enumerated().flatMap { index, factors in
        [UInt8(index + 1), factors, index == 0 ? 0 : tableOfChroma[index - 1]]
      }
      bytes += segment(
        frameMarker,
        [
          precision, UInt8(height >> 8), UInt8(height & 255), UInt8(width >> 8),
          UInt8(width & 255), UInt8(sampling.count),
        ] + components)
      if !huffman.isEmpty { bytes += segment(0xc4, huffman) }
      let selectors: [UInt8] = [1, 0x00, 2, 0x11, 3, 0x11]
      bytes += segment(0xda, [3] + selectors + [0, 63, 0])
      return bytes + scan + [0xff, 0xd9]
    }
  }

  /// Bytes without markers: each 0xff has a zero behind it.
  fileprivate static func scan(_ count: Int, _ random: inout Seeded) -> [UInt8] {
    random.bytes(count).map { $0 == 0xff ? 0xfe : $0 }
  }

  fileprivate static func frame(_ picture: Picture, _ index: Int = 0) -> TimedFrame {
    TimedFrame(data: picture.bytes, timestamp: 3000 * Int64(index))
  }

  /// The parts that RTP carries.
  private static func parts(_ bytes: [UInt8]) throws -> (tables: [UInt8], rest: [[UInt8]]) {
    var (tables, rest): ([UInt8], [[UInt8]]) = ([], [])
    var position = 2
    while position + 4 <= bytes.count {
      let marker = bytes[position + 1]
      let end = position + 2 + Int(bytes[position + 2]) << 8 + Int(bytes[position + 3])
      let body = Array(bytes[position + 4..<end])
      if marker == 0xdb { tables += body }
      if [0xc0, 0xdd].contains(marker) { rest.append(body) }
      position = end
      if marker == 0xda {
        rest.append(Array(bytes[position...]))
        return (tables, rest)
      }
    }
    throw JPEGPartsError()
  }

  private struct JPEGPartsError: Error {}

  @Test func payloadsByHand() throws {
    var picture = Picture(restartInterval: 5, scan: hex("0102030405060708090a"))
    picture.sampling[0] = 0x21
    var packetizer = JPEGPacketizer(maxPayload: 149)
    let packets = try send([Self.frame(picture)], &packetizer, limit: 149)
    #expect(
      packets.map(\.payload) == [
        hex("00000000 40ff0806 0005ffff 00000080") + picture.tables[0] + picture.tables[1]
          + hex("0102030405"),
        hex("00000005 40ff0806 0005ffff") + hex("060708090a"),
      ])
    #expect(packets.map(\.marker) == [false, true])
  }

  @Test(arguments: [0x21, 0x22] as [UInt8], [nil, 4] as [UInt16?])
  func everySizeAroundTheLimit(_ sampling: UInt8, _ interval: UInt16?) throws {
    var random = Seeded.of("JPEG sizes")
    let limit = 300
    for size in stride(from: 100, through: 2 * limit + 8, by: 3) {
      var picture = Picture(restartInterval: interval, scan: Self.scan(size, &random))
      picture.sampling[0] = sampling
      var packetizer = JPEGPacketizer(maxPayload: limit)
      let packets = try send([Self.frame(picture)], &packetizer, limit: limit)
      #expect(packets.map(\.marker) == packets.indices.map { $0 + 1 == packets.count })
      var depacketizer = JPEGDepacketizer()
      let output = receive(packets, &depacketizer)
      #expect(output.remarks.isEmpty, "\(output.remarks)")
      let (tables, rest) = try Self.parts(try #require(output.frames.first).data)
      let wanted = try Self.parts(picture.bytes)
      #expect(tables == wanted.tables)
      #expect(Set(rest) == Set(wanted.rest))
      // What came out is in the form RTP carries, and comes back the same byte for byte.
      try checkRoundTrip(
        output.frames.map { TimedFrame(data: $0.data, timestamp: 7) },
        JPEGPacketizer(maxPayload: limit), { JPEGDepacketizer() }, limit: limit)
    }
  }

  @Test func lossTakesOnePicture() throws {
    var random = Seeded.of("JPEG loss")
    let pictures = [700, 40, 300, 900].map { Picture(scan: Self.scan($0, &random)) }
    var packetizer = JPEGPacketizer(maxPayload: 200)
    var depacketizer = JPEGDepacketizer()
    let sent = pictures.enumerated().map { Self.frame($1, $0) }
    let packets = try send(sent, &packetizer)
    let frames = receive(packets, &depacketizer).frames.map {
      TimedFrame(data: $0.data, timestamp: $0.timestamp)
    }
    #expect(frames.count == 4)
    try checkLoss(frames, JPEGPacketizer(maxPayload: 200)) {
      JPEGDepacketizer(keepDamaged: $0)
    }
  }

  @Test func everyPrefixOfAPicture() throws {
    var random = Seeded.of("JPEG prefixes")
    let picture = Picture(scan: Self.scan(100, &random)).bytes
    var packetizer = JPEGPacketizer(maxPayload: 500)
    let scanStart = picture.count - 102
    for count in 0..<scanStart {
      #expect(throws: RTPPayloadError.self) {
        let frame = TimedFrame(data: Array(picture.prefix(count)), timestamp: 0)
        _ = try send([frame], &packetizer)
      }
    }
    for _ in 0..<2000 {
      var changed = picture
      for _ in 0..<3 { changed[Int.random(in: 0..<scanStart, using: &random)] = random.bytes(1)[0] }
      var payloads = RTPPayloads()
      _ = try? packetizer.packetize(changed.span.bytes, RTPFrameTime(0), into: &payloads)
    }
  }

  struct Refusal: Sendable {
    var change: @Sendable (inout Picture) -> Void
    var words: String
  }

  static let refusals = [
    Refusal(change: { $0.frameMarker = 0xc2 }, words: "progressive"),
    Refusal(change: { $0.frameMarker = 0xc1 }, words: "not baseline"),
    Refusal(change: { $0.sampling = [0x11, 0x11, 0x11] }, words: "1x1, 1x1, 1x1"),
    Refusal(change: { $0.sampling = [0x11] }, words: "sampled 1x1"),
    Refusal(change: { $0.precision = 12 }, words: "12 bits"),
    Refusal(change: { $0.width = 2041 }, words: "2041x48"),
    Refusal(change: { $0.height = 4000 }, words: "64x4000"),
    Refusal(change: { $0.height = 0 }, words: "size"),
    Refusal(
      change: { $0.huffman = [0x00, 1] + [UInt8](repeating: 0, count: 15) + [5] },
      words: "Huffman"),
    Refusal(change: { $0.tables = [Array(1...64)] }, words: "Tqi without a table"),
    Refusal(
      change: {
        $0.tables.append([UInt8](repeating: 9, count: 64))
        $0.tableOfChroma = [1, 2]
      }, words: "Cb and Cr"),
    Refusal(change: { $0.scan = [1, 2, 0xff, 0xda, 0, 2] }, words: "first scan"),
  ]

  @Test(arguments: refusals.indices) func refuses(_ index: Int) {
    let refusal = Self.refusals[index]
    var picture = Picture(scan: [1, 2, 3])
    refusal.change(&picture)
    var packetizer = JPEGPacketizer(maxPayload: 1000)
    do {
      _ = try send([Self.frame(picture)], &packetizer)
      Issue.record("nothing refused it: \(refusal.words)")
    } catch let error as RTPPayloadError {
      #expect(error.message.contains(refusal.words), "\(error.message)")
      #expect(!error.clause.isEmpty)
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test func oneTableServesBoth() throws {
    var picture = Picture(scan: [1, 2, 3])
    picture.tables = [picture.tables[0]]
    picture.tableOfChroma = [0, 0]
    var packetizer = JPEGPacketizer(maxPayload: 1000)
    let packets = try send([Self.frame(picture)], &packetizer)
    #expect(Array(packets[0].payload[8..<12]) == hex("00000080"))
    #expect(Array(packets[0].payload[12..<76]) == Array(packets[0].payload[76..<140]))
  }

  @Test func largePicturesNeedTheSDP() throws {
    let size = JPEGSize(width: 3840, height: 2160)
    let picture = Picture(width: size.width, height: size.height, scan: [1, 2, 3])
    var packetizer = JPEGPacketizer(maxPayload: 1000, sizeInSDP: true)
    let packets = try send([Self.frame(picture)], &packetizer)
    #expect(packets[0].payload[6...7] == [0, 0])
    var blind = JPEGDepacketizer()
    #expect(
      receive(packets, &blind).remarkCodeSet == [.jpegSizeUnknown, .videoFrameNotWhole])
    let said = JPEGPayloadFormat(size: size).payloadFormat(RTPPayloadType(rawValue: 26))
    #expect(said.parameters.description == "26 x-dimensions=3840,2160")
    var depacketizer = JPEGDepacketizer(size: JPEGPayloadFormat(said).size)
    let output = receive(packets, &depacketizer)
    let data = try #require(output.frames.first?.data)
    #expect(try Self.parts(data).rest[0].prefix(5) == [8, 8, 0x70, 15, 0])
  }

  /// RTP says 176x144; the SDP knows better.
  @Test func sizesThatAreNoMultipleOf8() throws {
    let size = JPEGSize(width: 175, height: 143)
    let picture = Picture(width: 175, height: 143, scan: [1, 2, 3])
    var packetizer = JPEGPacketizer(maxPayload: 1000)
    let packets = try send([Self.frame(picture)], &packetizer)
    #expect(packets[0].payload[6...7] == [22, 18])
    for (known, wanted) in [(nil, [8, 0, 144, 0, 176]), (size, [8, 0, 143, 0, 175])]
      as [(JPEGSize?, [UInt8])]
    {
      var depacketizer = JPEGDepacketizer(size: known)
      let data = try #require(receive(packets, &depacketizer).frames.first?.data)
      #expect(try Self.parts(data).rest[0].prefix(5) == wanted[...])
    }
  }

  @Test func sizesInSDP() {
    let type = RTPPayloadType(rawValue: 26)
    let plain = SDPPayloadFormat(type, "JPEG", clockRate: 90_000)
    let wanted = JPEGSize(width: 1920, height: 1080)
    for attribute in [
      SDPAttribute("x-dimensions", "1920,1080"), SDPAttribute("framesize", "26 1920-1080"),
    ] {
      #expect(JPEGPayloadFormat(plain, attributes: [attribute]).size == wanted)
    }
    for attribute in [
      SDPAttribute("framesize", "97 1920-1080"), SDPAttribute("x-dimensions", "0,5"),
    ] {
      #expect(JPEGPayloadFormat(plain, attributes: [attribute]).size == nil)
    }
    #expect(JPEGPayloadFormat(size: wanted).payloadFormat(type).parameters.parameters.isEmpty)
    let large = JPEGPayloadFormat(size: JPEGSize(width: 2048, height: 8))
    #expect(large.frameSizeAttribute(type)?.value == "26 2048-8")
  }

  private static let tables = [UInt8](repeating: 7, count: 128)

  @Test func tablesOfQ() throws {
    // Q 50 is the tables of ISO/IEC 10918-1 K.1, in zig-zag order.
    let packets = framePackets([["00000000 01320806 01"], ["00000000 01010806 01"]])
    var depacketizer = JPEGDepacketizer()
    let output = receive(packets, &depacketizer)
    let tables = try Self.parts(output.frames[0].data).tables
    #expect(tables.prefix(9) == [0, 16, 11, 12, 14, 12, 10, 16, 14])
    #expect(tables[65..<73] == [1, 17, 18, 18, 24, 21, 24, 47])
    #expect(tables.last == 99)
    #expect(
      try Self.parts(output.frames[1].data).tables.dropFirst().prefix(64).allSatisfy { $0 == 255 })
  }

  @Test func tablesOfStaticQAreKept() throws {
    let first = "00000000 01800806 00000080" + HexDump.digits(Self.tables) + "01"
    let packets = framePackets([
      [first], ["00000000 01800806 00000000 02"], ["00000000 01810806 00000000 03"],
    ])
    var depacketizer = JPEGDepacketizer()
    let output = receive(packets, &depacketizer)
    #expect(
      output.frames.count == 2 && output.remarkCodeSet == [.jpegNoTables, .videoFrameNotWhole])
    #expect(try Self.parts(output.frames[1].data).tables.count == 130)
  }

  @Test func remarks() {
    let tables = HexDump.digits(Self.tables)
    func codes(_ frames: [[String]]) -> Set<FindingCode> {
      var depacketizer = JPEGDepacketizer()
      return receive(framePackets(frames), &depacketizer).remarkCodeSet
    }
    #expect(codes([["00000000 01ff0806 00000080" + tables + "01"]]) == [])
    let broken: Set<FindingCode> = [.videoFrameNotWhole]
    #expect(codes([["00000000 01ff08"]]) == broken.union([.jpegHeader]))
    #expect(codes([["00000000 01ff0806 00000080 01"]]) == broken.union([.jpegHeader]))
    #expect(codes([["00000000 02320806 01"]]) == broken.union([.jpegType]))
    #expect(codes([["00000000 80320806 01"]]) == broken.union([.jpegType]))
    #expect(codes([["00000000 01640806 01"]]) == broken.union([.jpegType]))
    #expect(codes([["00000000 01ff0806 00000000 01"]]) == broken.union([.jpegNoTables]))
    // Three tables, and one.
    #expect(
      codes([["00000000 01ff0806 000000c0" + tables + tables.prefix(128) + "01"]]) == [
        .jpegTableLength
      ])
    #expect(
      codes([["00000000 01ff0806 00000040" + tables.prefix(128) + "01"]]) == [.jpegTableLength])
    #expect(codes([["01000000 01320806 01"]]) == [.jpegInterlaced])
    #expect(codes([["00000000 41320806 0000ffff 01"]]) == [.jpegRestartInterval])
    #expect(codes([["00000000 01320806 01", "00000001 01330806 01"]]) == [.jpegHeaderChange])
    #expect(
      codes([["00000000 01320806 01", "00000002 01320806 01"]])
        == broken.union([.jpegFragmentOffset]))
    #expect(
      codes([["00000000 01320806 0102", "00000001 01320806 01"]])
        == broken.union([.jpegFragmentOffset]))
  }
}

extension PayloadDamage {
  /// In front of each picture are the headers that RTP leaves out.
  static let jpeg = PayloadDamage("JPEG", overhead: 1000) { random in
    var packetizer = JPEGPacketizer(maxPayload: 200)
    let frames = [700, 40, 300].enumerated().map {
      JPEGTests.frame(
        JPEGTests.Picture(restartInterval: 3, scan: JPEGTests.scan($1, &random)), $0)
    }
    return try send(frames, &packetizer)
  } make: { _, keepDamaged in
    JPEGDepacketizer(keepDamaged: keepDamaged)
  }
}
