import MediaModel
import MediaRTP
import TestSupport
import Testing

@testable import MediaCommands

/// `--verify` finds what is not the same.
@Suite struct RTPVerifierTests {
  private static let payloadByteCount = 388

  private func writer() throws -> RTPStreamWriter {
    var track = Track(index: 0, kind: .video, codec: .h264, timescale: .mpeg)
    track.width = 16
    var options = RTPPackerOptions()
    options.maxPayload = Self.payloadByteCount
    let packer = try RTPPacker(track, options, payloadType: RTPPayloadType(rawValue: 96))
    return RTPStreamWriter(
      index: 0, track: track, packer: packer,
      identity: .init(ssrc: 1, sequenceNumber: 65_534, timestampOffset: 4_294_967_000, cname: "c"),
      wallClock: 0)
  }

  private func frame(_ sizes: [Int], _ random: inout Seeded) -> Frame {
    var data: [UInt8] = []
    for size in sizes {
      data += (0..<4).map { UInt8(truncatingIfNeeded: size >> (24 - 8 * $0)) }
      data += [0x65] + random.bytes(size - 1)
    }
    return Frame(track: 0, data: data)
  }

  /// Twenty frames, of which `spoil` may change each batch.
  private func verified(
    _ spoil: (Int, PacketBatch) -> Void = { _, _ in }
  ) throws -> RTPVerifier {
    var writer = try writer()
    let verifier = try RTPVerifier([writer], compares: true, labels: false)
    var random = Seeded.of("verifier")
    let origin = MediaTime(ticks: 0, timescale: .mpeg)
    for number in 0..<20 {
      let batch = PacketBatch()
      let frame = frame([30, 1000, 400], &random)
      let timestamp = try writer.write(
        frame, pts: Int64(number * 3000), origin: origin, shift: origin, at: Int64(number),
        into: batch)
      verifier.expect(frame, timestamp: timestamp)
      spoil(number, batch)
      verifier.take(batch)
    }
    verifier.finish()
    return verifier
  }

  @Test func nothingIsFoundInGoodPackets() throws {
    let verifier = try verified()
    #expect(verifier.result.compared == 20 && verifier.result.different == 0)
    #expect(verifier.differences.isEmpty, "\(verifier.differences)")
  }

  @Test func aChangedByteIsFound() throws {
    let verifier = try verified { number, batch in
      guard number == 7 else { return }
      // The last byte of the frame's last packet.
      let place = batch.filled - 1
      batch[place..<place + 1][0] ^= 1
    }
    #expect(verifier.result.different == 1)
    let told = try #require(verifier.differences.first)
    #expect(told.contains("frame 8") && told.contains("packets") && told.contains("NAL unit 3"))
  }

  @Test func aMissingPacketIsFound() throws {
    let verifier = try verified { number, batch in
      if number == 3 { batch.packets.remove(at: 2) }
    }
    #expect(verifier.result.different > 0 && !verifier.differences.isEmpty)
    #expect(verifier.result.compared <= 20)
  }

  @Test func aMissingFrameIsNamed() throws {
    let verifier = try verified { number, batch in
      if number == 5 { batch.packets.removeAll() }
    }
    #expect(verifier.differences.contains { $0.contains("frame 6") && $0.contains("did not") })
    // Those behind it are compared with their own.
    #expect(verifier.result.different <= 3, "\(verifier.differences)")
  }

  @Test func aWrongTimestampIsFound() throws {
    let verifier = try verified { number, batch in
      guard number == 9 else { return }
      for index in batch.packets.indices { batch.packets[index].timestamp += 1 }
    }
    #expect(verifier.result.different > 0)
  }

  @Test func aWrongHeaderIsFound() throws {
    let verifier = try verified { number, batch in
      guard number == 2, let first = batch.packets.first(where: { !$0.isRTCP }) else { return }
      batch[first.range][0] = 0
    }
    #expect(verifier.differences.contains { $0.contains("header") })
  }
}

/// Sizes around the limit, header bytes and wraps of what `RTPStreamWriter` makes.
@Suite struct RTPStreamWriterTests {
  @Test func headersAreAsInRFC3550() throws {
    let track = Track(index: 0, kind: .audio, codec: .opus, timescale: .milliseconds)
    let packer = try RTPPacker(
      track, RTPPackerOptions(), payloadType: RTPPayloadType(rawValue: 111))
    var writer = RTPStreamWriter(
      index: 0, track: track, packer: packer,
      identity: .init(
        ssrc: 0x0102_0304, sequenceNumber: 0xffff, timestampOffset: 0xffff_ffff, cname: "a"),
      wallClock: 946_684_800_000_000_000)
    let batch = PacketBatch()
    let origin = MediaTime(ticks: 0, timescale: .milliseconds)
    // 20 ms of CELT in one frame.
    let packet = Frame(track: 0, data: [0xf8, 1, 2, 3])
    for (number, time) in [0, 20, 41].enumerated() {
      _ = try writer.write(
        packet, pts: Int64(time), origin: origin, shift: origin, at: Int64(number), into: batch)
    }
    let headers = batch.packets.filter { !$0.isRTCP }.map { packet in
      Array(batch[packet.range].prefix(12))
    }
    #expect(
      headers[0].suffix(11) == [headers[0][1], 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 2, 3, 4])
    #expect(headers[0][0] == 0x80 && headers[0][1] & 0x7f == 111)
    #expect(headers[1][2..<8] == [0, 0, 0, 0, 3, 0xbf], "960 ticks on, wrapped")
    #expect(headers[2][4..<8] == [0, 0, 7, 0x7f], "41 ms are 40, rounded by the container")
    let report = try #require(batch.packets.first)
    #expect(report.isRTCP)
    let bytes = Array(batch[report.range])
    #expect(bytes.prefix(8) == [0x80, 200, 0, 6, 1, 2, 3, 4])
    // 2000-01-01T00:00:00Z is 3,155,673,600 s behind 1900.
    #expect(bytes[8..<16] == [0xbc, 0x17, 0xc2, 0, 0, 0, 0, 0])
  }

  @Test func reportsComeEveryFiveSeconds() throws {
    let track = Track(index: 0, kind: .audio, codec: .opus, timescale: .milliseconds)
    let packer = try RTPPacker(
      track, RTPPackerOptions(), payloadType: RTPPayloadType(rawValue: 111))
    var writer = RTPStreamWriter(
      index: 0, track: track, packer: packer,
      identity: .init(ssrc: 1, sequenceNumber: 0, timestampOffset: 0, cname: "a"), wallClock: 0)
    let batch = PacketBatch()
    let origin = MediaTime(ticks: 0, timescale: .milliseconds)
    for number in 0..<1000 {
      _ = try writer.write(
        Frame(track: 0, data: [0xf8, 1]), pts: Int64(number * 20), origin: origin, shift: origin,
        at: Int64(number) * 20_000_000, into: batch)
    }
    writer.leave(at: 20_000_000_000, into: batch)
    let times = batch.packets.filter(\.isRTCP).map { $0.time / 1_000_000 }
    #expect(times == [0, 5000, 10_000, 15_000, 20_000])
    let last = try #require(batch.packets.last)
    let bytes = Array(batch[last.range])
    #expect(bytes.suffix(8) == [0x81, 203, 0, 1, 0, 0, 0, 1], "BYE ends the last")
  }
}
