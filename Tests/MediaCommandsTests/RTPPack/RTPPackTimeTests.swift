import TestSupport
import Testing

/// Times that no clock in a packet or a capture can tell.
@Suite struct RTPPackTimeTests {
  /// Matroska with sound in two tracks: clusters of 20 ms at any time.
  private static func matroska(_ clusters: [(time: UInt64, track: UInt8)]) -> [UInt8] {
    func element(_ id: String, _ body: [UInt8]) -> [UInt8] {
      let count = UInt64(body.count)
      return hex(id) + [1] + (0..<7).map { UInt8(truncatingIfNeeded: count >> (48 - 8 * $0)) }
        + body
    }
    func number(_ id: String, _ value: UInt64) -> [UInt8] {
      element(id, (0..<8).map { UInt8(truncatingIfNeeded: value >> (56 - 8 * $0)) })
    }
    func track(_ index: UInt64) -> [UInt8] {
      // 8000 Hz as a double.
      element(
        "ae",
        number("d7", index) + number("73c5", index) + number("83", 2)
          + element("86", Array("A_PCM/INT/LIT".utf8))
          + element(
            "e1", element("b5", hex("40bf400000000000")) + number("9f", 1) + number("6264", 16)))
    }
    let header = element(
      "1a45dfa3",
      number("4286", 1) + number("42f7", 1) + number("42f2", 4) + number("42f3", 8)
        + element("4282", Array("matroska".utf8)) + number("4287", 4) + number("4285", 2))
    let body = clusters.flatMap { cluster in
      element(
        "1f43b675",
        number("e7", cluster.time)
          + element("a3", [0x80 | cluster.track, 0, 0, 0x80] + [UInt8](repeating: 0, count: 320)))
    }
    let information = element("1549a966", number("2ad7b1", 1_000_000))
    return header
      + element("18538067", information + element("1654ae6b", track(1) + track(2)) + body)
  }

  @Test(
    .peers("ffmpeg"),
    arguments: [9_000_000_000_000, 9_223_372_036_000] as [UInt64],
    [["--json"], ["-o"], ["--send", "--fast"], ["--tracks", "0", "--json"]])
  func lateTimesAreRefused(time: UInt64, options: [String]) throws {
    let folder = try ScratchFolder()
    let path = try folder.write(
      Self.matroska([(0, 1), (0, 2), (20, 1), (20, 2), (time, 1), (time, 2)]), to: "in.mkv")
    var options = options
    if options == ["-o"] { options.append(folder["out.pcap"]) }
    if let index = options.firstIndex(of: "--send") {
      options.insert("rtp://127.0.0.1:\(try freePorts())", at: index + 1)
    }
    let outcome = try Mediatool.run(["rtp-pack"] + options + [path])
    #expect(outcome.ending == .exit(65), "\(outcome)")
    #expect(outcome.errors.contains("frame 3 of track 0") && outcome.errors.contains("2106"))
    #expect(try outcome.errorLines.count == 1 && !folder.names.contains("out.pcap"))
  }
}
