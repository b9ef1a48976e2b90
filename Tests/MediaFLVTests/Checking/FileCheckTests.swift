import MediaFLV
import MediaModel
import Testing

/// The framing: headers, sizes, damage and the end.
struct FileCheckTests {
  private let clip = MadeFLV.clip()

  @Test func aCleanFileHasNoFindings() throws {
    #expect(places(try check(clip.bytes)).isEmpty)
  }

  // MARK: File headers

  @Test func headerFieldsAreJudged() throws {
    let cases: [(Int, UInt8, String)] = [
      (3, 2, "W10001 at 3"), (4, 0xfd, "W10002 at 4"), (4, 1, "W10003 at 4"),
      (4, 4, "W10003 at 4"), (4, 0, "W10003 at 4"), (8, 5, "E10006 at 5"),
      (8, 100, "E10006 at 5"), (5, 0xff, "E10006 at 5"), (12, 9, "W10213 at 9"),
    ]
    for (offset, value, place) in cases {
      #expect(places(try check(clip.replacing(at: offset, [value]))) == [place])
    }
  }

  @Test func aLongerHeaderIsLawful() throws {
    var bytes = clip.replacing(at: 8, [16])
    bytes.insert(contentsOf: [1, 2, 3, 4, 5, 6, 7], at: 9)
    #expect(places(try check(bytes)) == ["I10004 at 5"])
    bytes.removeSubrange(16..<20)
    let findings = try check(bytes)
    #expect(places(findings) == ["I10004 at 5", "W10213 at 16"])
    #expect(findings.last?.message == "PreviousTagSize0 is missing, a tag is in its place")
  }

  @Test func aTagRightBehindTheHeaderIsOneFinding() throws {
    var bytes = clip.bytes
    bytes.removeSubrange(9..<13)
    let findings = try check(bytes)
    #expect(places(findings) == ["W10213 at 9"])
    #expect(findings.first?.message == "PreviousTagSize0 is missing, a tag is in its place")
    let joined = try check(clip.bytes + bytes)
    let second = clip.bytes.count
    #expect(places(joined) == ["E10234 at \(second)", "W10213 at \(second + 9)"])
    bytes[8] = 5
    #expect(places(try check(bytes)) == ["E10006 at 5"])
  }

  @Test func damageBehindTheHeaderIsOneFinding() throws {
    let noise = [UInt8](repeating: 0xee, count: 50)
    let bytes = Array(clip.bytes[..<13]) + noise + clip.bytes[13...]
    #expect(places(try check(bytes)) == ["E10230 at 13"])
    var wrongSize = bytes
    wrongSize[12] = 9
    #expect(places(try check(wrongSize)) == ["E10230 at 9"])
    var wrongOffset = bytes
    wrongOffset[8] = 5
    #expect(places(try check(wrongOffset)) == ["E10006 at 5", "E10230 at 9"])
  }

  @Test func theFlagsAreToldWithWhatIsThere() throws {
    let finding = try #require(try check(clip.replacing(at: 4, [1])).first)
    #expect(finding.message == "TypeFlags are 0x01: 51 audio tags are not announced")
  }

  @Test func aFileWithoutTagsIsLawful() throws {
    let empty = Array(clip.bytes[..<13])
    #expect(places(try check(empty)) == ["I10005 at 0"])
    #expect(places(try check(Array(empty[..<9]))) == ["I10005 at 0", "W10214 at 9"])
  }

  @Test func joinedFilesAreOneFinding() throws {
    let bytes = clip.bytes + clip.bytes
    #expect(places(try check(bytes)) == ["E10234 at \(clip.bytes.count)"])
  }

  /// Nothing tells of them but the next tag, and millions of them may precede it.
  @Test func theManyLikeOneAnotherBetweenTwoTagsAreCounted() throws {
    let header = clip.bytes[..<13]
    let joined = clip.bytes + (0..<300).flatMap { _ in header }
    let findings = try check(joined + clip.bytes)
    #expect(findings.count == 101 && findings.allSatisfy { $0.code == .secondHeader })
    #expect(findings.last?.message == "201 more like it, 301 in all")
    // Also where no tag follows.
    #expect(try check(joined).last?.message == "200 more like it, 300 in all")
  }

  // MARK: PreviousTagSize

  struct Dialect: CustomTestStringConvertible {
    var kind: FLVPreviousTagSize.Kind
    var code: String
    var words: String
    var testDescription: String { "\(kind)" }
  }

