import MediaBytes
import MediaModel
import MediaRTP
import Testing

@testable import MediaCommands

/// Receiver reports, which are also what tells a camera that we are there.
@Suite struct RTSPReportsTests {
  private let second = ReceptionRig.second

  private func read(_ packet: [UInt8]) throws -> (RTCPReceiverReport, RTCPSourceDescription) {
    var reader = ByteReader(packet.span)
    let compound = RTCPCompound(parsing: &reader)
    #expect(compound.violations(isReducedSizeAllowed: false).isEmpty)
    guard compound.packets.count == 2, case .receiverReport(let report) = compound.packets[0],
      case .sourceDescription(let description) = compound.packets[1]
    else { throw NoReport() }
    return (report, description)
  }
  private struct NoReport: Error {}

  @Test func theyComeEveryFiveSecondsAtMostAndTheFirstEarlier() throws {
    let rig = try ReceptionRig()
    var times: [Int: [Double]] = [0: [], 1: []]
    for step in 0..<600 {
      let now = ReceptionRig.origin + Int64(step) * second / 10
      for report in rig.reception.takeReports(at: now) {
        times[report.track]?.append(Double(step) / 10)
      }
    }
    for track in [0, 1] {
      let found = try #require(times[track])
      #expect((2...2.6).contains(found[0]), "\(found)")
      for (a, b) in zip(found, found.dropFirst()) { #expect((3.9...5.1).contains(b - a)) }
      // Not all of the same length.
      #expect(Set(zip(found, found.dropFirst()).map { $1 - $0 }).count > 2)
    }
    #expect(times[0] != times[1])
  }

  @Test func aSeedFixesThemAndNothingElseDoes() throws {
    func first(seed: UInt64, steps: Int64) throws -> [UInt8] {
      let rig = try ReceptionRig(seed: seed)
      for step in 0..<steps * 3 {
        let now = ReceptionRig.origin + step * second / steps
        if let report = rig.reception.takeReports(at: now).first { return report.packet }
      }
      throw NoReport()
    }
    #expect(try first(seed: 1, steps: 10) == first(seed: 1, steps: 50))
    #expect(try first(seed: 1, steps: 10) != first(seed: 2, steps: 10))
  }

  @Test func withoutPacketsTheySayThatWeAreThere() throws {
    let rig = try ReceptionRig(tracks: [1])
    _ = rig.reception.takeReports(at: 0)
    #expect(rig.reception.nextReport != nil)
    let report = try #require(rig.reception.takeReports(at: 10 * second).first)
    let (receiver, description) = try read(report.packet)
    #expect(report.track == 1 && receiver.reports.isEmpty)
    #expect(description.chunks.map(\.ssrc) == [receiver.ssrc])
    #expect(description.chunks[0].items[0].text.utf8.count == 24)
  }

  @Test func theyTellLossJitterAndTheLastSenderReport() throws {
    let rig = try ReceptionRig(tracks: [1])
    _ = rig.reception.takeReports(at: ReceptionRig.origin)
    let ntp = NTPTime(nanosecondsSince1970: RTPCaptures.start)
    var state = (scaled: 0.0, last: nil as Double?)
    for (index, packet) in RTPCaptures.sound(200).enumerated() where index % 10 != 5 {
      // Every other packet comes 4 ms late.
      let arrival = packet.time + (index % 2 == 0 ? 4_000_000 : 0)
      if index == 100 {
        try rig.receive(
          RTPCaptures.report(ntp: RTPCaptures.start, rtp: packet.timestamp), isRTCP: true,
          at: packet.time)
      }
      try rig.receive(packet.bytes, at: arrival)
      // RFC 3550 A.8 with reals.
      let transit = Double(arrival) * 8e-6 - Double(packet.timestamp)
      if let last = state.last { state.scaled += (abs(transit - last) - state.scaled) / 16 }
      state.last = transit
    }
    let now = ReceptionRig.origin + 5 * second
    let (receiver, _) = try read(try #require(rig.reception.takeReports(at: now).first).packet)
    let block = try #require(receiver.reports.first)
    #expect(block.ssrc == 0x1122_3344)
    // 20 of 200 never came, the last number but 194 among those that did.
    #expect(block.cumulativeLost == 20 && block.fractionLost == 25)
    #expect(block.extendedHighest == 65_500 + 199)
    #expect(abs(Double(block.jitter) - state.scaled) <= 2, "\(block.jitter) \(state.scaled)")
    #expect(block.lastSenderReport == ntp.middle32)
    #expect(block.delaySinceLastSenderReport == 3 * 65_536)
    // Nothing is lost since.
    let (next, _) = try read(
      try #require(rig.reception.takeReports(at: now + 6 * second).first).packet)
    #expect(next.reports.first?.fractionLost == 0 && next.reports.first?.cumulativeLost == 20)
    #expect(next.ssrc == receiver.ssrc)
  }

  @Test func ourOwnNumberIsNotTheSenders() throws {
    let identity = RTSPReports.Identity(ssrc: 5, cname: "x")
    let (report, description) = try read(identity.packet(about: RTCPReportBlock(ssrc: 5)))
    #expect(report.ssrc != 5 && description.chunks[0].ssrc == report.ssrc)
  }
}
