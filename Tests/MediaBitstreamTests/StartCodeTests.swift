import MediaBitstream
import MediaBytes
import Testing
import TestSupport

@Suite struct StartCodeTests {
  /// Few values, so that start codes, cut ones and zeros are at every place of a block and of its
  /// ends; what was found is looked for byte by byte.
  @Test func findsWhatLookingAtEachByteFinds() {
    var random = Seeded.of("start codes")
    var found = 0
    for round in 0..<4000 {
      let rare = UInt8.random(in: 2...200, using: &random)
      let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ -> UInt8 in
        let value = UInt8.random(in: 0...rare, using: &random)
        return value < 2 || round % 2 == 0 ? value % 3 : value
      }
      let from = Int.random(in: 0...bytes.count + 2, using: &random)
      let wanted = (from..<max(from, bytes.count - 2)).first {
        Array(bytes[$0..<$0 + 3]) == [0, 0, 1]
      }
      #expect(bytes.span.bytes.firstStartCode(from: from) == wanted, "\(bytes) from \(from)")
      found += wanted == nil ? 0 : 1
    }
    #expect(found > 500)
  }

  /// The only one, at each place of an array that has nothing else.
  @Test func findsOneAnywhere() {
    for count in [3, 63, 64, 65, 66, 67, 127, 128, 129, 130, 200] {
      for place in 0...count - 3 {
        var bytes = [UInt8](repeating: 0xff, count: count)
        bytes.replaceSubrange(place..<place + 3, with: [0, 0, 1])
        #expect(bytes.span.bytes.firstStartCode() == place)
        #expect(bytes.span.bytes.firstStartCode(from: place + 1) == nil)
      }
    }
  }
}
