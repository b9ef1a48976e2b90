import Foundation
import MediaFLV
import TestSupport
import Testing

/// `rtmp-push` to nginx-rtmp, which records.
@Suite(.peers("nginx", "ffmpeg", "ffprobe")) struct RTMPPushNginxTests {
  @Test(arguments: ["flv-h264", "mp4-faststart", "mp4-open-gop"])
  func theRecordingIsTheSource(_ clip: String) throws {
    let server = try NginxServer()
    let source = try Clips.path(clip)
    let outcome = try Mediatool.run(["rtmp-push", "--fast", "--json", source, server.url("k")])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    try expectSamePackets(source, server.recording("k"))
  }

  @Test func theRecordingIsTheSourceOfAPipe() throws {
    let server = try NginxServer()
    let source = try Clips.path("flv-h264")
    let outcome = try Mediatool.run(
      ["rtmp-push", "--fast", "-", server.url("k")], input: .pipe(try contents(of: source)))
    #expect(outcome.ending == .exit(0), "\(outcome)")
    try expectSamePackets(source, server.recording("k"))
  }

  @Test func whatAPipeCannotDoIsTold() throws {
    let server = try NginxServer()
    let folder = try ScratchFolder()
    // More than FFmpeg could go back in.
    let options = "-v error -f lavfi -i testsrc2=r=25 -t 2 -c:v libx264 -preset ultrafast -qp 5"
    _ = try ProcessRunner.run(
      "ffmpeg", options.split(separator: " ").map(String.init) + [folder["in.mp4"]])
    let mp4 = try contents(of: folder["in.mp4"])
    let outcome = try Mediatool.run(
      ["rtmp-push", "--fast", "-", server.url("k")], input: .pipe(mp4))
    #expect(outcome.ending == .exit(65) && outcome.errors.contains("moov"), "\(outcome)")
  }

  @Test func pacedAndInCopies() throws {
    let server = try NginxServer()
    let source = try Clips.path("flv-h264")
    let outcome = try Mediatool.run(
      ["rtmp-push", "--copies", "3", source, server.url("k{n}")])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    for number in 1...3 { try expectSamePackets(source, server.recording("k\(number)")) }
  }

  /// What has been read ahead and is not due yet is waited for without work.
  @Test func pacingTakesHardlyAnyTimeOfTheProcessor() throws {
    let server = try NginxServer()
    let push = [
      "rtmp-push", "-q", "--loop", "forever", "--duration", "3s",
      try Clips.path("mp4-open-gop"), server.url("k"),
    ]
    let outcome = try ProcessRunner.run(
      "bash", ["-c", "TIMEFORMAT='%U %S'; time \"$0\" \"$@\"", Mediatool.path] + push)
    let seconds = outcome.errors.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    #expect(seconds.count == 2 && seconds.reduce(0, +) < 1.2, "\(outcome)")
  }

  @Test func aDeadURLHurtsNobodyElse() throws {
    let server = try NginxServer()
    let source = try Clips.path("flv-h264")
    let dead = "rtmp://127.0.0.1:\(try NginxServer.freePort())/live/dead"
    let outcome = try Mediatool.run(
      ["rtmp-push", "--fast", "--json", source, dead, server.url("k")])
    #expect(outcome.ending == .exit(69), "\(outcome)")
    try expectSamePackets(source, server.recording("k"))
  }

  @Test(arguments: largeTimes) func largeTimesArriveWhole(_ start: UInt32) throws {
    let server = try NginxServer()
    let folder = try ScratchFolder()
    let source = try Clips.path("flv-h264")
    let shifted = try folder.write(
      shiftedFLV(try contents(of: source), by: start), to: "shifted.flv")
    let outcome = try Mediatool.run(["rtmp-push", "--fast", shifted, server.url("k")])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    try expectSamePackets(source, server.recording("k"))
  }

  @Test func timesGoOnWhenItLoops() throws {
    let server = try NginxServer()
    let source = try Clips.path("flv-h264")
    let outcome = try Mediatool.run(
      ["rtmp-push", "--fast", "--loop", "3", source, server.url("k")])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let (one, three) = (try pushedPackets(source), try pushedPackets(server.recording("k")))
    #expect(three.count == 3 * one.count)
    // Each round begins where the longest track of the one before has ended.
    for kind in ["video", "audio"] {
      let track = three.filter { $0.kind == kind }
      let steps = zip(track, track.dropFirst()).map { $1.dts - $0.dts }
      #expect(steps.allSatisfy { (1...150).contains($0) }, "\(kind) \(steps)")
      #expect(steps.count { $0 > 42 } <= 2, "\(kind) \(steps)")
    }
    let video = three.filter { $0.kind == "video" }
    let hashes = one.filter { $0.kind == "video" }.map(\.hash)
    #expect(video.map(\.hash) == hashes + hashes + hashes)
  }

  @Test func startAndDurationCutTheInput() throws {
    let server = try NginxServer()
    let source = try Clips.path("mp4-open-gop")
    let outcome = try Mediatool.run(
      ["rtmp-push", "--fast", "--start", "0.5", "--duration", "1", source, server.url("k")])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let (all, some) = (try pushedPackets(source), try pushedPackets(server.recording("k")))
    #expect(some.first?.isKey == true)
    #expect(some.count == 25)
    let first = try #require(some.first?.hash)
    let index = try #require(all.firstIndex { $0.hash == first })
    #expect(all[index].dts - all[0].dts >= 500)
  }

  @Test func comesBackAfterTheServerWasKilled() throws {
    let server = try NginxServer()
    let source = try Clips.path("mp4-open-gop")
    let process = try Mediatool.start([
      "rtmp-push", "--loop", "forever", "--retry", "forever", "--jsonl", source, server.url("k"),
    ])
    defer { process.stop() }
    func count(_ event: String) -> (([UInt8]) -> Int) {
      {
        String(decoding: $0, as: UTF8.self).split(separator: "\n").count { line in
          line.contains("\"event\":\"\(event)\"") || line.contains("\"event\": \"\(event)\"")
        }
      }
    }
    #expect(process.waitForOutput { count("publishing")($0) == 1 && count("progress")($0) >= 1 })
    server.kill()
    #expect(process.waitForOutput { count("lost")($0) >= 2 })
    try FileManager.default.removeItem(atPath: server.recording("k"))
    try server.restart()
    #expect(process.waitForOutput { count("publishing")($0) == 2 })
    let before = count("progress")(process.outputSoFar)
    #expect(process.waitForOutput { count("progress")($0) >= before + 2 })
    process.signal(SIGINT)
    let outcome = process.wait()
    #expect(outcome.ending == .exit(130), "\(outcome)")
    let packets = try pushedPackets(server.recording("k"))
    #expect(packets.first?.isKey == true && packets.count >= 12)
    #expect(Set(packets.map(\.hash)).isSubset(of: Set(try pushedPackets(source).map(\.hash))))
  }
}
