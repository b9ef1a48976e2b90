import MediaCapture
import TestSupport
import Testing

/// Rates and times where timestamps are not what they should be.
@Suite struct RTPUnpackTimeTests {
  private func stream(_ packets: [TestPacket]) throws -> JSONText {
    let scratch = try ScratchFolder()
    try RTPCaptures.write(packets.map { ($0.time, $0.bytes) }, to: scratch["a.pcap"])
    let document = try rtpDocument("--map", "96=L16/8000", scratch["a.pcap"])
    return try #require(document["streams"]?[0])
  }

  @Test func aStrayChangesNoRate() throws {
    var packets = RTPCaptures.sound(101)
    var stray = packets[50]
    stray.sequence &+= 20_000
    stray.timestamp &+= 0x7654_3210
    packets.insert(stray, at: 50)
    let found = try stream(packets)
    #expect(found["strays"]?.integer == 1 && found["lost"]?.integer == 0)
    #expect(found["frame_rate"]?.number == 50)
    #expect(found["bit_rate"]?.number == 129_267)  // 102 packets of 320 bytes in 2 s
    #expect(found["jitter_max_ms"]?.number == 0)
  }

  /// Lawful, as where the sound of another programme follows.
  @Test(arguments: [0x4000_0000, -0x3000_0000]) func aJumpOfTheClockChangesNoRate(
    by ticks: Int
  ) throws {
    var packets = RTPCaptures.sound(101)
    for index in 50..<101 { packets[index].timestamp &+= UInt32(truncatingIfNeeded: ticks) }
    let found = try stream(packets)
    #expect(found["frame_rate"]?.number == 50)
    #expect(found["bit_rate"]?.number == 128_000)
  }

  @Test func aRestartChangesNoRate() throws {
    var packets = RTPCaptures.sound(101)
    for index in 50..<101 {
      packets[index].timestamp &+= 0x4000_0000
      packets[index].sequence &+= 10_000
    }
    let found = try stream(packets)
    #expect(found["restarts"]?.integer == 1)
    #expect(found["frame_rate"]?.number == 50)
    #expect(found["bit_rate"]?.number == 128_000)
  }

  /// A hole of three packets that is filled long after it was given up, in the calm that followed.
  @Test func whatComesMuchTooLateIsDropped() throws {
    var packets = RTPCaptures.sound(600)
    let late = packets[200..<203]
    packets.removeSubrange(200..<203)
    for (place, packet) in late.enumerated() {
      var packet = packet
      packet.time = 9_000_000_000 + Int64(place) * 1000
      packets.insert(packet, at: 450 + place)
    }
    let scratch = try ScratchFolder()
    try RTPCaptures.write(packets.map { ($0.time, $0.bytes) }, to: scratch["a.pcap"])
    let document = try rtpDocument("--map", "96=L16/8000", scratch["a.pcap"])
    let stream = try #require(document["streams"]?[0])
    #expect(stream["reordered"]?.integer == 3 && stream["restarts"]?.integer == 0)
    #expect(stream["lost"]?.integer == 0 && stream["frames"]?.integer == 597)
    let lines = try rtpPackets("--map", "96=L16/8000", scratch["a.pcap"])
    #expect(lines.map { $0["index"]?.integer } == Array(0..<600))
    #expect(lines[450...452].allSatisfy { $0["arrival"]?.string == "late" })
  }
}
