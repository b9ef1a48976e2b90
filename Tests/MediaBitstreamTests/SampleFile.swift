import Foundation
import MediaBytes
import TestSupport

/// The one video track of an MP4 file: its configuration and its samples.
struct SampleFile {
  var configuration: [UInt8]
  var samples: [[UInt8]]

  /// Walks the boxes that matter; enough for what FFmpeg's muxer writes.
  init(mp4 bytes: [UInt8], configurationBox: String) throws {
    let table = try Self.box(["moov", "trak", "mdia", "minf", "stbl"], in: bytes, 0..<bytes.count)
    let entry = try Self.box(["stsd"], in: bytes, table)
    // FullBox, entry_count, then the entry: its header and the 78 bytes of VisualSampleEntry.
    let inner = entry.lowerBound + 8 + 8 + 78..<entry.upperBound
    configuration = [UInt8](bytes[try Self.box([configurationBox], in: bytes, inner)])
    let sizes = try Self.words(try Self.box(["stsz"], in: bytes, table), in: bytes)
    let chunks = try Self.words(try Self.box(["stsc"], in: bytes, table), in: bytes)
    let offsets = try Self.words(try Self.box(["stco"], in: bytes, table), in: bytes)
    var index = 0
    samples = []
    for (chunk, start) in offsets[2...].enumerated() {
      var position = start
      for _ in 0..<Self.samplesPerChunk(chunk + 1, chunks) {
        // sample_size, or 0 and a table.
        let size = sizes[1] > 0 ? sizes[1] : sizes[3 + index]
        samples.append([UInt8](bytes[position..<position + size]))
        position += size
        index += 1
      }
    }
  }

  private struct Missing: Error {
    var box: String
  }

  /// The body of the box at the end of a path.
  private static func box(
    _ path: [String], in bytes: [UInt8], _ range: Range<Int>
  ) throws -> Range<Int> {
    guard let name = path.first else { return range }
    var position = range.lowerBound
    while position + 8 <= range.upperBound {
      let size = word(bytes, position)
      guard size >= 8 else { break }
      if String(decoding: bytes[position + 4..<position + 8], as: UTF8.self) == name {
        return try box([String](path.dropFirst()), in: bytes, position + 8..<position + size)
      }
      position += size
    }
    throw Missing(box: name)
  }

  private static func word(_ bytes: [UInt8], _ position: Int) -> Int {
    bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
  }

  private static func words(_ range: Range<Int>, in bytes: [UInt8]) throws -> [Int] {
    stride(from: range.lowerBound, to: range.upperBound - 3, by: 4).map { word(bytes, $0) }
  }

  private static func samplesPerChunk(_ chunk: Int, _ table: [Int]) -> Int {
    var found = 0
    for entry in 0..<table[1] where table[2 + 3 * entry] <= chunk { found = table[3 + 3 * entry] }
    return found
  }
}

/// A Matroska file of one video track, so that FFmpeg reads access units that no encoder makes.
func matroska(codec: String, configuration: [UInt8], samples: [[UInt8]]) -> [UInt8] {
  func element(_ id: String, _ body: [UInt8]) -> [UInt8] {
    var writer = ByteWriter()
    writer.append(hex(id))
    writer.integer(UInt64(body.count) | 1 << 56)
    writer.append(body)
    return writer.bytes
  }
  let video = element("e0", element("b0", [0, 160]) + element("ba", [0, 120]))
  let entry =
    element("d7", [1]) + element("73c5", [1]) + element("83", [1])
    + element("86", [UInt8](codec.utf8)) + element("63a2", configuration) + video
  var body =
    element("1549a966", element("2ad7b1", hex("0f4240")))
    + element("1654ae6b", element("ae", entry))
  for (index, sample) in samples.enumerated() {
    var time = ByteWriter()
    time.integer(UInt32(index * 40))
    body += element(
      "1f43b675", element("e7", time.bytes) + element("a3", hex("81 0000 80") + sample))
  }
  return element("1a45dfa3", element("4282", [UInt8]("matroska".utf8))) + element("18538067", body)
}
