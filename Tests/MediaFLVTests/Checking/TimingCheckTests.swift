import MediaFLV
import MediaModel
import Testing

/// Timestamps and composition times.
struct TimingCheckTests {
  /// A clip whose tags from one second on tell `clock` of the real time.
  private func clip(
    from start: Int32 = 0, _ clock: (Int32) -> Int32
  ) -> MadeFLV {
    var file = MadeFLV.clip(0..<0)
    file.frames(0..<1000) { $0 + start }
    file.frames(1000..<2000, clock: clock)
    return file
  }

  /// Where the timestamp of the tag that `clock` first changed lies.
  private func place(_ file: MadeFLV) -> Int { file.tags[78].offset + 4 }

  @Test func aBreakOfTheClockIsOneFinding() throws {
    let top: Int32 = 0xff_ffff - 990
    let end = Int32.max - 990
    let cases: [(Int32, (Int32) -> Int32, [FindingCode])] = [
      (0, { $0 + 36_000_000 }, [.timestampJump]),
      (0, { $0 + 10_001 }, [.timestampJump]),
      (5000, { $0 - 1000 }, [.firstTimestamp, .timestampRegression]),
      (top, { ($0 + top) & 0xff_ffff }, [.firstTimestamp, .missingExtension]),
      (top, { $0 + top }, [.firstTimestamp, .crosses24Bits]),
      (end, { $0 &+ end }, [.firstTimestamp, .crosses24Bits, .timestampWrap]),
      // FFmpeg writes 31 bits.
      (end, { ($0 &+ end) & Int32.max }, [.firstTimestamp, .crosses24Bits, .timestampWrap]),
    ]
    for (start, clock, codes) in cases {
      let file = clip(from: start, clock)
      let findings = try check(file.bytes)
      #expect(findings.map(\.code) == codes)
      #expect(findings.last?.offset == place(file))
      #expect(findings.last?.stream == 0)
    }
  }

