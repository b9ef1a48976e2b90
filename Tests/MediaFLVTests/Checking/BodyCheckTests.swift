import MediaFLV
import MediaModel
import Testing

/// Bodies of audio and video tags, encryption and decoder configurations.
struct BodyCheckTests {
  struct Body: CustomTestStringConvertible {
    var name: String
    var type: FLVTagType
    var bytes: [UInt8]
    /// Codes, each with its offset in the body.
    var findings: [String]
    var testDescription: String { name }

    init(_ name: String, _ type: FLVTagType, _ bytes: [UInt8], _ findings: String...) {
      (self.name, self.type, self.bytes, self.findings) = (name, type, bytes, findings)
    }
  }

  private static let avc1 = Array("avc1".utf8)
  private static let opus = Array("Opus".utf8)

  @Test(arguments: [
    Body("reserved FrameType", .video, [0x72, 0, 0, 0x84], "W11002 0"),
    Body("reserved AVCPacketType", .video, [0x17, 9, 0, 0, 0, 1], "W11002 1"),
    Body("reserved AACPacketType", .audio, [0xaf, 9, 1], "W11002 1"),
    Body("reserved VideoCommand", .video, [0x57, 7], "W11002 1"),
    Body("reserved VideoPacketType", .video, [0x9c] + avc1 + [1], "W11002 0"),
    Body("reserved SoundFormat", .audio, [0xcf, 1], "W11008 0"),
    Body("reserved CodecID", .video, [0x1b, 1], "W11008 0"),
    Body("unknown FourCC", .video, [0x91, 0x61, 0x62, 0x63, 0x64, 1], "W11008 5"),
    Body("CodecID 8", .video, [0x18, 1], "I11030 0"),
    Body("SoundFormat 13", .audio, [0xdf, 1], "I11030 0"),
    Body(
      "track past the end", .audio, [0x95, 0x11] + opus + [0, 0, 0, 9, 0xfc], "E11003 7",
      "I11016"),
    Body(
      "track too short for its CompositionTime", .video, [0x96, 0x11] + avc1 + [0, 0, 0, 1, 9],
      "E11001 10", "E11010"),
    Body("frame of no bytes", .audio, [0xaf, 1], "I11005 2", "E11010"),
    Body("AVC configuration of no bytes", .video, [0x17, 0, 0, 0, 0], "I11005 5"),
    Body("multitrack without a track", .audio, [0x95, 0x11] + opus, "I11005 6"),
    Body(
      "nanoseconds out of range", .audio, [0x97, 2, 0x0f, 0x42, 0x40, 1] + opus + [0xfc],
      "W11006 2", "I11016"),
    Body(
      "nanoseconds cut short", .audio, [0x97, 1, 0, 0, 1] + opus + [0xfc], "W11006 2", "I11016"),
    Body("bytes behind an end of sequence", .video, [0x17, 2, 0, 0, 0, 9, 9], "W11007 5"),
    Body("AVC header cut short", .video, [0x17, 1, 0], "E11001 2"),
    Body("end of sequence alone", .video, [0x17, 2], "W11022 2"),
    Body("end of sequence cut short", .video, [0x17, 2, 0, 0], "W11022 2"),
    Body(
      "one track twice", .video, [0x96, 0x13] + avc1 + [0, 0, 0, 1, 9, 0, 0, 0, 1, 9], "W11009 11",
      "I10245", "E11010"),
    Body("multitrack inside multitrack", .video, [0x96, 0x06] + avc1 + [0], "E11004 1"),
    Body("ModEx inside multitrack", .video, [0x96, 0x07] + avc1 + [0], "E11001 1"),
    Body("silence in the enhanced form", .audio, [0x92] + opus),
    Body("seek command", .video, [0x57, 0]),
  ])
  func anomaliesHaveCodesAndPlaces(_ body: Body) throws {
    var file = MadeFLV()
    file.metadata()
    file.add(body.type, body.bytes)
    let tag = file.tags[1]
    // Both kinds are announced, one is there.
    let findings = try check(file.bytes).filter {
      $0.code != .flvFlagsMismatch && $0.code != .firstTimestamp
    }
    let found = findings.map { finding in
      let isOfBody = ["W", "I11005", "I11030", "E11001", "E11003", "E11004"].contains {
        finding.code.code.hasPrefix($0)
      }
      return isOfBody
        ? "\(finding.code) \((finding.offset ?? 0) - (tag.offset + 11))" : finding.code.code
    }
    #expect(found == body.findings)
  }

