import MediaBytes
import MediaFLV
import Testing
import TestSupport

/// Ten tags, the bodies without zeros so that nothing inside looks like a header.
private func file(_ name: String, _ count: Int = 10) -> MadeFLV {
  var random = Seeded.of(name)
  return MadeFLV.random(count, bodies: 20...60, using: &random)
}

extension MadeFLV {
  fileprivate mutating func set(dataSize: Int, ofTag index: Int) {
    let offset = tags[index].offset + 1
    for i in 0..<3 { bytes[offset + i] = UInt8(truncatingIfNeeded: dataSize >> (16 - 8 * i)) }
  }
}

@Suite struct FLVDamageTests {
  @Test(arguments: [0xff_ffff, 0x1000, 3, 0], [0, 4, 9])
  func aTagWithAWrongDataSizeIsWholeAllTheSame(dataSize: Int, index: Int) throws {
    var file = file("wrong DataSize \(dataSize) of \(index)")
    file.set(dataSize: dataSize, ofTag: index)
    let steps = try scan(file.bytes)
    #expect(steps.tags.map(\.offset) == file.tags.map(\.offset))
    #expect(steps.tags.map(\.header) == file.tags.map(\.header))
    #expect(steps.tags[index].declaredDataSize == UInt32(dataSize))
    #expect(steps.tags.filter { $0.declaredDataSize != nil }.count == 1)
    #expect(steps.skips.isEmpty && steps.end == .clean)
  }

  @Test func aDataSizeThatSwallowsWholeTagsIsFoundOut() throws {
    for last in 5..<10 {
      var file = file("swallowing up to \(last)")
      let body = file.tags[4].offset + 11
      file.set(dataSize: file.tags[last].range.upperBound - 4 - body, ofTag: 4)
      let steps = try scan(file.bytes)
      #expect(steps.tags.map(\.offset) == file.tags.map(\.offset), "\(last)")
    }
  }

  /// Three zeros of a StreamID and the first byte of a body can be the size that a wrong DataSize
  /// would have, and in AAC that byte is always the same.
  @Test func aSizeThatFitsInsideAnotherHeaderIsNoProof() throws {
    var file = MadeFLV()
    file.add(.video, Array(repeating: 0xab, count: 20))
    file.add(.audio, [43] + Array(repeating: 0xcd, count: 30))
    file.add(.video, [1, 2, 3])
    file.set(dataSize: 20 + 4 + 8, ofTag: 0)
    let steps = try scan(file.bytes)
    #expect(steps.tags.map(\.header) == file.tags.map(\.header))
    #expect(steps.tags.first?.declaredDataSize == 32)
  }

  /// The same where bytes of the body are missing, so that no field leads back to its tag.
  @Test func aSizeThatFitsInsideAnotherHeaderHidesNoTag() throws {
    var file = MadeFLV()
    file.add(.video, Array(repeating: 0xab, count: 56))
    file.add(.audio, [67] + Array(repeating: 0xcd, count: 30))
    file.add(.video, [1, 2, 3])
    file.bytes.removeSubrange(40..<52)
    let steps = try scan(file.bytes)
    #expect(steps.skips.map(\.range) == [13..<72])
    #expect(steps.tags.map(\.header) == file.tags[1...].map(\.header))
    #expect(try receive(file.bytes, cuts: { 1 }) == steps)
  }

  @Test func whatOnlyLooksLikeAnotherHeaderIsBelievedAllTheSame() throws {
    var file = MadeFLV()
    file.add(.video, [1, 2, 8, 4, 5, 6, 7, 8, 9, 10])
    file.bytes += [0xee, 0xee, 0xee]
    file.add(.audio, [1])
    let steps = try scan(file.bytes)
    #expect(steps.tags.map(\.offset) == file.tags.map(\.offset))
    #expect(steps.tags.allSatisfy { $0.declaredDataSize == nil })
    #expect(steps.skips.map(\.range) == [38..<41])
  }

  @Test func encryptedTagsAreTagsEvenBehindAWrongSize() throws {
    var file = MadeFLV()
    file.add(.audio, [1, 2, 3], previousTagSize: 5)
    file.add(.video, [4, 5, 6])
    for tag in file.tags { file.bytes[tag.offset] |= 0x20 }
    let steps = try scan(file.bytes)
    #expect(steps.tags.map(\.header.type) == [.audio, .video])
    #expect(steps.tags.allSatisfy { $0.header.isFiltered })
    #expect(steps.skips.isEmpty)
  }

