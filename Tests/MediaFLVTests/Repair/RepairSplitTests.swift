import MediaFLV
import Testing

/// One input, several files, each of which plays alone.
struct RepairSplitTests {
  private let one = RepairClip(pictures: 10, number: 1)
  private let two = RepairClip(pictures: 10, number: 2)
  private let other = RepairClip(pictures: 10, number: 3, configuration: 1)

  private func split(_ bytes: [UInt8]) throws -> [[RepairClip.Tag]] {
    let repaired = try Repaired(bytes, splits: true)
    for (index, file) in repaired.files.enumerated() {
      let media = try repaired.media(of: index)
      #expect(media.first { $0.isFrame && $0.type == .video }?.isKeyframe ?? true)
      #expect(media.filter(\.isFrame).map(\.time).min() == 0)
      #expect(try repaired.metadata(of: index)?.fileSize == Double(file.count))
      #expect(try Repaired(file).changes.isEmpty)
      #expect(repaired.plan.files[index].byteCount == file.count)
    }
    return try repaired.files.indices.map { try repaired.media(of: $0) }
  }

  @Test func withoutACauseThereIsOneFile() throws {
    #expect(try split(one.bytes) == [one.tags])
  }

  @Test func aFileThatStartsOver() throws {
    #expect(try split(one.bytes + two.bytes) == [one.tags, two.tags])
    #expect(try split(one.bytes + two.bytes.dropFirst(13)) == [one.tags, two.tags])
    #expect(try split(one.bytes + two.bytes + one.bytes) == [one.tags, two.tags, one.tags])
  }

  @Test func anotherConfiguration() throws {
    let later = other.timed { Int64($1) + 400 }
    #expect(try split(one.file(one.tags + later.tags)) == [one.tags, other.tags])
  }

  @Test func oneTracksConfigurationAlone() throws {
    // Pictures change, sound goes on as it was: its sequence header is repeated.
    var tags = other.timed { Int64($1) + 400 }.tags
    tags.remove(at: 1)
    let files = try split(one.file(one.tags + tags))
    #expect(files.count == 2)
    var expected = other.tags
    expected.remove(at: 1)
    #expect(files[1] == [one.tags[1]] + expected)
  }

  @Test func aKeyframeRightInFrontOfAChangeGoesWithIt() throws {
    // The sound of the second half has another configuration, told behind a keyframe.
    let later = other.timed { Int64($1) + 400 }
    var tags = Array(later.tags.dropFirst())
    tags.swapAt(0, 1)
    let files = try split(one.file(one.tags + tags))
    #expect(files.count == 2)
    #expect(files[0] == one.tags)
    var expected = Array(other.tags.dropFirst())
    expected.swapAt(0, 1)
    #expect(files[1] == [one.tags[0]] + expected)
  }

  @Test func aChangeWithoutAKeyframeBehindItOpensNoFile() throws {
    // Another configuration of the sound near the end: only other pictures and sound follow.
    for place in [one.tags.count - 8, one.tags.count - 1] {
      var tags = one.tags
      var config = other.tags[1]
      config.time = tags[place].time
      tags.insert(config, at: place)
      #expect(try split(one.file(tags)) == [tags])
    }
  }

  @Test func onlyTracksWithFramesGetTheirSequenceHeaders() throws {
    // Behind the jump there is only sound.
    let sound = two.timed { Int64($1) + 36_000_000 }.tags.dropFirst(2).filter { $0.type == .audio }
    let files = try split(one.file(one.tags + sound))
    #expect(files.count == 2)
    #expect(files[1].map(\.body) == [one.tags[1].body] + sound.map(\.body))
  }

  @Test func aLateSequenceHeaderIsRepeatedInEveryFileThatNeedsIt() throws {
    let sound = one.tags.filter { $0.type == .audio }
    var jumped = sound.dropFirst()
    for index in jumped.indices.dropFirst(5) { jumped[index].time += 36_000_000 }
    var late = jumped
    late.insert(sound[0], at: late.startIndex + 9)
    let files = try split(one.file(Array(late)))
    #expect(files.map(\.count) == [6, jumped.count - 5 + 2])
    #expect(files.allSatisfy { $0.first?.body == sound[0].body })
  }

  @Test func anInputWithMoreFilesThanItHadIsNoCrash() throws {
    let plan = try Repaired(one.bytes, splits: true).plan
    var options = FLVRepair.Options()
    options.splits = true
    let outputs = try Repaired.pass(one.bytes + two.bytes, FLVRepair(options, plan: plan)).1
    #expect(outputs.contains(.begin(file: 1)))
  }

