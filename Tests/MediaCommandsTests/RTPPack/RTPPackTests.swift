import Foundation
import TestSupport
import Testing

/// What `rtp-pack` makes of files, put together again by itself.
@Suite(.peers("ffmpeg")) struct RTPPackTests {
  struct Input: CustomTestStringConvertible, Sendable {
    var name: String
    var encoding: [String]
    var options: [String] = []
    /// A recipe, or how to make one.
    var recipe: String?
    var make: String = ""
    var testDescription: String { ([name] + options).joined(separator: " ") }
  }

  private static let picture = "-f lavfi -i testsrc2=s=320x240:r=30:d=2 "
  private static let tone = "-f lavfi -i sine=440:sample_rate=48000:d=2 "
  private static let speech = "-f lavfi -i sine=440:sample_rate=8000:d=2 "
  private static let x264 = "-c:v libx264 -threads 1 -g 20 -bf 3 "

  static let inputs = [
    Input(name: "clip.mp4", encoding: ["H264", "mpeg4-generic"], recipe: "mp4-faststart"),
    Input(name: "clip.flv", encoding: ["H264", "mpeg4-generic"], recipe: "flv-h264"),
    Input(name: "clip.h264", encoding: ["H264"], make: picture + x264),
    Input(
      name: "slices.h264", encoding: ["H264"], options: ["--mtu", "200", "--aggregate", "all"],
      make: picture + x264 + "-x264-params slices=4:aud=1:repeat-headers=1"),
    Input(
      name: "fields.h264", encoding: ["H264"], options: ["--mtu", "64"],
      make: picture + "-c:v libx264 -threads 1 -flags +ildct+ilme -x264-params tff=1:bframes=2"),
    Input(name: "clip.hevc", encoding: ["H265"], recipe: "raw-hevc"),
    Input(
      name: "pyramid.hevc", encoding: ["H265"], options: ["--aggregate", "parameter-sets"],
      make: picture + "-c:v libx265 -x265-params log-level=none:bframes=4:b-pyramid=1:keyint=15"),
    Input(name: "clip.aac", encoding: ["mpeg4-generic"], recipe: "raw-aac"),
    Input(
      name: "clip.aac", encoding: ["MP4A-LATM"], options: ["--payload", "latm", "--mtu", "100"],
      recipe: "raw-aac"),
    Input(
      name: "programs.ts", encoding: ["MP2T"], options: ["--payload", "mp2t"],
      recipe: "ts-two-programs"),
    Input(name: "tone.wav", encoding: ["L24"], recipe: "wav-24bit"),
    Input(name: "stereo.wav", encoding: ["L16"], make: tone + "-ac 2 -ar 44100"),
    Input(name: "mu.wav", encoding: ["PCMU"], make: speech + "-c:a pcm_mulaw"),
    Input(name: "a.wav", encoding: ["PCMA"], recipe: "wav-alaw"),
    Input(name: "big.caf", encoding: ["L16"], recipe: "caf-pcm"),
    Input(name: "vp9.webm", encoding: ["VP9", "opus"], recipe: "webm-vp9-opus"),
    Input(name: "vp8.webm", encoding: ["VP8"], make: picture + "-c:v libvpx -deadline realtime"),
    Input(name: "av1.mp4", encoding: ["AV1"], recipe: "mp4-av1"),
    Input(name: "opus.opus", encoding: ["opus"], recipe: "ogg-opus"),
    Input(name: "sound.mp3", encoding: ["MPA"], make: tone + "-c:a libmp3lame"),
    Input(
      name: "pictures.avi", encoding: ["JPEG"],
      make: picture + "-c:v mjpeg -q:v 4 -huffman default -pix_fmt yuvj420p"),
  ]

  @Test(arguments: inputs) func everythingComesBack(_ input: Input) throws {
    let folder = try ScratchFolder()
    let path: String
    if let recipe = input.recipe {
      path = try Clips.path(recipe)
    } else {
      path = try encoded(input.name, input.make, in: folder)
    }
    let outcome = try Mediatool.run(["rtp-pack", "--json", "--verify"] + input.options + [path])
    let document = try #require(try? JSONText(outcome.stdout), "\(outcome)")
    #expect(outcome.ending == .exit(0), "\(outcome.errors)")
    #expect(document["verify"]?["different"]?.integer == 0)
    #expect((document["verify"]?["compared"]?.integer ?? 0) > 10)
    let streams = document["streams"]?.items ?? []
    #expect(streams.compactMap { $0["encoding"]?.string } == input.encoding)
    let limit =
      input.options.firstIndex(of: "--mtu").flatMap { Int(input.options[$0 + 1]) } ?? 1400
    #expect(streams.allSatisfy { ($0["largest_packet"]?.integer ?? .max) <= limit })
  }

  @Test(arguments: ["pcap", "pcapng", "rtpdump"]) func aSeedFixesEveryByte(suffix: String) throws {
    let folder = try ScratchFolder()
    let clip = try Clips.path("mp4-faststart")
    func files(_ run: String, _ seed: String) throws -> [[UInt8]] {
      let (capture, sdp) = (folder["\(run).\(suffix)"], folder["\(run).sdp"])
      let outcome = try rtpPack(
        "--seed", seed, "--drop", "5%", "--reorder", "2", "--jitter", "3ms", "-o", capture, "--sdp",
        sdp, clip)
      #expect(outcome.ending == .exit(0), "\(outcome)")
      return try [contents(of: capture), contents(of: sdp)]
    }
    let first = try files("a", "1")
    #expect(try files("b", "1") == first)
    #expect(try files("c", "2") != first)
    #expect(first[0].count > 10_000)
  }

  @Test func identifiersAreTheUsersOwn() throws {
    let clip = try Clips.path("mp4-faststart")
    let document = try packDocument(
      "--packets", "--ssrc", "0xffffffff", "--seq", "65535", "--timestamp-offset", "4294967295",
      "--cname", "me@here", "--payload-type", "100", clip)
    let streams = try #require(document["streams"]?.items)
    #expect(streams.map { $0["ssrc"]?.integer } == [0xffff_ffff, 0])
    #expect(streams.map { $0["payload_type"]?.integer } == [100, 101])
    #expect(streams.map { $0["cname"]?.string } == ["me@here", "me@here"])
    let packets = try #require(document["packets"]?.items)
    let video = packets.filter { $0["stream"]?.integer == 0 }
    #expect(video.prefix(2).map { $0["sequence"]?.integer } == [65_535, 0])
    #expect(packets.enumerated().allSatisfy { $1["index"]?.integer == $0 })
  }

  /// Presentation times of a byte stream are those that the encoder gave its pictures.
  @Test(arguments: [
    "libx264 -g 24 -bf 3", "libx265 -x265-params log-level=none:keyint=24:bframes=4",
  ])
  func byteStreamsGetTheirTimes(codec: String) throws {
    let folder = try ScratchFolder()
    let movie = try encoded(
      "a.mp4", "-f lavfi -i testsrc2=s=160x120:r=24:d=3 -c:v \(codec)", in: folder)
    let suffix = codec.hasPrefix("libx264") ? "h264" : "hevc"
    let raw = try encoded("a.\(suffix)", "-i \(movie) -c copy -f \(suffix)", in: folder)
    func steps(_ path: String) throws -> [Int] {
      let document = try packDocument("--packets", "--timestamp-offset", "1000000", path)
      let packets = document["packets"]?.items ?? []
      let times = packets.filter { $0["marker"] == .bool(true) }
        .compactMap { $0["timestamp"]?.integer }
      return zip(times.dropFirst(), times).map { $0 - $1 }
    }
    let expected = try steps(movie)
    #expect(expected.count == 71)
    #expect(expected.contains { $0 < 0 }, "there are no B frames")
    #expect(try steps(raw) == expected)
  }

  /// AAC in FLV has times in milliseconds; its RTP has frames of exactly 1024 samples.
  @Test func millisecondsAreNoJitter() throws {
    let document = try packDocument(
      "--packets", "--timestamp-offset", "0", "--tracks", "a", Clips.path("flv-h264"))
    let times = (document["packets"]?.items ?? []).compactMap { $0["timestamp"]?.integer }
    #expect(times.count > 50)
    #expect(zip(times.dropFirst(), times).allSatisfy { $0 - $1 == 1024 })
  }

  @Test func loopsGoOnInTime() throws {
    let clip = try Clips.path("raw-aac")
    let once = try packDocument("--verify", clip)
    let thrice = try packDocument("--verify", "--packets", "--loop=3", clip)
    let count = try #require(once["streams"]?[0]?["packets"]?.integer)
    #expect(thrice["streams"]?[0]?["packets"]?.integer == 3 * count)
    let times = (thrice["packets"]?.items ?? []).compactMap { $0["timestamp"]?.integer }
    #expect(
      zip(times.dropFirst(), times).allSatisfy { UInt32(truncatingIfNeeded: $0 - $1) == 1024 })
  }

  @Test func impairmentsAreCounted() throws {
    let document = try packDocument(
      "--seed", "7", "--packets", "--mtu", "200", "--drop", "2%", "--burst", "3", "--duplicate",
      "4%", Clips.path("mp4-faststart"))
    let found = try #require(document["impairments"])
    let (dropped, doubled) = (found["dropped"]?.integer ?? 0, found["duplicated"]?.integer ?? 0)
    #expect(dropped > 10 && doubled > 10 && found["reordered"]?.integer == 0)
    let made = document["totals"]?["packets"]?.integer ?? 0
    #expect(document["packets"]?.items?.count == made - dropped + doubled)
  }

  @Test func expectationsAreAboutTheReport() throws {
    let clip = try Clips.path("raw-aac")
    let good = try rtpPack("--verify", "--expect", "verify.different == 0", clip)
    #expect(good.ending == .exit(0), "\(good)")
    let bad = try rtpPack("--verify", "--expect", "totals.packets > 1000000", clip)
    #expect(bad.ending == .exit(1) && bad.errorLines.count == 1, "\(bad)")
    let streamed = try rtpPack("--expect", "packets[0].size > 1", clip)
    #expect(streamed.ending == .exit(64), "\(streamed)")
  }

  @Test func theDescriptionSaysWhereItGoes() throws {
    let clip = try Clips.path("mp4-faststart")
    let group = try rtpPack(
      "--sdp", "-", "--send", "rtp://239.1.2.3:6001", "--ttl", "4", "--interface", "127.0.0.1",
      "--duration", "1ms", "--fast", "--rtcp-mux", clip)
    #expect(group.ending == .exit(0), "\(group)")
    let lines = group.output.split(separator: "\r\n").map(String.init)
    #expect(lines.contains("c=IN IP4 239.1.2.3/4"))
    #expect(
      lines.filter { $0.hasPrefix("m=") } == ["m=video 6001 RTP/AVP 96", "m=audio 6003 RTP/AVP 97"])
    #expect(lines.filter { $0 == "a=rtcp-mux" }.count == 2)
  }
}
