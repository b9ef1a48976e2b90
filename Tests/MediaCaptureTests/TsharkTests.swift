import Foundation
import MediaBytes
import MediaCapture
import TestSupport
import Testing

/// What tshark says of one frame, and what we say.
private struct Frame: Equatable, CustomStringConvertible {
  var number: Int
  var time: String
  var source = ""
  var destination = ""
  var byteCount: Int?
  var sequence: UInt32?
  var description: String {
    "\(number) \(time) \(source) -> \(destination) \(byteCount ?? -1) \(sequence ?? 0)"
  }
}

private enum Tshark {
  /// The fields of every frame, in columns.
  static func fields(_ path: String, _ names: [String], _ options: [String] = []) throws
    -> [[String]]
  {
    let arguments = ["-r", path, "-T", "fields", "-E", "occurrence=f", "-E", "separator=|"]
    let outcome = try ProcessRunner.run(
      "tshark", arguments + options + names.flatMap { ["-e", $0] })
    try #require(outcome.exitCode == 0, "\(outcome)")
    return outcome.output.split(separator: "\n").map { line in
      line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    }
  }

  static func frames(_ path: String) throws -> [Frame] {
    let names = [
      "frame.number", "frame.time_epoch", "ip.src", "ipv6.src", "ip.dst", "ipv6.dst", "udp.srcport",
      "udp.dstport", "udp.length", "tcp.srcport", "tcp.dstport", "tcp.len", "tcp.seq_raw",
    ]
    return try fields(path, names).map { row in
      var frame = Frame(number: Int(row[0]) ?? 0, time: row[1])
      guard let from = UInt16(row[6] + row[9]), let to = UInt16(row[7] + row[10]),
        let source = IPAddress(row[2] + row[3]), let destination = IPAddress(row[4] + row[5])
      else { return frame }
      frame.source = "\(Endpoint(address: source, port: from))"
      frame.destination = "\(Endpoint(address: destination, port: to))"
      frame.byteCount = Int(row[8]).map { $0 - 8 } ?? Int(row[11])
      frame.sequence = UInt32(row[12])
      return frame
    }
  }
}

private func ours(_ bytes: [UInt8]) -> [Frame] {
  let reading = read(bytes)
  #expect(reading.error == nil)
  return zip(reading.records, reading.packets).map { record, packet in
    let time = record.time.map { time in
      let (seconds, rest) = time.quotientAndRemainder(dividingBy: 1_000_000_000)
      return "\(seconds)." + String(repeating: "0", count: 9 - "\(rest)".count) + "\(rest)"
    }
    var frame = Frame(number: record.number, time: time ?? "")
    switch packet {
    case .datagram(let datagram):
      #expect(datagram.number == record.number && datagram.time == record.time)
      frame.source = "\(datagram.source)"
      frame.destination = "\(datagram.destination)"
      frame.byteCount = datagram.originalByteCount
    case .segment(let segment):
      frame.source = "\(segment.source)"
      frame.destination = "\(segment.destination)"
      frame.byteCount = segment.originalByteCount
      frame.sequence = segment.sequence
    default: break
    }
    return frame
  }
}

private let many: [(LinkType, [[UInt8]])] = [
  (
    .raw,
    [
      Packet.ipv4(17, Packet.udp4([1, 2, 3]), options: hex("94040000 01010100")),
      Packet.ipv4(17, Array(Packet.udp4((0..<32).map { $0 })[0..<24]), id: 5, fragment: 0x2000),
      Packet.ipv4(17, Array(Packet.udp4((0..<32).map { $0 })[24...]), id: 5, fragment: 3),
      Packet.ipv4(6, Packet.tcp([1], sequence: 0xffff_ffff, options: hex("01010101"))),
      Packet.ipv6(
        0,
        hex("2c 00 0104 00000000") + hex("11 00 0001 00000009")
          + Packet.udp6([9, 9, 9, 9, 9, 9, 9, 9])),
      Packet.ipv6(0, hex("2c 00 0104 00000000") + hex("11 00 0010 00000009") + [8, 8]),
      Packet.ipv6(60, hex("11 00 0104 00000000") + Packet.udp6([1])),
    ]
  ),
  (
    .ethernet,
    [
      Packet.ethernet(0x0800, Packet.ipv4(17, Packet.udp4([1])), tags: [0x88a8, 0x8100]) + [
        0, 0, 0,
      ],
      Packet.ethernet(0x86dd, Packet.ipv6(17, Packet.udp6([1, 2]))),
      Packet.ethernet(0x0806, [UInt8](repeating: 0, count: 28)),
    ]
  ),
  (
    .linuxSLL,
    [
      hex("0000 0001 0006 020000000001 0000 0800") + Packet.ipv4(17, Packet.udp4([5])),
      hex("0000 0001 0006 020000000001 0000 8100 0007 0800") + Packet.ipv4(17, Packet.udp4([5])),
    ]
  ),
  (
    .linuxSLL2,
    [
      hex("86dd 0000 00000002 0001 00 06 0200000000010000") + Packet.ipv6(17, Packet.udp6([5]))
    ]
  ),
  (.null, [hex("02000000") + Packet.ipv4(17, Packet.udp4([5]))]),
  (.loop, [hex("00000018") + Packet.ipv6(17, Packet.udp6([5]))]),
  (.ipv4, [Packet.ipv4(17, Packet.udp4([5]))]), (.ipv6, [Packet.ipv6(17, Packet.udp6([5]))]),
]

