import MediaCLI
import Testing

@testable import MediaCommands

/// `--target`: what is right, and what would make it.
@Suite struct LoudnessTargetTests {
  struct Case: Sendable, CustomStringConvertible {
    var target: String
    var integrated: Double
    var truePeak: Double
    var failures: Int
    var gain: Double
    var description: String { "\(target): \(integrated) LUFS, \(truePeak) dBTP" }

    init(
      _ target: String, _ integrated: Double, _ truePeak: Double, _ failures: Int, _ gain: Double
    ) {
      self.target = target
      self.integrated = integrated
      self.truePeak = truePeak
      self.failures = failures
      self.gain = gain
    }
  }

  @Test(arguments: [
    Case("ebu-r128", -23, -3, 0, 0), Case("ebu-r128", -22.5, -3, 0, -0.5),
    Case("ebu-r128", -22.49, -3, 1, -0.51), Case("ebu-r128", -23.51, -3, 1, 0.51),
    Case("ebu-r128", -23, -0.99, 1, -0.01), Case("ebu-r128", -18, 0, 2, -5),
    Case("atsc-a85", -26, -2, 0, 0), Case("atsc-a85", -26.01, -2.5, 1, 0.5),
    Case("youtube", -20, -3, 0, 2), Case("youtube", -13.4, -3, 1, -0.6),
    Case("spotify", -14, -1, 0, 0), Case("spotify", -13.9, -1.5, 1, -0.1),
    Case("spotify", -13.9, -2, 0, -0.1), Case("-16,-1", -16.4, -2, 0, 0.4),
    Case("-16,-1", -17, -2, 1, 1),
  ])
  func soundIsJudged(_ test: Case) throws {
    let verdict = TargetVerdict(
      try LoudnessTarget(parsing: test.target), integrated: test.integrated,
      truePeak: test.truePeak, reason: nil)
    #expect(verdict.failures.count == test.failures, "\(verdict.failures)")
    #expect(abs((verdict.gain ?? .nan) - test.gain) < 1e-9)
    #expect(verdict.isMet == (test.failures == 0))
  }

  @Test func whatHasNoLoudnessIsNotMet() throws {
    let verdict = TargetVerdict(
      try LoudnessTarget(parsing: "youtube"), integrated: nil, truePeak: nil, reason: "silence")
    #expect(verdict.failures == ["integrated loudness is not defined: silence"])
    #expect(verdict.gain == nil && verdict.headroom == nil && !verdict.isLimitedByPeak)
  }

  @Test func truePeakStandsInTheWay() throws {
    let verdict = TargetVerdict(
      try LoudnessTarget(parsing: "spotify"), integrated: -20, truePeak: -5, reason: nil)
    // The platform's own example: -20 LUFS at -5 dBTP is raised by 4 dB, not 6.
    #expect(verdict.loudnessGain == 6 && verdict.headroom == 4 && verdict.gain == 4)
    #expect(verdict.isLimitedByPeak && verdict.isSofter && verdict.isMet)
  }

  @Test(arguments: ["ebu", "-16", "-16,", "-16,-1,2", "5,-1", "-80,-1", "nan,-1", ""])
  func whatIsNoTargetIsRefused(_ text: String) {
    #expect(throws: UsageError.self) { try LoudnessTarget(parsing: text) }
  }
}