  @Test func aFindingRestsOnTheClauseOfItsKind() throws {
    let opus = Self.opus
    let bodies: [(FLVTagType, [UInt8], FindingCode, String)] = [
      (.audio, [0xaf, 9, 1], .reservedBodyValue, "FLV 10.1 E.4.2.1"),
      (.video, [0x17, 9, 0, 0, 0, 1], .reservedBodyValue, "FLV 10.1 E.4.3.1"),
      (.video, [0x9c] + Self.avc1 + [1], .reservedBodyValue, "Enhanced RTMP v2, ExVideoTagHeader"),
      (.audio, [0x9c] + opus + [1], .reservedBodyValue, "Enhanced RTMP v2, ExAudioTagHeader"),
      (.audio, [0x91] + Array("abcd".utf8), .unknownCodec, "Enhanced RTMP v2, ExAudioTagHeader"),
      (.audio, [0xaf, 1], .emptyPayload, "FLV 10.1 E.4.2"),
      (.audio, [0x95, 0x11] + opus, .emptyPayload, "Enhanced RTMP v2, ExAudioTagBody"),
      (.audio, [0xaf, 1, 1], .missingSequenceHeader, "FLV 10.1 E.4.2.2"),
      (.video, [0x17, 1, 0, 0, 0, 1], .missingSequenceHeader, "FLV 10.1 E.4.3.2"),
      (
        .video, [0x91] + Self.avc1 + [0, 0, 0, 1], .missingSequenceHeader,
        "Enhanced RTMP v2, SequenceStart"
      ),
      (.video, [0x1c, 1, 0, 0, 0, 1], .preStandardCodec, "FLV 10.1 E.4.3.1"),
      (.audio, [0xaf, 0, 0], .unreadableConfiguration, "ISO/IEC 14496-3 1.6.2.1"),
      (.video, [0x17, 0, 0, 0, 0, 1], .unreadableConfiguration, "ISO/IEC 14496-15 5.3.3.1"),
    ]
    for (type, body, code, clause) in bodies {
      var file = MadeFLV()
      file.add(type, body)
      let findings = try check(file.bytes)
      #expect(findings.first { $0.code == code }?.clause == clause, "\(findings)")
    }
  }

  @Test func whatIsTrueOfATrackIsToldOnce() throws {
    var file = MadeFLV()
    file.metadata()
    for time in 0..<20 {
      file.add(.video, [0x1b, 1], timestamp: Int32(time) * 40)
      file.add(.audio, [0x91] + Array("abcd".utf8) + [1], timestamp: Int32(time) * 40)
    }
    #expect(try check(file.bytes).map(\.code) == [.unknownCodec, .unknownCodec])
  }

  @Test func whatIsTrueOfManyTagsIsToldWhereItBegins() throws {
    var file = MadeFLV.clip(0..<1000)
    let clean = file.tags.count
    // Frames of type 7, one of them right, with sound between.
    for time in stride(from: 1000 as Int32, to: 1400, by: 40) {
      file.add(.video, [time == 1200 ? 0x22 : 0x72, 0, 0, 0x84], timestamp: time)
      file.audio(at: time)
    }
    let reserved = try check(file.bytes).filter { $0.code == .reservedBodyValue }
    #expect(
      places(reserved) == [
        "W11002 at \(file.tags[clean].offset + 11) #0",
        "W11002 at \(file.tags[clean + 12].offset + 11) #0", "W11002",
      ])
    #expect(reserved.last?.message == "7 more like it, 9 in all")

