import Foundation
import MediaBytes
import MediaModel
import MediaRaw
import TestSupport

/// What a file of sound holds, read as a program would.
struct ReadFile: Equatable {
  var container: PCMContainer?
  var format: PCMFormat?
  var declaredFrames: Int64?
  var metadata = PCMMetadata()
  var findings: [Finding] = []
  var error: PCMFileError?
  /// Where the samples lie, as far as they are there.
  var samples: Range<Int>?

  /// Code of each finding.
  var codes: [String] { findings.map(\.code.code) }
  var frames: Int? { samples.flatMap { range in format.map { range.count / $0.blockAlign } } }
}

/// Walks a file in memory; `isStream` hides its length.
func read(_ bytes: [UInt8], isStream: Bool = false, maxSteps: Int = 100_000) -> ReadFile {
  var parser = PCMFileParser(byteCount: isStream ? nil : Int64(bytes.count))
  var file = ReadFile()
  var position = 0
  do throws(PCMFileError) {
    walk: for _ in 0..<maxSteps {
      switch parser.next {
      case .read(let count):
        let end = position + min(count, bytes.count - position)
        let part = Array(bytes[position..<end])
        position = end
        try parser.receive(part.span.bytes)
      case .samples(let count):
        file.format = parser.format
        let end = position + Int(min(count ?? .max, Int64(bytes.count - position)))
        file.samples = position..<end
        parser.pass(Int64(end - position))
        position = end
      case .skip(let count):
        let passed = Int(min(count, Int64(bytes.count - position)))
        parser.pass(Int64(passed))
        position += passed
      case .end: break walk
      }
    }
  } catch { file.error = error }
  file.container = parser.container
  file.format = parser.format
  file.declaredFrames = parser.declaredFrames
  file.metadata = parser.metadata
  file.findings = parser.findings
  return file
}

/// All samples, a plane a channel, full scale 1, in blocks of 37 frames.
func decode(_ bytes: [UInt8], _ format: PCMFormat) -> [[Double]] {
  let planes = SamplePlanes(
    lane: format.sampleFormat.lane, channelCount: format.channelCount, capacity: 37)
  let decoder = SampleDecoder(format)
  var result = Array(repeating: [Double](), count: format.channelCount)
  let block = 37 * format.blockAlign
  for start in stride(from: 0, to: bytes.count, by: block) {
    bytes[start..<min(start + block, bytes.count)].withUnsafeBytes {
      decoder.decode($0, into: planes)
    }
    for channel in 0..<format.channelCount {
      switch planes.lane {
      case .int16: result[channel] += planes.int16s(channel).map { Double($0) * 0x1p-15 }
      case .int32: result[channel] += planes.int32s(channel).map { Double($0) * 0x1p-31 }
      case .float: result[channel] += planes.floats(channel).map(Double.init)
      case .double: result[channel] += planes.doubles(channel)
      }
    }
  }
  return result
}

/// Files of other projects, where they lie beside the checkout; they are not part of this one.
let corpus: URL? = {
  let folder =
    ProcessInfo.processInfo.environment["MEDIATOOL_CORPUS"].map { URL(fileURLWithPath: $0) }
    ?? URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../../shared/corpus").standardizedFileURL
  return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}()

// MARK: - Making files

func le(_ value: Int, _ byteCount: Int) -> [UInt8] {
  (0..<byteCount).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
}
func be(_ value: Int, _ byteCount: Int) -> [UInt8] { le(value, byteCount).reversed() }

/// A chunk of RIFF with its pad byte; another size may be stated.
func chunk(_ id: String, _ body: [UInt8], size: Int? = nil, pad: Bool = true) -> [UInt8] {
  Array(id.utf8) + le(size ?? body.count, 4) + body + (pad && body.count % 2 == 1 ? [0] : [])
}

/// The fields of `fmt `, 16 bytes of PCM with 16 bits by default.
func fmt(
  tag: Int = 1, channels: Int = 2, rate: Int = 48_000, byteRate: Int? = nil, blockAlign: Int? = nil,
  bits: Int = 16, more: [UInt8] = []
) -> [UInt8] {
  let align = blockAlign ?? channels * ((bits + 7) / 8)
  return chunk(
    "fmt ",
    le(tag, 2) + le(channels, 2) + le(rate, 4) + le(byteRate ?? rate * align, 4) + le(align, 2)
      + le(bits, 2) + more)
}

/// What follows in WAVE_FORMAT_EXTENSIBLE.
func extensible(valid: Int, mask: Int, tag: Int = 1) -> [UInt8] {
  le(22, 2) + le(valid, 2) + le(mask, 4) + le(tag, 2) + hex("0000 0000 1000 8000 00aa 0038 9b71")
}

/// A RIFF file of chunks.
func wav(_ chunks: [UInt8]..., size: Int? = nil, id: String = "RIFF") -> [UInt8] {
  let body = Array("WAVE".utf8) + chunks.flatMap { $0 }
  return Array(id.utf8) + le(size ?? body.count, 4) + body
}
