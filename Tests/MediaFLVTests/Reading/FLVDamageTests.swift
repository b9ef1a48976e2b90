import MediaBytes
import MediaFLV
import Testing

/// Ten tags, the bodies without zeros so that nothing inside looks like a header.
private func file(_ name: String, _ count: Int = 10) -> MadeFLV {
  var random = ReaderSeed.fresh(name)
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
    var random = ReaderSeed.fresh("damage in dialect \(kind)")
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

  /// A file that is cut while it is read, in whatever state that finds the scanner.
  @Test func anInputMayShrink() throws {
    var random = ReaderSeed.fresh("shrinking")
    for _ in 0..<300 {
      var bytes = MadeFLV.random(12, using: &random).bytes
      for _ in 0..<3 {
        bytes[Int.random(in: 9..<bytes.count, using: &random)] =
          UInt8.random(in: 0...255, using: &random)
      }
      var scanner = FLVScanner()
      var (window, end) = (0..<0, bytes.count)
      var turns = Int.random(in: 0...40, using: &random)
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
        try #require(turns > -200)
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
