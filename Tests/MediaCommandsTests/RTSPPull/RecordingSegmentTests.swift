import Foundation
import TestSupport
import Testing

@testable import MediaCommands

/// Files of `--segment`: what begins them, what they are called, and which are kept.
@Suite(.peers("ffmpeg", "ffprobe")) struct RecordingSegmentTests {
  private static let second: Int64 = 1_000_000_000

  private func recording(
    _ pattern: String, in folder: ScratchFolder, _ change: (inout RecordingPlan) -> Void = { _ in }
  ) throws -> TestRecording {
    try TestRecording(to: pattern, in: folder) {
      $0.output?.segment = Self.second
      $0.output?.segmentList = folder["list.jsonl"]
      change(&$0)
    }
  }

  /// 3 seconds, a keyframe every 0.2.
  private func clip(_ folder: ScratchFolder) throws -> String {
    try encoded(
      "in.mp4",
      "-f lavfi -i testsrc2=s=160x120:r=25:d=3 -f lavfi -i sine=440:sample_rate=48000:duration=3 "
        + "-c:v libx264 -preset veryfast -threads 1 -bf 2 -g 5 -sc_threshold 0 -c:a aac",
      in: folder)
  }

  /// Sizes are those of all other options.
  @Test(
    arguments: [
      ("7d", .age(604_800_000_000_000)), ("12h", .age(43_200_000_000_000)),
      ("50GB", .bytes(50_000_000_000)), ("50gb", .bytes(50_000_000_000)),
      ("50G", .bytes(50_000_000_000)), ("1.5GiB", .bytes(1_610_612_736)),
      ("20kB", .bytes(20_000)), ("0GB", nil), ("7", nil), ("", nil), ("d", nil), ("x", nil),
    ] as [(String, KeepLimit?)])
  func whatIsKeptIsAnAgeOrASize(text: String, limit: KeepLimit?) {
    #expect((try? KeepLimit(parsing: text)) == limit)
  }

  @Test func segmentsBeginWithKeyframesAtTheClocksPlaces() throws {
    let folder = try ScratchFolder()
    let source = try clip(folder)
    let test = try recording("out-%s.mp4", in: folder)
    // The first keyframe comes 0.3 s before a full second.
    try test.play(SentClip(source, in: folder), after: 700_000_000)
    try test.recording.finish()
    let first = TestRecording.start / Self.second
    #expect(test.opened == (0..<4).map { folder["out-\(first + Int64($0)).mp4"] })
    #expect(test.closed.map(\.path) == test.opened)
    var all: [String] = []
    for (index, file) in test.closed.enumerated() {
      let found = try Decoded.hashes(file.path)
      #expect(found.count == file.frames)
      all += found
      #expect(try Decoded.times(file.path)[0] < (index == 0 ? 0.05 : 0.001))
      // Keyframes are 0.2 s apart.
      let late = file.start - TestRecording.start - Int64(index) * Self.second
      #expect((0..<(index == 0 ? 800_000_000 : 250_000_000)).contains(late), "\(file)")
    }
    #expect(try all == Decoded.hashes(source))
    let sound = try test.closed.reduce(0) { try $0 + Decoded.times($1.path, "a:0").count }
    #expect(try abs(sound - Decoded.times(source, "a:0").count) <= 2)
    let lines = try text(of: folder["list.jsonl"]).split(separator: "\n").map {
      try JSONText(Array($0.utf8))
    }
    #expect(lines.compactMap { $0["file"]?.string } == test.opened)
    #expect(lines.compactMap { $0["frames"]?.integer } == test.closed.map(\.frames))
    #expect(lines.compactMap { $0["bytes"]?.integer } == test.closed.map { Int($0.byteCount) })
  }

  @Test func namesThatCollideAreNumbered() throws {
    let folder = try ScratchFolder()
    let source = try clip(folder)
    let test = try recording("out-%Y.mp4", in: folder) { $0.force = true }
    try test.play(SentClip(source, in: folder), after: 700_000_000)
    try test.recording.finish()
    let year = try #require(test.opened.first)
    let stem = String(year.dropLast(4))
    #expect(test.opened == [year] + (2...4).map { "\(stem)-\($0).mp4" })
  }

  @Test func theOldestAreDeleted() throws {
    let folder = try ScratchFolder()
    let source = try clip(folder)
    // Of an earlier run, and what is no file of the pattern.
    try folder.write([UInt8](repeating: 0, count: 100), to: "out-1000000000.mp4")
    try folder.write("mine", to: "out-of-reach.mp4")
    let test = try recording("out-%s.mp4", in: folder) { $0.output?.keep = .bytes(1) }
    try test.play(SentClip(source, in: folder))
    try test.recording.finish()
    let names = try folder.names.filter { $0.hasPrefix("out-") }
    let last = try #require(test.opened.last?.split(separator: "/").last)
    #expect(Set(names) == ["out-of-reach.mp4", String(last)], "\(names)")
  }

  @Test func patternsKnowTheirNames() {
    let pattern = SegmentPattern("/a/out-%Y%m%d-%H%M%S.mp4")
    #expect(pattern.hasTime && !pattern.hasTimeInFolder && pattern.folder == "/a/")
    #expect(pattern.matches("out-20261121-120000.mp4"))
    #expect(pattern.matches("out-20261121-120000-2.mp4"))
    for name in [
      "out-20261121-120000.mkv", "out-2026112-120000.mp4", "out-20261121-12000x.mp4",
      "aout-20261121-120000.mp4", "out-20261121-120000-.mp4", "out-20261121-120000.mp4.part",
    ] {
      #expect(!pattern.matches(name), "\(name)")
    }
    #expect(!SegmentPattern("out-100%%.mp4").hasTime)
    #expect(SegmentPattern("out-%b.mp4").matches("out-Nov.mp4"))
    #expect(SegmentPattern("%Y/out.mp4").hasTimeInFolder)
  }

  @Test func slotsAreThoseOfTheLocalDay() {
    let minutes = SegmentClock(length: 600 * Self.second)
    // A whole number of ten minutes in any zone that is a whole number of them off.
    let begin = TestRecording.start / (600 * Self.second) * 600 * Self.second
    #expect(minutes.slot(begin) == minutes.slot(begin + 599 * Self.second))
    #expect(minutes.slot(begin) != minutes.slot(begin - 1))
    #expect(minutes.slot(begin) != minutes.slot(begin + 600 * Self.second))
    let days = SegmentClock(length: 2 * 86_400 * Self.second)
    let slots = Set((0..<8).map { days.slot(begin + Int64($0) * 86_400 * Self.second).number })
    #expect((4...5).contains(slots.count))
  }
}