    file = MadeFLV.clip(0..<1000)
    let sound = file.tags.filter { $0.header.type == .audio }
    for tag in sound { file.bytes[tag.offset] |= 0x20 }
    let filtered = try check(file.bytes).filter { $0.code == .filterWithoutEncryption }
    #expect(places(filtered) == ["E10224 at \(sound[0].offset + 13)", "E10224"])
  }

  @Test func thePreStandardHEVCIsNamed() throws {
    var file = MadeFLV.clip(0..<0)
    file.add(.video, [0x1c, 1, 0, 0, 0, 1])
    let finding = try #require(try check(file.bytes).first { $0.code == .preStandardCodec })
    #expect(finding.message == "CodecID is 12, a dialect for hevc")
  }

  // MARK: Encryption

  private let clear = MadeFLV.clip()

  @Test func aFilterBitAloneIsAnError() throws {
    for index in [0, 2, 3, 9] {
      let tag = clear.tags[index]
      let bytes = clear.replacing(at: tag.offset, [clear.bytes[tag.offset] | 0x20])
      let head = tag.header.type == .script ? 0 : tag.header.type == .audio ? 2 : 5
      let findings = try check(bytes)
      #expect(findings.map(\.code) == [.filterWithoutEncryption])
      #expect(findings.first?.offset == tag.offset + 11 + head)
    }
  }

  @Test func encryptedTagsAreToldOnceForEachKind() throws {
    var writer = [UInt8]()
    writer += [1] + Array("Encryption".utf8) + [0, 0, 0, 16] + [UInt8](repeating: 7, count: 16)
    var file = MadeFLV()
    file.metadata()
    func add(_ type: FLVTagType, _ head: [UInt8], _ time: Int32) {
      file.add(type, head + writer + [0xaa, 0xbb], timestamp: time)
      file.bytes[file.tags[file.tags.count - 1].offset] |= 0x20
    }
    add(.video, [0x17, 0, 0, 0, 0], 0)
    add(.audio, [0xaf, 0], 0)
    add(.script, [], 0)
    for time in 0..<10 {
      add(.video, [0x17, 1, 0, 0, 0], Int32(time) * 40)
      add(.audio, [0xaf, 1], Int32(time) * 40)
    }
    let findings = try check(file.bytes)
    #expect(places(findings) == (1...3).map { "I10223 at \(file.tags[$0].offset)" })
    #expect(
      findings.first?.message == "the first encrypted tag of TagType 9, by the filter Encryption")
  }

  @Test func anOddFilterOfScriptDataIsTold() throws {
    var file = MadeFLV.clip()
    // SelectiveEncryption in the clear, with reserved bits and one more byte.
    file.add(.script, [1, 0x53, 0x45, 0, 0, 0, 2, 0x7f, 9] + [2, 0, 1, 0x61])
    let tag = try #require(file.tags.last)
    file.bytes[tag.offset] |= 0x20
    let findings = try check(file.bytes)
    #expect(places(findings) == ["W11040 at \(tag.offset + 11)"])
    #expect(findings.first?.message == "FilterParams of SE have reserved bits set (127)")
  }

  @Test func selectiveEncryptionInTheClearIsLawful() throws {
    var file = MadeFLV.clip(0..<1000)
    let header: [UInt8] = [1, 0x53, 0x45, 0, 0, 0, 1]
    for flags: UInt8 in [0, 0x01] {
      file.add(.audio, [0xaf, 1] + header + [flags, 0x21], timestamp: 1000 + Int32(flags) * 20)
      file.bytes[file.tags[file.tags.count - 1].offset] |= 0x20
    }
    #expect(try check(file.bytes).map(\.code) == [.badEncryption])
  }
}
