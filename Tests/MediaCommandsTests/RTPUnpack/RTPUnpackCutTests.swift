import TestSupport
import Testing

/// A packet of which a capture holds a part is as lost as one that is not there.
@Suite struct RTPUnpackCutTests {
  /// A capture whose records have `limit` bytes at most, as `tcpdump -s` writes it.
  private func cut(_ path: String, to limit: Int, _ scratch: ScratchFolder) throws -> String {
    let bytes = try contents(of: path)
    func number(_ place: Int) -> Int {
      (0..<4).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
    }
    var result = [UInt8](bytes[..<24])
    var place = 24
    while place + 16 <= bytes.count {
      let count = number(place + 8)
      let kept = min(count, limit)
      result += bytes[place..<place + 8] + [UInt8(kept & 255), UInt8(kept >> 8), 0, 0]
      result += bytes[(place + 12)..<(place + 16 + kept)]
      place += 16 + count
    }
    return try scratch.write(result, to: "cut.pcap")
  }

  @Test func cutSoundIsDropped() throws {
    let scratch = try ScratchFolder()
    let path = try cut(try RTPCaptures.write(RTPCaptures.sound(50), scratch), to: 200, scratch)
    let document = try rtpDocument("--map", "96=L16/8000", path)
    #expect(document["streams"]?[0]?["packets"]?.integer == 50)
    #expect(document["streams"]?[0]?["frames"]?.integer == 0)
    #expect(document["streams"]?[0]?["dropped_frames"]?.integer == 50)
  }

  /// Pictures lose the NAL units that are cut; nothing of them is glued to others.
  @Test(.peers("ffmpeg")) func cutPicturesAreDroppedOrFlagged() throws {
    let scratch = try ScratchFolder()
    let clip = try Clips.path("mp4-faststart")
    let packed = try rtpPack(
      "--seed", "1", "--tracks", "v", "--mtu", "600", "-o", scratch["all.pcap"], "--sdp",
      scratch["a.sdp"], clip)
    try #require(packed.ending == .exit(0), "\(packed)")
    let whole = try rtpDocument("--sdp", scratch["a.sdp"], scratch["all.pcap"])
    let frames = try #require(whole["streams"]?[0]?["frames"]?.integer)
    let path = try cut(scratch["all.pcap"], to: 300, scratch)
    let document = try rtpDocument("--sdp", scratch["a.sdp"], path)
    let stream = try #require(document["streams"]?[0])
    let dropped = try #require(stream["dropped_frames"]?.integer)
    #expect(dropped > 0 && stream["damaged_frames"]?.integer == 0)
    #expect(dropped + (stream["frames"]?.integer ?? 0) == frames)
    let kept = try rtpDocument("--keep-damaged", "--sdp", scratch["a.sdp"], path)
    let damaged = try #require(kept["streams"]?[0]?["damaged_frames"]?.integer)
    #expect(damaged > 0)
    #expect((kept["streams"]?[0]?["frames"]?.integer ?? 0) - damaged == frames - dropped)
    // What packets are, their beginnings tell.
    let kinds = try rtpPackets("--sdp", scratch["a.sdp"], path).map { $0["kind"]?.string }
    #expect(kinds.contains("FU-A") && !kinds.contains(nil))
  }
}
