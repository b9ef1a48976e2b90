import MediaBytes
import MediaRTP
import TestSupport
import Testing

func parseRTCP(_ bytes: [UInt8]) -> RTCPCompound {
  var reader = ByteReader(bytes.span, baseOffset: 1000)
  return RTCPCompound(parsing: &reader)
}

/// One packet each, written by hand from its specification.
struct RTCPVector: Sendable, CustomTestStringConvertible {
  var name: String
  var wire: [UInt8]
  var packet: RTCPPacket
  var testDescription: String { name }

  init(_ name: String, _ wire: String, _ packet: RTCPPacket) {
    self.name = name
    self.wire = hex(wire)
    self.packet = packet
  }

  static let block: RTCPReportBlock = {
    var block = RTCPReportBlock(ssrc: 0x1122_3344)
    block.fractionLost = 64
    block.cumulativeLost = -2
    block.extendedHighest = 0x0001_4321
    block.jitter = 17
    block.lastSenderReport = 0xb705_2000
    block.delaySinceLastSenderReport = 0x0005_4000
    return block
  }()
  static let blockHex = "11223344 40 fffffe 00014321 00000011 b7052000 00054000"

  static let reports: [RTCPVector] = {
    var sender = RTCPSenderReport(
      ssrc: 0xaabb_ccdd, ntpTime: NTPTime(rawValue: 0xb44d_b705_2000_0000),
      rtpTimestamp: RTPTimestamp(rawValue: 0x1234_5678), packetCount: 3, octetCount: 4096)
    let plain = sender
    sender.reports = [block]
    sender.profileExtension = [1, 2, 3, 4]
    return [
      RTCPVector(
        "SR (3550 6.4.1)", "80c80006 aabbccdd b44db705 20000000 12345678 00000003 00001000",
        .senderReport(plain)),
      RTCPVector(
        "SR with a block and an extension",
        "81c8000d aabbccdd b44db705 20000000 12345678 00000003 00001000" + blockHex + "01020304",
        .senderReport(sender)),
      RTCPVector(
        "RR without blocks (6.4.2)", "80c90001 aabbccdd",
        .receiverReport(RTCPReceiverReport(ssrc: 0xaabb_ccdd))),
      RTCPVector(
        "RR with two blocks", "82c9000d aabbccdd" + blockHex + blockHex,
        .receiverReport(RTCPReceiverReport(ssrc: 0xaabb_ccdd, reports: [block, block]))),
    ]
  }()

  static let descriptions = [
    // The text ends a word short of its null, so four nulls follow (6.5).
    RTCPVector(
      "SDES, text up to the word", "81ca0003 aabbccdd 01024142 00000000",
      .sourceDescription(RTCPSourceDescription(ssrc: 0xaabb_ccdd, cname: "AB"))),
    RTCPVector(
      "SDES, one null", "81ca0002 aabbccdd 01014100",
      .sourceDescription(RTCPSourceDescription(ssrc: 0xaabb_ccdd, cname: "A"))),
    RTCPVector(
      "SDES, chunk without items", "81ca0002 aabbccdd 00000000",
      .sourceDescription(
        RTCPSourceDescription(chunks: [.init(ssrc: 0xaabb_ccdd, items: [])]))),
    RTCPVector(
      "SDES, every item, two chunks",
      """
      82ca000b 00000001 010141 020142 030143 040144 050145 060146 070147 080401784142 00
      00000002 0f0130 0c0131 0000
      """,
      .sourceDescription(
        RTCPSourceDescription(chunks: [
          .init(
            ssrc: 1,
            items: [
              .init(.cname, "A"), .init(.name, "B"), .init(.email, "C"), .init(.phone, "D"),
              .init(.location, "E"), .init(.tool, "F"), .init(.note, "G"),
              .init(.priv, bytes: hex("01784142")),
            ]), .init(ssrc: 2, items: [.init(.mid, "0"), .init(.rtpStreamID, "1")]),
        ]))),
    RTCPVector("BYE (6.6)", "81cb0001 aabbccdd", .goodbye(RTCPGoodbye(sources: [0xaabb_ccdd]))),
    RTCPVector("BYE of nobody", "80cb0000", .goodbye(RTCPGoodbye(sources: []))),
    RTCPVector(
      "BYE with a reason", "82cb0004 00000001 00000002 05656e64 65640000",
      .goodbye(RTCPGoodbye(sources: [1, 2], reason: [UInt8]("ended".utf8)))),
    RTCPVector(
      "BYE, reason up to the word", "81cb0002 00000001 03627965",
      .goodbye(RTCPGoodbye(sources: [1], reason: [UInt8]("bye".utf8)))),
    RTCPVector(
      "APP (6.7)", "9fcc0003 aabbccdd 4e414d45 01020304",
      .applicationDefined(
        RTCPApplicationDefined(
          subtype: 31, ssrc: 0xaabb_ccdd, nameCode: 0x4e41_4d45, data: [1, 2, 3, 4]))),
    RTCPVector(
      "XR (3611 2)", "80cf0006 aabbccdd 04000002 b44db705 20000000 ff120000 05000000",
      .extendedReport(
        RTCPExtendedReport(
          ssrc: 0xaabb_ccdd,
          blocks: [
            .init(type: 4, typeSpecific: 0, contents: hex("b44db705 20000000")),
            .init(type: 255, typeSpecific: 0x12, contents: []),
            .init(type: 5, typeSpecific: 0, contents: []),
          ]))),
    RTCPVector(
      "of an unknown type", "85d20001 01020304",
      .unknown(RTCPRawPacket(count: 5, type: .init(rawValue: 210), body: [1, 2, 3, 4]))),
  ]

