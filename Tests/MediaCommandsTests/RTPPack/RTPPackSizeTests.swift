import MediaIO
import TestSupport
import Testing

/// Every size of NAL unit around the limits, through the command and back by other means.
@Suite(.peers("ffmpeg")) struct RTPPackSizeTests {
  struct Case: Sendable, CustomStringConvertible {
    var isH265: Bool
    var mtu: Int
    var options: [String] = []
    var description: String {
      (["\(isH265 ? "H.265" : "H.264")", "\(mtu)"] + options).joined(separator: " ")
    }
  }

  static let cases = [false, true].flatMap { isH265 in
    [
      Case(isH265: isH265, mtu: 1400), Case(isH265: isH265, mtu: 200),
      Case(isH265: isH265, mtu: 200, options: ["--aggregate", "all"]),
    ]
  }

  /// An encoder's pictures of two slices each; the slices are stretched to the sizes in turn.
  private func stretched(
    isH265: Bool, _ sizes: some Sequence<Int>, in folder: ScratchFolder
  ) throws -> (path: String, units: [[UInt8]]) {
    // Without SEI: x264 puts its options into one that is larger than any slice here.
    let (suffix, encoder) =
      isH265
      ? ("hevc", "libx265 -x265-params log-level=none:pools=1:ctu=16:slices=2:keyint=-1:info=0")
      : (
        "h264",
        "libx264 -threads 1 -preset ultrafast -x264-params slices=2:keyint=infinite "
          + "-bsf:v filter_units=remove_types=6"
      )
    let base = try encoded(
      "base.\(suffix)", "-f lavfi -i color=gray:s=64x64:r=25:d=1 -c:v \(encoder)", in: folder)
    let picture = try byteStreamUnits(contents(of: base))
    var random = Seeded.of("RTPPackSizeTests")
    var left = Array(sizes)[...]
    var units: [[UInt8]] = []
    while !left.isEmpty {
      for unit in picture {
        let isSlice = isH265 ? unit[0] >> 1 & 0x3f < 32 : (1...5).contains(unit[0] & 0x1f)
        guard isSlice, let size = left.popFirst() else {
          units.append(unit)
          continue
        }
        try #require(unit.count < size, "the encoder's own slices are too large")
        // No start code can come about where no byte is zero.
        units.append(
          unit + (unit.count..<size).map { _ in UInt8.random(in: 1...255, using: &random) })
      }
    }
    let stream = units.reduce(into: [UInt8]()) { $0 += [0, 0, 0, 1] + $1 }
    return (try folder.write(stream, to: "in.\(suffix)"), units)
  }

  @Test(arguments: cases) func everySizeComesBack(_ test: Case) throws {
    let folder = try ScratchFolder()
    let mtu = test.mtu
    let source = try stretched(isH265: test.isH265, mtu - 8...2 * mtu + 8, in: folder)
    let outcome = try Mediatool.run(
      ["rtp-pack", "--json", "--verify", "--mtu", "\(mtu)", "-o", folder["out.pcap"]]
        + test.options + [source.path])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let packets = try SentPacket.all(inCapture: contents(of: folder["out.pcap"]))
    #expect(packets.allSatisfy { $0.byteCount <= mtu })
    #expect(packets.contains { $0.byteCount == mtu })
    #expect(NALUnitReading.units(packets, isH265: test.isH265) == source.units)
    // The last packet of each access unit, and no other.
    let isLast = packets.indices.map {
      $0 + 1 == packets.count || packets[$0 + 1].timestamp != packets[$0].timestamp
    }
    #expect(packets.map(\.marker) == isLast)
    let document = try JSONText(outcome.stdout)
    #expect(isLast.count { $0 } == document["streams"]?[0]?["frames"]?.integer)
    #expect(document["streams"]?[0]?["largest_packet"]?.integer == mtu)
    #expect(document["verify"]?["different"]?.integer == 0)
    guard test.options.isEmpty else { return }
    // What fits goes alone, and only what does not is fragmented.
    let alone = source.units.count { $0.count <= mtu - 12 }
    let fragment: UInt8 = test.isH265 ? 49 : 28
    let isFragment = packets.map { $0.nalUnitType(isH265: test.isH265) == fragment }
    #expect(isFragment.count { !$0 } == alone)
  }

  @Test func modeZeroSendsWhatFits() throws {
    let folder = try ScratchFolder()
    let mtu = 300
    let source = try stretched(isH265: false, mtu - 60...mtu - 12, in: folder)
    let outcome = try rtpPack(
      "-q", "--verify", "--mtu", "\(mtu)", "--packetization-mode", "0", "-o",
      folder["out.pcap"], source.path)
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let packets = try SentPacket.all(inCapture: contents(of: folder["out.pcap"]))
    #expect(packets.map(\.payload) == source.units)
    #expect(packets.contains { $0.byteCount == mtu })
  }

  @Test(arguments: [1, 20, 312]) func modeZeroRefusesWhatDoesNot(excess: Int) throws {
    let folder = try ScratchFolder()
    let (mtu, limit) = (300, 288)
    let source = try stretched(
      isH265: false, (200...219) + [limit, limit + excess, 200], in: folder)
    let (port, receivers) = try boundPorts()
    let outcome = try rtpPack(
      "--mtu", "\(mtu)", "--packetization-mode", "0", "-o", folder["out.pcap"], "--fast", "--send",
      "rtp://127.0.0.1:\(port)", source.path)
    #expect(outcome.ending == .exit(65) && outcome.errorLines.count == 1, "\(outcome)")
    for word in ["NAL unit", "\(limit + excess) bytes", "\(limit)", "RFC 6184"] {
      #expect(outcome.errors.contains(word), "\(outcome)")
    }
    #expect(try !folder.names.contains("out.pcap"))
    let inbox = DatagramInbox()
    var sizes: [Int] = []
    while try receivers[0].receive(into: inbox) > 0 { sizes += inbox.datagrams.map(\.byteCount) }
    // Frames before it have been sent by then, and of its own nothing.
    #expect(sizes.count > 10 && sizes.allSatisfy { $0 <= mtu }, "\(sizes)")
    #expect(!sizes.contains(limit + 12))
  }
}
