import MediaModel
import MediaRaw
import MediaSignal
import TestSupport
import Testing

@testable import MediaCommands

/// What a person reads.
@Suite struct PCMInfoTextTests {
  private func text(_ result: PCMInfoResult, width: Int = 80) -> String {
    PCMInfoText(result, .init(width: width)).text
  }

  @Test func goldenTexts() throws {
    var stereo = try SampleSounds.stereo()
    stereo.target = stereo.verdict(try LoudnessTarget(parsing: "ebu-r128"))
    stereo.measurement.channels[0].clippedRuns = [480..<490]
    stereo.measurement.channels[0].clippedRunCount = 1
    stereo.measurement.channels[0].clippedSamples = 10
    stereo.description.metadata.tags = ["title": "Tone"]
    stereo.findings = SoundFindings.all(of: stereo)
    try expectGolden(text(stereo), "stereo.txt")
    try expectGolden(text(try SampleSounds.mono()), "mono.txt")
    var silence = try SampleSounds.silence()
    silence.findings = SoundFindings.all(of: silence)
    try expectGolden(text(silence), "silence.txt")
    try expectGolden(text(try many(12)), "channels.txt")
  }

  private func many(_ count: Int) throws -> PCMInfoResult {
    var result = try SampleSounds.stereo()
    result.description.format.channelCount = count
    result.description.positions = Array(repeating: nil, count: count)
    result.description.channelLayout = nil
    result.channels = Array(0..<count)
    result.measurement.channels = (1...count).map {
      SampleSounds.channel(amplitude: 1 / Double($0))
    }
    return result
  }

  @Test(arguments: [60, 80, 120]) func noTableIsWiderThanTheTerminal(_ width: Int) throws {
    let table = LevelTable(
      try many(64).channelLines, overall: try many(64).overallLine, width: width)
    let widest = table.rows().map(\.count).max() ?? 0
    #expect(widest <= width && widest > width - 12)
  }

  /// A file's texts cannot move the cursor.
  @Test func controlCharactersAreSpelledOut() throws {
    var result = try SampleSounds.stereo()
    result.description.metadata.tags = ["title": "a\u{1B}[2Jb"]
    #expect(text(result).contains("a\\u{1b}[2Jb"))
  }
}
