import MediaBitstream
import MediaBytes
import MediaModel
import TestSupport
import Testing

@testable import MediaRTP

@Suite struct H264DepacketizerTests {
  struct Vector: CustomTestStringConvertible, Sendable {
    var name: String
    var packets: [String]
    var units: [String]
    var codes: [String] = []
    var kind = ""
    var mode: Int?
    var testDescription: String { name }
  }

  static let vectors: [Vector] = [
    Vector(
      name: "single", packets: ["658801"], units: ["658801"], codes: ["E31060"], kind: "single"),
    Vector(
      name: "STAP-A", packets: ["78 0002 0601 0003 418802"], units: ["0601", "418802"],
      kind: "STAP-A"),
    Vector(
      name: "STAP-B", packets: ["79 0005 0002 0601 0003 418802"], units: ["0601", "418802"],
      kind: "STAP-B"),
    Vector(
      name: "STAP-B in mode 1", packets: ["79 0005 0003 418802"], units: ["418802"],
      codes: ["W31041"], mode: 1),
    Vector(
      name: "MTAP16 in DON order",
      packets: ["7a 0007 0003 01 0000 414801 0003 00 0000 418802"], units: ["418802", "414801"],
      kind: "MTAP16"),
    Vector(
      name: "MTAP24", packets: ["7b 0007 0003 00 000000 418802"], units: ["418802"],
      kind: "MTAP24"),
    Vector(
      name: "FU-A", packets: ["7c 81 8801", "7c 01 0203", "7c 41 04"], units: ["618801020304"],
      kind: "FU-A"),
    Vector(
      name: "FU-B", packets: ["7d 81 0009 8801", "7c 41 04"], units: ["61880104"], kind: "FU-A"),
    Vector(
      name: "start and end", packets: ["3c c1 e700cafe"], units: ["21e700cafe"], codes: ["W31030"]),
    Vector(
      name: "fragment without start", packets: ["418801", "7c 41 04"], units: [],
      codes: ["E31031"]),
    Vector(
      name: "fragment without end", packets: ["7c 81 8801", "418801"], units: [],
      codes: ["E31032"]),
    Vector(
      name: "type changes", packets: ["7c 81 8801", "7c 45 02"], units: ["61880102"],
      codes: ["W31033"]),
    Vector(
      name: "aggregate in a fragment", packets: ["7c d8 0001"], units: [],
      codes: ["E31013"]),
    Vector(
      name: "fragment in an aggregate", packets: ["78 0002 5c81 0002 4188"], units: [],
      codes: ["E31013"]),
    Vector(
      name: "padding of zeros", packets: ["78 0002 4188 0000000000"], units: ["4188"],
      codes: ["I31021"]),
    Vector(
      name: "size past the end", packets: ["4188", "78 0009 4188"], units: [], codes: ["E31020"]),
    Vector(
      name: "empty unit", packets: ["78 0000 0002 4188"], units: ["4188"], codes: ["W31022"]),
    Vector(name: "empty payload", packets: ["", "4188"], units: ["4188"], codes: ["W31010"]),
    Vector(name: "F bit", packets: ["c188"], units: ["c188"], codes: ["W31012"]),
    Vector(name: "reserved type", packets: ["7f88", "4188"], units: ["4188"], codes: ["W31011"]),
    Vector(
      name: "start codes", packets: ["00000001 0601 000001 4188"], units: ["0601", "4188"],
      codes: ["W31040"]),
    Vector(
      name: "start codes in fragments",
      packets: [
        "1c800001674d00338a8a502802dd34400000fa00", "1c400030d40100000168ee3c8000000001", "4188",
      ],
      units: ["674d00338a8a502802dd34400000fa000030d401", "68ee3c80", "4188"], codes: ["W31040"]),
    Vector(
      name: "mode 0", packets: ["7c 81 8801", "7c 41 02"], units: ["61880102"],
      codes: ["W31041", "W31041"], mode: 0),
  ]

