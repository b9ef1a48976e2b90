import Foundation
import MediaBitstream
import MediaBytes
import MediaModel
import TestSupport
import Testing

@testable import MediaRTP

private let hbr =
  "streamtype=5; mode=AAC-hbr; config=1190; sizeLength=13; indexLength=3; indexDeltaLength=3"

private func hbrFormat() throws -> AACPayloadFormat {
  // AAC LC, 48 kHz, stereo.
  try #require(AACPayloadFormat(audioSpecificConfig: [0x11, 0x90]))
}

@Suite struct AudioAACTests {
  // MARK: Vectors

  struct Vector {
    var name: String
    var wire: [SentPacket]
    var frames: [TimedFrame]
    var remarkCodes: [FindingCode] = []
    var parameters = hbr
    var dropped = 0
  }

  static let vectors: [Vector] = [
    // 16 bits of headers: size 4 << 3 | index 0.
    Vector(
      name: "one", wire: [packet("0010 0020 01020304", at: 7)],
      frames: [TimedFrame(data: [1, 2, 3, 4], timestamp: 7)]),
    Vector(
      name: "two", wire: [packet("0020 0010 0018 0102 030405", at: 7)],
      frames: [
        TimedFrame(data: [1, 2], timestamp: 7), TimedFrame(data: [3, 4, 5], timestamp: 1031),
      ]),
    Vector(
      name: "fragments",
      wire: [
        packet("0010 0038 010203", marker: false), packet("0010 0038 040506", marker: false),
        packet("0010 0038 07"),
      ], frames: [TimedFrame(data: [1, 2, 3, 4, 5, 6, 7], timestamp: 0)]),
    Vector(
      name: "low bit rate: size 6 bits, index 2", wire: [packet("0010 080c 0102 030405")],
      frames: [
        TimedFrame(data: [1, 2], timestamp: 0), TimedFrame(data: [3, 4, 5], timestamp: 1024),
      ],
      parameters: "mode=AAC-lbr; config=1190; sizeLength=6; indexLength=2; indexDeltaLength=2"),
    Vector(
      name: "no config and no sizes", wire: [packet("0010 0010 0102")],
      frames: [TimedFrame(data: [1, 2], timestamp: 0)], parameters: "mode=AAC-hbr"),
    Vector(
      name: "no parameters", wire: [packet("0010 0010 0102")],
      frames: [TimedFrame(data: [1, 2], timestamp: 0)], parameters: ""),
    // Headers of 13 bits: 0x0010 = 2 << 3, then 0000000000011 from bit 13.
    Vector(
      name: "sizes alone", wire: [packet("001a 0010 00c0 0102 030405")],
      frames: [
        TimedFrame(data: [1, 2], timestamp: 0), TimedFrame(data: [3, 4, 5], timestamp: 1024),
      ],
      parameters: "mode=generic; config=1190; sizeLength=13"),
    Vector(
      name: "no headers, a constant size", wire: [packet("0102 0304 0506")],
      frames: [
        TimedFrame(data: [1, 2, 3], timestamp: 0), TimedFrame(data: [4, 5, 6], timestamp: 160),
      ], parameters: "mode=CELP-cbr; constantSize=3; constantDuration=160"),
    Vector(
      name: "no headers, fragments to the marker",
      wire: [packet("0102", marker: false), packet("03", marker: true), packet("04", at: 1024)],
      frames: [
        TimedFrame(data: [1, 2, 3], timestamp: 0), TimedFrame(data: [4], timestamp: 1024),
      ], parameters: "mode=generic; config=1190; sizeLength=0"),
    // auxiliary-data-size 8 bits: 4 bits of data, padded: 12 bits, two bytes.
    Vector(
      name: "auxiliary data", wire: [packet("0010 0010 04f0 0102")],
      frames: [TimedFrame(data: [1, 2], timestamp: 0)],
      parameters: hbr + "; auxiliaryDataSizeLength=8"),

    Vector(
      name: "headers longer than the packet", wire: [packet("0100 0010 0102")], frames: [],
      remarkCodes: [.aacHeaderSection]),
    Vector(
      name: "half a length", wire: [packet("00")], frames: [], remarkCodes: [.aacHeaderSection]),
    Vector(name: "nothing", wire: [packet("")], frames: [], remarkCodes: [.aacHeaderSection]),
    Vector(
      name: "no header", wire: [packet("0000 0102")], frames: [], remarkCodes: [.aacEmptyUnit]),
    Vector(
      name: "an empty unit among others", wire: [packet("0020 0000 0010 0102")],
      frames: [TimedFrame(data: [1, 2], timestamp: 1024)], remarkCodes: [.aacEmptyUnit]),
    Vector(
      name: "the second past the end", wire: [packet("0030 0010 0020 0008 0102 0304")],
      frames: [TimedFrame(data: [1, 2], timestamp: 0)], remarkCodes: [.aacSizePastEnd], dropped: 2),
    Vector(
      name: "more units than bytes", wire: [packet("0040 0008 0008 0008 0008 01")],
      frames: [TimedFrame(data: [1], timestamp: 0)], remarkCodes: [.aacSizePastEnd], dropped: 3),
    Vector(
      name: "bytes behind", wire: [packet("0010 0008 0102")],
      frames: [TimedFrame(data: [1], timestamp: 0)], remarkCodes: [.aacTrailingBytes]),
    Vector(
      name: "length in bytes", wire: [packet("0002 0010 0102")],
      frames: [TimedFrame(data: [1, 2], timestamp: 0)], remarkCodes: [.aacHeadersLengthInBytes]),
    Vector(
      name: "bits behind", wire: [packet("0014 0010 00 0102")],
      frames: [TimedFrame(data: [1, 2], timestamp: 0)], remarkCodes: [.aacHeadersTrailingBits]),
    Vector(
      name: "no marker", wire: [packet("0010 0010 0102", marker: false)],
      frames: [TimedFrame(data: [1, 2], timestamp: 0)], remarkCodes: [.aacMarker]),
    Vector(
      name: "no marker ever",
      wire: [
        packet("0010 0010 0102", marker: false), packet("0010 0008 03", marker: false, at: 1024),
      ], frames: [TimedFrame(data: [1, 2], timestamp: 0), TimedFrame(data: [3], timestamp: 1024)],
      remarkCodes: [.aacMarker, .aacMarker]),
    Vector(
      name: "fragments that say their own size",
      wire: [
        packet("0010 0010 0102", marker: false), packet("0010 0008 03"),
        packet("0010 0008 04", at: 1024),
      ],
      frames: [
        TimedFrame(data: [1, 2, 3], timestamp: 0), TimedFrame(data: [4], timestamp: 1024),
      ], remarkCodes: [.aacOwnSizes]),
    Vector(
      name: "an index", wire: [packet("0010 0011 0102")],
      frames: [TimedFrame(data: [1, 2], timestamp: 0)], remarkCodes: [.aacIndex]),
    Vector(
      name: "a unit that never ends",
      wire: [packet("0010 0038 010203", marker: false), packet("0010 0010 0102", at: 1024)],
      frames: [TimedFrame(data: [1, 2], timestamp: 1024)], remarkCodes: [.aacIncompleteUnit],
      dropped: 1),
    Vector(
      name: "a marker too early", wire: [packet("0010 0038 010203")], frames: [],
      remarkCodes: [.aacIncompleteUnit], dropped: 1),
    Vector(
      name: "fragments longer than the whole",
      wire: [
        packet("0010 0028 01020304", marker: false), packet("0010 0028 010203", marker: true),
        packet("0010 0010 0102", at: 1024),
      ], frames: [TimedFrame(data: [1, 2], timestamp: 1024)], remarkCodes: [.aacIncompleteUnit],
      dropped: 1),
  ]

