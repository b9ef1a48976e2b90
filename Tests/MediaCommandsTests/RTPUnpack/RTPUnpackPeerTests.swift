import Foundation
import MediaIO
import TestSupport
import Testing

@testable import MediaCommands

/// What FFmpeg sends is what comes out.
@Suite(.serialized) struct RTPUnpackPeerTests {
  struct Unavailable: Error { var reason: String }

  struct Case: Sendable, CustomStringConvertible {
    var name: String
    var encoder: String
    var output: String
    var description: String { name }
  }

  private static let picture = "-f lavfi -i testsrc2=s=320x240:r=25:d=1"
  private static let tone = "-f lavfi -i sine=frequency=440:sample_rate=48000:duration=1"

  static let cases = [
    Case(
      name: "H.264 with B pictures",
      encoder: "\(picture) -c:v libx264 -bf 3 -g 12 -threads 1 -pix_fmt yuv420p", output: "mp4"),
    Case(
      name: "H.265 with B pictures",
      encoder: "\(picture) -c:v libx265 -x265-params log-level=none:pools=1:keyint=12",
      output: "mp4"),
    Case(name: "VP8", encoder: "\(picture) -c:v libvpx -g 12 -b:v 300k", output: "mkv"),
    Case(name: "AAC", encoder: "\(tone) -c:a aac", output: "mp4"),
    Case(name: "Opus", encoder: "\(tone) -c:a libopus", output: "mkv"),
    Case(name: "MP3", encoder: "\(tone) -c:a libmp3lame", output: "mkv"),
  ]

  /// What FFmpeg calls the packets of a file, and their sizes.
  private func hashes(_ path: String) throws -> [(hash: String, size: Int)] {
    let outcome = try ProcessRunner.run(
      "ffmpeg", ["-v", "error", "-i", path, "-c", "copy", "-f", "framemd5", "-"])
    try #require(outcome.ending == .exit(0), "\(outcome)")
    return outcome.output.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap {
      let fields = $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
      return fields.count > 5 ? (fields[5], Int(fields[4]) ?? .max) : nil
    }
  }

  /// Sends a file by FFmpeg and gives the outcome of what receives it.
  private func transfer(
    _ source: String, _ scratch: ScratchFolder, _ arguments: [String], muxer: String = "rtp"
  ) throws -> Outcome {
    let port = try freePorts()
    let sdp = scratch["\(port).sdp"]
    // The description is written without sending anything to the port.
    let described = try ProcessRunner.run(
      "ffmpeg",
      ["-v", "error", "-y", "-i", source, "-c", "copy", "-t", "0", "-f", muxer, "-sdp_file", sdp]
        + ["rtp://127.0.0.1:\(port)"])
    try #require(described.ending == .exit(0), "\(described)")
    let receiver = try Mediatool.start(["rtp-unpack", "--timeout", "20s"] + arguments + [sdp])
    try waitForListener(port)
    let sent = try ProcessRunner.run(
      "ffmpeg",
      ["-v", "error", "-re", "-i", source, "-c", "copy", "-f", muxer, "-rtpflags", "send_bye"]
        + ["rtp://127.0.0.1:\(port)"])
    #expect(sent.ending == .exit(0), "\(sent)")
    return receiver.wait(limit: 40)
  }

  @Test(.peers("ffmpeg", "ffprobe"), arguments: cases) func framesAndTimesAreThoseSent(
    _ test: Case
  ) throws {
    let scratch = try ScratchFolder()
    let source = scratch["source.mkv"]
    let made = try ProcessRunner.run(
      "ffmpeg",
      ["-v", "error", "-y"] + test.encoder.split(separator: " ").map(String.init) + [source])
    try #require(made.ending == .exit(0), "\(made)")
    let result = scratch["out.\(test.output)"]
    let outcome = try transfer(source, scratch, ["--json", "-o", result])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let stream = try #require(try JSONText(outcome.stdout)["streams"]?[0])
    #expect(stream["lost"]?.integer == 0 && stream["bye"] == .bool(true))
    if test.name.hasPrefix("H.26") {
      // FFmpeg's payloader keeps no start codes or lengths: compare the NAL units, less what its
      // own filter for the source adds.
      #expect(try units(result) == units(source))
    } else {
      let (ours, theirs) = (try hashes(result), try hashes(source))
      #expect(ours.map(\.hash) == theirs.prefix(ours.count).map(\.hash))
      // FFmpeg gathers frames of AAC and MP3 until a packet is full, and keeps the last to itself.
      let kept = theirs.dropFirst(ours.count).reduce(0) { $0 + $1.size }
      #expect(["AAC", "MP3"].contains(test.name) ? kept < 1460 : kept == 0)
    }
    try compareTimes(result, source, test)
    #expect(try MediaContents.complaints(result) == [])
  }