  @Test func aHoleOfZerosIsOneSkip() throws {
    var file = file("hole", 12)
    // From inside the third tag into the eighth.
    let hole = file.tags[3].offset + 20..<file.tags[7].offset + 14
    for i in hole { file.bytes[i] = 0 }
    let steps = try scan(file.bytes)
    #expect(steps.tags.map(\.offset) == (file.tags[..<3] + file.tags[8...]).map(\.offset))
    let skip = try #require(steps.skips.first)
    #expect(steps.skips.count == 1)
    #expect(skip.range == file.tags[3].offset..<file.tags[8].offset)
    #expect(skip.reason == .leadsNowhere)
    #expect(skip.header == file.tags[3].header)
    #expect(skip.zeros == hole)
  }

  @Test func severalDamagesAreSeveralSkips() throws {
    var file = file("several", 20)
    for index in [3, 8, 14] {
      // The header and the field behind, so nothing tells what this was.
      for i in file.tags[index].offset..<file.tags[index].offset + 11 { file.bytes[i] = 0xee }
      file.bytes[file.tags[index].range.upperBound - 1] ^= 0xff
    }
    let steps = try scan(file.bytes)
    #expect(steps.skips.map(\.range) == [3, 8, 14].map { file.tags[$0].range })
    #expect(steps.skips.allSatisfy { $0.reason == .notATag && $0.header == nil })
    #expect(steps.tags.count == 17 && steps.end == .clean)
  }

