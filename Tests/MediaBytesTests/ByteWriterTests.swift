import MediaBytes
import Testing
import TestSupport

@Suite struct ByteWriterTests {
  @Test func writesEachWidthInBothOrders() {
    var writer = ByteWriter(capacity: 64)
    writer.integer(UInt8(1))
    writer.integer(UInt16(0x0203))
    writer.u24(0x040506)
    writer.integer(UInt32(0x0708_090a))
    writer.integer(Int64(-2))
    #expect(
      writer.bytes == [
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 255, 255, 255, 255, 255, 255, 255, 254,
      ])
    writer.removeAll()
    #expect(writer.bytes == [])
    writer.integer(littleEndian: UInt16(0x0203))
    writer.u24(littleEndian: 0x040506)
    writer.integer(littleEndian: UInt32(0x0708_090a))
    writer.i24(-2)
    writer.i24(littleEndian: -2)
    writer.fill(2, with: 7)
    writer.append([9])
    #expect(
      writer.bytes == [3, 2, 6, 5, 4, 10, 9, 8, 7, 255, 255, 254, 254, 255, 255, 7, 7, 9])
  }

  @Test func patchesLengths() {
    var writer = ByteWriter()
    writer.integer(UInt8(0xaa))
    let box = writer.reserve(UInt32.self)
    writer.append([1, 2, 3])
    let inner = writer.reserve(UInt16.self)
    writer.append([4, 5])
    writer.patchLength(inner)
    writer.patchLength(box, includingField: true)
    #expect(writer.bytes == [0xaa, 0, 0, 0, 11, 1, 2, 3, 0, 2, 4, 5])
    writer.patch(inner, with: 0x1234)
    #expect(writer.bytes.suffix(4) == [0x12, 0x34, 4, 5])
  }

  @Test func whatIsWrittenReadsBack() throws {
    var random = Seeded.of("ByteWriter round trip")
    for _ in 0..<500 {
      let value = random.next() >> UInt64.random(in: 0..<64, using: &random)
      let small = Int32(truncatingIfNeeded: Int64(bitPattern: random.next()) >> 41)
      var writer = ByteWriter()
      writer.integer(value)
      writer.integer(littleEndian: value)
      writer.integer(UInt32(truncatingIfNeeded: value))
      writer.integer(littleEndian: Int32(truncatingIfNeeded: value))
      writer.i24(small)
      writer.i24(littleEndian: small)
      writer.u24(UInt32(value & 0xff_ffff))
      writer.u24(littleEndian: UInt32(value & 0xff_ffff))
      writer.float64(Double(small) / 3)
      writer.float64(littleEndian: Double(small) / 3)
      let wire = writer.bytes
      var reader = ByteReader(wire.span)
      #expect(try reader.u64("v") == value)
      #expect(try reader.u64le("v") == value)
      #expect(try reader.u32("v") == UInt32(truncatingIfNeeded: value))
      #expect(try reader.i32le("v") == Int32(truncatingIfNeeded: value))
      #expect(try reader.i24("v") == small)
      #expect(try reader.i24le("v") == small)
      #expect(try reader.u24("v") == UInt32(value & 0xff_ffff))
      #expect(try reader.u24le("v") == UInt32(value & 0xff_ffff))
      #expect(try reader.float64("v") == Double(small) / 3)
      #expect(try reader.float64le("v") == Double(small) / 3)
      #expect(reader.isAtEnd == true)
    }
  }

  @Test func ourOwnMistakesStopTheProgram() async {
    await #expect(processExitsWith: .failure) {
      var writer = ByteWriter()
      writer.u24(0x100_0000)
    }
    await #expect(processExitsWith: .failure) {
      var writer = ByteWriter()
      let field = writer.reserve(UInt8.self)
      writer.fill(256)
      writer.patchLength(field)
    }
  }
}
