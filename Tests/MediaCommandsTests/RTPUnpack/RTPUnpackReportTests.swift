import Foundation
import MediaCapture
import MediaJSON
import MediaRTP
import TestSupport
import Testing

@testable import MediaCommands

/// What `rtp-unpack` says of captures.
@Suite struct RTPUnpackReportTests {
  /// Packets as sent, with these lost, these twice and these late.
  private func impaired(
    _ packets: [TestPacket], lost: Set<Int>, twice: Set<Int>, late: Set<Int>
  ) -> [(time: Int64, bytes: [UInt8])] {
    var order: [(time: Int64, bytes: [UInt8])] = []
    var held: (time: Int64, bytes: [UInt8])?
    for (index, packet) in packets.enumerated() where !lost.contains(index) {
      if late.contains(index) {
        held = (packet.time, packet.bytes)
        continue
      }
      order.append((packet.time, packet.bytes))
      if twice.contains(index) { order.append((packet.time + 1_000_000, packet.bytes)) }
      if let waiting = held {
        order.append((packet.time + 2_000_000, waiting.bytes))
        held = nil
      }
    }
    return order
  }

  @Test(arguments: [true, false]) func lossDuplicatesAndReorderingAreToldApart(
    isDescribed: Bool
  ) throws {
    let scratch = try ScratchFolder()
    let packets = RTPCaptures.sound(200)
    try RTPCaptures.write(
      impaired(packets, lost: [10, 11, 50, 120], twice: [30], late: [70, 90]),
      to: scratch["a.pcap"])
    let sdp = try scratch.write(RTPCaptures.soundSDP, to: "a.sdp")
    let format = isDescribed ? ["--sdp", sdp] : ["--map", "96=L16/8000"]
    let document = try rtpDocument(format[0], format[1], scratch["a.pcap"])
    let streams = try #require(document["streams"]?.items)
    #expect(streams.count == 1)
    let stream = try #require(streams.first)
    let expected = [
      "packets": 197, "expected": 200, "lost": 4, "rfc3550_lost": 3, "duplicated": 1,
      "reordered": 2, "strays": 0, "restarts": 0, "payload_type": 96, "clock_rate": 8000,
      "frames": 196,
    ]
    for (name, value) in expected { #expect(stream[name]?.integer == value, "\(name)") }
    #expect(stream["ssrc"]?.integer == 0x1122_3344)
    #expect(stream["codec"]?.string == "pcm_s16le")
    #expect(stream["format_source"]?.string == (isDescribed ? "sdp" : "map"))
    let jitter = try #require(stream["jitter_ms"]?.number)
    #expect(jitter > 0 && jitter < 20)
  }

  @Test func steadyPacketsHaveNoJitterAndTheirBitRate() throws {
    let scratch = try ScratchFolder()
    let packets = RTPCaptures.sound(101, type: 96)
    try RTPCaptures.write(
      packets.map { ($0.time, $0.bytes) }, to: scratch["a.pcapng"], format: .pcapng)
    let document = try rtpDocument("--map", "96=L16/8000", scratch["a.pcapng"])
    let stream = try #require(document["streams"]?[0])
    #expect(stream["jitter_ms"]?.number == 0)
    #expect(stream["duration"]?.number == 2)
    #expect(stream["bit_rate"]?.number == 128_000)  // 320 bytes every 20 ms
    #expect(document["format"]?["format_name"]?.string == "pcapng")
  }

  @Test func reportsAreNoStreamButTellDriftAndName() throws {
    let scratch = try ScratchFolder()
    let packets = RTPCaptures.sound(600)
    var all: [(time: Int64, bytes: [UInt8])] = packets.map { ($0.time, $0.bytes) }
    // 10 s of the wall clock, 10.05 s by the timestamps: 5000 ppm.
    all.insert((0, RTPCaptures.report(ntp: RTPCaptures.start, rtp: 1000)), at: 0)
    all.append(
      (
        12_000_000_000,
        RTPCaptures.report(ntp: RTPCaptures.start + 10_000_000_000, rtp: 1000 + 80_400)
      ))
    all.append((12_000_000_001, RTPCaptures.goodbye()))
    try RTPCaptures.write(all, to: scratch["a.pcap"])
    let document = try rtpDocument(
      "--map", "96=L16/8000", "--check", "--fail-on", "error", scratch["a.pcap"])
    let stream = try #require(document["streams"]?[0])
    #expect(document["streams"]?.items?.count == 1)
    #expect(document["totals"]?["rtcp"]?.integer == 3)
    #expect(stream["sender_reports"]?.integer == 2)
    #expect(stream["sr_drift_ppm"]?.number == 5000)
    #expect(stream["sr_drift_ms"]?.number == 50)
    #expect(stream["cname"]?.string == "test")
    let codes = document.list("findings").compactMap { $0["code"]?.string }
    #expect(codes.contains("W32016"), "\(codes)")
  }

  @Test func captureFormatsAgree() throws {
    let scratch = try ScratchFolder()
    let packets = RTPCaptures.sound(50).map { ($0.time, $0.bytes) }
    let formats: [(String, CaptureWriter.Format)] = [
      ("a.pcap", .pcap), ("a.pcapng", .pcapng), ("a.rtpdump", .rtpdump),
    ]
    for (name, format) in formats {
      try RTPCaptures.write(packets, to: scratch[name], format: format)
      let stream = try #require(
        try rtpDocument("--map", "96=L16/8000", scratch[name])["streams"]?[0])
      #expect(stream["packets"]?.integer == 50 && stream["frames"]?.integer == 50, "\(name)")
    }
  }