  private static func transport(_ message: RTCPTransportFeedback.Message) -> RTCPPacket {
    .transportFeedback(
      RTCPTransportFeedback(sender: 0xaabb_ccdd, mediaSource: 0x1122_3344, message: message))
  }
  private static func payload(_ message: RTCPPayloadFeedback.Message) -> RTCPPacket {
    .payloadFeedback(
      RTCPPayloadFeedback(sender: 0xaabb_ccdd, mediaSource: 0x1122_3344, message: message))
  }

  static let feedback = [
    RTCPVector(
      "NACK (4585 6.2.1)", "81cd0004 aabbccdd 11223344 fffe8001 00100000",
      transport(
        .nack([
          .init(packetID: RTPSequenceNumber(rawValue: 65_534), bitmask: 0x8001),
          .init(packetID: RTPSequenceNumber(rawValue: 16), bitmask: 0),
        ]))),
    RTCPVector(
      "TMMBR (5104 4.2.1)", "83cd0004 aabbccdd 11223344 00000005 29ffff28",
      transport(
        .maxBitRateRequest([
          .init(ssrc: 5, exponent: 10, mantissa: 0xffff, overhead: 0x128)
        ]))),
    RTCPVector(
      "TMMBN, empty (5104 4.2.2)", "84cd0002 aabbccdd 11223344",
      transport(.maxBitRateNotification([]))
    ),
    RTCPVector(
      "transport-wide, padded", "afcd0005 aabbccdd 11223344 0099 0001 3de802 17 2001 94 01",
      transport(
        .transportWide(
          .init(
            baseSequenceNumber: 0x99, statusCount: 1, referenceTime: 0x3de802, feedbackCount: 0x17,
            rest: hex("2001 94"))))),
    RTCPVector(
      "rapid resynchronisation (6051)", "85cd0002 aabbccdd 11223344",
      transport(.other(format: 5, fci: []))),
    RTCPVector(
      "PLI (4585 6.3.1)", "81ce0002 aabbccdd 11223344", payload(.pictureLoss)),
    RTCPVector(
      "SLI (4585 6.3.2)", "82ce0003 aabbccdd 11223344 5550002c",
      payload(.sliceLoss([.init(first: 2730, number: 0, pictureID: 44)]))),
    RTCPVector(
      "RPSI, kept (4585 6.3.3)", "83ce0003 aabbccdd 11223344 08600102",
      payload(.other(format: 3, fci: hex("08600102")))),
    RTCPVector(
      "FIR (5104 4.3.1)", "84ce0004 aabbccdd 11223344 12345678 42000000",
      payload(.fullIntraRequest([.init(ssrc: 0x1234_5678, sequenceNumber: 0x42)]))),
    RTCPVector(
      "REMB", "8fce0005 aabbccdd 11223344 52454d42 01 0e4e20 00000007",
      payload(.maxBitRateEstimate(.init(exponent: 3, mantissa: 0x2_4e20, sources: [7])))),
    RTCPVector(
      "another application's feedback", "8fce0003 aabbccdd 11223344 41424344",
      payload(.other(format: 15, fci: hex("41424344")))),
  ]

  static let all = reports + descriptions + feedback
}

