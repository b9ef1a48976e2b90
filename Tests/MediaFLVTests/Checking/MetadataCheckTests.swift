import MediaFLV
import MediaModel
import Testing

/// Metadata against what was measured.
struct MetadataCheckTests {
  struct Entry: CustomTestStringConvertible {
    var name: AMFString
    var value: AMFValue
    var code: String?
    var testDescription: String { "\(name.text) \(value)" }

    init(_ name: AMFString, _ value: AMFValue, _ code: String? = nil) {
      (self.name, self.value, self.code) = (name, value, code)
    }
  }

  // 1 s of frames from 0 on; the last picture is due at 960 ms, the last sound at 980.
  @Test(arguments: [
    Entry("duration", .number(1)), Entry("duration", .number(0.98)),
    Entry("duration", .number(0.95)), Entry("duration", .number(1.04)),
    Entry("duration", .number(0.9), "W12020"), Entry("duration", .number(1.1), "W12020"),
    Entry("duration", .number(.nan), "W12020"), Entry("duration", .number(-1), "W12020"),
    Entry("duration", .number(.infinity), "W12020"), Entry("duration", .number(0), "I12015"),
    Entry("duration", .null), Entry("duration", .string("x"), "I12008"),
    Entry("filesize", .number(5), "W12021"), Entry("filesize", .number(1e300), "W12021"),
    Entry("filesize", .number(.nan), "W12021"), Entry("filesize", .number(0), "I12015"),
    Entry("framerate", .number(25)), Entry("framerate", .number(24.9)),
    Entry("framerate", .number(0)), Entry("framerate", .number(24), "W12023"),
    Entry("framerate", .number(30), "W12023"), Entry("framerate", .number(.nan), "W12023"),
    Entry("videocodecid", .number(7)), Entry("videocodecid", .string("avc1")),
    Entry("videocodecid", .number(1_635_148_593)), Entry("videocodecid", .number(2), "W12024"),
    Entry("videocodecid", .number(0), "W12024"),
    Entry("videocodecid", .number(1_635_135_537), "W12024"),
    Entry("videocodecid", .number(7.5), "W12024"), Entry("videocodecid", .string("VP62"), "W12024"),
    Entry("audiocodecid", .number(10)), Entry("audiocodecid", .string("mp4a")),
    Entry("audiocodecid", .number(9), "W12024"), Entry("audiocodecid", .number(2), "W12024"),
    Entry("audiosamplerate", .number(44_100)), Entry("audiosamplerate", .number(44_000)),
    Entry("audiosamplerate", .number(48_000), "W12025"), Entry("audiochannels", .number(2)),
    Entry("audiochannels", .number(1), "W12025"), Entry("stereo", .boolean(true)),
    Entry("stereo", .boolean(false), "W12025"),
  ])
  func propertiesAreHeldAgainstTheTags(_ entry: Entry) throws {
    let file = MadeFLV.clip(metadata: [entry.name: entry.value])
    #expect(try check(file.bytes).map(\.code.code) == (entry.code.map { [$0] } ?? []))
    #expect(try check(file.bytes).allSatisfy { $0.offset == 13 })
  }

  @Test func messagesHaveBothNumbers() throws {
    let cases: [(AMFString, AMFValue, String)] = [
      ("duration", .number(4.5), "duration is 4.5 s, the frames last 1 s"),
      ("framerate", .number(29.97), "framerate is 29.97, the video has 25 frames per second"),
      (
        "videocodecid", .number(1_635_135_537),
        "videocodecid is 1635135537 (av01), the video is h264 (7)"
      ),
      ("audiosamplerate", .number(48_000), "audiosamplerate is 48000, the sound has 44100 Hz"),
      ("stereo", .boolean(false), "stereo is false, the sound has 2 channels"),
    ]
    for (name, value, message) in cases {
      #expect(try check(MadeFLV.clip(metadata: [name: value]).bytes).map(\.message) == [message])
    }
  }

  @Test func durationsMayCountFromTheFirstTimestamp() throws {
    for (duration, isRight) in [(1.0, true), (6.0, true), (3.5, false)] {
      var file = MadeFLV.clip(0..<0, metadata: ["duration": .number(duration)])
      file.frames(0..<1000) { $0 + 5000 }
      let codes = try check(file.bytes).map(\.code)
      #expect(codes == (isRight ? [.firstTimestamp] : [.firstTimestamp, .metadataDuration]))
    }
  }

  @Test func nothingIsSaidOfTimeThatIsBroken() throws {
    var file = MadeFLV.clip(0..<1000, metadata: ["duration": .number(2)])
    file.frames(1000..<2000) { $0 + 36_000_000 }
    #expect(try check(file.bytes).map(\.code) == [.timestampJump])
  }

