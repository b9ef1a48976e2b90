import Foundation
import TestSupport
import Testing

/// What `--output` and its options make of a presentation.
@Suite(.peers("ffmpeg", "ffprobe")) struct RTSPPullOutputTests {
  private static let clip = "rtsp-long.mp4"

  /// Records as fast as it comes; gives the report.
  @discardableResult private func pull(
    _ words: [String], _ clip: String = clip, location: SourceLocation = #_sourceLocation
  ) throws -> JSONText {
    let server = try RTSPPulls.server(clip)
    let outcome = try RTSPPulls.run(["--json"] + words + [server.url()])
    #expect(outcome.ending == .exit(0), "\(outcome)", sourceLocation: location)
    #expect(server.requests.contains("TEARDOWN"), sourceLocation: location)
    return try JSONText(outcome.stdout)
  }

  @Test(arguments: ["mp4", "mkv", "mov", "flv"]) func containersHoldAllOfIt(_ suffix: String) throws
  {
    let folder = try ScratchFolder()
    let source = try RTPClips.path(Self.clip)
    try pull(["-o", folder["o.\(suffix)"]])
    #expect(try RTSPPulls.expectEqual(folder["o.\(suffix)"], source, "v:0") == 75)
    #expect(
      try MediaContents.frames(folder["o.\(suffix)"], "a:0") == MediaContents.frames(source, "a:0"))
  }

  @Test(arguments: [["--duration", "1s"], ["--max-frames", "25"], ["--max-frames", "28"]])
  func limitsLeaveAPrefixInTheOrderOfDisplay(_ limit: [String]) throws {
    let folder = try ScratchFolder()
    try pull(limit + ["-o", folder["o.mp4"]])
    let (found, source) = (
      try Decoded.hashes(folder["o.mp4"]), try Decoded.hashes(RTPClips.path(Self.clip))
    )
    let wanted = limit[0] == "--duration" ? 25 : Int(limit[1]) ?? 0
    // What is decoded with them comes along: up to the end of a group of B pictures.
    #expect((wanted..<wanted + 5).contains(found.count), "\(found.count)")
    #expect(found == Array(source.prefix(found.count)))
    let times = try Decoded.times(folder["o.mp4"])
    #expect(zip(times, times.dropFirst()).allSatisfy { abs($1 - $0 - 0.04) < 0.001 }, "\(times)")
    let end = times.last ?? 0
    let sound = try Decoded.times(folder["o.mp4"], "a:0")
    #expect(abs((sound.last ?? 0) - end) < 0.1, "\(sound.last ?? 0) \(end)")
  }

  @Test func oneKindOfTrack() throws {
    let folder = try ScratchFolder()
    let source = try RTPClips.path(Self.clip)
    for (spec, stream) in [("v", "v:0"), ("a", "a:0"), ("1", "a:0"), ("v:0", "v:0")] {
      let report = try pull(["--tracks", spec, "-y", "-o", folder["o.mp4"]])
      #expect(report["streams"]?.items?.count == 1)
      #expect(
        try MediaContents.frames(folder["o.mp4"], "0") == MediaContents.frames(source, stream))
      let count = try ProcessRunner.run(
        "ffprobe",
        ["-v", "error", "-show_entries", "format=nb_streams", "-of", "csv=p=0"]
          + [folder["o.mp4"]])
      #expect(count.output == "1\n")
    }
    let server = try RTSPPulls.server()
    let outcome = try RTSPPulls.run(["--tracks", "s", "-o", folder["no.mp4"], server.url()])
    #expect(
      outcome.ending == .exit(65) && outcome.errors.contains("0 video, 1 audio"), "\(outcome)")
    #expect(try folder.names == ["o.mp4"])
  }

  @Test func streamsOfOneTrack() throws {
    let folder = try ScratchFolder()
    let source = try RTPClips.path(Self.clip)
    try pull(["-o", folder["o.h264"]])
    let stream = try RTPTransferSource.stream(source, folder)
    #expect(
      try ReceivedContent.units(folder["o.h264"], isH265: false)
        == ReceivedContent.units(stream, isH265: false))
    try pull(["-o", folder["o.aac"]])
    let sound = try ReceivedContent.copied(
      folder["o.aac"], ["-c", "copy", "-bsf:a", "aac_adtstoasc"], to: "sound.mp4", in: folder)
    #expect(try MediaContents.frames(sound) == MediaContents.frames(source, "a:0"))
    let server = try RTSPPulls.server(Self.clip)
    let outcome = try RTSPPulls.run(["-o", "-", server.url()])
    #expect(outcome.ending == .exit(0) && outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains("track 1, mpeg4-generic, is left out"))
    #expect(try outcome.stdout == contents(of: folder["o.h264"]))
  }

  @Test func segmentsAreListedAndTheOldestDeleted() throws {
    let folder = try ScratchFolder()
    let server = try RTSPPulls.server(Self.clip) { $0.speed = 1 }
    let outcome = try RTSPPulls.run([
      "--json", "--segment", "1s", "--segment-list", folder["list.jsonl"], "--keep", "1d",
      "-o", folder["out-%s.mp4"], server.url(),
    ])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let list = try RTSPPulls.lines(try text(of: folder["list.jsonl"]))
    let files = list.compactMap { $0["file"]?.string }
    #expect(list.count >= 3 && files == files.sorted())
    #expect(try JSONText(outcome.stdout)["files"]?.items?.compactMap(\.string) == files)
    var found: [String] = []
    for (line, file) in zip(list, files) {
      let frames = try Decoded.hashes(file)
      #expect(frames.count == line["frames"]?.integer)
      #expect(line["end"]?.number ?? 0 > line["start"]?.number ?? .infinity)
      found += frames
    }
    #expect(try found == Decoded.hashes(RTPClips.path(Self.clip)))

    // The newest alone fits.
    let sizes = list.compactMap { $0["bytes"]?.integer }
    let again = try RTSPPulls.server(Self.clip) { $0.speed = 1 }
    let kept = try RTSPPulls.run([
      "-q", "--segment", "1s", "--keep", "\(Double(sizes.max() ?? 0) / 1000 + 1)kB",
      "-o", folder["out-%s.mp4"], again.url(),
    ])
    #expect(kept.ending == .exit(0), "\(kept)")
    let left = try folder.names.filter { $0.hasSuffix(".mp4") }
    #expect(left.count < 3 && !left.contains { folder[$0] == files[0] }, "\(left)")
    let bytes = try left.reduce(0) { try $0 + contents(of: folder[$1]).count }
    #expect(bytes <= (sizes.max() ?? 0) + 1000, "\(bytes)")
  }

  @Test(arguments: ["o.png", "o.jpg"], ["rtsp-long.mp4", "rtsp-pictures.mkv"])
  func aSnapshotIsTheFirstPicture(_ name: String, _ clip: String) throws {
    let folder = try ScratchFolder()
    let source = try RTPClips.path(clip)
    let report = try pull(["--snapshot", folder[name]], clip)
    #expect(report["files"]?[0]?.string == folder[name])
    let outcome = try ProcessRunner.run(
      "ffmpeg",
      ["-v", "info", "-nostdin", "-i", folder[name], "-i", source, "-lavfi"]
        + ["[0:v]format=yuv420p[a];[1:v]select=eq(n\\,0),setpts=0,format=yuv420p[b];[a][b]psnr"]
        + ["-frames:v", "1", "-f", "null", "-"])
    let words = outcome.errors.split(separator: " ")
    let average = words.first { $0.hasPrefix("average:") }?.dropFirst(8)
    let quality = average == "inf" ? 100 : Double(average ?? "") ?? 0
    #expect(quality > 40, "\(outcome)")
  }

  @Test func aGroupOnThisHost() throws {
    let folder = try ScratchFolder()
    let port = try NginxServer.freePort() & ~1
    let server = try RTSPPulls.server("rtsp-pcmu.wav") {
      ($0.transports, $0.speed, $0.groupPort) = ([.multicast], 1, UInt16(port))
    }
    let outcome = try RTSPPulls.run([
      "--transport", "multicast", "--interface", "127.0.0.1", "-o", folder["o.wav"], server.url(),
    ])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let source = try RTPClips.path("rtsp-pcmu.wav")
    #expect(try MediaContents.samples(folder["o.wav"]) == MediaContents.samples(source))
  }
}

/// A clip as a byte stream.
enum RTPTransferSource {
  static func stream(_ source: String, _ folder: ScratchFolder) throws -> String {
    try ReceivedContent.copied(
      source, ["-map", "0:v", "-c", "copy", "-f", "h264"], to: "source.h264", in: folder)
  }
}
