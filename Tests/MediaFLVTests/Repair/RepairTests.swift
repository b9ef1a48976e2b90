import MediaBytes
import MediaFLV
import MediaModel
import Testing

/// One kind of damage each: what is put right, what is said of it, and that nothing else changes.
struct RepairTests {
  private let clip = RepairClip()

  /// The clip as a repair leaves it, and every offset in it.
  private func whole() throws -> (bytes: [UInt8], offsets: [Int]) {
    let file = try Repaired(clip.bytes).files[0]
    let shift = file.count - clip.bytes.count
    return (file, clip.offsets.map { $0 + shift })
  }

  @Test func aRepairedFileStaysAsItIs() throws {
    let first = try Repaired(clip.bytes)
    #expect(first.changes.map(\.kind) == [.inserted])
    let second = try Repaired(first.files[0])
    #expect(second.files == first.files)
    #expect(second.changes.isEmpty)
    #expect(second.totals.tagsKept == clip.tags.count + 1)
  }

  @Test(arguments: [0, 5, 0xffff_fff0] as [UInt32])
  func previousTagSizes(value: UInt32) throws {
    let (file, offsets) = try whole()
    var bytes = file
    for (offset, tag) in zip(offsets, clip.tags) {
      bytes.replace(at: offset + 11 + tag.body.count, with: value)
    }
    let repaired = try Repaired(bytes)
    #expect(repaired.files == [file])
    #expect(repaired.changes.count == clip.tags.count)
    let change = try #require(repaired.changes.first)
    #expect(change.kind == .previousTagSize && change.old == Int64(value) && change.new == 19)
    #expect(change.input == offsets[0] + 19..<offsets[0] + 23 && change.output == change.input)
  }

  @Test func aWrongDataSizeOfAWholeBody() throws {
    let (file, offsets) = try whole()
    for value in [0xff_ffff, 3, 600] as [UInt32] {
      var bytes = file
      bytes.replace24(at: offsets[7] + 1, with: value)
      let repaired = try Repaired(bytes)
      #expect(repaired.files == [file])
      #expect(repaired.changes.map(\.kind) == [.dataSize])
      #expect(repaired.changes.first?.old == Int64(value))
    }
  }

  @Test func streamIDReservedBitsAndFilter() throws {
    let (file, offsets) = try whole()
    var bytes = file
    bytes.replace24(at: offsets[2] + 8, with: 1)
    bytes[offsets[3]] |= 0xc0
    bytes[offsets[5]] |= 0x20
    bytes[offsets[6]] |= 0xe0
    let repaired = try Repaired(bytes)
    #expect(repaired.files == [file])
    #expect(repaired.changes.map(\.kind) == [.streamID, .reservedBits, .filter, .filter])
    #expect(repaired.changes.map(\.input.count) == [3, 1, 1, 1])
    #expect(repaired.changes[3].old == 0xe8 && repaired.changes[3].new == 8)
  }

  @Test func anEncryptedTagIsKeptAndNamed() throws {
    var clip = clip
    var writer = ByteWriter()
    FLVEncryption(.encryption(.init(high: 1, low: 2))).write(to: &writer)
    clip.tags[5].body = [0x27, 1, 0, 0, 0] + writer.bytes + [7, 7, 7]
    var bytes = clip.bytes
    bytes[clip.offsets[5]] |= 0x20
    let repaired = try Repaired(bytes)
    #expect(repaired.codes == ["I10223"])
    #expect(repaired.totals.encrypted == 1)
    #expect(try repaired.media() == clip.tags)
    let offset = clip.offsets[5] + repaired.files[0].count - bytes.count
    #expect(repaired.files[0][offset] == 0x29)
  }

  @Test func damageIsLeftOutAndNothingElse() throws {
    let (file, offsets) = try whole()
    var bytes = file
    let hole = offsets[10] + 4..<offsets[14] - 6
    bytes.replaceSubrange(hole, with: [UInt8](repeating: 0, count: hole.count))
    let repaired = try Repaired(bytes)
    #expect(try repaired.media() == Array(clip.tags[..<10] + clip.tags[14...]))
    let dropped = repaired.changes(.dropped)
    #expect(dropped.map(\.input) == [offsets[10]..<offsets[14]])
    #expect(repaired.totals.bytesDropped == offsets[14] - offsets[10])
  }

  @Test func everyPrefixBecomesAFileOfItsWholeTags() throws {
    // Times without a byte that is also a tag's type: cut off there, it may be taken for one.
    let clip = clip.timed { Int64($1) * 3 / 2 }
    let file = try Repaired(clip.bytes).files[0]
    let offsets = clip.offsets.map { $0 + file.count - clip.bytes.count }
    for count in 9..<file.count {
      let repaired = try Repaired(Array(file[..<count]))
      let kept = zip(offsets, clip.tags).filter { $0 + 11 + $1.body.count <= count }.map(\.1)
      #expect(try repaired.media() == kept, "\(count)")
      #expect(try Repaired(repaired.files[0]).files == repaired.files, "\(count)")
    }
  }

