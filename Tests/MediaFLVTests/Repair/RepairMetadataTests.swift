import MediaBytes
import MediaFLV
import Testing

/// `onMetaData` made true.
struct RepairMetadataTests {
  private let clip = RepairClip(pictures: 20)

  private func repaired(
    _ properties: [AMFProperty], count: UInt32? = nil
  ) throws -> Repaired {
    let tags = [RepairClip.metadata(properties, count: count)] + clip.tags
    return try Repaired(clip.file(tags))
  }

  private func properties(_ repaired: Repaired) throws -> [AMFProperty] {
    let tag = try #require(try repaired.tags().first)
    var reader = ByteReader(tag.body.span.bytes)
    let script = FLVScriptData(parsing: &reader)
    #expect(script.anomalies.isEmpty && script.damage == nil)
    return script.arguments.first?.properties ?? []
  }

  @Test func oneIsMadeWhereThereIsNone() throws {
    let repaired = try Repaired(clip.bytes)
    let metadata = try #require(try repaired.metadata())
    #expect(metadata.duration == 0.8)
    #expect(metadata.width == 64 && metadata.height == 48)
    #expect(metadata.videoCodecID == .id(7) && metadata.audioCodecID == .id(10))
    #expect(metadata.fileSize == Double(repaired.files[0].count))
    #expect(metadata.hasKeyframes == true && metadata.canSeekToEnd == false)
  }

  @Test func theDefaultTrackIsDescribedWhereverItBegins() throws {
    // Track 1 stands in front of track 0, in other codecs.
    let others = [
      RepairClip.Tag(type: .audio, time: 0, body: [0x95, 0x01] + Array("Opus".utf8) + [1, 7]),
      RepairClip.Tag(type: .video, time: 0, body: [0x96, 0x01] + Array("vp09".utf8) + [1, 7]),
    ]
    let told = RepairClip.metadata([
      AMFProperty("videocodecid", .number(7)), AMFProperty("audiocodecid", .number(10)),
    ])
    let repaired = try Repaired(clip.file([told] + others + clip.tags))
    let metadata = try #require(try repaired.metadata())
    #expect(metadata.videoCodecID == .id(7) && metadata.audioCodecID == .id(10))
    #expect(metadata.keyframes?.times == [0, 0.2, 0.4, 0.6])
    #expect(try Repaired(repaired.files[0]).changes.isEmpty)
  }

  @Test func theIndexPointsAtKeyframes() throws {
    let repaired = try Repaired(clip.bytes)
    let index = try #require(try repaired.metadata()?.keyframes)
    #expect(index.times == [0, 0.2, 0.4, 0.6])
    for (position, time) in zip(index.filePositions, index.times) {
      let start = Int(position)
      let bytes = Array(repaired.files[0][start..<start + 13])
      #expect(bytes[0] == 9 && bytes[11] == 0x17 && bytes[12] == 1)
      #expect(Int(bytes[5]) << 8 | Int(bytes[6]) == Int(time * 1000))
    }
  }

