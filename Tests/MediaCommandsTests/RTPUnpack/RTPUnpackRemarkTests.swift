import MediaModel
import TestSupport
import Testing

/// What is told of descriptions and of RTCP.
@Suite struct RTPUnpackRemarkTests {
  private func codes(
    _ datagrams: [(time: Int64, bytes: [UInt8])], _ arguments: String...
  ) throws -> [String] {
    let scratch = try ScratchFolder()
    try RTPCaptures.write(datagrams, to: scratch["a.pcap"])
    let outcome = try Mediatool.run(
      ["rtp-unpack", "--json", "--check", "--fail-on", "fatal", scratch["a.pcap"]] + arguments)
    try #require(outcome.ending == .exit(0), "\(outcome)")
    return try JSONText(outcome.stdout).list("findings").compactMap { $0["code"]?.string }
  }

  /// Two fragments of one picture.
  private var fragments: [(time: Int64, bytes: [UInt8])] {
    let payloads: [[UInt8]] = [[0x7c, 0x85, 0x88, 1], [0x7c, 0x45, 2]]
    return payloads.enumerated().map { index, payload in
      let packet = TestPacket(
        sequence: UInt16(index), timestamp: 0, time: 0, payload: payload, marker: index == 1)
      return (packet.time, packet.bytes)
    }
  }

  @Test func parametersThatCannotBeRead() throws {
    let found = try codes(
      fragments, "--map", "96=H264/90000;packetization-mode=9;sprop-parameter-sets=!!!!")
    #expect(found.count { $0 == FindingCode.videoFormatParameter.code } == 1, "\(found)")
    #expect(found.count { $0 == FindingCode.spropUnreadable.code } == 1, "\(found)")
    // What was meant is not known, so no packet breaks it.
    #expect(!found.contains(FindingCode.packetizationMode.code), "\(found)")
    let plain = try codes(fragments, "--map", "96=H264/90000;profile-level-id=42e01e")
    #expect(plain.count { $0 == FindingCode.packetizationMode.code } == 2, "\(plain)")
  }

  @Test func reportsThatAreOdd() throws {
    // The SDES packet behind the report has padding, of no bytes.
    var report = RTPCaptures.report(ntp: RTPCaptures.start, rtp: 1000)
    report[28] |= 0x20
    let sound = RTPCaptures.sound(20).map { ($0.time, $0.bytes) }
    let found = try codes([(0, report)] + sound, "--map", "96=L16/8000")
    #expect(found == [FindingCode.rtcpAnomaly.code])
  }
}
