import Foundation
import MediaIO
import MediaRaw
import MediaSignal
import TestSupport
import Testing

@testable import MediaCommands

/// A WAV of 16-bit samples, or its parts.
struct TestSound {
  var rate = 8000
  var channelCount = 2
  /// Interleaved.
  var samples: [Int16]
  /// `dwChannelMask`; nil for a plain header.
  var mask: UInt32?
  /// What the header says of the samples' size; the truth where nil.
  var declaredByteCount: UInt32?

  /// A tone in noise, each channel with its own level; a seed for each.
  static func noise(seconds: Double, rate: Int = 8000, channels: Int = 2) -> TestSound {
    var random = Seeded(20_261_122)
    let count = Int(seconds * Double(rate))
    var samples: [Int16] = []
    samples.reserveCapacity(count * channels)
    for frame in 0..<count {
      let tone = sin(Double(frame) * 0.3) * (frame % 20_000 < 10_000 ? 12_000 : 4000)
      for channel in 0..<channels {
        let level = 1 / Double(channel + 1)
        samples.append(Int16(level * (tone + Double.random(in: -3000...3000, using: &random))))
      }
    }
    return TestSound(rate: rate, channelCount: channels, samples: samples)
  }

  var frameCount: Int { samples.count / channelCount }
  var raw: [UInt8] {
    samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
  }
  var format: PCMFormat {
    get throws {
      try #require(
        PCMFormat(sampleFormat: .s16le, sampleRate: rate, channelCount: channelCount))
    }
  }

  var wav: [UInt8] {
    let raw = raw
    var form: [UInt8] = []
    form += little16(mask == nil ? 1 : 0xfffe) + little16(channelCount) + little32(rate)
    form += little32(rate * channelCount * 2) + little16(channelCount * 2) + little16(16)
    if let mask {
      form += little16(22) + little16(16) + little32(Int(mask))
      form += little16(1) + [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71]
    }
    let size = Int(declaredByteCount ?? UInt32(raw.count))
    let whole = declaredByteCount == nil ? 20 + form.count + raw.count : size
    return Array("RIFF".utf8) + little32(whole) + Array("WAVEfmt ".utf8) + little32(form.count)
      + form + Array("data".utf8) + little32(size) + raw
  }

  /// Only some channels of it.
  func channels(_ numbers: [Int]) -> TestSound {
    var sound = self
    sound.channelCount = numbers.count
    sound.samples = (0..<frameCount).flatMap { frame in
      numbers.map { samples[frame * channelCount + $0] }
    }
    return sound
  }
}

func little16(_ value: Int) -> [UInt8] { [UInt8(value & 255), UInt8(value >> 8 & 255)] }
func little32(_ value: Int) -> [UInt8] { little16(value & 0xffff) + little16(value >> 16 & 0xffff) }
func little64(_ value: Int) -> [UInt8] { little32(value & 0xffff_ffff) + little32(value >> 32) }

/// Measures an input as the command would.
func measured(
  _ text: String, pipe: [UInt8]? = nil, staysOpen: Bool = false,
  _ configure: (inout SoundInputOptions) -> Void = { _ in }
) throws -> PCMInfoResult {
  var options = SoundInputOptions(timeout: 5_000_000_000)
  configure(&options)
  return try measure(try opened(text, pipe: pipe, staysOpen: staysOpen, options))
}

func opened(
  _ text: String, pipe: [UInt8]? = nil, staysOpen: Bool = false, _ options: SoundInputOptions
) throws -> SoundInput {
  try SoundInput.open(text, options) { (timeout) throws(IOFailure) in
    guard let pipe else { return try ReadableFile.open("/dev/null") }
    return try pipeCarrying(pipe, staysOpen, timeout)
  }
}

func measure(_ input: SoundInput) throws -> PCMInfoResult {
  try input.measure(
    onWindow: { _ in }, onLoudness: { _, _, _ in }, progress: { _, _ in })
}

/// A pipe into which a thread writes, in pieces of odd lengths, and which it may leave open.
func pipeCarrying(
  _ bytes: [UInt8], _ staysOpen: Bool, _ timeout: Int64
) throws(IOFailure) -> ReadableFile {
  signal(SIGPIPE, SIG_IGN)  // a reader that has had enough
  var ends: [Int32] = [0, 0]
  guard pipe(&ends) == 0 else { throw IOFailure(call: "pipe", code: errno, subject: "test") }
  let (reading, writing) = (ends[0], ends[1])
  Thread.detachNewThread {
    var start = 0
    while start < bytes.count {
      let count = bytes[start...].prefix(70_001).withUnsafeBytes {
        write(writing, $0.baseAddress, $0.count)
      }
      guard count > 0 else { break }
      start += count
    }
    if !staysOpen { close(writing) }
  }
  return try ReadableFile(
    FileDescriptor(owning: reading, subject: "standard input"), readTimeout: timeout)
}

/// The failure of opening or measuring.
func failure(
  _ text: String, pipe: [UInt8]? = nil, staysOpen: Bool = false,
  _ configure: (inout SoundInputOptions) -> Void = { _ in }
) -> Failure? {
  do {
    _ = try measured(text, pipe: pipe, staysOpen: staysOpen, configure)
    return nil
  } catch {
    return error as? Failure
  }
}

extension SoundMeasurement {
  /// All of it, for comparison.
  var words: String { "\(self)" }
}
