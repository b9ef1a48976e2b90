import Foundation
import MediaCapture
import MediaModel
import MediaRTP
import TestSupport
import Testing

@testable import MediaCommands

/// What a recording keeps where connections and clocks do not last.
@Suite(.peers("ffmpeg", "ffprobe")) struct RecordingRescueTests {
  private static let source =
    "-f lavfi -i testsrc2=s=160x120:r=25:d=2 -f lavfi -i sine=440:sample_rate=48000:duration=2 "
    + "-c:v libx264 -preset veryfast -threads 1 -bf 2 -g 10 -c:a aac"

  private func kinds(_ path: String) throws -> [Substring] {
    let outcome = try ProcessRunner.run(
      "ffprobe", ["-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0", path])
    return outcome.output.split(separator: "\n")
  }

  @Test func tracksStandInTheOrderOfTheDescription() throws {
    let folder = try ScratchFolder()
    let test = try TestRecording(to: "out.mp4", in: folder)
    // The first frame of sound is complete before the first picture is.
    try test.play(SentClip(encoded("in.mp4", Self.source, in: folder), in: folder))
    try test.recording.finish()
    #expect(try kinds(folder["out.mp4"]) == ["video", "audio"])
  }

  @Test func picturesOfAConnectionThatEndsEarlyAreKept() throws {
    let folder = try ScratchFolder()
    let source = try encoded("in.mp4", Self.source, in: folder)
    var sent = try SentClip(source, in: folder)
    let ports = sent.description.media.map(\.media.port)
    let isSound = sent.datagrams.map { $0.destination.port / 2 == ports[1] / 2 }
    sent.drop { isSound[$0] }
    let test = try TestRecording(to: "out.mp4", in: folder)
    // Sound is still waited for.
    try test.play(sent)
    #expect(test.opened.isEmpty)
    try test.recording.interrupt("the connection was reset")
    try test.recording.finish()
    #expect(try Decoded.hashes(folder["out.mp4"]) == Decoded.hashes(source))
  }

  @Test func aSenderThatBeginsAnewInMidGroupLeavesAGapThatSaysSo() throws {
    let folder = try ScratchFolder()
    let source = try encoded(
      "in.h264",
      "-f lavfi -i testsrc2=s=160x120:r=25:d=3 -c:v libx264 -preset veryfast -threads 1 -g 50 "
        + "-x264-params scenecut=0", in: folder)
    var sent = try SentClip(source, seed: 1, in: folder)
    var second = try SentClip(source, seed: 2, in: folder)
    // The first keyframe is not among what comes of it.
    second.drop { $0 < 10 }
    sent.goOn(with: second, after: 3_000_000_000)
    let test = try TestRecording(to: "out.mp4", in: folder)
    try test.play(sent)
    try test.recording.finish()
    #expect(test.gaps.count == 1, "\(test.gaps)")
    #expect(test.gaps.first?.reason.contains("the sender began anew") == true, "\(test.gaps)")
  }

  @Test func thatNoKeyframeComesIsSaidOnce() throws {
    let folder = try ScratchFolder()
    let source = try encoded(
      "in.h264",
      "-f lavfi -i testsrc2=s=160x120:r=25:d=1 -c:v libx264 -preset veryfast -threads 1 -g 250",
      in: folder)
    var sent = try SentClip(source, in: folder)
    sent.drop { $0 < 10 }
    let test = try TestRecording(to: "out.mp4", in: folder)
    try test.play(sent)
    for second in 1...30 {
      let now = Int64(second) * 1_000_000_000
      try test.recording.flush(at: now, wall: TestRecording.start + now)
      #expect(test.notes.count == (second < 11 ? 0 : 1), "\(second): \(test.notes)")
    }
    test.recording.abandon()
  }

  @Test func aSendersClockThatBeginsAnewTellsNoOutage() throws {
    let folder = try ScratchFolder()
    let sent = try SentClip(encoded("in.mp4", Self.source, in: folder), in: folder)
    let test = try TestRecording(to: "out.mp4", in: folder)
    try test.play(sent, share: 0.5)
    try test.recording.interrupt("the connection was reset")
    let last = try #require(test.recording.latest)
    // Its reports tell the same times once more.
    try test.play(sent, after: 3_000_000_000)
    try test.recording.finish()
    let gap = try #require(test.gaps.first)
    let waited = (3_000_000_000 - last.now) / 1_000_000
    #expect(abs(gap.length - waited) < 300, "\(gap), \(waited)")
  }
}
