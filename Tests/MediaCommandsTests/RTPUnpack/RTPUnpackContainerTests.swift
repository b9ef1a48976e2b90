import TestSupport
import Testing

/// What containers say of tracks that only frames describe.
@Suite(.peers("ffmpeg", "ffprobe")) struct RTPUnpackContainerTests {
  /// `name=value` of the only stream of a file, as ffprobe has it.
  private func probe(_ path: String, _ entries: String) throws -> Set<String> {
    let outcome = try ProcessRunner.run(
      "ffprobe",
      ["-v", "error", "-show_entries", "stream=\(entries)", "-of", "default=nw=1", path])
    #expect(outcome.ending == .exit(0) && outcome.errors.isEmpty, "\(outcome)")
    return Set(outcome.output.split(separator: "\n").map(String.init))
  }

  private func carried(_ source: String, to name: String, _ folder: ScratchFolder) throws -> Outcome
  {
    let sdp = folder["a.sdp"]
    let packed = try rtpPack("--seed", "1", "-y", "-o", folder["a.pcap"], "--sdp", sdp, source)
    try #require(packed.ending == .exit(0), "\(packed)")
    return try Mediatool.run(
      ["rtp-unpack", "-y", "--sdp", sdp, "-o", folder[name], folder["a.pcap"]])
  }

  @Test(arguments: [("yuv420p", "0"), ("yuv444p", "1")])
  func vp9InMP4HasItsConfiguration(format: String, profile: String) throws {
    let folder = try ScratchFolder()
    let source = try encoded(
      "in.webm",
      "-f lavfi -i testsrc2=s=64x48:r=5:d=1 -c:v libvpx-vp9 -cpu-used 8 -pix_fmt \(format)",
      in: folder)
    let outcome = try carried(source, to: "out.mp4", folder)
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let found = try probe(folder["out.mp4"], "codec_name,profile,pix_fmt,width")
    let wanted = ["codec_name=vp9", "profile=Profile \(profile)", "pix_fmt=\(format)", "width=64"]
    #expect(found == Set(wanted))
    // vpcC: version and flags, profile, level, then depth and subsampling.
    let bytes = try contents(of: folder["out.mp4"])
    let name = Array("vpcC".utf8)
    let place = try #require(
      bytes.indices.dropLast(12).first { bytes[$0..<$0 + 4].elementsEqual(name) })
    #expect(bytes[place + 8] == (profile == "0" ? 0 : 1))
    #expect(bytes[place + 10] >> 4 == 8)
  }

  @Test(
    arguments: [
      ("-c:a mp2 -ar 48000 -ac 1 -f mp2", "mp2", 48_000, 1),
      ("-c:a libmp3lame -ar 22050 -ac 2 -f mp3", "mp3", 22_050, 2),
    ])
  func mpegAudioHasItsOwnRate(encoder: String, codec: String, rate: Int, channels: Int) throws {
    let folder = try ScratchFolder()
    let source = try encoded(
      "in.\(codec)", "-f lavfi -i sine=frequency=440:duration=0.5 \(encoder)", in: folder)
    let wanted: Set = ["sample_rate=\(rate)", "channels=\(channels)"]
    for name in ["out.mkv", "out.mp4"] {
      let outcome = try carried(source, to: name, folder)
      #expect(outcome.ending == .exit(0) && outcome.errors.isEmpty, "\(outcome)")
      #expect(try probe(folder[name], "sample_rate,channels") == wanted)
    }
    // MP4 has one number for all layers.
    #expect(try probe(folder["out.mkv"], "codec_name") == ["codec_name=\(codec)"])
    let document = try rtpDocument(folder["a.pcap"])
    #expect(document["streams"]?[0]?["codec"]?.string == codec)
  }

  @Test func whatThisFFmpegDoesNotMakeIsUnavailable() throws {
    let folder = try ScratchFolder()
    let source = try encoded(
      "in.webm", "-f lavfi -i testsrc2=s=64x48:r=5:d=1 -c:v libvpx-vp9 -cpu-used 8", in: folder)
    let outcome = try carried(source, to: "out.flv", folder)
    // From FFmpeg 6.1 on FLV holds it.
    guard outcome.ending != .exit(0) else { return }
    #expect(outcome.ending == .exit(69) && outcome.errorLines.count == 1, "\(outcome)")
    #expect(outcome.errors.contains("vp9") && outcome.errors.contains("flv"), "\(outcome)")
  }
}
