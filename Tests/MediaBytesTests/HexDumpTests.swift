import MediaBytes
import Testing

struct HexDumpTests {
  @Test func linesOfSixteenBytes() {
    let bytes: [UInt8] = Array(0x41...0x51) + [0, 0x7f]
    #expect(
      HexDump.lines(bytes.span.bytes, baseOffset: 13) == [
        "0000000d  41 42 43 44 45 46 47 48  49 4a 4b 4c 4d 4e 4f 50  ABCDEFGHIJKLMNOP",
        "0000001d  51 00 7f                                          Q..",
      ])
    #expect(HexDump.lines([UInt8]().span.bytes).isEmpty)
  }

  @Test func digitsOnly() {
    #expect(HexDump.digits([0, 0xab, 0xff]) == "00abff")
  }
}