  @Test func aSequenceHeaderOfSeveralTracksIsRepeatedForThoseItStillIsAbout() throws {
    // Tracks 0 and 1 get their configurations together, then track 0 another one.
    let mp4a = Array("mp4a".utf8)
    func body(_ track: UInt8, _ config: [UInt8]) -> [UInt8] {
      [track, 0, 0, UInt8(config.count)] + config
    }
    let both = RepairClip.Tag(
      type: .audio, time: 0,
      body: [0x95, 0x10] + mp4a + body(0, [0x12, 0x10]) + body(1, [0x12, 0x10]))
    let alone = RepairClip.Tag(
      type: .audio, time: 40, body: [0x95, 0x00] + mp4a + [0, 0x11, 0x90])
    func frames(_ times: [Int32]) -> [RepairClip.Tag] {
      times.map { RepairClip.Tag(type: .audio, time: $0, body: [0x95, 0x01] + mp4a + [0, 7]) }
    }
    let other = RepairClip.Tag(type: .audio, time: 40, body: [0x95, 0x01] + mp4a + [1, 7])
    let tags =
      [both] + frames([0, 20]) + [alone] + frames([40]) + [other]
      + frames([60, 36_000_000, 36_000_020])
    let files = try split(one.file(tags))
    #expect(files.count == 3)
    #expect(files[1].prefix(2).map(\.body) == [both, alone].map(\.body))
    // Track 1 has no frames here.
    #expect(files[2].map(\.body) == [alone, frames([0])[0], frames([0])[0]].map(\.body))
  }

  @Test func whatWaitsForAFrameIsLimited() {
    var options = FLVRepair.Options()
    options.splits = true
    var repair = FLVRepair(options)
    repair.header(FLVHeader(hasAudio: true, hasVideo: true), at: 0)
    var offset = 13
    for index in 0..<8 {
      let tag = FLVTag(
        index: index, offset: offset,
        header: FLVTagHeader(.script, dataSize: 1_000_000, timestamp: 0))
      let script = FLVScriptData("onMetaData", [.null])
      repair.tag(FLVTagRecord(tag, .script(script)), body: [UInt8]().span.bytes, streams: [])
      offset += 1_000_015
    }
    #expect(repair.totals.tagsKept > 0)
  }

  @Test func framesBeforeAKeyframeStayInTheFileBefore() throws {
    // The clock jumps at picture 6; the next keyframe is picture 10.
    let long = RepairClip(pictures: 15)
    let place = 2 + 6 * 3
    let jumped = long.timed { $0 < place ? Int64($1) : Int64($1) + 36_000_000 }
    let files = try split(jumped.bytes)
    let next = 2 + 10 * 3
    #expect(files[0] == Array(long.tags[..<next]))
    #expect(files[1].map(\.body) == (long.tags[..<2] + long.tags[next...]).map(\.body))
    #expect(files[1].filter(\.isFrame).map(\.time) == long.tags[next...].map { $0.time - 400 })
  }

  @Test func soundAloneIsCutAtOnce() throws {
    let sound = one.tags.filter { $0.type == .audio }
    let place = 7
    let jumped = sound.enumerated().map { index, tag in
      var tag = tag
      if index >= place { tag.time += 36_000_000 }
      return tag
    }
    let files = try split(one.file(jumped))
    #expect(files.map(\.count) == [place, sound.count - place + 1])
  }

  @Test func anEndOfSequenceEndsTheFileBefore() throws {
    let end = RepairClip.Tag(type: .video, time: 360, body: [0x17, 2, 0, 0, 0])
    #expect(try split(one.file(one.tags + [end]) + two.bytes) == [one.tags + [end], two.tags])
  }

  @Test func aJoinedFilesMetadataGoesWithIt() throws {
    let metadata = ["first", "second"].map {
      RepairClip.metadata([AMFProperty("encoder", .string(AMFString($0)))])
    }
    let bytes = one.file([metadata[0]] + one.tags) + two.file([metadata[1]] + two.tags)
    let repaired = try Repaired(bytes, splits: true)
    #expect(try [0, 1].map { try repaired.metadata(of: $0)?.encoder } == ["first", "second"])
    // Without one of its own a file has that of the file before.
    let inherited = try Repaired(one.file([metadata[0]] + one.tags) + two.bytes, splits: true)
    #expect(try inherited.metadata(of: 1)?.encoder == "first")
  }
}
