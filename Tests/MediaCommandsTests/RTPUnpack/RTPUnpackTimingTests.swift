import TestSupport
import Testing

/// Pictures that are shown in another order than they are sent in, with sound beside them.
@Suite struct RTPUnpackTimingTests {
  struct Case: Sendable, CustomStringConvertible {
    var encoder: String
    var output: String
    /// FFmpeg's H.264 has one picture in three shown out of turn, its H.265 a pyramid.
    var description: String { "\(encoder.split(separator: " ")[1]) to \(output)" }
  }

  private static let h264 = "-c:v libx264 -bf 3 -g 12 -threads 1 -pix_fmt yuv420p"
  private static let h265 =
    "-c:v libx265 -x265-params log-level=none:pools=1:keyint=12:bframes=4 -tag:v hvc1"

  static let cases =
    ["mp4", "mkv", "flv", "ts"].map { Case(encoder: h264, output: $0) }
    + ["mp4", "mkv", "ts"].map { Case(encoder: h265, output: $0) }

  @Test(.peers("ffmpeg", "ffprobe"), arguments: cases) func timesAreThoseOfTheSource(
    _ test: Case
  ) throws {
    let scratch = try ScratchFolder()
    let source = try RTPSenders.make(
      "-f lavfi -i testsrc2=s=160x120:r=25:d=2 -f lavfi "
        + "-i sine=frequency=440:sample_rate=48000:duration=2 \(test.encoder) -c:a aac",
      "a.mp4", scratch)
    let packed = try rtpPack(
      "-q", "--seed", "7", "-o", scratch["a.pcap"], "--sdp", scratch["a.sdp"], source)
    try #require(packed.ending == .exit(0), "\(packed)")
    let result = scratch["out.\(test.output)"]
    let outcome = try Mediatool.run(
      ["rtp-unpack", "--sdp", scratch["a.sdp"], "-o", result, scratch["a.pcap"]])
    try #require(outcome.ending == .exit(0), "\(outcome)")
    var shifts: [Double] = []
    for stream in ["v:0", "a:0"] {
      let ours = try MediaContents.times(result, stream)
      let theirs = try MediaContents.times(source, stream)
      try #require(ours.count == theirs.count && ours.count >= 50, "\(stream)")
      let shift = ours[0].pts - theirs[0].pts
      shifts.append(shift)
      for (our, their) in zip(ours, theirs) {
        // Matroska and FLV count milliseconds.
        #expect(abs(our.pts - their.pts - shift) < 0.0011, "\(stream) \(our) \(their)")
        guard let dts = our.dts, let wanted = their.dts, test.output != "mkv" else { continue }
        #expect(dts <= our.pts)
        #expect(abs(dts - wanted - shift) < 0.0011, "\(stream) \(our) \(their)")
      }
      let decoding = ours.compactMap(\.dts)
      #expect(zip(decoding, decoding.dropFirst()).allSatisfy { $0 < $1 }, "\(stream)")
      // MPEG-TS has AAC behind headers of its own.
      guard test.output != "ts" || stream == "v:0" else { continue }
      #expect(try MediaContents.frames(result, stream) == MediaContents.frames(source, stream))
    }
    // Sender reports say when each began.
    #expect(abs(shifts[0] - shifts[1]) < 0.0015, "\(shifts)")
    #expect(try MediaContents.complaints(result) == [])
  }

  /// FFmpeg of this version may lack the FLV of H.265: one line says so.
  @Test(.peers("ffmpeg")) func containersThatCannotBeMadeAreNamed() throws {
    let scratch = try ScratchFolder()
    let source = try RTPSenders.make(
      "-f lavfi -i testsrc2=s=160x120:r=25:d=1 \(Self.h265)", "a.mp4", scratch)
    _ = try rtpPack("-q", "-o", scratch["a.pcap"], "--sdp", scratch["a.sdp"], source)
    let outcome = try Mediatool.run(
      ["rtp-unpack", "--sdp", scratch["a.sdp"], "-o", scratch["out.flv"], scratch["a.pcap"]])
    if Peers.ffmpegMajor < 6 {
      #expect(outcome.ending == .exit(69) && outcome.errorLines.count == 1, "\(outcome)")
      #expect(outcome.errors.contains("makes no flv file of hevc"), "\(outcome)")
      #expect(try !scratch.names.contains("out.flv"))
    } else {
      #expect(outcome.ending == .exit(0), "\(outcome)")
    }
  }
}
