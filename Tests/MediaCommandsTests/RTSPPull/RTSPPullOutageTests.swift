import Foundation
import TestSupport
import Testing

/// What is left when a server, or we, are ended.
@Suite(.peers("ffmpeg", "ffprobe")) struct RTSPPullOutageTests {
  @Test(arguments: ["tcp", "udp"])
  func aServerThatComesBackGoesOnInTheSameFile(_ transport: String) throws {
    let folder = try ScratchFolder()
    // What is live and says goodbye would be played again.
    let server = try RTSPPulls.server("rtsp-long.mp4") { ($0.speed, $0.saysGoodbye) = (1, false) }
    let process = try RTSPPulls.start([
      "--json", "--retry", "forever", "--transport", transport, "--timeout", "20s", "--gaps",
      folder["gaps.jsonl"], "-o", folder["o.mp4"], server.url(),
    ])
    defer { process.stop() }
    #expect(server.wait { $0.sentCount > 60 })
    server.kill()
    let sent = server.sentCount
    usleep(2_000_000)
    server.restart()
    #expect(server.wait { $0.sentCount > sent + 120 })
    process.signal(SIGINT)
    let outcome = process.wait(limit: 10)
    #expect(outcome.ending == .exit(130), "\(outcome)")
    #expect(try folder.names == ["gaps.jsonl", "o.mp4"])

    let (found, source) = (
      try Decoded.hashes(folder["o.mp4"]), try Decoded.hashes(RTPClips.path("rtsp-long.mp4"))
    )
    let times = try Decoded.times(folder["o.mp4"])
    #expect(found.count == times.count)
    let steps = zip(times, times.dropFirst()).map { $1 - $0 }
    let hole = try #require(steps.indices.max { steps[$0] < steps[$1] })
    let (before, after) = (found[...hole], found[(hole + 1)...])
    #expect(before.count > 10 && Set(before).isSubset(of: source) && Set(before).count == hole + 1)
    #expect(after.count > 20 && Set(after).isSubset(of: source) && after.first == source.first)
    #expect(try MediaContents.complaints(folder["o.mp4"]) == [])

    let document = try JSONText(outcome.stdout)
    #expect(document["totals"]?["reconnects"]?.integer == 1)
    let gaps = try RTSPPulls.lines(try text(of: folder["gaps.jsonl"]))
    #expect(gaps.count == 1 && document["gaps"]?.items?.count == 1)
    let gap = try #require(gaps.first)
    let (position, length) = (
      try #require(gap["position"]?.number), try #require(gap["length"]?.number)
    )
    #expect(length > 1.9 && gap["reason"]?.string?.isEmpty == false, "\(gap)")
    // Where it says, the file has a hole so long.
    #expect(abs(steps[hole] - length) < 0.01 && abs(times[hole] - position) < 0.01, "\(gap)")
  }

  @Test func triesHaveAnEnd() throws {
    let folder = try ScratchFolder()
    let server = try RTSPPulls.server("rtsp-long.mp4") { $0.speed = 1 }
    let process = try RTSPPulls.start(
      ["--retry", "1", "-o", folder["o.mp4"], server.url()])
    defer { process.stop() }
    #expect(server.wait { $0.sentCount > 60 })
    server.kill()
    let outcome = process.wait(limit: 20)
    #expect(outcome.ending == .exit(74) || outcome.ending == .exit(69), "\(outcome)")
    #expect(try MediaContents.frames(folder["o.mp4"], "v:0").count > 5)
    #expect(try MediaContents.complaints(folder["o.mp4"]) == [])
  }

  @Test func aLostConnectionLeavesWhatCame() throws {
    let folder = try ScratchFolder()
    let server = try RTSPPulls.server("rtsp-long.mp4") { $0.speed = 1 }
    let process = try RTSPPulls.start(["--json", "-o", folder["o.mp4"], server.url()])
    defer { process.stop() }
    #expect(server.wait { $0.sentCount > 60 })
    server.kill()
    let outcome = process.wait(limit: 20)
    #expect(outcome.ending == .exit(74), "\(outcome)")
    let document = try JSONText(outcome.stdout)
    #expect(document["error"]?["exit"]?.integer == 74 && document["state"]?.string == "failed")
    let frames = try MediaContents.frames(folder["o.mp4"], "v:0")
    #expect(frames.count == document["totals"]?["recorded_frames"]?.integer && frames.count > 5)
    let source = try MediaContents.frames(try RTPClips.path("rtsp-long.mp4"), "v:0")
    #expect(frames == Array(source.prefix(frames.count)))
  }

  @Test(arguments: ["o.mp4", "o.mkv"]) func aKillLeavesAllButTheLastFragment(
    _ name: String
  ) throws {
    let folder = try ScratchFolder()
    let server = try RTSPPulls.server("rtsp-long.mp4") { $0.speed = 1 }
    let process = try RTSPPulls.start(["--jsonl", "-o", folder[name], server.url()])
    defer { process.stop() }
    #expect(server.wait { $0.sentCount > 100 })
    server.stopSending()
    // Until all that was sent has come: a second of nothing.
    var received = 0
    let isQuiet = try RTSPPulls.wait {
      let seconds = try RTSPPulls.lines(
        String(
          process.outputSoFar.split(separator: 10).map { String(decoding: $0, as: UTF8.self) }
            .filter { $0.hasSuffix("}") && $0.contains("\"stats\"") }.joined(separator: "\n")))
      let counts = seconds.map { $0["streams"]?[0]?["frames"]?.integer ?? 0 }
      received = counts.reduce(0, +)
      return received > 0 && counts.last == 0
    }
    #expect(isQuiet)
    process.signal(SIGKILL)
    #expect(process.wait(limit: 10).ending == .signal(SIGKILL))
    let frames = try MediaContents.frames(folder[name], "v:0")
    let source = try MediaContents.frames(try RTPClips.path("rtsp-long.mp4"), "v:0")
    #expect(frames == Array(source.prefix(frames.count)))
    // A fragment is ten pictures; a few behind it wait for their decode time, and for sound.
    #expect(frames.count >= received - 13 && received > 20, "\(frames.count) of \(received)")
    let probed = try ProcessRunner.run("ffprobe", ["-v", "error", folder[name]])
    #expect(probed.ending == .exit(0), "\(probed)")
  }

  @Test func aSignalEndsItCleanly() throws {
    let folder = try ScratchFolder()
    let server = try RTSPPulls.server("rtsp-long.mp4") { $0.speed = 1 }
    let process = try RTSPPulls.start(["--json", "-o", folder["o.mp4"], server.url()])
    defer { process.stop() }
    #expect(server.wait { $0.sentCount > 60 })
    process.signal(SIGINT)
    let outcome = process.wait(limit: 10)
    #expect(outcome.ending == .exit(130), "\(outcome)")
    #expect(server.wait { $0.requests.last == "TEARDOWN" })
    let document = try JSONText(outcome.stdout)
    let frames = try MediaContents.frames(folder["o.mp4"], "v:0")
    #expect(frames.count == document["totals"]?["recorded_frames"]?.integer && frames.count > 5)
    #expect(try MediaContents.complaints(folder["o.mp4"]) == [])
  }
}
