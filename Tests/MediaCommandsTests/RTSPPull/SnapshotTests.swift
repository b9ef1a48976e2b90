import Foundation
import TestSupport
import Testing

@testable import MediaCommands

/// The first whole picture as a file.
@Suite(.peers("ffmpeg", "ffprobe")) struct SnapshotTests {
  private func snapshot(
    _ source: String, to name: String, in folder: ScratchFolder, from first: Int = 0
  ) throws {
    var plan = RecordingPlan()
    plan.snapshot = folder[name]
    let test = try TestRecording(plan, in: folder)
    var sent = try SentClip(source, in: folder)
    sent.drop { $0 < first }
    try test.play(sent)
    #expect(test.recording.isComplete)
    try test.recording.finish()
    #expect(test.news == [.snapshot(folder[name])])
  }

  /// Against a picture of the source, both as red, green and blue.
  private func quality(_ name: String, _ source: String, frame: Int, in folder: ScratchFolder)
    throws -> Double
  {
    let outcome = try ProcessRunner.run(
      "ffmpeg",
      ["-v", "info", "-nostdin", "-i", folder[name], "-i", source, "-lavfi"]
        + ["[0:v]format=rgb24[a];[1:v]select=eq(n\\,\(frame)),setpts=0,format=rgb24[b];[a][b]psnr"]
        + ["-frames:v", "1", "-f", "null", "-"])
    let words = outcome.errors.split(separator: " ")
    let average = words.first { $0.hasPrefix("average:") }?.dropFirst(8)
    return average == "inf" ? 100 : Double(average ?? "") ?? 0
  }

  @Test(arguments: ["out.jpg", "out.png"])
  func itIsTheFirstPicture(name: String) throws {
    let folder = try ScratchFolder()
    let source = try RTPClips.path("rtp-plain.mp4")
    try snapshot(source, to: name, in: folder)
    let found = try quality(name, source, frame: 0, in: folder)
    #expect(found > 40, "\(found)")
  }

  @Test func itIsTheFirstThatCanBeDecoded() throws {
    let folder = try ScratchFolder()
    let source = try RTPClips.path("rtp-plain.mp4")
    try snapshot(source, to: "out.png", in: folder, from: 8)
    #expect(try quality("out.png", source, frame: 10, in: folder) > 40)
  }

  @Test(arguments: [
    "-pix_fmt yuv420p -colorspace bt709 -color_primaries bt709 -color_trc bt709",
    "-pix_fmt yuvj420p -color_range pc", "-pix_fmt yuv444p", "-pix_fmt yuv422p",
  ])
  func coloursAreThoseOfTheSource(options: String) throws {
    let folder = try ScratchFolder()
    let source = try encoded(
      "in.mp4",
      "-f lavfi -i testsrc2=s=320x240:r=5:d=0.4 -c:v libx264 -preset veryfast -crf 10 \(options)",
      in: folder)
    for name in ["out.jpg", "out.png"] {
      try snapshot(source, to: name, in: folder)
      let found = try quality(name, source, frame: 0, in: folder)
      #expect(found > 40, "\(name) \(found)")
    }
  }

  @Test func aJPEGIsTakenAsItIs() throws {
    let folder = try ScratchFolder()
    let source = try RTPClips.path("rtp-pictures.avi")
    try snapshot(source, to: "out.jpg", in: folder)
    #expect(try quality("out.jpg", source, frame: 0, in: folder) == 100)
  }
}