  @Test(arguments: vectors) func reads(_ vector: Vector) throws {
    var depacketizer = AACDepacketizer(
      AACPayloadFormat(try sdpFormat("mpeg4-generic/48000/2", vector.parameters)))
    let output = receive(vector.wire, &depacketizer)
    #expect(output.timedFrames == vector.frames, "\(vector.name)")
    #expect(
      output.remarkCodes == vector.remarkCodes, "\(vector.name): \(output.remarks.map(\.message))")
    #expect(output.droppedFrames == vector.dropped, "\(vector.name)")
  }

  /// Size 13, index 3, CTS-flag 1 [CTS-delta 4], DTS-flag 1 [DTS-delta 4], RAP 1, stream state 2.
  @Test func otherFieldsArePassedOver() throws {
    let bits =
      "0000000000010" + "000" + "0" + "1" + "0101" + "1" + "10"  // 25
      + "0000000000001" + "000" + "1" + "1111" + "0" + "0" + "11"  // 25
    let padded = bits + String(repeating: "0", count: 7 - (bits.count + 7) % 8)
    let headers = stride(from: 0, to: padded.count, by: 8).map { start in
      UInt8(padded.dropFirst(start).prefix(8), radix: 2) ?? 0
    }
    let payload = [0, UInt8(bits.count)] + headers + [1, 2, 3]
    var depacketizer = AACDepacketizer(
      AACPayloadFormat(
        try sdpFormat(
          "mpeg4-generic/48000/2",
          "mode=generic; config=1190; sizelength=13; indexlength=3; indexdeltalength=3; "
            + "ctsdeltalength=4; dtsdeltalength=4; randomaccessindication=1; "
            + "streamstateindication=2")))
    let output = receive(
      [SentPacket(payload, marker: true, at: 100)], &depacketizer)
    #expect(
      output.timedFrames == [
        TimedFrame(data: [1, 2], timestamp: 100), TimedFrame(data: [3], timestamp: 99),
      ])
    #expect(output.remarks == [])
  }

  // MARK: Interleaving, RFC 3640 3.3

  /// Groups of nine units, three a packet, each three apart: 0 3 6, 1 4 7, 2 5 8.
  fileprivate static func interleaved() -> [SentPacket] {
    var packets: [SentPacket] = []
    for group in 0..<3 {
      for first in 0..<3 {
        let units = [0, 3, 6].map { UInt8(9 * group + first + $0) }
        packets.append(
          SentPacket(
            // Sizes of one byte; AU-Index 0, then AU-Index-delta 2.
            [0, 48, 0, 1 << 3, 0, 1 << 3 | 2, 0, 1 << 3 | 2] + units, marker: true,
            at: Int64(1024 * (9 * group + first))))
      }
    }
    return packets
  }

  @Test func interleavingIsUndone() throws {
    var depacketizer = AACDepacketizer(
      AACPayloadFormat(try sdpFormat("mpeg4-generic/48000/2", hbr)))
    let output = receive(Self.interleaved(), &depacketizer)
    #expect(output.frames.map(\.data) == (0..<27).map { [UInt8($0)] })
    #expect(output.frames.map(\.timestamp) == (0..<27).map { Int64(1024 * $0) })
    #expect(output.remarkCodes == [.aacInterleaving])
  }

  /// A packet lost takes three units that are not next to each other; order stays.
  @Test func interleavingSurvivesLoss() throws {
    for lost in 0..<9 {
      var depacketizer = AACDepacketizer(
        AACPayloadFormat(try sdpFormat("mpeg4-generic/48000/2", hbr)))
      let output = receive(Self.interleaved(), &depacketizer, lost: [lost])
      let gone = [0, 3, 6].map { 9 * (lost / 3) + lost % 3 + $0 }
      #expect(output.frames.map { Int($0.data[0]) } == (0..<27).filter { !gone.contains($0) })
    }
  }

  /// Units wait no longer than they must: as soon as their time is reached they come out.
  @Test func interleavedUnitsComeOutInTime() throws {
    var depacketizer = AACDepacketizer(
      AACPayloadFormat(try sdpFormat("mpeg4-generic/48000/2", hbr)))
    var counts: [Int] = []
    var output = RTPOutput()
    for (index, packet) in Self.interleaved().enumerated() {
      depacketizer.receive(
        packet.payload.span.bytes,
        RTPPacketInfo(
          packet: index, number: Int64(index), timestamp: packet.timestamp, marker: true),
        into: &output)
      counts.append(output.frames.count)
    }
    #expect(counts == [1, 2, 3, 10, 11, 12, 19, 20, 21])
  }

  // MARK: Sending

  @Test func sendsWhatTheRFCHas() throws {
    var one = AACPacketizer(try hbrFormat(), maxPayload: 100)
    #expect(
      try send([TimedFrame(data: [1, 2, 3, 4], timestamp: 7)], &one)
        == [packet("0010 0020 01020304", at: 7)])
    var two = AACPacketizer(try hbrFormat(), maxPayload: 100, framesPerPacket: 2)
    let frames = [
      TimedFrame(data: [1, 2], timestamp: 0), TimedFrame(data: [3, 4, 5], timestamp: 1024),
      TimedFrame(data: [6], timestamp: 2048),
    ]
    #expect(
      try send(frames, &two) == [
        packet("0020 0010 0018 0102 030405"), packet("0010 0008 06", at: 2048),
      ])
    var split = AACPacketizer(try hbrFormat(), maxPayload: 8)
    #expect(
      try send([TimedFrame(data: [1, 2, 3, 4, 5, 6], timestamp: 0)], &split) == [
        packet("0010 0030 01020304", marker: false), packet("0010 0030 0506"),
      ])
    let low = try #require(
      AACPayloadFormat(audioSpecificConfig: [0x11, 0x90], mode: .lowBitRate))
    var lbr = AACPacketizer(low, maxPayload: 100, framesPerPacket: 2)
    #expect(
      try send(
        [TimedFrame(data: [1, 2], timestamp: 0), TimedFrame(data: [3], timestamp: 1024)], &lbr)
        == [packet("0010 0804 0102 03")])
  }

  @Test(arguments: [1, 3, Int.max]) func everySizeComesBack(framesPerPacket: Int) throws {
    var random = Seeded.of("AAC sizes")
    let most = 52
    let format = try hbrFormat()
    var frames: [TimedFrame] = []
    for count in 1...3 * most {
      frames.append(TimedFrame(data: random.bytes(count), timestamp: Int64(1024 * frames.count)))
    }
    for frames in [
      frames,
      frames.reversed().enumerated().map {
        TimedFrame(data: $1.data, timestamp: Int64(1024 * $0))
      },
    ] {
      var packetizer = AACPacketizer(
        format, maxPayload: most, framesPerPacket: framesPerPacket)
      let packets = try send(frames, &packetizer)
      #expect(packets.allSatisfy { $0.payload.count <= most })
      var depacketizer = AACDepacketizer(format)
      let output = receive(packets, &depacketizer)
      #expect(output.timedFrames == frames)
      #expect(output.remarks == [] && output.droppedFrames == 0)
    }
  }

  /// A jump in time begins another packet; the rounding of milliseconds does not.
  @Test func aggregationEndsWhereTimeJumps() throws {
    var packetizer = AACPacketizer(try hbrFormat(), maxPayload: 1000, framesPerPacket: 3)
    let times: [Int64] = [0, 1008, 2064, 3072, 40_000, 41_024]
    let packets = try send(times.map { TimedFrame(data: [1], timestamp: $0) }, &packetizer)
    #expect(packets.map(\.timestamp) == [0, 3072, 40_000])
    #expect(packets.map { $0.payload.count } == [2 + 9, 2 + 3, 2 + 6])
  }

  @Test func refusesWhatCannotBeCarried() throws {
    var hbr = AACPacketizer(try hbrFormat(), maxPayload: 100)
    #expect(throws: RTPPayloadError.self) { try send([TimedFrame(data: [], timestamp: 0)], &hbr) }
    #expect(throws: RTPPayloadError.self) {
      try send([TimedFrame(data: [UInt8](repeating: 0, count: 8192), timestamp: 0)], &hbr)
    }
    let low = try #require(
      AACPayloadFormat(audioSpecificConfig: [0x11, 0x90], mode: .lowBitRate))
    var lbr = AACPacketizer(low, maxPayload: 52)
    #expect(throws: RTPPayloadError.self) {
      try send([TimedFrame(data: [UInt8](repeating: 0, count: 50), timestamp: 0)], &lbr)
    }
    #expect(throws: RTPPayloadError.self) {
      try send([TimedFrame(data: [UInt8](repeating: 0, count: 64), timestamp: 0)], &lbr)
    }
  }

  // MARK: Loss and damage

  @Test func aLostPacketTakesItsUnitAlone() throws {
    var random = Seeded.of("AAC loss")
    let frames = (0..<8).map {
      TimedFrame(data: random.bytes([30, 200, 90, 1][$0 % 4]), timestamp: Int64(1024 * $0))
    }
    let format = try hbrFormat()
    var packetizer = AACPacketizer(format, maxPayload: 52)
    let packets = try send(frames, &packetizer)
    for lost in packets.indices {
      var depacketizer = AACDepacketizer(format)
      let output = receive(packets, &depacketizer, lost: [lost])
      let hit = packets[lost].timestamp
      #expect(output.timedFrames == frames.filter { $0.timestamp != hit }, "\(lost)")
      #expect(output.remarks == [], "\(lost)")
      #expect(output.droppedFrames <= 1)
    }
  }

  /// Fragments that say their own size cannot be told from whole units, so what follows a loss is
  /// dropped once they were met: never is one unit glued to another.
  @Test func lossAmongFragmentsThatSayTheirOwnSize() throws {
    var packets = [packet("0010 0008 09", at: -1024)]
    for unit in 0..<3 {
      let time = Int64(1024 * unit)
      for part in 0..<3 {
        packets.append(packet("0010 0010 0\(unit)0\(part)", marker: part == 2, at: time))
      }
    }
    let whole = [UInt8](0..<3).map { [$0, 0, $0, 1, $0, 2] }
    for lost in 4..<packets.count {
      var depacketizer = AACDepacketizer(
        AACPayloadFormat(try sdpFormat("mpeg4-generic/48000/2", hbr)))
      let frames = receive(packets, &depacketizer, lost: [lost]).frames.map(\.data)
      #expect(frames.dropFirst().allSatisfy { whole.contains($0) }, "\(lost)")
      #expect(frames.contains(whole[0]))
    }
  }

  // MARK: SDP

  @Test func parametersComeBack() throws {
    let format = try hbrFormat()
    let sdp = format.payloadFormat(RTPPayloadType(rawValue: 97))
    #expect(
      sdp.parameters.description
        == "97 streamtype=5; profile-level-id=41; mode=AAC-hbr; sizelength=13; indexlength=3; "
        + "indexdeltalength=3; config=1190")
    #expect(sdp.clockRate == 48_000 && sdp.channels == 2)
    #expect(AACPayloadFormat(try reparsed(sdp)) == format)
    let generic = AACPayloadFormat(
      try sdpFormat(
        "MPEG4-GENERIC/16000",
        "mode=generic;sizeLength=7; CTSDeltaLength=3;constantDuration=960;"
          + "randomAccessIndication=1;streamStateIndication=4;auxiliaryDataSizeLength=8"))
    #expect(AACPayloadFormat(try reparsed(generic.payloadFormat(.init(rawValue: 96)))) == generic)
  }

  /// The clock is that of what is heard; the length of a unit follows it.
  @Test func bandReplicationDoublesTheLength() throws {
    // Object type 5: AAC LC at 24 kHz, 48 kHz after replication.
    let format = try #require(AACPayloadFormat(audioSpecificConfig: [0x2b, 0x11, 0x88, 0x00]))
    #expect(format.clockRate == 48_000 && format.frameLength.ticks() == 2048)
    let half = AACPayloadFormat(try sdpFormat("mpeg4-generic/24000/2", "config=2B118800"))
    #expect(half.frameLength.ticks() == 1024)
    // frameLengthFlag: 960 samples.
    let short = AACPayloadFormat(try sdpFormat("mpeg4-generic/48000/2", "config=1194"))
    #expect(short.frameLength.ticks() == 960)
  }

  @Test func toleratesWhatCamerasSend() throws {
    #expect(
      try AACPayloadFormat(sdpFormat("mpeg4-generic/8000/1", "config=15 8")).configuration == nil)
    let odd = AACPayloadFormat(try sdpFormat("mpeg4-generic/16000/1", "mode=aac-HBR;Config=140"))
    #expect(odd.mode == .highBitRate && odd.lengths.size == 13)
    #expect(odd.configurationBytes == [0x14, 0x00])
    let upper = AACPayloadFormat(try sdpFormat("MPEG4-GENERIC/16000/1", "config=15AB08"))
    #expect(upper.configurationBytes == [0x15, 0xab, 0x08])
    let rateless = AACPayloadFormat(try sdpFormat("mpeg4-generic", "config=1208"))
    #expect(rateless.clockRate == 44_100)
  }

  @Test(.enabled(if: Corpus.folder != nil, "no corpus beside the checkout")) func corpusVectors()
    throws
  {
    for vector in try Corpus.vectors("rtp.aac") {
      let list = vector.input["fmtp"] as? [String: Int] ?? [:]
      let fmtp = "mode=generic;" + list.map { "\($0)=\($1)" }.joined(separator: ";")
      let format = AACPayloadFormat(try sdpFormat("mpeg4-generic/48000/2", fmtp))
      let packets = try Corpus.packets(of: vector)
      let wanted = (vector.output["aus"] as? [String] ?? []).map { hex($0) }
      try #require(!wanted.isEmpty && !packets.isEmpty)
      var depacketizer = AACDepacketizer(format)
      let output = receive(packets, &depacketizer)
      #expect(output.frames.map(\.data) == wanted, "\(vector.id)")
      // Its fragments say their own size.
      #expect(output.remarkCodes.allSatisfy { $0 == .aacOwnSizes }, "\(vector.id)")
    }
  }
}

extension PayloadDamage {
  static let aac = PayloadDamage("AAC", rounds: 3000) { random in
    let frames = (0..<6).map {
      TimedFrame(data: random.bytes(40 * $0 + 1), timestamp: Int64(1024 * $0))
    }
    var packetizer = AACPacketizer(try hbrFormat(), maxPayload: 100, framesPerPacket: 2)
    return try send(frames, &packetizer) + AudioAACTests.interleaved()
  } make: { round, _ in
    let lists = [
      hbr, "", "mode=generic", "constantSize=5", "mode=AAC-lbr", "sizeLength=1",
      "sizeLength=32; indexLength=32; indexDeltaLength=32; CTSDeltaLength=32; DTSDeltaLength=32",
      hbr + "; auxiliaryDataSizeLength=32", "constantDuration=99999999999999999999",
      "indexDeltaLength=1; mode=x; constantDuration=16777215",
    ]
    let clock = round % 3 == 0 ? 4_294_967_295 : 48_000
    return AACDepacketizer(
      AACPayloadFormat(try sdpFormat("mpeg4-generic/\(clock)/2", lists[round % lists.count])))
  }
}
