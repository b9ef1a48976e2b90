import Foundation
import TestSupport
import Testing

/// What others make of our packets.
@Suite struct RTPPackPeerTests {
  // MARK: tshark

  /// Fields of tshark's, one row a packet of the first stream.
  private func rows(_ path: String, _ fields: [String], codec: String) throws -> [[String]] {
    let arguments =
      ["-r", path, "-d", "udp.port==5004,rtp", "-o", "\(codec).dynamic.payload.type:96", "-Y"]
      + ["rtp && udp.port==5004", "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=,"]
      + fields.flatMap { ["-e", $0] }
    let outcome = try ProcessRunner.run("tshark", arguments)
    #expect(outcome.ending == .exit(0), "\(outcome.errors)")
    return outcome.output.split(separator: "\n", omittingEmptySubsequences: true).map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }

  private func listed(_ path: String, _ options: [String], to capture: String) throws -> [JSONText]
  {
    let outcome = try Mediatool.run(
      ["rtp-pack", "--jsonl", "--seed", "5", "-y", "-o", capture] + options + [path])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    return try outcome.output.split(separator: "\n").map { try JSONText($0) }
      .filter { $0["event"] == nil && $0["stream"]?.integer == 0 }
  }

  @Test(
    .peers("ffmpeg", "tshark"),
    arguments: [
      ("h264", "raw-h264", []), ("h264", "mp4-faststart", ["--mtu", "300", "--aggregate", "all"]),
      ("h265", "raw-hevc", ["--mtu", "300"]), ("opus", "ogg-opus", []),
    ] as [(String, String, [String])])
  func tsharkReadsTheSame(codec: String, recipe: String, options: [String]) throws {
    let folder = try ScratchFolder()
    let capture = folder["out.pcap"]
    let packets = try listed(Clips.path(recipe), options, to: capture)
    let found = try rows(
      capture,
      ["frame.number", "rtp.seq", "rtp.timestamp", "rtp.marker", "rtp.ssrc", "udp.length"],
      codec: codec)
    #expect(found.count == packets.count && found.count > 20)
    for (row, packet) in zip(found, packets) {
      #expect(row[0] == packet["packet"]?.integer.map(String.init))
      #expect(row[1] == packet["sequence"]?.integer.map(String.init))
      #expect(row[2] == packet["timestamp"]?.integer.map(String.init))
      #expect((row[3] == "1" || row[3] == "True") == (packet["marker"] == .bool(true)))
      #expect(Int(row[5]) == packet["size"]?.integer.map { $0 + 8 })
    }
  }

