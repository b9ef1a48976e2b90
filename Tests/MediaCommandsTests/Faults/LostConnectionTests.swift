import Foundation
import TestSupport
import Testing

/// A server that goes away at a byte of what it says: each run ends with a code of the table, in one
/// line, and leaves what came and nothing half.
///
/// Where `MEDIATOOL_EXHAUSTIVE=1` is set, 200 places of the dialogue are tried, else some.
@Suite(.peers("ffmpeg", "python3")) struct LostConnectionTests {
  /// Places in so many bytes of a dialogue: the edges and some by chance.
  private static func places(_ count: Int, _ dialogue: Dialogue, sample: Int) -> [Int] {
    if TestRun.isExhaustive, sample > 1 {
      let all = (0..<count).filter { place in
        place % 61 == 0 || dialogue.meaningful.contains { $0.contains(place) }
      }
      return stride(from: 0, to: all.count, by: all.count / 200 + 1).map { all[$0] }
    }
    var random = Seeded.of("lost connection \(dialogue.testDescription) \(sample)")
    let chosen = (0..<sample).map { _ in Int.random(in: 0..<count, using: &random) }
    return Set(chosen + [0, 1, count - 1]).sorted()
  }

  /// What a run may end with: the application or the server refuses, the connection is lost, what
  /// came is no protocol.
  private static let losses: Set<Int32> = [69, 74, 76]

  @Test(arguments: Dialogue.all) func endsByTheTable(_ dialogue: Dialogue) throws {
    let whole = try dialogue.run(.nothing)
    try #require(whole.outcome.ending == .exit(0), "\(whole.outcome)")
    for place in Self.places(whole.sentCount, dialogue, sample: 7) {
      for fault in [FaultyLink.Fault.close(after: place), .reset(after: place)] {
        let run = try dialogue.run(fault)
        if place >= whole.sentCount - dialogue.farewellCount, run.outcome.ending == .exit(0) {
          continue
        }
        try expect(run, whole, dialogue, "\(fault) of \(whole.sentCount)")
      }
    }
  }

  private func expect(
    _ run: Dialogue.Result, _ whole: Dialogue.Result, _ dialogue: Dialogue, _ what: String
  ) throws {
    let exit = run.outcome.exitCode ?? -1
    #expect(Self.losses.contains(exit), "\(what): \(run.outcome)")
    #expect(run.outcome.errorLines.count == 1, "\(what): \(run.outcome)")
    #expect(run.others.isEmpty, "\(what): \(run.others)")
    if let file = run.file, let all = whole.file {
      #expect(try dialogue.isPart(file, all), "\(what): \(file.count) bytes are no part")
    }
  }

  @Test(arguments: Dialogue.all) func bytesOneByOneAreTheSame(_ dialogue: Dialogue) throws {
    let (whole, slow) = (try dialogue.run(.nothing), try dialogue.run(.pieces(of: 1)))
    #expect(slow.outcome.ending == .exit(0), "\(slow.outcome)")
    #expect(slow.file == whole.file && slow.others.isEmpty)
    if dialogue.testDescription.hasPrefix("flv-dump") {
      #expect(slow.outcome.stdout == whole.outcome.stdout)
    }
  }

  @Test(arguments: Dialogue.all) func silenceIsWaitedForSoLong(_ dialogue: Dialogue) throws {
    let whole = try dialogue.run(.nothing)
    let count = whole.sentCount - dialogue.farewellCount
    for place in Self.places(count, dialogue, sample: 1) {
      let run = try dialogue.run(.silence(after: place), ["--timeout", "300ms"])
      let what = "silent behind \(place) of \(whole.sentCount)"
      #expect(run.outcome.ending == .exit(75), "\(what): \(run.outcome)")
      #expect(run.outcome.errorLines.count == 1 && run.others.isEmpty, "\(what): \(run.outcome)")
    }
  }
}
