import MediaCapture
import MediaIO
import TestSupport
import Testing

/// What tshark makes of our packets, and of FFmpeg's of the same source.
@Suite(.peers("ffmpeg", "tshark")) struct RTPPackTsharkTests {
  struct Case: Sendable, CustomStringConvertible {
    /// tshark's name of the payload format.
    var codec: String
    var clip: String
    var options: [String] = []
    /// So that frames take several packets, where frames may.
    var small = ["--mtu", "300"]
    var description: String { ([clip] + options).joined(separator: " ") }
  }

  /// With aggregation, as FFmpeg always does, and without.
  static let cases = [
    Case(codec: "h264", clip: "rtp-plain.mp4", options: ["--tracks", "v"]),
    Case(codec: "h264", clip: "rtp-sliced.h264", options: ["--aggregate", "all"]),
    Case(codec: "h265", clip: "rtp-plain-h265.mp4"),
    Case(codec: "h265", clip: "rtp-sliced.hevc", options: ["--aggregate", "all"]),
    Case(codec: "opus", clip: "rtp-opus.webm", small: []),
    Case(codec: "vp8", clip: "rtp-vp8.webm"),
  ]

  // MARK: Reading

  private func tshark(
    _ capture: String, _ codec: String, _ filter: String, _ fields: [String]
  ) throws -> [[String]] {
    let outcome = try ProcessRunner.run(
      "tshark",
      ["-r", capture, "-d", "udp.port==5004,rtp", "-d", "udp.port==5005,rtcp", "-o"]
        + ["\(codec).dynamic.payload.type:96", "-o", "udp.check_checksum:TRUE", "-o"]
        + ["ip.check_checksum:TRUE", "-Y", filter, "-T", "fields", "-E", "occurrence=a", "-E"]
        + ["aggregator=,"] + fields.flatMap { ["-e", $0] })
    try #require(outcome.ending == .exit(0), "\(outcome)")
    return outcome.output.split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    }
  }

  /// Complaints, with counts of bytes left out so that packets of other sizes can be compared.
  private func complaints(_ capture: String, _ codec: String) throws -> Set<String> {
    let rows = try tshark(
      capture, codec, "_ws.expert || _ws.malformed", ["_ws.expert.message", "_ws.malformed"])
    return Set(
      rows.flatMap { row in
        // Malformed packets repeat the message there.
        row[0].split(separator: ",").map { String($0.filter { !$0.isNumber }) }
          + (row[0].isEmpty ? [row[1]] : [])
      })
  }

  /// What FFmpeg sends of a file, in a capture like ours.
  private func sentByFFmpeg(_ input: String, _ folder: ScratchFolder) throws -> String {
    let (port, sockets) = try boundPorts()
    for socket in sockets { try socket.setReceiveBuffer(4 << 20) }
    let sender = try ProcessRunner.start(
      "ffmpeg",
      ["-v", "error", "-nostdin", "-i", input, "-map", "0:0", "-c", "copy", "-payload_type", "96"]
        + ["-f", "rtp", "rtp://127.0.0.1:\(port)?pkt_size=1400"])
    var writer = CaptureWriter(.pcap)
    let address = IPAddress(ipv4: 0x7f00_0001)
    let inbox = DatagramInbox()
    func drain() throws {
      for (offset, socket) in sockets.enumerated() {
        while try socket.receive(into: inbox) > 0 {
          let end = Endpoint(address: address, port: 5004 + UInt16(offset))
          for index in 0..<inbox.count {
            try writer.write(
              inbox.bytes(index), from: end, to: end, at: 946_684_800_000_000_000)
          }
        }
      }
    }
    var failure: (any Error)?
    _ = sender.waitForOutput(limit: 30) { _ in
      do { try drain() } catch { failure = error }
      return failure != nil
    }
    let outcome = sender.wait(limit: 10)
    try #require(outcome.ending == .exit(0), "\(outcome)")
    try drain()
    if let failure { throw failure }
    return try folder.write(writer.takeBytes(), to: "theirs.pcap")
  }

  // MARK: Comparing

  /// What Wireshark 4.0 says of good streams: what it does not take apart, a bug of its own at
  /// slices of H.265 behind the first, and what is in which packet of VP8.
  private static let allowed = [
    "h264": ["[Not decoded yet]"],
    "h265": [
      "[Not decoded yet]",
      "field h.slice_segment_address passed to proto_tree_add_bits_ret_val() has a bit width of ",
    ],
    "opus": [],
    "vp8": [
      "Payload not fully decoded", "Continuation of partition fragment ( bytes)",
      "This frame contains all of first partition ( bytes) and also  bytes from other partitions",
      "This frame contains the start of the first partition ( bytes)",
    ],
  ]

  @Test(arguments: cases) func itComplainsOfNothingButOfFFmpegsToo(_ test: Case) throws {
    let folder = try ScratchFolder()
    let input = try RTPClips.path(test.clip)
    let packed = try Mediatool.run(
      ["rtp-pack", "-q", "-o", folder["ours.pcap"]] + test.options + [input])
    #expect(packed.ending == .exit(0), "\(packed)")
    let ours = try complaints(folder["ours.pcap"], test.codec)
    let theirs = try complaints(sentByFFmpeg(input, folder), test.codec)
    #expect(ours.isSubset(of: theirs), "FFmpeg's packets: \(theirs)")
    #expect(ours.isSubset(of: Self.allowed[test.codec] ?? []))
  }

  @Test(arguments: cases) func itReadsWhatWeList(_ test: Case) throws {
    let folder = try ScratchFolder()
    let input = try RTPClips.path(test.clip)
    let capture = folder["out.pcap"]
    let outcome = try Mediatool.run(
      ["rtp-pack", "--jsonl", "-o", capture] + test.options + test.small + [input])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let packets = try outcome.output.split(separator: "\n").map { try JSONText($0) }
      .filter { $0["event"] == nil }
    let general = [
      "frame.number", "rtp.seq", "rtp.timestamp", "rtp.marker", "rtp.ssrc", "rtp.p_type",
      "udp.length", "ip.checksum.status", "udp.checksum.status",
    ]
    let own = Self.fields[test.codec] ?? []
    let rows = try tshark(capture, test.codec, "rtp && udp.port==5004", general + own)
    #expect(rows.count == packets.count && rows.count > 25)
    var fragment: Int?
    for (row, packet) in zip(rows, packets) {
      func number(_ name: String) -> String { packet[name]?.integer.map(String.init) ?? "none" }
      #expect(row[0] == number("packet"))
      #expect([row[1], row[2]] == [number("sequence"), number("timestamp")])
      #expect(isSet(row[3]) == (packet["marker"] == .bool(true)))
      #expect(UInt32(row[4].dropFirst(2), radix: 16).map(String.init) == number("ssrc"))
      #expect(row[5] == "96" && packet["payload_type"]?.integer == 96)
      #expect(Int(row[6]) == packet["size"]?.integer.map { $0 + 8 })
      #expect(row[7] == "1" && row[8] == "1", "a checksum is wrong")
      let found = Array(row[general.count...])
      switch test.codec {
      case "h264": try compareH264(found, packet, &fragment)
      case "h265": try compareH265(found, packet, &fragment)
      case "vp8": #expect((packet["kind"]?.string == "VP8 start") == isSet(found[0]))
      default: #expect(!found[0].isEmpty && packet["kind"]?.string == "Opus")
      }
    }
    #expect(fragment == nil, "the last fragment has no end")
    let kinds = Set(packets.compactMap { $0["kind"]?.string })
    guard test.codec.hasPrefix("h26") else { return }
    let (piece, group) = test.codec == "h264" ? ("FU-A", "STAP-A") : ("FU", "AP")
    let groups = test.options.contains("all") ? [group] : []
    #expect(
      kinds.isSubset(of: [piece, "single"] + groups) && kinds.isSuperset(of: [piece] + groups))
  }

  private static let fields = [
    "h264": ["h264.nal_unit_hdr", "h264.nal_unit_type", "h264.start.bit", "h264.end.bit"],
    "h265": ["h265.nal_unit_type", "h265.start.bit", "h265.end.bit"],
    "vp8": ["vp8.pld.s"], "opus": ["opus.TOC.config"],
  ]

  private func isSet(_ field: String) -> Bool { field == "1" || field == "True" }

  private func types(_ packet: JSONText) -> [Int] {
    packet["nal_types"]?.items?.compactMap(\.integer) ?? []
  }

  private func compareH264(_ row: [String], _ packet: JSONText, _ open: inout Int?) throws {
    let types = types(packet)
    let headers = row[0].split(separator: ",").compactMap { Int($0) }
    switch packet["kind"]?.string {
    case "FU-A":
      #expect(headers == [28] && row[1] == types.map(String.init).first)
      compareFragment(isSet(row[2]), isSet(row[3]), types, packet, &open)
    case "STAP-A": #expect(headers == [24] + types && types.count > 1)
    case "single": #expect(headers == types && types.count == 1 && row[2].isEmpty)
    default: Issue.record("\(packet)")
    }
  }

  private func compareH265(_ row: [String], _ packet: JSONText, _ open: inout Int?) throws {
    let types = types(packet)
    let found = row[0].split(separator: ",").compactMap { Int($0) }
    switch packet["kind"]?.string {
    case "FU":
      // Wireshark 4.0 takes five bits of the six for the type of what is fragmented.
      #expect(found == [49] + types.map { $0 & 0x1f })
      compareFragment(isSet(row[1]), isSet(row[2]), types, packet, &open)
    // It does not look into these.
    case "AP": #expect(found == [48] && types.count > 1)
    case "single": #expect(found == types && types.count == 1 && row[1].isEmpty)
    default: Issue.record("\(packet)")
    }
  }

  /// Fragments follow each other from a start to an end, which are never the same.
  private func compareFragment(
    _ isStart: Bool, _ isEnd: Bool, _ types: [Int], _ packet: JSONText, _ open: inout Int?
  ) {
    #expect(types.count == 1 && !(isStart && isEnd))
    #expect(isStart == (open == nil) && (isStart || open == types.first))
    #expect(packet["marker"] != .bool(true) || isEnd, "a marker before the end")
    open = isEnd ? nil : types.first
  }
}
