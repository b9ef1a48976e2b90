import MediaBitstream
import MediaBytes
import MediaModel
import TestSupport
import Testing

@testable import MediaRTP

let h265VPS = hex("40010c01ffff016000000300900000030000030078999809")
let h265SPS = hex(
  "420101016000000300900000030000030078a003c08010e596666924cae010000003001000000301e080")
let h265PPS = hex("4401c172b46240")

private func parameters(maxDONDifference: Int = 0) -> H265FormatParameters {
  var parameters = H265FormatParameters(
    SDPFormatParameters(payloadType: RTPPayloadType(rawValue: 96)))
  parameters.maxDONDifference = maxDONDifference
  return parameters
}

@Suite struct H265PayloadTests {
  private static let mtu = 200
  private static var maxPayload: Int { mtu - 12 }

  @Test(arguments: [false, true]) func everySizeSurvives(sendsDON: Bool) throws {
    var random = Seeded.of("H265PayloadTests.everySizeSurvives")
    var packetizer = H265Packetizer(maxPayload: Self.maxPayload, sendsDON: sendsDON)
    var depacketizer = H265Depacketizer(parameters: parameters(maxDONDifference: sendsDON ? 1 : 0))
    var frames: [[UInt8]] = []
    var packets: [SentPacket] = []
    for size in Self.mtu - 12...2 * Self.mtu + 8 {
      let large = slice([0x02, 0x01], size, &random)
      let other = slice([0x02, 0x01], 20, &random, isFirst: false)
      for units in [[large], [large, other]] {
        let time = Int64(frames.count) * 3000
        let made = try send(lengthPrefixed(units), at: time, isKeyframe: false, &packetizer)
        #expect(made.allSatisfy { $0.payload.count <= Self.maxPayload })
        #expect(made.map(\.marker) == made.indices.map { $0 == made.count - 1 })
        let fragments = made.filter { $0.payload[0] >> 1 == 49 }
        #expect(fragments.isEmpty == (size + (sendsDON ? 2 : 0) <= Self.maxPayload))
        #expect(fragments.allSatisfy { $0.payload[2] & 0xc0 != 0xc0 })
        #expect(fragments.dropLast().allSatisfy { $0.payload.count == Self.maxPayload })
        frames.append(lengthPrefixed(units))
        packets += made
      }
    }
    let output = receive(packets, &depacketizer)
    #expect(output.frames.map(\.data) == frames)
    #expect(output.remarks.isEmpty && output.droppedFrames == 0)
  }