  /// Matroska counts milliseconds, and has no decode times of the first pictures.
  private func compareTimes(_ result: String, _ source: String, _ test: Case) throws {
    let (ours, theirs) = (
      try MediaContents.times(result, "0"), try MediaContents.times(source, "0")
    )
    // What decoders of Opus skip, and with FFmpeg 9 of AAC, stands before 0; RTP does not know of it.
    let origin = min(0, theirs.first?.pts ?? 0)
    #expect(!ours.isEmpty)
    for (our, their) in zip(ours, theirs) {
      #expect(abs(our.pts - (their.pts - origin)) < 0.0021, "\(our) \(their)")
      guard let dts = our.dts else { continue }
      #expect(dts <= our.pts)
      if let other = their.dts { #expect(abs(dts - (other - origin)) < 0.0021, "\(our) \(their)") }
    }
    let decoding = ours.compactMap(\.dts)
    #expect(zip(decoding, decoding.dropFirst()).allSatisfy { $0 < $1 })
  }

  /// NAL units in their order, less delimiters and parameter sets.
  private func units(_ path: String) throws -> [[UInt8]] {
    let isH265 =
      try ProcessRunner.run(
        "ffprobe", ["-v", "error", "-show_entries", "stream=codec_name", "-of", "csv=p=0", path]
      ).output.hasPrefix("hevc")
    let name = isH265 ? "hevc" : "h264"
    let outcome = try ProcessRunner.run(
      "ffmpeg",
      ["-v", "error", "-i", path, "-c", "copy", "-bsf:v", "\(name)_mp4toannexb", "-f", name, "-"])
    try #require(outcome.ending == .exit(0), "\(outcome)")
    return annexB(outcome.stdout).filter { unit in
      let type = isH265 ? unit[0] >> 1 & 0x3f : unit[0] & 0x1f
      // x265's own message stands in the configuration only.
      return !(isH265 ? [32, 33, 34, 35, 39] : [7, 8, 9]).contains(type)
    }
  }

  private func annexB(_ bytes: [UInt8]) -> [[UInt8]] {
    var units: [[UInt8]] = []
    var start: Int?
    var index = 0
    while index + 2 < bytes.count {
      if bytes[index] == 0, bytes[index + 1] == 0, bytes[index + 2] == 1 {
        if let start { units.append(Array(bytes[start..<index])) }
        start = index + 3
        index += 3
      } else {
        index += 1
      }
    }
    if let start { units.append(Array(bytes[start...])) }
    return units.map { unit in
      var unit = unit
      while unit.last == 0 { unit.removeLast() }
      return unit
    }.filter { !$0.isEmpty }
  }

  @Test(.peers("ffmpeg")) func soundWithoutCompressionIsJoined() throws {
    let scratch = try ScratchFolder()
    let source = scratch["source.wav"]
    let made = try ProcessRunner.run(
      "ffmpeg",
      ["-v", "error", "-y", "-f", "lavfi", "-i", "sine=440:sample_rate=8000:duration=1", "-c:a"]
        + ["pcm_alaw", source])
    try #require(made.ending == .exit(0), "\(made)")
    let outcome = try transfer(source, scratch, ["-o", scratch["out.wav"]])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    func samples(_ path: String) throws -> [UInt8] {
      try ProcessRunner.run(
        "ffmpeg", ["-v", "error", "-i", path, "-c", "copy", "-f", "alaw", "-"]
      ).stdout
    }
    #expect(try samples(scratch["out.wav"]) == samples(source))
  }

  @Test func silenceIsATimeout() throws {
    let port = try freePorts()
    let outcome = try Mediatool.run(
      ["rtp-unpack", "--json", "--timeout", "300ms", "rtp://127.0.0.1:\(port)"])
    #expect(outcome.ending == .exit(75) && outcome.errorLines.count == 1, "\(outcome)")
    #expect(try JSONText(outcome.stdout)["streams"]?.items?.isEmpty == true)
  }

  @Test func aSignalEndsItWithAReport() throws {
    let port = try freePorts()
    let receiver = try Mediatool.start(
      ["rtp-unpack", "--json", "--map", "96=L16/8000", "rtp://127.0.0.1:\(port)"])
    try waitForListener(port)
    let address = try #require(SocketAddress("127.0.0.1", port: port))
    let socket = try UDPSocket(connectingTo: address)
    for packet in RTPCaptures.sound(10) { _ = try socket.send(packet.bytes) }
    usleep(300_000)
    receiver.signal(SIGINT)
    let outcome = receiver.wait(limit: 20)
    #expect(outcome.ending == .exit(130), "\(outcome)")
    #expect(try JSONText(outcome.stdout)["streams"]?[0]?["packets"]?.integer == 10)
  }
}
