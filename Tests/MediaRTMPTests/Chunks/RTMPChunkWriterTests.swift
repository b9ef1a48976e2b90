import MediaBytes
import MediaRTMP
import TestSupport
import Testing

private let one = hex("aa")

@Suite struct RTMPChunkWriterTests {
  @Test func choosesTheShortestHeaderThatAllTakeTheSameWay() {
    let sent = [
      message(1000, one), message(1020, one), message(1040, one), message(1040, one),
      message(1040, one), message(1060, one + one), message(1050, one),
      message(1050, one, stream: 2), message(1051, one, type: .video, stream: 2),
    ]
    let expected =
      hex("04 0003e8 000001 08 01000000 aa 84 000014 aa c4 aa 84 000000 aa c4 aa")
      + hex("44 000014 000002 08 aaaa 04 00041a 000001 08 01000000 aa")
      + hex("04 00041a 000001 08 02000000 aa 44 000001 000001 09 aa")
    #expect(writeChunks(sent) == expected)
    #expect(messages(readChunks(expected)) == sent)
  }

  /// Behind a full header the specification makes type 3 add the timestamp; others add nothing.
  @Test func typeThreeFollowsAFullHeaderOnlyWhereItMeansTheSame() {
    #expect(
      writeChunks([message(0, one), message(0, one)])
        == hex("04 000000 000001 08 01000000 aa c4 aa"))
    #expect(
      writeChunks([message(5, one), message(10, one)])
        == hex("04 000005 000001 08 01000000 aa 84 000005 aa"))
  }

  @Test func extendedTimestampsStandInEveryChunk() {
    let long = [UInt8](repeating: 7, count: 300)
    let bytes = writeChunks([message(0xff_fffe, one), message(0xff_ffff, long)])
    let behind = message(0x100_0000, long)
    #expect(bytes.starts(with: hex("04 fffffe 000001 08 01000000 aa")))
    // The delta is small: nothing is extended, whatever the timestamp.
    #expect(bytes.dropFirst(13).starts(with: hex("44 000001 00012c 08")))
    let jump = writeChunks([message(0, one), behind])
    let parts: [[UInt8]] = [
      hex("04 ffffff 00012c 08 01000000 01000000"), [UInt8](long[..<128]), hex("c4 01000000"),
      [UInt8](long[..<128]), hex("c4 01000000"), [UInt8](long[..<44]),
    ]
    #expect([UInt8](jump.dropFirst(13)) == parts.flatMap { $0 })
  }

  @Test func idsHaveTheShortestForm() {
    let wanted: [(UInt32, [UInt8])] = [
      (2, hex("02")), (63, hex("3f")), (64, hex("00 00")), (319, hex("00 ff")),
      (320, hex("01 00 01")), (65_599, hex("01 ff ff")),
    ]
    for (id, basic) in wanted {
      let bytes = writeChunks([message(1, one, on: id)])
      #expect(bytes.starts(with: basic) && bytes.count == basic.count + 12)
      #expect(messages(readChunks(bytes)) == [message(1, one, on: id)])
    }
  }

  @Test func setChunkSizeHoldsForWhatFollows() {
    let size = RTMPControl.setChunkSize(4096).message
    let long = message(1, [UInt8](repeating: 9, count: 5000))
    var writer = RTMPChunkWriter()
    var bytes: [UInt8] = []
    writer.append(size, to: &bytes)
    #expect(writer.chunkSize == 4096)
    writer.append(long, to: &bytes)
    #expect(bytes.count == 16 + 12 + 4096 + 1 + 904)
    #expect(messages(readChunks(bytes)) == [size, long])
  }

  /// Who passes on what another peer sent need not look at it first.
  @Test(arguments: ["00000000", "80000000", "0001"]) func aSetChunkSizeOfNoSizeIsOnlyWritten(
    payload: String
  ) {
    var writer = RTMPChunkWriter()
    var bytes: [UInt8] = []
    writer.append(message(0, hex(payload), on: 2, type: .setChunkSize), to: &bytes)
    #expect(writer.chunkSize == 128 && bytes.count == 12 + hex(payload).count)
  }

  /// A payload is told from where it lies, chunk by chunk.
  @Test(arguments: [UInt32(5), 0xff_ffff]) func payloadsAreNotCopied(timestamp: UInt32) throws {
    let payload = [UInt8](repeating: 3, count: 2600)
    var writer = RTMPChunkWriter(chunkSize: 1000)
    var scattered = ScatteredBytes()
    writer.append(message(timestamp, payload, on: 400), to: &scattered)
    let pieces = scattered.takePieces()
    try #require(pieces.count == 6)
    for (chunk, index) in [1, 3, 5].enumerated() {
      let start = payload.withUnsafeBytes { $0.baseAddress.map { $0 + 1000 * chunk } }
      #expect(pieces[index].count == (chunk < 2 ? 1000 : 600))
      #expect(pieces[index].withUnsafeBytes { $0.baseAddress } == start)
    }
    #expect(pieces[2].count == (timestamp == 5 ? 3 : 7) && pieces[2] == pieces[4])
  }
}

