import MediaBytes
import MediaCapture
import Testing

/// Blocks of pcapng in either byte order.
struct Blocks {
  var order: ByteOrder = .little
  var bytes: [UInt8] = []

  func number<Value: FixedWidthInteger>(_ value: Value) -> [UInt8] {
    order == .big ? big(value) : little(value)
  }

  mutating func add(_ type: UInt32, _ body: [UInt8]) {
    let padded = body + [UInt8](repeating: 0, count: -body.count & 3)
    let length = number(UInt32(padded.count + 12))
    bytes += number(type) + length + padded + length
  }

  mutating func section() {
    add(
      0x0a0d_0d0a,
      number(0x1a2b_3c4d as UInt32) + number(1 as UInt16) + number(0 as UInt16)
        + number(-1 as Int64))
  }

  mutating func interface(_ link: LinkType = .raw, snap: UInt32 = 0, options: [UInt8] = []) {
    add(1, number(link.rawValue) + [0, 0] + number(snap) + options)
  }

  func option(_ code: UInt16, _ value: [UInt8]) -> [UInt8] {
    number(code) + number(UInt16(value.count)) + value
      + [UInt8](repeating: 0, count: -value.count & 3)
  }

  mutating func packet(
    _ data: [UInt8], _ time: UInt64, on interface: UInt32 = 0, of size: Int? = nil
  ) {
    add(
      6,
      number(interface) + number(UInt32(time >> 32)) + number(UInt32(truncatingIfNeeded: time))
        + number(UInt32(data.count)) + number(UInt32(size ?? data.count)) + data)
  }
}

private let resolutions: [(UInt8, UInt64, Int64)] = [
  (UInt8(6), UInt64(1_500_000), Int64(1_500_000_000)), (0, 7, 7_000_000_000), (3, 1, 1_000_000),
  (9, 1, 1), (12, 1999, 1), (19, 15_000_000_000_000_000_000, 1_500_000_000),
  (0x80 | 1, 3, 1_500_000_000), (0x80 | 20, 1 << 20, 1_000_000_000),
  (0x80 | 63, 1 << 62, 500_000_000), (6, 1_700_000_000_123_456, 1_700_000_000_123_456_000),
]

