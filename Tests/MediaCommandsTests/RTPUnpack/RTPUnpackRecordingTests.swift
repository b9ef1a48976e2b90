import Foundation
import MediaJSON
import TestSupport
import Testing

/// What is received is there as it comes, whatever ends the run.
@Suite struct RTPUnpackRecordingTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var output: String
    var encoder: String
    var source = "mkv"
    var testDescription: String { output }
  }

  private static let picture = "-f lavfi -i testsrc2=s=160x120:r=25:d=2"
  private static let tone = "-f lavfi -i sine=f=440:r=48000:d=2"
  private static let both =
    "\(picture) \(tone) -c:v libx264 -preset ultrafast -g 12 -c:a aac -shortest"
  static let cases: [Case] = [
    Case(output: "mp4", encoder: both, source: "mp4"),
    Case(output: "mkv", encoder: both, source: "mp4"),
    Case(output: "ts", encoder: both, source: "mp4"),
    Case(output: "flv", encoder: both, source: "mp4"),
    Case(output: "h264", encoder: "\(picture) -c:v libx264 -preset ultrafast -g 12", source: "mp4"),
    Case(output: "aac", encoder: "\(tone) -c:a aac", source: "mp4"),
    Case(output: "wav", encoder: "\(tone) -c:a pcm_s16be", source: "mov"),
    Case(output: "ivf", encoder: "\(picture) -c:v libvpx -deadline realtime -g 12 -b:v 300k"),
  ]

  /// A process that begins to send a file again and again, and its description.
  private func sender(_ test: Case, _ scratch: ScratchFolder) throws -> (RunningProcess, String) {
    let source = try RTPSenders.make(test.encoder, "source.\(test.source)", scratch)
    let port = try freePorts()
    let sdp = scratch["sent.sdp"]
    let process = try Mediatool.start(
      ["rtp-pack", "-q", "--loop", "--sdp", sdp, "--send", "rtp://127.0.0.1:\(port)", source]
        + (test.encoder.contains("libx264") ? ["--config-interval", "keyframe"] : []))
    try wait { FileManager.default.fileExists(atPath: sdp) }
    return (process, sdp)
  }

  private func wait(_ condition: () -> Bool) throws {
    let end = Date().addingTimeInterval(20)
    while !condition() {
      try #require(Date() < end, "nothing came")
      usleep(20_000)
    }
  }

  private func size(_ path: String) -> Int {
    (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
  }

  @Test(.peers("ffmpeg", "ffprobe"), arguments: cases)
  func aKillLeavesWhatCame(_ test: Case) throws {
    let scratch = try ScratchFolder()
    let (sender, sdp) = try sender(test, scratch)
    defer { sender.stop() }
    let recording = scratch["out.\(test.output)"]
    let receiver = try Mediatool.start(["rtp-unpack", "-o", recording, sdp])
    try wait { size(recording) > 15_000 }
    receiver.stop()
    let probe = try ProcessRunner.run(
      "ffprobe",
      ["-v", "error", "-count_packets", "-show_streams", "-of", "json", recording])
    #expect(probe.ending == .exit(0), "\(probe)")
    let streams = try JSONText(probe.stdout)["streams"]
    #expect(streams?[1] == nil ? test.encoder != Self.both : test.encoder == Self.both)
    for index in 0..<(test.encoder == Self.both ? 2 : 1) {
      #expect(Int(streams?[index]?["nb_read_packets"]?.string ?? "") ?? 0 > 1, "\(probe)")
    }
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.path).allSatisfy {
        !$0.hasSuffix(".part")
      })
  }

  /// At a proper end headers say how much there is, and nothing tells it from a file made at once.
  @Test(.peers("ffmpeg", "ffprobe"), arguments: ["wav", "ivf"])
  func anEndCompletesTheHeader(_ suffix: String) throws {
    let scratch = try ScratchFolder()
    let test = try #require(Self.cases.first { $0.output == suffix })
    let (sender, sdp) = try sender(test, scratch)
    defer { sender.stop() }
    let recording = scratch["out.\(suffix)"]
    let receiver = try Mediatool.start(["rtp-unpack", "-o", recording, sdp])
    // Long enough for a keyframe, which says how large pictures are.
    try wait { size(recording) > 50_000 }
    receiver.signal(SIGINT)
    #expect(receiver.wait().ending == .exit(130))
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: recording)))
    func u32(_ place: Int) -> Int {
      (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }
    if suffix == "wav" {
      #expect(u32(40) == bytes.count - 44 && u32(4) == bytes.count - 8)
    } else {
      // Frames, or ticks of the timebase: FFmpeg asks for more than none.
      #expect(u32(24) > 0 && bytes[12] == 160)
    }
  }

  /// What is there may not be taken without being asked for, and nothing is left where nothing came.
  @Test func nothingIsTakenOrLeft() throws {
    let scratch = try ScratchFolder()
    let port = try freePorts()
    let path = try scratch.write("old", to: "out.h264")
    let words = ["rtp-unpack", "--timeout", "200ms", "rtp://127.0.0.1:\(port)", "-o"]
    #expect(try Mediatool.run(words + [path]).ending == .exit(73))
    #expect(try Mediatool.run(words + [path, "-y"]).ending == .exit(75))
    #expect(try Data(contentsOf: URL(filePath: path)) == Data("old".utf8))
    #expect(try Mediatool.run(words + [scratch["new.h264"]]).ending == .exit(75))
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path) == ["out.h264"])
  }
}
