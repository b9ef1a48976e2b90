import MediaModel
import Testing

@Suite struct FindingTests {
  @Test func everyCodeIsWellFormed() {
    let areas = ["00", "70", "80"]
    for code in FindingCode.all {
      let digits = code.code.dropFirst()
      #expect(digits.count == 5 && digits.allSatisfy(\.isWholeNumber), "\(code)")
      #expect(areas.contains(String(digits.prefix(2))), "\(code)")
      #expect(code.code.first.map(String.init) == letter(code.severity))
      #expect(!code.title.isEmpty && !code.title.hasSuffix("."), "\(code)")
      #expect(code.explanation.hasSuffix(".") && code.explanation.count > 20, "\(code)")
      #expect(FindingCode(code.code) == code)
    }
  }

  @Test func numbersAreUniqueAndInOrder() {
    let numbers = FindingCode.all.map { String($0.code.dropFirst()) }
    #expect(Set(numbers).count == numbers.count)
    #expect(numbers == numbers.sorted())
  }

  /// The codes are a promise to scripts: a change here breaks them.
  @Test func codesKeepTheirMeaning() {
    let codes: [(FindingCode, String)] = [
      (.unreadable, "F00001"), (.truncated, "E00010"), (.readError, "E00011"),
      (.trailingBytes, "W00012"), (.decodingError, "E00020"), (.missingTimestamps, "W70001"),
      (.decreasingDTS, "E70002"), (.repeatedDTS, "W70003"), (.gap, "W70004"),
      (.overlap, "W70005"), (.startSkew, "W70006"), (.durationMismatch, "W70007"),
      (.bitRateMismatch, "I70008"), (.frameRateMismatch, "W70009"),
      (.keyframeInterval, "W70010"), (.emptyTrack, "W70011"), (.ptsBeforeDTS, "W70012"),
      (.corruptPackets, "E70013"), (.firstNotKeyframe, "W70014"), (.negativeStart, "I70015"),
      (.missingMoov, "F80001"), (.pastEnd, "E80002"), (.sizeMismatch, "W80003"),
      (.brokenStructure, "E80004"), (.missingEnd, "I80005"),
    ]
    for (code, text) in codes {
      #expect(code.code == text)
      #expect(FindingCode.all.contains(code))
    }
    #expect(codes.count == FindingCode.all.count)
    #expect(FindingCode("E99999") == nil)
    #expect(FindingCode("") == nil)
  }

  @Test func severitiesAreOrdered() {
    #expect(Severity.allCases == Severity.allCases.sorted())
    #expect(Severity.fatal > .error && Severity.error > .warning && Severity.warning > .info)
    #expect(Severity(rawValue: "warning") == .warning)
  }

  @Test func readsAsOneLine() {
    let finding = Finding(.missingMoov, "no moov in 3 boxes", offset: 48)
    #expect(finding.severity == .fatal)
    #expect(finding.description == "F80001  at 48  no moov in 3 boxes  (ISO/IEC 14496-12 8.2.1)")
    #expect(
      Finding(.gap, "gap of 1.5 s", time: 2.5, track: 1).description
        == "W70004  stream 1  at 2.5 s  gap of 1.5 s")
  }

  private func letter(_ severity: Severity) -> String {
    switch severity {
    case .info: "I"
    case .warning: "W"
    case .error: "E"
    case .fatal: "F"
    }
  }
}