  @Test func aVariableFrameRateMayBeTheNominalOne() throws {
    for (rate, isRight) in [(25.0, true), (16.7, true), (50, false), (10, false)] {
      var file = MadeFLV.clip(0..<0, metadata: ["framerate": .number(rate)])
      for time in stride(from: 0 as Int32, to: 4000, by: 40) where time % 120 != 0 || time == 0 {
        file.video(at: time, isKey: time == 0)
      }
      #expect(try check(file.bytes).map(\.code) == (isRight ? [] : [.metadataFrameRate]))
    }
  }

  @Test func sizesOfOldCodecsAreMeasured() throws {
    for (width, codes) in [(352.0, []), (0, []), (320, [.metadataSize])]
      as [(Double, [FindingCode])]
    {
      var file = MadeFLV()
      file.metadata(["width": .number(width), "height": .number(288)])
      // Sorenson H.263, PictureSize 2: 352x288.
      for time in 0..<5 as Range<Int32> {
        file.add(.video, [0x12, 0, 0, 0x84, 0x01, 0, 0], timestamp: time * 40)
      }
      let bytes = file.replacing(at: 4, [1])
      #expect(try check(bytes).map(\.code) == codes)
    }
  }

  @Test func formatsOfFixedRateAreMeasured() throws {
    let cases: [(UInt8, Double, Double, [FindingCode])] = [
      // Nellymoser 16 kHz goes by 6 in metadata.
      (0x42, 6, 16_000, []), (0x42, 6, 22_050, [.metadataAudio]),
      (0x2e, 2, 44_100, []), (0x2e, 2, 22_050, [.metadataAudio]),
      // SoundRate cannot say 48 kHz.
      (0x2e, 2, 48_000, []), (0x0e, 3, 44_100, []), (0x3a, 0, 22_050, []),
    ]
    for (header, codec, rate, codes) in cases {
      var file = MadeFLV()
      file.metadata(["audiocodecid": .number(codec), "audiosamplerate": .number(rate)])
      for time in 0..<5 as Range<Int32> { file.add(.audio, [header, 1, 2], timestamp: time * 20) }
      #expect(try check(file.replacing(at: 4, [4])).map(\.code) == codes)
    }
  }

  @Test func aFourCCIsNotLost() throws {
    // Recorders have written 0, 7 and 9 for what Enhanced RTMP names by FourCC.
    let cases: [(AMFValue, [FindingCode])] = [
      (.number(0), [.metadataCodec]), (.number(7), [.metadataCodec]),
      (.number(12), []), (.number(1_752_589_105), []), (.string("hvc1"), []),
    ]
    for (value, codes) in cases {
      var file = MadeFLV()
      file.metadata(["videocodecid": value])
      file.add(.video, [0x90] + Array("hvc1".utf8) + Self.hvcC)
      file.add(.video, [0x93] + Array("hvc1".utf8) + [0, 0, 0, 2, 0x26, 1])
      #expect(try check(file.replacing(at: 4, [1])).map(\.code) == codes)
    }
  }

  /// An hvcC without parameter sets.
  private static let hvcC: [UInt8] = [1, 1] + [UInt8](repeating: 0, count: 19) + [3, 0]

  @Test func aCodecWithoutATrackIsWrong() throws {
    for (id, codes) in [(7.0, [.metadataCodec]), (0, [])] as [(Double, [FindingCode])] {
      var file = MadeFLV()
      file.metadata(["videocodecid": .number(id)])
      file.audioConfig()
      for time in 0..<5 as Range<Int32> { file.audio(at: time * 20) }
      #expect(try check(file.replacing(at: 4, [4])).map(\.code) == codes)
    }
  }

  @Test func mapsOfTracksAreHeldAgainstTheirTracks() throws {
    func map(_ codec: Double) -> AMFValue {
      .object(
        AMFObject([
          AMFProperty(
            "1",
            .object(
              AMFObject([
                AMFProperty("audiocodecid", .number(codec))
              ])))
        ]))
    }
    for (codec, codes) in [(10.0, []), (2, [.metadataCodec])] as [(Double, [FindingCode])] {
      var file = MadeFLV.clip(metadata: ["audioTrackIdInfoMap": map(codec)])
      file.add(.audio, [0x95, 0x00] + Array("mp4a".utf8) + [1] + MadeFLV.aac, timestamp: 1000)
      file.add(.audio, [0x95, 0x01] + Array("mp4a".utf8) + [1, 0x21], timestamp: 1000)
      let findings = try check(file.bytes)
      #expect(findings.map(\.code) == codes)
      #expect(findings.allSatisfy { $0.stream == 2 })
    }
  }

