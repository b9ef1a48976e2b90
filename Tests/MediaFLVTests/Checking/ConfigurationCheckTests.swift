import MediaFLV
import MediaModel
import Testing

/// Whether decoders can be set up.
struct ConfigurationCheckTests {
  /// A file without the tags at these indices.
  private func removing(_ indices: Int...) -> MadeFLV {
    var file = MadeFLV()
    for (index, tag) in MadeFLV.clip().tags.enumerated() where !indices.contains(index) {
      file.add(tag.header.type, tag.body, timestamp: tag.header.timestamp)
    }
    return file
  }

  @Test func aMissingSequenceHeaderIsToldWhereItIsMissed() throws {
    let video = removing(1)
    let findings = try check(video.bytes)
    #expect(places(findings) == ["E11010 at \(video.tags[2].offset) #1"])
    #expect(findings.first?.message == "25 h264 frames, but no sequence header")
    let audio = removing(2)
    #expect(places(try check(audio.bytes)) == ["E11010 at \(audio.tags[3].offset) #1"])
  }

  @Test func aLateSequenceHeaderIsToldWhereItStands() throws {
    var file = removing(1)
    file.videoConfig(at: 960)
    file.frames(1000..<2000)
    let findings = try check(file.bytes)
    let late = try #require(file.tags.first { $0.header.type == .video && $0.body[1] == 0 })
    #expect(places(findings) == ["E11011 at \(late.offset) #1"])
    #expect(
      findings.first?.message
        == "25 frames stand before the sequence header, the first at byte \(file.tags[2].offset)")
  }

  @Test func decodersThatCanDoWithoutAreNoError() throws {
    var file = MadeFLV()
    file.metadata()
    for time in 0..<5 {
      file.add(.video, [0x91] + Array("av01".utf8) + [0x12, 0], timestamp: Int32(time) * 40)
      file.add(.audio, [0x2f, 0xff, 0xfb], timestamp: Int32(time) * 40)
    }
    #expect(
      places(try check(file.bytes)) == ["I11016 at \(file.tags[1].offset) #0"])
  }

  @Test func repetitionsAndChangesAreLawful() throws {
    var file = MadeFLV.clip(0..<1000)
    let first = file.tags.count
    file.videoConfig(at: 960)
    var record = MadeFLV.avcC
    record[11] = 0x1f
    file.videoConfig(record, at: 960)
    file.audioConfig([0x12, 0x10, 0], at: 980)
    file.frames(1000..<2000)
    let findings = try check(file.bytes)
    let offsets = file.tags[first...].map(\.offset)
    #expect(
      places(findings) == [
        "I11012 at \(offsets[0]) #0", "I11013 at \(offsets[1]) #0",
        "I11013 at \(offsets[2]) #1",
      ])
    #expect(findings[1].message == "1 of 17 bytes of the configuration changes")
    #expect(findings[2].message == "the configuration changes from 2 to 3 bytes")
  }

  @Test func anUnreadableConfigurationIsAnError() throws {
    var file = MadeFLV()
    file.metadata()
    file.videoConfig([2] + MadeFLV.avcC.dropFirst())
    file.audioConfig([0x17])
    file.frames(0..<1000)
    #expect(
      places(try check(file.bytes)) == [
        "E11014 at \(file.tags[1].offset + 16) #0",
        "E11014 at \(file.tags[2].offset + 14) #1",
      ])
  }

  struct Enhanced: CustomTestStringConvertible {
    var type: FLVTagType
    var fourCC: String
    var record: [UInt8]
    var codes: [FindingCode] = []
    var testDescription: String { "\(fourCC) \(record.count)" }
  }

  private static let streamInfo =
    [0x10, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0x0a, 0xc4, 0x42, 0xf0] + [UInt8](repeating: 0, count: 20)
  private static let opusHead =
    Array("OpusHead".utf8) + [1, 2, 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0, 0]

  @Test(arguments: [
    Enhanced(
      type: .video, fourCC: "vvc1", record: [0xff, 0xff, 0xff, 0xff],
      codes: [.unreadableConfiguration]),
    Enhanced(type: .video, fourCC: "vvc1", record: [0xfe, 0]),
    Enhanced(
      type: .audio, fourCC: "fLaC", record: Array("junk".utf8), codes: [.unreadableConfiguration]),
    Enhanced(
      type: .audio, fourCC: "fLaC", record: Array("fLaC".utf8) + [0x80, 0, 0, 34] + streamInfo),
    // As FFmpeg keeps it.
    Enhanced(type: .audio, fourCC: "fLaC", record: streamInfo),
    Enhanced(
      type: .audio, fourCC: "Opus", record: Array("OpusTail".utf8),
      codes: [.unreadableConfiguration]),
    Enhanced(type: .audio, fourCC: "Opus", record: opusHead),
    Enhanced(type: .audio, fourCC: "Opus", record: []),
  ])
  func enhancedConfigurationsAreRead(_ known: Enhanced) throws {
    var file = MadeFLV()
    file.metadata()
    file.add(known.type, [0x90] + Array(known.fourCC.utf8) + known.record)
    let flags: UInt8 = known.type == .audio ? 4 : 1
    #expect(try check(file.replacing(at: 4, [flags])).map(\.code) == known.codes)
  }

  @Test func anotherCodecNeedsAnotherConfiguration() throws {
    var file = MadeFLV.clip(0..<1000)
    let change = file.tags.count
    for time in 0..<5 {
      file.add(
        .video, [0x93] + Array("hvc1".utf8) + [0, 0, 0, 1, 2], timestamp: 1000 + Int32(time) * 40)
    }
    let place = "at \(file.tags[change].offset) #0"
    #expect(places(try check(file.bytes)) == ["I11013 \(place)", "E11010 \(place)"])
  }

  @Test func anEmptySequenceHeaderConfiguresNothing() throws {
    // As FFmpeg sends it for AV1 while the encoder has not told yet.
    var file = MadeFLV()
    file.metadata()
    let av01 = Array("av01".utf8)
    file.add(.video, [0x90] + av01)
    file.add(.video, [0x90] + av01 + [0x81, 0, 0x0c, 0], timestamp: 7)
    file.add(.video, [0x91] + av01 + [0x12, 0], timestamp: 7)
    file.audioConfig()
    #expect(
      places(try check(file.bytes)) == [
        "I11005 at \(file.tags[1].offset + 16) #0",
        "I10246 at \(file.tags[3].offset + 4) #0",
      ])
  }

  @Test func theNeedIsJudgedByTrack() throws {
    var file = MadeFLV()
    file.metadata()
    let head: [UInt8] = [0x95, 0x10] + Array("mp4a".utf8)
    file.add(.audio, head + [0, 0, 0, 2] + MadeFLV.aac)
    let frames: [UInt8] = [0x95, 0x11] + Array("mp4a".utf8) + [0, 0, 0, 1, 0x21, 3, 0, 0, 1, 0x21]
    file.add(.audio, frames)
    file.videoConfig()
    let findings = try check(file.bytes)
    #expect(places(findings) == ["E11010 at \(file.tags[2].offset) #1"])
  }
}
