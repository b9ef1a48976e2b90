import TestSupport
import Testing

/// Samples are sent when their time comes, whatever frames a container has.
@Suite(.peers("ffmpeg")) struct RTPPackSampleTests {
  private func packets(_ arguments: String...) throws -> [JSONText] {
    let outcome = try Mediatool.run(["rtp-pack", "--seed", "1", "--jsonl"] + arguments)
    try #require(outcome.ending == .exit(0), "\(outcome)")
    return try outcome.stdout.split(separator: UInt8(ascii: "\n")).map { try JSONText(Array($0)) }
      .filter { $0["event"] == nil }
  }

  /// How far the packets of a stream are from their timestamps, in seconds; 0 where each has its
  /// own time.
  private func offsets(_ packets: [JSONText], _ clockRate: Double) throws -> [Double] {
    let first = try #require(packets.first?["timestamp"]?.integer)
    return try packets.map {
      let ticks = UInt32(truncatingIfNeeded: try #require($0["timestamp"]?.integer) - first)
      return try #require($0["time"]?.number) - Double(ticks) / clockRate
    }
  }

  /// FFmpeg reads G.722 in pieces of 4096 bytes, half a second.
  @Test func eachPacketHasItsOwnTime() throws {
    let folder = try ScratchFolder()
    let source = try encoded(
      "in.wav", "-f lavfi -i sine=sample_rate=16000:duration=2 -c:a g722", in: folder)
    let packets = try packets("--verify", source)
    #expect(packets.count == 100)
    #expect(try offsets(packets, 8000).allSatisfy { abs($0) < 0.0001 })
    let times = packets.compactMap { $0["time"]?.number }
    #expect(zip(times, times.dropFirst()).allSatisfy { abs($1 - $0 - 0.02) < 0.0001 })
  }

  /// Tracks stay in the order of time among each other; frames are counted as the input has them.
  @Test func tracksKeepTheirOrder() throws {
    let folder = try ScratchFolder()
    let source = try encoded(
      "in.mkv",
      "-f lavfi -i testsrc2=s=64x48:r=25:d=2 -f lavfi -i sine=sample_rate=8000:duration=2 "
        + "-c:v mjpeg -huffman default -pix_fmt yuvj420p -c:a pcm_mulaw -af asetnsamples=4000",
      in: folder)
    let packets = try packets("--verify", source)
    let times = packets.compactMap { $0["time"]?.number }
    #expect(times == times.sorted())
    let sound = packets.filter { $0["payload_type"]?.integer == 0 }
    #expect(sound.count == 100)
    #expect(try offsets(sound, 8000).allSatisfy { abs($0) < 0.02 })
    let document = try packDocument("--verify", source)
    #expect(document["verify"]?["different"]?.integer == 0)
  }
}
