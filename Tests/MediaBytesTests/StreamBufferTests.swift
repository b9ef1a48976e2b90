import MediaBytes
import Testing
import TestSupport

@Suite struct StreamBufferTests {
  @Test func anyCutsGiveTheSameBytes() throws {
    var random = Seeded.of("StreamBuffer cuts")
    let whole = (0..<20_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    for most in [1, 7, 300, 5000] {
      var buffer = StreamBuffer(limit: 6000, offset: 1000)
      var fed = 0
      var used: [UInt8] = []
      while used.count < whole.count {
        let step = min(Int.random(in: 0...most, using: &random), whole.count - fed)
        if buffer.count + step <= buffer.limit {
          try buffer.append([UInt8](whole[fed..<fed + step]))
          fed += step
        }
        #expect(buffer.count == fed - used.count)
        #expect(buffer.endOffset == 1000 + fed)
        let want = Int.random(in: 0...most, using: &random)
        let taken = want <= buffer.count ? want : 0
        let before = used.count
        if let piece = buffer.peek(want) { used.append(copying: piece) }
        #expect(used.count == before + taken)
        buffer.consume(taken)
        #expect(buffer.offset == 1000 + used.count)
      }
      #expect(used == whole)
      #expect(buffer.isEmpty)
    }
  }

  @Test func refusesMoreThanItsLimit() throws {
    var buffer = StreamBuffer(limit: 4)
    try buffer.append([1, 2, 3])
    #expect(throws: ParseError(.overLimit(5, limit: 4), "buffered bytes", at: 0)) {
      try buffer.append([4, 5])
    }
    #expect([UInt8](copying: buffer.bytes) == [1, 2, 3])
    buffer.consume(2)
    try buffer.append([4, 5])
    #expect(buffer.reader.offset == 2)
    #expect([UInt8](copying: buffer.bytes) == [3, 4, 5])
    #expect(buffer.peek(4)?.byteCount == nil)
    #expect(buffer.peek(-1)?.byteCount == nil)
  }

  @Test func consumingTooMuchIsOurBug() async {
    await #expect(processExitsWith: .failure) {
      var buffer = StreamBuffer(limit: 4)
      buffer.consume(1)
    }
  }
}
