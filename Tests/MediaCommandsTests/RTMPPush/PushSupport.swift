import Foundation
import TestSupport
import Testing

/// A packet of a file, as ffprobe sees it.
struct PushedPacket: Hashable, CustomStringConvertible {
  var kind: String
  /// Milliseconds.
  var pts: Int64
  var dts: Int64
  var isKey: Bool
  var hash: String

  var description: String { "\(kind) \(pts) \(dts) \(isKey ? "K" : "-") \(hash.suffix(8))" }
}

/// The packets of a file, those of each kind in their order.
func pushedPackets(_ path: String) throws -> [PushedPacket] {
  let outcome = try ProcessRunner.run(
    "ffprobe",
    [
      "-v", "error", "-show_packets", "-show_data_hash", "md5", "-show_entries",
      "packet=codec_type,pts_time,dts_time,flags,data_hash", "-of", "json", path,
    ])
  struct Document: Decodable {
    struct Packet: Decodable {
      var codec_type: String
      var pts_time: String?
      var dts_time: String?
      var flags: String
      var data_hash: String
    }
    var packets: [Packet]
  }
  let document = try JSONDecoder().decode(Document.self, from: Data(outcome.stdout))
  func milliseconds(_ text: String?) -> Int64 {
    Int64(((text.flatMap(Double.init) ?? 0) * 1000).rounded())
  }
  let packets = document.packets.map {
    PushedPacket(
      kind: $0.codec_type, pts: milliseconds($0.pts_time), dts: milliseconds($0.dts_time),
      isKey: $0.flags.hasPrefix("K"), hash: $0.data_hash)
  }
  return packets.filter { $0.kind == "video" } + packets.filter { $0.kind == "audio" }
}

/// Expects all packets of `source` in `recording`, at the same times but for one offset.
func expectSamePackets(
  _ source: String, _ recording: String, location: SourceLocation = #_sourceLocation
) throws {
  let (expected, found) = (try pushedPackets(source), try pushedPackets(recording))
  #expect(!expected.isEmpty, sourceLocation: location)
  #expect(found.count == expected.count, sourceLocation: location)
  #expect(found.map(\.hash) == expected.map(\.hash), sourceLocation: location)
  let offsets = Set(
    zip(found, expected).flatMap { [$0.pts - $1.pts, $0.dts - $1.dts] })
  #expect(offsets.count == 1, "offsets \(offsets)", sourceLocation: location)
}
