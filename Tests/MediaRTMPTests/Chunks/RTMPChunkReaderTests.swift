import MediaRTMP
import TestSupport
import Testing

/// Chunks, and the messages or the fault they hold.
private struct Case: Sendable, CustomTestStringConvertible {
  var name: String
  var wire: [UInt8]
  var messages: [RTMPMessage] = []
  var deviations: [String] = []
  var error: String?
  var testDescription: String { name }

  init(
    _ name: String, _ wire: [UInt8], _ messages: [RTMPMessage] = [], odd deviations: [String] = [],
    error: String? = nil
  ) {
    self.name = name
    self.wire = wire
    self.messages = messages
    self.deviations = deviations
    self.error = error
  }
}

private let body = [UInt8](0..<200)
private let four = hex("a1a2a3a4")
private let head = part(0..<128)
private let tail = part(128..<200)

private func part(_ range: Range<Int>) -> [UInt8] { [UInt8](body[range]) }
private func wire(_ parts: [UInt8]...) -> [UInt8] { parts.flatMap { $0 } }

/// A type 0 header of 200 bytes of video on chunk stream 4 and message stream 1.
private func full(_ time: String, _ length: String = "0000c8") -> [UInt8] {
  hex("04 \(time) \(length) 09 01000000")
}

private func video(_ timestamp: UInt32, _ payload: [UInt8] = body) -> RTMPMessage {
  message(timestamp, payload, type: .video)
}

private func setSize(_ value: String) -> [UInt8] { hex("02 000000 000004 01 00000000 \(value)") }
private func sizeMessage(_ value: String) -> RTMPMessage {
  message(0, hex(value), on: 2, type: .setChunkSize, stream: 0)
}
private func abort(_ id: String) -> [UInt8] { hex("02 000000 000004 02 00000000 \(id)") }

private let headers: [Case] = [
  Case(
    "type 0, 2, 3 as in the first example of the specification",
    hex("04 0003e8 000004 08 01000000 a1a2a3a4 84 000014 a1a2a3a4 c4 a1a2a3a4 c4 a1a2a3a4"),
    [1000, 1020, 1040, 1060].map { message($0, four) }),
  Case(
    "a message in three chunks as in the second example",
    wire(hex("04 0003e8 000133 09 01000000"), head, hex("c4"), head, hex("c4"), part(0..<51)),
    [message(1000, wire(head, head, part(0..<51)), type: .video)]),
  Case(
    "type 1 changes length and type",
    hex("04 000064 000001 08 01000000 aa 44 000005 000002 09 bbcc"),
    [message(100, [0xaa]), message(105, [0xbb, 0xcc], type: .video)]),
  Case(
    "type 3 behind type 0 adds the whole timestamp",
    hex("04 000064 000001 08 01000000 aa c4 bb c4 cc"),
    [message(100, [0xaa]), message(200, [0xbb]), message(300, [0xcc])]),
  Case(
    "two and three bytes of basic header",
    wire(
      hex("00 00 000001 000001 08 01000000 aa 00 ff 000002 000001 08 01000000 bb"),
      hex("01 00 01 000003 000001 08 01000000 cc 01 ff ff 000004 000001 08 01000000 dd"),
      hex("c0 00 ee")),
    [
      message(1, [0xaa], on: 64), message(2, [0xbb], on: 319), message(3, [0xcc], on: 320),
      message(4, [0xdd], on: 65_599), message(2, [0xee], on: 64),
    ]),
  Case(
    "the long form of a short ID", hex("01 00 00 000001 000001 08 01000000 aa c0 00 bb"),
    [message(1, [0xaa], on: 64), message(2, [0xbb], on: 64)]),
  Case(
    "the message stream ID is little-endian", hex("03 000000 000001 14 01020304 aa"),
    [message(0, [0xaa], on: 3, type: .command, stream: 0x0403_0201)]),
  Case(
    "no payload", hex("04 000001 000000 08 01000000 c4 c4"),
    [1, 2, 3].map { message($0, []) }),
  Case(
    "interleaved", wire(full("000001"), head, hex("05 000002 000001 08 01000000 aa c4"), tail),
    [message(2, [0xaa], on: 5), video(1)]),
]

