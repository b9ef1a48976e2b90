import Foundation
import TestSupport
import Testing

/// What is said of a presentation and of what came of it.
@Suite(.peers("ffmpeg", "ffprobe")) struct RTSPPullReportTests {
  @Test func aDescription() throws {
    let server = try RTSPPulls.server()
    let outcome = try RTSPPulls.run(["--describe", server.url()])
    #expect(outcome.ending == .exit(0) && outcome.errors.isEmpty, "\(outcome)")
    // Times are never the same, and the port hardly.
    let text = outcome.output.replacingOccurrences(of: ":\(server.port)/", with: ":PORT/")
      .split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasPrefix("  tcp ") ? "  PHASES" : String($0) }.joined(separator: "\n")
    try expectGolden(text, "describe.txt")
    #expect(!server.requests.contains("SETUP"), "\(server.requests)")
  }

  @Test(.peers("/usr/bin/python3")) func documentsAreAsTheSchemaSays() throws {
    let folder = try ScratchFolder()
    func keep(_ name: String, _ words: [String], exit: Int32 = 0) throws {
      let outcome = try RTSPPulls.run(["--json"] + words)
      #expect(outcome.ending == .exit(exit), "\(outcome)")
      try folder.write(outcome.stdout, to: "\(name).json")
    }
    let server = try RTSPPulls.server()
    try keep("described", ["--describe", server.url()])
    try keep("played", ["--doctor", server.url()])
    try keep("recorded", ["-o", folder["o.mp4"], server.url()])
    let url = server.url()
    let long = try RTSPPulls.server("rtsp-long.mp4") { $0.speed = 1 }
    let process = try RTSPPulls.start([
      "--json", "--retry", "1", "--timeout", "2s", "-o", folder["long.mp4"], long.url(),
    ])
    defer { process.stop() }
    #expect(long.wait { $0.sentCount > 60 })
    long.kill()
    try folder.write(process.wait(limit: 20).stdout, to: "lost.json")
    let sdp = try JSONText(try contents(of: folder["described.json"]))["presentation"]?["sdp"]
    #expect(sdp?.string?.hasPrefix("v=0") == true && !url.isEmpty)
    try expectSchema("rtsp-pull-1", in: folder)
  }

  @Test func eventsComeAsTheyHappen() throws {
    let folder = try ScratchFolder()
    let server = try RTSPPulls.server("rtsp-long.mp4") { $0.speed = 1 }
    let outcome = try RTSPPulls.run([
      "--jsonl", "--duration", "2s", "-o", folder["o.mp4"], server.url(),
    ])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let lines = try RTSPPulls.lines(outcome.output)
    let words = lines.compactMap { $0["event"]?.string }
    #expect(words.filter { $0 != "stats" } == ["described", "playing", "file", "closed", "report"])
    let times = lines.compactMap { $0["time"]?.number }
    #expect(times.count == lines.count && times == times.sorted())
    let stats = lines.filter { $0["event"]?.string == "stats" }
    #expect(!stats.isEmpty)
    for name in [
      "packets", "lost", "duplicated", "reordered", "jitter_ms", "bit_rate", "frame_rate",
      "keyframe_interval", "drift_ppm", "last_frame_age",
    ] {
      #expect(stats.first?["streams"]?[0]?[name] != nil, "\(name)")
    }
    // Seconds add up to what there was.
    let report = try #require(lines.last)
    let total = try #require(report["streams"]?[0]?["packets"]?.integer)
    let sum = stats.reduce(0) { $0 + ($1["streams"]?[0]?["packets"]?.integer ?? 0) }
    #expect((1...total).contains(sum))
    #expect(report["streams"]?[0]?["keyframes"]?.integer ?? 0 >= 5)
  }

  @Test func aLineOfFigures() throws {
    let server = try RTSPPulls.server("rtsp-long.mp4") { $0.speed = 1 }
    let outcome = try RTSPPulls.run(["--stats", "--duration", "1.5s", server.url()])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let line = try #require(outcome.errorLines.first { $0.hasPrefix("video ") })
    #expect(line.contains(" fps 0 lost jitter ") && line.contains(" | audio "), "\(line)")
  }

  @Test(
    arguments: [
      ("totals.lost == 0", 0), ("totals.lost > 0", 1),
      ("streams[codec_type=video].frames == 15", 0), ("streams[codec_type=video].frames > 15", 1),
      ("presentation.tracks[0].width == 320", 0), ("doctor.count == 0", 0),
    ] as [(String, Int32)])
  func expectationsDecide(_ expression: String, _ exit: Int32) throws {
    let server = try RTSPPulls.server()
    let outcome = try RTSPPulls.run(["--expect", expression, server.url()])
    #expect(outcome.ending == .exit(exit), "\(outcome)")
    #expect(exit == 0 ? outcome.errors.isEmpty : outcome.errors.contains("expected"), "\(outcome)")
  }

  @Test(arguments: ["tcp", "udp"]) func whatCameCanBeUnpackedAgain(_ transport: String) throws {
    let folder = try ScratchFolder()
    let server = try RTSPPulls.server { $0.speed = transport == "tcp" ? 0 : 1 }
    let outcome = try RTSPPulls.run([
      "--json", "--transport", transport, "--capture", folder["c.pcap"], "-o", folder["o.h264"],
      server.url(),
    ])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let document = try JSONText(outcome.stdout)
    let description = try #require(document["presentation"]?["sdp"]?.string)
    try folder.write(description, to: "s.sdp")
    let unpacked = try Mediatool.run([
      "rtp-unpack", "--json", "--sdp", folder["s.sdp"], "--tracks", "v", "-o", folder["u.h264"],
      folder["c.pcap"],
    ])
    #expect(unpacked.ending == .exit(0), "\(unpacked)")
    #expect(try contents(of: folder["u.h264"]) == contents(of: folder["o.h264"]))
    let streams = try #require(try JSONText(unpacked.stdout)["streams"]?.items)
    #expect(streams.count == 2)
    for (theirs, ours) in zip(streams, document["streams"]?.items ?? []) {
      for name in ["ssrc", "packets", "lost"] {
        #expect(theirs[name] == ours[name], "\(name)")
      }
      // A pcap counts microseconds.
      let jitters = [theirs, ours].map { $0["jitter_mean_ms"]?.number ?? -1 }
      #expect(abs(jitters[0] - jitters[1]) < 0.001, "\(jitters)")
    }
  }

  @Test func aDiagnosis() throws {
    let quirk = """
      on SETUP
        RTSP/1.0 200 OK
        CSeq: {cseq}
        Session: 12345678;timeout=60
        Transport: RTP/AVP/TCP;unicast;interleaved=0-1
      on DESCRIBE
        RTSP/1.0 200 OK
        CSeq: {cseq}
        Content-Type: application/sdp
        {sdp}\\
      """
    let described = try RTSPScriptServer.outcome(quirk, ["--describe", "--doctor"])
    #expect(described.ending == .exit(0), "\(described)")
    let outcome = try RTSPScriptServer.outcome(
      quirk, ["--json", "--doctor", "--timeout", "500ms"])
    #expect(outcome.ending == .exit(75), "\(outcome)")
    let doctor = try #require(try JSONText(outcome.stdout)["doctor"]?.items)
    let codes = doctor.compactMap { $0["code"]?.string }
    #expect(codes.contains("rtsp-channels-shared"), "\(codes)")
    for entry in doctor {
      for name in ["section", "seen", "action"] {
        #expect(entry[name]?.string?.isEmpty == false, "\(name) of \(entry)")
      }
    }
    let text = try RTSPScriptServer.outcome(quirk, ["--doctor", "--timeout", "500ms"])
    #expect(text.output.contains("§"), "\(text)")
  }

  /// A transcript plays the same again.
  @Test func aTranscriptIsAServer() throws {
    let folder = try ScratchFolder()
    let quirk = """
      on SETUP
        RTSP/1.0 200 OK
        CSeq: {cseq}
        Session: 12345678;timeout=60
        Transport: RTP/AVP/TCP;unicast;interleaved=0-1
      """
    func codes(_ script: String, _ more: [String] = []) throws -> [String] {
      let outcome = try RTSPScriptServer.outcome(script, ["--json", "--timeout", "500ms"] + more)
      #expect(outcome.ending == .exit(75), "\(outcome)")
      return try JSONText(outcome.stdout)["doctor"]?.items?.compactMap { $0["code"]?.string } ?? []
    }
    let first = try codes(quirk, ["--transcript", folder["t.rtsp"]])
    #expect(try codes(text(of: folder["t.rtsp"])) == first && !first.isEmpty)
  }
}
