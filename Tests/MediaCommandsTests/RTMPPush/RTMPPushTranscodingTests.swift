import Foundation
import TestSupport
import Testing

/// `--transcode auto`, and the command line of all that is encoded.
@Suite struct RTMPPushTranscodingTests {
  private static let media =
    "-f lavfi -i testsrc2=s=160x120:r=25:d=2 -f lavfi -i sine=440:sample_rate=48000:d=2"

  private func clip(_ folder: ScratchFolder, _ coding: String) throws -> String {
    _ = try ffmpegOutput("\(Self.media) \(coding) \(folder["in.mkv"])")
    return folder["in.mkv"]
  }

  @Test(
    .peers("nginx", "ffmpeg", "ffprobe"),
    arguments: [
      ("-c:v mpeg2video -b:v 2M -c:a pcm_s16le", ["video mpeg2video h264", "audio pcm_s16le aac"]),
      ("-c:v mpeg4 -b:v 2M -bf 2 -c:a aac", ["video mpeg4 h264"]),
      ("-c:v ffv1 -pix_fmt yuv422p10le -c:a libvorbis", ["video ffv1 h264", "audio vorbis aac"]),
    ])
  func whatRTMPLacksIsEncoded(_ coding: String, _ encoded: [String]) throws {
    let (server, folder) = (try NginxServer(), try ScratchFolder())
    let path = try clip(folder, coding)
    let outcome = try Mediatool.run(
      ["rtmp-push", "--fast", "--json", "--transcode", "auto", path, server.url("k")])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(try encodedTracks(outcome) == encoded)
    let recording = server.recording("k")
    #expect(try codecs(recording) == ["h264,video", "aac,audio"])
    let wanted = try decodedPictures(path, "yuv420p")
    let decoded = try decodedPictures(recording, "yuv420p")
    #expect(decoded.count == wanted.count)
    #expect(peakSignalToNoise(wanted, decoded) > 30)
  }

  @Test(.peers("nginx", "ffmpeg", "ffprobe"), arguments: [false, true])
  func whatRTMPCarriesIsNot(_ isPipe: Bool) throws {
    let (server, folder) = (try NginxServer(), try ScratchFolder())
    let path = try clip(folder, "-c:v libx264 -bf 2 -c:a pcm_s16le")
    let outcome = try Mediatool.run(
      [
        "rtmp-push", "--fast", "--json", "--transcode", "auto", isPipe ? "-" : path,
        server.url("k"),
      ], input: isPipe ? .pipe(try contents(of: path)) : .empty)
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(try encodedTracks(outcome) == ["audio pcm_s16le aac"])
    func pictures(_ path: String) throws -> [PushedPacket] {
      try pushedPackets(path).filter { $0.kind == "video" }
    }
    let (sent, came) = (try pictures(path), try pictures(server.recording("k")))
    #expect(came.map(\.hash) == sent.map(\.hash))
    #expect(Set(zip(came, sent).map { $0.pts - $1.pts }).count == 1)
  }