  @Test(arguments: vectors) func packetKinds(_ vector: Vector) {
    var parameters: H264FormatParameters?
    if let mode = vector.mode {
      parameters = H264FormatParameters(
        SDPFormatParameters(payloadType: RTPPayloadType(rawValue: 96)))
      parameters?.packetizationMode = mode
    }
    var depacketizer = H264Depacketizer(parameters: parameters)
    let output = receive(framePackets([vector.packets]), &depacketizer)
    let wanted = lengthPrefixed(vector.units.map { hex($0) })
    #expect(output.frames.map(\.data) == (wanted.isEmpty ? [] : [wanted]))
    #expect(output.codes == vector.codes)
    if vector.units.isEmpty { #expect(output.droppedFrames == 1) }
    if !vector.kind.isEmpty { #expect(output.kind == vector.kind) }
    for remark in output.remarks { #expect(remark.clause.hasPrefix("RFC 6184 ")) }
  }

  @Test func markersAndTimestamps() {
    func frames(_ list: [(String, Int64, Bool)]) -> ([String], [String]) {
      var depacketizer = H264Depacketizer()
      let output = receive(list.map { packet($0.0, marker: $0.2, at: $0.1) }, &depacketizer)
      return (output.frames.map { HexDump.digits($0.data) }, output.codes)
    }
    let (a, b) = ("000000024188", "000000024148")
    // A timestamp alone ends a frame.
    #expect(frames([("4188", 0, false), ("4188", 1, true)]) == ([a, a], ["W31050"]))
    // A marker on every NAL unit cuts no frame apart.
    #expect(frames([("4188", 0, true), ("4148", 0, true)]) == ([a + b], ["W31051"]))
    // Two pictures with one timestamp are told apart by the marker and the first macroblock.
    #expect(frames([("4188", 0, true), ("4188", 0, true)]) == ([a, a], []))
    // Markers on parameter sets, and timestamps of their own.
    #expect(
      frames([("0601", 0, true), ("4188", 0, true)]).0 == ["000000020601" + a])
    let apart = frames([("0601", 0, true), ("4188", 9, true)])
    #expect(apart.0 == ["000000020601" + a] && apart.1.contains("W31052"))
    // Once markers proved right, frames come at once.
    var depacketizer = H264Depacketizer()
    let four = (0..<4).map { SentPacket(hex("4188"), marker: true, at: Int64($0)) }
    #expect(receive(four, &depacketizer, finish: false).frames.count == 4)
    // A marker that is early after all.
    let late = receive([SentPacket(hex("4148"), marker: true, at: 3)], &depacketizer)
    #expect(late.codes == ["W31051"] && late.droppedFrames == 1)
  }

  /// Whatever packet is missing: the frame concerned is dropped, or damaged, and no other.
  @Test(arguments: [false, true]) func everyLoss(keepDamaged: Bool) throws {
    var random = Seeded.of("H264DepacketizerTests.everyLoss")
    var packetizer = H264Packetizer(maxPayload: 100, aggregate: .parameterSets)
    var frames: [TimedFrame] = []
    for index in 0..<9 {
      let isKey = index % 4 == 0
      let header: UInt8 = isKey ? 0x65 : 0x41
      let slices = [
        slice([header], 250, &random), slice([header], 150, &random, isFirst: false),
        slice([header], 30, &random, isFirst: false),
      ]
      let data = lengthPrefixed([hex("09f0")] + (isKey ? [h264SPS, h264PPS] : []) + slices)
      frames.append(TimedFrame(data: data, timestamp: Int64(index) * 3000, isKeyframe: isKey))
    }
    let all = try send(frames, &packetizer)
    for lost in all.indices where all[lost].frame > 0 {
      var depacketizer = H264Depacketizer(keepDamaged: keepDamaged)
      let output = receive(all, &depacketizer, lost: [lost])
      let whole = output.frames.filter { !$0.isDamaged }.map(\.data)
      var wanted = frames.map(\.data)
      wanted.remove(at: all[lost].frame)
      #expect(whole == wanted, "packet \(lost)")
      #expect(output.frames.contains { $0.isDamaged } == keepDamaged, "packet \(lost)")
      #expect(output.droppedFrames == (keepDamaged ? 0 : 1))
      #expect(output.remarks.isEmpty, "packet \(lost): \(output.codes)")
    }
  }

  @Test func configuration() throws {
    var depacketizer = H264Depacketizer()
    #expect(depacketizer.configuration == nil)
    var packets = [
      SentPacket(h264SPS), SentPacket(h264PPS),
      SentPacket(hex("658804"), marker: true),
    ]
    let output = receive(packets, &depacketizer)
    #expect(output.frames.map(\.isKeyframe) == [true] && output.remarks.isEmpty)
    let record = try #require(
      AVCDecoderConfigurationRecord(
        sequenceParameterSets: [h264SPS], pictureParameterSets: [h264PPS]))
    #expect(depacketizer.configuration == written { record.write(to: &$0) })
    packets = [SentPacket(hex("68ebecb2ff"), at: 9), SentPacket(hex("4188"), at: 9)]
    _ = receive(packets, &depacketizer)
    let changed = try #require(depacketizer.configuration)
    #expect(changed.suffix(9).contains(0xff) && changed != written { record.write(to: &$0) })
    // A recovery point with I slices is a keyframe too.
    let recovery = receive(
      [SentPacket(hex("0606 01 84 80"), at: 20), SentPacket(hex("41b0"), at: 20)], &depacketizer)
    #expect(recovery.frames.map(\.isKeyframe) == [true])
  }

  @Test func frameLimit() {
    var depacketizer = H264Depacketizer(frameLimit: 64)
    let piece = [UInt8](repeating: 0x55, count: 30)
    var packets = [SentPacket(hex("7c 81 88") + piece)]
    for _ in 1..<9 { packets.append(SentPacket(hex("7c 01") + piece)) }
    packets.append(SentPacket(hex("7c 41") + piece, marker: true))
    packets.append(SentPacket(hex("4188"), marker: true, at: 1))
    let output = receive(packets, &depacketizer)
    #expect(output.frames.map(\.data) == [lengthPrefixed([hex("4188")])])
    #expect(output.codes == ["E31053"] && output.droppedFrames == 1)
  }
}

extension PayloadDamage {
  static let h264 = PayloadDamage("H264", rounds: 3000, hasUnits: true) { random in
    unitPackets(H264DepacketizerTests.vectors.flatMap(\.packets), &random)
  } make: { _, keepDamaged in
    H264Depacketizer(keepDamaged: keepDamaged, frameLimit: 2000)
  }
}
