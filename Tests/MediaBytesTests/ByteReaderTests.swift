import MediaBytes
import Testing

struct Field: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let wire: [UInt8]
  let value: Int64
  let read: @Sendable (inout ByteReader) throws(ParseError) -> Int64

  init(
    _ name: String, _ wire: [UInt8], _ value: Int64,
    _ read: @escaping @Sendable (inout ByteReader) throws(ParseError) -> Int64
  ) {
    testDescription = name
    self.wire = wire
    self.value = value
    self.read = read
  }
}

private let fields: [Field] = [
  Field("u8", [0xfe], 254) { r throws(ParseError) in Int64(try r.u8("f")) },
  Field("i8", [0xfe], -2) { r throws(ParseError) in Int64(try r.i8("f")) },
  Field("u16", [0xfe, 1], 0xfe01) { r throws(ParseError) in Int64(try r.u16("f")) },
  Field("i16", [0xfe, 1], -511) { r throws(ParseError) in Int64(try r.i16("f")) },
  Field("u24", [0xfe, 1, 2], 0xfe0102) { r throws(ParseError) in Int64(try r.u24("f")) },
  Field("i24", [0xff, 0xff, 0xfe], -2) { r throws(ParseError) in Int64(try r.i24("f")) },
  Field("i24 least", [0x80, 0, 0], -8_388_608) { r throws(ParseError) in Int64(try r.i24("f")) },
  Field("i24 most", [0x7f, 0xff, 0xff], 8_388_607) { r throws(ParseError) in
    Int64(try r.i24("f"))
  },
  Field("u32", [0xfe, 1, 2, 3], 0xfe01_0203) { r throws(ParseError) in Int64(try r.u32("f")) },
  Field("i32", [0xff, 0xff, 0xff, 0xfd], -3) { r throws(ParseError) in Int64(try r.i32("f")) },
  Field("u64", [1, 2, 3, 4, 5, 6, 7, 8], 0x0102_0304_0506_0708) { r throws(ParseError) in
    Int64(try r.u64("f"))
  },
  Field("i64", [UInt8](repeating: 0xff, count: 8), -1) { r throws(ParseError) in
    try r.i64("f")
  },
  Field("u16le", [1, 0xfe], 0xfe01) { r throws(ParseError) in Int64(try r.u16le("f")) },
  Field("i16le", [1, 0xfe], -511) { r throws(ParseError) in Int64(try r.i16le("f")) },
  Field("u24le", [2, 1, 0xfe], 0xfe0102) { r throws(ParseError) in Int64(try r.u24le("f")) },
  Field("i24le", [0xfe, 0xff, 0xff], -2) { r throws(ParseError) in Int64(try r.i24le("f")) },
  Field("u32le", [3, 2, 1, 0xfe], 0xfe01_0203) { r throws(ParseError) in
    Int64(try r.u32le("f"))
  },
  Field("i32le", [0xfd, 0xff, 0xff, 0xff], -3) { r throws(ParseError) in
    Int64(try r.i32le("f"))
  },
  Field("u64le", [8, 7, 6, 5, 4, 3, 2, 1], 0x0102_0304_0506_0708) { r throws(ParseError) in
    Int64(try r.u64le("f"))
  },
  Field("i64le", [0xfe] + [UInt8](repeating: 0xff, count: 7), -2) { r throws(ParseError) in
    try r.i64le("f")
  },
  Field("float64", [0x40, 0x59, 0, 0, 0, 0, 0, 0], 100) { r throws(ParseError) in
    Int64(try r.float64("f"))
  },
  Field("float64le", [0, 0, 0, 0, 0, 0, 0x59, 0x40], 100) { r throws(ParseError) in
    Int64(try r.float64le("f"))
  },
]

@Suite struct ByteReaderTests {
  @Test(arguments: fields) func readsAtAnyAlignment(_ field: Field) throws {
    for lead in 0..<9 {
      let wire = [UInt8](repeating: 0xaa, count: lead) + field.wire + [0xbb]
      var reader = ByteReader(wire.span)
      try reader.skip(lead, "lead")
      #expect(try field.read(&reader) == field.value)
      #expect(reader.position == lead + field.wire.count)
      #expect(reader.remaining == 1)
      #expect(reader.peekU8 == 0xbb)
    }
  }