private let timestamps: [Case] = [
  Case(
    "extended, repeated by type 3",
    wire(full("ffffff"), hex("01020304"), head, hex("c4 01020304"), tail), [video(0x0102_0304)]),
  Case(
    "extended though it need not be",
    wire(full("ffffff"), hex("00000005"), head, hex("c4 00000005"), tail), [video(5)]),
  Case("the largest that is not", full("fffffe") + head + hex("c4") + tail, [video(0xff_fffe)]),
  Case(
    "an extended delta",
    wire(
      full("000010", "000001"), hex("aa 44 ffffff 0000c8 09 01000000"), head, hex("c4 01000000"),
      tail), [video(16, [0xaa]), video(0x0100_0010)]),
  Case(
    "a delta below zero, modulo 2^32",
    wire(full("0003e8", "000001"), hex("aa 84 ffffff fffffff6 bb c4 fffffff6 cc")),
    [video(1000, [0xaa]), video(990, [0xbb]), video(980, [0xcc])]),
  Case(
    "past 2^32", wire(full("ffffff", "000001"), hex("fffffff0 aa 84 000020 bb c4 cc")),
    [video(0xffff_fff0, [0xaa]), video(16, [0xbb]), video(48, [0xcc])]),
  Case(
    "type 3 omits it", wire(full("ffffff"), hex("01020304"), head, hex("c4"), tail),
    [video(0x0102_0304)], odd: ["extended-timestamp-omitted"]),
  Case(
    "type 3 omits it, and less than four bytes follow",
    wire(full("ffffff", "000081"), hex("01020304"), head, hex("c4 ee")),
    [video(0x0102_0304, wire(head, [0xee]))], odd: ["extended-timestamp-omitted"]),
  Case(
    "a peer that omits it does so where a message begins too",
    wire(full("ffffff"), hex("01020304"), head, hex("c4"), tail, hex("c4"), head, hex("c4"), tail),
    [video(0x0102_0304), video(0x0204_0608)], odd: ["extended-timestamp-omitted"]),
  Case(
    "type 3 begins a message and repeats the delta",
    wire(full("000010", "000001"), hex("aa 84 ffffff 01000000 bb c4 01000000 cc")),
    [video(16, [0xaa]), video(0x0100_0010, [0xbb]), video(0x0200_0010, [0xcc])]),
  Case(
    "type 3 begins a message with another delta",
    wire(full("000010", "000001"), hex("aa 84 ffffff 01000000 bb c4 01000001 cc")),
    [video(16, [0xaa]), video(0x0100_0010, [0xbb]), video(0x0200_0011, [0xcc])]),
  Case(
    "type 3 repeats the timestamp where the delta is due",
    wire(
      full("000010", "000001"), hex("aa 44 ffffff 0000c8 09 01000000"), head, hex("c4 01000010"),
      tail), [video(16, [0xaa]), video(0x0100_0010)], odd: ["extended-timestamp-absolute"]),
  Case(
    "a small delta ends extended timestamps",
    wire(full("ffffff", "000001"), hex("01000000 aa 84 000005 bb c4 cc")),
    [video(0x0100_0000, [0xaa]), video(0x0100_0005, [0xbb]), video(0x0100_000a, [0xcc])]),
]

private let control: [Case] = [
  Case(
    "Set Chunk Size amid a message counts from the next chunk",
    wire(
      full("000001"), head, setSize("00000010"), hex("c4"), part(128..<144), hex("c4"),
      part(144..<160), hex("c4"), part(160..<176), hex("c4"), part(176..<192), hex("c4"),
      part(192..<200)), [sizeMessage("00000010"), video(1)]),
  Case(
    "chunks of one byte",
    wire(setSize("00000001"), hex("04 000001 000003 08 01000000 aa c4 bb c4 cc")),
    [sizeMessage("00000001"), message(1, [0xaa, 0xbb, 0xcc])]),
  Case(
    "the largest chunk size", wire(setSize("7fffffff"), full("000001"), body),
    [sizeMessage("7fffffff"), video(1)]),
  Case(
    "the first bit of a chunk size", wire(setSize("80000100"), full("000001"), body),
    [sizeMessage("80000100"), video(1)], odd: ["chunk-size-top-bit"]),
  Case(
    "chunk size 0", setSize("00000000"),
    error: "Set Chunk Size at byte 12: 0, expected 1 to 2147483647"),
  Case(
    "a chunk size cut short", hex("02 000000 000003 01 00000000 000001"),
    error: "Set Chunk Size at byte 12: 3 bytes, expected 4 or more"),
  Case(
    "Abort drops what there is",
    wire(full("000001"), head, abort("00000004"), hex("84 000005"), head, hex("c4"), tail),
    [message(0, hex("00000004"), on: 2, type: .abort, stream: 0), video(6)]),
  Case(
    "Abort of a chunk stream that is not",
    wire(abort("00000063"), full("000001", "000001"), [0xaa]),
    [message(0, hex("00000063"), on: 2, type: .abort, stream: 0), video(1, [0xaa])]),
  Case(
    "Abort cut short", hex("02 000000 000001 02 00000000 00"),
    [message(0, [0], on: 2, type: .abort, stream: 0)], odd: ["control-short"]),
  Case(
    "control on another chunk stream", hex("03 000000 000004 05 01000000 00001000"),
    [
      message(0, hex("00001000"), on: 3, type: .windowAcknowledgementSize)
    ], odd: ["control-elsewhere"]),
  Case(
    "a window of 0", hex("02 000000 000004 05 00000000 00000000"),
    [message(0, hex("00000000"), on: 2, type: .windowAcknowledgementSize, stream: 0)],
    odd: ["window-zero"]),
]

