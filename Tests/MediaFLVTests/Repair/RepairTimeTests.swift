import MediaFLV
import Testing

/// Clocks that jump, start over and run over.
struct RepairTimeTests {
  private let clip = RepairClip(pictures: 20)
  /// The first tag after a change: a picture, 16 pictures in.
  private let place = 2 + 8 * 3

  /// The times of all frames behind a repair.
  private func times(_ clip: RepairClip, maxJump: Int64 = 10_000) throws -> [Int32] {
    let repaired = try Repaired(clip.bytes, maxJump: maxJump)
    let media = try repaired.media()
    #expect(media.map(\.body) == clip.tags.map(\.body))
    #expect(try Repaired(repaired.files[0], maxJump: maxJump).changes.isEmpty)
    return media.filter(\.isFrame).map(\.time)
  }

  @Test(arguments: [36_000_000, 20_001, -320, -200, -40_000_000])
  func aChangeOfTheClockIsClosed(by jump: Int64) throws {
    let changed = clip.timed { $0 < place ? Int64($1) : Int64($1) + jump }
    #expect(try times(changed) == clip.frameTimes)
  }

  @Test func aStepUpToTheLimitIsNoJump() throws {
    let changed = clip.timed { $0 < place ? Int64($1) : Int64($1) + 9900 }
    #expect(try times(changed) == changed.frameTimes)
    #expect(try times(changed, maxJump: 1000) == clip.frameTimes)
  }

  @Test(arguments: [1 << 24, 1 << 31, 1 << 32] as [Int64])
  func aClockThatRunsOverGoesOnExactly(period: Int64) throws {
    let start = period - 407
    let wrapped = clip.timed { (start + Int64($1)) % period }
    // What 31 bits cannot say begins at 0.
    let origin = period == 1 << 24 ? start : 0
    #expect(try times(wrapped).map { Int64($0) - origin } == clip.frameTimes.map(Int64.init))
  }

  @Test func aTrackThatIsLateStaysBeforeTheWrap() throws {
    var tags = clip.timed { _, time in (1 << 24) - 410 + Int64(time) }.tags
    // A picture from before the wrap behind sound from after it.
    let late = try #require(tags.firstIndex { $0.type == .video && $0.time >= (1 << 24) - 40 })
    let picture = tags.remove(at: late)
    tags.insert(picture, at: late + 2)
    let wrapped = tags.map { tag in
      var tag = tag
      tag.time &= 0xff_ffff
      return tag
    }
    let media = try Repaired(clip.file(wrapped)).media()
    #expect(media.filter(\.isFrame).map(\.time) == tags.filter(\.isFrame).map(\.time))
  }

  @Test func negativeTimesBeginAtZero() throws {
    let early = clip.timed { Int64($1) - 5000 }
    #expect(try times(early) == clip.frameTimes)
  }

  @Test(arguments: [36_000_000, 0, -7] as [Int64])
  func oneFrameOutOfTimeDoesNotMoveTheOthers(time: Int64) throws {
    let changed = clip.timed { $0 == place ? (time < 0 ? Int64($1) - 45 : time) : Int64($1) }
    var expected = clip.frameTimes
    expected[place - 2] = 280 + 40
    let found = try times(changed)
    #expect(found == expected)
  }

  @Test func smallReorderingBetweenTracksIsLeft() throws {
    var tags = clip.tags
    for index in stride(from: 5, to: 50, by: 6) { tags.swapAt(index, index + 1) }
    let repaired = try Repaired(clip.file(tags))
    #expect(repaired.changes(.timestamp).isEmpty)
  }

  @Test func equalTimesWithinATrackAreLeft() throws {
    let changed = clip.timed { index, time in Int64(time) / 80 * 80 }
    #expect(try Repaired(changed.bytes).changes(.timestamp).isEmpty)
  }

  @Test func eachTrackGoesOnWhereItsLastFrameEnds() throws {
    // Pictures are 8 ms behind the sound, which is the first to start over.
    let frames = (0..<50).flatMap { index -> [RepairClip.Tag] in
      let time = Int32(index) * 40
      return audio([time, time + 20]) + video([time + 8])
    }
    let broken = frames.enumerated().map { index, tag in
      var tag = tag
      if index >= 38 * 3 { tag.time -= 900 }
      return tag
    }
    let expected = frames.map(\.time)
    #expect(try repaired(broken) == expected)
  }

