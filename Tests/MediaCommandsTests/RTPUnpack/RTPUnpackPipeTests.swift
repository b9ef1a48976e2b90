import Foundation
import TestSupport
import Testing

/// Captures that come by a pipe.
@Suite struct RTPUnpackPipeTests {
  /// What has come through a pipe is printed while the rest is waited for.
  @Test func linesDoNotWaitForAPipe() throws {
    let scratch = try ScratchFolder()
    let capture = try RTPCaptures.write(RTPCaptures.sound(50), scratch)
    let pipe = scratch["pipe"]
    try #require(mkfifo(pipe, 0o600) == 0)
    let end = open(pipe, O_RDWR)
    try #require(end >= 0)
    defer { close(end) }
    let process = try Mediatool.start(
      ["rtp-unpack", "--jsonl", "--timeout", "60s", "--map", "96=L16/8000", pipe])
    let bytes = try contents(of: capture)
    let count = bytes.withUnsafeBytes { Foundation.write(end, $0.baseAddress, $0.count) }
    #expect(count == bytes.count)
    let lines = { (output: [UInt8]) in output.count { $0 == UInt8(ascii: "\n") } }
    #expect(process.waitForOutput { lines($0) >= 50 })
    process.stop()
  }
}
