import MediaFLV
import MediaModel
import MediaRTMP
import TestSupport
import Testing

@testable import MediaCommands

/// What is recorded of messages, in letters as `K0 s23 p40`: their kinds and times.
///
/// Messages are written the same way with the times of the source: `m` metadata, `c` and `C`
/// configurations of pictures, `a` one of sound, `K` a key picture, `p` another one, `s` sound. `!`
/// and milliseconds is an outage of that length.
private struct Recording {
  var timeline = PullTimeline()
  private var now: Nanoseconds = 1_000_000_000
  private var last: UInt32 = 0
  /// Whether an outage is over with the next frame.
  private var isBack = false
  private var text: [String] = []

  init(_ script: String) {
    for word in script.split(separator: " ") {
      let number = Int64(word.dropFirst()) ?? 0
      if word.first == "!" {
        timeline.interrupt("lost")
        now += number * 1_000_000
        isBack = true
      } else {
        play(word.first ?? " ", UInt32(truncatingIfNeeded: number))
      }
    }
  }

  private mutating func play(_ letter: Character, _ timestamp: UInt32) {
    let step = Int64(Int32(bitPattern: timestamp &- last))
    // Live media comes as fast as it goes.
    if (1...1000).contains(step), !isBack { now += step * 1_000_000 }
    last = timestamp
    if "Kps".contains(letter) { isBack = false }
    let payload: [UInt8] =
      switch letter {
      case "m": AMFEncoder.amf0(.string("onMetaData")) + AMFEncoder.amf0(.null)
      case "c": [0x17, 0, 0, 0, 0, 1]
      case "C": [0x17, 0, 0, 0, 0, 2]
      case "a": [0xaf, 0, 0x12, 0x10]
      case "K": [0x17, 1, 0, 0, 0] + bytes(timestamp)
      case "p": [0x27, 1, 0, 0, 0] + bytes(timestamp)
      default: [0xaf, 1] + bytes(timestamp)
      }
    let type: RTMPMessageType = letter == "m" ? .data : "sa".contains(letter) ? .audio : .video
    let message = RTMPMessage(
      chunkStreamID: 4, timestamp: timestamp, typeID: type, messageStreamID: 1, payload: payload)
    for taken in timeline.take(message, at: .init(now: now, wall: now)) {
      text.append("\(name(taken))\(taken.time)")
    }
  }

  private func bytes(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  private func name(_ message: PullMessage) -> String {
    switch message.role {
    case .metadata: "m"
    case .configuration(let one): one.type == .audio ? "a" : message.payload[5] == 1 ? "c" : "C"
    case .picture(.key): "K"
    case .picture: "p"
    case .sound: "s"
    case .other: "o"
    }
  }

  var result: String { text.joined(separator: " ") }
}

@Suite struct PullTimelineTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let played: String
    let recorded: String
  }

  @Test(arguments: [
    Case(
      testDescription: "times begin at 0", played: "m0 c0 a0 K500 s510 p540",
      recorded: "m0 c0 a0 K0 s10 p40"),
    Case(
      testDescription: "sound a little before the first keyframe goes with it",
      played: "c0 a0 s90 s110 K100 s130", recorded: "c0 a0 s0 s20 K10 s40"),
    Case(
      testDescription: "what comes before a keyframe is left out",
      played: "c0 p100 s1000 p1040 s2500 K3000 s3010", recorded: "c0 s0 K500 s510"),
    Case(testDescription: "sound alone", played: "a0 s70 s93", recorded: "a0 s0 s23"),
    Case(
      testDescription: "pictures without keyframes are waited for in vain",
      played: "c0 p0 p5000 p9999 p10000 p10040", recorded: "c0 p0 p40"),
    Case(
      testDescription: "times go on beyond 32 bits",
      played: "c0 K4294967000 p4294967040 p4294967280 s20 p24", recorded: "c0 K0 p40 p280 s316 p320"
    ),
    Case(
      testDescription: "headers that still hold are not repeated",
      played: "m0 c0 a0 K0 c40 m40 p40 C80 K80 C90 c120 K120",
      recorded: "m0 c0 a0 K0 p40 C40 K80 c80 K120"),
    Case(
      testDescription: "times that go on keep their distance",
      played: "c0 K1000 p1040 !2000 c0 p2000 K3000 s3010", recorded: "c0 K0 p40 K2000 s2010"),
    Case(
      testDescription: "what comes again is left out, and nothing is missing",
      played: "c0 K1000 s1010 p1040 p1080 !100 c0 K1000 s1010 p1040 p1080 s1090 p1120 K1160",
      recorded: "c0 K0 s10 p40 p80 s90 p120 K160"),
    Case(
      testDescription: "sound that came again ends before pictures that do",
      played: "c0 K1000 s1010 p1040 s1050 p1080 !100 c0 K1000 s1010 s1050 s1070 p1040 p1080 p1120",
      recorded: "c0 K0 s10 p40 s50 p80 s70 p120"),
    Case(
      testDescription: "times that begin anew stand behind the outage",
      played: "c0 K100000 p100040 !2000 c0 K0 p40", recorded: "c0 K0 p40 K2040 p2080"),
    Case(
      testDescription: "times that begin anew soon after the beginning are no repetition",
      played: "c0 K0 p40 p80 p120 !2000 c0 K40 p80 p120",
      recorded: "c0 K0 p40 p80 p120 K2120 p2160 p2200"),
    Case(
      testDescription: "two outages in a row are one",
      played: "c0 K5000 p5040 !500 p5300 !500 K6040 p6080", recorded: "c0 K0 p40 K1040 p1080"),
    Case(
      testDescription: "an outage before the first frame is none",
      played: "c0 p100 !500 K200 p240", recorded: "c0 K0 p40"),
    Case(
      testDescription: "a clock that is set back goes on",
      played: "c0 K50000 p50040 K0 p40 p80", recorded: "c0 K0 p40 K41 p81 p121"),
    Case(
      testDescription: "small steps back stay",
      played: "c0 K5000 s5100 p5040 p5080", recorded: "c0 K0 s100 p40 p80"),
    Case(
      testDescription: "across the end of 32 bits and an outage",
      played: "c0 K4294967000 p4294967040 !1000 K784 p824", recorded: "c0 K0 p40 K1080 p1120"),
  ])
  func placesMessages(_ one: Case) {
    #expect(Recording(one.played).result == one.recorded)
  }

  @Test func gapsAreTold() throws {
    let recording = Recording("c0 K100000 p100040 !2000 K0 p40 !3000 c0 K40 p80 !500 p600 K640")
    let gaps = recording.timeline.gaps
    #expect(gaps.map(\.position) == [40, 2080, 5120])
    #expect(gaps.map(\.length) == [2000, 3000, 560])
    #expect(gaps.map(\.isNewTime) == [true, true, false])
    #expect(gaps.map { ($0.end - $0.begin) / 1_000_000 } == [2000, 3000, 540])
    #expect(gaps.allSatisfy { $0.reason == "lost" && $0.repeated == 0 })
    #expect(recording.timeline.sourceOffset == 100_000)
    #expect(recording.timeline.leftOut == 1)
  }

  @Test func repetitionsAreCounted() {
    let recording = Recording("c0 K1000 p1040 !100 K1000 p1040 p1080")
    #expect(recording.timeline.gaps.map(\.repeated) == [2])
    #expect(recording.timeline.gaps.map(\.length) == [40])
    #expect(recording.timeline.leftOut == 2)
  }
}
