import Foundation
import TestSupport
import Testing

/// What comes by a pipe is sent as it comes.
@Suite struct RTPPackPipeTests {
  private static let encoder =
    "-f lavfi -i testsrc2=s=160x120:r=25:d=3 -f lavfi -i sine=f=440:r=48000:d=3 "
    + "-c:v libx264 -preset ultrafast -bf 0 -g 12 -c:a aac -shortest"
  /// A container, and how FFmpeg is told to make it.
  static let forward = [
    ("ts", "-f mpegts"), ("mkv", "-f matroska"),
    ("mp4", "-movflags frag_keyframe+empty_moov -f mp4"), ("mov", "-movflags faststart -f mov"),
  ]

  /// The writer falls silent before the end: nothing but what has come makes the packets.
  @Test(.peers("ffmpeg"), arguments: forward)
  func packetsComeBeforeTheEnd(_ suffix: String, _ options: String) throws {
    let scratch = try ScratchFolder()
    // FFmpeg looks at up to five seconds of a transport stream first.
    let long = Self.encoder.replacingOccurrences(of: "d=3", with: "d=8")
    let source = try RTPSenders.make("\(long) \(options)", "in.\(suffix)", scratch)
    let size = try Data(contentsOf: URL(filePath: source)).count
    let fifo = scratch["fifo"]
    try #require(mkfifo(fifo, 0o600) == 0)
    let port = try freePorts()
    let writer = try ProcessRunner.start(
      "sh", ["-c", "exec 3> '\(fifo)'; head -c \(size - 200) '\(source)' >&3; exec sleep 60"])
    defer { writer.stop() }
    let packer = try Mediatool.start(
      ["rtp-pack", "--jsonl", "--packets", "--timeout", "60s"]
        + ["--send", "rtp://127.0.0.1:\(port)", fifo])
    let hasCome = packer.waitForOutput {
      $0.split(separator: UInt8(ascii: "\n")).count > 20
    }
    #expect(hasCome, "\(packer.errorsSoFar)")
    packer.stop()
  }

  /// The packets are those of the file, also where a way back is needed and the pipe is kept.
  @Test(.peers("ffmpeg"), arguments: forward + [("m4v", "-f mp4"), ("avi", "-f avi")])
  func packetsAreThoseOfTheFile(_ suffix: String, _ options: String) throws {
    let scratch = try ScratchFolder()
    let source = try RTPSenders.make("\(Self.encoder) \(options)", "in.\(suffix)", scratch)
    let words = ["rtp-pack", "-q", "--seed", "1", "-o"]
    let file = try Mediatool.run(words + [scratch["file.pcap"], source])
    let bytes = [UInt8](try Data(contentsOf: URL(filePath: source)))
    let pipe = try Mediatool.run(words + [scratch["pipe.pcap"], "-"], input: .pipe(bytes))
    #expect(file.ending == .exit(0) && pipe.ending == .exit(0), "\(file.errors)\(pipe.errors)")
    let captures = try ["file", "pipe"].map {
      try Data(contentsOf: URL(filePath: scratch["\($0).pcap"]))
    }
    #expect(captures[0] == captures[1])
  }
}
