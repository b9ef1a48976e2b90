import Foundation
import TestSupport
import Testing

/// When a container begins, and what is missing from it then.
@Suite struct RTPUnpackBeginningTests {
  private static let maps = ["--map", "96=VP8/90000", "--map", "97=L16/8000"]

  private func write(_ packets: [TestPacket], to path: String) throws {
    let sorted = packets.sorted { $0.time < $1.time }
    try RTPCaptures.write(sorted.map { ($0.time, $0.bytes) }, to: path)
  }

  /// Five pictures a second of VP8, of which those of `keys` are keyframes.
  private func pictures(_ count: Int, keys: Set<Int>) -> [TestPacket] {
    (0..<count).map { index in
      let frame = keys.contains(index) ? "100000 9d012a 4001 f000 010203" : "110000 010203"
      return TestPacket(
        sequence: UInt16(index), timestamp: 18_000 * UInt32(index),
        time: 200_000_000 * Int64(index), payload: hex("10" + frame), marker: true, ssrc: 2)
    }
  }

  private func sound(_ range: Range<Int>, ssrc: UInt32 = 1) -> [TestPacket] {
    RTPCaptures.sound(range.upperBound, type: 97)[range].map { packet in
      var packet = packet
      packet.ssrc = ssrc
      return packet
    }
  }

  private func unpack(_ scratch: ScratchFolder, _ words: String..., exit: Int32) throws -> Outcome {
    let outcome = try Mediatool.run(
      ["rtp-unpack"] + Self.maps + words + ["-o", scratch["out.mkv"], scratch["a.pcap"]])
    try #require(outcome.ending == .exit(exit), "\(outcome)")
    return outcome
  }

  @Test(.peers("ffprobe", "ffmpeg")) func aCaptureIsReadOnUntilAKeyframe() throws {
    let scratch = try ScratchFolder()
    try write(pictures(50, keys: [40]) + sound(0..<500), to: scratch["a.pcap"])
    _ = try unpack(scratch, exit: 0)
    #expect(try MediaContents.frames(scratch["out.mkv"], "v:0").count == 10)
    #expect(try MediaContents.frames(scratch["out.mkv"], "a:0").count == 500)
    // The first picture stands eight seconds into the sound.
    let (video, audio) = (
      try MediaContents.times(scratch["out.mkv"], "v:0"),
      try MediaContents.times(scratch["out.mkv"], "a:0")
    )
    #expect(abs(video[0].pts - audio[0].pts - 8) < 0.01)
  }

  @Test func picturesWithoutAKeyframeAreMissed() throws {
    let scratch = try ScratchFolder()
    try write(pictures(50, keys: []) + sound(0..<500), to: scratch["a.pcap"])
    let outcome = try unpack(scratch, exit: 65)
    #expect(outcome.errors.contains("1 stream left out of the mkv file"), "\(outcome)")
    // Nobody misses what was not asked for.
    _ = try unpack(scratch, "--force", "--tracks", "a", exit: 0)
  }

  /// Six seconds of keyframes before anything says how to decode them.
  @Test func parameterSetsMayComeLate() throws {
    let scratch = try ScratchFolder()
    let sets = ["6764000aacd9420bf97011000003000100000300320f122596", "68ebe3cb22c0"]
    var packets: [TestPacket] = []
    for index in 0..<40 {
      let units = (index == 30 ? sets : []) + ["65888040aabbcc"]
      for (number, unit) in units.enumerated() {
        packets.append(
          TestPacket(
            sequence: UInt16(packets.count), timestamp: 18_000 * UInt32(index),
            time: 200_000_000 * Int64(index), payload: hex(unit),
            marker: number + 1 == units.count))
      }
    }
    try write(packets, to: scratch["a.pcap"])
    let outcome = try Mediatool.run(
      ["rtp-unpack", "--map", "96=H264/90000", "-o", scratch["a.mkv"], scratch["a.pcap"]])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(try contents(of: scratch["a.mkv"]).count > 400)
  }

  @Test func aSourceThatComesTooLateIsMissed() throws {
    let scratch = try ScratchFolder()
    try write(sound(0..<400) + sound(400..<500, ssrc: 3), to: scratch["a.pcap"])
    let outcome = try unpack(scratch, exit: 65)
    #expect(outcome.errors.contains("1 stream left out of the mkv file"), "\(outcome)")
  }
}