  @Test func whatIsWrongIsCorrectedInItsPlace() throws {
    let repaired = try repaired([
      AMFProperty("encoder", .string("someone")), AMFProperty("duration", .number(.nan)),
      AMFProperty("width", .number(63)), AMFProperty("videodatarate", .number(500)),
      AMFProperty("audiocodecid", .number(2)), AMFProperty("lasttimestamp", .number(9)),
      AMFProperty("filesize", .number(0)), AMFProperty("custom", .strictArray([.null])),
      AMFProperty("datasize", .number(1)), AMFProperty("hasAudio", .number(0)),
    ])
    let found = try properties(repaired)
    #expect(
      found.map(\.key.text) == [
        "encoder", "duration", "width", "videodatarate", "audiocodecid", "lasttimestamp",
        "filesize", "custom", "datasize", "hasAudio", "height", "hasKeyframes", "canSeekToEnd",
        "keyframes",
      ])
    let values = Dictionary(uniqueKeysWithValues: found.map { ($0.key.text, $0.value) })
    #expect(values["encoder"] == .string("someone"))
    #expect(values["duration"] == .number(0.8))
    #expect(values["width"] == .number(64))
    #expect(values["videodatarate"] == .number(500))
    #expect(values["audiocodecid"] == .number(10))
    #expect(values["lasttimestamp"] == .number(0.78))
    #expect(values["filesize"] == .number(Double(repaired.files[0].count)))
    #expect(values["custom"] == .strictArray([.null]))
    #expect(values["datasize"] == .number(Double(clip.bytes.count - 13)))
    #expect(values["hasAudio"] == .boolean(true))
    let change = try #require(repaired.changes(.metadata).first)
    #expect(change.input.lowerBound == 13 && change.reason.contains("duration NaN -> 0.8"))
  }

  @Test(arguments: [0, 0x7fff_ffff, 3] as [UInt32])
  func theCountOfTheArrayIsRight(count: UInt32) throws {
    let tags = [RepairClip.metadata([AMFProperty("a", .null)], count: count)] + clip.tags
    let repaired = try Repaired(clip.file(tags))
    #expect(try properties(repaired).first?.key == "a")
    #expect(try Repaired(repaired.files[0]).changes.isEmpty)
  }

  @Test func whatIsNearEnoughOrDefinedInAnotherWayIsKept() throws {
    let bytes = clip.tags.filter { $0.type == .video }.map { $0.body.count + 11 }.reduce(0, +)
    let old: [AMFProperty] = [
      AMFProperty("duration", .number(0.78)), AMFProperty("videosize", .number(Double(bytes))),
      AMFProperty("videocodecid", .string("avc1")), AMFProperty("framerate", .number(25.1)),
      AMFProperty("lasttimestamp", .number(0.76)),
    ]
    let found = try properties(repaired(old))
    #expect(Array(found.prefix(5)) == old)
  }

  @Test func aFourCCIsNotLost() throws {
    var clip = RepairClip(pictures: 0)
    let av01 = Double(FourCC.av01.rawValue)
    for index in 0..<6 {
      clip.tags.append(
        RepairClip.Tag(
          type: .video, time: Int32(index) * 40, body: [0x91] + Array("av01".utf8) + [1, 2]))
    }
    clip.tags.removeFirst(2)
    let tags = [RepairClip.metadata([AMFProperty("videocodecid", .number(0))])] + clip.tags
    #expect(try Repaired(clip.file(tags)).metadata()?.videoCodecID == .fourCC(.av01))
    let right = [RepairClip.metadata([AMFProperty("videocodecid", .number(av01))])] + clip.tags
    let repaired = try Repaired(clip.file(right))
    #expect(try repaired.metadata()?.videoCodecID == .fourCC(.av01))
  }

  @Test func lateMetadataComesToTheFront() throws {
    let metadata = RepairClip.metadata([AMFProperty("encoder", .string("late"))])
    let tags = clip.tags[..<9] + [metadata] + clip.tags[9...]
    let repaired = try Repaired(clip.file(Array(tags)))
    #expect(try repaired.metadata()?.encoder == "late")
    #expect(try repaired.tags().filter { $0.type == .script }.count == 1)
    #expect(try repaired.media() == clip.tags)
    #expect(repaired.totals.tagsKept == tags.count && repaired.totals.tagsInserted == 0)
    #expect(try Repaired(repaired.files[0]).changes.isEmpty)
  }

  @Test func laterMetadataKeepsWhatIsNotMeasured() throws {
    let about = RepairClip.metadata([AMFProperty("filesize", .number(5))])
    let mixed = RepairClip.metadata([
      AMFProperty("duration", .number(4)), AMFProperty("title", .string("part one")),
    ])
    let other = RepairClip.metadata([AMFProperty("title", .string("part two"))])
    let cue = RepairClip.Tag(type: .script, time: 200, body: [2, 0, 1, 0x78, 5])
    let first = RepairClip.metadata([])
    let tags = [first] + clip.tags[..<9] + [about, mixed, other, cue] + clip.tags[9...]
    let repaired = try Repaired(clip.file(tags))
    let title = RepairClip.metadata([AMFProperty("title", .string("part one"))])
    #expect(
      try repaired.tags().filter { $0.type == .script }.dropFirst().map(\.body)
        == [title, other, cue].map(\.body))
    #expect(repaired.totals.tagsDropped == 1)
    #expect(repaired.plan.files[0].byteCount == repaired.files[0].count)
    #expect(try Repaired(repaired.files[0]).changes.isEmpty)
  }

  @Test func aFileAppendedWithoutItsHeaderLosesItsMetadata() throws {
    let metadata = [1, 2].map { RepairClip.metadata([AMFProperty("id", .number($0))]) }
    let bytes = clip.file([metadata[0]] + clip.tags) + clip.file([metadata[1]] + clip.tags)[13...]
    let repaired = try Repaired(bytes)
    #expect(try repaired.tags().filter { $0.type == .script }.count == 1)
    #expect(try properties(repaired).first?.value == .number(1))
  }

  @Test func nothingIsSaidOfAFileWithoutFrames() throws {
    let headers = Array(clip.tags[..<2])
    let found = try properties(Repaired(clip.file(headers)))
    #expect(found.map(\.key) == ["width", "height", "videocodecid", "audiocodecid", "filesize"])
    let old = RepairClip.metadata([AMFProperty("duration", .number(5))])
    #expect(try properties(Repaired(clip.file([old] + headers))).first?.value == .number(5))
  }

  @Test func duplicatesObjectsAndDamageAreWrittenAnew() throws {
    let found = try properties(
      repaired([
        AMFProperty("a", .number(1)), AMFProperty("b", .null), AMFProperty("a", .number(2)),
      ]))
    #expect(found.prefix(2).map(\.key.text) == ["a", "b"] && found[0].value == .number(2))
    var writer = ByteWriter()
    FLVScriptData("onMetaData", [.object(AMFObject([AMFProperty("encoder", .string("x"))]))])
      .write(to: &writer)
    for end in [writer.bytes, Array(writer.bytes.dropLast(3)), writer.bytes + [1, 2]] {
      let tags = [RepairClip.Tag(type: .script, time: 0, body: end)] + clip.tags
      let repaired = try Repaired(clip.file(tags))
      #expect(try properties(repaired).first?.key == "encoder")
      #expect(try Repaired(repaired.files[0]).changes.isEmpty)
    }
  }

  @Test func oneKeyframeNeedsNoIndex() throws {
    let short = RepairClip(pictures: 3)
    #expect(try Repaired(short.bytes).metadata()?.keyframes == nil)
    let index = AMFValue.object(
      AMFObject([
        AMFProperty("filepositions", .strictArray([.number(1), .number(2)])),
        AMFProperty("times", .strictArray([.number(0), .number(7)])),
      ]))
    let tags = [RepairClip.metadata([AMFProperty("keyframes", index)])] + short.tags
    #expect(try Repaired(short.file(tags)).metadata()?.keyframes == nil)
  }
}
