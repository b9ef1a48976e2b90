import Foundation
import MediaFLV
import Testing
import TestSupport

/// Files of others, where they lie beside the checkout; they are not part of this project.
private let corpus: URL? = {
  let folder =
    ProcessInfo.processInfo.environment["MEDIATOOL_CORPUS"].map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../../shared/corpus").standardizedFileURL
  return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}()

private struct Expected: Sendable, CustomStringConvertible {
  var file: String
  var video, audio, script: Int
  var other = 0
  var kind = FLVPreviousTagSize.Kind.exact
  var end = FLVEnd.clean

  var description: String { file }
}

private let expected = [
  Expected(file: "androidx-media/sample", video: 32, audio: 46, script: 1),
  Expected(file: "enhanced-rtmp/testsrc", video: 303, audio: 503, script: 1),
  Expected(file: "synthetic/h264_aac", video: 52, audio: 96, script: 1),
  Expected(file: "synthetic/sorenson", video: 10, audio: 0, script: 1),
  Expected(file: "synthetic/enh_multitrack_h264x2_aacx2", video: 104, audio: 193, script: 1),
  Expected(file: "synthetic/flv_dataoffset_16", video: 52, audio: 96, script: 1),
  Expected(file: "synthetic/flv_prevtagsize_zero", video: 52, audio: 96, script: 1, kind: .zero),
  Expected(file: "synthetic/flv_unknown_tag_type", video: 52, audio: 96, script: 1, other: 1),
  Expected(file: "synthetic/flv_zero_len_tags", video: 53, audio: 97, script: 2),
  Expected(file: "synthetic/flv_ts_cross_24bit", video: 52, audio: 96, script: 1),
  Expected(file: "synthetic/flv_metadata_all_types", video: 52, audio: 96, script: 1),
  Expected(file: "synthetic/flv_header_only_13", video: 0, audio: 0, script: 0),
  Expected(
    file: "synthetic/flv_trunc_in_tag_body", video: 27, audio: 46, script: 1,
    end: .truncatedTag(
      offset: 27516, FLVTagHeader(.audio, dataSize: 124, timestamp: 0), present: 73)),
]

@Suite(.enabled(if: corpus != nil, "no corpus beside the checkout, see MEDIATOOL_CORPUS"))
struct ReadingCorpusTests {
  @Test(arguments: expected) fileprivate func countsTheTags(_ expected: Expected) throws {
    let url = try #require(corpus).appendingPathComponent(expected.file + ".flv")
    let bytes = [UInt8](try Data(contentsOf: url))
    let steps = try scan(bytes, block: 4096)
    #expect(steps == (try receive(bytes, cuts: { 1000 })))
    let types = steps.tags.map(\.header.type)
    #expect(types.count { $0 == .video } == expected.video)
    #expect(types.count { $0 == .audio } == expected.audio)
    #expect(types.count { $0 == .script } == expected.script)
    #expect(types.count == expected.video + expected.audio + expected.script + expected.other)
    #expect(steps.sizes.dropFirst().allSatisfy { $0.kind == expected.kind })
    #expect(steps.skips.isEmpty && steps.gap(in: bytes.count) == nil)
    guard case .truncatedTag(let offset, let header, let present) = expected.end else {
      #expect(steps.end == expected.end)
      return
    }
    guard case .truncatedTag(offset, let found?, present)? = steps.end else {
      Issue.record("ends with \(String(describing: steps.end))")
      return
    }
    #expect(found.type == header?.type && found.dataSize == header?.dataSize)
  }

  @Test func timestampsCross24Bits() throws {
    let url = try #require(corpus).appendingPathComponent("synthetic/flv_ts_cross_24bit.flv")
    let times = try scan([UInt8](Data(contentsOf: url))).tags.dropFirst().map(\.header.timestamp)
    #expect(times.first == 16_776_215 && times.max() == 16_778_279)
  }

  /// Real media has zeros and lengths in its bodies, which made ones have not.
  @Test func everyDataSizeOfARealFileMayBeWrong() throws {
    let url = try #require(corpus).appendingPathComponent("synthetic/h264_aac.flv")
    let original = [UInt8](try Data(contentsOf: url))
    let tags = try scan(original).tags
    var random = Seeded.of("DataSizes of a real file")
    for tag in tags {
      for offset in tag.offset + 1...tag.offset + 3 {
        var bytes = original
        bytes[offset] ^= UInt8.random(in: 1...255, using: &random)
        let found = try scan(bytes).tags
        #expect(found.map(\.offset) == tags.map(\.offset), "byte \(offset): \(bytes[offset])")
        #expect(found.map(\.header) == tags.map(\.header), "byte \(offset): \(bytes[offset])")
      }
    }
  }
}

// MARK: - What FFmpeg writes and counts

@Suite(.enabled(if: find("ffmpeg") != nil && find("ffprobe") != nil, "needs ffmpeg, ffprobe"))
struct ReadingFFmpegTests {
  @Test(
    arguments: [
      ("-c:v libx264 -preset ultrafast -bf 2 -c:a aac", 3),
      ("-c:v flv -c:a libmp3lame -ar 44100", 0),
      ("-vn -c:a pcm_s16le -ar 44100", 0),
    ] as [(String, Int)])
  func findsEveryPacket(codecs: String, headers: Int) throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("mediatool-reading-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appendingPathComponent("made.flv").path
    let inputs = "-f lavfi -i testsrc2=s=160x120:r=25:d=1 -f lavfi -i sine=d=1:sample_rate=44100"
    _ = try run("ffmpeg", "-v error -nostdin \(inputs) \(codecs) \(file)")
    let lines = try run(
      "ffprobe", "-v error -show_entries packet=pos -of csv=p=0 \(file)")
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: file)))
    let steps = try scan(bytes)
    #expect(steps.end == .clean && steps.skips.isEmpty)
    #expect(steps.sizes.allSatisfy { $0.kind == .exact })
    let packets = lines.split(separator: "\n").count
    // Besides: one script tag, two sequence headers and the end of the sequence.
    #expect(packets > 20)
    #expect(steps.tags.count == packets + 1 + headers)
  }
}

private func find(_ program: String) -> String? {
  let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
  return path.split(separator: ":").map { "\($0)/\(program)" }
    .first { FileManager.default.isExecutableFile(atPath: $0) }
}

private func run(_ program: String, _ arguments: String) throws -> String {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: try #require(find(program)))
  process.arguments = arguments.split(separator: " ").map(String.init)
  let output = Pipe()
  process.standardOutput = output
  try process.run()
  let data = output.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0)
  return String(decoding: data, as: UTF8.self)
}
