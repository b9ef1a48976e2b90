import Foundation
import TestSupport
import Testing

/// `rtmp-pull` from nginx-rtmp.
@Suite(.peers("nginx", "ffmpeg", "ffprobe")) struct RTMPPullNginxTests {
  private func start(_ words: [String]) throws -> RunningProcess {
    try Mediatool.start(["rtmp-pull", "-v"] + words)
  }

  /// Waits until a process plays.
  private func waitForPlaying(_ process: RunningProcess) -> Bool {
    process.waitForOutput { _ in process.errorsSoFar.contains("playing (") }
  }

  private func push(_ source: String, _ url: String) throws {
    let outcome = try ProcessRunner.run(
      "ffmpeg", ["-v", "error", "-re", "-i", source, "-c", "copy", "-f", "flv", url])
    #expect(outcome.ending == .exit(0), "\(outcome)")
  }

  private func hashes(_ path: String) throws -> [String] {
    try pushedPackets(path).map { "\($0.kind) \($0.hash)" }
  }

  @Test(.peers("rtmpdump")) func whatFFmpegPushedArrivesAsAtRTMPDump() throws {
    let server = try NginxServer()
    let folder = try ScratchFolder()
    let source = try Clips.path("flv-h264")
    let suffixes = ["flv", "mp4", "mov", "mkv", "ts"]
    var pulls = try suffixes.map { try start(["-o", folder["o.\($0)"], server.url("k")]) }
    pulls.append(try start(["-o", "-", server.url("k")]))
    let other = try ProcessRunner.start(
      "rtmpdump", ["-v", "-r", server.url("k"), "-o", folder["other.flv"]])
    defer { for process in pulls + [other] { process.stop() } }
    for process in pulls { #expect(waitForPlaying(process), "\(process.errorsSoFar)") }
    #expect(other.waitForOutput { _ in other.errorsSoFar.contains("Starting Live Stream") })
    try push(source, server.url("k"))
    for process in pulls {
      let outcome = process.wait()
      #expect(outcome.ending == .exit(0), "\(outcome.errors)")
    }
    // It does not end by itself.
    other.signal(SIGINT)
    _ = other.wait()
    try folder.write(pulls[5].outputSoFar, to: "pipe.flv")
    try expectSamePackets(source, folder["o.flv"])
    let expected = try hashes(source)
    for name in ["other.flv", "pipe.flv", "o.mp4", "o.mov", "o.mkv"] {
      #expect(try hashes(folder[name]) == expected, "\(name)")
    }
    // In a transport stream only what is in the packets is the same.
    #expect(try decoded(folder["o.ts"]) == decoded(source))
  }

  private func decoded(_ path: String) throws -> String {
    let outcome = try ProcessRunner.run(
      "ffmpeg", ["-v", "error", "-i", path, "-map", "0:v", "-f", "streamhash", "-"])
    #expect(outcome.ending == .exit(0) && outcome.errors == "", "\(outcome)")
    return outcome.output
  }

  @Test func whatWePushedArrives() throws {
    let server = try NginxServer()
    let folder = try ScratchFolder()
    let source = try Clips.path("mp4-open-gop")
    let pull = try start(["-o", folder["o.flv"], server.url("k")])
    defer { pull.stop() }
    #expect(waitForPlaying(pull))
    let outcome = try Mediatool.run(["rtmp-push", source, server.url("k")])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(pull.wait().ending == .exit(0))
    try expectSamePackets(source, folder["o.flv"])
  }

  @Test func oneFileOverAnOutage() throws {
    let server = try NginxServer()
    let folder = try ScratchFolder()
    let source = try Clips.path("flv-h264")
    let push = try Mediatool.start([
      "rtmp-push", "-q", "--loop", "forever", "--retry", "forever", source, server.url("k"),
    ])
    defer { push.stop() }
    let files = ["o.flv", "o.mp4"]
    let pulls = try files.map {
      try start([
        "--retry", "forever", "--gaps", folder["\($0).jsonl"], "-o", folder[$0], server.url("k"),
      ])
    }
    defer { for process in pulls { process.stop() } }
    for (process, name) in zip(pulls, files) {
      #expect(process.waitForOutput { _ in (try? contents(of: folder[name]).count) ?? 0 > 8000 })
    }
    server.kill()
    for process in pulls {
      #expect(process.waitForOutput { _ in process.errorsSoFar.contains("next try") })
    }
    try server.restart()
    for (process, name) in zip(pulls, files) {
      #expect(process.waitForOutput { _ in process.errorsSoFar.contains("gap of") })
      let size = try contents(of: folder[name]).count
      #expect(
        process.waitForOutput { _ in (try? contents(of: folder[name]).count) ?? 0 > size + 8000 })
      process.signal(SIGINT)
      let outcome = process.wait()
      #expect(outcome.ending == .exit(130), "\(outcome)")
      let gap = try JSONText(try text(of: folder["\(name).jsonl"]))
      #expect(gap["reason"]?.string?.isEmpty == false && gap["length"]?.number ?? 0 > 0)
      let decoding = try ProcessRunner.run(
        "ffmpeg", ["-v", "error", "-i", folder[name], "-f", "null", "-"])
      #expect(decoding.errors == "" && decoding.ending == .exit(0), "\(decoding)")
      let known = Set(try pushedPackets(source).map(\.hash))
      let packets = try pushedPackets(folder[name])
      #expect(Set(packets.map(\.hash)).isSubset(of: known))
      // The times of each track only rise.
      for kind in ["video", "audio"] {
        let times = packets.filter { $0.kind == kind }.map(\.dts)
        #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 }, "\(name) \(kind)")
      }
    }
    let check = try Mediatool.run(["flv-dump", "--check", folder["o.flv"]])
    #expect(check.ending == .exit(0), "\(check)")
  }

  @Test func oneFileOverTwoPublishers() throws {
    let server = try NginxServer()
    let folder = try ScratchFolder()
    let source = try Clips.path("flv-h264")
    let pull = try start(["--retry", "forever", "--json", "-o", folder["o.flv"], server.url("k")])
    defer { pull.stop() }
    #expect(waitForPlaying(pull))
    try push(source, server.url("k"))
    #expect(pull.waitForOutput { _ in pull.errorsSoFar.contains("the publisher left") })
    try push(source, server.url("k"))
    #expect(pull.waitForOutput { _ in pull.errorsSoFar.contains("gap of") })
    pull.signal(SIGINT)
    let outcome = pull.wait()
    #expect(outcome.ending == .exit(130), "\(outcome)")
    let document = try JSONText(outcome.output)
    #expect(document["gaps"]?[0]?["reason"]?.string == "the publisher left")
    #expect(document["totals"]?["reconnects"]?.number == 0)
    let packets = try pushedPackets(folder["o.flv"])
    #expect(try packets.count > pushedPackets(source).count)
    let check = try Mediatool.run(["flv-dump", "--check", folder["o.flv"]])
    #expect(check.ending == .exit(0), "\(check)")
  }

  @Test(arguments: ["flv", "mp4", "mkv", "ts"])
  func aKilledRecordingIsPlayable(_ suffix: String) throws {
    let name = "o.\(suffix)"
    let server = try NginxServer()
    let folder = try ScratchFolder()
    let source = try Clips.path("flv-h264")
    let push = try Mediatool.start([
      "rtmp-push", "-q", "--loop", "forever", source, server.url("k"),
    ])
    defer { push.stop() }
    let pull = try start(["-o", folder[name], server.url("k")])
    #expect(pull.waitForOutput { _ in (try? contents(of: folder[name]).count) ?? 0 > 30_000 })
    pull.signal(SIGKILL)
    _ = pull.wait()
    #expect(try folder.names == [name])
    let decoding = try ProcessRunner.run(
      "ffmpeg", ["-v", "error", "-i", folder[name], "-f", "null", "-"])
    // The last packet may be cut.
    #expect(decoding.ending == .exit(0), "\(decoding)")
    #expect(try pushedPackets(folder[name]).count > 10)
  }

  @Test func aStreamThatNobodyPublishesIsSilent() throws {
    let server = try NginxServer()
    let folder = try ScratchFolder()
    let outcome = try Mediatool.run([
      "rtmp-pull", "--timeout", "1s", "-o", folder["o.flv"], server.url("secret"),
    ])
    #expect(outcome.ending == .exit(75) && outcome.errors.contains("no media came"), "\(outcome)")
    #expect(try folder.names.isEmpty && !outcome.errors.contains("secret"))
  }
}
