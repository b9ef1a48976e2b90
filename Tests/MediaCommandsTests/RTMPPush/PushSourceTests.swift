import MediaFLV
import MediaRTMP
import TestSupport
import Testing

@testable import MediaCommands

private let metadata = AMFEncoder.amf0(.string("onMetaData")) + [5]
private let sequenceHeader: [UInt8] = [0x17, 0, 0, 0, 0, 1, 2]
private let key: [UInt8] = [0x17, 1, 0, 0, 0, 1]
private let inter: [UInt8] = [0x27, 1, 0, 0, 0, 2]
private let sound: [UInt8] = [0xaf, 1, 9]

private func configuration(
  _ type: RTMPMessageType, _ packet: UInt8, _ tracks: [UInt8] = [0]
) -> RTMPMessageRole {
  .configuration(.init(type: type, packetType: packet, tracks: tracks))
}

/// The characters of a codec, and bytes behind them.
private func code(_ text: String, _ bytes: UInt8...) -> [UInt8] { Array(text.utf8) + bytes }

/// What an FLV becomes.
@Suite struct PushSourceTests {
  /// Tags given by type, time and body.
  private func flv(_ tags: [(FLVTagType, Int32, [UInt8])]) throws -> [UInt8] {
    var writer = FLVWriter()
    for (type, time, body) in tags {
      try writer.write(FLVTagHeader(type, dataSize: 0, timestamp: time), body: body)
    }
    return writer.takeBytes()
  }

  /// A reader that gives at most `step` bytes at a time.
  private func reading(_ bytes: [UInt8], step: Int = .max) -> FLVMessages {
    var rest = bytes[...]
    return FLVMessages(
      FLVInput { room in
        let part = rest.prefix(min(step, room.count))
        room.copyBytes(from: part)
        rest = rest.dropFirst(part.count)
        return part.count
      })
  }

  private func all(_ source: PushSource) throws -> [PushMessage] {
    var messages: [PushMessage] = []
    while let message = try source.next() { messages.append(message) }
    return messages
  }

