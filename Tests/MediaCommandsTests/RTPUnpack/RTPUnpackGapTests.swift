import Foundation
import MediaModel
import MediaRTP
import TestSupport
import Testing

@testable import MediaCommands

/// Where packets, frames and time are missing, and what is said of it.
@Suite struct RTPUnpackGapTests {
  private typealias Sent = [(time: Int64, bytes: [UInt8])]

  /// The document of a check of these datagrams, whatever the exit code.
  private func check(_ datagrams: Sent, _ arguments: String...) throws -> JSONText {
    let scratch = try ScratchFolder()
    try RTPCaptures.write(datagrams, to: scratch["a.pcap"])
    let outcome = try Mediatool.run(
      ["rtp-unpack", "--json", "--check", "--fail-on", "fatal", scratch["a.pcap"]] + arguments)
    try #require(outcome.ending == .exit(0), "\(outcome)")
    return try JSONText(outcome.stdout)
  }

  private func sent(_ packets: some Sequence<TestPacket>) -> Sent {
    packets.map { ($0.time, $0.bytes) }
  }

  private func findings(_ document: JSONText, _ code: FindingCode) -> [JSONText] {
    document.list("findings").filter { $0["code"]?.string == code.code }
  }

  private func codes(_ document: JSONText) -> [String] {
    document.list("findings").compactMap { $0["code"]?.string }
  }

  // MARK: Sources without two numbers in sequence

  @Test(arguments: [0, 97] as [UInt8]) func everyOtherPacketIsMissing(type: UInt8) throws {
    let all = RTPCaptures.sound(200, type: type).enumerated().filter { $0.offset % 2 == 0 }
    let document = try check(sent(all.map(\.element)))
    let stream = try #require(document["streams"]?[0])
    #expect(stream["packets"]?.integer == 100 && stream["lost"]?.integer == 99)
    #expect(document["totals"]?["rtp"]?.integer == 100)
  }

  @Test func numbersThatStandStillAreASourceWhereItIsDescribed() throws {
    let packets = RTPCaptures.sound(100).map { packet in
      var packet = packet
      packet.sequence = 7
      return packet
    }
    let described = try check(sent(packets), "--map", "96=L16/8000")
    #expect(described["streams"]?[0]?["packets"]?.integer == 100)
    #expect(try check(sent(packets))["streams"]?.items?.isEmpty == true)
  }

  @Test func numbersByChanceAreNoSource() throws {
    var random = Seeded.of("numbersByChance")
    let packets = RTPCaptures.sound(100, type: 0).map { packet in
      var packet = packet
      packet.sequence = UInt16.random(in: 0...65_535, using: &random)
      return packet
    }
    #expect(try check(sent(packets))["streams"]?.items?.isEmpty == true)
  }

  // MARK: Frames cut by the ends of a capture

  /// Pictures of three fragments each.
  private func pictures(_ count: Int) -> [TestPacket] {
    let parts: [[UInt8]] = [[0x7c, 0x81, 0x88, 1], [0x7c, 0x01, 2], [0x7c, 0x41, 3]]
    return (0..<count * 3).map { (index: Int) -> TestPacket in
      let picture = index / 3
      let part = index % 3
      return TestPacket(
        sequence: UInt16(index), timestamp: 3600 * UInt32(picture),
        time: 40_000_000 * Int64(picture), payload: parts[part], marker: part == 2)
    }
  }

  @Test func aCaptureBeginsAndEndsInsideFrames() throws {
    let document = try check(
      sent(pictures(8).dropFirst().dropLast()), "--map", "96=H264/90000")
    let partial = findings(document, .rtpPartialFrame)
    #expect(codes(document) == ["I30031", "I30031"])
    #expect(partial.map { $0["packet"]?.integer } == [1, 22])
    #expect(document["streams"]?[0]?["frames"]?.integer == 6)
    let whole = try check(sent(pictures(8)), "--map", "96=H264/90000")
    #expect(codes(whole).isEmpty)
  }

