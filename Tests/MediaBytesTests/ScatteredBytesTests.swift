import MediaBytes
import TestSupport
import Testing

@Suite struct ScatteredBytesTests {
  @Test(arguments: 0..<20) func keepsTheOrder(run: Int) {
    var random = Seeded.of("scattered \(run)")
    var scattered = ScatteredBytes()
    for _ in 0..<3 {
      var expected: [UInt8] = []
      for _ in 0..<Int.random(in: 0...30, using: &random) {
        let bytes = random.bytes([0, 1, 12, 511, 512, 4000].randomElement(using: &random) ?? 0)
        switch Int.random(in: 0..<3, using: &random) {
        case 0:
          scattered.append(bytes)
          expected += bytes
        case 1:
          let range = bytes.count / 3..<bytes.count
          scattered.append(bytes, range)
          expected += bytes[range]
        default:
          #expect(
            scattered.write {
              $0 += bytes; return bytes.count
            } == bytes.count)
          expected += bytes
        }
      }
      #expect(scattered.count == expected.count && scattered.isEmpty == expected.isEmpty)
      if Bool.random(using: &random) {
        let pieces = scattered.takePieces()
        #expect(pieces.allSatisfy { !$0.isEmpty } && pieces.flatMap(\.self) == expected)
      } else {
        #expect(scattered.takeBytes() == expected)
      }
      #expect(scattered.isEmpty && scattered.takePieces().isEmpty)
    }
  }

  /// What is small shares a piece, what is large stays where it is.
  @Test func copiesOnlyWhatIsSmall() throws {
    func place(_ slice: ArraySlice<UInt8>) -> UnsafeRawPointer? {
      slice.withUnsafeBytes { $0.baseAddress }
    }
    let large = [UInt8](repeating: 7, count: 2000)
    var scattered = ScatteredBytes()
    scattered.write { $0 += [1, 2] }
    scattered.append([3, 4])
    scattered.append(large, 100..<1900)
    scattered.append([5])
    let pieces = scattered.takePieces()
    try #require(pieces.count == 3)
    #expect(pieces[0] == [1, 2, 3, 4] && pieces[2] == [5])
    #expect(place(pieces[1]) == place(large[100..<1900]))
  }
}
