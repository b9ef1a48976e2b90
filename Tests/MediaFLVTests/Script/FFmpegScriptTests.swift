import Foundation
import MediaFLV
import TestSupport
import Testing

private let ffmpeg = ["/usr/bin/ffmpeg", "/usr/local/bin/ffmpeg"].first {
  FileManager.default.isExecutableFile(atPath: $0)
}

/// What FFmpeg 5.1 writes for a second of test pictures and sound, with `add_keyframe_index`.
private let written = hex(
  """
  02000a6f6e4d65746144617461 08 0000001a
  0008 6475726174696f6e 00 3ff0666666666666 0005 7769647468 00 4050000000000000
  0006 686569676874 00 4048000000000000 000d 766964656f6461746172617465 00 40686a0000000000
  0009 6672616d6572617465 00 4039000000000000 000c 766964656f636f6465636964 00 4000000000000000
  000d 617564696f6461746172617465 00 0000000000000000
  000f 617564696f73616d706c6572617465 00 40e5888000000000
  000f 617564696f73616d706c6573697a65 00 4030000000000000 0006 73746572656f 01 00
  000c 617564696f636f6465636964 00 4000000000000000 0005 7469746c65 02 0005 c39c6ec3af
  0007 656e636f646572 02 000d 4c61766635392e32372e313030
  0008 66696c6573697a65 00 40d2c84000000000 0008 686173566964656f 01 01
  000c 6861734b65796672616d6573 01 01 0008 686173417564696f 01 01
  000b 6861734d65746164617461 01 01 000c 63616e5365656b546f456e64 01 01
  0008 6461746173697a65 00 40d23b0000000000 0009 766964656f73697a65 00 40c2b60000000000
  0009 617564696f73697a65 00 40c1938000000000
  000d 6c61737474696d657374616d70 00 3feeb851eb851eb8
  0015 6c6173746b65796672616d6574696d657374616d70 00 3fe999999999999a
  0014 6c6173746b65796672616d656c6f636174696f6e 00 40cc768000000000
  0009 6b65796672616d6573 03
  000d 66696c65706f736974696f6e73 0a 00000003
  00 408b700000000000 00 40be5b0000000000 00 40cca30000000000
  0005 74696d6573 0a 00000003 00 0000000000000000 00 3fd999999999999a 00 3fe999999999999a
  000009 000009
  """)

@Suite struct FFmpegScriptTests {
  @Test func itsMetadata() throws {
    let body = script(written)
    #expect(body.damage == nil)
    #expect(amfWritten(body) == written)
    let metadata = try #require(FLVMetadata(body))
    #expect(metadata.problems == [])
    #expect(metadata.duration == 1.025)
    #expect(metadata.width == 64)
    #expect(metadata.height == 48)
    #expect(metadata.frameRate == 25)
    #expect(metadata.videoCodecID == .id(2))
    #expect(metadata.audioSampleRate == 44_100)
    #expect(metadata.isStereo == false)
    #expect(metadata.encoder == "Lavf59.27.100")
    #expect(metadata.hasKeyframes == true)
    #expect(metadata.keyframes == .init(filePositions: [878, 7771, 14_662], times: [0, 0.4, 0.8]))
    #expect(body.arguments.first?["title"]?.text == "Ünï")
  }

  /// The FFmpeg that is installed writes what we write, in several of its ways.
  @Test(
    .enabled(if: ffmpeg != nil, "no ffmpeg"),
    arguments: [
      [], ["-flvflags", "add_keyframe_index"], ["-flvflags", "no_duration_filesize"],
      ["-vn"], ["-an"], ["-metadata", "comment=a\u{1}\"b\"", "-metadata", "title=Ünï"],
    ])
  func theInstalledOneAgrees(_ options: [String]) throws {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("script-\(UUID().uuidString).flv")
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(ffmpeg))
    process.arguments =
      [
        "-v", "error", "-nostdin", "-f", "lavfi", "-i", "testsrc=s=64x48:r=25:d=1", "-f", "lavfi",
        "-i", "sine=d=1", "-c:a", "adpcm_swf", "-g", "10",
      ] + options + [file.path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let bodies = try scriptBodies(of: [UInt8](try Data(contentsOf: file)))
    #expect(!bodies.isEmpty)
    for (type, bytes) in bodies {
      let body = script(bytes, type: type)
      #expect(body.damage == nil)
      #expect(body.anomalies == [])
      #expect(amfWritten(body) == bytes)
      #expect(FLVMetadata(body)?.problems == [])
    }
  }
}