  @Test func partsMissingElsewhereAreNoEdge() throws {
    // The end is missing though the source said goodbye.
    var gone = sent(pictures(8).dropLast())
    gone.append((400_000_000, RTPCaptures.goodbye()))
    #expect(codes(try check(gone, "--map", "96=H264/90000")) == ["E30028"])
    // The third picture has no beginning, though no number is missing.
    var packets = pictures(8)
    packets.remove(at: 6)
    for index in packets.indices { packets[index].sequence = UInt16(index) }
    #expect(codes(try check(sent(packets), "--map", "96=H264/90000")) == ["E31031", "E30028"])
    // It is lost.
    packets = pictures(8)
    packets.remove(at: 1)
    let lost = try check(sent(packets), "--map", "96=H264/90000")
    #expect(Set(codes(lost)) == ["E30010", "E30028"])
  }

  // MARK: Sequence numbers

  @Test func eachHoleIsToldWithThePacketBehindIt() throws {
    var packets = RTPCaptures.sound(100)
    // Number 20 comes late, 40 and 41 never, of 60 to 62 only 61, late.
    packets.swapAt(20, 21)
    packets.swapAt(61, 63)
    packets.removeAll { [40, 41, 60, 62].contains(Int($0.sequence &- 65_500)) }
    let document = try check(sent(packets), "--map", "96=L16/8000")
    let lost = findings(document, .rtpLost)
    #expect(document["streams"]?[0]?["lost"]?.integer == 4)
    #expect(lost.map { $0["packet"]?.integer } == [41, 59])
    #expect(lost.first?["time"]?.number == 0.84)
    #expect(
      lost.first?["message"]?.string
        == "4 of 100 packets, the first 2 of them before sequence number 6")
    #expect(lost.last?["message"]?.string == "2 packets before sequence number 27")
  }

  @Test func aRestartIsToldOnceAtItsFirstPacket() throws {
    let packets = RTPCaptures.sound(200).enumerated().map { index, packet in
      var packet = packet
      if index >= 100 {
        packet.sequence &+= 30_000
        packet.timestamp &+= 1_000_000_000
      }
      return packet
    }
    let document = try check(sent(packets), "--map", "96=L16/8000")
    #expect(codes(document) == ["W30013"])
    #expect(findings(document, .rtpRestarted).first?["packet"]?.integer == 101)
    #expect(
      findings(document, .rtpRestarted).first?["message"]?.string
        == "sequence number 30064")
  }

  @Test func whatComesTooLateIsCounted() throws {
    var packets = RTPCaptures.sound(300)
    var late = packets.remove(at: 100)
    late.time = packets[200].time
    packets.insert(late, at: 200)
    let document = try check(sent(packets), "--map", "96=L16/8000")
    let stream = try #require(document["streams"]?[0])
    #expect(stream["lost"]?.integer == 0 && stream["too_late"]?.integer == 1)
    #expect(stream["frames"]?.integer == 299)
    #expect(findings(document, .rtpTooLate).map { $0["packet"]?.integer } == [201])
  }

  // MARK: Rates

  @Test(arguments: [2, 3, 100]) func theLastPacketLastsToo(count: Int) throws {
    let packets = RTPCaptures.sound(count)
    let document = try check(sent(packets), "--map", "96=L16/8000")
    #expect(document["streams"]?[0]?["bit_rate"]?.number == 128_000)
  }

  @Test func packetsOfATransportStreamAreNoFrames() throws {
    let null = [0x47, 0x1f, 0xff, 0x10] + [UInt8](repeating: 0xff, count: 184)
    let packets = RTPCaptures.sound(80, type: 33).map { packet in
      var packet = packet
      packet.payload = null
      return packet
    }
    let document = try check(sent(packets))
    let stream = try #require(document["streams"]?[0])
    #expect(stream["encoding"]?.string == "MP2T" && stream["packets"]?.integer == 80)
    for key in ["frames", "keyframes", "frame_rate"] {
      #expect(stream[key]?.isNull == true, "\(key)")
    }
    #expect(document["totals"]?["frames"]?.integer == 0)
  }

  // MARK: Timestamps against time

  /// Sound of 20 ms a packet, whose timestamps go on by `step`.
  private func sound(_ count: Int, step: UInt32) -> [TestPacket] {
    RTPCaptures.sound(count).enumerated().map { index, packet in
      var packet = packet
      packet.timestamp = step * UInt32(index)
      return packet
    }
  }

  private static let steps: [(UInt32, [String])] = [
    (160, []), (20, ["W30032", "W30034"]), (0, ["W30032"]), (1800, ["W30032"]),
  ]

  @Test(arguments: Self.steps)
  func timestampsKeepStepWithTime(step: UInt32, expected: [String]) throws {
    let document = try check(sent(sound(250, step: step)), "--map", "96=L16/8000")
    // Overlapping sound is told of each packet besides.
    let found = Set(codes(document)).subtracting(["W31131"])
    #expect(found == Set(expected))
    #expect(findings(document, .rtpWrongPace).count == min(1, expected.count))
  }

  @Test func pausesAreNoWrongPace() throws {
    // Nothing is sent half the time.
    var packets = sound(400, step: 160).enumerated().filter { $0.offset / 50 % 2 == 0 }
      .map(\.element)
    for index in packets.indices { packets[index].sequence = UInt16(index) }
    let document = try check(sent(packets), "--map", "96=L16/8000")
    #expect(codes(document).isEmpty)
  }

  @Test(arguments: [(1024, 0), (1000, 1), (1920, 1), (1014, 0)] as [(UInt32, Int)])
  func theStepIsHowLongAnAccessUnitLasts(step: UInt32, expected: Int) throws {
    let payload: [UInt8] = [0, 16, 0, 30 << 3, 0x21] + [UInt8](repeating: 7, count: 29)
    let packets = (0..<200).map { (index: Int) -> TestPacket in
      // 1014 and 1034 in turn: times that were rounded.
      let ticks = step == 1014 && index % 2 == 1 ? 1024 * index - 10 : Int(step) * index
      let rounded = step == 1014 && index % 2 == 0 ? 1024 * index : ticks
      return TestPacket(
        sequence: UInt16(index), timestamp: UInt32(rounded), time: Int64(index) * 21_333_333,
        payload: payload, marker: true)
    }
    let map =
      "96=mpeg4-generic/48000/2;mode=AAC-hbr;config=1190;sizelength=13;indexlength=3;indexdeltalength=3"
    let document = try check(sent(packets), "--map", map)
    #expect(findings(document, .rtpWrongStep).count == expected, "\(codes(document))")
  }

  // MARK: Descriptions

  @Test func mapsDoNotKeepOthersFromBeingGuessed() throws {
    // SILK wideband, 20 ms, mono, one frame.
    let payload: [UInt8] = [0x48] + [UInt8](repeating: 0x55, count: 40)
    let opus = (0..<100).map { (index: Int) -> TestPacket in
      TestPacket(
        sequence: UInt16(index), timestamp: 960 * UInt32(index), time: Int64(index) * 20_000_000,
        payload: payload, type: 111, ssrc: 5)
    }
    let all = (sent(RTPCaptures.sound(100)) + sent(opus)).sorted { $0.time < $1.time }
    let document = try check(all, "--map", "96=L16/8000")
    let sources = document.list("streams").compactMap { $0["format_source"]?.string }
    #expect(sources == ["map", "guess"])
  }

  @Test func lineFeedsAloneAreNoWarning() throws {
    let scratch = try ScratchFolder()
    let text = RTPCaptures.soundSDP.replacingOccurrences(of: "\r\n", with: "\n")
    let sdp = try scratch.write(text, to: "a.sdp")
    let document = try check(sent(RTPCaptures.sound(20)), "--sdp", sdp)
    #expect(codes(document) == ["I33016"])
  }
}