  struct Body: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let type: RTMPMessageType
    let bytes: [UInt8]
    let role: RTMPMessageRole
  }

  @Test(arguments: [
    Body(
      testDescription: "AVC header", type: .video, bytes: sequenceHeader,
      role: configuration(.video, 0)),
    Body(testDescription: "AVC key", type: .video, bytes: key, role: .picture(.key)),
    Body(testDescription: "AVC inter", type: .video, bytes: inter, role: .picture(.inter)),
    Body(testDescription: "AVC end", type: .video, bytes: [0x17, 2, 0, 0, 0], role: .other),
    Body(testDescription: "Sorenson key", type: .video, bytes: [0x12, 0], role: .picture(.key)),
    Body(testDescription: "command frame", type: .video, bytes: [0x57, 0], role: .other),
    Body(testDescription: "no bytes", type: .video, bytes: [], role: .other),
    Body(
      testDescription: "HEVC header", type: .video, bytes: [0x90] + code("hvc1", 1),
      role: configuration(.video, 0)),
    Body(
      testDescription: "HEVC key", type: .video, bytes: [0x93] + code("hvc1", 1),
      role: .picture(.key)),
    Body(
      testDescription: "HEVC inter", type: .video, bytes: [0xa3] + code("hvc1", 1),
      role: .picture(.inter)),
    Body(
      testDescription: "HDR", type: .video, bytes: [0x94] + code("hvc1", 2, 0, 0),
      role: configuration(.video, 4)),
    Body(
      testDescription: "a second track's header", type: .video,
      bytes: [0x96, 0] + code("hvc1", 1, 7), role: configuration(.video, 0, [1])),
    Body(
      testDescription: "AAC header", type: .audio, bytes: [0xaf, 0, 0x12, 0x10],
      role: configuration(.audio, 0)),
    Body(testDescription: "AAC", type: .audio, bytes: sound, role: .sound),
    Body(testDescription: "MP3", type: .audio, bytes: [0x2f, 1], role: .sound),
    Body(testDescription: "silence", type: .audio, bytes: [], role: .sound),
    Body(
      testDescription: "Opus header", type: .audio, bytes: [0x90] + code("Opus", 1),
      role: configuration(.audio, 0)),
    Body(testDescription: "Opus", type: .audio, bytes: [0x91] + code("Opus", 1), role: .sound),
    Body(
      testDescription: "cue point", type: .data, bytes: AMFEncoder.amf0(.string("onCuePoint")),
      role: .other),
  ])
  func tellsWhatABodyIs(_ body: Body) {
    var classifier = FLVBodyClassifier()
    let message = classifier.message(body.type, body.bytes)
    #expect(message.role == body.role)
    #expect(message.payload == body.bytes)
  }

  @Test func tellsFurtherTracksFromTheFirst() {
    var classifier = FLVBodyClassifier()
    #expect(classifier.message(.video, key).role == .picture(.key))
    let second: [UInt8] = [0x96, 0x01] + code("hvc1", 1, 0, 0, 0, 7)
    #expect(classifier.message(.video, second).role == .picture(.furtherKey))
  }

  @Test func setsMetadata() throws {
    let wrapped = AMFEncoder.amf0(.string("@setDataFrame")) + metadata
    for body in [metadata, wrapped] {
      let bytes = try flv([(.script, 0, body), (.audio, 0, sound)])
      let messages = try all(try PushSource(.init()) { reading(bytes) })
      #expect(messages.map(\.payload) == [wrapped, sound])
      #expect(messages.map(\.role) == [.metadata, .sound])
    }
  }

  @Test func anyCutOfTheInputGivesTheSame() throws {
    let bytes = try flv([
      (.script, 0, metadata), (.video, 0, sequenceHeader), (.video, 0, key),
      (.audio, 10, sound), (.video, 40, inter),
    ])
    let whole = try all(try PushSource(.init()) { reading(bytes) })
    #expect(whole.map(\.time) == [0, 0, 0, 10, 40])
    for step in [1, 2, 7] {
      #expect(try all(try PushSource(.init()) { reading(bytes, step: step) }) == whole)
    }
  }

  @Test func timesGoOnBeyond32Bits() throws {
    let times: [UInt32] = [0x7fff_ff00, 0x8000_0000, 0xc000_0000, 0xffff_ffff, 40, 80]
    let bytes = try flv(times.map { (.audio, Int32(bitPattern: $0), sound) })
    let messages = try all(try PushSource(.init()) { reading(bytes) })
    #expect(
      messages.map(\.time) == times.prefix(4).map(Int64.init) + [0x1_0000_0028, 0x1_0000_0050])
    #expect(messages.map(\.timestamp) == times)
    // Gaps that long are not waited for.
    #expect(messages.map(\.position) == [0, 256, 256, 256, 297, 337])
  }

  private var clip: [UInt8] {
    get throws {
      try flv([
        (.script, 0, metadata), (.video, 100, sequenceHeader), (.video, 100, key),
        (.audio, 110, sound), (.video, 140, inter), (.audio, 150, sound),
        (.video, 180, key), (.audio, 190, sound), (.video, 220, inter),
      ])
    }
  }

  @Test func loopsWithoutABreak() throws {
    let clip = try clip
    var plan = PushSource.Plan()
    plan.rounds = 3
    let messages = try all(try PushSource(plan) { reading(clip) })
    #expect(
      messages.map(\.time)
        == [0, 100, 100, 110, 140, 150, 180, 190, 220]
        + [260, 270, 300, 310, 340, 350, 380] + [420, 430, 460, 470, 500, 510, 540])
  }

  @Test func startsAtAKeyPictureAndEndsInTime() throws {
    let clip = try clip
    var plan = PushSource.Plan()
    (plan.start, plan.duration, plan.rounds) = (50, 100, nil)
    let messages = try all(try PushSource(plan) { reading(clip) })
    #expect(messages.map(\.time) == [0, 100, 180, 190, 220, 260, 270])
    #expect(messages.last?.position == 90)
  }

  /// The clock of one kind is set back before that of the other.
  @Test func aClockThatIsSetBackGoesOn() throws {
    let tags: [(FLVTagType, Int32, [UInt8])] = [
      (.video, 0, key), (.audio, 0, sound), (.video, 2000, key), (.audio, 2000, sound),
      (.video, 0, key), (.audio, 2020, sound), (.video, 40, inter), (.audio, 0, sound),
      (.video, 80, inter), (.audio, 1000, sound),
    ]
    let bytes = try flv(tags)
    let messages = try all(try PushSource(.init()) { reading(bytes) })
    #expect(
      messages.map(\.position) == [0, 0, 2000, 2000, 2000, 2020, 2020, 2020, 2060, 2980])
  }

  /// What is up to three seconds ahead is due at once, and in hours a little more.
  @Test func whatComesLiveIsHardlyHeldBack() throws {
    let bytes = try flv([0, 40, 3000, 3040, 40_960, 10_000_000].map { (.audio, $0, sound) })
    var plan = PushSource.Plan()
    plan.isLive = true
    let messages = try all(try PushSource(plan) { reading(bytes) })
    #expect(messages.map(\.time) == [0, 40, 3000, 3040, 40_960, 10_000_000])
    #expect(messages.map(\.position) == [0, 0, 0, 40, 37_950, 37_950])
  }

  @Test(arguments: [
    (nil, 0, "neither pictures"), (1, 0, "neither pictures"), (nil, 9000, "9.000 s"),
  ])
  func anInputWithoutFramesFails(rounds: Int?, start: Int64, says: String) throws {
    let bytes = start == 0 ? try flv([(.script, 0, metadata)]) : try clip
    var plan = PushSource.Plan()
    (plan.rounds, plan.start) = (rounds, start)
    let source = try PushSource(plan) { reading(bytes) }
    let failure = #expect(throws: Failure.self) { while try source.next() != nil {} }
    #expect(failure?.exit == .dataError && failure?.message.contains(says) == true)
  }

  @Test func refusesWhatIsEncrypted() throws {
    var writer = FLVWriter()
    var header = FLVTagHeader(.video, dataSize: 0, timestamp: 0)
    header.isFiltered = true
    try writer.write(header, body: key)
    let bytes = writer.takeBytes()
    let source = try PushSource(.init()) { reading(bytes) }
    #expect(throws: Failure.self) { try source.next() }
  }
}
