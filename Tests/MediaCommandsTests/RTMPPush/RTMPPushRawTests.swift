import Foundation
import TestSupport
import Testing

/// Raw pictures and samples of a capture program, through to nginx.
@Suite(.peers("nginx", "ffmpeg", "ffprobe")) struct RTMPPushRawTests {
  private func pictures(_ count: Int, _ format: String = "bgr24") throws -> [UInt8] {
    try ffmpegOutput(
      "-f lavfi -i testsrc=s=320x180:r=25 -frames:v \(count) -pix_fmt \(format) -f rawvideo -"
    )
  }

  @Test func picturesOfAPipeBecomeH264() throws {
    let server = try NginxServer()
    let raw = try pictures(75)
    let outcome = try Mediatool.run(
      ["rtmp-push", "--json", "--raw-video", "bgr24:320x180@25", "-", server.url("k")],
      input: .pipe(raw))
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(try encodedTracks(outcome) == ["video bgr24 h264"])
    let recording = server.recording("k")
    #expect(try codecs(recording) == ["h264,video"])
    let packets = try pushedPackets(recording)
    #expect(packets.map(\.pts) == (0..<75).map { $0 * 40 })
    #expect(packets.map(\.dts) == packets.map(\.pts))
    #expect(packets.indices.filter { packets[$0].isKey } == [0, 50])
    let decoded = try decodedPictures(recording, "bgr24")
    #expect(decoded.count == raw.count)
    #expect(peakSignalToNoise(raw, decoded) > 25)
  }

  @Test func oddSizesAreTold() throws {
    let server = try NginxServer()
    let outcome = try Mediatool.run(
      ["rtmp-push", "--fast", "--raw-video", "gray:33x17@5", "-", server.url("k")],
      input: .pipe([UInt8](repeating: 99, count: 33 * 17 * 5)))
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(outcome.errors.contains("pictures of 33x17 are encoded as 32x16"), "\(outcome)")
  }

  /// Of small pictures players think what they are told, and of large ones BT.709.
  @Test(arguments: ["64x48", "1280x720"])
  func coloursAreRight(_ size: String) throws {
    let server = try NginxServer()
    let colours: [[UInt8]] = [[0, 0, 230], [0, 200, 0], [220, 30, 10]]
    let count = size.split(separator: "x").compactMap { Int($0) }.reduce(1, *)
    let raw = colours.flatMap { colour in (0..<count).flatMap { _ in colour } }
    let outcome = try Mediatool.run(
      ["rtmp-push", "--fast", "--raw-video", "bgr24:\(size)@5", "-", server.url("k")],
      input: .pipe(raw))
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let decoded = try decodedPictures(server.recording("k"), "bgr24")
    try #require(decoded.count == raw.count)
    for index in colours.indices {
      let pixel = (index * count + count / 2) * 3
      for (got, wanted) in zip(decoded[pixel..<pixel + 3], colours[index]) {
        #expect(abs(Int(got) - Int(wanted)) <= 4, "\(decoded[pixel..<pixel + 3])")
      }
    }
  }

  @Test func aFileIsLoopedAndCut() throws {
    let (server, folder) = (try NginxServer(), try ScratchFolder())
    let path = try folder.write(try pictures(30, "yuv420p"), to: "in.yuv")
    let outcome = try Mediatool.run([
      "rtmp-push", "--fast", "--raw-video", "yuv420p:320x180@25", "--keyframe-interval", "0.4",
      "--loop", "3", "--duration", "2.8", "--preset", "ultrafast", "--video-bitrate", "300k",
      path, server.url("k"),
    ])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let packets = try pushedPackets(server.recording("k"))
    #expect(packets.map(\.pts) == (0..<70).map { $0 * 40 })
    #expect(packets.indices.filter { packets[$0].isKey } == [0, 10, 20, 30, 40, 50, 60])
  }

  @Test func soundAloneIsAnInput() throws {
    let server = try NginxServer()
    let raw = [UInt8](repeating: 128, count: 22_050 * 2)
    let outcome = try Mediatool.run(
      ["rtmp-push", "--fast", "--json", "--raw-audio", "u8:22050:1", "-", server.url("k")],
      input: .pipe(raw))
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(try encodedTracks(outcome) == ["audio u8 aac"])
    #expect(try codecs(server.recording("k")) == ["aac,audio"])
    // Two seconds of 44.1 kHz, and what the encoder begins with.
    #expect(try pushedPackets(server.recording("k")).count == 1 + (88_200 + 1023) / 1024)
  }

  // MARK: Pipes

  /// Nothing waits for a later picture: neither the encoder nor the pace.
  @Test func eachPictureIsSentAsItComes() throws {
    let (server, folder) = (try NginxServer(), try ScratchFolder())
    let pipe = try TestPipe(folder, "v")
    let raw = try pictures(3)
    let process = try Mediatool.start([
      "rtmp-push", "--jsonl", "--raw-video", "bgr24:320x180@25", pipe.path, server.url("k"),
    ])
    defer { process.stop() }
    for index in 0..<3 {
      try pipe.write(Array(raw[(raw.count / 3 * index)...].prefix(raw.count / 3)))
      #expect(process.waitForOutput { framesSent($0) == index + 1 })
    }
    pipe.close()
    let outcome = process.wait()
    #expect(outcome.ending == .exit(0), "\(outcome)")
  }

  @Test func aPipeThatStandsStillHoldsNoOtherUp() throws {
    let (server, folder) = (try NginxServer(), try ScratchFolder())
    let (video, audio) = (try TestPipe(folder, "v"), try TestPipe(folder, "a"))
    let process = try Mediatool.start([
      "rtmp-push", "--jsonl", "--raw-video", "bgr24:320x180@25", "--raw-audio",
      "s16le:48000:2=\(audio.path)", video.path, server.url("k"),
    ])
    defer { process.stop() }
    try video.write(try pictures(10))
    #expect(process.waitForOutput { framesSent($0) == 10 })
    video.close()
    try audio.write([UInt8](repeating: 0, count: 48_000 * 4))
    audio.close()
    let outcome = process.wait()
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let packets = try pushedPackets(server.recording("k"))
    #expect(packets.count { $0.kind == "video" } == 10)
    // What the encoder begins with comes before the first picture, and too late.
    #expect(packets.count { $0.kind == "audio" } == (48_000 + 1023) / 1024)
    #expect(packets.allSatisfy { (0..<1100).contains($0.pts) })
  }

  @Test(arguments: [false, true]) func aCutOffEndIsToldAndTheRestKept(_ isSound: Bool) throws {
    let (server, folder) = (try NginxServer(), try ScratchFolder())
    let raw = try pictures(5)
    let sound = [UInt8](repeating: 0, count: 4 * 9600)
    let samples = try folder.write(isSound ? sound + [1, 2, 3] : sound, to: "sound")
    let outcome = try Mediatool.run(
      [
        "rtmp-push", "--fast", "--json", "--raw-video", "bgr24:320x180@25", "--raw-audio",
        "s16le:48000:2=\(samples)", "-", server.url("k"),
      ], input: .pipe(isSound ? raw : raw.dropLast(1000)))
    #expect(outcome.ending == .exit(65), "\(outcome)")
    let says =
      isSound
      ? "--raw-audio \(samples): the last sample is cut off: 3 of 4 bytes"
      : "the last picture is cut off: 171800 of 172800 bytes"
    #expect(outcome.errors.contains(says), "\(outcome)")
    let packets = try pushedPackets(server.recording("k"))
    #expect(packets.count { $0.kind == "video" } == (isSound ? 5 : 4))
    #expect(packets.count { $0.kind == "audio" } == 1 + (9600 + 1023) / 1024)
  }

  @Test func anEmptyPipeIsNoInput() throws {
    let server = try NginxServer()
    let outcome = try Mediatool.run(
      ["rtmp-push", "--raw-video", "bgr24:64x48@25", "-", server.url("k")], input: .pipe([]))
    #expect(outcome.ending == .exit(65) && outcome.errors.contains("is empty"), "\(outcome)")
  }

  // MARK: Both

  private let flash =
    "-f lavfi -i color=black:s=64x48:r=25:d=2,drawbox=t=fill:color=white:enable='eq(n,30)'"
  private let beep =
    "-f lavfi -i aevalsrc='gte(t,1.2)*lt(t,1.24)*0.8*sin(2000*PI*t)':s=48000:d=2"

  /// A flash and a beep at 1.2 s.
  @Test(arguments: ["raw", "mpeg2video -bf 2 -c:a pcm_s16le", "libx264 -bf 2 -c:a pcm_s16le"])
  func picturesAndSoundStayTogether(_ kind: String) throws {
    let (server, folder) = (try NginxServer(), try ScratchFolder())
    var words = ["--transcode", "auto", folder["in.mkv"]]
    if kind == "raw" {
      _ = try ffmpegOutput("\(flash) -pix_fmt gray -f rawvideo \(folder["v"])")
      _ = try ffmpegOutput("\(beep) -f s16le \(folder["a"])")
      words = [
        "--raw-video", "gray:64x48@25", "--raw-audio", "s16le:48000:1=\(folder["a"])", folder["v"],
      ]
    } else {
      _ = try ffmpegOutput("\(flash) \(beep) -c:v \(kind) \(folder["in.mkv"])")
    }
    let outcome = try Mediatool.run(["rtmp-push", "--fast"] + words + [server.url("k")])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let recording = server.recording("k")
    let packets = try pushedPackets(recording)
    let pictures = try decodedPictures(recording, "gray")
    let bright = try #require(
      (0..<pictures.count / (64 * 48)).first { pictures[$0 * 64 * 48 + 1000] > 128 })
    let shown = packets.filter { $0.kind == "video" }.map(\.pts).sorted()[bright]
    let sound = try ffmpegOutput("-i \(recording) -vn -f s16le -")
    let loud = try #require(
      (0..<sound.count / 2).first {
        let sample = Int16(bitPattern: UInt16(sound[2 * $0]) | UInt16(sound[2 * $0 + 1]) << 8)
        return sample.magnitude > 8000
      })
    let first = try #require(packets.first { $0.kind == "audio" }).pts
    let heard = first + Int64(loud) / 48
    #expect(abs(heard - shown) <= 3, "heard at \(heard), shown at \(shown)")
  }
}