  /// AP: the lowest TID and layer (RFC 7798 4.4.2).
  @Test func aggregates() throws {
    var packetizer = H265Packetizer(maxPayload: 100, aggregate: .all)
    let frame = lengthPrefixed([hex("4e0b01"), hex("020a80")])
    #expect(
      try send(frame, isKeyframe: false, &packetizer).map(\.payload)
        == [hex("600a 0003 4e0b01 0003 020a80")])
    var numbered = H265Packetizer(maxPayload: 100, aggregate: .all, sendsDON: true)
    let made = try send(frame, isKeyframe: false, &numbered)
    #expect(made.map(\.payload) == [hex("600a 0000 0003 4e0b01 00 0003 020a80")])
    #expect(
      try send(lengthPrefixed([hex("020180")]), isKeyframe: false, &numbered)[0].payload
        == hex("0201 0002 80"))
    // What comes next has the number after both.
    var depacketizer = H265Depacketizer(parameters: parameters(maxDONDifference: 2))
    let output = receive([SentPacket(made[0].payload, marker: true)], &depacketizer)
    #expect(output.frames.map(\.data) == [frame])
    #expect(output.kind == "AP" && output.nalUnitTypes == [39, 1])
  }

  @Test func parameterSetsComeBeforeKeyframes() throws {
    var packetizer = H265Packetizer(
      maxPayload: 100, parameterSets: [h265VPS, h265SPS, h265PPS])
    let made = try send(lengthPrefixed([hex("460150"), hex("2801af")]), &packetizer)
    #expect(
      made.map(\.payload) == [hex("460150"), h265VPS, h265SPS, h265PPS, hex("2801af")])
    var depacketizer = H265Depacketizer()
    let output = receive(made, &depacketizer)
    #expect(output.frames.map(\.isKeyframe) == [true] && output.remarks.isEmpty)
    let record = try #require(
      HEVCDecoderConfigurationRecord(
        videoParameterSets: [h265VPS], sequenceParameterSets: [h265SPS],
        pictureParameterSets: [h265PPS], isComplete: false))
    #expect(depacketizer.configuration == written { record.write(to: &$0) })
  }

  struct Vector: CustomTestStringConvertible, Sendable {
    var name: String
    var packets: [String]
    var units: [String]
    var codes: [String] = []
    var kind = ""
    var don = 0
    var testDescription: String { name }
  }

  static let vectors: [Vector] = [
    Vector(name: "TRAIL_N", packets: ["000180"], units: ["000180"], kind: "single"),
    Vector(name: "AP", packets: ["6001 0003 4e0101 0003 020180"], units: ["4e0101", "020180"]),
    Vector(
      name: "AP in DON order", packets: ["6001 0005 0003 020140", "0201 0004 80"],
      units: ["020180", "020140"], don: 1),
    Vector(
      name: "FU", packets: ["6201 81 8801", "6201 01 02", "6201 41 03"],
      units: ["020188010203"], kind: "FU"),
    Vector(
      name: "FU with DONL", packets: ["6201 81 0007 8801", "6201 41 03"], units: ["0201880103"],
      don: 1),
    Vector(name: "start and end", packets: ["6201 c1 88"], units: ["020188"], codes: ["W31030"]),
    Vector(name: "no start", packets: ["020180", "6201 41 88"], units: [], codes: ["E31031"]),
    Vector(name: "no end", packets: ["6201 81 88", "020140"], units: [], codes: ["E31032"]),
    Vector(
      name: "type changes", packets: ["6201 81 88", "6201 40 01"], units: ["02018801"],
      codes: ["W31033"]),
    Vector(name: "AP in FU", packets: ["6201 f0 88"], units: [], codes: ["E31013"]),
    Vector(name: "TID 0", packets: ["020080"], units: ["020080"], codes: ["W31014"]),
    Vector(name: "F bit", packets: ["820180"], units: ["820180"], codes: ["W31012"]),
    Vector(
      name: "left to others", packets: ["020180", "7e0180"], units: ["020180", "7e0180"],
      codes: ["W31011"]),
    Vector(name: "short", packets: ["02", "020180"], units: ["020180"], codes: ["W31010"]),
    Vector(
      name: "past the end", packets: ["020180", "6001 0009 0201"], units: [],
      codes: ["E31020"]),
    Vector(
      name: "PACI", packets: ["6401 0200 80"], units: ["020180"], codes: ["I31043"], kind: "PACI"),
    Vector(
      name: "PACI with a whole extension", packets: ["6401 0230 aabbcc 80"], units: ["020180"],
      codes: ["I31043"]),
  ]

  @Test(arguments: vectors) func packetKinds(_ vector: Vector) {
    var depacketizer = H265Depacketizer(parameters: parameters(maxDONDifference: vector.don))
    let output = receive(framePackets([vector.packets]), &depacketizer)
    let wanted = lengthPrefixed(vector.units.map { hex($0) })
    #expect(output.frames.map(\.data) == (wanted.isEmpty ? [] : [wanted]))
    #expect(output.codes == vector.codes)
    if !vector.kind.isEmpty { #expect(output.kind == vector.kind) }
    for remark in output.remarks { #expect(remark.clause.hasPrefix("RFC 7798 ")) }
  }

  @Test func everyLoss() throws {
    var random = Seeded.of("H265PayloadTests.everyLoss")
    var packetizer = H265Packetizer(maxPayload: 100, aggregate: .parameterSets)
    var frames: [TimedFrame] = []
    for index in 0..<9 {
      let isKey = index % 4 == 0
      let header: [UInt8] = isKey ? [0x26, 0x01] : [0x02, 0x01]
      let slices = [
        slice(header, 250, &random), slice(header, 150, &random, isFirst: false),
        slice(header, 30, &random, isFirst: false),
      ]
      let sets = isKey ? [h265VPS, h265SPS, h265PPS] : []
      frames.append(
        TimedFrame(
          data: lengthPrefixed([hex("460150")] + sets + slices), timestamp: Int64(index) * 3000,
          isKeyframe: isKey))
    }
    let all = try send(frames, &packetizer)
    for lost in all.indices where all[lost].frame > 0 {
      var depacketizer = H265Depacketizer()
      let output = receive(all, &depacketizer, lost: [lost])
      var wanted = frames.map(\.data)
      wanted.remove(at: all[lost].frame)
      #expect(output.frames.map(\.data) == wanted, "packet \(lost)")
      #expect(output.droppedFrames == 1 && output.remarks.isEmpty)
    }
  }
}

extension PayloadDamage {
  static let h265 = PayloadDamage("H265", rounds: 3000, hasUnits: true) { random in
    unitPackets(H265PayloadTests.vectors.flatMap(\.packets), &random)
  } make: { round, keepDamaged in
    H265Depacketizer(
      parameters: parameters(maxDONDifference: round % 3), keepDamaged: keepDamaged,
      frameLimit: 2000)
  }
}
