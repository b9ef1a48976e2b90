import MediaModel
import MediaRTP
import Testing

@testable import MediaCommands

/// The sender's clock, as its reports tell it.
@Suite struct RTSPSenderClockTests {
  private let second = ReceptionRig.second

  /// Ten seconds of sound, and reports in front of packets.
  private func play(
    _ reports: [(packet: Int, ntp: Nanoseconds, rtp: UInt32)], ssrc: UInt32 = 0x1122_3344
  ) throws -> ReceptionRig {
    let rig = try ReceptionRig(tracks: [1])
    for (index, packet) in RTPCaptures.sound(500).enumerated() {
      for report in reports where report.packet == index {
        try rig.receive(
          RTPCaptures.report(ntp: report.ntp, rtp: report.rtp, ssrc: ssrc), isRTCP: true,
          at: packet.time)
      }
      try rig.receive([packet])
    }
    return rig
  }

  private let sent = RTPCaptures.start - 3_600_000_000_000

  @Test func framesCarryIt() throws {
    let rig = try play([(100, sent, 1000 + 100 * 160)])
    #expect(rig.frames[..<100].allSatisfy { $0.senderClock == nil })
    for index in [100, 101, 499] {
      let clock = try #require(rig.frames[index].senderClock)
      #expect(abs(clock - sent - Int64(index - 100) * 20_000_000) < 1000)
    }
    let offset = try #require(rig.streams(at: 10 * second)[0].clockOffset)
    // It was sent at 2 s of the packets' time, an hour before ours.
    #expect(abs(offset + 3602) < 0.001)
  }

  @Test(arguments: [
    0, -2_208_988_800_000_000_000 + 77_000_000_000, 5_000_000_000, 900_000_000_000,
  ]) func aClockThatWasNeverSetIsNone(ntp: Nanoseconds) throws {
    let rig = try play([(100, ntp, 1000 + 100 * 160), (350, ntp + 5 * second, 1000 + 350 * 160)])
    #expect(rig.frames.allSatisfy { $0.senderClock == nil })
    #expect(rig.streams(at: 10 * second)[0].clockOffset == nil)
    // Compared with itself it is as good as any.
    if ntp != 0 { #expect(rig.streams(at: 10 * second)[0].delay != nil) }
  }

  @Test func aJumpIsBelievedOnlyTheSecondTime() throws {
    let rig = try play([
      (0, sent, 1000), (100, sent + 900 * second, 1000 + 100 * 160),
      (200, sent + 4 * second, 1000 + 200 * 160), (300, sent + 906 * second, 1000 + 300 * 160),
      (400, sent + 908 * second, 1000 + 400 * 160),
    ])
    func shift(_ index: Int) throws -> Int64 {
      let clock = try #require(rig.frames[index].senderClock)
      return (clock - sent - Int64(index) * 20_000_000 + second / 2) / second
    }
    #expect(try [50, 150, 250, 350, 450].map(shift) == [0, 0, 0, 0, 900])
  }

  @Test func aReportWhoseTimestampIsElsewhereIsNone() throws {
    let rig = try play([(100, sent, 1000 + 100 * 160), (200, sent + 2 * second, 3_000_000_000)])
    let clock = try #require(rig.frames[300].senderClock)
    #expect(abs(clock - sent - 4 * second) < 1000)
  }

  /// Of the Tapo C320WS, whose reports have another SSRC than its packets.
  @Test func aReportOfAnotherSourceIsNone() throws {
    let rig = try play([(100, sent, 1000)], ssrc: 7)
    #expect(rig.frames.allSatisfy { $0.senderClock == nil })
    #expect(rig.frames.count == 500)
  }

  @Test func aTimestampThatJumpsNeedsAnotherReport() throws {
    let rig = try ReceptionRig(tracks: [1])
    try rig.receive(RTPCaptures.report(ntp: sent, rtp: 1000), isRTCP: true, at: 0)
    for (index, packet) in RTPCaptures.sound(300).enumerated() {
      var packet = packet
      if index >= 100 { packet.timestamp &+= 8_000_000 }
      if index == 200 {
        try rig.receive(
          RTPCaptures.report(ntp: sent + 4 * second, rtp: packet.timestamp), isRTCP: true,
          at: packet.time)
      }
      try rig.receive([packet])
    }
    #expect(rig.frames[99].senderClock != nil && rig.frames[150].senderClock == nil)
    let clock = try #require(rig.frames[250].senderClock)
    #expect(abs(clock - sent - 5 * second) < 1000)
    // The time line has no jump.
    #expect(rig.frames[100].frame.timestamp - rig.frames[99].frame.timestamp == 160)
  }
}
