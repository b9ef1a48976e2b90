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

/// Times that come to need extended timestamps, that have them from the beginning, that cross 2^31,
/// that lie beyond it, and that begin anew behind 2^32.
let largeTimes: [UInt32] = [
  0xff_ffff - 1000, 0xff_ffff + 5, 0x7fff_ffff - 1000, 0x8000_0005, 0xffff_ffff - 1000,
]

/// The FLV with all its times later, modulo 2^32.
func shiftedFLV(_ bytes: [UInt8], by milliseconds: UInt32) -> [UInt8] {
  var bytes = bytes
  var position = 13
  while position + 11 <= bytes.count {
    func byte(_ index: Int) -> UInt32 { UInt32(bytes[position + index]) }
    let later = (byte(7) << 24 | byte(4) << 16 | byte(5) << 8 | byte(6)) &+ milliseconds
    for (index, shift) in [(7, 24), (4, 16), (5, 8), (6, 0)] as [(Int, UInt32)] {
      bytes[position + index] = UInt8(truncatingIfNeeded: later >> shift)
    }
    position += 11 + Int(byte(1) << 16 | byte(2) << 8 | byte(3)) + 4
  }
  return bytes
}

/// Pushes `source` to an FFmpeg that listens and writes all it is given to `file`.
///
/// At the end FFmpeg complains of an input/output error, as it does when FFmpeg pushes.
func pushToFFmpeg(_ ffmpeg: String, _ source: String, to file: String) throws -> Outcome {
  let port = try NginxServer.freePort()
  let url = "rtmp://127.0.0.1:\(port)/live/k"
  let process = try ProcessRunner.start(
    ffmpeg,
    ["-v", "error", "-y", "-listen", "1", "-i", url, "-map", "0", "-c", "copy", file])
  // FFmpeg says nothing when it begins to listen.
  let outcome = try Mediatool.run(["rtmp-push", "--fast", "--retry", "20", source, url])
  if outcome.ending != .exit(0) { process.stop() }
  _ = process.wait()
  return outcome
}

/// The hashes of each track's packets, as a current FFmpeg reads them; tracks in the order of their
/// first hashes.
func trackHashes(_ ffmpeg: String, _ path: String) throws -> [[String]] {
  let outcome = try ProcessRunner.run(
    ffmpeg, ["-v", "error", "-i", path, "-map", "0", "-c", "copy", "-f", "framemd5", "-"])
  var tracks: [String: [String]] = [:]
  for line in outcome.output.split(separator: "\n") where !line.hasPrefix("#") {
    let fields = line.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    if fields.count > 5 { tracks[fields[0], default: []].append(fields[5]) }
  }
  return tracks.values.sorted { $0[0] < $1[0] }
}
