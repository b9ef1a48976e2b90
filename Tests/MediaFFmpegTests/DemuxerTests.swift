import Foundation
import MediaFFmpeg
import MediaModel
import TestSupport
import Testing

private let clip = URL(fileURLWithPath: #filePath)
  .deletingLastPathComponent().appending(path: "../../Samples/clip.mp4").standardizedFileURL.path

/// Bytes in memory, served at most `step` at a time.
private final class MemoryInput: RandomAccessInput {
  struct Broken: Error, Equatable {}
  let bytes: [UInt8]
  let isSeekable: Bool
  let step: Int
  /// Reads at or beyond this offset fail.
  var brokenFrom = Int.max

  init(_ bytes: [UInt8], isSeekable: Bool = true, step: Int = .max) {
    self.bytes = bytes
    self.isSeekable = isSeekable
    self.step = step
  }

  func byteCount() -> Int64? { isSeekable ? Int64(bytes.count) : nil }

  func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    guard offset < brokenFrom else { throw Broken() }
    let rest = bytes.dropFirst(Int(offset)).prefix(min(buffer.count, step))
    buffer.copyBytes(from: rest)
    return rest.count
  }
}

private func open(_ input: MemoryInput) throws -> Demuxer {
  var options = DemuxerOptions()
  options.input = input
  let demuxer = try Demuxer(url: "pipe:", options: options)
  try demuxer.findStreamInfo()
  return demuxer
}

private func packetSizes(_ demuxer: Demuxer) throws -> [Int: Int] {
  let packet = try Packet()
  var sizes: [Int: Int] = [:]
  while try demuxer.read(into: packet) { sizes[packet.streamIndex, default: 0] += packet.byteCount }
  return sizes
}

@Suite struct DemuxerTests {
  @Test func describesTheClip() throws {
    let demuxer = try Demuxer(url: clip)
    try demuxer.findStreamInfo()
    let description = demuxer.describe()
    #expect(description.format.name == "mov,mp4,m4a,3gp,3g2,mj2")
    #expect(description.format.duration == 20_000_000)
    #expect(description.format.durationSource == "header")
    let video = try #require(description.streams.first)
    #expect(video.kind == .video && video.codecName == "h264")
    #expect(video.width == 640 && video.height == 360 && video.bitDepth == 8)
    #expect(video.averageFrameRate.value == 25)
    #expect(video.extradata.first == 1, "avcC, ISO/IEC 14496-15 5.3.3.1")
    #expect(video.decoder == nil)
    #expect(description.streams.count == 2 && description.streams[1].channelLayout == "stereo")
  }

