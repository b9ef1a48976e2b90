import TestSupport
import Testing

/// `--progress` of both commands, for inputs whose size is known.
@Suite struct RTPProgressTests {
  @Test(arguments: [("always", true), ("auto", false), ("never", false)])
  func isShownWhenAsked(when: String, isShown: Bool) throws {
    let folder = try ScratchFolder()
    let header = Array("RIFF".utf8) + [0x24, 0x7d, 0, 0] + Array("WAVEfmt ".utf8)
    let format: [UInt8] = [
      16, 0, 0, 0, 7, 0, 1, 0, 0x40, 0x1f, 0, 0, 0x40, 0x1f, 0, 0, 1, 0, 8, 0,
    ]
    let wav = header + format + Array("data".utf8) + [0, 0x7d, 0, 0]
    let input = try folder.write(wav + [UInt8](repeating: 0x55, count: 32_000), to: "in.wav")
    let packed = try rtpPack("--progress", when, "-o", folder["out.pcap"], input)
    let read = try Mediatool.run(["rtp-unpack", "--progress", when, folder["out.pcap"]])
    for outcome in [packed, read] {
      #expect(outcome.ending == .exit(0), "\(outcome)")
      #expect(outcome.errors.contains(" %") == isShown && outcome.stderr.isEmpty != isShown)
    }
  }
}