@Suite struct RTCPTests {
  @Test(arguments: RTCPVector.all) func reads(_ vector: RTCPVector) {
    let compound = parseRTCP(vector.wire)
    #expect(compound.packets == [vector.packet])
    #expect(compound.damage == nil && compound.anomalies == [])
    #expect(compound.packets.first?.type.rawValue == vector.wire[1])
  }

  @Test(arguments: RTCPVector.all) func writes(_ vector: RTCPVector) {
    #expect(written { vector.packet.write(to: &$0) } == vector.wire)
  }

  @Test(arguments: RTCPVector.all) func everyPrefixIsDamage(_ vector: RTCPVector) {
    for count in 1..<vector.wire.count {
      let compound = parseRTCP([UInt8](vector.wire.prefix(count)))
      #expect(compound.packets == [])
      #expect(compound.damage != nil)
    }
  }

  /// A shorter length than the fields need is told with the packet's bytes kept.
  @Test(arguments: RTCPVector.all) func everyShorterLengthIsKept(_ vector: RTCPVector) throws {
    for words in 0..<vector.wire.count / 4 - 1 {
      var wire = [UInt8](vector.wire.prefix(4 * (words + 1)))
      (wire[2], wire[3]) = (0, UInt8(words))
      let compound = parseRTCP(wire)
      #expect(compound.damage == nil && compound.packets.count == 1)
      let again = written { compound.write(to: &$0) }
      #expect(parseRTCP(again).packets == compound.packets)
    }
  }

  @Test func mantissasAreScaled() throws {
    guard case .transportFeedback(let request) = RTCPVector.feedback[1].packet,
      case .maxBitRateRequest(let entries) = request.message,
      case .payloadFeedback(let estimate) = RTCPVector.feedback[9].packet,
      case .maxBitRateEstimate(let rate) = estimate.message
    else {
      Issue.record("the vectors moved")
      return
    }
    #expect(entries[0].bitRate == 0xffff << 10)
    #expect(rate.bitRate == 0x24e20 << 3)
    var huge = rate
    (huge.exponent, huge.mantissa) = (63, 2)
    #expect(huge.bitRate == nil)
    huge.mantissa = 1
    #expect(huge.bitRate == 1 << 63)
  }

  @Test func missingPacketsAreListed() {
    let nack = RTCPTransportFeedback.NACK(
      packetID: RTPSequenceNumber(rawValue: 65_534), bitmask: 0x8001)
    #expect(nack.missing.map(\.rawValue) == [65_534, 65_535, 14])
  }

  @Test func textOfItems() {
    let long = String(repeating: "é", count: 200)
    let item = RTCPSourceDescription.Item(.cname, long)
    #expect(item.bytes.count == 254 && item.text == String(repeating: "é", count: 127))
    let parts = RTCPSourceDescription.Item(.priv, bytes: hex("0178 4142")).privateParts
    #expect(parts?.prefix == hex("78") && parts?.value == hex("4142"))
    #expect(RTCPSourceDescription.Item(.priv, bytes: hex("0578")).privateParts == nil)
    #expect(RTCPSourceDescription.Item(.cname, bytes: [0xff]).text == "\u{fffd}")
  }
}

@Suite struct RTCPCompoundTests {
  private static let sr = RTCPVector.reports[0].wire
  private static let rr = RTCPVector.reports[2].wire
  private static let sdes = RTCPVector.descriptions[0].wire
  private static let bye = RTCPVector.descriptions[4].wire
  private static let pli = RTCPVector.feedback[5].wire

  struct Vector: Sendable, CustomTestStringConvertible {
    var name: String
    var wire: [UInt8]
    var violations: [RTCPViolation] = []
    var testDescription: String { name }
  }

  @Test(arguments: [
    Vector(name: "SR, SDES", wire: sr + sdes),
    Vector(name: "RR, SDES, BYE", wire: rr + sdes + bye),
    Vector(name: "SR, SDES, PLI", wire: sr + sdes + pli),
    Vector(name: "nothing", wire: [], violations: [.empty]),
    Vector(name: "SR alone", wire: sr, violations: [.missingCNAME]),
    Vector(name: "SDES first", wire: sdes + sr, violations: [.firstIsNoReport]),
    Vector(name: "PLI alone", wire: pli, violations: [.firstIsNoReport]),
    Vector(name: "BYE before its SR", wire: rr + bye + sr + sdes, violations: [.byeNotLast]),
    Vector(
      name: "padding in the middle", wire: sr + hex("a1cb0002 aabbccdd 00000004") + sdes,
      violations: [.byeNotLast, .paddingBeforeLast]),
    Vector(name: "padding at the end", wire: sr + sdes + hex("a1cb0002 aabbccdd 00000004")),
    Vector(name: "bytes behind", wire: sr + sdes + [0], violations: [.lengthMismatch]),
    Vector(name: "junk", wire: [0, 1, 2, 3], violations: [.lengthMismatch]),
  ])
  func legality(_ vector: Vector) {
    #expect(parseRTCP(vector.wire).violations() == vector.violations)
  }

