import TestSupport
import Testing

/// The documents of `rtp-pack` against their schema.
@Suite(.peers("ffmpeg", "python3")) struct RTPPackSchemaTests {
  @Test func everyDocumentMatches() throws {
    let folder = try ScratchFolder()
    let options = [
      [], ["--packets"], ["--verify", "--drop", "5%", "--jitter", "2ms"],
      ["--send", "rtp://127.0.0.1:\(try freePorts())", "--fast"],
      ["--packetization-mode", "0", "--mtu", "200", "--packets"],
    ]
    for (index, options) in options.enumerated() {
      let clip = try Clips.path(index == 4 ? "raw-h264" : "mp4-faststart")
      let outcome = try Mediatool.run(["rtp-pack", "--json"] + options + [clip])
      if !outcome.stdout.isEmpty { try folder.write(outcome.stdout, to: "\(index).json") }
    }
    #expect(try folder.names.count >= 4)
    try expectSchema("rtp-pack-1", in: folder)
  }
}