private let odd: [Case] = [
  Case(
    "type 3 first", hex("c4 aa"),
    error: "chunk header at byte 0: type 3 first on chunk stream 4, expected type 0"),
  Case(
    "type 2 first", hex("04 000001 000001 08 01000000 aa 85 000001"),
    [message(1, [0xaa])],
    error: "chunk header at byte 13: type 2 first on chunk stream 5, expected type 0"),
  Case(
    "type 1 first, as a ping of librtmp's", hex("42 000000 000006 04 0006 00000001"),
    [message(0, hex("0006 00000001"), on: 2, type: .userControl, stream: 0)],
    odd: ["first-chunk-type-1"]),
  Case(
    "a full header before each chunk", wire(full("000001"), head, full("000001"), tail), [video(1)],
    odd: ["header-inside-message"]),
  Case(
    "type 1 before each chunk", wire(full("000001"), head, hex("44 000000 0000c8 09"), tail),
    [video(1)], odd: ["header-inside-message"]),
  Case(
    "another message amid one", wire(full("000001"), head, full("000002", "000001"), [0xaa]),
    [video(2, [0xaa])], odd: ["header-inside-message"]),
]

@Suite struct RTMPChunkReaderTests {
  @Test(arguments: headers + timestamps + control + odd)
  private func readsInAnyCut(_ given: Case) {
    for at in 0...given.wire.count {
      let pieces = [[UInt8](given.wire[..<at]), [UInt8](given.wire[at...])]
      check(given, readChunks(pieces))
    }
    check(given, readChunks(given.wire.map { [$0] }))
  }

  private func check(_ given: Case, _ items: [ChunkItem]) {
    #expect(messages(items) == given.messages)
    #expect(deviations(items) == given.deviations)
    #expect(failure(items)?.description == given.error)
  }

  /// An error in a chunk header is told before any more is read, and again each time after.
  @Test func errorsStay() {
    var reader = RTMPChunkReader(offset: 3073)
    reader.append(hex("c4 aa"))
    for _ in 0..<2 {
      #expect(throws: RTMPError.self) { try reader.next() }
    }
    #expect(failure(readChunks([hex("c4")], offset: 3073))?.offset == 3073)
  }

  @Test func limits() {
    var limits = RTMPChunkLimits()
    limits.maxMessageByteCount = 199
    let long = failure(readChunks(full("000001"), limits: limits))
    #expect(long?.kind == .overLimit)
    #expect("\(long!)" == "message length at byte 0: 200, expected at most 199")
    limits = RTMPChunkLimits()
    limits.maxChunkStreamCount = 1
    let second = hex("05 000002 000001 08 01000000 aa")
    #expect(failure(readChunks(full("000001") + head + second, limits: limits))?.offset == 140)
    limits = RTMPChunkLimits()
    limits.maxPartialByteCount = 199
    let partial = full("000001") + head + hex("c4")
    let error = failure(readChunks(partial, limits: limits))
    #expect(error?.kind == .overLimit && error?.offset == 140 && error?.seen == "200 bytes")
    limits.maxPartialByteCount = 200
    #expect(messages(readChunks(partial + tail, limits: limits)) == [video(1)])
  }

  @Test func aMessageOfSixteenMegabytesIsRefusedAtItsHeader() {
    let error = failure(readChunks(full("000001", "ffffff")))
    #expect("\(error!)" == "message length at byte 0: 16777215, expected at most 16000000")
  }

  /// What is held does not depend on what headers promise.
  @Test func holdsWhatHasArrived() throws {
    var reader = RTMPChunkReader()
    for id in UInt8(3)..<64 { reader.append([id] + hex("000000 e00000 09 01000000") + head) }
    let first = try reader.next()
    #expect(first == nil && reader.heldByteCount == 61 * 128)
  }

  @Test func acknowledgesAfterEachWindow() {
    let window = hex("02 000000 000004 05 00000000 00000020")
    let one = hex("04 000001 000004 08 01000000 a1a2a3a4")
    let items = readChunks(wire(window, one, one, one, one))
    let due = items.compactMap { if case .acknowledgement(let value) = $0 { value } else { nil } }
    #expect(due == [32, 64])
    // A chunk larger than the window is acknowledged as it arrives.
    let parts = [wire(window, setSize("00001000"), full("000001", "000100")), part(0..<100)]
    #expect(readChunks(parts).last == .acknowledgement(144))
  }

  @Test func acknowledgementsCountFromTheFirstChunk() {
    let window = hex("02 000000 000004 05 00000000 00000001")
    #expect(readChunks([window, window], offset: 3073).last == .acknowledgement(32))
  }
}