struct PCAPNGTests {
  @Test(arguments: [ByteOrder.little, .big]) func readsEveryPacketBlock(_ order: ByteOrder) {
    var file = Blocks(order: order)
    file.section()
    file.interface(snap: 6, options: file.option(9, [9]) + file.option(0, []))
    file.interface(.ethernet, options: file.option(14, file.number(1000 as Int64)))
    file.packet([1, 2, 3, 4, 5], 0x1_0000_0001, of: 9)
    file.add(3, file.number(8 as UInt32) + [1, 2, 3, 4, 5, 6])  // cut to the SnapLen
    file.add(
      2,
      file.number(1 as UInt16) + [0, 0] + file.number(0 as UInt32)
        + file.number(1_500_000 as UInt32) + file.number(1 as UInt32) + file.number(1 as UInt32)
        + [7])
    let reading = read(file.bytes)
    #expect(reading.error == nil && reading.format == .pcapng)
    #expect(reading.data == [[1, 2, 3, 4, 5], [1, 2, 3, 4, 5, 6], [7]])
    #expect(reading.records.map(\.time) == [0x1_0000_0001, nil, 1_001_500_000_000])
    #expect(reading.records.map(\.interface) == [0, 0, 1])
    #expect(reading.records.map(\.originalByteCount) == [9, 8, 1])
    #expect(reading.records.map(\.isCut) == [true, true, false])
    #expect(
      reading.records.map(\.content) == [.frame(.raw), .frame(.raw), .frame(.ethernet)])
  }

  @Test(arguments: resolutions) func timesOfEveryResolution(
    _ resolution: UInt8, _ time: UInt64, _ expected: Int64
  ) {
    var file = Blocks()
    file.section()
    file.interface(options: file.option(9, [resolution]))
    file.packet([1], time)
    #expect(read(file.bytes).records.first?.time == expected)
  }

  /// Times before 1970 and in the far future are none, so that any two can be subtracted.
  @Test(arguments: [Int64.min, -1, 9_223_372_035, -9_223_372_036, 4_611_686_018])
  func timesThatDoNotFitAreNone(offset: Int64) {
    var file = Blocks()
    file.section()
    file.interface(options: file.option(14, file.number(offset)))
    file.packet([1], 500_000)
    #expect(read(file.bytes).records.map(\.time) == [nil])
  }

  @Test func theLastTimeIsThatOfTheLastWholeSecond() {
    var file = Blocks()
    file.section()
    file.interface(options: file.option(14, file.number(4_611_686_017 as Int64)))
    file.packet([1], 999_999)
    #expect(read(file.bytes).records.map(\.time) == [4_611_686_017_999_999_000])
  }

  @Test func resolutionsThatDoNotFitAreRefused() {
    var coarse = Blocks()
    coarse.section()
    coarse.interface(options: coarse.option(9, [0]))
    coarse.packet([1], .max)
    #expect(read(coarse.bytes).records.map(\.time) == [nil])
    for resolution: UInt8 in [20, 0x80 | 64, 0xff] {
      var file = Blocks()
      file.section()
      file.interface(options: file.option(9, [resolution]))
      #expect(
        read(file.bytes).error
          == ParseError(.unsupported(UInt64(resolution)), "if_tsresol", at: 28 + 20))
    }
  }

  /// What Wireshark shows as a frame counts, though it is no packet.
  @Test func blocksBetween() {
    var file = Blocks()
    file.section()
    file.add(0x0000_0bad, file.number(12345 as UInt32))
    file.interface()
    for type: UInt32 in [4, 5, 10, 0x4000_0bad, 9, 0x1234, 0x8000_0001] {
      file.add(type, [1, 2, 3, 4])
      file.packet([1], 0)
    }
    #expect(read(file.bytes).records.map(\.number) == [2, 3, 4, 6, 8, 9, 10])
  }

  /// Of a block that is jumped over, and of one too large to read.
  @Test func aBlockPastTheEndIsTheSameInAStream() {
    var file = Blocks()
    file.section()
    let start = file.bytes.count
    for (type, error) in [
      (UInt32(5), ParseError(.truncated(needed: 0x1000_0000), "block", at: start)),
      (
        1,
        ParseError(
          .overLimit(0x1000_0000, limit: 262_144 + 1 << 20), "Block Total Length", at: start + 4)
      ),
    ] {
      let bytes = file.bytes + little(type) + little(0x1000_0000 as UInt32) + [1, 2, 3, 4]
      #expect(read(bytes).error == error)
      #expect(read(bytes, block: 1, isStream: true).error == error)
    }
  }

  @Test func sectionsBringTheirOwnOrderAndInterfaces() {
    var first = Blocks()
    first.section()
    first.interface(.raw)
    first.interface(.raw)
    first.packet([1], 1, on: 1)
    var second = Blocks(order: .big)
    second.section()
    second.interface(.ethernet)
    second.packet([2], 2)
    let reading = read(first.bytes + second.bytes)
    #expect(reading.records.map(\.time) == [1000, 2000])
    #expect(reading.records.map(\.interface) == [1, 2])
    #expect(reading.records.map(\.content) == [.frame(.raw), .frame(.ethernet)])
    second.packet([3], 3, on: 1)
    let again = read(first.bytes + second.bytes)
    #expect(again.records.count == 2 && again.error?.field.description == "Interface ID")
  }

  @Test func errorsSayWhere() {
    var file = Blocks()
    file.section()
    file.interface()
    let start = file.bytes.count
    file.packet([1, 2, 3, 4], 0)
    func reading(_ place: Int, _ value: UInt32) -> ParseError? {
      var bytes = file.bytes
      bytes.replaceSubrange(start + place..<start + place + 4, with: little(value))
      return read(bytes).error
    }
    let length = "Block Total Length" as StaticString
    #expect(reading(4, 8) == ParseError(.invalid(8), length, at: start + 4))
    #expect(reading(4, 37) == ParseError(.invalid(37), length, at: start + 4))
    #expect(reading(32, 40) == ParseError(.invalid(40), length, at: start + 32))
    #expect(reading(4, 400) == ParseError(.truncated(needed: 400), "block", at: start))
    #expect(
      reading(4, 0xffff_fffc)
        == ParseError(.overLimit(0xffff_fffc, limit: 262_144 + 1 << 20), length, at: start + 4))
    #expect(reading(8, 1) == ParseError(.invalid(1), "Interface ID", at: start + 8))
    #expect(reading(20, 5) == ParseError(.invalid(5), "Captured Packet Length", at: start + 20))
    var other = file.bytes
    other[8] = 0
    #expect(read(other).error == ParseError(.invalid(0x003c_2b1a), "Byte-Order Magic", at: 8))
    other = file.bytes
    other[12] = 2
    #expect(read(other).error == ParseError(.unsupported(2), "Major Version", at: 12))
  }

  @Test func everyPrefixFails() {
    var file = Blocks()
    var ends: [Int] = []
    file.section()
    ends.append(file.bytes.count)
    file.interface()
    ends.append(file.bytes.count)
    for index in 0..<3 {
      file.packet([1, 2, 3], UInt64(index))
      ends.append(file.bytes.count)
    }
    for count in 0...file.bytes.count {
      let reading = read(Array(file.bytes.prefix(count)))
      #expect((reading.error == nil) == ends.contains(count), "\(count)")
      #expect(reading.records.count == ends.dropFirst(2).count { $0 <= count })
    }
  }
}
