import MediaIO
import TestSupport
import Testing

struct ReadAheadTests {
  /// Blocks follow each other, each with what is left of the one before in front of it.
  @Test(arguments: [0, 1, 15, 16, 17, 1000])
  func blocksAndWhatIsLeft(_ byteCount: Int) throws {
    let scratch = try ScratchFolder()
    let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 * 7) }
    let file = try ReadableFile.open(try scratch.write(bytes, to: "file"))
    let ahead = try ReadAhead(file, blockByteCount: 16, headroom: 4)
    var read: [UInt8] = []
    var left: [UInt8] = []
    while let block = try ahead.next() {
      let window = left.withUnsafeBytes { Array(block.bytes(behind: $0)) }
      #expect(Array(window.prefix(left.count)) == left)
      read += window.dropFirst(left.count)
      // Now and then more than there is room for.
      left = Array(window.suffix(read.count % 3 == 0 ? 40 : 3))
    }
    #expect(read == bytes)
    #expect(try ahead.next() == nil)
  }

  @Test func whoStopsEarlyDoesNotWait() throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write([UInt8](repeating: 1, count: 4096), to: "file")
    let ahead = try ReadAhead(try ReadableFile.open(path), blockByteCount: 16, headroom: 0)
    #expect(try ahead.next() != nil)
  }

  @Test func aFailureIsThrownAgain() throws {
    let ahead = try ReadAhead(
      try ReadableFile.open("/proc/self/mem"), blockByteCount: 16, headroom: 0)
    for _ in 0..<2 { #expect(throws: IOFailure.self) { try ahead.next() } }
  }
}
