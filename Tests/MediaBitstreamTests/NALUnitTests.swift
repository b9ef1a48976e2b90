import MediaBitstream
import MediaBytes
import Testing
import TestSupport

/// All units by the cursor, as copies.
private func units(_ bytes: [UInt8], _ framing: NALUnitFraming) throws -> [[UInt8]] {
  var cursor = NALUnitCursor(framing)
  var found: [[UInt8]] = []
  while let range = try cursor.next(in: bytes.span.bytes) {
    found.append([UInt8](bytes[range]))
  }
  #expect(try cursor.next(in: bytes.span.bytes) == nil, "the end stays the end")
  return found
}

@Suite struct NALUnitTests {
  @Test(
    arguments: [
      ("", []), ("000001", []), ("0000", []), ("6588", []), ("000001 65", ["65"]),
      ("00000001 6588 00000001 4188", ["6588", "4188"]),
      ("000001 6588 000001 4188", ["6588", "4188"]),
      ("ff00 000001 6588 0000 00000001 4188 000000", ["6588", "4188"]),
      ("000001 000001 000001 68", ["68"]), ("000001 6500 0003 01 000002", ["65000003010000 02"]),
      ("000001 650001 000001 68", ["650001", "68"]),
    ] as [(String, [String])])
  func splitsAtStartCodes(_ stream: String, _ wanted: [String]) throws {
    #expect(try units(hex(stream), .annexB) == wanted.map(hex))
  }

  @Test func walksLengths() throws {
    #expect(try units(hex("01 65 02 4188"), .lengthPrefixed(.one)) == [hex("65"), hex("4188")])
    #expect(
      try units(hex("0001 65 0000 0002 4188"), .lengthPrefixed(.two)) == [[0x65], hex("4188")])
    #expect(try units(hex("00000001 65"), .lengthPrefixed(.four)) == [[0x65]])
    #expect(try units([], .lengthPrefixed(.four)) == [])
  }

  @Test func lengthsPastTheEndAreErrors() {
    let cases: [(String, NALUnitLengthSize, ParseError)] = [
      ("00000003 6588", .four, ParseError(.truncated(needed: 3), "NAL unit", at: 4)),
      ("ffffffff 6588", .four, ParseError(.truncated(needed: 4_294_967_295), "NAL unit", at: 4)),
      ("0001 65 00", .two, ParseError(.truncated(needed: 2), "NAL unit length", at: 3)),
    ]
    for (bytes, size, error) in cases {
      #expect(throws: error) { try units(hex(bytes), .lengthPrefixed(size)) }
    }
  }

  /// Random units survive both framings; start codes of three and four bytes are mixed.
  @Test func randomUnitsSurvive() throws {
    var random = Seeded.of("NAL round trip")
    for _ in 0..<300 {
      var wanted: [[UInt8]] = []
      var annexB: [UInt8] = []
      var prefixed = ByteWriter()
      for _ in 0..<Int.random(in: 0..<6, using: &random) {
        // Never zero, so that no start code and no trailing zero can appear inside.
        let unit = (0..<Int.random(in: 1..<40, using: &random)).map { _ in
          UInt8.random(in: 1...255, using: &random)
        }
        wanted.append(unit)
        annexB += [UInt8](repeating: 0, count: Int.random(in: 2...4, using: &random)) + [1] + unit
        prefixed.integer(UInt32(unit.count))
        prefixed.append(unit)
      }
      #expect(try units(annexB, .annexB) == wanted)
      #expect(try units(prefixed.bytes, .lengthPrefixed(.four)) == wanted)
    }
  }

  /// Bytes in which nearly everything looks like a start code, against a search byte by byte.
  @Test func findsEveryStartCode() throws {
    var random = Seeded.of("start codes")
    for _ in 0..<2000 {
      let count = Int.random(in: 0..<48, using: &random)
      let bytes = (0..<count).map { _ in
        [0, 0, 0, 1, 2].randomElement(using: &random) ?? 0 as UInt8
      }
      let starts = bytes.indices.dropLast(2).filter { bytes[$0..<$0 + 3] == [0, 0, 1] }
      let wanted = starts.enumerated().map { index, start in
        let end = index + 1 < starts.count ? starts[index + 1] : count
        return Array(bytes[start + 3..<end].reversed().drop { $0 == 0 }.reversed())
      }
      #expect(try units(bytes, .annexB) == wanted.filter { !$0.isEmpty }, "\(bytes)")
    }
  }
}
