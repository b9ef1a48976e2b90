import MediaBytes
import MediaCapture
import MediaRTP
import TestSupport
import Testing

@testable import MediaCommands

/// Figures of packets that were lost, doubled and delayed on their way, as others compute them.
@Suite(.peers("ffmpeg", "tshark")) struct RTSPQualityTests {
  private struct Datagram {
    var time: Int64
    var source: Endpoint
    var destination: Endpoint
    var bytes: [UInt8]
  }

  private struct NoCapture: Error {}

  private func datagrams(_ path: String) throws -> [Datagram] {
    let bytes = try contents(of: path)
    let window = bytes.span.bytes
    var reader = CaptureReader()
    var all: [Datagram] = []
    while true {
      while let plain = reader.takePlainDatagram(window, at: 0) {
        all.append(
          Datagram(
            time: plain.time, source: plain.source, destination: plain.destination,
            bytes: Array(bytes[plain.payload])))
      }
      switch try reader.step(window, at: 0, end: bytes.count) {
      case .needs: throw NoCapture()
      case .record(let record):
        guard case .datagram(let found) = reader.decode(record, window, at: 0) else { continue }
        found.payload.read(in: window, at: 0) { payload in
          all.append(
            Datagram(
              time: found.time ?? 0, source: found.source, destination: found.destination,
              bytes: [UInt8](copying: payload)))
        }
      case .end: return all
      }
    }
  }

  private static let clips = [
    "qos-mulaw.wav": "-f lavfi -i sine=440:sample_rate=8000:duration=20 -c:a pcm_mulaw",
    "qos-linear.wav": "-f lavfi -i sine=440:sample_rate=8000:duration=20 -c:a pcm_s16le",
    "qos-pictures.avi": "-f lavfi -i testsrc2=s=320x240:r=25:d=6 -c:v mjpeg -q:v 4 "
      + "-huffman default -pix_fmt yuvj420p",
  ]

  /// Packs a clip, impairs its packets, and lets them be received at the times of their capture.
  private func receive(
    _ clip: String, _ options: [String], _ folder: ScratchFolder
  ) throws -> (sent: [Datagram], stream: RTSPStreamResult) {
    let make = try #require(Self.clips[clip])
    let input = try Clips.path(Recipe(clip, make.split(separator: " ").map(String.init)))
    let packed = try Mediatool.run(
      ["rtp-pack", "-q", "--sdp", folder["a.sdp"], "-o", folder["sent.pcap"]] + options + [input])
    try #require(packed.ending == .exit(0), "\(packed)")
    let sdp = String(decoding: try contents(of: folder["a.sdp"]), as: UTF8.self)
    let totals = RTSPTotals()
    var frames = 0
    let reception = RTSPReception(
      try ReceptionRig.presentation(sdp), tracks: [0], totals: totals, seed: 1
    ) { _ in frames += 1 }
    let environment = CommandEnvironment(
      standardOutput: MemoryOutput(), standardError: MemoryOutput())
    let capture = try RTSPCapture(folder["got.pcap"], force: false, environment)
    let sent = try datagrams(folder["sent.pcap"])
    let first = try #require(sent.first?.time)
    for datagram in sent {
      let arrival = RTSPArrival(
        track: 0, isRTCP: datagram.destination.port % 2 == 1,
        flow: RTPFlow(source: datagram.source, destination: datagram.destination),
        now: ReceptionRig.origin + datagram.time - first, wall: datagram.time)
      try capture.add(datagram.bytes.span.bytes, arrival)
      try reception.receive(datagram.bytes.span.bytes, arrival)
    }
    try capture.finish()
    try reception.finish()
    #expect(frames > 50)
    return (sent, try #require(totals.streams(at: ReceptionRig.origin).first))
  }

  /// Lost packets and milliseconds of mean jitter, as `tshark -z rtp,streams` tells them.
  private func tshark(_ path: String) throws -> (lost: Int, jitter: Double) {
    let outcome = try ProcessRunner.run(
      "tshark", ["-r", path, "-d", "udp.port==5004,rtp", "-q", "-z", "rtp,streams"])
    try #require(outcome.ending == .exit(0), "\(outcome)")
    let rows = outcome.output.split(separator: "\n").map { row in
      row.split(separator: " ").map(String.init)
    }
    let row = try #require(rows.first { $0.count > 16 && $0[6].hasPrefix("0x") })
    return (try #require(Int(row[9])), try #require(Double(row[15])))
  }

  @Test(arguments: ["qos-mulaw.wav", "qos-pictures.avi"])
  func lossAndJitterOfStaticTypesAreTsharks(clip: String) throws {
    let folder = try ScratchFolder()
    let (_, stream) = try receive(
      clip, ["--seed", "3", "--drop", "3", "--reorder", "3", "--jitter", "8ms"], folder)
    let theirs = try tshark(folder["got.pcap"])
    #expect(stream.figures.lost == theirs.lost && theirs.lost > 10)
    #expect(stream.figures.reordered > 3)
    let jitter = try #require(stream.figures.jitter?.mean)
    #expect(abs(jitter - theirs.jitter) <= 0.1 * theirs.jitter, "\(jitter) \(theirs.jitter)")
    // The capture is what came, byte by byte.
    #expect(try contents(of: folder["got.pcap"]) == contents(of: folder["sent.pcap"]))
  }

  /// RFC 3550 A.3 and A.8 over the packets as they came, written down once more.
  private struct Independent {
    var expected = 0
    var received = 0
    var unique = 0
    var (jitter, mean) = (0.0, 0.0)

    init(_ packets: [Datagram], clockRate: Double) {
      var highest: Int?
      var lowest = 0
      var seen: Set<Int> = []
      var last: (arrival: Int64, timestamp: UInt32)?
      var sum = 0.0
      for packet in packets {
        func number(_ range: Range<Int>) -> UInt32 {
          packet.bytes[range].reduce(0) { $0 << 8 | UInt32($1) }
        }
        let (sequence, timestamp) = (Int(number(2..<4)), number(4..<8))
        let top = highest ?? sequence
        let place = top + Int(Int16(truncatingIfNeeded: sequence - top))
        if highest == nil { lowest = place }
        highest = max(top, place)
        lowest = min(lowest, place)
        seen.insert(place)
        if let last {
          let spacing = Double(Int32(bitPattern: timestamp &- last.timestamp)) / clockRate
          let difference = abs(Double(packet.time - last.arrival) / 1e9 - spacing)
          jitter += (difference * 1000 - jitter) / 16
          sum += jitter
        }
        last = (packet.time, timestamp)
      }
      (received, unique) = (packets.count, seen.count)
      expected = (highest ?? 0) - lowest + 1
      mean = sum / Double(max(1, packets.count - 1))
    }
  }

  @Test(arguments: [
    ["--drop", "3", "--reorder", "3", "--jitter", "8ms"],
    ["--drop", "2", "--duplicate", "4", "--jitter", "15ms"],
    ["--drop", "3", "--burst", "3", "--duplicate", "2", "--reorder", "5", "--seq", "65400"],
  ])
  func thoseOfDynamicTypesAndWithDuplicatesAreAnothers(options: [String]) throws {
    let folder = try ScratchFolder()
    let (sent, stream) = try receive("qos-linear.wav", ["--seed", "5"] + options, folder)
    let other = Independent(
      sent.filter { $0.destination.port % 2 == 0 }, clockRate: 8000)
    let figures = stream.figures
    #expect(figures.packets == other.received && figures.expected == other.expected)
    #expect(figures.lost == other.expected - other.unique && figures.lost > 5)
    #expect(figures.reportedLost == other.expected - other.received)
    #expect(figures.duplicates == other.received - other.unique)
    let jitter = try #require(figures.jitter)
    #expect(abs(jitter.mean - other.mean) < 0.001 && abs(jitter.last - other.jitter) < 0.001)
  }
}