  @Test func headerFields() throws {
    let file = try whole().bytes
    var bytes = file
    bytes[3] = 2
    bytes[4] = 0xf9
    bytes.replace(at: 9, with: 77)
    #expect(try Repaired(bytes).files == [file])
    #expect(try Repaired(bytes).changes.map(\.input) == [3..<4, 4..<5, 9..<13])
    var longer = file
    longer.replace(at: 5, with: 12)
    longer.insert(contentsOf: [1, 2, 3], at: 9)
    let repaired = try Repaired(longer)
    #expect(repaired.files == [file])
    #expect(repaired.changes.map(\.kind) == [.header, .dropped])
    // A DataOffset that leads nowhere.
    longer.replace(at: 5, with: 5000)
    #expect(try Repaired(longer).media() == clip.tags)
    #expect(
      try Repaired(Array(file[..<9])).files == [
        Array("FLV".utf8) + [1, 0, 0, 0, 0, 9] + [0, 0, 0, 0]
      ])
  }

  @Test func aFileAppendedGoesOn() throws {
    let other = RepairClip(number: 9)
    let metadata = RepairClip.metadata([AMFProperty("duration", .number(77))])
    let second = other.file([metadata] + other.tags)
    let repaired = try Repaired(clip.bytes + second)
    let media = try repaired.media()
    #expect(media.map(\.body) == (clip.tags + other.tags).map(\.body))
    let times = media.filter(\.isFrame).map(\.time)
    // The last picture is due at 360 and lasts 40, the last sound at 380 and lasts 20.
    #expect(times == clip.frameTimes + clip.frameTimes.map { $0 + 400 })
    #expect(repaired.changes(.dropped).map(\.input.count) == [13, metadata.body.count + 15])
    #expect(repaired.totals.tagsDropped == 1)
    #expect(try repaired.metadata()?.duration == 0.8)
  }

  @Test func missingSequenceHeadersAreSaid() throws {
    let frames = clip.tags.filter(\.isFrame)
    #expect(try Repaired(clip.file(frames)).codes == ["E11010", "E11010"])
    #expect(try Repaired(clip.bytes).codes == [])
  }

  @Test func bodiesThatCannotBeReadAreSaid() throws {
    var tags = clip.tags
    // AudioMultitrack inside another.
    tags.insert(.init(type: .audio, time: 0, body: [0x95, 0x05, 0x6d, 0x70, 0x34, 0x61]), at: 2)
    let repaired = try Repaired(clip.file(tags))
    #expect(repaired.codes == ["E11004"])
    #expect(try check(repaired.files[0]).map(\.code.code).contains("E11004"))
  }

  @Test func lateSequenceHeadersAreRepeatedInFront() throws {
    let frames = clip.tags.filter(\.isFrame)
    let late = Array(frames.prefix(4) + clip.tags.prefix(2) + frames.dropFirst(4))
    let repaired = try Repaired(clip.file(late))
    var expected = [clip.tags[0], frames[0], clip.tags[1]] + late.dropFirst()
    for index in [6, 7] { expected[index].time = index == 6 ? 40 : 20 }
    #expect(try repaired.media() == expected)
    #expect(repaired.codes.isEmpty && repaired.totals.tagsInserted == 3)
    // The index, the size and all else are those of a file that was so from the beginning.
    #expect(try Repaired(repaired.files[0]).changes.isEmpty)
    #expect(repaired.plan.files[0].byteCount == repaired.files[0].count)
    #expect(try check(repaired.files[0]).allSatisfy { $0.code.code != "E11011" })
  }

  @Test func aLateSequenceHeaderOfSeveralTracksIsRepeatedOnce() throws {
    let mp4a = Array("mp4a".utf8)
    let frames = [1, 0, 1, 0].map { track in
      RepairClip.Tag(type: .audio, time: 0, body: [0x95, 0x01] + mp4a + [track, 7])
    }
    let both = RepairClip.Tag(
      type: .audio, time: 0,
      body: [0x95, 0x10] + mp4a + [0, 0, 0, 2, 0x12, 0x10, 1, 0, 0, 2, 0x12, 0x10])
    let repaired = try Repaired(clip.file(frames + [both]))
    #expect(try repaired.media() == [both] + frames + [both])
    #expect(repaired.codes.isEmpty)
    #expect(try Repaired(repaired.files[0]).changes.isEmpty)
  }

  @Test func whatIsNoFLVIsAnError() {
    #expect(throws: ParseError.self) { try Repaired([]) }
    #expect(throws: ParseError.self) { try Repaired(Array("RIFF1234567890".utf8)) }
  }
}

extension RepairClip {
  var frameTimes: [Int32] { tags.filter(\.isFrame).map(\.time) }
}

extension [UInt8] {
  mutating func replace(at offset: Int, with value: UInt32) {
    for index in 0..<4 {
      self[offset + index] = UInt8(truncatingIfNeeded: value >> (24 - 8 * index))
    }
  }

  mutating func replace24(at offset: Int, with value: UInt32) {
    for index in 0..<3 {
      self[offset + index] = UInt8(truncatingIfNeeded: value >> (16 - 8 * index))
    }
  }
}
