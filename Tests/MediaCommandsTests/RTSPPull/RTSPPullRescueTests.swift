import Foundation
import TestSupport
import Testing

@testable import MediaCommands

/// What is left and said where a run ends before its time.
@Suite(.peers("ffmpeg", "ffprobe")) struct RTSPPullRescueTests {
  private func media(_ folder: ScratchFolder) throws -> RTSPTestMedia {
    let file = try encoded(
      "in.mp4",
      "-f lavfi -i testsrc2=s=160x120:r=25:d=1 -f lavfi -i sine=440:sample_rate=48000:duration=1 "
        + "-c:v libx264 -preset veryfast -threads 1 -bf 2 -g 10 -c:a aac", in: folder)
    return try RTSPTestMedia(file)
  }

  private func server(
    _ media: RTSPTestMedia, _ change: (inout RTSPTestServer.Options) -> Void = { _ in }
  ) throws -> RTSPTestServer {
    var options = RTSPTestServer.Options()
    (options.speed, options.saysGoodbye) = (0, false)
    change(&options)
    return try RTSPTestServer(media, options)
  }

  @Test func soundWhosePicturesNeverComeIsRecorded() throws {
    let folder = try ScratchFolder()
    var media = try media(folder)
    media.packets.removeAll { $0.track == 0 }
    let server = try server(media)
    let file = folder["out.mp4"]
    let outcome = try Mediatool.run(["rtsp-pull", "--timeout", "1s", "-o", file, server.url()])
    #expect(outcome.ending == .exit(75), "\(outcome)")
    #expect(try Decoded.times(file, "a:0").count > 40)
  }

  @Test func whatCannotBeWrittenIsReported() throws {
    let folder = try ScratchFolder()
    let server = try server(media(folder))
    let outcome = try Mediatool.run([
      "rtsp-pull", "--json", "-o", "/dev/full", "--format", "ts", server.url(),
    ])
    #expect(outcome.ending == .exit(74), "\(outcome)")
    #expect(outcome.output.contains(#""exit": 74"#) && outcome.output.contains(#""streams": ["#))
    #expect(outcome.errors.contains("/dev/full: No space left on device"), "\(outcome)")
  }

  @Test func aCaptureThatFailsLeavesTheRecordingWhole() throws {
    let folder = try ScratchFolder()
    let server = try server(media(folder))
    let file = folder["out.mp4"]
    let outcome = try Mediatool.run([
      "rtsp-pull", "-o", file, "--capture", "/dev/full", server.url(),
    ])
    #expect(outcome.ending == .exit(74), "\(outcome)")
    #expect(try !Decoded.times(file).isEmpty)
  }

  @Test func whatRecursIsSummedUp() throws {
    let folder = try ScratchFolder()
    var media = try media(folder)
    media.packets = media.packets.flatMap { [$0, $0] }
    let server = try server(media) { $0.saysGoodbye = true }
    let outcome = try Mediatool.run(["rtsp-pull", "--duration", "0.8s", server.url()])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let lines = outcome.output.split(separator: "\n").filter { $0.contains("I30011  #0") }
    #expect(lines.count == 6 && lines.last?.contains("more; --json lists them") == true, "\(lines)")
  }

  @Test func reasonsAreSaidOnce() throws {
    let folder = try ScratchFolder()
    let server = try server(media(folder))
    let outcome = try Mediatool.run([
      "rtsp-pull", "--tracks", "a", "-o", folder["out.h264"], server.url(),
    ])
    #expect(outcome.ending == .exit(69), "\(outcome)")
    #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome)")
  }
}
