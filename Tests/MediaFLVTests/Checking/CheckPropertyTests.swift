import MediaFLV
import MediaModel
import Testing
import TestSupport

/// Whatever the bytes are.
struct CheckPropertyTests {
  @Test func everyPrefixIsOneDamage() throws {
    let whole = MadeFLV.clip(0..<200, metadata: ["filesize": .number(0)]).bytes
    for count in 9..<whole.count {
      let errors = try check(Array(whole[..<count])).filter { $0.severity >= .error }
      #expect(errors.count <= 1, "\(count): \(errors)")
    }
  }

  @Test func everyPrefixWithoutPreviousTagSize0IsReadAndTold() throws {
    let clip = MadeFLV.clip(0..<200)
    var whole = clip.bytes
    whole.removeSubrange(9..<13)
    let bodyEnds = clip.tags.map { $0.range.upperBound - 8 }
    for count in 13...whole.count {
      let bytes = Array(whole[..<count])
      let tags = try scan(bytes).tags.map(\.offset)
      for (tag, end) in zip(clip.tags, bodyEnds) where end <= count {
        #expect(tags.contains(tag.offset - 4), "\(count): \(tags)")
      }
      let findings = try check(bytes)
      #expect(findings.filter { $0.severity >= .error }.count <= 1, "\(count): \(findings)")
      let isTold = places(findings).contains("W10213 at 9")
      // Four bytes and no more can be the field as well.
      #expect(isTold == (!tags.isEmpty || count == 13), "\(count): \(findings)")
    }
  }

  @Test func damageOfAnySortIsToldInPlace() throws {
    var random = Seeded.of("damageOfAnySortIsToldInPlace")
    for _ in 0..<400 {
      var bytes = MadeFLV.clip(0..<400).bytes
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let offset = Int.random(in: 3..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[offset] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[offset] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: bytes.removeSubrange(offset..<min(bytes.count, offset + 30))
        default:
          let noise = (0..<20).map { _ in UInt8.random(in: 0...255, using: &random) }
          bytes.insert(contentsOf: noise, at: offset)
        }
      }
      let findings = try check(bytes)
      #expect(try check(bytes, lookingClosely: true) == findings)
      for finding in findings {
        #expect((0...bytes.count).contains(finding.offset ?? 0), "\(finding)")
        #expect(!finding.message.isEmpty && !finding.message.hasSuffix("."))
      }
    }
  }

  @Test func randomTagsAreTold() throws {
    var random = Seeded.of("randomTagsAreTold")
    for _ in 0..<100 {
      var file = MadeFLV.random(60, bodies: 0...80, using: &random)
      // What looks like a tag in all but its body.
      file.add(.video, [0x96, 0x26, 0xff, 0xff, 0xff], timestamp: Int32.min)
      file.add(.audio, [0x97, 0xff, 0xff, 0xff], timestamp: Int32.max)
      let findings = try check(file.bytes)
      #expect(findings.allSatisfy { $0.offset ?? 0 <= file.bytes.count })
      let codes: [FindingCode] = [.nestedMultitrack, .malformedBody]
      for (tag, code) in zip(file.tags.suffix(2), codes) {
        let isTold = findings.contains {
          $0.code == code && tag.range.contains($0.offset ?? 0)
        }
        #expect(isTold, "\(code) at \(tag.offset)")
      }
    }
  }
}