  @Test(arguments: [
    Dialect(kind: .zero, code: "E10211", words: "PreviousTagSize is 0, the tag before it has 32"),
    Dialect(kind: .dataSize, code: "W10212", words: "from here on it is DataSize"),
    Dialect(kind: .dataSizePlus10, code: "W10212", words: "from here on it is DataSize + 10"),
    Dialect(kind: .runningSum, code: "W10212", words: "it is the sum of all tags so far"),
  ])
  func aDialectIsNamedOnce(_ dialect: Dialect) throws {
    var file = MadeFLV()
    var sum = 0
    for tag in clip.tags {
      sum += tag.body.count + 11
      file.add(
        tag.header.type, tag.body, timestamp: tag.header.timestamp,
        previousTagSize: UInt32(dialect.kind.value(dataSize: tag.body.count, sum: sum)))
    }
    let findings = try check(file.bytes)
    // The sum of one tag is right.
    let first = file.tags[dialect.kind == .runningSum ? 1 : 0]
    #expect(places(findings) == ["\(dialect.code) at \(first.range.upperBound - 4)"])
    let message = findings.first?.message ?? ""
    #expect(message.contains(dialect.words), "\(message)")
  }

  /// What the clip's fields say, by the number of the tag before them.
  private func clip(sizes: (Int) -> UInt32?) -> MadeFLV {
    var file = MadeFLV()
    for (index, tag) in clip.tags.enumerated() {
      file.add(
        tag.header.type, tag.body, timestamp: tag.header.timestamp, previousTagSize: sizes(index))
    }
    return file
  }

  @Test func wrongSizesInARowAreToldOnceAndCounted() throws {
    let file = clip { (10..<40).contains($0) || $0 == 50 ? 592_137 : nil }
    let findings = try check(file.bytes)
    let places = [10, 50].map { file.tags[$0].range.upperBound - 4 }
    #expect(findings.map(\.code) == [.previousTagSize, .previousTagSize, .previousTagSize])
    #expect(findings.map(\.offset) == places + [nil])
    #expect(findings[2].message == "29 more like it, 31 in all")
  }

