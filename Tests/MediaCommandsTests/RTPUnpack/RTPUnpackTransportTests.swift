import Foundation
import MediaBytes
import MediaRTP
import TestSupport
import Testing

/// Whatever carries packets, and whatever comes beside them.
@Suite struct RTPUnpackTransportTests {
  private static let picture = "-f lavfi -i testsrc2=s=320x240:r=25:d=1"
  private static let tone = "-f lavfi -i sine=frequency=440:sample_rate=48000:duration=1"

  private func video(_ scratch: ScratchFolder, _ more: String = "") throws -> SentRTP {
    try RTPSenders.make(
      "\(Self.picture) -c:v libx264 -bf 2 -g 12 -threads 1 -pix_fmt yuv420p", "a.mp4", scratch)
    return try RTPSenders.gstreamer(
      "filesrc location=@a.mp4 ! qtdemux ! rtph264pay mtu=900 \(more)", scratch)
  }

  private func sound(_ scratch: ScratchFolder) throws -> SentRTP {
    try RTPSenders.make("\(Self.tone) -c:a aac -f mp4", "a.m4a", scratch)
    return try RTPSenders.gstreamer(
      "filesrc location=@a.m4a ! qtdemux ! rtpmp4gpay pt=97", scratch)
  }

  private func check(_ path: String, exit: Int32 = 0, _ options: String...) throws -> JSONText {
    let outcome = try Mediatool.run(["rtp-unpack", "--check", "--json"] + options + [path])
    try #require(outcome.ending == .exit(exit), "\(outcome)")
    return try JSONText(outcome.stdout)
  }

  private func codes(_ document: JSONText) -> [String] {
    document.list("findings").compactMap { $0["code"]?.string }
  }

  // MARK: Connections

  /// A description with two media, of what `--map` says of them.
  private func description(_ maps: [String]) -> String {
    let media = zip(["video", "audio"], maps).enumerated().map { index, pair in
      let parts = pair.1.split(separator: "=", maxSplits: 1)
      let format = parts[1].split(separator: ";", maxSplits: 1)
      return """
        m=\(pair.0) 0 RTP/AVP \(parts[0])\r
        a=rtpmap:\(parts[0]) \(format[0])\r
        a=fmtp:\(parts[0]) \(format[1].replacingOccurrences(of: ";", with: "; "))\r
        a=control:track\(index)\r

        """
    }
    return "v=0\r\no=- 1 1 IN IP4 10.0.0.2\r\ns=-\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\n"
      + media.joined()
  }

