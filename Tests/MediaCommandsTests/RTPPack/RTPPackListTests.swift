import TestSupport
import Testing

/// Packets that are listed.
@Suite(.peers("ffmpeg")) struct RTPPackListTests {
  /// Lines of paced packets come as the packets do.
  @Test func pacedPacketsAreListedAtOnce() throws {
    let folder = try ScratchFolder()
    let source = try encoded("in.wav", "-f lavfi -i sine=duration=1 -c:a pcm_s16le", in: folder)
    let port = try freePorts()
    let process = try Mediatool.start(
      ["rtp-pack", "--jsonl", "--loop", "--send", "rtp://127.0.0.1:\(port)", source])
    var first = 0
    #expect(
      process.waitForOutput {
        first = $0.count
        return first > 0
      })
    // Buffers are larger.
    #expect(first < 60_000)
    process.stop()
  }
}
