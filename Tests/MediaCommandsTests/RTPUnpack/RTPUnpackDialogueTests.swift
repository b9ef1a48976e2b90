import Foundation
import TestSupport
import Testing

@testable import MediaCommands

/// RTP between the messages of RTSP, and behind lengths alone.
@Suite struct RTPUnpackDialogueTests {
  private func text(_ lines: String...) -> [UInt8] {
    [UInt8]((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
  }

  @Test func interleavedPacketsAreExplainedByTheAnswerToDescribe() throws {
    let sdp = RTPCaptures.soundSDP.replacingOccurrences(of: "5004", with: "0")
    var segments: [(Bool, [UInt8])] = [
      (true, text("DESCRIBE rtsp://user:secret@10.0.0.2/a RTSP/1.0", "CSeq: 1")),
      (
        false,
        text(
          "RTSP/1.0 200 OK", "CSeq: 1", "Server: test", "Content-Type: application/sdp",
          "Content-Length: \(sdp.utf8.count)") + Array(sdp.utf8)
      ),
      (
        true,
        text(
          "SETUP rtsp://10.0.0.2/a/0 RTSP/1.0", "CSeq: 2",
          "Transport: RTP/AVP/TCP;interleaved=4-5")
      ),
      (
        false,
        text("RTSP/1.0 200 OK", "CSeq: 2", "Transport: RTP/AVP/TCP;interleaved=4-5;ssrc=11223344")
      ),
      (true, text("PLAY rtsp://10.0.0.2/a RTSP/1.0", "CSeq: 3")),
    ]
    segments += RTPCaptures.segments(RTPCaptures.sound(30).map(\.bytes), interleaved: true)
    let scratch = try ScratchFolder()
    let path = try scratch.write(RTPCaptures.connection(segments, port: 554), to: "a.pcap")
    let document = try rtpDocument("--check", path)
    let stream = try #require(document["streams"]?[0])
    #expect(stream["packets"]?.integer == 30 && stream["frames"]?.integer == 30)
    #expect(stream["format_source"]?.string == "rtsp" && stream["channel"]?.integer == 4)
    #expect(stream["transport"]?.string == "interleaved")
    let dialogue = try #require(document["rtsp"]?[0])
    #expect(dialogue["client"]?.string == "10.0.0.1:50000")
    #expect(dialogue["methods"]?.items?.compactMap(\.string) == ["DESCRIBE", "SETUP", "PLAY"])
    #expect(dialogue["url"]?.string == "rtsp://user:***@10.0.0.2/a")
    #expect(dialogue["server_name"]?.string == "test")
    #expect(document.list("findings").isEmpty, "\(document)")
    // The sixth segment brings the first packet.
    let lines = try rtpPackets(path)
    #expect(lines.first?["packet"]?.integer == 6)
  }

  @Test func lengthsAlone() throws {
    let segments = RTPCaptures.segments(RTPCaptures.sound(30).map(\.bytes), interleaved: false)
    let scratch = try ScratchFolder()
    let path = try scratch.write(RTPCaptures.connection(segments, port: 9000), to: "a.pcap")
    let stream = try #require(
      try rtpDocument("--map", "96=L16/8000", path)["streams"]?[0])
    #expect(stream["packets"]?.integer == 30 && stream["transport"]?.string == "tcp")
  }
}

/// Outputs made of packets by hand.
@Suite struct RTPUnpackOutputTests {
  private static let sets: [[UInt8]] = [
    [0x67, 0x42, 0x00, 0x0a, 0xf8, 0x41, 0xa2], [0x68, 0xce, 0x38, 0x80],
  ]
  private static let sprop =
    "96=H264/90000;packetization-mode=1;sprop-parameter-sets=Z0IACvhBog==,aM44gA=="

  private func packets(_ units: [[UInt8]]) -> [(time: Int64, bytes: [UInt8])] {
    units.enumerated().map { index, unit in
      let packet = TestPacket(
        sequence: UInt16(index), timestamp: 3600 * UInt32(index), time: Int64(index) * 40_000_000,
        payload: unit, marker: true)
      return (packet.time, packet.bytes)
    }
  }

  private func stream(_ units: [[UInt8]]) -> [UInt8] { units.flatMap { [0, 0, 0, 1] + $0 } }

  @Test func unitsAreWrittenAsReceived() throws {
    let scratch = try ScratchFolder()
    let pictures: [[UInt8]] = [[0x65, 0x88, 1], [0x41, 0x9a, 2], [0x41, 0x9a, 3]]
    try RTPCaptures.write(packets(pictures), to: scratch["bare.pcap"])
    let bare = try Mediatool.run(
      ["rtp-unpack", "--map", Self.sprop, "-o", scratch["bare.h264"], scratch["bare.pcap"]])
    #expect(bare.ending == .exit(0) && bare.stdout.isEmpty, "\(bare)")
    #expect(try contents(of: scratch["bare.h264"]) == stream(Self.sets + pictures))

    // Sets that come in band later are enough.
    let later = [pictures[1]] + Self.sets + pictures
    try RTPCaptures.write(packets(later), to: scratch["later.pcap"])
    let outcome = try Mediatool.run(
      ["rtp-unpack", "--map", Self.sprop, "-o", scratch["later.h264"], scratch["later.pcap"]])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(try contents(of: scratch["later.h264"]) == stream(later))
  }

  @Test func existingFilesStay() throws {
    let scratch = try ScratchFolder()
    try RTPCaptures.write(
      RTPCaptures.sound(10).map { ($0.time, $0.bytes) }, to: scratch["a.pcap"])
    let path = try scratch.write("old", to: "a.wav")
    let words = ["rtp-unpack", "--map", "96=L16/8000", "-o", path, scratch["a.pcap"]]
    #expect(try Mediatool.run(words).ending == .exit(73))
    #expect(try text(of: path) == "old")
    #expect(try Mediatool.run(words + ["-y"]).ending == .exit(0))
    let wave = try contents(of: path)
    #expect(wave.count == 44 + 3200 && wave.starts(with: "RIFF".utf8))
    // The first sample, 0x0001 on the wire, has its bytes turned around.
    #expect(wave[44..<48] == [1, 0, 3, 2])
  }

  @Test func damagedCapturesNeverTrap() throws {
    let scratch = try ScratchFolder()
    var random = Seeded.of("damagedCaptures")
    var all = packets([[0x65, 1]] + Self.sets + [[0x7c, 0x85, 1], [0x7c, 0x45, 2]])
    all += RTPCaptures.sound(20, type: 11).map { ($0.time, $0.bytes) }
    all.append((1, RTPCaptures.report(ntp: 0, rtp: 0)))
    all.append((2, RTPCaptures.goodbye()))
    try RTPCaptures.write(all, to: scratch["whole.pcap"])
    let whole = try contents(of: scratch["whole.pcap"])
    for _ in 0..<300 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...8, using: &random) {
        bytes[Int.random(in: 24..<bytes.count, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      let path = try scratch.write(bytes, to: "damaged.pcap")
      let output = MemoryOutput()
      let environment = CommandEnvironment(
        standardOutput: output, standardError: MemoryOutput())
      let exit = Tool.run(
        ["rtp-unpack", "--check", "--json", "--packets", "--keep-damaged", path], environment)
      #expect([0, 1, 65].contains(exit.rawValue), "\(exit)")
    }
  }
}