  @Test(arguments: fields) func everyPrefixFailsWithoutMoving(_ field: Field) {
    for count in 0..<field.wire.count {
      let wire = [UInt8](field.wire.prefix(count))
      var reader = ByteReader(wire.span, baseOffset: 70)
      let wanted = ParseError(.truncated(needed: field.wire.count), "f", at: 70)
      do throws(ParseError) {
        let value = try field.read(&reader)
        Issue.record("read \(value) from \(count) bytes")
      } catch {
        #expect(error == wanted)
      }
      #expect(reader.position == 0)
    }
  }

  @Test func viewsKeepOffsetsOfTheInput() throws {
    let wire: [UInt8] = [0, 1, 2, 3, 4, 5, 6, 7]
    var reader = ByteReader(wire.span, baseOffset: 100)
    #expect([UInt8](copying: try reader.take(2, "head")) == [0, 1])
    var inner = try reader.reader(3, "body")
    #expect(inner.offset == 102)
    #expect(try inner.array(3, "body") == [2, 3, 4])
    #expect(inner.isAtEnd == true)
    #expect(throws: ParseError(.truncated(needed: 1), "more", at: 105)) { () throws -> UInt8 in
      var copy = ByteReader(wire.span, baseOffset: 100)
      var inner = try copy.reader(5, "body")
      try inner.skip(5, "body")
      return try inner.u8("more")
    }
    #expect(reader.offset == 105)
    #expect(reader.peek(4)?.byteCount == nil)
    #expect(reader.peek(-1)?.byteCount == nil)
    if let next = reader.peek(3) {
      #expect([UInt8](copying: next) == [5, 6, 7])
    } else {
      Issue.record("three bytes are left")
    }
    #expect([UInt8](copying: reader.takeRest()) == [5, 6, 7])
    #expect(reader.isAtEnd == true)
    #expect(reader.peekU8 == nil)
  }

  @Test func hostileCountsAreTruncationNotTraps() {
    for count in [9, Int.max, -1, Int.min] {
      let wire = [UInt8](repeating: 0, count: 8)
      #expect(throws: ParseError(.truncated(needed: count), "size", at: 1)) { () throws -> Void in
        var reader = ByteReader(wire.span)
        try reader.skip(1, "lead")
        try reader.skip(count, "size")
      }
    }
  }

  @Test func emptyInput() {
    let wire: [UInt8] = []
    let reader = ByteReader(wire.span)
    #expect(reader.isAtEnd == true)
    #expect(reader.remaining == 0)
  }
}

@Suite struct ParseErrorTests {
  @Test func saysFieldOffsetAndReason() {
    let cases: [(ParseError, String)] = [
      (
        ParseError(.overLimit(16_777_215, limit: 8_388_608), "DataSize", at: 14),
        "DataSize at byte 14: 16777215 exceeds the limit of 8388608"
      ),
      (
        ParseError(.truncated(needed: 4), "size", at: 0),
        "size at byte 0: needs 4 bytes, the input ends first"
      ),
      (
        ParseError(.truncated(needed: 1), "flags", at: 9),
        "flags at byte 9: needs 1 byte, the input ends first"
      ),
      (ParseError(.invalid(3), "version", at: 1), "version at byte 1: 3 is not a valid value"),
      (ParseError(.unsupported(2), "version", at: 1), "version at byte 1: 2 is not supported"),
    ]
    for (error, text) in cases {
      #expect(error.description == text)
      #expect("\(error)" == text)
    }
  }

  @Test func comparesByContent() {
    let error = ParseError(.invalid(1), "a", at: 2)
    #expect(error == ParseError(.invalid(1), "a", at: 2))
    #expect(error != ParseError(.invalid(1), "b", at: 2))
    #expect(error != ParseError(.invalid(1), "a", at: 3))
    #expect(Set([error, ParseError(.invalid(1), "a", at: 2)]).count == 1)
  }
}