  @Test func aStepUpToTheLimitIsNoJump() throws {
    var file = MadeFLV.clip(0..<1000)
    file.frames(10_960..<12_000)
    #expect(try check(file.bytes).isEmpty)
    #expect(try check(file.bytes, maxJump: 5000).map(\.code) == [.timestampJump])
    #expect(
      try check(file.bytes, maxJump: 5000).first?.message
        == "the timestamp goes from 960 to 10960, a step of 10000 ms")
  }

  @Test func aRegularLowFrameRateIsNoJump() throws {
    for (rate, jumps) in [(0.05, 0), (0.5, 1), (nil, 1)] as [(Double?, Int)] {
      var file = MadeFLV()
      file.metadata(rate.map { ["framerate": .number($0)] } ?? [:])
      file.videoConfig()
      for index: Int32 in 0..<6 { file.video(at: index * 20_000 + index % 2, isKey: true) }
      let found = try check(file.bytes).filter { $0.code == .timestampJump }
      #expect(found.count == jumps && found.allSatisfy { $0.offset == file.tags[3].offset + 4 })
      // Another step is one.
      file.video(at: 160_000, isKey: true)
      #expect(try check(file.bytes).filter { $0.code == .timestampJump }.count == jumps + 1)
    }
  }

  @Test func anyLimitIsSound() throws {
    var file = MadeFLV.clip(0..<1000)
    file.audio(at: 979)
    for limit in [Int64.min, -1, 0, 1 << 24, 1 << 40, Int64.max] {
      let codes = try check(file.bytes, maxJump: limit).map(\.code)
      #expect(codes.last == .timestampRegression)
    }
  }

  @Test func aStrayTimestampIsOneFinding() throws {
    for stray in [Int32(36_000_000), -5_000_000] {
      var file = MadeFLV.clip(0..<1000)
      file.audio(at: stray)
      file.frames(1020..<2000)
      #expect(try check(file.bytes).count == 1)
    }
  }

  @Test func everyRestartIsAFinding() throws {
    var file = MadeFLV.clip(0..<5000)
    let first = file.bytes.count
    file.frames(0..<5000)
    let second = file.bytes.count
    file.frames(0..<5000)
    #expect(
      places(try check(file.bytes)) == [
        "E10247 at \(first + 4) #0", "E10247 at \(second + 4) #0",
      ])
  }

  @Test func smallRegressionsAreEachTracksOwn() throws {
    var file = MadeFLV.clip(0..<1000)
    file.video(at: 920)
    file.audio(at: 940)
    file.frames(1000..<1200)
    let findings = try check(file.bytes)
    #expect(findings.map(\.code) == [.timestampRegression, .timestampRegression])
    #expect(findings.map(\.stream) == [0, 1])
    #expect(findings[0].message == "the timestamp goes from 960 to 920, back by 40 ms")
    #expect(findings[0].time == 0.92)
  }

  @Test func tracksOfOneMessageHaveClocksOfTheirOwn() throws {
    var file = MadeFLV()
    file.metadata()
    // ManyTracks of Opus, 0 and 5: each tag carries a frame of both.
    let body: [UInt8] = [0x95, 0x11] + Array("Opus".utf8) + [0, 0, 0, 1, 0xfc, 5, 0, 0, 1, 0xfc]
    for time in [0, 20, 40, 60, 40, 80] as [Int32] { file.add(.audio, body, timestamp: time) }
    let errors = try check(file.bytes).filter { $0.severity == .error }
    let place = "E10247 at \(file.tags[5].offset + 4)"
    #expect(places(errors) == ["\(place) #0", "\(place) #1"])
  }

  @Test func equalTimestampsAreLawful() throws {
    var file = MadeFLV.clip(0..<1000)
    file.audio(at: 980)
    let last = try #require(file.tags.last)
    #expect(places(try check(file.bytes)) == ["I10245 at \(last.offset + 4) #1"])
  }

  @Test func nanosecondsKeepTimestampsApart() throws {
    var file = MadeFLV()
    file.metadata()
    for nanoseconds: UInt8 in [0, 100, 200, 200] {
      let modifier: [UInt8] = [0x97, 2, 0, 0, nanoseconds, 0x01]
      file.add(.audio, modifier + Array("Opus".utf8) + [0xfc])
    }
    #expect(try check(file.bytes).filter { $0.code == .equalTimestamps }.count == 1)
  }

  @Test func onlyFramesAreTimed() throws {
    var file = MadeFLV.clip(0..<1000)
    file.script("onCuePoint", [.null], at: 90_000)
    file.videoConfig(at: 9000)
    file.add(.video, [0x17, 2, 0, 0, 0], timestamp: 960)
    file.add(.video, [0x57, 0], timestamp: 0)
    #expect(try check(file.bytes).map(\.code) == [.repeatedSequenceHeader])
  }

  @Test func aStrayTimestampOfASequenceHeaderIsTold() throws {
    let first: [(Int32, isTold: Bool)] = [(1 << 30, true), (.min, true), (9000, false)]
    for (time, isTold) in first {
      var file = MadeFLV()
      file.metadata()
      file.videoConfig()
      file.audioConfig(at: time)
      file.frames(0..<1000)
      let findings = try check(file.bytes)
      #expect(places(findings) == (isTold ? ["W10248 at \(file.tags[2].offset + 4) #1"] : []))
      guard isTold else { continue }
      #expect(
        findings[0].message
          == "the timestamp of the sequence header is \(time), that of the next frame 0")
    }
    let later: [(Int32, isTold: Bool)] = [(1 << 30, true), (20, true), (0, false), (32_000, false)]
    for (time, isTold) in later {
      var file = MadeFLV.clip(40_000..<41_000)
      for _ in 0..<3 {
        file.audioConfig(at: time)
        file.audio(at: 41_000)
      }
      // Also where no frame follows.
      file.audioConfig(at: time)
      let findings = try check(file.bytes).filter { $0.code == .headerTimestamp }
      #expect(findings.count == (isTold ? 1 : 0))
      file = MadeFLV.clip(40_000..<41_000)
      file.audioConfig(at: time)
      #expect(
        try check(file.bytes).filter { $0.code == .headerTimestamp }.map(\.message)
          == (isTold
            ? ["the timestamp of the sequence header is \(time), that of the last frame 40980"]
            : []))
    }
  }

  /// Its time is that of the frames behind it, or of when the server got it.
  @Test func aSequenceHeaderMayBreakTheClockOrBeOld() throws {
    var file = MadeFLV.clip(0..<1000)
    file.audioConfig(at: 60_000)
    file.frames(60_000..<61_000)
    #expect(try check(file.bytes).map(\.code) == [.repeatedSequenceHeader, .timestampJump])
    file = MadeFLV()
    file.metadata()
    file.videoConfig(at: 33)
    file.audioConfig(at: 20)
    file.frames(3_600_000..<3_601_000)
    #expect(try check(file.bytes).map(\.code) == [.firstTimestamp])
  }

  @Test func theFirstTimestampIsTold() throws {
    let cases: [(Int32, [FindingCode])] = [
      (100, [.firstTimestamp]), (-1500, [.negativeTimestamp]),
      (0x100_0000, [.firstTimestamp, .crosses24Bits]),
    ]
    for (start, codes) in cases {
      var file = MadeFLV.clip(0..<0)
      file.frames(0..<1000) { $0 + start }
      let findings = try check(file.bytes)
      #expect(findings.map(\.code) == codes)
      #expect(findings.first?.offset == file.tags[3].offset + 4)
    }
  }

  // MARK: Composition times

  @Test func bFramesOfAnyDepthAreLawful() throws {
    // Frames in groups: the last one shown is decoded first. 16 pictures may wait.
    for depth in 1...16 {
      var file = MadeFLV.clip(0..<0)
      for group in 0..<5 {
        for index in 0...depth {
          let time = Int32(group * (depth + 1) + index) * 40
          let shown = Int32(group * (depth + 1) + depth + (depth - index)) * 40
          file.video(at: time, offset: shown - time, isKey: index == 0)
        }
      }
      #expect(try check(file.bytes).isEmpty)
    }
  }

  @Test func anAnchorShownLongAfterItsDecodingIsLawful() throws {
    var file = MadeFLV.clip(0..<0)
    file.video(at: 0, offset: 40, isKey: true)
    file.video(at: 40, offset: 1600)
    for index in 2..<40 { file.video(at: Int32(index) * 40, offset: 0) }
    #expect(try check(file.bytes).allSatisfy { $0.severity < .error })
  }

  @Test func sixteenFramesMayWaitAndNoMore() throws {
    for (offset, isImpossible) in [(-600, false), (-640, true)] as [(Int32, Bool)] {
      var file = MadeFLV.clip(0..<0)
      for index in 0..<40 { file.video(at: Int32(index) * 40, offset: 80, isKey: index == 0) }
      file.video(at: 1600, offset: offset)
      for index in 41..<80 { file.video(at: Int32(index) * 40, offset: 80) }
      let place = "at \(file.tags[3 + 40].offset + 13) #0"
      let findings = try check(file.bytes)
      #expect(places(findings) == [(isImpossible ? "E11021 " : "I11020 ") + place])
      guard isImpossible else { continue }
      #expect(
        findings.first?.message
          == "the frame is due at 960 ms, but 17 frames before it only at 1000 ms or later")
    }
  }

  @Test func aNegativeCompositionTimeIsToldOnceATrack() throws {
    var file = MadeFLV.clip(0..<0)
    for index in 0..<20 { file.video(at: 100 + Int32(index) * 40, offset: -40, isKey: index == 0) }
    let findings = try check(file.bytes).filter { $0.code == .negativeCompositionTime }
    #expect(places(findings) == ["I11020 at \(file.tags[3].offset + 13) #0"])
  }
}
