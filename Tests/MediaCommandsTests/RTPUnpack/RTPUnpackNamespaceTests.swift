import TestSupport
import Testing

/// A group whose sender is another host, as far as the kernel can tell.
@Suite(.networkNamespaces, .peers("ffmpeg")) struct RTPUnpackNamespaceTests {
  @Test func aGroupOfAnotherHostIsReceived() throws {
    let pair = try NetworkPair()
    let folder = try ScratchFolder()
    let (input, output) = (try RTPClips.path("rtp-sliced.h264"), folder["out.h264"])
    let url = "rtp://239.1.2.3:5004"
    func command(_ side: NetworkPair.Side, _ words: [String]) -> [String] {
      side.wrapper.dropFirst() + [Mediatool.path] + words
    }
    let pack = ["rtp-pack", "-q", "--send", url, "--ttl", "2", "--seed", "3", input]
    let program = pair.first.wrapper[0]
    let described = try ProcessRunner.run(
      program, command(pair.first, pack + ["--fast", "--sdp", folder["session.sdp"]]))
    try #require(described.ending == .exit(0), "\(described)")
    let receiver = try ProcessRunner.start(
      program,
      command(
        pair.second, ["rtp-unpack", "--json", "--sdp", folder["session.sdp"], "-o", output, url]))
    defer { receiver.stop() }
    // The table of the namespace that it lives in.
    let isListening = receiver.waitForOutput { _ in
      (try? text(of: "/proc/\(receiver.pid)/net/udp"))?.contains(":138C ") == true
    }
    try #require(isListening)
    let sent = try ProcessRunner.run(program, command(pair.first, pack))
    #expect(sent.ending == .exit(0), "\(sent)")
    let outcome = receiver.wait(limit: 30)
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let stream = try #require(try JSONText(outcome.stdout)["streams"]?.items?.first)
    #expect(stream["source"]?.string?.hasPrefix("\(pair.first.address):") == true)
    #expect(stream["lost"]?.integer == 0)
    let expected = try ReceivedContent.units(input, isH265: false)
    #expect(try ReceivedContent.units(output, isH265: false) == expected && expected.count >= 15)
  }
}