@Suite(.peers("tshark", "editcap")) struct TsharkTests {
  @Test(arguments: [ByteOrder.little, .big]) func agreesOnEveryLink(_ order: ByteOrder) throws {
    let folder = try ScratchFolder()
    for (linkType, records) in many {
      let file = Packet.pcap(records, linkType, order: order)
      let theirs = try Tshark.frames(try folder.write(file, to: "in.pcap"))
      #expect(ours(file) == theirs, "\(linkType)")
    }
  }

  @Test(
    .enabled(if: corpus != nil, "no corpus beside the checkout, see MEDIATOOL_CORPUS"),
    arguments: try corpusCaptures())
  func agreesOnTheCorpus(_ url: URL) throws {
    let folder = try ScratchFolder()
    let theirs = try Tshark.frames(url.path)
    #expect(theirs.count > 5)
    #expect(ours(try contents(of: url.path)) == theirs)
    for options in [["-F", "pcapng"], ["-F", "nsecpcap"], ["-F", "modpcap"], ["-s", "60"]] {
      let outcome = try ProcessRunner.run("editcap", options + [url.path, folder["out"]])
      try #require(outcome.exitCode == 0, "\(outcome)")
      #expect(ours(try contents(of: folder["out"])) == theirs, "\(options)")
    }
  }

  /// Numbers of a file with every kind of block, as tshark counts them.
  @Test func agreesOnBlocks() throws {
    var file = Blocks(order: .big)
    file.section()
    file.interface(options: file.option(9, [0x80 | 20]))
    for type: UInt32 in [0xbad, 0x4000_0bad, 0x1234, 0x8000_0001] {
      file.add(type, file.number(12345 as UInt32) + [1, 2, 3, 4])
      file.packet(Packet.ipv4(17, Packet.udp4([1])), 3 << 19)
    }
    let folder = try ScratchFolder()
    let theirs = try Tshark.frames(try folder.write(file.bytes, to: "in.pcapng"))
    #expect(ours(file.bytes) == theirs.filter { !$0.time.isEmpty })
  }

  @Test(arguments: [CaptureWriter.Format.pcap, .pcapNanoseconds, .pcapng])
  func findsNothingWrongWithOurs(_ format: CaptureWriter.Format) throws {
    var random = Seeded.of("findsNothingWrongWithOurs")
    var writer = CaptureWriter(format)
    let addresses = [("10.1.2.3", "10.1.2.4"), ("fd00::1", "ff02::9"), ("10.1.2.3", "239.1.2.3")]
    var expected: [[String]] = []
    for index in 0..<200 {
      let payload = (0..<Int.random(in: 1...1500, using: &random)).map { _ in
        UInt8.random(in: 0...255, using: &random)
      }
      let (from, to) = addresses[index % 3]
      let time = 1_700_000_000_000_000_000 + Int64(index) * 1_234_567_891
      try writer.write(
        payload, from: Endpoint(address: try #require(IPAddress(from)), port: 40000),
        to: Endpoint(address: try #require(IPAddress(to)), port: 5004), at: time)
      let kept = format == .pcap ? time / 1000 * 1000 : time
      let (seconds, rest) = kept.quotientAndRemainder(dividingBy: 1_000_000_000)
      expected.append([
        "\(index + 1)", "\(seconds)." + String("\(rest + 1_000_000_000)".dropFirst()),
        index % 3 == 1 ? "" : "1", "1", "", "",
        payload.map { String("0" + String($0, radix: 16)).suffix(2) }.joined(),
      ])
    }
    let folder = try ScratchFolder()
    let rows = try Tshark.fields(
      try folder.write(writer.takeBytes(), to: "out"),
      [
        "frame.number", "frame.time_epoch", "ip.checksum.status", "udp.checksum.status",
        "_ws.malformed", "_ws.expert.message", "data.data",
      ],
      [
        "-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE", "-d",
        "udp.port==5004,data",
      ])
    #expect(rows == expected)
  }
}

@Suite(.enabled(if: corpus != nil, "no corpus beside the checkout, see MEDIATOOL_CORPUS"))
struct CorpusTests {
  /// The recording proxy kept each direction by itself.
  @Test func streamsAreWhatTheProxySaw() throws {
    let captures = try corpusCaptures().filter {
      $0.deletingLastPathComponent().lastPathComponent != "rtp-ffmpeg"
    }
    #expect(!captures.isEmpty)
    for url in captures {
      let found = try streams(try contents(of: url.path))
      let base = url.deletingPathExtension().path
      let sides = try ["c2s", "s2c"].map { try contents(of: "\(base).\($0).bin") }
      #expect(found.bytes == sides && found.gaps.isEmpty, "\(url.lastPathComponent)")
    }
  }

  @Test func blocksOfAnySizeGiveTheSame() throws {
    for url in try corpusCaptures() {
      let bytes = try contents(of: url.path)
      let whole = read(bytes)
      #expect(whole.error == nil)
      for block in [1, 1000, 65_536] { #expect(read(bytes, block: block) == whole) }
    }
  }

  @Test func writtenAgainTheyAreTheSame() throws {
    for url in try corpusCaptures() {
      let reading = read(try contents(of: url.path))
      guard reading.segments.isEmpty else { continue }
      for format in [CaptureWriter.Format.pcap, .pcapng] {
        var writer = CaptureWriter(format)
        for (datagram, payload) in zip(reading.datagrams, reading.payloads) {
          try writer.write(
            payload, from: datagram.source, to: datagram.destination, at: datagram.time ?? 0)
        }
        let again = read(writer.takeBytes())
        #expect(again.payloads == reading.payloads)
        #expect(again.datagrams.map(\.time) == reading.datagrams.map(\.time))
        // FFmpeg's datagrams have no checksum or a right one; ours have a right one.
        #expect(again.checksums.allSatisfy { $0 == .right })
      }
    }
  }
}