  @Test func packetsAreListedInOrderOfArrival() throws {
    let scratch = try ScratchFolder()
    let packets = RTPCaptures.sound(20)
    try RTPCaptures.write(
      impaired(packets, lost: [5], twice: [8], late: [12]), to: scratch["a.pcap"])
    let lines = try rtpPackets("--map", "96=L16/8000", scratch["a.pcap"])
    #expect(lines.count == 20)
    #expect(lines.map { $0["index"]?.integer } == Array(0..<20))
    #expect(lines.map { $0["packet"]?.integer } == Array(1...20))
    let arrivals = lines.compactMap { $0["arrival"]?.string }
    #expect(arrivals.count { $0 == "late" } == 1 && arrivals.count { $0 == "duplicate" } == 1)
    #expect(arrivals.first == "first" && arrivals[5] == "ahead")
    #expect(lines[0]["kind"]?.string == "L16")
    #expect(lines[0]["size"]?.integer == 332 && lines[0]["payload_size"]?.integer == 320)
    let document = try rtpDocument("--packets", "--map", "96=L16/8000", scratch["a.pcap"])
    #expect(document["packets"]?.items?.count == 20)
    #expect(document["packets"]?[3] == lines[3])
  }

  @Test func manyInventedSourcesAreNoStreams() throws {
    let scratch = try ScratchFolder()
    var random = Seeded.of("inventedSources")
    var all = RTPCaptures.sound(100).map { ($0.time, $0.bytes) }
    for index in 0..<10_000 {
      let packet = TestPacket(
        sequence: UInt16.random(in: 0...65_535, using: &random), timestamp: 0,
        time: Int64(index) * 100_000, payload: [1, 2, 3], ssrc: UInt32(index))
      all.append((packet.time, packet.bytes))
    }
    all.sort { $0.0 < $1.0 }
    try RTPCaptures.write(all, to: scratch["a.pcap"])
    let document = try rtpDocument(scratch["a.pcap"])
    #expect(document["streams"]?.items?.count == 1)
    #expect(document["streams"]?[0]?["packets"]?.integer == 100)
    #expect(document["totals"]?["other"]?.integer == 10_000)
  }

  @Test func ciphertextIsNoDamage() throws {
    let scratch = try ScratchFolder()
    var random = Seeded.of("ciphertext")
    let packets = RTPCaptures.sound(400, type: 0).map { packet in
      var packet = packet
      packet.payload = random.bytes(170)
      return packet
    }
    try RTPCaptures.write(packets.map { ($0.time, $0.bytes) }, to: scratch["a.pcap"])
    let document = try rtpDocument("--check", scratch["a.pcap"])
    let stream = try #require(document["streams"]?[0])
    #expect(stream["encrypted"] == .bool(true) && stream["frames"]?.isNull == true)
    #expect(stream["lost"]?.integer == 0 && stream["packets"]?.integer == 400)
    let codes = document.list("findings").compactMap { $0["code"]?.string }
    #expect(codes.allSatisfy { $0.hasPrefix("I") } && codes.contains("I30021"), "\(codes)")
  }

  @Test func expectationsDecide() throws {
    let scratch = try ScratchFolder()
    try RTPCaptures.write(
      RTPCaptures.sound(50).map { ($0.time, $0.bytes) }, to: scratch["a.pcap"])
    let path = scratch["a.pcap"]
    _ = try rtpDocument("--map", "96=L16/8000", "--expect", "streams[0].lost == 0", path)
    _ = try rtpDocument("--map", "96=L16/8000", "--expect", "streams[0].lost > 0", path, exit: 1)
    let outcome = try Mediatool.run(["rtp-unpack", "--expect", "streams[0].los == 0", path])
    #expect(outcome.ending == .exit(64))
  }

  @Test func theDocumentHasItsShape() throws {
    let scratch = try ScratchFolder()
    try RTPCaptures.write(
      RTPCaptures.sound(50).map { ($0.time, $0.bytes) } + [(1_000_000_000, RTPCaptures.goodbye())],
      to: scratch["a.pcap"])
    for extra in [["--packets"], ["--check"], ["--map", "96=L16/8000"]] {
      let outcome = try Mediatool.run(["rtp-unpack", "--json", scratch["a.pcap"]] + extra)
      let mismatches = RTPUnpackReport.document.shape.mismatches(
        in: try JSONValue(parsing: outcome.stdout))
      #expect(mismatches.isEmpty, "\(mismatches.prefix(3))")
    }
  }

  /// Packets' numbers, times and fields, as an independent dissector has them.
  @Test(.peers("tshark")) func packetsAgreeWithTshark() throws {
    let scratch = try ScratchFolder()
    var all: [(time: Int64, bytes: [UInt8])] = RTPCaptures.sound(50, type: 11).map {
      ($0.time, $0.bytes)
    }
    all.insert((1, RTPCaptures.report(ntp: RTPCaptures.start, rtp: 1000)), at: 1)
    try RTPCaptures.write(all, to: scratch["a.pcap"])
    let fields = ["frame.number", "rtp.seq", "rtp.timestamp", "rtp.marker", "rtp.p_type"]
    let outcome = try ProcessRunner.run(
      "tshark",
      ["-r", scratch["a.pcap"], "-d", "udp.port==5004,rtp", "-Y", "rtp", "-T", "fields"]
        + fields.flatMap { ["-e", $0] })
    let theirs = outcome.output.split(separator: "\n").map {
      $0.split(separator: "\t").map { Int($0) ?? ($0 == "True" ? 1 : 0) }
    }
    let names = ["packet", "sequence", "timestamp", "marker", "payload_type"]
    let ours = try rtpPackets(scratch["a.pcap"]).map { line in
      names.map { line[$0]?.integer ?? (line[$0] == .bool(true) ? 1 : 0) }
    }
    #expect(ours == theirs)
  }
}
