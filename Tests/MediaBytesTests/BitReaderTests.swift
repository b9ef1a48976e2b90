import MediaBytes
import Testing
import TestSupport

/// Writes bits and exponential Golomb codes, the slow and obvious way.
private struct BitString {
  var bits: [Bool] = []

  mutating func put(_ value: UInt64, _ count: Int) {
    for shift in (0..<count).reversed() { bits.append(value >> UInt64(shift) & 1 == 1) }
  }

  mutating func ue(_ value: UInt64) {
    let width = UInt64.bitWidth - (value + 1).leadingZeroBitCount
    put(0, width - 1)
    put(value + 1, width)
  }

  mutating func se(_ value: Int64) {
    ue(value > 0 ? UInt64(2 * value - 1) : UInt64(-2 * value))
  }

  /// The bits, a stop bit, zeros up to a byte: an RBSP.
  var rbsp: [UInt8] {
    var all = bits + [true]
    while all.count % 8 != 0 { all.append(false) }
    return stride(from: 0, to: all.count, by: 8).map { start in
      all[start..<start + 8].reduce(UInt8(0)) { $0 << 1 | ($1 ? 1 : 0) }
    }
  }
}

/// H.264 7.4.1.1: a 3 goes in wherever 00 00 would be followed by 0...3, or end the data.
private func escaped(_ rbsp: [UInt8]) -> [UInt8] {
  var out: [UInt8] = []
  var zeros = 0
  for byte in rbsp {
    if zeros == 2, byte <= 3 {
      out.append(3)
      zeros = 0
    }
    out.append(byte)
    zeros = byte == 0 ? zeros + 1 : 0
  }
  if zeros > 0 { out.append(3) }
  return out
}

@Suite struct BitReaderTests {
  @Test func readsFieldsOfAnyWidth() throws {
    let wire: [UInt8] = [0b1011_0001, 0xff, 0, 1, 2, 3, 4, 5, 6, 7, 0x80]
    var reader = BitReader(ByteReader(wire.span, baseOffset: 40))
    #expect(try reader.flag("a"))
    #expect(try reader.bits(3, "b") == 0b011)
    #expect(reader.offset == 40)
    #expect(reader.isByteAligned == false)
    #expect(try reader.bits(12, "c") == 0x1ff)
    #expect(reader.isByteAligned == true)
    #expect(reader.offset == 42)
    #expect(try reader.bits(64, "d") == 0x0001_0203_0405_0607)
    #expect(try reader.bits(0, "e") == 0)
    #expect(try reader.flag("f"))
    reader.alignToByte()
    #expect(throws: ParseError(.truncated(needed: 1), "g", at: 51)) { () throws -> UInt64 in
      var reader = BitReader(wire.span.bytes, baseOffset: 40)
      try reader.skip(88, "all")
      return try reader.bits(1, "g")
    }
  }

  /// Table 9-2 of H.264, the shortest codes.
  @Test func expGolombTable() throws {
    let codes: [(String, UInt32, Int32)] = [
      ("1", 0, 0), ("010", 1, 1), ("011", 2, -1), ("00100", 3, 2), ("00101", 4, -2),
      ("00110", 5, 3), ("00111", 6, -3), ("0001000", 7, 4), ("0001001", 8, -4),
    ]
    for (text, unsigned, signed) in codes {
      var string = BitString()
      string.bits = text.map { $0 == "1" }
      let wire = string.rbsp
      var reader = BitReader(wire.span.bytes)
      #expect(try reader.ue("v") == unsigned)
      reader = BitReader(wire.span.bytes)
      #expect(try reader.se("v") == signed)
    }
  }

  @Test func expGolombStopsAt32Bits() throws {
    var string = BitString()
    string.ue(4_294_967_294)
    string.se(-2_147_483_647)
    string.se(2_147_483_647)
    let widest = string.rbsp
    var reader = BitReader(widest.span.bytes)
    #expect(try reader.ue("v") == 4_294_967_294)
    #expect(try reader.se("v") == -2_147_483_647)
    #expect(try reader.se("v") == 2_147_483_647)

    for zeros in [4, 5, 100] {
      let wire = [UInt8](repeating: 0, count: zeros) + [0xff, 0xff, 0xff, 0xff, 0xff]
      #expect(throws: ParseError(.overLimit(32, limit: 31), "v", at: 0)) { () throws -> UInt32 in
        var reader = BitReader(wire.span.bytes)
        return try reader.ue("v")
      }
    }
  }

  @Test func emulationPreventionLeavesNoTrace() throws {
    let wire: [UInt8] = [0, 0, 3, 0, 0, 3, 1, 3, 0, 0, 3]
    var reader = BitReader(rbsp: wire.span.bytes)
    var seen: [UInt64] = []
    for _ in 0..<8 { seen.append(try reader.bits(8, "b")) }
    #expect(seen == [0, 0, 0, 0, 1, 3, 0, 0])
    #expect(throws: ParseError.self) { () throws -> UInt64 in
      var reader = BitReader(rbsp: wire.span.bytes)
      try reader.skip(64, "all")
      return try reader.bits(1, "end")
    }
    var plain = BitReader(wire.span.bytes)
    #expect(try plain.bits(24, "b") == 3)
  }

  @Test func findsTheEndOfTheRBSP() throws {
    for (wire, dataBits) in [
      ([0x80], 0), ([0xff], 7), ([0xa0], 2), ([0xaa, 0x80], 8), ([0xaa, 0x80, 0, 0, 3], 8),
      ([0xaa, 0x80, 0, 0, 3, 0, 0, 3], 8), ([0, 0, 3, 1], 23), ([0, 0, 3], 0), ([0, 0], 0), ([], 0),
    ] as [([UInt8], Int)] {
      var reader = BitReader(rbsp: wire.span.bytes)
      var count = 0
      while reader.hasMoreRBSPData {
        _ = try reader.bits(1, "data")
        count += 1
      }
      #expect(count == dataBits, "\(wire)")
    }
  }

  @Test func randomElementsSurviveEscaping() throws {
    var random = Seeded.of("RBSP round trip")
    for _ in 0..<300 {
      var string = BitString()
      var values: [UInt64] = []
      for _ in 0..<Int.random(in: 0..<40, using: &random) {
        // Many zero bits, so that many emulation prevention bytes are needed.
        let value = random.next() >> UInt64.random(in: 33..<64, using: &random)
        values.append(value)
        string.ue(value)
        string.put(0, 17)
      }
      let wire = escaped(string.rbsp)
      for cut in 0..<wire.count {
        var reader = BitReader(rbsp: wire.span.bytes.extracting(0..<cut))
        do throws(ParseError) {
          while reader.hasMoreRBSPData { _ = try reader.ue("v") }
        } catch {
          #expect(error.offset <= cut)
        }
      }
      var reader = BitReader(rbsp: wire.span.bytes)
      for value in values {
        #expect(reader.hasMoreRBSPData == true)
        #expect(UInt64(try reader.ue("v")) == value)
        #expect(try reader.bits(17, "zeros") == 0)
      }
      #expect(reader.hasMoreRBSPData == false)
    }
  }
}
