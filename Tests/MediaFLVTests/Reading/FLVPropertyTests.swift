import MediaBytes
import MediaFLV
import Testing
import TestSupport

@Suite struct FLVPropertyTests {
  @Test func everyPrefixHasItsWholeTags() throws {
    var random = Seeded.of("prefixes")
    let file = MadeFLV.random(12, using: &random)
    for count in 0...file.bytes.count {
      let bytes = Array(file.bytes.prefix(count))
      if count < 9 {
        #expect(throws: ParseError.self) { try scan(bytes) }
        continue
      }
      let steps = try scan(bytes)
      let whole = file.tags.filter { $0.offset + 11 + $0.body.count <= count }
      #expect(steps.tags.map(\.offset) == whole.map(\.offset), "\(count)")
      #expect(steps.skips.isEmpty && steps.gap(in: count) == nil, "\(count)")
    }
  }

  @Test func everyByteOfEveryHeaderMayBeWrong() throws {
    var random = Seeded.of("bytes of headers")
    let file = MadeFLV.random(8, bodies: 5...40, using: &random)
    for (index, tag) in file.tags.enumerated() {
      for offset in tag.offset..<tag.offset + 11 {
        for flip in 1...255 as ClosedRange<UInt8> {
          var bytes = file.bytes
          bytes[offset] ^= flip
          let steps = try scan(bytes)
          #expect(steps.gap(in: bytes.count) == nil)
          for (other, tag) in file.tags.enumerated() where other != index {
            #expect(steps.has(tag), "tag \(other), byte \(offset) flipped by \(flip)")
          }
          // Its own field behind it proves where it ends, whatever its header says.
          #expect(steps.has(tag), "tag \(index) itself, byte \(offset) flipped by \(flip)")
        }
      }
    }
  }

  @Test func noWholeTagIsLostToRandomDamage() throws {
    var random = Seeded.of("random damage")
    for round in 0..<600 {
      let file = MadeFLV.random(30, bodies: 5...80, using: &random)
      // Which byte of the original stands at each place, nil for those changed or added.
      var origins = file.bytes.indices.map { Optional($0) }
      var bytes = file.bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        damage(&bytes, &origins, &random)
      }
      let steps = try scan(bytes)
      #expect(steps.gap(in: bytes.count) == nil, "round \(round)")
      for (index, tag) in file.tags.enumerated() {
        guard let place = origins.firstIndex(of: tag.offset),
          place + tag.range.count <= bytes.count,
          origins[place..<place + tag.range.count].elementsEqual(tag.range.map { Optional($0) })
        else { continue }
        #expect(steps.has(tag, movedBy: place - tag.offset), "round \(round), tag \(index)")
      }
      let block = Int.random(in: 1...300, using: &random)
      #expect(try scan(bytes, block: block, prefix: 0) == steps, "round \(round)")
      #expect(try receive(bytes, cuts: { block }) == steps, "round \(round)")
    }
  }

  @Test func anyCutGivesTheSameEvents() throws {
    var random = Seeded.of("cuts")
    for round in 0..<40 {
      var bytes = MadeFLV.random(20, using: &random).bytes
      var origins = bytes.indices.map { Optional($0) }
      if round % 2 == 1 { damage(&bytes, &origins, &random) }
      let whole = try receive(bytes, cuts: { bytes.count })
      #expect(try receive(bytes, cuts: { 1 }) == whole)
      #expect(try scan(bytes) == whole)
      for _ in 0..<10 {
        let pieces = try receive(bytes, cuts: { Int.random(in: 1...99, using: &random) })
        #expect(pieces == whole)
      }
    }
  }
}

/// One change behind the header: bytes flipped, taken out, put in, or a range of zeros.
private func damage(
  _ bytes: inout [UInt8], _ origins: inout [Int?], _ random: inout Seeded
) {
  let start = Int.random(in: 9..<bytes.count, using: &random)
  let range = start..<min(bytes.count, start + Int.random(in: 1...120, using: &random))
  switch Int.random(in: 0..<4, using: &random) {
  case 0:
    bytes[start] ^= UInt8.random(in: 1...255, using: &random)
    origins[start] = nil
  case 1:
    bytes.removeSubrange(range)
    origins.removeSubrange(range)
  case 2:
    bytes.insert(
      contentsOf: range.map { _ in UInt8.random(in: 0...255, using: &random) }, at: start)
    origins.insert(contentsOf: range.map { _ in nil }, at: start)
  default:
    for index in range where bytes[index] != 0 {
      bytes[index] = 0
      origins[index] = nil
    }
  }
}
