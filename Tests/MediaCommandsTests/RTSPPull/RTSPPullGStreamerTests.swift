import Foundation
import TestSupport
import Testing

/// What GStreamer's server plays is what is recorded.
@Suite(.gstreamerServer, .peers("ffmpeg", "ffprobe"))
struct RTSPPullGStreamerTests {
  struct Source: Sendable, CustomTestStringConvertible {
    var file: String
    var codecs: [GStreamerServer.Codec]
    var output: String
    var streams: [String]
    var testDescription: String { "\(codecs) in \(output)" }

    static let all = [
      Source(
        file: "rtsp-level.mkv", codecs: [.h264, .aac], output: "o.mp4", streams: ["v:0", "a:0"]),
      Source(file: "rtsp-h265.mkv", codecs: [.h265], output: "o.mp4", streams: ["v:0"]),
      Source(file: "rtsp-opus.mkv", codecs: [.opus], output: "o.mkv", streams: ["a:0"]),
    ]
  }

  /// Serves and records a clip; gives the report of its streams.
  private func pull(
    _ file: String, _ codecs: [GStreamerServer.Codec], _ transport: String, to path: String
  ) throws -> [JSONText] {
    let server = try GStreamerServer(file, codecs)
    let outcome = try RTSPPulls.run(
      ["--json", "--transport", transport, "-o", path, server.url()])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let streams = try #require(try JSONText(outcome.stdout)["streams"]?.items)
    #expect(streams.count == codecs.count)
    for stream in streams {
      #expect(stream["lost"]?.integer == 0 && stream["packets"]?.integer ?? 0 > 0)
      #expect(stream["transport"]?.string == (transport == "tcp" ? "interleaved" : "udp"))
      #expect(stream["bye"] == .bool(true))
    }
    return streams
  }

  @Test(arguments: Source.all, ["tcp", "udp"])
  func framesAndTimesAreThoseOfTheSource(_ source: Source, _ transport: String) throws {
    let folder = try ScratchFolder()
    let (file, path) = (try RTPClips.path(source.file), folder[source.output])
    _ = try pull(file, source.codecs, transport, to: path)
    for stream in source.streams {
      // What decoders of Opus skip stands before 0, which GStreamer cuts.
      let first = source.codecs == [.opus] ? 1 : 0
      try RTSPPulls.expectEqual(path, file, stream, first: first)
    }
    let kinds = try ProcessRunner.run(
      "ffprobe", ["-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0", path])
    #expect(
      kinds.output.split(separator: "\n").map { $0.prefix(1) }
        == source.streams.map { $0.prefix(1) }, "in the order of the presentation")
  }

  @Test(arguments: ["tcp", "udp"]) func picturesOfJPEG(_ transport: String) throws {
    let folder = try ScratchFolder()
    let file = try RTPClips.path("rtsp-pictures.mkv")
    _ = try pull(file, [.mjpeg], transport, to: folder["o.mkv"])
    let pictures = try MediaContents.decoded(folder["o.mkv"])
    #expect(try pictures == MediaContents.decoded(file) && pictures.count == 15)
  }

  @Test(arguments: ["tcp", "udp"], ["o.wav", "o.mkv"])
  func samplesOfG711(_ transport: String, _ name: String) throws {
    let folder = try ScratchFolder()
    let codec = name == "o.wav" ? "pcmu" : "pcma"
    let file = try RTPClips.path("rtsp-\(codec).wav")
    _ = try pull(file, [codec == "pcmu" ? .pcmu : .pcma], transport, to: folder[name])
    let samples = try MediaContents.samples(folder[name])
    #expect(try samples == MediaContents.samples(file) && samples.count > 4000)
  }

  @Test func nothingIsLostOfEightMegabitsOverUDP() throws {
    let folder = try ScratchFolder()
    let file = try RTPClips.path("rtsp-heavy.mkv")
    let streams = try pull(file, [.h264, .aac], "udp", to: folder["o.mp4"])
    #expect(streams[0]["bit_rate"]?.number ?? 0 > 6_000_000)
    for stream in ["v:0", "a:0"] { try RTSPPulls.expectEqual(folder["o.mp4"], file, stream) }
  }

  @Test(.networkNamespaces) func aGroupOfAnotherHost() throws {
    let pair = try NetworkPair()
    let folder = try ScratchFolder()
    let file = try RTPClips.path("rtsp-level.mkv")
    var options = GStreamerServer.Options()
    (options.address, options.wrapper) = (pair.first.address, pair.first.wrapper)
    options.transports = ["multicast"]
    let server = try GStreamerServer(file, [.h264, .aac], options)
    let words = ["rtsp-pull", "--json", "--transport", "multicast", "-o", folder["o.mp4"]]
    let outcome = try ProcessRunner.run(
      pair.second.wrapper[0],
      pair.second.wrapper.dropFirst() + [Mediatool.path] + words + [server.url()], limit: 30)
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let streams = try #require(try JSONText(outcome.stdout)["streams"]?.items)
    for stream in streams {
      #expect(stream["destination"]?.string?.hasPrefix("239.255.42.") == true)
      #expect(stream["lost"]?.integer == 0)
    }
    for stream in ["v:0", "a:0"] { try RTSPPulls.expectEqual(folder["o.mp4"], file, stream) }
  }

  @Test func aRangeIsPlayed() throws {
    let folder = try ScratchFolder()
    let file = try RTPClips.path("rtsp-pictures-only.mkv")
    let server = try GStreamerServer(file, [.h264])
    let outcome = try RTSPPulls.run([
      "-q", "--range", "npt=2-", "-o", folder["o.mp4"], server.url(),
    ])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    // It begins with the keyframe in front: each tenth picture is one, and the 50th is at 2 s.
    let found = try Decoded.hashes(folder["o.mp4"])
    let source = try Decoded.hashes(file)
    #expect(found == Array(source.suffix(found.count)))
    #expect((25...35).contains(found.count), "\(found.count)")
  }
}
