import MediaBytes
import MediaFLV
import Testing
import TestSupport

/// Bodies with random damage: none crashes, and nothing is said to lie outside of them.
struct BodyMutationTests {
  @Test func damagedAudioStaysInside() {
    mutate(FLVAudioBody.self, audioVectors)
  }

  @Test func damagedVideoStaysInside() {
    mutate(FLVVideoBody.self, legacyVideoVectors + enhancedVideoVectors + multitrackVideoVectors)
  }

  private func mutate<Body: FLVBody>(_ type: Body.Type, _ vectors: [BodyVector]) {
    let seed = testSeed("\(type)")
    var random = Seeded(seed)
    for vector in vectors where (1...300).contains(vector.wire.count) {
      for _ in 0..<200 {
        check(type, damaged(vector.wire, &random), isFiltered: Bool.random(using: &random), seed)
      }
    }
  }

  private func damaged(_ wire: [UInt8], _ random: inout Seeded) -> [UInt8] {
    var wire = wire
    for _ in 0..<Int.random(in: 1...3, using: &random) {
      let index = Int.random(in: 0..<max(1, wire.count), using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0 where !wire.isEmpty: wire[index] = UInt8.random(in: 0...255, using: &random)
      case 1 where !wire.isEmpty: wire[index] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 2 where !wire.isEmpty: wire.remove(at: index)
      default: wire.insert(UInt8.random(in: 0...255, using: &random), at: index)
      }
    }
    return wire
  }

  private func check<Body: FLVBody>(
    _ type: Body.Type, _ wire: [UInt8], isFiltered: Bool, _ seed: UInt64
  ) {
    do throws(ParseError) {
      let body = try Body(wire, isFiltered: isFiltered)
      let inside = 0...wire.count
      for part in body.parts {
        #expect(
          inside.contains(part.payload.lowerBound) && inside.contains(part.payload.upperBound),
          "\(wire), seed \(seed)")
      }
      #expect(
        body.anomalies.allSatisfy { inside.contains($0.offset) },
        "\(wire) \(body.anomalies), seed \(seed)")
      let again = body.written(copying: wire)
      let settled = try Body(again, isFiltered: body.encryption != nil)
      #expect(settled.parts.map(\.payload.count) == body.parts.map(\.payload.count), "\(wire)")
      #expect(settled.written(copying: again) == again, "\(wire), seed \(seed)")
    } catch {
      #expect((1000...1000 + wire.count).contains(error.offset), "\(error) seed \(seed)")
    }
  }
}