  @Test(arguments: [0, 4_000_000] as [Int32])
  func framesOfAClockThatStandsStillAreSpaced(at start: Int32) throws {
    var still = clip.timed { _, _ in Int64(start) }
    // The configuration is AAC of 44,100 Hz.
    var tags = still.tags
    let rate = RepairClip.metadata([AMFProperty("framerate", .number(50))])
    still.tags = [rate] + tags
    let repaired = try Repaired(still.bytes)
    let media = try repaired.media()
    tags = media.filter(\.isFrame)
    #expect(tags.filter { $0.type == .video }.map(\.time) == (0..<20).map { start + $0 * 20 })
    let sound = tags.filter { $0.type == .audio }.map(\.time)
    #expect(sound == (0..<40).map { start + Int32((Double($0) * 1024 / 44.1).rounded()) })
    #expect(media.map(\.body) == clip.tags.map(\.body))
    #expect(try Repaired(repaired.files[0]).changes.isEmpty)
  }

  @Test func aClockThatStoodStillGoesOn() throws {
    // Pictures 20 to 60 have the time of picture 20.
    let long = RepairClip(pictures: 100)
    let stood = long.timed { index, time in
      let isLate = index >= 2 && (index - 2) % 3 == 0 && (800..<2400).contains(time)
      return isLate ? 800 : Int64(time)
    }
    #expect(try times(stood) == long.frameTimes)
  }

  @Test func presentationTimesInPlaceOfDecodingTimesDoNotStretch() throws {
    // Pictures 1 to 3 of each four in another order.
    let order: [Int64] = [0, 120, -40, -80]
    let changed = clip.timed { index, time in
      let picture = (index - 2) / 3
      guard index >= 2, (index - 2) % 3 == 0 else { return Int64(time) }
      return Int64(time) + (picture % 4 == 0 ? 0 : order[picture % 4])
    }
    let found = try times(changed)
    #expect((found.max() ?? 0) <= 900)
    let sound = zip(clip.tags.filter(\.isFrame), found).filter { $0.0.type == .audio }
    #expect(sound.allSatisfy { $0.0.time == $0.1 })
  }

  @Test func aTrackThatPausesIsNoJump() throws {
    let long = RepairClip(pictures: 600)
    let tags = long.tags.enumerated().filter { index, tag in
      tag.type == .video || !(1000..<23_000).contains(tag.time)
    }.map(\.element)
    #expect(try Repaired(long.file(tags)).changes(.timestamp).isEmpty)
  }

  @Test func whatIsNoFrameFollowsTheClock() throws {
    var tags = clip.tags
    // A repeated sequence header whose writer left its time at 0.
    tags.insert(clip.tags[0], at: place)
    let media = try Repaired(clip.file(tags)).media()
    #expect(media[place].time == 280)
    #expect(media.filter(\.isFrame).map(\.time) == clip.frameTimes)
  }

  @Test func moreThan31BitsOfTimeBeginAgainInAnotherFile() throws {
    let long = clip.timed { index, time in
      index < place ? Int64(time) : Int64(time) + 0x7f00_0000 - 100
    }
    let repaired = try Repaired(long.bytes, splits: true, maxJump: 1 << 40)
    #expect(repaired.files.count == 2)
    #expect(repaired.plan.files.map(\.content.reason) == [.start, .length])
  }

  // MARK: Tracks that are not side by side

  private func video(_ times: some Sequence<Int32>) -> [RepairClip.Tag] {
    times.map { RepairClip.Tag(type: .video, time: $0, body: [0x17, 1, 0, 0, 0, 5]) }
  }

  private func audio(_ times: some Sequence<Int32>) -> [RepairClip.Tag] {
    times.map { RepairClip.Tag(type: .audio, time: $0, body: [0xaf, 1, 5]) }
  }

  /// The times of the frames in a file of these tags behind a repair, and those they had.
  private func repaired(_ frames: [RepairClip.Tag]) throws -> [Int32] {
    let file = clip.file(Array(clip.tags[..<2]) + frames)
    let repaired = try Repaired(file)
    #expect(try Repaired(repaired.files[0]).changes.isEmpty)
    return try repaired.media().dropFirst(2).map(\.time)
  }

  @Test func tracksInLongBlocksStayTogether() throws {
    let frames = (0..<3).flatMap { block -> [RepairClip.Tag] in
      let times = stride(from: Int32(block) * 12_000, to: Int32(block + 1) * 12_000, by: 400)
      return audio(times) + video(times)
    }
    #expect(try repaired(frames) == frames.map(\.time))
  }

