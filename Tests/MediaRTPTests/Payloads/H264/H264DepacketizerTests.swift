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
    let last = vector.packets.count - 1
    let output = received(
      by: &depacketizer, arrivals(vector.packets.enumerated().map { ($1, $0 == last) }))
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
      let output = received(
        by: &depacketizer,
        list.enumerated().map { Arrival(hex($1.0), $1.1, marker: $1.2, number: $0) })
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
    let four = (0..<4).map { Arrival(hex("4188"), Int64($0), marker: true, number: $0) }
    #expect(received(by: &depacketizer, four, finish: false).frames.count == 4)
    // A marker that is early after all.
    let late = received(
      by: &depacketizer, [Arrival(hex("4148"), 3, marker: true, number: 4)])
    #expect(late.codes == ["W31051"] && late.droppedFrames == 1)
  }

  /// Whatever packet is missing: the frame concerned is dropped, or damaged, and no other.
  @Test(arguments: [false, true]) func everyLoss(keepDamaged: Bool) throws {
    var random = Seeded.of("H264DepacketizerTests.everyLoss")
    var packetizer = H264Packetizer(maxPayload: 100, aggregate: .parameterSets)
    var frames: [[UInt8]] = []
    var all: [Arrival] = []
    var owner: [Int] = []
    for index in 0..<9 {
      let isKey = index % 4 == 0
      let header: UInt8 = isKey ? 0x65 : 0x41
      let slices = [
        slice([header], 250, &random), slice([header], 150, &random, isFirst: false),
        slice([header], 30, &random, isFirst: false),
      ]
      let frame = lengthPrefixed([hex("09f0")] + (isKey ? [h264SPS, h264PPS] : []) + slices)
      frames.append(frame)
      let time = Int64(index) * 3000
      for packet in try sent(by: &packetizer, frame, at: time, isKeyframe: isKey) {
        all.append(Arrival(packet.payload, time, marker: packet.marker, number: all.count))
        owner.append(index)
      }
    }
    for lost in all.indices where owner[lost] > 0 {
      var depacketizer = H264Depacketizer(keepDamaged: keepDamaged)
      var rest = all
      rest.remove(at: lost)
      let output = received(by: &depacketizer, rest)
      let whole = output.frames.filter { !$0.isDamaged }.map(\.data)
      var wanted = frames
      wanted.remove(at: owner[lost])
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
      Arrival(h264SPS, 0, number: 0), Arrival(h264PPS, 0, number: 1),
      Arrival(hex("658804"), 0, marker: true, number: 2),
    ]
    let output = received(by: &depacketizer, packets)
    #expect(output.frames.map(\.isKeyframe) == [true] && output.remarks.isEmpty)
    let record = try #require(
      AVCDecoderConfigurationRecord(
        sequenceParameterSets: [h264SPS], pictureParameterSets: [h264PPS]))
    #expect(depacketizer.configuration == written { record.write(to: &$0) })
    packets = [Arrival(hex("68ebecb2ff"), 9, number: 3), Arrival(hex("4188"), 9, number: 4)]
    _ = received(by: &depacketizer, packets)
    let changed = try #require(depacketizer.configuration)
    #expect(changed.suffix(9).contains(0xff) && changed != written { record.write(to: &$0) })
    // A recovery point with I slices is a keyframe too.
    let recovery = received(
      by: &depacketizer,
      [Arrival(hex("0606 01 84 80"), 20, number: 5), Arrival(hex("41b0"), 20, number: 6)])
    #expect(recovery.frames.map(\.isKeyframe) == [true])
  }

  @Test func frameLimit() {
    var depacketizer = H264Depacketizer(frameLimit: 64)
    let piece = [UInt8](repeating: 0x55, count: 30)
    var packets = [Arrival(hex("7c 81 88") + piece, 0, number: 0)]
    for number in 1..<9 { packets.append(Arrival(hex("7c 01") + piece, 0, number: number)) }
    packets.append(Arrival(hex("7c 41") + piece, 0, marker: true, number: 9))
    packets.append(Arrival(hex("4188"), 1, marker: true, number: 10))
    let output = received(by: &depacketizer, packets)
    #expect(output.frames.map(\.data) == [lengthPrefixed([hex("4188")])])
    #expect(output.codes == ["E31053"] && output.droppedFrames == 1)
  }

  /// Whatever the packets hold, nothing traps and no frame is malformed.
  @Test func mutations() throws {
    var random = Seeded.of("H264DepacketizerTests.mutations")
    for round in 0..<3000 {
      var depacketizer = H264Depacketizer(keepDamaged: round % 2 == 0, frameLimit: 2000)
      var number = 0
      let packets = (0..<12).map { _ -> Arrival in
        number += Int.random(in: 0..<8, using: &random) == 0 ? 2 : 1
        let vector = Self.vectors.randomElement(using: &random)
        var bytes = hex(vector?.packets.randomElement(using: &random) ?? "")
        for _ in 0..<Int.random(in: 0...3, using: &random) where !bytes.isEmpty {
          bytes[Int.random(in: bytes.indices, using: &random)] = .random(
            in: 0...255, using: &random)
        }
        if Bool.random(using: &random) { bytes = [UInt8](bytes.dropLast(Int(number) % 4)) }
        return Arrival(
          bytes, Int64.random(in: 0..<3, using: &random), marker: .random(using: &random),
          number: number)
      }
      for frame in received(by: &depacketizer, packets).frames {
        var cursor = NALUnitCursor(.lengthPrefixed(.four))
        while try cursor.next(in: frame.data.span.bytes) != nil {}
      }
    }
  }
}
