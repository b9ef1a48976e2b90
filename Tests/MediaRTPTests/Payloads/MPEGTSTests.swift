import MediaBytes
import MediaModel
import MediaRTP
import TestSupport
import Testing

@Suite struct MPEGTSTests {
  static func packets(_ count: Int, _ random: inout Seeded) -> [UInt8] {
    (0..<count).flatMap { _ in [0x47] + random.bytes(187) }
  }

  @Test func sevenToAPacket() throws {
    var random = Seeded.of("TS seven")
    let runs = [3, 9, 1, 20, 2].map { Self.packets($0, &random) }
    let frames = runs.enumerated().map {
      TimedFrame(data: $1, timestamp: 1000 * Int64($0))
    }
    for (limit, count) in [(1388, 7), (1316, 7), (1315, 6), (188, 1), (9000, 7)] {
      var packetizer = MPEGTSPacketizer(maxPayload: limit)
      let packets = try send(frames, &packetizer)
      #expect(packets.dropLast().allSatisfy { $0.payload.count == 188 * count && !$0.marker })
      var depacketizer = MPEGTSDepacketizer()
      let output = receive(packets, &depacketizer)
      #expect(output.frames.flatMap(\.data) == runs.flatMap { $0 })
      #expect(output.remarks.isEmpty)
    }
    // The timestamp is that of the first byte, whichever call it came with.
    var packetizer = MPEGTSPacketizer(maxPayload: 1316)
    #expect(try send(frames, &packetizer).map(\.timestamp) == [0, 1000, 3000, 3000, 3000])
  }

  @Test func whatIsNoTransportStream() {
    var random = Seeded.of("TS refusals")
    let good = Self.packets(4, &random)
    var without = good
    without[188] = 0
    let stamped = (0..<4).flatMap { [0, 0, 0, 1] + good[$0 * 188..<$0 * 188 + 188] }
    let coded = (0..<4).flatMap {
      good[$0 * 188..<$0 * 188 + 188] + [UInt8](repeating: 1, count: 16)
    }
    for (bytes, words) in [
      (Array(good.dropLast()), "no whole number"), (without, "TS packet 2"), (stamped, "192"),
      (coded, "204"),
    ] {
      var packetizer = MPEGTSPacketizer(maxPayload: 1316)
      do {
        _ = try send([TimedFrame(data: bytes, timestamp: 0)], &packetizer)
        Issue.record("nothing refused it: \(words)")
      } catch {
        #expect("\(error)".contains(words), "\(error)")
      }
    }
    #expect(throws: RTPPayloadError.self) {
      var packetizer = MPEGTSPacketizer(maxPayload: 187)
      _ = try send([TimedFrame(data: good, timestamp: 0)], &packetizer)
    }
  }

  @Test func remarks() {
    var random = Seeded.of("TS remarks")
    let good = Self.packets(4, &random)
    func found(_ payload: [UInt8]) -> (codes: Set<FindingCode>, data: [UInt8]) {
      var depacketizer = MPEGTSDepacketizer()
      let packet = SentPacket(payload)
      let output = receive([packet], &depacketizer)
      return (output.remarkCodeSet, output.frames.flatMap(\.data))
    }
    #expect(found(good) == ([], good))
    #expect(found(good + [0x47, 1, 2]) == ([.tsOddSize], good))
    #expect(found([1, 2, 3] + good) == ([.tsSync], good))
    var broken = good
    broken[188] = 0
    #expect(found(broken) == ([.tsSync], Array(good[..<188] + good[376...])))
    let stamped = (0..<4).flatMap { [0, 0, 0, 1] + good[$0 * 188..<$0 * 188 + 188] }
    #expect(found(stamped) == ([.tsPacketSize], good))
    let coded = (0..<4).flatMap {
      good[$0 * 188..<$0 * 188 + 188] + [UInt8](repeating: 1, count: 16)
    }
    #expect(found(coded) == ([.tsPacketSize], good))
    #expect(found([]) == ([.videoEmptyPayload], []))
    #expect(found([1, 2, 3]) == ([.tsOddSize], []))
  }

  @Test func lossIsTold() throws {
    var random = Seeded.of("TS loss")
    var packetizer = MPEGTSPacketizer(maxPayload: 1316)
    let data = Self.packets(21, &random)
    let packets = try send([TimedFrame(data: data, timestamp: 0)], &packetizer)
    var depacketizer = MPEGTSDepacketizer()
    let output = receive(packets, &depacketizer, lost: [1])
    #expect(output.frames.flatMap(\.data) == Array(data[..<1316] + data[2632...]))
    #expect(output.remarkCodeSet == [.tsGap])
  }
}

extension PayloadDamage {
  static let mpegTS = PayloadDamage("MPEG-TS") { random in
    var packetizer = MPEGTSPacketizer(maxPayload: 1316)
    return try send([TimedFrame(data: MPEGTSTests.packets(21, &random))], &packetizer)
  } make: { _, _ in
    MPEGTSDepacketizer()
  }
}

@Suite(.enabled(if: Corpus.folder != nil, "no corpus beside the checkout, see MEDIATOOL_CORPUS"))
struct MPEGTSCorpusTests {
  @Test func capture() throws {
    var depacketizer = MPEGTSDepacketizer()
    let output = receive(try Corpus.packets("rtp-ffmpeg/mpegts.pcap"), &depacketizer)
    #expect(output.frames.reduce(0) { $0 + $1.data.count } == 175 * 188 && output.remarks.isEmpty)
  }

  @Test func vectors() throws {
    for vector in try Corpus.vectors("rtp.mpegts") {
      var depacketizer = MPEGTSDepacketizer()
      let output = receive(try Corpus.packets(of: vector), &depacketizer)
      let wanted = try #require(vector.output["ts_packets"] as? [String])
      #expect(output.frames.flatMap(\.data) == wanted.flatMap { hex($0) }, "\(vector.id)")
    }
  }
}
