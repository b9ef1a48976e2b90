import Foundation
import MediaCapture
import TestSupport
import Testing

@testable import MediaCommands

/// Captures of all payload formats, changed at random: whatever they hold, `rtp-unpack` ends with a
/// code of its table.
@Suite struct RTPUnpackMutationTests {
  struct Format: CustomTestStringConvertible, Sendable {
    /// Packets to begin with: an input of the fuzz target of depacketizers.
    var seed: String
    var map: String
    /// Of files that frames are written to, without FFmpeg's help.
    var suffix: String?
    var testDescription: String { seed }
  }

  static let formats = [
    Format(seed: "h264", map: "H264/90000", suffix: "h264"),
    Format(seed: "h264-mode2", map: "H264/90000;packetization-mode=2", suffix: "h264"),
    Format(seed: "h265", map: "H265/90000", suffix: "h265"),
    Format(seed: "h265-donl", map: "H265/90000;sprop-max-don-diff=2", suffix: "h265"),
    Format(seed: "vp8", map: "VP8/90000", suffix: "ivf"),
    Format(seed: "vp9-layers", map: "VP9/90000", suffix: "ivf"),
    Format(seed: "av1", map: "AV1/90000", suffix: "ivf"),
    Format(seed: "jpeg", map: "JPEG/90000", suffix: "mjpeg"),
    Format(seed: "ts", map: "MP2T/90000", suffix: "ts"),
    Format(seed: "ps", map: "PS/90000"),
    Format(
      seed: "aac-two-units",
      map: "MPEG4-GENERIC/48000/2;sizelength=13;indexlength=3;indexdeltalength=3;config=1190",
      suffix: "aac"),
    Format(seed: "latm-in-band", map: "MP4A-LATM/48000/2;cpresent=1", suffix: "aac"),
    Format(seed: "mpa", map: "MPA/90000", suffix: "mp3"),
    Format(seed: "opus", map: "opus/48000/2", suffix: "opus"),
    Format(seed: "l24", map: "L24/48000/3", suffix: "wav"),
  ]

  /// The packets of an input of the fuzz target, again and again until a source is believed.
  private func packets(_ format: Format) throws -> [TestPacket] {
    let path = "\(Mediatool.packageFolder)/Fuzz/corpus/FuzzDepacketizers/\(format.seed)"
    let bytes = try contents(of: path)
    var (packets, timestamp, sequence) = ([TestPacket](), 0 as UInt32, 65_520 as UInt16)
    while packets.count < 40 {
      var rest = bytes.dropFirst()[...]
      while rest.count >= 4 {
        let head = [UInt8](rest.prefix(4))
        let count = Int(head[2]) << 8 | Int(head[3])
        timestamp &+= UInt32(head[1]) * 40
        sequence &+= head[0] & 2 == 0 ? 1 : 2
        packets.append(
          TestPacket(
            sequence: sequence, timestamp: timestamp, time: Int64(packets.count) * 20_000_000,
            payload: [UInt8](rest.dropFirst(4).prefix(count)), marker: head[0] & 1 == 1))
        rest = rest.dropFirst(4 + count)
      }
      timestamp &+= 3000
    }
    return packets
  }