  @Test func aDialectIsNamedWhereTwoFieldsSpeakIt() throws {
    // Pictures have ten bytes, and no two follow each other.
    let findings = try check(clip { _ in 10 }.bytes)
    #expect(findings.map(\.code) == [.previousTagSize, .previousTagSize])
    let once = clip { $0 == 4 ? 4 : nil }
    #expect(places(try check(once.bytes)) == ["E10210 at \(once.tags[4].range.upperBound - 4)"])
    let last = clip.tags.count - 1
    let atEnd = clip { $0 == last ? 4 : nil }
    #expect(places(try check(atEnd.bytes)) == ["E10210 at \(atEnd.bytes.count - 4)"])
    let twoHabits = clip { $0 == 4 ? 4 : $0 == 5 ? 0 : nil }
    let sizes = [4, 5].map { twoHabits.tags[$0].range.upperBound - 4 }
    #expect(
      places(try check(twoHabits.bytes)) == ["E10210 at \(sizes[0])", "E10211 at \(sizes[1])"])
  }

  @Test func eachWrongSizeIsAFinding() throws {
    var file = clip
    let places = [10, 20].map { file.tags[$0].range.upperBound - 4 }
    for offset in places { file.bytes = file.replacing(at: offset, [0, 9, 9, 9]) }
    let findings = try check(file.bytes)
    #expect(findings.map(\.code) == [.previousTagSize, .previousTagSize])
    #expect(findings.map(\.offset) == places)
    #expect(findings[0].time == 0.08)
    #expect(findings[0].message == "PreviousTagSize is 592137, the tag before it has 15 bytes")
  }

  // MARK: Tag headers

  @Test func tagHeaderFieldsAreJudged() throws {
    let tag = clip.tags[10]
    #expect(tag.header.type == .audio)
    let cases: [(Int, [UInt8], String)] = [
      (0, [0x15], "W10222 at \(tag.offset)"),
      (0, [0x88], "W10221 at \(tag.offset)"),
      (8, [0, 0, 7], "W10220 at \(tag.offset + 8)"),
      (1, [0xff, 0xff, 0xff], "E10231 at \(tag.offset + 1)"),
      (1, [0, 0, 0], "E10231 at \(tag.offset + 1)"),
      (1, [0, 0, 9], "E10231 at \(tag.offset + 1)"),
    ]
    for (field, value, place) in cases {
      #expect(places(try check(clip.replacing(at: tag.offset + field, value))) == [place])
    }
  }

  @Test func reservedBitsAreToldWhereTheyBegin() throws {
    var file = clip
    // Of sound only; the pictures between are right, and so is one tag of sound.
    let sound = file.tags.filter { $0.header.type == .audio }
    for tag in sound where tag.offset != sound[9].offset { file.bytes[tag.offset] |= 0x80 }
    let findings = try check(file.bytes)
    #expect(
      places(findings) == [
        "W10221 at \(sound[0].offset)", "W10221 at \(sound[10].offset)", "W10221",
      ])
    #expect(findings.last?.message == "\(sound.count - 3) more like it, \(sound.count - 1) in all")
  }

  @Test func aStreamIDIsToldWhereItChanges() throws {
    let clip = MadeFLV.clip(metadata: ["canSeekToEnd": .boolean(true)])
    var file = MadeFLV()
    for (index, tag) in clip.tags.enumerated() {
      file.add(
        tag.header.type, tag.body, timestamp: tag.header.timestamp, streamID: index < 30 ? 1 : 0)
    }
    #expect(places(try check(file.bytes)) == ["W10220 at 21"])
  }

  @Test func emptyTagsAreLawful() throws {
    var file = clip
    for type in [FLVTagType.audio, .video, .script, .scriptAMF3] { file.add(type, []) }
    let tags = file.tags.suffix(4).map { "I10235 at \($0.offset + 1)" }
    #expect(places(try check(file.bytes)) == tags)
  }

  // MARK: Damage

  @Test func damageIsOneFinding() throws {
    let (first, last) = (clip.tags[20], clip.tags[39])
    let range = first.offset..<last.range.upperBound
    let hole = clip.replacing(at: first.offset, [UInt8](repeating: 0, count: range.count))
    let findings = try check(hole)
    #expect(places(findings) == ["E10230 at \(first.offset)"])
    #expect(findings.first?.message == "\(range.count) bytes are no tags, all zero")
  }

  @Test func damageIsToldInOneSentence() throws {
    let (tag, next) = (clip.tags[20], clip.tags[30])
    let zeros = [UInt8](repeating: 0, count: next.offset - tag.offset - 4)
    let findings = try check(clip.replacing(at: tag.offset + 1, [0xff, 0xff, 0xff] + zeros))
    #expect(places(findings) == ["E10230 at \(tag.offset)"])
    #expect(
      findings.first?.message
        == "\(zeros.count + 4) bytes skipped, of which \(zeros.count) in a row"
        + " are zero: DataSize is 16777215, past the end of the input")
  }

  @Test func timeBehindDamageIsNotJudged() throws {
    var file = MadeFLV.clip()
    file.bytes += [UInt8](repeating: 0xaa, count: 100)
    file.frames(60_000..<61_000)
    #expect(try check(file.bytes).map(\.code) == [.skippedBytes])
  }

  @Test func damageOfTheFirstTagIsOneFinding() throws {
    let tag = clip.tags[0]
    let bytes = clip.replacing(at: 9, [UInt8](repeating: 0xee, count: tag.range.upperBound - 9))
    #expect(places(try check(bytes)) == ["E10230 at 9", "I12010"])
  }

  // MARK: The end

  @Test func aCutIsOneFinding() throws {
    let metadata: KeyValuePairs<AMFString, AMFValue> = [
      "duration": .number(9), "filesize": .number(5000), "videocodecid": .number(7),
    ]
    let file = MadeFLV.clip(metadata: metadata)
    let tag = file.tags[40]
    let body = try check(Array(file.bytes[..<(tag.offset + 13)]))
    #expect(places(body) == ["E10232 at \(tag.offset)"])
    #expect(
      body.first?.message
        == "the input ends 13 bytes into a tag of 15; onMetaData promises 5000 bytes in all")
    #expect(body.first?.time == 0.48)
    let header = try check(Array(file.bytes[..<(tag.offset + 5)]))
    #expect(places(header) == ["E10232 at \(tag.offset)"])
    #expect(places(try check(Array(file.bytes[..<tag.offset]))) == ["W12021 at 13"])
  }

  @Test func aMissingLastSizeIsOneFinding() throws {
    // The last number of the metadata.
    let size = MadeFLV.clip(metadata: ["filesize": .number(0)]).bytes.count
    let bytes = MadeFLV.clip(metadata: ["filesize": .number(Double(size))]).bytes
    #expect(try check(bytes).isEmpty)
    for missing in 1...4 {
      let place = "W10214 at \(bytes.count - 4)"
      #expect(places(try check(Array(bytes.dropLast(missing)))) == [place])
    }
  }

  @Test func whatFollowsTheEndIsTrailing() throws {
    let findings = try check(clip.bytes + [1, 2, 3, 4, 5])
    #expect(places(findings) == ["W00012 at \(clip.bytes.count)"])
    #expect(findings.first?.message == "5 bytes are no tags")
    let zeros = try check(clip.bytes + [UInt8](repeating: 0, count: 100))
    #expect(zeros.first?.message == "100 bytes are no tags, all zero")
  }
}
