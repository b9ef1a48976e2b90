import Foundation
import MediaModel
import TestSupport
import Testing

@testable import MediaCommands

/// What a recording makes of frames, as FFmpeg decodes it.
@Suite(.peers("ffmpeg", "ffprobe")) struct RecordingTests {
  /// 25 pictures a second, B frames in a pyramid, a keyframe every 20.
  private static let pyramid =
    "-f lavfi -i testsrc2=s=160x120:r=25:d=2.4 -f lavfi -i sine=440:sample_rate=48000:duration=2.4 "
    + "-c:v libx264 -preset veryfast -threads 1 -c:a aac -x264-params "
    + "keyint=20:min-keyint=20:scenecut=0:bframes=3:b-adapt=0:b-pyramid=normal"

  private func clip(_ folder: ScratchFolder) throws -> String {
    try encoded("in.mp4", Self.pyramid, in: folder)
  }

  @Test(arguments: ["out.mp4", "out.mov", "out.mkv", "out.ts", "out.flv"])
  func aClipIsRecordedWhole(name: String) throws {
    let folder = try ScratchFolder()
    let source = try clip(folder)
    let test = try TestRecording(to: name, in: folder)
    try test.play(SentClip(source, in: folder))
    try test.recording.finish()
    #expect(test.opened == [folder[name]] && test.notes.isEmpty && test.gaps.isEmpty)
    #expect(try Decoded.hashes(folder[name]) == Decoded.hashes(source))
    let file = try #require(test.closed.first)
    #expect(file.frames == 60 && abs(file.duration - 2_400_000_000) < 30_000_000)
    #expect(file.byteCount == Int64(try contents(of: folder[name]).count))
    // Sound begins with the pictures, and ends about where they do.
    let sound = try Decoded.times(folder[name], "a:0")
    let pictures = try Decoded.times(folder[name])
    #expect(sound.count > 100 && abs(sound[0] - pictures[0]) < 0.05)
  }

  @Test(arguments: ["out.h264", "out.aac"]) func oneTrackHasAFormOfItsOwn(name: String) throws {
    let folder = try ScratchFolder()
    let source = try clip(folder)
    let test = try TestRecording(to: name, in: folder)
    try test.play(SentClip(source, in: folder))
    try test.recording.finish()
    let stream = name == "out.aac" ? "a:0" : "v:0"
    let output = name == "out.aac" ? "a:0" : "v:0"
    let found = try Decoded.hashes(folder[name], output)
    #expect(found.count > 50)
    if stream == "v:0" { #expect(try found == Decoded.hashes(source)) }
    #expect(test.notes.count == 1 && test.notes[0].contains("is left out"), "\(test.notes)")
  }

  @Test func whatBeginsInTheMiddleBeginsAtAKeyframe() throws {
    let folder = try ScratchFolder()
    let source = try clip(folder)
    var sent = try SentClip(source, in: folder)
    sent.drop { $0 < 25 }
    let test = try TestRecording(to: "out.mp4", in: folder)
    try test.play(sent)
    try test.recording.finish()
    let found = try Decoded.hashes(folder["out.mp4"])
    #expect(try found == Array(Decoded.hashes(source).suffix(40)))
    #expect(try Decoded.times(folder["out.mp4"])[0] == 0)
    #expect(try Decoded.times(folder["out.mp4"], "a:0")[0] < 0.05)
  }

  @Test(arguments: 1...12) func aLimitOfFramesLeavesAPrefixWithoutGaps(limit: Int) throws {
    let folder = try ScratchFolder()
    let source = try clip(folder)
    let test = try TestRecording(to: "out.mp4", in: folder) { $0.maxFrames = limit }
    try test.play(SentClip(source, in: folder))
    #expect(test.recording.isComplete)
    try test.recording.finish()
    let found = try Decoded.hashes(folder["out.mp4"])
    #expect(found.count >= limit && found.count < limit + 4, "\(found.count)")
    #expect(try found == Array(Decoded.hashes(source).prefix(found.count)))
    let sound = try Decoded.times(folder["out.mp4"], "a:0")
    #expect(sound.allSatisfy { $0 < Double(found.count) / 25 + 0.03 }, "\(sound)")
  }

  @Test(arguments: [0.2, 0.48, 1.0]) func aLimitOfTimeLeavesOne(seconds: Double) throws {
    let folder = try ScratchFolder()
    let source = try clip(folder)
    let test = try TestRecording(to: "out.mkv", in: folder) {
      $0.duration = Int64(seconds * 1e9)
    }
    try test.play(SentClip(source, in: folder))
    #expect(test.recording.isComplete)
    try test.recording.finish()
    let found = try Decoded.hashes(folder["out.mkv"])
    let wanted = Int(seconds * 25 + 0.5)
    #expect(found.count >= wanted && found.count < wanted + 4, "\(found.count)")
    #expect(try found == Array(Decoded.hashes(source).prefix(found.count)))
  }

  @Test func soundAloneIsCounted() throws {
    let folder = try ScratchFolder()
    let source = try encoded(
      "in.m4a", "-f lavfi -i sine=440:sample_rate=48000:duration=1 -c:a aac", in: folder)
    let test = try TestRecording(to: "out.mp4", in: folder) { $0.maxFrames = 10 }
    try test.play(SentClip(source, in: folder))
    #expect(test.recording.isComplete)
    try test.recording.finish()
    #expect(try Decoded.times(folder["out.mp4"], "a:0").count == 10)
  }

  @Test(arguments: ["out.mp4", "out.mkv", "out.ts"])
  func anotherConnectionGoesOnInTheFile(name: String) throws {
    let folder = try ScratchFolder()
    let source = try clip(folder)
    let test = try TestRecording(to: name, in: folder)
    // In the middle of the first, and behind the first keyframe of the second.
    try test.play(SentClip(source, seed: 1, in: folder), share: 0.5)
    let before = try #require(test.recording.latest)
    try test.recording.interrupt("the connection was reset")
    var second = try SentClip(source, seed: 2, in: folder)
    second.drop { $0 < 25 }
    try test.play(second, after: 10_000_000_000)
    try test.recording.finish()
    #expect(test.opened == [folder[name]] && test.configurations.isEmpty)
    let times = try Decoded.times(folder[name])
    #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 })
    let gap = try #require(test.gaps.first)
    #expect(test.gaps.count == 1 && gap.reason == "the connection was reset" && gap.isNewTime)
    #expect(gap.position == before.time / 1_000_000)
    #expect((7_000...10_500).contains(gap.length), "\(gap)")
    // The pictures behind it are those of the source from a keyframe on.
    let all = try Decoded.hashes(source)
    let found = try Decoded.hashes(folder[name])
    #expect(found.suffix(40) == all.suffix(40))
    #expect(found.count > 60 && times[times.count - 40] > times[times.count - 41] + 7)
  }

  @Test(arguments: ["out.mp4", "out.mkv", "out.ts"])
  func anotherSizeGoesOnAsTheFormAllows(name: String) throws {
    let folder = try ScratchFolder()
    let arguments = "-c:v libx264 -preset veryfast -threads 1 -bf 2 -g 10"
    let small = try encoded(
      "small.h264", "-f lavfi -i testsrc2=s=160x120:r=25:d=0.6 \(arguments)", in: folder)
    let large = try encoded(
      "large.h264", "-f lavfi -i testsrc2=s=320x240:r=25:d=0.6 \(arguments)", in: folder)
    let both = try folder.write(contents(of: small) + contents(of: large), to: "both.h264")
    let test = try TestRecording(to: name, in: folder)
    try test.play(SentClip(both, in: folder))
    try test.recording.finish()
    #expect(test.configurations.count == 1, "\(test.configurations)")
    #expect(test.configurations.first?.contains("320x240") == true, "\(test.configurations)")
    guard name == "out.mp4" else {
      #expect(test.opened == [folder[name]])
      return #expect(try Decoded.times(folder[name]).count == 30)
    }
    #expect(test.opened == [folder["out.mp4"], folder["out-2.mp4"]])
    #expect(try Decoded.hashes(folder["out.mp4"]) == Decoded.hashes(small))
    #expect(try Decoded.hashes(folder["out-2.mp4"]) == Decoded.hashes(large))
    #expect(try Decoded.times(folder["out-2.mp4"])[0] == 0)
  }

  @Test func whatIsThereSoFarIsPlayable() throws {
    let folder = try ScratchFolder()
    let source = try clip(folder)
    let test = try TestRecording(to: "out.mp4", in: folder)
    try test.play(SentClip(source, in: folder), share: 0.8)
    // As if the process were killed.
    let copy = try folder.write(contents(of: folder["out.mp4"]), to: "copy.mp4")
    let found = try Decoded.hashes(copy)
    #expect(found.count >= 20)
    #expect(try found == Array(Decoded.hashes(source).prefix(found.count)))
    test.recording.abandon()
    #expect(try contents(of: folder["out.mp4"]).count > 0)
  }

  @Test func aDiskThatIsFullIsToldAsSuch() throws {
    let folder = try ScratchFolder()
    let source = try clip(folder)
    var plan = RecordingPlan()
    plan.output = RecordingPlan.Output(path: "/dev/full", form: try TestRecording.form("a.ts"))
    let test = try TestRecording(plan, in: folder)
    let failure = #expect(throws: Failure.self) {
      try test.play(SentClip(source, in: folder))
      try test.recording.finish()
    }
    #expect(failure?.exit == .ioError, "\(String(describing: failure))")
  }

  @Test func anExistingFileIsNotWrittenOver() throws {
    let folder = try ScratchFolder()
    try folder.write("old", to: "out.mp4")
    let failure = #expect(throws: Failure.self) {
      _ = try TestRecording(to: "out.mp4", in: folder)
    }
    #expect(failure?.exit == .cannotCreate)
  }

  @Test func nothingThatTheFormHoldsIsUnavailable() throws {
    let folder = try ScratchFolder()
    let source = try encoded(
      "in.wav", "-f lavfi -i sine=440:sample_rate=8000:duration=0.2 -c:a pcm_mulaw", in: folder)
    let test = try TestRecording(to: "out.mp4", in: folder)
    let failure = #expect(throws: Failure.self) {
      try test.play(SentClip(source, in: folder))
    }
    #expect(failure?.exit == .unavailable)
    #expect(failure?.message.contains("mp4 files do not hold pcm_mulaw") == true)
  }
}