  /// Other bytes, lengths, places and numbers of some packets, and some that are no RTP.
  private func change(
    _ packets: [TestPacket], _ random: inout Seeded
  ) -> [(time: Int64, bytes: [UInt8])] {
    var changed = packets
    for _ in 0..<Int.random(in: 0...8, using: &random) {
      let index = Int.random(in: changed.indices, using: &random)
      switch Int.random(in: 0..<7, using: &random) {
      case 0: changed[index].payload = random.bytes(Int.random(in: 0...60, using: &random))
      case 1:
        changed[index].payload.removeLast(
          Int.random(in: 0...changed[index].payload.count, using: &random))
      case 2: changed[index].sequence ^= 1 << UInt16.random(in: 0...15, using: &random)
      case 3: changed[index].timestamp ^= 1 << UInt32.random(in: 0...31, using: &random)
      case 4: changed[index].ssrc &+= UInt32.random(in: 0...2, using: &random)
      case 5: changed[index].type = .random(in: 0...127, using: &random)
      default: changed.swapAt(index, Int.random(in: changed.indices, using: &random))
      }
    }
    var all = changed.map { (time: $0.time, bytes: $0.bytes) }
    all.append((7, RTPCaptures.report(ntp: RTPCaptures.start, rtp: 0)))
    all.append((9, RTPCaptures.goodbye()))
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      let index = Int.random(in: all.indices, using: &random)
      // Headers of RTP and RTCP are in front.
      let byte = Int.random(in: 0..<min(32, all[index].bytes.count), using: &random)
      all[index].bytes[byte] ^= 1 << UInt8.random(in: 0...7, using: &random)
    }
    // A few of them late or early, as networks have it.
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      let moved = all.remove(at: Int.random(in: all.indices, using: &random))
      all.insert(moved, at: Int.random(in: 0...all.count, using: &random))
    }
    return all
  }

  /// In a capture of any format, or on a connection.
  private func write(
    _ datagrams: [(time: Int64, bytes: [UInt8])], to path: String, _ random: inout Seeded
  ) throws {
    let kind = Int.random(in: 0..<5, using: &random)
    switch kind {
    case 0: try RTPCaptures.write(datagrams, to: path)
    case 1: try RTPCaptures.write(datagrams, to: path, format: .pcapng)
    case 2:
      // rtpdump's times do not go back behind the first.
      let steady = datagrams.enumerated().map { (Int64($0) * 20_000_000, $1.bytes) }
      try RTPCaptures.write(steady, to: path, format: .rtpdump)
    default:
      let segments = RTPCaptures.segments(datagrams.map(\.bytes), interleaved: kind == 3)
      let bytes = RTPCaptures.connection(segments, port: kind == 3 ? 554 : 9000)
      try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
  }

  @Test(arguments: formats) func changedPackets(_ format: Format) throws {
    let scratch = try ScratchFolder()
    var random = Seeded.of("changed packets of \(format.seed)")
    let packets = try packets(format)
    for round in 0..<40 {
      let datagrams = round == 0 ? packets.map { ($0.time, $0.bytes) } : change(packets, &random)
      let path = scratch["changed.cap"]
      try write(datagrams, to: path, &random)
      var words = ["rtp-unpack", path]
      // Without a map the format is guessed.
      if round % 3 > 0 { words += ["--map", "96=" + format.map] }
      if round % 2 == 0 { words += ["--check", "--json", "--packets"] }
      if round % 5 > 2 { words.append("--keep-damaged") }
      if round % 4 == 1, let suffix = format.suffix {
        words += ["-y", "-o", scratch["out." + suffix]]
      }
      let (output, errors) = (MemoryOutput(), MemoryOutput())
      let environment = CommandEnvironment(standardOutput: output, standardError: errors)
      let exit = Tool.run(words, environment)
      #expect([0, 1, 65].contains(exit.rawValue), "round \(round): \(exit) \(errors.text)")
      #expect(exit.rawValue != 65 || !errors.text.isEmpty, "round \(round)")
      #expect(errors.text.utf8.count < 4000, "round \(round)")
      if round % 2 == 0 { #expect(throws: Never.self) { try JSONText(output.bytes) } }
    }
  }

  /// Thousands of sources that send too little to be believed, and one whose gaps never fill: 64 MB
  /// of payloads.
  @Test func memoryIsBounded() throws {
    let scratch = try ScratchFolder()
    var writer = CaptureWriter(.rtpdump)
    let payload = [UInt8](repeating: 0x5a, count: 8000)
    for index in 0..<8000 {
      let packet = TestPacket(
        sequence: UInt16(index < 100 ? index / 2 : index), timestamp: UInt32(index) * 90, time: 0,
        payload: payload, ssrc: index % 2 == 0 ? UInt32(index) : 1)
      try writer.write(
        packet.bytes, from: RTPCaptures.sender, to: RTPCaptures.receiver,
        at: RTPCaptures.start + Int64(index) * 1000)
    }
    let path = try scratch.write(writer.takeBytes(), to: "many.rtpdump")
    // A sanitizer alone takes more.
    let limit = TestRun.isSanitized ? "unlimited" : "72000"
    let outcome = try ProcessRunner.run(
      "sh",
      [
        "-c", "ulimit -d \(limit); exec \"$@\"", "sh", Mediatool.path, "rtp-unpack", "--map",
        "96=VP8/90000", "--expect", "streams[ssrc=1].packets == 4000", path,
      ])
    #expect(outcome.ending == .exit(0), "\(outcome.errors)")
  }
}