  @Test(arguments: [0, 15_000, 40_000] as [Int32])
  func aTrackMayBeginAnywhere(start: Int32) throws {
    let sound = audio(stride(from: 20_000, to: 35_000, by: 500))
    let frames = sound + video(stride(from: start, to: start + 15_000, by: 500))
    #expect(try repaired(frames) == frames.map(\.time))
  }

  @Test func aFirstFrameBehindAClockSetAnewGoesWithIt() throws {
    let sound = audio(stride(from: 0, to: 4000, by: 40))
    let both = stride(from: Int32(0), to: 400, by: 40).flatMap { video([$0]) + audio([$0]) }
    #expect(try repaired(sound + both) == (sound.map(\.time) + both.map { $0.time + 4000 }))
  }

  @Test func blocksGoOverToANewClockEachInItsTurn() throws {
    // Ten hours are missing at 6 s, in the midst of the second block of each track.
    let frames = (0..<4).flatMap { block -> [RepairClip.Tag] in
      let times = stride(from: Int32(block) * 4000, to: Int32(block + 1) * 4000, by: 400)
      return audio(times) + video(times)
    }
    let broken = frames.map { tag in
      var tag = tag
      if tag.time >= 6000 { tag.time += 36_000_000 }
      return tag
    }
    #expect(try repaired(broken) == frames.map(\.time))
  }

  @Test func sparsePicturesAreNoJumps() throws {
    let slides = video(stride(from: 0, to: 600_000, by: 30_000))
    #expect(try repaired(slides) == slides.map(\.time))
    let irregular = video([0, 30_000, 75_000, 90_000, 150_000])
    #expect(try repaired(irregular) == irregular.map(\.time))
  }

  @Test func aGapThatOtherTracksDoNotShareIsLeft() throws {
    let frames =
      audio(stride(from: 0, to: 5000, by: 100)) + video(stride(from: 0, to: 5000, by: 100))
      + video(stride(from: 65_000, to: 70_000, by: 100))
      + audio(stride(from: 5000, to: 70_000, by: 100))
    #expect(try repaired(frames) == frames.map(\.time))
  }

  @Test func aJumpBehindTheFirstFrameIsClosedToTheStepThatFollows() throws {
    let frames = video([0] + Array(stride(from: 3_600_000, to: 3_602_000, by: 40)))
    #expect(try repaired(frames) == (0...50).map { $0 * 40 })
  }

  @Test(arguments: [36_000_000, -0x7fff_ff00] as [Int32])
  func aTracksFirstFrameAloneMayBeStray(time: Int32) throws {
    var changed = clip
    changed.tags[3].time = time
    #expect(try times(changed).dropFirst(3) == clip.frameTimes.dropFirst(3))
  }

  @Test func aStrayFrameRightInFrontOfANewClockIsNoClock() throws {
    var tags = clip.tags + clip.tags.dropFirst(2)
    let stray = clip.tags.count - 3
    tags[stray].time = 15_000_000
    var expected = clip.frameTimes + clip.frameTimes.map { $0 + 800 }
    expected[stray - 2] = 760
    let media = try Repaired(clip.file(tags)).media()
    #expect(media.dropFirst(2).map(\.time) == expected)
  }

  @Test func aTracksStrayFirstFrameMayBeLongBeforeItsNext() throws {
    let sound = audio(stride(from: 0, to: 2000, by: 20))
    let pictures = video([4_000_000] + Array(stride(from: 1040, to: 2000, by: 40)))
    let frames = sound[..<40] + pictures[..<1] + sound[40..<53] + pictures[1...] + sound[53...]
    var expected = frames.map(\.time)
    expected[40] = 1000
    #expect(try repaired(Array(frames)) == expected)
  }

  @Test func oneWrongBitIsNoClockThatRanOver() throws {
    for index in [place, place + 1, clip.tags.count - 1] {
      var changed = clip
      changed.tags[index].time ^= Int32.min
      #expect(try times(changed) == clip.frameTimes)
    }
  }

  @Test func twoStrayFramesDoNotMoveTheOthers() throws {
    var changed = clip
    for index in [place, place + 3] { changed.tags[index].time += 36_000_000 }
    let found = try times(changed)
    for (old, new) in zip(clip.frameTimes, found) { #expect(abs(old - new) <= 40) }
  }
}