  // MARK: Keyframe index

  /// A clip whose index says what `entries` makes of each keyframe's offset and milliseconds.
  private func indexed(
    _ entries: (Int, Int32) -> (Double, Double)?, more: [(Double, Double)] = []
  ) -> MadeFLV {
    // The size of the tag does not depend on the numbers, but on how many there are.
    var keys = [(0, 0 as Int32)]
    var file = MadeFLV()
    for _ in 0..<3 {
      let pairs = keys.compactMap { entries($0.0, $0.1) } + more
      let list = AMFObject([
        AMFProperty("filepositions", .strictArray(pairs.map { .number($0.0) })),
        AMFProperty("times", .strictArray(pairs.map { .number($0.1) })),
      ])
      file = MadeFLV.clip(metadata: ["keyframes": .object(list)])
      keys = file.tags.filter { $0.header.type == .video && $0.body[0] == 0x17 && $0.body[1] == 1 }
        .map { ($0.offset, $0.header.timestamp) }
    }
    return file
  }

  private func right(_ offset: Int, _ time: Int32) -> (Double, Double)? {
    (Double(offset), Double(time) / 1000)
  }

  @Test func bothDialectsOfAnIndexAreRight() throws {
    #expect(try check(indexed(right).bytes).isEmpty)
    let behind = try check(indexed { (Double($0 + 11), Double($1) / 1000) }.bytes)
    #expect(places(behind) == ["I12031 at 13"])
    #expect(
      behind.first?.message
        == "5 of 5 positions are those of the bodies, 11 bytes behind the tags")
    // Some leave keyframes out.
    #expect(try check(indexed { $1 % 400 == 0 ? right($0, $1) : nil }.bytes).isEmpty)
  }

  @Test func aWrongIndexIsOneFinding() throws {
    let cases: [(MadeFLV, String)] = [
      (indexed { (Double($0 - 100), Double($1) / 1000) }, "all 5 positions are 100 bytes too low"),
      (indexed { (Double($0 + 7), Double($1) / 1000) }, "all 5 positions are 7 bytes too high"),
      (
        indexed(right, more: [(1e6, 2)]),
        "1 of 6 positions point at no keyframe, the first is 1000000"
      ),
      (
        indexed { (Double($0), $1 == 400 ? 7 : Double($1) / 1000) },
        "1 time is wrong, the first is 7 s for a keyframe at 0.4 s"
      ),
      (indexed { (-Double($0), Double($1) / 1000) }, "5 positions of no whole number"),
      (indexed(right, more: [(400, 0)]), "the positions are not in order"),
    ]
    for (file, words) in cases {
      let findings = try check(file.bytes)
      #expect(places(findings) == ["W12030 at 13"])
      let message = findings.first?.message ?? ""
      #expect(message.contains(words), "\(message)")
    }
  }

  /// Findings about a keyframe at byte 5,000,000,000 of an input with this index.
  private func checkFar(_ positions: [Double]) throws -> [Finding] {
    var inspector = FLVInspector()
    var checker = FLVChecker()
    let header = FLVHeader(hasAudio: false, hasVideo: true)
    checker.header(header, at: 0)
    var file = MadeFLV()
    let index = AMFObject([
      AMFProperty("filepositions", .strictArray(positions.map { .number($0) })),
      AMFProperty("times", .strictArray(positions.map { _ in .number(0) })),
    ])
    file.metadata(["keyframes": .object(index)])
    file.videoConfig()
    file.video(at: 0, isKey: true)
    for (number, tag) in file.tags.enumerated() {
      let place = FLVTag(
        index: number, offset: number == 2 ? 5_000_000_000 : tag.offset, header: tag.header)
      let inspected = inspector.inspect(place, body: tag.body.span.bytes)
      var record = try #require(inspected)
      checker.check(&record, inspector)
    }
    return checker.finish(inspector, header: header, end: .clean, byteCount: nil)
  }

  @Test func positionsMayLieBeyond4GiB() throws {
    #expect(try checkFar([5e9]).isEmpty)
    // What 32 bits leave of it.
    #expect(try checkFar([5e9 - 0x1p32]).map(\.code) == [.keyframeIndex])
    // No file is as long; a number of that size is borne.
    for position in [0x1p53, 0x1p63, 0x1p64, -0x1p53, .infinity, .nan] {
      #expect(try checkFar([5e9, position]).map(\.code) == [.keyframeIndex], "\(position)")
    }
  }

  @Test func anIndexAtFramesThatAreNoKeysIsWrong() throws {
    let file = indexed { (Double($0 + 43), Double($1) / 1000) }
    #expect(try check(file.bytes).map(\.code) == [.keyframeIndex])
  }
}
