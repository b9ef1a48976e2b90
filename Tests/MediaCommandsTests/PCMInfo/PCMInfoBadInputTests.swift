import Foundation
import TestSupport
import Testing

@testable import MediaCommands

/// Input that is broken, hostile or no sound: the code of the table, one clear line, no crash.
@Suite struct PCMInfoBadInputTests {
  /// A WAV file of 100 frames, each field as given.
  private static func wav(
    channels: Int = 2, rate: Int = 48_000, align: Int = 4, formatSize: Int = 16,
    dataSize: Int = 400
  ) -> [UInt8] {
    let form =
      little16(1) + little16(channels) + little32(rate) + little32(rate &* align)
      + little16(align) + little16(16)
    let samples = (0..<100).flatMap { little16($0 * 90) + little16($0 * 30) }
    return Array("RIFF".utf8) + little32(436) + Array("WAVEfmt ".utf8) + little32(formatSize)
      + form + Array("data".utf8) + little32(dataSize) + samples
  }

  /// The same with 64-bit sizes.
  private static func rf64(size: UInt64) -> [UInt8] {
    let size = Int(truncatingIfNeeded: size)
    return Array("RF64".utf8) + little32(-1) + Array("WAVEds64".utf8) + little32(28)
      + little64(size) + little64(size) + little64(size) + little32(0)
      + wav(dataSize: -1).dropFirst(12)
  }

  private static func w64(size: UInt64) -> [UInt8] {
    let tail: [UInt8] = [0xf3, 0xac, 0xd3, 0x11, 0x8c, 0xd1, 0, 0xc0, 0x4f, 0x8e, 0xdb, 0x8a]
    let riff: [UInt8] = [0x2e, 0x91, 0xcf, 0x11, 0xa5, 0xd6, 0x28, 0xdb, 4, 0xc1, 0, 0]
    let size = little64(Int(truncatingIfNeeded: size))
    let plain = wav()
    return Array("riff".utf8) + riff + size + Array("wave".utf8) + tail + Array("fmt ".utf8) + tail
      + little64(40) + plain[20..<36] + Array("data".utf8) + tail + size + plain[44...]
  }

  private static func big32(_ value: Int) -> [UInt8] { little32(value).reversed() }

  private static func au(rate: Int = 8000, channels: Int = 2) -> [UInt8] {
    Array(".snd".utf8) + big32(24) + big32(-1) + big32(3) + big32(rate) + big32(channels)
      + wav()[44...]
  }

  private static func aiff(channels: UInt8 = 2, size: Int = 408) -> [UInt8] {
    let rate: [UInt8] = [0x40, 0x0e, 0xbb, 0x80, 0, 0, 0, 0, 0, 0]
    return Array("FORM".utf8) + big32(size + 38) + Array("AIFFCOMM".utf8) + big32(18)
      + [0, channels] + big32(100) + [0, 16] + rate + Array("SSND".utf8) + big32(size)
      + big32(0) + big32(0) + wav()[44...]
  }

  private struct Bad {
    var name: String
    var bytes: [UInt8]
    var exit: Int32
    var says: String
    var frames: Double?
  }

  private static let files: [Bad] = [
    Bad(name: "nothing.wav", bytes: [], exit: 65, says: "empty"),
    Bad(name: "text.wav", bytes: Array("no sound, only words\n".utf8), exit: 65, says: "text"),
    Bad(name: "no-channels.wav", bytes: wav(channels: 0), exit: 65, says: "0 channels"),
    Bad(name: "rate-0.wav", bytes: wav(rate: 0), exit: 65, says: "0 Hz"),
    Bad(name: "cut.wav", bytes: Array(wav().prefix(30)), exit: 65, says: "byte 30"),
    Bad(name: "fmt-huge.wav", bytes: wav(formatSize: -16), exit: 65, says: "ends"),
    Bad(name: "no-channels.aiff", bytes: aiff(channels: 0), exit: 65, says: "0 channels"),
    Bad(name: "no-channels.au", bytes: au(channels: 0), exit: 65, says: "0 channels"),
    Bad(name: "rate-0.au", bytes: au(rate: 0), exit: 65, says: "0 Hz"),
    Bad(name: "past.wav", bytes: wav(dataSize: 1_000_000), exit: 65, says: "E50002", frames: 100),
    Bad(name: "2-63.wav", bytes: rf64(size: 1 << 63), exit: 0, says: "50", frames: 100),
    Bad(name: "2-64.wav", bytes: rf64(size: .max), exit: 0, says: "50", frames: 100),
    Bad(name: "2-63.w64", bytes: w64(size: 1 << 63), exit: 0, says: "50", frames: 100),
    Bad(name: "most.w64", bytes: w64(size: 1 << 63 - 1), exit: 0, says: "50", frames: 100),
    Bad(name: "huge.aiff", bytes: aiff(size: 0x7fff_ffff), exit: 0, says: "50", frames: 100),
  ]

  private func run(_ words: [String]) -> (exit: Int32, output: MemoryOutput, errors: String) {
    let (output, errors) = (MemoryOutput(), MemoryOutput())
    let exit = Tool.run(
      ["pcm-info", "--json"] + words,
      CommandEnvironment(standardOutput: output, standardError: errors))
    return (Int32(exit.rawValue), output, errors.text)
  }

