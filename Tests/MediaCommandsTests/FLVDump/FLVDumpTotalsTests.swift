import TestSupport
import Testing

@testable import MediaCommands

/// What is measured over the whole input, on inputs written by hand.
struct FLVDumpTotalsTests {
  /// Twenty seconds as somebody gets them who joins a live stream: its sequence headers have the
  /// timestamp 0, its frames that of the stream.
  private static let live: FLVBytes = {
    var flv = FLVBytes()
    flv.appendAVC(0, FLVDumpDetailTests.avcC)
    flv.appendAAC(0, [0x12, 0x10])
    for time in stride(from: 3_600_000, to: 3_620_000, by: 40) {
      flv.appendAVC(1, isKey: time % 1000 == 0, time: time, [0, 0, 0, 1, 9])
      flv.appendAAC(1, time: time + 10, [0x21])
    }
    return flv
  }()

  @Test func durationCountsFromTheFirstFrame() throws {
    let tags = try flvTags("--duration", "10s", "-", input: .pipe(Self.live.bytes))
    let times = tags.compactMap { $0["dts"]?.integer }
    #expect(times.dropFirst(2).first == 3_600_000)
    #expect(times.last == 3_610_000)
    #expect(times.count == 2 + 2 * 250 + 1)
  }

  @Test func theLargestSkewIsThatOfFrames() throws {
    var flv = FLVBytes()
    flv.appendAVC(0, FLVDumpDetailTests.avcC)
    flv.appendAAC(0, [0x12, 0x10])
    flv.appendAVC(1, time: 3_600_000, [0, 0, 0, 1, 9])
    flv.appendAAC(1, time: 3_600_500, [0x21])
    flv.appendAVC(1, time: 3_601_200, [0, 0, 0, 1, 9])
    flv.appendAAC(1, time: 3_601_300, [0x21])
    let document = try flvDocument("--summary", "-", input: .pipe(flv.bytes))
    let totals = try #require(document["totals"])
    #expect(totals["av_skew_max"]?.number == -0.7)
    #expect(totals["av_skew_offset"]?.integer == flv.tags[4].offset)
    #expect(totals["video"]?["first_timestamp"]?.integer == 3_600_000)
    #expect(totals["audio"]?["last_timestamp"]?.integer == 3_601_300)
    let text = try flvDump("--summary", "-", input: .pipe(flv.bytes)).output
    #expect(text.contains("largest A/V skew -0.700 s at byte \(flv.tags[4].offset)\n"))
    #expect(text.contains("3 video (") && text.contains(", from 3600.000)"))
  }

  /// What cannot be known is null, never a number.
  @Test(arguments: [0, 1]) func fewFramesHaveNoMeasures(count: Int) throws {
    var flv = FLVBytes()
    flv.appendAVC(0, FLVDumpDetailTests.avcC)
    if count > 0 { flv.appendAVC(1, [0, 0, 0, 1, 9]) }
    let document = try flvDocument("--summary", "-", input: .pipe(flv.bytes))
    let totals = try #require(document["totals"])
    let names = ["duration", "bit_rate", "av_skew_max", "av_skew_offset"]
    for name in names { #expect(totals[name] == .null, "\(name)") }
    #expect(totals["audio"]?["first_timestamp"] == .null)
    #expect(document["format"]?["duration"] == .null)
    #expect(document["format"]?["bit_rate"] == .null)
    let stream = try #require(document.list("streams").first)
    #expect(stream["frames"]?.integer == count)
    let measures = [
      "duration", "frame_rate", "bit_rate", "keyframe_interval_min", "keyframe_interval_mean",
      "keyframe_interval_max", "keyframe_interval_max_frames",
    ]
    for name in measures { #expect(stream[name] == .null, "\(name)") }
  }

  @Test func anEmptyInputHasNoMeasures() throws {
    let document = try flvDocument("-", input: .pipe(FLVBytes().bytes))
    #expect(document["format"]?["duration"] == .null && document["format"]?["start_time"] == .null)
    #expect(document["totals"]?["bit_rate"] == .null && document["totals"]?["tags"]?.integer == 0)
    #expect(document.list("streams").isEmpty)
  }

  // MARK: Encryption

  @Test func filteredScriptDataIsToldApart() throws {
    let name: [UInt8] = [2, 0, 1, 0x61]
    let encryption: [UInt8] =
      [1] + Array("Encryption".utf8) + [0, 0, 0, 16] + [UInt8](repeating: 7, count: 16)
    var flv = FLVBytes()
    // TagType 18 with the Filter bit: reserved bits of a selective filter in the clear, ciphertext.
    flv.append(type: 0x32, time: 0, body: [1, 0x53, 0x45, 0, 0, 0, 1, 0x7f] + name)
    flv.append(type: 0x32, time: 0, body: encryption + name)
    let tags = try flvTags("-", input: .pipe(flv.bytes))
    #expect(tags.map { $0["type"]?.string } == ["script", "script"])
    #expect(tags[0]["script"]?["name"]?.string == "a" && tags[0]["encrypted"] == nil)
    #expect(tags[1]["script"]?["name"] == .null && tags[1]["encrypted"] == .bool(true))
    let (first, second) = (tags[0].list("findings").first, tags[1].list("findings").first)
    #expect(first?["code"]?.string == "W11040" && second?["code"]?.string == "I10223")
    #expect(first?["offset"]?.integer == flv.tags[0].offset + 11)
  }

  // MARK: --follow

  @Test func statisticsAreOfTheLastSeconds() throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write(Self.live.bytes, to: "live.flv")
    let (output, errors) = (MemoryOutput(), MemoryOutput())
    var environment = CommandEnvironment(standardOutput: output, standardError: errors)
    // A tag each 20 ms, which is as fast as the stream plays.
    var time: Int64 = 0
    environment.now = {
      time += 20_000_000
      return time
    }
    let exit = Tool.run(
      ["flv-dump", "--follow", "--summary", "--duration", "10s", path], environment)
    #expect(exit == .success, "\(errors.text)")
    let lines = errors.text.split(separator: "\n").map(String.init)
    #expect((9...10).contains(lines.count))
    #expect(lines.first?.hasPrefix("3600.") == true && lines.last?.hasPrefix("3609.") == true)
    for line in lines {
      let speed = try #require(line.firstMatch(of: /speed ([0-9.]+)x/)?.1)
      #expect((0.9...1.1).contains(try #require(Double(speed))), "\(line)")
      let rate = try #require(line.firstMatch(of: /video ([0-9.]+) fps/)?.1)
      #expect((23...26).contains(try #require(Double(rate))), "\(line)")
      #expect(line.contains("audio ") && line.contains("largest A/V skew -0.030 s"), "\(line)")
    }
    #expect(output.text.contains("live.flv: FLV"))
  }
}