  private func message(_ lines: [String], _ body: String = "") -> [UInt8] {
    Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)
  }

  /// Packets of two media between the answers of a server, as one stream of bytes.
  private func dialogue(_ media: [SentRTP]) -> [UInt8] {
    let sdp = description(media.map { $0.description[1] })
    var bytes =
      message(
        [
          "RTSP/1.0 200 OK", "CSeq: 1", "Content-Type: application/sdp",
          "Content-Length: \(sdp.utf8.count)",
        ], sdp)
    for track in 0...1 {
      bytes += message([
        "RTSP/1.0 200 OK", "CSeq: \(2 + track)", "Session: 1",
        "Transport: RTP/AVP/TCP;unicast;interleaved=\(2 * track)-\(2 * track + 1)",
      ])
    }
    bytes += message(["RTSP/1.0 200 OK", "CSeq: 4", "Session: 1"])
    let packets = media.enumerated().flatMap { track, sent in
      sent.packets.map { (time: $0.time, channel: UInt8(2 * track), bytes: $0.bytes) }
    }
    for (index, packet) in packets.sorted(by: { $0.time < $1.time }).enumerated() {
      let size = packet.bytes.count
      bytes += [0x24, packet.channel, UInt8(size >> 8), UInt8(size & 255)] + packet.bytes
      // An answer to a request that keeps the session alive may stand anywhere between them.
      if index == 20 { bytes += message(["RTSP/1.0 200 OK", "CSeq: 5"]) }
    }
    return bytes
  }

  @Test(.peers("ffmpeg", "ffprobe", "gst-launch-1.0")) func interleavedPictureAndSound() throws {
    let scratch = try ScratchFolder()
    let media = [try video(scratch), try sound(scratch)]
    let bytes = dialogue(media)
    // Segments end anywhere, and some come twice or in the wrong order.
    var random = Seeded.of("segments of RTSP")
    var packets: [[UInt8]] = []
    let requests = message(["DESCRIBE rtsp://10.0.0.2/a RTSP/1.0", "CSeq: 1"])
    packets.append(
      RTPCaptures.segment(
        requests, isClient: true, port: 554, sequence: 1000, acknowledged: 5000))
    var position = 0
    while position < bytes.count {
      let size = min(bytes.count - position, Int.random(in: 1...1460, using: &random))
      let segment = RTPCaptures.segment(
        Array(bytes[position..<(position + size)]), isClient: false, port: 554,
        sequence: 5000 + UInt32(position), acknowledged: 1000 + UInt32(requests.count))
      let isEarly = packets.count > 2 && Int.random(in: 0..<8, using: &random) == 0
      packets.insert(segment, at: packets.count - (isEarly ? 1 : 0))
      if Int.random(in: 0..<10, using: &random) == 0 { packets.append(segment) }
      position += size
    }
    let path = try scratch.write(RTPCaptures.records(packets), to: "rtsp.pcap")
    let outcome = try Mediatool.run(
      ["rtp-unpack", "--json", "-o", scratch["out.mkv"], path])
    try #require(outcome.ending == .exit(0), "\(outcome)")
    let document = try JSONText(outcome.stdout)
    for (stream, sent) in zip(document["streams"]?.items ?? [], media) {
      #expect(stream["lost"]?.integer == 0 && stream["format_source"]?.string == "rtsp")
      #expect(stream["packets"]?.integer == sent.packets.count)
    }
    let pictures = try MediaContents.frames(scratch["out.mkv"], "v:0")
    #expect(try pictures == MediaContents.frames(scratch["a.mp4"]) && pictures.count == 25)
    let theirs = try MediaContents.frames(scratch["a.m4a"])
    let frames = try MediaContents.frames(scratch["out.mkv"], "a:0")
    #expect(theirs.contains(frames) && frames.count >= theirs.count - 2)
  }

  /// GStreamer's own framing of packets on a connection.
  @Test(.peers("ffmpeg", "ffprobe", "gst-launch-1.0")) func lengthsOfGStreamer() throws {
    let scratch = try ScratchFolder()
    let sent = try video(scratch)
    let bytes = try contents(of: scratch["sent.4571"])
    let segments = stride(from: 0, to: bytes.count, by: 1000).map {
      (isClient: false, bytes: Array(bytes[$0..<min(bytes.count, $0 + 1000)]))
    }
    let path = try scratch.write(RTPCaptures.connection(segments, port: 9000), to: "tcp.pcap")
    let outcome = try Mediatool.run(
      ["rtp-unpack", "--json", "-o", scratch["out.mp4"]] + sent.description + [path])
    try #require(outcome.ending == .exit(0), "\(outcome)")
    #expect(try JSONText(outcome.stdout)["streams"]?[0]?["transport"]?.string == "tcp")
    let frames = try MediaContents.frames(scratch["out.mp4"])
    #expect(try frames == MediaContents.frames(scratch["a.mp4"]) && frames.count == 25)
  }

  // MARK: RTCP

  @Test func reportsOnThePortOfRTP() throws {
    let scratch = try ScratchFolder()
    var all: [(time: Int64, bytes: [UInt8])] = RTPCaptures.sound(100).map { ($0.time, $0.bytes) }
    all.insert((0, RTPCaptures.report(ntp: RTPCaptures.start, rtp: 1000)), at: 1)
    all.append((2_000_000_000, RTPCaptures.goodbye()))
    try RTPCaptures.write(all, to: scratch["a.pcap"], isMultiplexed: true)
    let document = try check(scratch["a.pcap"], "--map", "96=L16/8000")
    #expect(document["totals"]?["rtcp"]?.integer == 2)
    #expect(document["streams"]?.items?.count == 1)
    let stream = try #require(document["streams"]?[0])
    #expect(stream["packets"]?.integer == 100 && stream["sender_reports"]?.integer == 1)
    #expect(stream["cname"]?.string == "test" && stream["bye"] == .bool(true))
  }

  /// A packet of feedback alone is lawful where the description allows it.
  @Test func reportsOfReducedSize() throws {
    let scratch = try ScratchFolder()
    var writer = ByteWriter()
    RTCPCompound([
      .payloadFeedback(
        RTCPPayloadFeedback(sender: 1, mediaSource: 0x1122_3344, message: .pictureLoss))
    ]).write(to: &writer)
    var all: [(time: Int64, bytes: [UInt8])] = RTPCaptures.sound(100).map { ($0.time, $0.bytes) }
    all.insert((50_000_000, writer.bytes), at: 3)
    try RTPCaptures.write(all, to: scratch["a.pcap"], isMultiplexed: true)
    let plain = try scratch.write(RTPCaptures.soundSDP, to: "plain.sdp")
    let reduced = try scratch.write(
      RTPCaptures.soundSDP + "a=rtcp-mux\r\na=rtcp-rsize\r\n", to: "reduced.sdp")
    let strict = try check(scratch["a.pcap"], "--sdp", plain)
    #expect(codes(strict).contains("W32010") && strict["totals"]?["rtcp"]?.integer == 1)
    let allowed = try check(scratch["a.pcap"], "--sdp", reduced)
    #expect(codes(allowed).filter { $0.hasPrefix("W32") || $0.hasPrefix("E32") } == [])
  }

  // MARK: What is not to be unpacked

  @Test func descriptionsThatEncrypt() throws {
    let scratch = try ScratchFolder()
    var random = Seeded.of("SRTP by description")
    let packets = RTPCaptures.sound(20).map { packet in
      var packet = packet
      packet.payload = random.bytes(330)
      return packet
    }
    try RTPCaptures.write(packets.map { ($0.time, $0.bytes) }, to: scratch["a.pcap"])
    let sdp = try scratch.write(
      RTPCaptures.soundSDP.replacingOccurrences(of: "RTP/AVP", with: "RTP/SAVP")
        + "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\r\n",
      to: "a.sdp")
    let document = try check(scratch["a.pcap"], "--sdp", sdp)
    let stream = try #require(document["streams"]?[0])
    #expect(stream["encrypted"] == .bool(true) && stream["frames"]?.isNull == true)
    #expect(codes(document).contains("I30021"))
    #expect(codes(document).allSatisfy { !$0.hasPrefix("E") }, "\(codes(document))")
  }

  /// Repair packets between those of the picture, of the same source.
  @Test(.peers("ffmpeg", "ffprobe", "gst-launch-1.0")) func forwardErrorCorrection() throws {
    let scratch = try ScratchFolder()
    let sent = try video(scratch, "! rtpulpfecenc pt=122 percentage=50")
    try #require(sent.media.contains { $0[1] & 0x7f == 122 })
    let words = sent.description + ["--map", "122=ulpfec/90000"]
    let document = try SentRTP(packets: sent.packets, description: words)
      .unpack(scratch, to: "out.mp4")
    #expect(document["streams"]?[0]?["lost"]?.integer == 0)
    let frames = try MediaContents.frames(scratch["out.mp4"])
    #expect(try frames == MediaContents.frames(scratch["a.mp4"]) && frames.count == 25)
    let outcome = try Mediatool.run(
      ["rtp-unpack", "--check", "--json"] + words + [scratch["sent.pcap"]])
    #expect(outcome.output.contains("forward error correction (RFC 5109)"), "\(outcome)")
  }

  /// A stream of retransmissions, or with redundancy, is named and taken for no media.
  @Test(
    .peers("ffmpeg", "gst-launch-1.0"),
    arguments: [
      ("red", "! rtpredenc pt=96 distance=1 allow-no-red-blocks=true", "redundancy (RFC 2198)"),
      ("rtx", "", "retransmission (RFC 4588)"),
    ])
  func helpersAreNamed(name: String, element: String, words: String) throws {
    let scratch = try ScratchFolder()
    let sent = try video(scratch, element)
    try RTPCaptures.write(sent.packets, to: scratch["a.pcap"])
    let document = try check(
      scratch["a.pcap"], "--map", "96=\(name)/90000", "--fail-on", "error")
    let stream = try #require(document["streams"]?[0])
    #expect(stream["encoding"]?.string == name && stream["frames"]?.isNull == true)
    let messages = document.list("findings").compactMap { $0["message"]?.string }
    #expect(messages.contains { $0.contains(words) }, "\(messages)")
    let output = try Mediatool.run(
      ["rtp-unpack", "--map", "96=\(name)/90000", "-o", scratch["out.mp4"], scratch["a.pcap"]])
    #expect(output.ending == .exit(65) && output.errorLines.count == 1, "\(output)")
  }
}
