import Foundation
import TestSupport
import Testing

/// No room for what a command writes: exit code 74, one line that names the file, and nothing under its
/// name; of a recording what fits.
@Suite(.peers("ffmpeg", "ffprobe")) struct FullDiskTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let command: String
    /// Words; `IN/NAME` is an input and `OUT/NAME` a file that has no room.
    let words: String
    var testDescription: String { "\(command) \(words)" }
  }

  private static let cases: [Case] = [
    Case(command: "probe", words: "--json --packets -o OUT/o.json IN/clip.flv"),
    Case(command: "probe", words: "--plot OUT/o.svg IN/clip.flv"),
    Case(command: "flv-dump", words: "--jsonl -o OUT/o.jsonl IN/clip.flv"),
    Case(command: "flv-dump", words: "--repair -o OUT/o.flv IN/clip.flv"),
    Case(command: "flv-dump", words: "--repair --split -o OUT/o.flv IN/clip.flv"),
    Case(command: "flv-dump", words: "--summary --extract-video OUT/o.h264 IN/clip.flv"),
    Case(command: "flv-dump", words: "--summary --extract-audio OUT/o.aac IN/clip.flv"),
    Case(command: "rtp-pack", words: "-o OUT/o.pcap IN/clip.flv"),
    Case(command: "rtp-pack", words: "-o OUT/o.rtpdump IN/clip.flv"),
    Case(command: "rtp-pack", words: "-o /dev/null --sdp /dev/full IN/clip.flv"),
    Case(command: "rtp-unpack", words: "--sdp IN/clip.sdp -o OUT/o.h264 IN/clip.pcap"),
    Case(command: "rtp-unpack", words: "--sdp IN/clip.sdp -o OUT/o.mp4 IN/clip.pcap"),
    Case(command: "rtp-unpack", words: "--sdp IN/clip.sdp -o OUT/o.ts IN/clip.pcap"),
    Case(command: "rtp-unpack", words: "--map 96=L16/8000 -o OUT/o.wav IN/sound.pcap"),
    Case(command: "pcm-info", words: "--jsonl --window 1ms -o OUT/o.jsonl IN/sound.wav"),
    Case(command: "pcm-info", words: "--waveform OUT/o.svg IN/sound.wav"),
    Case(command: "pcm-info", words: "--spectrogram OUT/o.png IN/sound.wav"),
    Case(command: "yuv-convert", words: "-q IN/clip.flv OUT/o.y4m"),
    Case(command: "yuv-convert", words: "-q IN/clip.flv OUT/o-%d.ppm"),
    Case(command: "yuv-convert", words: "-q --frame-range 0 IN/clip.flv OUT/o.bmp"),
    Case(
      command: "yuv-convert",
      words: "-q --jsonl --hash md5 --report=OUT/o.jsonl IN/clip.flv /dev/null"
    ),
  ]

  /// What the commands read, made once.
  private static let inputs = Result { () throws -> ScratchFolder in
    let folder = try ScratchFolder()
    let clip = try Clips.path("flv-h264")
    try folder.write(try contents(of: clip), to: "clip.flv")
    let sound = try encoded(
      "sound.wav", "-f lavfi -i sine=440:sample_rate=8000:duration=2 -c:a pcm_s16le", in: folder)
    for (name, words) in [
      ("clip", [clip]), ("sound", ["--payload-type", "96", sound]),
    ] {
      let packed = try Mediatool.run(
        ["rtp-pack", "-q", "--seed", "1", "-o", folder["\(name).pcap"], "--sdp"]
          + [folder["\(name).sdp"]] + words)
      guard packed.ending == .exit(0) else { throw PackFailure(description: "\(packed)") }
    }
    return folder
  }

  @Test(arguments: cases) func leavesNothingHalf(_ each: Case) throws {
    let (folder, output) = (try Self.inputs.get(), try ScratchFolder())
    let words = filled(each.words, ["IN": folder.path, "OUT": output.path])
    // Files end at two blocks of 512 bytes, which a signal says first, and then an error.
    let outcome = try ProcessRunner.run(
      "sh", ["-c", "ulimit -f 2; exec \"$@\"", "sh", Mediatool.path, each.command] + words)
    #expect(outcome.ending == .exit(74), "\(outcome)")
    #expect(outcome.errorLines.count == 1, "\(outcome)")
    #expect(
      outcome.errors.contains(output.path + "/o") || outcome.errors.contains("/dev/full"),
      "\(outcome)")
    #expect(try output.names.isEmpty)
  }

  @Test(arguments: ["probe --json --packets", "flv-dump", "rtp-pack --packets -o /dev/null"])
  func standardOutputIsAFileToo(_ words: String) throws {
    let clip = try Clips.path("flv-h264")
    let outcome = try ProcessRunner.run(
      "sh",
      ["-c", "ulimit -f 8; exec \"$@\"", "sh", Mediatool.path]
        + words.split(separator: " ").map(String.init) + [clip])
    #expect(outcome.ending == .exit(74), "\(outcome)")
    #expect(outcome.errors.contains("standard output: File too large"), "\(outcome)")
    #expect(outcome.errorLines.count == 1)
  }

  /// A pipe is kept in a temporary file where it has to be sought in.
  @Test func whereAPipeIsKept() throws {
    let clip = try contents(of: try Clips.path("mp4-open-gop"))
    let outcome = try ProcessRunner.run(
      "sh", ["-c", "ulimit -f 8; exec \"$@\"", "sh", Mediatool.path, "probe", "-"],
      input: .pipe(clip))
    #expect(outcome.ending == .exit(74), "\(outcome)")
    #expect(outcome.errors.contains("temporary file"), "\(outcome)")
    #expect(outcome.errorLines.count == 1)
  }

  // MARK: Recordings

  @Test(.peers("prlimit"), arguments: ["flv", "mp4", "mkv", "ts"])
  func whatIsPulledFromRTMPIsPlayable(_ suffix: String) throws {
    let (folder, name) = (try ScratchFolder(), "o.\(suffix)")
    let source = try Clips.path("flv-h264")
    let server = try PlayServer([.play(try Clips.played("flv-h264"))])
    // 85 kB in more than two seconds.
    let link = try FaultyLink(to: server.port, .pieces(of: 700, pause: 18_000))
    let process = try Mediatool.start([
      "rtmp-pull", "-o", folder[name], "rtmp://127.0.0.1:\(link.port)/live/k",
    ])
    try expectPart(process, folder, name, of: source)
  }

  @Test(.peers("prlimit"), arguments: ["mp4", "mkv", "ts", "h264"])
  func whatIsPulledFromRTSPIsPlayable(_ suffix: String) throws {
    let (folder, name) = (try ScratchFolder(), "o.\(suffix)")
    let source = "rtsp-pictures-only.mkv"
    let server = try RTSPPulls.server(source) { ($0.speed, $0.saysGoodbye) = (1, false) }
    let process = try RTSPPulls.start(["-o", folder[name], server.url()])
    try expectPart(process, folder, name, of: try RTPClips.path(source))
  }

  /// Has the room end where a recording is now, and looks at what is left.
  private func expectPart(
    _ process: RunningProcess, _ folder: ScratchFolder, _ name: String, of source: String,
    location: SourceLocation = #_sourceLocation
  ) throws {
    defer { process.stop() }
    func size() -> Int { (try? contents(of: folder[name]).count) ?? 0 }
    #expect(process.waitForOutput { _ in size() > 15_000 }, sourceLocation: location)
    let limited = try ProcessRunner.run(
      "prlimit", ["--pid", "\(process.pid)", "--fsize=\(size() + 1000)"])
    #expect(limited.ending == .exit(0), "\(limited)", sourceLocation: location)
    let outcome = process.wait(limit: 20)
    #expect(outcome.ending == .exit(74), "\(outcome)", sourceLocation: location)
    #expect(outcome.errorLines.count == 1, "\(outcome)", sourceLocation: location)
    #expect(
      outcome.errors.contains("\(name): File too large"), "\(outcome)", sourceLocation: location)
    #expect(try folder.names == [name], sourceLocation: location)
    let found = try MediaContents.frames(folder[name], "v:0")
    let expected = try MediaContents.frames(source, "v:0")
    #expect(found.count >= 3 && found == Array(expected.prefix(found.count)))
    #expect(found.count < expected.count, sourceLocation: location)
  }

  /// A file beside the recording has no room: the recording is whole up to there.
  @Test(arguments: [
    "--capture /dev/full -o o.mkv", "--transcript /dev/full -o o.mkv",
    "--segment 1s --segment-list /dev/full -o o-%s.mkv",
  ])
  func whatStandsBesideARecording(_ words: String) throws {
    let folder = try ScratchFolder()
    let server = try RTSPPulls.server("rtsp-long.mp4") { $0.speed = words.contains("list") ? 1 : 0 }
    let outcome = try Mediatool.run(
      ["rtsp-pull"] + words.split(separator: " ").map(String.init) + [server.url()],
      directory: folder.path)
    #expect(outcome.ending == .exit(74), "\(outcome)")
    #expect(outcome.errorLines.count == 1 && outcome.errors.contains("/dev/full"), "\(outcome)")
    #expect(try !folder.names.isEmpty)
    for name in try folder.names { #expect(try !Decoded.times(folder[name]).isEmpty) }
  }

  @Test func aPictureOfACamera() throws {
    let folder = try ScratchFolder()
    let server = try RTSPPulls.server("rtsp-heavy.mp4")
    let outcome = try ProcessRunner.run(
      "sh",
      ["-c", "ulimit -f 2; exec \"$@\"", "sh", Mediatool.path, "rtsp-pull", "--snapshot"]
        + [folder["o.png"], server.url()])
    #expect(outcome.ending == .exit(74) && outcome.errorLines.count == 1, "\(outcome)")
    #expect(try folder.names.isEmpty)
  }
}
