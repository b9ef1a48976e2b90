import MediaModel
import MediaRTP
import Testing

@testable import MediaCommands

/// The lines a person reads.
@Suite struct RTPUnpackTextTests {
  private func lines(_ count: Int, keptOfEach: Int = 1000) -> [String] {
    var findings = RTPFindings(keptOfEach: keptOfEach)
    for packet in 1...count {
      findings.add(.rtpFragmented, "\(100 + packet) bytes", packet: packet, source: 0)
    }
    return RTPFindingReport.lines(findings.all { $0 })
  }

  @Test func aFindingSaysWhatItIsAbout() {
    #expect(
      lines(1) == [
        "W30018  #0 packet 1  packet came in fragments of IP: 101 bytes  (RFC 8085 3.2)"
      ])
  }

  @Test func theSameIsNotSaidForEver() {
    #expect(lines(6).count == 6 && lines(6).allSatisfy { $0.contains("bytes") })
    let many = lines(302)
    #expect(many.count == 6 && many[4].contains("packet 5 "))
    #expect(many[5] == "W30018  #0  and 297 more; --json lists them")
    #expect(lines(302, keptOfEach: 10) == many)
  }

  @Test func otherRulesAndStreamsAreSaidBetween() {
    var findings = RTPFindings()
    for packet in 1...10 {
      findings.add(.rtpFragmented, "", packet: packet, source: packet % 2)
      findings.add(.rtpReordered, "", packet: packet, source: 0)
    }
    let lines = RTPFindingReport.lines(findings.all { $0 })
    #expect(lines.count == 16)
    #expect(lines.filter { $0.hasPrefix("I30012  #0  and 5 more") }.count == 1)
  }

  @Test func socketsHaveNoCommonOrderOfTimes() {
    for isLive in [false, true] {
      var options = RTPSessionOptions()
      options.isLive = isLive
      let session = RTPSession(options)
      session.note(2_000_000_000, packet: 1)
      session.note(1_000_000_000, packet: 2)
      #expect(session.allFindings.count == (isLive ? 0 : 1))
    }
  }
}