  @Test(.peers("ffmpeg", "tshark")) func tsharkFindsTheFragments() throws {
    let folder = try ScratchFolder()
    let capture = folder["out.pcap"]
    let packets = try listed(
      Clips.path("mp4-faststart"), ["--mtu", "300", "--aggregate", "parameter-sets"], to: capture)
    let fields = ["h264.nal_unit_hdr", "h264.nal_unit_type", "h264.start.bit", "h264.end.bit"]
    for (row, packet) in zip(try rows(capture, fields, codec: "h264"), packets) {
      let kind = packet["kind"]?.string ?? ""
      let types = row[0].split(separator: ",").compactMap { Int($0, radix: 10) }
      if kind == "FU-A" {
        #expect(row[2...3].filter { $0 == "1" || $0 == "True" }.count < 2, "S and E are both set")
      }
      if kind == "STAP-A" { #expect(types.first == 24 || row[1].hasPrefix("24"), "\(row)") }
    }
    #expect(packets.contains { $0["kind"]?.string == "FU-A" })
    #expect(packets.contains { $0["kind"]?.string == "STAP-A" })
  }

  /// Nothing malformed, checksums right, and no expert item but those that every stream gets.
  @Test(
    .peers("ffmpeg", "tshark"),
    arguments: [("h264", "mp4-faststart"), ("opus", "ogg-opus"), ("vp8", "vp8")])
  func tsharkHasNoComplaint(codec: String, recipe: String) throws {
    let folder = try ScratchFolder()
    let path =
      recipe == "vp8"
      ? try encoded(
        "a.webm", "-f lavfi -i testsrc2=s=160x120:d=1 -c:v libvpx -deadline realtime", in: folder)
      : try Clips.path(recipe)
    let packed = try rtpPack("-q", "-o", folder["out.pcap"], path)
    #expect(packed.ending == .exit(0), "\(packed)")
    let outcome = try ProcessRunner.run(
      "tshark",
      [
        "-r", folder["out.pcap"], "-d", "udp.port==5004,rtp", "-d", "udp.port==5005,rtcp", "-o",
        "\(codec).dynamic.payload.type:96", "-o", "udp.check_checksum:TRUE", "-o",
        "ip.check_checksum:TRUE", "-T", "fields", "-e", "_ws.expert.message", "-e", "_ws.malformed",
        "-Y", "_ws.expert || _ws.malformed",
      ])
    let told = Set(outcome.output.split(separator: "\n").map(String.init))
    // Wireshark 4.0 says of every slice of H.264 that it does not take it apart.
    // Of VP8 it tells what is in which packet, and decodes no pictures.
    let allowed = [
      "[Not decoded yet]", "Undecoded", "Connection", "partition", "Payload not fully decoded",
    ]
    #expect(told.allSatisfy { line in allowed.contains { line.contains($0) } }, "\(told)")
  }

  // MARK: Receivers

  /// Starts a receiver that knows the session description, sends, and waits for its end.
  private func received(
    _ input: String, _ folder: ScratchFolder, _ options: [String] = [],
    by arguments: (_ sdp: String, _ port: UInt16) -> (String, [String])
  ) throws -> Outcome {
    let port = try freePorts()
    let url = "rtp://127.0.0.1:\(port)"
    let described = try Mediatool.run(
      ["rtp-pack", "--fast", "--duration", "1ms", "--send", url, "--sdp", folder["a.sdp"]]
        + ["--seed", "3"] + options + [input])
    #expect(described.ending == .exit(0), "\(described)")
    let (program, words) = arguments(folder["a.sdp"], port)
    let receiver = try ProcessRunner.start(program, words)
    defer { receiver.stop() }
    Thread.sleep(forTimeInterval: 1.5)
    let sent = try Mediatool.run(
      ["rtp-pack", "-q", "--send", url, "--seed", "3"] + options + [input])
    #expect(sent.ending == .exit(0), "\(sent)")
    return receiver.wait(limit: 30)
  }

  private func ffmpeg(_ sdp: String, _ output: [String]) -> (String, [String]) {
    // Nothing ends a session for ffmpeg but a signal.
    (
      "timeout",
      ["-s", "INT", "8", "ffmpeg", "-v", "error", "-nostdin", "-y", "-protocol_whitelist"]
        + ["file,udp,rtp", "-i", sdp] + output
    )
  }

  /// NAL units of a byte stream, delimiters and parameter sets aside.
  private func units(_ path: String, isH265: Bool) throws -> [[UInt8]] {
    let bytes = try contents(of: path)
    var units: [[UInt8]] = []
    var start: Int?
    var index = 0
    func add(_ end: Int) {
      guard let start else { return }
      var end = end
      while end > start, bytes[end - 1] == 0 { end -= 1 }
      let type = isH265 ? Int(bytes[start] >> 1 & 0x3f) : Int(bytes[start] & 0x1f)
      let isAside = isH265 ? (32...35).contains(type) : [7, 8, 9].contains(type)
      if !isAside { units.append(Array(bytes[start..<end])) }
    }
    while index + 2 < bytes.count {
      if bytes[index] == 0, bytes[index + 1] == 0, bytes[index + 2] == 1 {
        add(index)
        start = index + 3
        index += 3
      } else {
        index += 1
      }
    }
    add(bytes.count)
    return units
  }

  @Test(.peers("ffmpeg"), arguments: ["raw-h264", "raw-hevc"])
  func ffmpegReceivesTheSameUnits(recipe: String) throws {
    let folder = try ScratchFolder()
    let input = try Clips.path(recipe)
    let isH265 = recipe == "raw-hevc"
    let output = folder[isH265 ? "out.hevc" : "out.h264"]
    _ = try received(input, folder) { sdp, _ in ffmpeg(sdp, ["-c", "copy", output]) }
    let expected = try units(input, isH265: isH265)
    #expect(try units(output, isH265: isH265) == expected)
    #expect(expected.count > 40)
  }

  @Test(.peers("ffmpeg")) func ffmpegReceivesTheSameSound() throws {
    let folder = try ScratchFolder()
    let input = try Clips.path("raw-aac")
    _ = try received(input, folder) { sdp, _ in ffmpeg(sdp, ["-c", "copy", folder["out.aac"]]) }
    #expect(try contents(of: folder["out.aac"]) == contents(of: input))
  }

  @Test(.peers("ffmpeg", "gst-launch-1.0")) func gstreamerReceivesTheSameUnits() throws {
    let folder = try ScratchFolder()
    let input = try Clips.path("raw-h264")
    let count = try packDocument("--tracks", "v", input)["streams"]?[0]?["packets"]?.integer ?? 0
    _ = try received(input, folder, ["--aggregate", "all"]) { _, port in
      let caps =
        "application/x-rtp,media=video,clock-rate=90000,encoding-name=H264,payload=96"
      return (
        "timeout",
        ["-s", "INT", "8", "gst-launch-1.0", "-q", "-e", "udpsrc", "port=\(port)", "caps=\(caps)"]
          + ["!", "rtph264depay", "!", "video/x-h264,stream-format=byte-stream,alignment=nal"]
          + ["!", "filesink", "location=\(folder["out.h264"])", "sync=false"]
      )
    }
    #expect(count > 20)
    #expect(try units(folder["out.h264"], isH265: false) == units(input, isH265: false))
  }
}
