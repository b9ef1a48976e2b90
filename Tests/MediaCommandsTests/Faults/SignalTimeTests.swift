import Foundation
import TestSupport
import Testing

/// A signal at any time: the exit code says which, what is recorded is playable, and other files are
/// whole up to there, or not there.
@Suite(.peers("ffmpeg", "ffprobe")) struct SignalTimeTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let number: Int32
    var testDescription: String { "\(name) by signal \(number)" }

    static func all(_ names: [String], _ numbers: [Int32]) -> [Case] {
      names.flatMap { name in numbers.map { Case(name: name, number: $0) } }
    }
  }

  // MARK: Recordings

  @Test(arguments: Case.all(["flv", "mp4", "mkv", "ts"], [SIGTERM, SIGKILL]))
  func recordingsOfRTMP(_ each: Case) throws {
    let folder = try ScratchFolder()
    let source = try Clips.path("flv-h264")
    let server = try PlayServer([.play(try Clips.tags(try contents(of: source)))])
    // 85 kB in some 600 ms.
    let link = try FaultyLink(to: server.port, .pieces(of: 700, pause: 5000))
    let process = try Mediatool.start([
      "rtmp-pull", "-o", folder["o.\(each.name)"], "rtmp://127.0.0.1:\(link.port)/live/k",
    ])
    try end(process, each, within: 700_000, "rtmp")
    try expectPlayable(folder, each, source)
  }

  @Test(arguments: Case.all(["mp4", "mkv", "h264", "ts"], [SIGINT, SIGKILL]))
  func recordingsOfRTSP(_ each: Case) throws {
    let folder = try ScratchFolder()
    let source = "rtsp-pictures-only.mkv"
    // Three seconds in some 600 ms.
    let server = try RTSPPulls.server(source) { ($0.speed, $0.saysGoodbye) = (5, false) }
    let process = try RTSPPulls.start(["-o", folder["o.\(each.name)"], server.url()])
    try end(process, each, within: 700_000, "rtsp")
    try expectPlayable(folder, each, try RTPClips.path(source))
  }

  /// No file is better than one that is only a header, which players take for damage.
  @Test(arguments: ["mkv", "mp4", "ts", "flv"])
  func aKillBehindTheFirstFrames(_ suffix: String) throws {
    let (folder, name) = (try ScratchFolder(), "o.\(suffix)")
    let played = try Clips.played("flv-h264")
    // Headers and a fifth of a second.
    let server = try PlayServer([.play(Array(played.prefix(14)))])
    let process = try Mediatool.start(["rtmp-pull", "-o", folder[name], server.url()])
    for _ in 0..<120 where try !folder.names.contains(name) { usleep(5000) }
    process.signal(SIGKILL)
    _ = process.wait()
    guard try folder.names.contains(name) else { return }
    #expect(try MediaContents.frames(folder[name], "v:0").count > 0)
  }

  /// Ends a process at a time by chance, of so many microseconds.
  private func end(
    _ process: RunningProcess, _ each: Case, within range: UInt32, _ what: String
  ) throws {
    var random = Seeded.of("signal \(what) \(each.testDescription)")
    usleep(.random(in: 0..<range, using: &random))
    process.signal(each.number)
    let outcome = process.wait(limit: 20)
    // Before the process has got so far as to catch it, a signal does what it always does.
    let isEnd = outcome.ending == .exit(128 + each.number)
    #expect(isEnd || outcome.ending == .signal(each.number), "\(outcome)")
    #expect(outcome.errorLines.count <= 1, "\(outcome)")
  }

  private func expectPlayable(_ folder: ScratchFolder, _ each: Case, _ source: String) throws {
    let name = "o.\(each.name)"
    let names = try folder.names
    // A kill may come before the file has its name.
    let others = names.filter { $0 != name }
    #expect(others.isEmpty || each.number == SIGKILL && others[0].hasPrefix(".mediatool-"))
    guard names.contains(name) else { return }
    let frames = try MediaContents.frames(folder[name], "v:0")
    let expected = try MediaContents.frames(source, "v:0")
    // What a kill cuts off may be part of a frame.
    let whole = each.number == SIGKILL ? frames.dropLast() : frames[...]
    #expect(frames.count <= expected.count && whole == expected.prefix(whole.count))
  }

  // MARK: Files

  /// Commands that make a file of another, `IN/NAME`.
  private static let works = [
    "flv-dump --repair -o OUT IN/long.flv",
    "flv-dump --summary --extract-audio OUT IN/long.flv",
    "rtp-pack -q -o OUT --seed 1 IN/long.flv",
    "rtp-unpack --map 96=mpeg4-generic/48000/2;mode=AAC-hbr;sizelength=13;indexlength=3;"
      + "indexdeltalength=3;config=1190 -o OUT.aac IN/long.pcap",
    "yuv-convert -q -s 320x240 -p yuv420p --to rgb24 IN/long.yuv OUT",
    "pcm-info -f s16le -r 48000 -c 2 --jsonl --window 10ms -o OUT IN/long.yuv",
    "probe --json --packets -o OUT IN/long.flv",
  ]

  private static let inputs = Result { () throws -> ScratchFolder in
    let folder = try ScratchFolder()
    var flv = FLVBytes()
    flv.append(type: 8, time: 0, body: [0xaf, 0, 0x11, 0x90])
    for index in 0..<4000 {
      flv.append(
        type: 8, time: index * 1024 / 48,
        body: [0xaf, 1, 0x21] + [UInt8](repeating: UInt8(truncatingIfNeeded: index), count: 200))
    }
    try folder.write(flv.bytes, to: "long.flv")
    let packed = try Mediatool.run(
      ["rtp-pack", "-q", "--seed", "1", "-o", folder["long.pcap"], folder["long.flv"]])
    guard packed.ending == .exit(0) else { throw PackFailure(description: "\(packed)") }
    var random = Seeded(1)
    try folder.write(random.bytes(115_200), to: "picture.yuv")
    let picture = try contents(of: folder["picture.yuv"])
    try folder.write(Array(repeatElement(picture, count: 20).joined()), to: "long.yuv")
    return folder
  }

  @Test(arguments: works) func filesAreWholeOrNotThere(_ work: String) throws {
    let input = try Self.inputs.get()
    func words(_ output: ScratchFolder) -> [String] {
      filled(work, ["IN": input.path, "OUT": output["o"]])
    }
    let folder = try ScratchFolder()
    let began = Date()
    let outcome = try Mediatool.run(words(folder))
    let took = UInt32(Date().timeIntervalSince(began) * 1e6)
    try #require(outcome.ending == .exit(0), "\(outcome)")
    let name = try #require(try folder.names.first)
    let whole = try contents(of: folder[name])
    var random = Seeded.of("signal \(work)")
    for number in [SIGINT, SIGTERM, SIGINT] {
      let folder = try ScratchFolder()
      let process = try Mediatool.start(words(folder))
      usleep(.random(in: 0..<took, using: &random))
      process.signal(number)
      let outcome = process.wait(limit: 20)
      guard outcome.ending != .exit(0) else {
        #expect(try contents(of: folder[name]) == whole)
        continue
      }
      let isEnd = outcome.ending == .exit(128 + number)
      #expect(isEnd || outcome.ending == .signal(number), "\(outcome)")
      #expect(outcome.errorLines.count <= 1, "\(outcome)")
      for name in try folder.names {
        var left = try contents(of: folder[name])
        // A document is complete, with what had come; it is the last of the lines.
        if work.contains("--jsonl ") {
          let lines = left.split(separator: UInt8(ascii: "\n"))
          #expect(try JSONText(Array(lines.last ?? []))["input"] != nil, "\(name) \(outcome)")
          left = Array(lines.dropLast().joined(separator: [UInt8(ascii: "\n")]))
        }
        let isComplete = try work.contains("--json ") && JSONText(left)["input"] != nil
        // RTCP says goodbye wherever it ends.
        let farewell = work.hasPrefix("rtp-pack") ? 400 : 0
        #expect(whole.starts(with: left.dropLast(farewell)) || isComplete, "\(name) \(outcome)")
        #expect(!work.contains("--repair") && !work.hasPrefix("yuv") || left == whole)
      }
    }
  }

  @Test(arguments: [SIGINT, SIGTERM]) func aPushEnds(_ number: Int32) throws {
    let server = try PlayServer([])
    let process = try Mediatool.start([
      "rtmp-push", "-q", "--loop", "forever", try Clips.path("flv-h264"), server.url(),
    ])
    try end(process, Case(name: "rtmp-push", number: number), within: 400_000, "push")
  }

  // MARK: A second signal

  @Test func aSecondSignalEndsItAtOnce() throws {
    let folder = try ScratchFolder()
    let server = try RTSPPulls.server("rtsp-long.mp4") { $0.speed = 1 }
    let process = try RTSPPulls.start(["-o", folder["o.mp4"], server.url()])
    defer { process.stop() }
    #expect(server.wait { $0.sentCount > 60 })
    // TEARDOWN finds no answer.
    server.stopSending()
    process.signal(SIGINT)
    process.signal(SIGTERM)
    let outcome = process.wait(limit: 10)
    // Of two that wait at once the kernel hands over either first.
    #expect(outcome.ending == .exit(130) || outcome.ending == .exit(143), "\(outcome)")
    // A clean end tells what it was.
    #expect(outcome.errors.isEmpty && outcome.stdout.isEmpty, "\(outcome)")
    #expect(try folder.names == ["o.mp4"] && Decoded.times(folder["o.mp4"]).count > 3)
  }
}