  @Test func reducedSizeIsLawfulWhereAgreed() {
    let compound = parseRTCP(Self.pli)
    #expect(compound.isReducedSize)
    #expect(compound.violations(isReducedSizeAllowed: true) == [])
    #expect(!parseRTCP(Self.sr).isReducedSize)
  }

  /// Hanwha QNV-8080R leaves out the null that ends a chunk.
  @Test func aMissingNullIsPutUpWith() {
    let compound = parseRTCP(Self.rr + hex("81ca0003 11223344 0106 63616d657261"))
    #expect(compound.canonicalNames.map(\.cname.text) == ["camera"])
    #expect(compound.anomalies == [RTCPAnomaly(.missingSDESEnd, at: 1008)])
  }

  @Test func aBadPacketCostsOnlyItself() {
    let compound = parseRTCP(Self.rr + hex("81ca0002 11223344 01ff4142") + Self.bye)
    #expect(compound.packets.count == 3 && compound.damage == nil)
    guard case .malformed(let raw, let error) = compound.packets[1] else {
      Issue.record("not malformed")
      return
    }
    #expect(raw.body == hex("11223344 01ff4142"))
    #expect(error == ParseError(.truncated(needed: 255), "SDES text", at: 1018))
    #expect(written { compound.write(to: &$0) }.count == 28)
  }

  @Test func damageSaysWhere() {
    #expect(
      parseRTCP(Self.rr + hex("81c90001")).damage
        == ParseError(.truncated(needed: 4), "RTCP packet", at: 1012))
    #expect(
      parseRTCP(Self.rr + hex("00c90000")).damage == ParseError(.invalid(0), "RTCP V", at: 1008))
  }

  @Test(arguments: [("a0c90001 aabbcc00", 0), ("a0c90001 aabbcc05", 5), ("a0cb0000", 0)])
  func badPaddingIsNone(wire: String, count: UInt8) {
    let compound = parseRTCP(hex(wire))
    #expect(compound.anomalies == [RTCPAnomaly(.badPadding(count), at: 1000)])
    #expect(compound.packets.count == 1)
  }

  /// 6.4.1: the count "will be a multiple of four"; the last is transport-wide feedback.
  @Test(
    arguments: [
      ("a0c90002 aabbccdd 00000001", [.oddPadding(1)]),
      ("a0c90002 aabbccdd 00000002", [.oddPadding(2)]),
      ("a0c90003 aabbccdd 00000000 00000006", [.oddPadding(6)]),
      ("a0c90002 aabbccdd 00000004", []), ("a0c90003 aabbccdd 00000000 00000008", []),
      ("afcd0005 00000001 00000002 00010001 00000000 20010401", []),
      ("a1cd0003 00000001 00000002 00010401", [.oddPadding(1)]),
    ] as [(String, [RTCPAnomaly.Kind])])
  func paddingIsAMultipleOfFour(wire: String, expected: [RTCPAnomaly.Kind]) {
    let found = parseRTCP(hex(wire)).anomalies.filter {
      if case .trailingBytes = $0.kind { false } else { true }
    }
    #expect(found == expected.map { RTCPAnomaly($0, at: 1000) })
  }

  @Test func trailingBytesAreTold() {
    let compound = parseRTCP(hex("81cb0003 00000001 00000000 00000000"))
    #expect(compound.anomalies == [RTCPAnomaly(.trailingBytes(7), at: 1000)])
  }

  @Test func mutationsNeverCrashAndSurviveWriting() {
    var random = Seeded.of("RTCP mutations")
    let all = RTCPVector.all.map(\.wire)
    for _ in 0..<5000 {
      var bytes = (0..<Int.random(in: 1...3, using: &random)).flatMap { _ in
        all.randomElement(using: &random) ?? []
      }
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      let compound = parseRTCP(bytes)
      let again = parseRTCP(written { compound.write(to: &$0) })
      #expect(again.damage == nil)
      #expect(again.packets.map(\.type) == compound.packets.map(\.type))
      _ = compound.violations()
    }
  }
}
