import Foundation
import TestSupport
import Testing

/// The standard output of ffmpeg, which must not complain.
func ffmpegOutput(
  _ words: String, location: SourceLocation = #_sourceLocation
) throws -> [UInt8] {
  let outcome = try ProcessRunner.run(
    "ffmpeg", ["-v", "warning", "-nostdin"] + words.split(separator: " ").map(String.init))
  try #require(
    outcome.ending == .exit(0) && outcome.stderr.isEmpty, "\(outcome.errors.prefix(600))",
    sourceLocation: location)
  return outcome.stdout
}

/// The pictures of a file, each as often as it is there, in a raw format.
func decodedPictures(_ path: String, _ format: String) throws -> [UInt8] {
  // Of sound without a layout ffmpeg says what it takes it for.
  try ffmpegOutput("-v error -i \(path) -fps_mode passthrough -pix_fmt \(format) -f rawvideo -")
}

/// Peak signal to noise ratio in dB of bytes of one length.
func peakSignalToNoise(_ a: [UInt8], _ b: [UInt8]) -> Double {
  let sum = zip(a, b).reduce(0) { $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1)) }
  return 10 * log10(255 * 255 * Double(max(a.count, 1)) / Double(sum))
}

/// Tracks of a file as ffprobe sees them, `video` before `audio`.
func codecs(_ path: String) throws -> [String] {
  let outcome = try ProcessRunner.run(
    "ffprobe",
    ["-v", "error", "-show_entries", "stream=codec_type,codec_name", "-of", "csv=p=0", path])
  return outcome.output.split(separator: "\n").map(String.init).sorted {
    $0.hasSuffix("video") && !$1.hasSuffix("video")
  }
}

/// A FIFO that the tool reads, and what a test writes into it.
final class TestPipe {
  let path: String
  private var handle: Int32 = -1

  init(_ folder: ScratchFolder, _ name: String) throws {
    path = folder[name]
    try #require(mkfifo(path, 0o600) == 0)
  }

  deinit { close() }

  /// Writes all of it, once somebody reads.
  func write(_ bytes: [UInt8]) throws {
    if handle < 0 { handle = open(path, O_WRONLY | O_CLOEXEC) }
    try #require(handle >= 0)
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes {
        Glibc.write(handle, $0.baseAddress, $0.count)
      }
      try #require(count > 0)
      written += count
    }
  }

  func close() {
    if handle >= 0 { Glibc.close(handle) }
    handle = -1
  }
}

/// Frames sent to the first URL by now, as the tool's `--jsonl` tells each second.
func framesSent(_ output: [UInt8]) -> Int {
  let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
  guard let line = lines.last(where: { $0.contains("\"event\":\"progress\"") }),
    let document = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
    let outputs = document["outputs"] as? [[String: Any]]
  else { return 0 }
  return outputs.first?["frames"] as? Int ?? 0
}

/// Tracks encoded, as in `video bgr24 h264`, of a document of `--json`.
func encodedTracks(_ outcome: Outcome) throws -> [String] {
  let document = try JSONSerialization.jsonObject(with: Data(outcome.stdout)) as? [String: Any]
  return (document?["encoded"] as? [[String: Any]] ?? []).map {
    [$0["kind"], $0["from"], $0["to"]].map { $0 as? String ?? "null" }.joined(separator: " ")
  }
}