  @Test func brokenFilesEndInOneLine() throws {
    let folder = try ScratchFolder()
    for file in Self.files {
      let result = run([try folder.write(file.bytes, to: file.name)])
      guard let frames = file.frames else {
        #expect(result.exit == file.exit, "\(file.name): \(result.errors)")
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == 1 && result.errors.contains(file.says), "\(result.errors)")
        #expect(result.output.bytes.isEmpty, "\(file.name)")
        continue
      }
      // What is there of the sound is measured, and the odd size told.
      let item = try JSONText(result.output.bytes)
      #expect(item["format"]?["frames"]?.number == frames, "\(file.name)")
      let codes = item["findings"]?.items?.compactMap { $0["code"]?.string } ?? []
      #expect(codes.contains { $0.contains(file.says) }, "\(file.name): \(codes)")
      #expect(result.exit == (codes.contains("E50002") ? 65 : 0), "\(file.name): \(codes)")
      #expect(
        run(["--check", folder[file.name]]).exit == (codes.contains { $0.hasPrefix("E") } ? 1 : 0))
    }
  }

  @Test func rawSamplesSayWhatToAdd() throws {
    let folder = try ScratchFolder()
    let path = try folder.write([UInt8](repeating: 7, count: 6000), to: "a.pcm")
    let cases: [([String], String)] = [
      ([], "--sample-format s16le --rate 48000 --channels 2"),
      (["-f", "s16le"], "add such as --rate 48000 --channels 2"),
      (["-f", "s16le", "-ar", "8000"], "add such as --channels 2"),
      (["-ar", "8000", "-ac", "2"], "add --sample-format"),
      (["-f", "s16le", "-ar", "0", "-ac", "1"], "-ar '0'"),
      (["-f", "s16le", "-ar", "8000", "-ac", "65"], "-ac '65'"),
    ]
    for (words, says) in cases {
      let result = run(words + [path])
      #expect(result.exit == 64 && result.errors.contains(says), "\(words): \(result.errors)")
      #expect(result.output.bytes.isEmpty)
    }
    #expect(run(["-f", "s16le", "-ar", "8000", "-ac", "3", path]).exit == 0)
  }

  /// More than 4 GiB of samples, none of them on a disk: only the last are measured.
  @Test func moreThanFourGibibytes() throws {
    let count = 4 << 30 | 1 << 28
    var bytes = Self.rf64(size: UInt64(count))
    bytes.removeLast(400)
    let folder = try ScratchFolder()
    let path = try folder.write(bytes, to: "long.wav")
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.truncate(atOffset: UInt64(bytes.count + count))
    try file.close()
    let frames = count / 4
    let result = run(["--from", "\(frames / 48_000)s", path])
    #expect(result.exit == 0, "\(result.errors)")
    let item = try JSONText(result.output.bytes)
    #expect(item["format"]?["frames"]?.integer == frames)
    #expect(item["overall"]?["peak_db"]?.isNull == true)
  }

  // MARK: Mutations

  /// Changed bytes, cuts and repeated parts of a small file of each container, 500 in all.
  @Test func changedFilesNeverCrash() throws {
    let folder = try ScratchFolder()
    var random = Seeded.of("changed files of sound")
    let sources: [(String, [UInt8])] = [
      ("wav", Self.wav()), ("rf64.wav", Self.rf64(size: 400)), ("w64", Self.w64(size: 424)),
      ("aiff", Self.aiff()), ("au", Self.au()),
    ]
    for (suffix, source) in sources {
      for round in 0..<100 {
        let path = try folder.write(changed(source, &random), to: "changed.\(suffix)")
        let result = run([path])
        #expect([0, 64, 65, 69].contains(result.exit), "\(suffix) \(round): \(result.exit)")
        let lines = result.errors.split(separator: "\n")
        #expect(lines.count == (result.exit == 0 ? 0 : 1), "\(suffix) \(round): \(lines)")
        if result.output.bytes.isEmpty {
          #expect(result.exit != 0, "\(suffix) \(round)")
          continue
        }
        // What is cut is measured all the same.
        let item = try JSONText(result.output.bytes)
        let codes = item["findings"]?.items?.compactMap { $0["code"]?.string } ?? []
        #expect(result.exit == (codes.contains("E50002") ? 65 : 0), "\(suffix) \(round)")
      }
    }
  }

  /// The header is changed more than the samples behind it.
  private func changed(_ source: [UInt8], _ random: inout Seeded) -> [UInt8] {
    var bytes = source
    for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
      let index = Int.random(in: 0..<min(bytes.count, 120), using: &random)
      switch Int.random(in: 0..<10, using: &random) {
      case 0: bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
      case 1: bytes.insert(contentsOf: bytes[index...].prefix(24), at: index)
      case 2: bytes.remove(at: index)
      case 3...5:
        let extreme = [0, 0xff, 0x7f, 0x80].randomElement(using: &random) ?? 0
        for place in index..<min(index + 4, bytes.count) { bytes[place] = UInt8(extreme) }
      default: bytes[index] = UInt8.random(in: 0...255, using: &random)
      }
    }
    return bytes
  }
}
