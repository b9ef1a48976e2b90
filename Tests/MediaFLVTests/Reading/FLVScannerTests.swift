import MediaBytes
import MediaFLV
import Testing
import TestSupport

/// Written out by hand: header, PreviousTagSize0, a script tag of two bytes, an audio tag of none.
private let smallest: [UInt8] = [
  0x46, 0x4c, 0x56, 1, 5, 0, 0, 0, 9,
  0, 0, 0, 0,
  18, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
  0xaa, 0xbb,
  0, 0, 0, 13,
  8, 0, 0, 0, 0x34, 0x56, 0x78, 0x12, 0, 0, 0,
  0, 0, 0, 11,
]

private func size(
  _ index: Int?, _ offset: Int, _ value: UInt32, _ expected: UInt32,
  _ kind: FLVPreviousTagSize.Kind = .exact
) -> FLVPreviousTagSize {
  FLVPreviousTagSize(
    tagIndex: index, offset: offset, value: value, expected: expected, kind: kind)
}

@Suite struct FLVScannerTests {
  @Test func tellsEveryPartOfASmallFile() throws {
    let script = FLVTag(
      index: 0, offset: 13, header: FLVTagHeader(.script, dataSize: 2, timestamp: 0))
    let audio = FLVTag(
      index: 1, offset: 30, header: FLVTagHeader(.audio, dataSize: 0, timestamp: 0x1234_5678))
    let steps: [FLVScanner.Step] = [
      .header(FLVHeader(hasAudio: true, hasVideo: true), at: 0), .tagEnd(size(nil, 9, 0, 0)),
      .tag(script), .tagEnd(size(0, 26, 13, 13)), .tag(audio), .tagEnd(size(1, 41, 11, 11)),
      .end(.clean),
    ]
    #expect(script.body == 24..<26)
    #expect(try scan(smallest) == steps)
    #expect(try scan(smallest, block: 1) == steps)
    #expect(try receive(smallest, cuts: { 1 }) == steps)
  }