  @Test(arguments: [1, 1000, Int.max]) func readsFromMemoryAsFromTheFile(step: Int) throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: clip)))
    let fromFile = try Demuxer(url: clip)
    try fromFile.findStreamInfo()
    let whole = try packetSizes(fromFile)
    guard step > 1 else {
      // A byte at a time is slow; the header shows the same.
      #expect(
        try open(MemoryInput(bytes, step: 7)).describe().streams == fromFile.describe().streams)
      return
    }
    #expect(try packetSizes(open(MemoryInput(bytes, step: step))) == whole)
    // The index comes first in this clip, so it can also be read only forward.
    #expect(try packetSizes(open(MemoryInput(bytes, isSeekable: false, step: step))) == whole)
  }

  @Test func errorsOfTheInputComeBackAsTheyWere() throws {
    let input = MemoryInput([UInt8](try Data(contentsOf: URL(fileURLWithPath: clip))))
    input.brokenFrom = 0
    #expect(throws: MemoryInput.Broken.self) { _ = try open(input) }
    input.brokenFrom = 300_000
    let demuxer = try open(input)
    #expect(throws: MemoryInput.Broken.self) { _ = try packetSizes(demuxer) }
  }

  /// A playlist or a description under whatever name: its bytes are read, and lead nowhere.
  @Test(arguments: ["pipe:", "", "/tmp/clip.mp4"]) func bytesOpenNoNetwork(url: String) throws {
    let server = try LoopbackServer(.file(clip))
    let texts = [
      "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n\(server.url("a.ts"))\n#EXT-X-ENDLIST\n",
      """
      v=0\r
      o=- 1 1 IN IP4 127.0.0.1\r
      s=x\r
      c=IN IP4 127.0.0.1\r
      t=0 0\r
      m=audio 5004 RTP/AVP 96\r
      a=rtpmap:96 opus/48000/2\r

      """,
    ]
    for text in texts {
      var options = DemuxerOptions()
      options.input = MemoryInput(Array(text.utf8))
      options.timeout = 2_000_000_000
      let began = ContinuousClock.now
      let error = #expect(throws: FFmpegError.self) {
        let demuxer = try Demuxer(url: url, options: options)
        try demuxer.findStreamInfo()
      }
      #expect(error?.reason != .timedOut, "\(ContinuousClock.now - began)")
    }
    #expect(server.log.split(separator: "\n").count == 1, "it was asked: \(server.log)")
  }

  @Test func errorsNameTheCall() throws {
    let error = #expect(throws: FFmpegError.self) { _ = try Demuxer(url: "/nonexistent/clip.mp4") }
    #expect(error?.call == "avformat_open_input")
    #expect(error?.reason == .system(errno: ENOENT))
    let garbage = MemoryInput([UInt8](repeating: 0xA5, count: 10_000))
    let invalid = #expect(throws: FFmpegError.self) { _ = try open(garbage) }
    #expect(invalid?.reason == .invalidData)
  }

  @Test func unknownOptionsAndFormatsAreRefused() throws {
    var options = DemuxerOptions()
    options.options = [("no_such_option", "1")]
    let error = #expect(throws: FFmpegError.self) { _ = try Demuxer(url: clip, options: options) }
    #expect(error?.reason == .optionNotFound(["no_such_option"]))
    options = DemuxerOptions()
    options.optionalOptions = [("no_such_option", "1")]
    _ = try Demuxer(url: clip, options: options)
    options.inputFormat = "no_such_format"
    let format = #expect(throws: FFmpegError.self) { _ = try Demuxer(url: clip, options: options) }
    #expect(format?.reason == .demuxerNotFound)
  }

  @Test func aCancelledReadEndsAtOnce() throws {
    var options = DemuxerOptions()
    options.cancelled = { _ in 1 }
    let error = #expect(throws: FFmpegError.self) {
      _ = try Demuxer(url: "tcp://127.0.0.1:9", options: options)
    }
    #expect(error?.reason == .cancelled)
  }

  @Test func theLogKeepsWhatCodesDoNotSay() throws {
    let log = try FFmpegLog()
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: clip)))
    // ftyp and free, then mdat without a moov.
    let headless =
      Array(bytes.prefix(32)) + [0, 0, 0, 16] + Array("mdat".utf8) + [0, 0, 0, 0, 0, 0, 0, 0]
    #expect(throws: FFmpegError.self) { _ = try open(MemoryInput(headless)) }
    #expect(log.errors.contains { $0.text.contains("moov atom not found") })
    #expect(log.takeErrors().count == log.errors.count)
    #expect(log.takeErrors().isEmpty)
  }

  @Test func guessesByContentAlone() throws {
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: clip)).prefix(4096))
    #expect(try FormatProbe.guess(bytes)?.name == "mov,mp4,m4a,3gp,3g2,mj2")
    #expect(try FormatProbe.guess([UInt8](repeating: 0xA5, count: 4096)) == nil)
    #expect(try FFmpegProtocols.knows("http") && FFmpegProtocols.knows("rtsp"))
    #expect(try !FFmpegProtocols.knows("nosuch"))
  }
}

@Suite struct DecoderTests {
  @Test func decodesEveryFrame() throws {
    let demuxer = try Demuxer(url: clip)
    try demuxer.findStreamInfo()
    let decoder = try #require(try Decoder(demuxer, streamIndex: 0))
    let parser = try #require(try PictureParser(demuxer, streamIndex: 0))
    let packet = try Packet()
    var (frames, keys, types) = (0, 0, "")
    let count: (Decoder.Output) -> Void = { output in
      guard case .frame(let frame) = output else { return }
      frames += 1
      if frame.isKey { keys += 1 }
    }
    while try demuxer.read(into: packet) {
      guard packet.streamIndex == 0 else { continue }
      if let type = parser.pictureType(of: packet) { types.append(type) }
      try decoder.decode(packet, output: count)
    }
    try decoder.decode(nil, output: count)
    #expect(frames == 500 && keys == 10)
    #expect(types.count == 500 && types.filter { $0 == "I" }.count >= 10 && types.contains("B"))
  }

  @Test func aDamagedPacketIsAnErrorOfItself() throws {
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: clip)))
    for position in bytes.indices where position > 100_000 && position < 140_000 {
      bytes[position] = UInt8(truncatingIfNeeded: position &* 31)
    }
    let log = try FFmpegLog()
    let demuxer = try open(MemoryInput(bytes))
    let decoder = try #require(try Decoder(demuxer, streamIndex: 0))
    let packet = try Packet()
    var (frames, failures) = (0, 0)
    while try demuxer.read(into: packet) {
      guard packet.streamIndex == 0 else { continue }
      do {
        try decoder.decode(packet) { _ in frames += 1 }
      } catch is FFmpegError {
        failures += 1
      }
    }
    #expect(frames > 300, "decoding goes on behind the damage")
    #expect(failures > 0 || !log.errors.isEmpty)
  }
}