@Suite struct RTMPChunkRoundTripTests {
  @Test(arguments: 0..<40) func writtenMessagesAreReadAgain(run: Int) throws {
    var random = Seeded.of("chunk round trip \(run)")
    var sent: [RTMPMessage] = []
    var timestamps: [UInt32: UInt32] = [:]
    for _ in 0..<60 {
      if Int.random(in: 0..<12, using: &random) == 0 {
        let sizes: [UInt32] = [1, 2, 127, 128, 300, 4096, 0x7fff_ffff]
        sent.append(RTMPControl.setChunkSize(sizes.randomElement(using: &random) ?? 1).message)
        continue
      }
      let id = ([3, 4, 63, 64, 319, 320, 65_599] as [UInt32]).randomElement(using: &random) ?? 3
      let steps: [UInt32] = [0, 20, 20, 20, 40, 0xff_fffe, 0xff_ffff, 0x7fff_ffff, 0xffff_fff0]
      let timestamp = (timestamps[id] ?? 0) &+ (steps.randomElement(using: &random) ?? 0)
      timestamps[id] = timestamp
      sent.append(
        message(
          timestamp,
          random.bytes([0, 1, 100, 100, 129, 700].randomElement(using: &random) ?? 0), on: id,
          type: Bool.random(using: &random) ? .audio : .video,
          stream: UInt32.random(in: 1...2, using: &random)))
    }
    let bytes = writeChunks(sent)
    #expect(readByTheBook(bytes) == sent)
    for pieces in cuts(of: bytes, &random) {
      let items = readChunks(pieces)
      #expect(messages(items) == sent && items.count == sent.count)
    }
  }

  /// Whatever arrives, it arrives the same in any cut, and the reader never fails but by its errors.
  @Test(arguments: 0..<60) func hostileBytesAreTheSameInAnyCut(run: Int) {
    var random = Seeded.of("hostile chunks \(run)")
    var bytes = writeChunks(
      (0..<20).map { step in
        message(
          step * 0x40_0000, random.bytes(Int.random(in: 0...400, using: &random)),
          on: 3 + step % 4)
      })
    for _ in 0..<Int.random(in: 1...20, using: &random) {
      let index = Int.random(in: 0..<bytes.count, using: &random)
      bytes[index] =
        [0, 0xff, 0xc4, UInt8.random(in: 0...255, using: &random)]
        .randomElement(using: &random) ?? 0
    }
    let whole = readChunks(bytes)
    for pieces in cuts(of: bytes, &random) {
      // Acknowledgements may also come amid a message that is longer than the window.
      let items = readChunks(pieces)
      #expect(items.withoutAcknowledgements == whole.withoutAcknowledgements)
    }
  }
}

extension [ChunkItem] {
  fileprivate var withoutAcknowledgements: Self {
    filter { if case .acknowledgement = $0 { false } else { true } }
  }
}
