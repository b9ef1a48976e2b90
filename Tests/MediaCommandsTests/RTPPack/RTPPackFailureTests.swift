import Foundation
import MediaIO
import TestSupport
import Testing

/// Runs that end early: what they leave behind and what they still say.
@Suite struct RTPPackFailureTests {
  /// Two seconds of G.711, `tag` 6 or 7 (A-law or μ-law).
  private static func wav(_ tag: UInt8) -> [UInt8] {
    let data = [UInt8](repeating: 0x55, count: 16_000)
    return Array("RIFF".utf8) + [0xa4, 0x3e, 0, 0] + Array("WAVEfmt ".utf8)
      + [16, 0, 0, 0, tag, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x40, 0x1f, 0, 0, 1, 0, 8, 0]
      + Array("data".utf8) + [0x80, 0x3e, 0, 0] + data
  }

  /// A failed run can be repeated.
  @Test(.peers("ffmpeg")) func aFailedRunLeavesNoDescription() throws {
    let folder = try ScratchFolder()
    for _ in 0..<2 {
      let outcome = try rtpPack(
        "--packetization-mode", "0", "--mtu", "100", "-o", folder["out.pcap"], "--sdp",
        folder["out.sdp"], try Clips.path("raw-h264"))
      #expect(outcome.ending == .exit(65) && outcome.errors.contains("NAL unit"), "\(outcome)")
      #expect(try folder.names.isEmpty)
    }
    let silent = try rtpPack(
      "--packetization-mode", "0", "--mtu", "100", "--sdp", "-", try Clips.path("raw-h264"))
    #expect(silent.ending == .exit(65) && silent.stdout.isEmpty, "\(silent)")
  }

  /// The description stands before the first packet is sent.
  @Test func receiversFindTheDescriptionInTime() throws {
    let folder = try ScratchFolder()
    let socket = try UDPSocket(bindingTo: .any(isIPv4: true))
    let port = try socket.localAddress().port
    let sender = try Mediatool.start([
      "rtp-pack", "-q", "--send", "rtp://127.0.0.1:\(port)", "--sdp", folder["out.sdp"],
      folder.write(Self.wav(7), to: "in.wav"),
    ])
    defer { sender.stop() }
    #expect(
      try socket.receive(into: DatagramInbox(), until: MonotonicClock.now() + 30_000_000_000) > 0)
    #expect(try text(of: folder["out.sdp"]).contains("m=audio \(port) "))
  }

  /// A later round that cannot begin ends what has been sent, and is reported.
  @Test(arguments: [true, false]) func aLoopWhoseInputGoesIsReported(isGone: Bool) throws {
    let folder = try ScratchFolder()
    let input = try folder.write(Self.wav(7), to: "in.wav")
    let socket = try UDPSocket(bindingTo: .any(isIPv4: true))
    let port = try socket.localAddress().port
    let sender = try Mediatool.start([
      "rtp-pack", "--json", "--send", "rtp://127.0.0.1:\(port)", "--loop=2", input,
    ])
    defer { sender.stop() }
    #expect(
      try socket.receive(into: DatagramInbox(), until: MonotonicClock.now() + 30_000_000_000) > 0)
    if isGone {
      try FileManager.default.removeItem(atPath: input)
    } else {
      try folder.write(Self.wav(6), to: "in.wav")
    }
    let outcome = sender.wait(limit: 30)
    #expect(outcome.ending == .exit(isGone ? 66 : 65), "\(outcome)")
    let document = try JSONText(outcome.stdout)
    #expect(document["error"]?["exit"]?.integer == (isGone ? 66 : 65))
    #expect((document["totals"]?["rtcp_packets"]?.integer ?? 0) >= 2, "there was no goodbye")
  }
}
