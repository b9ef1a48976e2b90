import MediaModel
import Testing

@testable import MediaCommands

@Suite struct RTPFindingsTests {
  /// Of sources 0 to 2, one after the other, and of none.
  private func findings() -> RTPFindings {
    var findings = RTPFindings(keptOfEach: 2)
    for packet in 1...4 {
      for source in 0..<3 {
        findings.add(.rtpReordered, "\(source)", packet: packet, source: source)
        findings.add(.startCodesInPayload, "\(source)", packet: packet, source: source)
      }
      findings.add(.captureGap, "none", packet: packet)
    }
    return findings
  }

  private func words(_ findings: RTPFindings) -> [String] {
    findings.all { $0 }.map { "\($0.packet ?? 0) \($0.finding.code.code) \($0.finding.message)" }
  }

  @Test func theyAreInTheOrderOfTheirPackets() {
    let all = words(findings())
    #expect(
      all.prefix(8) == [
        "1 I30012 0", "1 W31040 0", "1 I30012 1", "1 W31040 1", "1 I30012 2", "1 W31040 2",
        "1 E34013 none", "2 I30012 0",
      ])
    #expect(all.count == 14 + 7)
    #expect(all.suffix(7).allSatisfy { $0.hasSuffix("2 more like it, 4 in all") })
    #expect(findings().counts { $0 } == [.info: 12, .warning: 12, .error: 4])
  }

  @Test func aSourceIsForgottenWithAllOfIts() {
    var findings = findings()
    findings.forget(source: 1)
    #expect(!words(findings).contains { $0.hasSuffix(" 1") })
    #expect(findings.counts { $0 } == [.info: 8, .warning: 8, .error: 4])
    findings.forgetPayload(source: 0)
    #expect(findings.counts { $0 } == [.info: 8, .warning: 4, .error: 4])
    // What is no stream is not told.
    #expect(findings.counts { $0 == 2 ? 0 : nil } == [.info: 4, .warning: 4, .error: 4])
  }
}