  @Test(.peers("nginx", "ffmpeg", "ffprobe")) func wavesAreEncoded() throws {
    let (server, folder) = (try NginxServer(), try ScratchFolder())
    _ = try ffmpegOutput("-f lavfi -i sine=440:d=1 -ac 6 -ar 32000 \(folder["in.wav"])")
    for words in [["--bogus"], [], ["--transcode", "auto", "--audio-bitrate", "64k"]] {
      let outcome = try Mediatool.run(
        ["rtmp-push", "--fast"] + words + [folder["in.wav"], server.url("k")])
      switch words.count {
      case 0:
        #expect(
          outcome.ending == .exit(69) && outcome.errors.contains("--transcode auto"), "\(outcome)")
      case 1: #expect(outcome.ending == .exit(64), "\(outcome)")
      default: #expect(outcome.ending == .exit(0), "\(outcome)")
      }
    }
    #expect(try codecs(server.recording("k")) == ["aac,audio"])
    let decoded = try ffmpegOutput("-i \(server.recording("k")) -f s16le -")
    // Stereo of 48 kHz.
    #expect(abs(decoded.count - 4 * (48_000 + 1024)) <= 4 * 1024)
  }

  @Test(.peers("nginx", "ffmpeg", "ffprobe")) func whatCannotBeDecodedIsTold() throws {
    let (server, folder) = (try NginxServer(), try ScratchFolder())
    var bytes = try contents(of: try clip(folder, "-c:v png -c:a aac"))
    let signature = Array("PNG\r\n".utf8)
    let places = bytes.indices.filter { bytes[$0...].starts(with: signature) }
    try #require(places.count == 50)
    // FFmpeg's parser takes a picture without its signature for the end of the one before.
    bytes[places[20]] = 0
    let path = try folder.write(bytes, to: "damaged.mkv")
    let outcome = try Mediatool.run(
      ["rtmp-push", "--fast", "--transcode", "auto", path, server.url("k")])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(outcome.errors.contains("1 packet of track 0 could not be decoded"), "\(outcome)")
    #expect(try pushedPackets(server.recording("k")).count { $0.kind == "video" } == 48)
  }

  @Test(.peers("nginx", "ffmpeg", "python3")) func documentsMatchTheirSchema() throws {
    let (server, documents) = (try NginxServer(), try ScratchFolder())
    let raw = [UInt8](repeating: 90, count: 64 * 48 * 3)
    let outcome = try Mediatool.run(
      [
        "rtmp-push", "--json", "--add-silence", "--raw-video", "gray:64x48@25", "-",
        server.url("k"),
      ], input: .pipe(raw))
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(try encodedTracks(outcome) == ["video gray h264", "audio null aac"])
    try documents.write(outcome.stdout, to: "raw.json")
    try expectSchema("rtmp-push-1", in: documents)
  }

  // MARK: The command line

  struct Wrong: Sendable, CustomTestStringConvertible {
    let words: String
    let says: String
    var testDescription: String { words }
  }

  @Test(
    .peers("ffmpeg"),
    arguments: [
      Wrong(words: "--raw-video bgr24 -", says: "such as bgr24:1280x720@25"),
      Wrong(words: "--raw-video bgr24:1280@25 -", says: "such as 1280x720"),
      Wrong(words: "--raw-video bgr24:1280x720@0 -", says: "such as 25 or 30000/1001"),
      Wrong(
        words: "--raw-video bgr42:1280x720@25 -", says: "such as --raw-video bgr24:1280x720@25"),
      Wrong(words: "--raw-video bgr24:99999x99999@25 -", says: "memory"),
      Wrong(words: "--raw-audio s16le:48000 -", says: "such as s16le:48000:2"),
      Wrong(words: "--raw-audio s16le:48000:0 -", says: "channels from 1 to 64"),
      Wrong(words: "--raw-audio q16:48000:2 -", says: "--raw-audio s16le:48000:2"),
      Wrong(words: "--raw-audio s16le:48000:2= -", says: "s16le:48000:2=FILE"),
      Wrong(
        words: "--raw-video bgr24:64x64@25 --raw-audio s16le:48000:2 -",
        says: "--raw-audio s16le:48000:2=FILE"),
      Wrong(words: "--raw-audio s16le:48000:2=a -", says: "goes with --raw-video"),
      Wrong(
        words: "--raw-video bgr24:64x64@25 --raw-audio s16le:48000:2=- -",
        says: "cannot both read -"),
      Wrong(words: "--loop 2 --raw-video bgr24:64x64@25 -", says: "standard input"),
      Wrong(
        words: "--loop 2 --raw-video bgr24:64x64@25 --raw-audio s16le:48000:2=- v",
        says: "standard input"),
      Wrong(words: "--add-silence --raw-audio s16le:48000:2 -", says: "--raw-audio is sound"),
      Wrong(words: "--preset fast in.mkv", says: "--preset is for what is encoded"),
      Wrong(words: "--video-bitrate 1M in.mkv", says: "needs --transcode auto"),
      Wrong(words: "--transcode auto --video-bitrate 5 in.mkv", says: "10000"),
      Wrong(words: "--transcode auto --preset quick in.mkv", says: "ultrafast"),
      Wrong(words: "--transcode all in.mkv", says: "must be auto"),
    ])
  func wrongWordsAreRefused(_ wrong: Wrong) throws {
    let outcome = try Mediatool.run(
      ["rtmp-push"] + wrong.words.split(separator: " ").map(String.init)
        + ["rtmp://127.0.0.1:1/live/k"])
    #expect(outcome.ending == .exit(64), "\(outcome)")
    #expect(outcome.errors.contains(wrong.says) && outcome.stdout.isEmpty, "\(outcome)")
    #expect(outcome.errorLines.count <= 3, "\(outcome)")
  }
}
