import Foundation
import MediaBytes
import MediaFLV
import MediaIO
import MediaModel
import MediaRTMP
import TestSupport
import Testing

@testable import MediaCommands

/// Every codec that is carried, through sockets to FFmpeg and to our own server machine.
@Suite(.peers("ffmpeg", "ffprobe"), .currentFFmpeg) struct RTMPPushCodecTests {
  struct Input: Sendable, CustomTestStringConvertible {
    let file: String
    let arguments: [String]
    var testDescription: String { file }

    init(_ file: String, _ arguments: String, video: Bool = true, audio: Bool = true) {
      let sources =
        (video ? ["-f", "lavfi", "-i", "testsrc2=s=160x120:r=25:d=1"] : [])
        + (audio ? ["-f", "lavfi", "-i", "sine=440:sample_rate=48000:duration=1"] : [])
      self.file = file
      self.arguments = sources + arguments.split(separator: " ").map(String.init)
    }

    var path: String { get throws { try Clips.path(Recipe(file, arguments)) } }
  }

  private static let inputs: [Input] =
    [
      Input(
        "push-hevc-aac.mp4",
        "-c:v libx265 -preset ultrafast -x265-params log-level=none:pools=1:bframes=2 -c:a aac"),
      Input("push-av1-opus.mkv", "-c:v libsvtav1 -preset 12 -c:a libopus"),
      Input("push-vp9-opus.webm", "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -c:a libopus"),
      Input("push-h264-ac3.mkv", "-c:v libx264 -preset ultrafast -threads 1 -c:a ac3"),
      Input("push-eac3.mkv", "-c:a eac3", video: false),
      // FFmpeg reads and writes STREAMINFO alone where Enhanced RTMP v2 has FLAC's native header:
      // the packets arrive, but it cannot decode them.
      Input("push-flac.mkv", "-c:a flac", video: false),
    ]
    + [48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8000].map {
      Input("push-mp3-\($0).mkv", "-c:a libmp3lame -ar \($0)", video: false)
    }

  @Test(arguments: inputs) func arriveAtFFmpeg(_ input: Input) throws {
    let (ffmpeg, folder) = (try #require(Peers.currentFFmpeg), try ScratchFolder())
    let source = try input.path
    let outcome = try pushToFFmpeg(ffmpeg, source, to: folder["out.mkv"])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let expected = try trackHashes(ffmpeg, source)
    #expect(!expected.isEmpty)
    #expect(try trackHashes(ffmpeg, folder["out.mkv"]) == expected)
  }

  @Test(arguments: inputs.prefix(3)) func arriveAtOurServer(_ input: Input) throws {
    let (ffmpeg, folder) = (try #require(Peers.currentFFmpeg), try ScratchFolder())
    let source = try input.path
    let media = try pushToOurServer(source)
    var writer = FLVWriter()
    for message in media {
      let type = FLVTagType(rawValue: message.typeID.rawValue)
      let timestamp = Int32(bitPattern: message.timestamp)
      try writer.write(
        FLVTagHeader(type, dataSize: 0, timestamp: timestamp), body: message.payload)
    }
    let file = try folder.write(writer.takeBytes(), to: "received.flv")
    #expect(try trackHashes(ffmpeg, file) == trackHashes(ffmpeg, source))
  }

  /// Pictures of H.265 out of order have their composition times (obs 8650), and each is a key
  /// picture or an inter picture, nothing else (obs 8761).
  @Test func compositionTimesArrive() throws {
    let source = try Self.inputs[0].path
    var seen: [(offset: Int64, isKey: Bool)] = []
    for message in try pushToOurServer(source) where message.typeID == .video {
      var reader = ByteReader(message.payload.span)
      let body = try FLVVideoBody(parsing: &reader, bodySize: message.payload.count)
      guard let part = body.parts.first, part.kind == .codedFrames else { continue }
      #expect(body.frameType == .key || body.frameType == .inter)
      seen.append((Int64(part.compositionTimeOffset), body.isKeyframe))
    }
    let expected = try pushedPackets(source).filter { $0.kind == "video" }
    #expect(seen.map(\.isKey) == expected.map(\.isKey))
    #expect(seen.map(\.offset) == expected.map { $0.pts - $0.dts })
    #expect(seen.contains { $0.offset > 40 })
  }

  /// Two tracks of pictures and two of sound, in the form of Enhanced RTMP v2.
  @Test func tracksArriveSeverally() throws {
    let (ffmpeg, folder) = (try #require(Peers.currentFFmpeg), try ScratchFolder())
    let clips = [try Clips.path("flv-h264"), try Self.inputs[0].path, try Self.inputs[1].path]
    let source = folder["multitrack.flv"]
    let made = try ProcessRunner.run(
      ffmpeg,
      ["-v", "error"] + clips.flatMap { ["-i", $0] }
        + ["-map", "0", "-map", "1:v", "-map", "2:a", "-c", "copy", source])
    #expect(made.ending == .exit(0), "\(made)")
    let expected = try trackHashes(ffmpeg, source)
    #expect(expected.count == 4)

    let media = try pushToOurServer(source).filter { $0.typeID != .data }
    let tags = try tags(of: source).filter { $0.header.type != .script }
    #expect(media.map(\.typeID.rawValue) == tags.map(\.header.type.rawValue))
    #expect(media.map(\.payload) == tags.map(\.body))
    #expect(media.map(\.timestamp) == tags.map { UInt32(bitPattern: $0.header.timestamp) })

    let outcome = try pushToFFmpeg(ffmpeg, source, to: folder["out.mkv"])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(try trackHashes(ffmpeg, folder["out.mkv"]) == expected)
  }

  /// What our server receives of a push, by another process.
  private func pushToOurServer(_ source: String) throws -> [RTMPMessage] {
    let driver = try Driver()
    let server = try LiveServer(driver)
    defer { server.close() }
    let process = try Mediatool.start(["rtmp-push", "--fast", "--json", source, server.url()])
    defer { process.stop() }
    let limit = MonotonicClock.now() + 20_000_000_000
    // Its result is the last that it writes.
    while process.outputSoFar.isEmpty, MonotonicClock.now() < limit {
      _ = try driver.run(until: MonotonicClock.now() + 20_000_000)
    }
    let outcome = process.wait(limit: 10)
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(server.sessions.count == 1)
    return server.sessions.first?.media ?? []
  }

  private func tags(of path: String) throws -> [(header: FLVTagHeader, body: [UInt8])] {
    let bytes = try contents(of: path)
    var reader = FLVReader()
    reader.receive(bytes.span)
    reader.finish()
    var tags: [(header: FLVTagHeader, body: [UInt8])] = []
    while let event = try reader.next() {
      if case .tag(let tag, let body) = event { tags.append((tag.header, body)) }
    }
    return tags
  }
}