  @Test func whatIsNoFLVIsAnError() {
    #expect(throws: ParseError(.truncated(needed: 3), "Signature", at: 0)) { try scan([]) }
    #expect(throws: ParseError(.truncated(needed: 4), "DataOffset", at: 5)) {
      try scan(Array(smallest.prefix(8)))
    }
    let page = Array("<html>404</html>".utf8)
    let wrong = ParseError(.invalid(0x3c_6874), "Signature", at: 0)
    #expect(throws: wrong) { try scan(page) }
    #expect(throws: wrong) { try scan(Array(page.prefix(5))) }
    var reader = FLVReader()
    reader.receive(page.span)
    #expect(throws: wrong) { try reader.next() }
    #expect(throws: wrong) { try reader.next() }
  }

  @Test func theSameStepsAfterTheEnd() throws {
    var scanner = FLVScanner()
    var ends = 0
    for _ in 0..<20 {
      if case .end = try scanner.step(smallest.span.bytes, at: 0, end: smallest.count) { ends += 1 }
    }
    #expect(ends == 14)
  }

  @Test(
    arguments: [
      (9, .missingPreviousTagSize(offset: 9, present: 0)),
      (11, .missingPreviousTagSize(offset: 9, present: 2)),
      (13, .clean),
      (14, .truncatedTag(offset: 13, nil, present: 1)),
      (23, .truncatedTag(offset: 13, nil, present: 10)),
      (
        24,
        .truncatedTag(
          offset: 13, FLVTagHeader(.script, dataSize: 2, timestamp: 0), present: 11)
      ),
      (
        25,
        .truncatedTag(
          offset: 13, FLVTagHeader(.script, dataSize: 2, timestamp: 0), present: 12)
      ),
      (26, .missingPreviousTagSize(offset: 26, present: 0)),
      (29, .missingPreviousTagSize(offset: 26, present: 3)),
      (30, .clean),
      (41, .missingPreviousTagSize(offset: 41, present: 0)),
    ] as [(Int, FLVEnd)])
  func saysHowTheInputEnds(count: Int, end: FLVEnd) throws {
    let steps = try scan(Array(smallest.prefix(count)))
    #expect(steps.end == end)
    #expect(steps.tags.count == (count >= 41 ? 2 : count >= 26 ? 1 : 0))
    #expect(steps.skips.isEmpty)
  }

  @Test func bytesBehindTheLastTagAreNoTag() throws {
    for tail in [[1], [0, 0, 0], Array(repeating: 0, count: 100)] as [[UInt8]] {
      let steps = try scan(smallest + tail)
      #expect(steps.tags.count == 2)
      guard case .trailing(let skip)? = steps.end else {
        Issue.record("\(steps)")
        continue
      }
      #expect(skip.range == 45..<45 + tail.count)
      #expect(skip.reason == .notATag && skip.header == nil)
      #expect(skip.zeros == (tail.count == 100 ? skip.range : nil))
      #expect(steps.end?.skipped == nil)
    }
    for count in [10, 11] {
      let end = try scan(smallest + Array(repeating: 0xee, count: count)).end
      #expect(end?.skipped?.range == (count < 11 ? nil : 45..<56))
    }
  }

  @Test(
    arguments: [
      .zero, .dataSize, .dataSizePlus10, .runningSum, .wrong,
    ] as [FLVPreviousTagSize.Kind])
  func namesTheDialect(kind: FLVPreviousTagSize.Kind) throws {
    var random = Seeded.of("dialect \(kind)")
    let file = MadeFLV.random(12, bodies: 1...40, using: &random) { size, sum in
      kind.value(dataSize: size, sum: sum)
    }
    let steps = try scan(file.bytes)
    #expect(steps.tags.map(\.offset) == file.tags.map(\.offset))
    // The sum behind the first tag is also its size.
    let kinds = steps.sizes.dropFirst(kind == .runningSum ? 2 : 1).map(\.kind)
    #expect(kinds == Array(repeating: kind, count: kind == .runningSum ? 11 : 12))
    #expect(steps.sizes[3].expected == file.tags[2].header.dataSize + 11)
    #expect(steps.end == .clean && steps.skips.isEmpty)
  }

  @Test func aDataOffsetOverNineIsHonoured() throws {
    var bytes = smallest
    bytes[8] = 16
    bytes.insert(contentsOf: [1, 2, 3, 4, 5, 6, 7], at: 9)
    let steps = try scan(bytes)
    #expect(steps.tags.map(\.offset) == [20, 37])
    #expect(steps.sizes.first == size(nil, 16, 0, 0))
    #expect(steps.skips.isEmpty && steps.end == .clean)
  }

  @Test(arguments: [0, 8, 200, 0x0100_0009, 0xffff_ffff] as [UInt32])
  func aWrongDataOffsetLosesNothing(value: UInt32) throws {
    var bytes = smallest
    for i in 0..<4 { bytes[5 + i] = UInt8(truncatingIfNeeded: value >> (24 - 8 * i)) }
    let steps = try scan(bytes)
    #expect(steps.tags.map(\.offset) == [13, 30])
    #expect(steps.skips.map(\.range) == [9..<13])
    #expect(try receive(bytes, cuts: { 1 }) == steps)
  }

  @Test func previousTagSize0IsCheckedAndMayBeMissing() throws {
    var wrong = smallest
    wrong[12] = 9
    let steps = try scan(wrong)
    #expect(steps.sizes.first == size(nil, 9, 9, 0, .wrong))
    #expect(steps.tags.count == 2 && steps.skips.isEmpty)

    var missing = smallest
    missing.removeSubrange(9..<13)
    let found = try scan(missing)
    #expect(found.tags.map(\.offset) == [9, 26])
    #expect(found.sizes.map(\.tagIndex) == [0, 1])
    #expect(found.skips.isEmpty && found.end == .clean)
  }

  /// The Timestamp and an AVC configuration look like another header, four bytes on.
  @Test func aFirstTagInPlaceOfPreviousTagSize0IsNotLost() throws {
    var file = MadeFLV()
    file.add(.video, [0x17, 0, 0, 0, 0, 1, 0x42, 0xc0], timestamp: 0x08_0010)
    file.add(.video, [0x27, 1, 0, 0, 0], timestamp: 0x08_0020)
    file.bytes.removeSubrange(9..<13)
    let steps = try scan(file.bytes)
    #expect(steps.tags.map(\.header) == file.tags.map(\.header))
    #expect(steps.sizes.map(\.tagIndex) == [0, 1] && steps.end == .clean)
    #expect(try scan(file.bytes, block: 1) == steps)
    #expect(try receive(file.bytes, cuts: { 1 }) == steps)
    for count in 28...31 {
      let cut = try scan(Array(file.bytes.prefix(count)))
      #expect(cut.tags.map(\.header) == [file.tags[0].header])
      #expect(cut.end == .missingPreviousTagSize(offset: 28, present: count - 28))
    }
  }

  @Test func tagsOfAnotherStreamInPlaceOfPreviousTagSize0AreNotLost() throws {
    var file = MadeFLV()
    for _ in 0..<3 { file.add(.video, Array(repeating: 0xab, count: 600_000), streamID: 1) }
    file.bytes.removeSubrange(9..<13)
    let steps = try scan(file.bytes)
    #expect(steps.tags.map(\.header) == file.tags.map(\.header))
    #expect(steps.skips.isEmpty && steps.end == .clean)
  }

  @Test(arguments: [0x0800_0000, 0x0900_0001, 0x1200_0002, 0x0800_000d, 0x09ff_ffff] as [UInt32])
  func aPreviousTagSize0ThatLooksLikeATagIsNone(value: UInt32) throws {
    var bytes = smallest
    for i in 0..<4 { bytes[9 + i] = UInt8(truncatingIfNeeded: value >> (24 - 8 * i)) }
    let steps = try scan(bytes)
    #expect(steps.sizes.first == size(nil, 9, value, 0, .wrong))
    #expect(steps.tags.map(\.offset) == [13, 30] && steps.skips.isEmpty)
    #expect(try scan(bytes, block: 1) == steps)
    #expect(try receive(bytes, cuts: { 1 }) == steps)
  }

  @Test func otherTypesAndStreamsNeedAFittingSize() throws {
    var file = MadeFLV()
    file.add(.audio, [1, 2])
    file.add(FLVTagType(rawValue: 21), [3, 4, 5])
    file.add(.video, [6], streamID: 0x10203)
    file.add(.video, [7], streamID: 0x10203, previousTagSize: 99)
    file.add(.audio, [8])
    let steps = try scan(file.bytes)
    #expect(steps.tags.map(\.header) == file.tags.map(\.header))
    #expect(steps.sizes.map(\.kind) == [.exact, .exact, .exact, .exact, .wrong, .exact])
  }

  @Test func filesJoinedEndToEndAreRead() throws {
    let steps = try scan(smallest + smallest)
    #expect(steps.tags.map(\.offset) == [13, 30, 58, 75])
    #expect(steps.tags.map(\.index) == [0, 1, 2, 3])
    #expect(steps.contains(.header(FLVHeader(hasAudio: true, hasVideo: true), at: 45)))
    #expect(steps.skips.isEmpty && steps.end == .clean)
    // The first of the two may end early.
    let cut = try scan(Array(smallest.prefix(25)) + smallest)
    #expect(cut.tags.map(\.offset) == [38, 55])
    #expect(cut.skips.map(\.range) == [13..<25])
  }

  @Test func aLiveTagIsToldWhenItsSizeHasArrived() throws {
    var reader = FLVReader()
    var told: [Int] = []
    for (index, byte) in smallest.enumerated() {
      reader.receive([byte].span)
      while let event = try reader.next() {
        if case .tag = event { told.append(index) }
      }
    }
    #expect(told == [29, 44])
    #expect(reader.bufferedByteCount == 0)
  }
}
