import Foundation
import TestSupport
import Testing

/// Inputs that cannot be read, and command lines that cannot be obeyed.
@Suite struct RTPUnpackRefusalTests {
  private func refuse(_ arguments: String..., exit: Int32, _ words: String) throws {
    let outcome = try Mediatool.run(["rtp-unpack"] + arguments)
    #expect(outcome.ending == .exit(exit), "\(outcome)")
    #expect(outcome.errors.contains(words), "\(outcome)")
    #expect(exit == 64 || outcome.errorLines.count == 1, "\(outcome)")
  }

  private func capture(_ scratch: ScratchFolder, type: UInt8 = 96) throws -> String {
    try RTPCaptures.write(
      RTPCaptures.sound(50, type: type).map { ($0.time, $0.bytes) }, to: scratch["a.pcap"])
    return scratch["a.pcap"]
  }

  @Test func aCutCaptureIsReportedAsFarAsItGoes() throws {
    let scratch = try ScratchFolder()
    var bytes = try contents(of: try capture(scratch))
    bytes.removeLast(100)
    let path = try scratch.write(bytes, to: "cut.pcap")
    try refuse(path, exit: 65, "the capture ends inside record 50")
    let document = try rtpDocument("--map", "96=L16/8000", path, exit: 65)
    #expect(document["streams"]?[0]?["packets"]?.integer == 49)
    #expect(document["error"]?["exit"]?.integer == 65)
  }

  @Test func whatIsNoCaptureIsRefusedWithoutAResult() throws {
    let scratch = try ScratchFolder()
    var unknown = try contents(of: try capture(scratch))
    unknown[20] = 147  // the first link type for private use
    for (bytes, words) in [
      (unknown, "link type"), ([UInt8]("no capture at all, but some text".utf8), "no capture"),
      ([], "too short"), ([0xd4, 0xc3], "too short"),
    ] {
      let path = try scratch.write(bytes, to: "bad.pcap")
      try refuse(path, exit: 65, words)
      let outcome = try Mediatool.run(["rtp-unpack", "--json", path])
      #expect(outcome.stdout.isEmpty, "\(outcome)")
      let document = try rtpDocument("--check", "-o", scratch["out.mkv"], path, exit: 65)
      #expect(document["findings"]?[0]?["code"]?.string == "F00001", "\(document)")
      try refuse("--check", path, exit: 65, words)
    }
    #expect(try scratch.names == ["a.pcap", "bad.pcap"])
    try refuse(scratch["none.pcap"], exit: 66, "No such file")
  }

  @Test func descriptionsMustSayWhatComes() throws {
    let scratch = try ScratchFolder()
    let path = try capture(scratch)
    let other = try scratch.write(
      RTPCaptures.soundSDP.replacingOccurrences(of: "96", with: "97"), to: "other.sdp")
    try refuse(path, "--sdp", other, exit: 65, "payload type 96 is not in")
    let silent = try scratch.write(
      RTPCaptures.soundSDP.replacingOccurrences(of: "a=rtpmap:96 L16/8000\r\n", with: ""),
      to: "silent.sdp")
    try refuse(path, "--sdp", silent, exit: 65, "payload type 96 has no a=rtpmap")
    try refuse(silent, exit: 65, "payload type 96 has no a=rtpmap")
    let text = try scratch.write("hello", to: "text.sdp")
    try refuse(path, "--sdp", text, exit: 65, "no session description")
    try refuse(path, "--sdp", scratch["none.sdp"], exit: 66, "No such file")
  }

  @Test func commandLinesAreChecked() throws {
    let scratch = try ScratchFolder()
    let path = try capture(scratch)
    let description = try scratch.write("v=0\r\n", to: "in.sdp")
    for (words, part) in [
      (["--map", "96"], "PT=NAME/CLOCK"), (["--map", "200=H264/90000"], "PT=NAME/CLOCK"),
      (["--json", "--jsonl"], "exclude"), (["--fail-on", "info"], "--check"),
      (["--tracks", "a"], "--output"), (["-o", "-", "--json"], "standard output"),
      (["-o", scratch["a.xyz"]], "suffix"), (["-o", scratch["a.jpg"]], "%05d"),
      (["-y", "-o", path], "is the input"),
      (["-y", "-o", description, "--sdp", description], "is an input"),
    ] {
      let outcome = try Mediatool.run(["rtp-unpack", path] + words)
      #expect(outcome.ending == .exit(64) && outcome.errors.contains(part), "\(outcome)")
    }
    try refuse("rtp://127.0.0.1", exit: 64, "needs a port")
    try refuse("rtsp://127.0.0.1/x", exit: 69, "not rtsp")
    try refuse("-o", scratch["a.aac"], path, "--map", "96=L16/8000", exit: 65, "no AAC")
    #expect(!FileManager.default.fileExists(atPath: scratch["a.aac"]))
  }
}
