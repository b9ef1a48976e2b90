import MediaBytes
import MediaModel
import MediaRTP
import TestSupport
import Testing

@Suite struct MPEGTSTests {
  static func packets(_ count: Int, _ random: inout Seeded) -> [UInt8] {
    (0..<count).flatMap { _ in [0x47] + random.bytes(187) }
  }

  /// Sends runs of TS packets, what is held back included.
  private static func send(
    _ frames: [VideoRTP.Frame], _ packetizer: inout MPEGTSPacketizer
  ) throws -> [VideoRTP.Packet] {
    var sent = try VideoRTP.pack(frames, &packetizer)
    var payloads = RTPPayloads()
    packetizer.finish(into: &payloads)
    let none: [UInt8] = []
    for packet in payloads.packets {
      let payload = written { payloads.write(packet, of: none.span.bytes, to: &$0) }
      let time = (frames.last?.timestamp ?? 0) + Int64(Int32(bitPattern: packet.delay))
      sent.append(
        VideoRTP.Packet(payload: payload, timestamp: time, marker: packet.marker, frame: 0))
    }
    return sent
  }

  @Test func sevenToAPacket() throws {
    var random = Seeded.of("TS seven")
    let runs = [3, 9, 1, 20, 2].map { Self.packets($0, &random) }
    let frames = runs.enumerated().map {
      VideoRTP.Frame(data: $1, timestamp: 1000 * Int64($0))
    }
    for (limit, count) in [(1388, 7), (1316, 7), (1315, 6), (188, 1), (9000, 7)] {
      var packetizer = MPEGTSPacketizer(maxPayload: limit)
      let packets = try Self.send(frames, &packetizer)
      #expect(packets.dropLast().allSatisfy { $0.payload.count == 188 * count && !$0.marker })
      var depacketizer = MPEGTSDepacketizer()
      let output = VideoRTP.unpack(packets, &depacketizer)
      #expect(output.frames.flatMap(\.data) == runs.flatMap { $0 })
      #expect(output.remarks.isEmpty && depacketizer.packetCount == 35)
    }
    // The timestamp is that of the first byte, whichever call it came with.
    var packetizer = MPEGTSPacketizer(maxPayload: 1316)
    #expect(try Self.send(frames, &packetizer).map(\.timestamp) == [0, 1000, 3000, 3000, 3000])
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
        _ = try VideoRTP.pack([VideoRTP.Frame(data: bytes, timestamp: 0)], &packetizer)
        Issue.record("nothing refused it: \(words)")
      } catch {
        #expect("\(error)".contains(words), "\(error)")
      }
    }
    #expect(throws: RTPPayloadError.self) {
      var packetizer = MPEGTSPacketizer(maxPayload: 187)
      _ = try VideoRTP.pack([VideoRTP.Frame(data: good, timestamp: 0)], &packetizer)
    }
  }

  @Test func remarks() {
    var random = Seeded.of("TS remarks")
    let good = Self.packets(4, &random)
    func receive(_ payload: [UInt8]) -> (codes: Set<FindingCode>, data: [UInt8]) {
      var depacketizer = MPEGTSDepacketizer()
      let packet = VideoRTP.Packet(payload: payload, timestamp: 0, marker: false, frame: 0)
      let output = VideoRTP.unpack([packet], &depacketizer)
      return (output.remarkCodeSet, output.frames.flatMap(\.data))
    }
    #expect(receive(good) == ([], good))
    #expect(receive(good + [0x47, 1, 2]) == ([.tsOddSize], good))
    #expect(receive([1, 2, 3] + good) == ([.tsSync], good))
    var broken = good
    broken[188] = 0
    #expect(receive(broken) == ([.tsSync], Array(good[..<188] + good[376...])))
    let stamped = (0..<4).flatMap { [0, 0, 0, 1] + good[$0 * 188..<$0 * 188 + 188] }
    #expect(receive(stamped) == ([.tsPacketSize], good))
    let coded = (0..<4).flatMap {
      good[$0 * 188..<$0 * 188 + 188] + [UInt8](repeating: 1, count: 16)
    }
    #expect(receive(coded) == ([.tsPacketSize], good))
    #expect(receive([]) == ([.videoEmptyPayload], []))
    #expect(receive([1, 2, 3]) == ([.tsOddSize], []))
  }

  @Test func lossIsTold() throws {
    var random = Seeded.of("TS loss")
    var packetizer = MPEGTSPacketizer(maxPayload: 1316)
    let data = Self.packets(21, &random)
    let packets = try Self.send([VideoRTP.Frame(data: data, timestamp: 0)], &packetizer)
    var depacketizer = MPEGTSDepacketizer()
    let output = VideoRTP.unpack(packets, &depacketizer, losing: [1])
    #expect(output.frames.flatMap(\.data) == Array(data[..<1316] + data[2632...]))
    #expect(output.remarkCodeSet == [.tsGap])
    VideoRTP.mutate(packets, { _ in MPEGTSDepacketizer() }, "TS mutations")
  }
}

@Suite(.enabled(if: Corpus.folder != nil, "no corpus beside the checkout, see MEDIATOOL_CORPUS"))
struct MPEGTSCorpusTests {
  @Test func capture() throws {
    var depacketizer = MPEGTSDepacketizer()
    let output = VideoRTP.unpack(try VideoRTP.capture("rtp-ffmpeg/mpegts.pcap"), &depacketizer)
    #expect(depacketizer.packetCount == 175 && output.remarks.isEmpty)
  }

  @Test func vectors() throws {
    for vector in try Corpus.vectors("rtp.mpegts") {
      var depacketizer = MPEGTSDepacketizer()
      let output = VideoRTP.unpack(try VideoRTP.packets(of: vector), &depacketizer)
      let wanted = try #require(vector.output["ts_packets"] as? [String])
      #expect(output.frames.flatMap(\.data) == wanted.flatMap { hex($0) }, "\(vector.id)")
    }
  }
}