  @Test func aWrongPreviousTagSizeLosesNothing() throws {
    for value in [0, 7, 0x0800_0001, 0xffff_ffff] as [UInt32] {
      var file = file("PreviousTagSize \(value)")
      let offset = file.tags[5].range.upperBound - 4
      for i in 0..<4 { file.bytes[offset + i] = UInt8(truncatingIfNeeded: value >> (24 - 8 * i)) }
      let steps = try scan(file.bytes)
      #expect(steps.tags.map(\.offset) == file.tags.map(\.offset))
      #expect(steps.sizes[6].kind == (value == 0 ? .zero : .wrong))
      #expect(
        steps.sizes[6].value == value
          && steps.sizes[6].expected == UInt32(file.tags[5].range.count - 4))
      #expect(steps.skips.isEmpty)
    }
  }

  /// A search must not need fitting fields: a writer of wrong ones is wrong everywhere.
  @Test(arguments: [.zero, .dataSizePlus10, .runningSum, .wrong] as [FLVPreviousTagSize.Kind])
  func damageInAFileOfAnotherDialect(kind: FLVPreviousTagSize.Kind) throws {
    var random = Seeded.of("damage in dialect \(kind)")
    var file = MadeFLV.random(16, bodies: 20...60, using: &random) { size, sum in
      kind.value(dataSize: size, sum: sum)
    }
    for i in file.tags[6].offset..<file.tags[6].offset + 16 { file.bytes[i] = 0xee }
    let steps = try scan(file.bytes)
    // Where no field can be relied on, the tag in front of damage cannot be told from it.
    let first = kind == .wrong ? 5 : 6
    let skipped = file.tags[first].offset..<file.tags[6].range.upperBound
    #expect(steps.skips.map(\.range) == [skipped])
    #expect(steps.tags.count == 10 + first - 1 && steps.end == .clean)
    let kinds = steps.sizes.dropFirst(7).map(\.kind)
    #expect(kinds.allSatisfy { $0 == kind })
  }

  /// Two defects at once: neither the fields nor the headers are right, but they lead on.
  @Test(arguments: [.zero, .wrong] as [FLVPreviousTagSize.Kind], [0, 1, 0xffff] as [UInt32])
  func oddHeadersInAFileOfWrongSizesAreFollowed(
    kind: FLVPreviousTagSize.Kind, mask: UInt32
  ) throws {
    var random = Seeded.of("odd headers, \(kind), \(mask)")
    for count in [1, 2, 20] {
      var file = MadeFLV()
      for index in 0..<count {
        let body = (0..<30 + index).map { _ in UInt8.random(in: 1...255, using: &random) }
        let streamID = UInt32.random(in: 1...0xff_ffff, using: &random)
        file.add(
          index % 3 == 0 ? .video : .audio, body, streamID: mask == 0 ? 0 : streamID & mask | 1,
          previousTagSize: UInt32(kind.value(dataSize: body.count, sum: 0)))
      }
      if mask == 0 { for tag in file.tags { file.bytes[tag.offset] |= 0x40 } }
      let steps = try scan(file.bytes)
      #expect(steps.tags.map(\.offset) == file.tags.map(\.offset))
      #expect(steps.skips.isEmpty && steps.end == .clean)
      #expect(try scan(file.bytes, block: 1, prefix: 0) == steps)
      #expect(try receive(file.bytes, cuts: { 7 }) == steps)
      guard count == 20 else { continue }
      // Cut inside a tag, and with damage in the middle.
      let cut = try scan(Array(file.bytes.prefix(file.tags[12].offset + 20)))
      #expect(cut.tags.count == 12)
      for (damaged, before) in [(12, 11), (4, 0)] {
        var bytes = file.bytes
        for i in 0..<16 { bytes[file.tags[damaged].offset + i] = 0xee }
        let found = try scan(bytes).tags.map(\.offset)
        #expect(found.starts(with: file.tags[..<before].map(\.offset)))
        #expect(Array(found.suffix(19 - damaged)) == file.tags[(damaged + 1)...].map(\.offset))
      }
    }
  }

  @Test func aTagOfAnotherStreamWithAWrongSizeIsBelievedForTheNextOne() throws {
    var file = MadeFLV()
    file.add(.audio, [1, 2, 3])
    file.add(.video, [4, 5, 6], streamID: 7, previousTagSize: 99)
    file.add(.audio, [8, 9], streamID: 5)
    let steps = try scan(file.bytes)
    #expect(steps.tags.map(\.header) == file.tags.map(\.header))
  }

  /// A Timestamp of 40 passes for the type of a tag without a body in front of the next real one.
  @Test func bytesOfAHeaderThatLeadToRealTagsProveNothing() throws {
    var file = MadeFLV()
    for n in 1...12 as ClosedRange<UInt8> {
      file.add(n % 2 == 0 ? .video : .audio, Array(repeating: n, count: 6), timestamp: 40)
    }
    for dataSize in 0...240 {
      var damaged = file
      damaged.set(dataSize: dataSize, ofTag: 1)
      let steps = try scan(damaged.bytes)
      #expect(steps.tags.map(\.header) == file.tags.map(\.header), "\(dataSize)")
    }
  }

  /// Bodies that tell where they end, and as the last one that does not.
  private static let bodies: [(FLVTagType, [UInt8], Bool)] = [
    (.video, avcConfiguration, true),
    (.video, [0x17, 2, 0, 0, 0], true),
    (.video, [0x17, 1, 0, 0, 0, 0, 0, 0, 2, 0x65, 0x88, 0, 0, 0, 1, 0x41], true),
    (.audio, [0xaf, 0, 0x12, 0x10], true),
    (.audio, [0x2f, 0xff, 0xfb, 0x14, 0xc4] + Array(repeating: 0x55, count: 92), true),
    (.script, [2, 0, 1, 0x61, 8, 0, 0, 0, 1, 0, 1, 0x62, 1, 1, 0, 0, 9], true),
    (.audio, [0xaf, 1, 0x21, 0x10, 5, 6, 7], false),
    (.video, [0x17, 1, 0, 0, 0, 0, 0, 0, 3, 0x65, 0x88], false),
  ]

  private static let avcConfiguration: [UInt8] = [
    0x17, 0, 0, 0, 0, 1, 66, 0xc0, 30, 0xff, 0xe1, 0, 4, 0x67, 66, 0xc0, 30, 1, 0, 4, 0x68, 0xce,
    0x3c, 0x80,
  ]

  @Test(arguments: Self.bodies.indices)
  func aWholeBodySurvivesDamageThatBeginsInItsSize(index: Int) throws {
    let (type, body, isKept) = Self.bodies[index]
    let noise = Array(repeating: 0xee as UInt8, count: 40)
    let zeros = Array(repeating: 0 as UInt8, count: 300)
    var file = MadeFLV()
    file.add(.audio, [1, 2, 3])
    file.add(type, body)
    for n in 1...4 as ClosedRange<UInt8> { file.add(.audio, Array(repeating: n, count: 30)) }
    let field = file.tags[1].range.upperBound - 4..<file.tags[1].range.upperBound
    // Over the field and what follows, in place of it, in front of it, and no field at all.
    for (range, damage) in [
      (field.lowerBound..<field.lowerBound + 40, noise), (field, zeros),
      (field.lowerBound..<field.lowerBound, noise), (field.lowerBound..<field.upperBound + 9, []),
    ] {
      var bytes = file.bytes
      bytes.replaceSubrange(range, with: damage)
      let steps = try scan(bytes)
      #expect(steps.has(file.tags[1]) == isKept, "\(damage.count) for \(range)")
      #expect(steps.tags.allSatisfy { $0.declaredDataSize == nil })
      #expect(steps.skips.count == 1)
      #expect(
        steps.skips.first?.range.lowerBound == (isKept ? field.lowerBound : file.tags[1].offset))
      #expect(steps.gap(in: bytes.count) == nil && steps.end == .clean)
      #expect(try scan(bytes, block: 1, prefix: 0) == steps)
      #expect(try receive(bytes, cuts: { 5 }) == steps)
    }
  }

  @Test func aMissingSizeLosesNoTag() throws {
    var file = file("missing size")
    let field = file.tags[4].range.upperBound - 4
    file.bytes.removeSubrange(field..<field + 4)
    let steps = try scan(file.bytes)
    #expect(steps.tags.map(\.header) == file.tags.map(\.header))
    #expect(steps.skips.isEmpty && steps.sizes.count == 10 && steps.end == .clean)
  }

  /// Each looks whole and leads nowhere; what is looked at must not grow with their overlap.
  @Test func bodiesAreNotLookedAtAgainAndAgain() throws {
    var bytes = MadeFLV().bytes
    for _ in 0..<20_000 { bytes += [9, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0x17, 2, 0, 0, 0] }
    #expect(try scan(bytes, block: 4096).gap(in: bytes.count) == nil)
    bytes = MadeFLV().bytes
    for _ in 0..<20_000 { bytes += [18, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11, 1] }
    #expect(try scan(bytes, block: 4096).gap(in: bytes.count) == nil)
  }

  /// A file that is cut while it is read, in whatever state that finds the scanner.
  @Test func anInputMayShrink() throws {
    var random = Seeded.of("shrinking")
    for _ in 0..<300 {
      var bytes = MadeFLV.random(12, using: &random).bytes
      for _ in 0..<3 {
        bytes[Int.random(in: 9..<bytes.count, using: &random)] =
          UInt8.random(in: 0...255, using: &random)
      }
      var scanner = FLVScanner()
      var (window, end) = (0..<0, bytes.count)
      // Short of its header the input is no FLV, which is another matter.
      var turns = Int.random(in: 3...40, using: &random)
      loop: while true {
        if turns == 0 { end = Int.random(in: 0...end, using: &random) }
        turns -= 1
        window = min(window.lowerBound, end)..<min(window.upperBound, end)
        switch try scanner.step(
          bytes.span.bytes.extracting(window), at: window.lowerBound, end: end)
        {
        case .needs(let range):
          try #require(range.upperBound <= end)
          window = range
        case .end: break loop
        default: break
        }
        // With windows as small as these a search goes byte by byte.
        try #require(turns > -2 * bytes.count)
      }
    }
  }

  @Test func tagsThatOnlyTheirSizeProvesAreFoundBehindDamage() throws {
    for tail in [0, 1] {
      var file = MadeFLV()
      file.add(.audio, Array(repeating: 1, count: 30))
      file.add(.video, Array(repeating: 2, count: 30))
      for n in 3...6 { file.add(FLVTagType(rawValue: 21), Array(repeating: UInt8(n), count: 30)) }
      if tail > 0 { file.add(.audio, Array(repeating: 7, count: 30)) }
      for i in file.tags[1].offset..<file.tags[1].range.upperBound { file.bytes[i] = 0xee }
      let steps = try scan(file.bytes)
      #expect(steps.skips.map(\.range) == [file.tags[1].range])
      #expect(steps.tags.count == 5 + tail)
    }
  }

  @Test func aTagOverTheLimitIsSkippedAlone() throws {
    var file = file("over the limit", 6)
    file.add(.video, Array(repeating: 0xab, count: 5000))
    file.add(.audio, [1, 2, 3])
    var limits = FLVLimits()
    limits.maxTagSize = 4096
    let steps = try scan(file.bytes, limits: limits)
    #expect(steps.skips.map(\.range) == [file.tags[6].range])
    #expect(steps.skips.first?.reason == .overLimit)
    #expect(steps.skips.first?.header?.dataSize == 5000)
    #expect(steps.tags.count == 7)
  }

  @Test func aLongSearchCostsNoMemoryAndLittleTime() throws {
    var file = file("long search")
    let middle = file.tags[5].offset
    // Each of them looks like a header with an end far away.
    let lure = [UInt8]([9, 0x7f, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    file.bytes.insert(contentsOf: repeatElement(lure, count: 100_000).joined(), at: middle)
    file.bytes.insert(contentsOf: repeatElement(0, count: 3_000_000), at: middle)
    let steps = try scan(file.bytes)
    #expect(steps.skips.map(\.range) == [middle..<middle + 4_100_000])
    #expect(steps.tags.count == 10)
    #expect(try scan(file.bytes, block: 4096) == steps)
    #expect(try receive(file.bytes, cuts: { 65_536 }) == steps)
  }
}
