import Foundation
import TestSupport
import Testing

@testable import MediaCommands

/// The same sound in every container, width, order and number of channels gives the same figures.
@Suite(.peers("ffmpeg")) struct PCMInfoEqualFilesTests {
  /// The container by its suffix, and FFmpeg's codings in it that lose nothing of 8 bits.
  private static let containers = [
    ("wav", "u8 s16le s24le s32le f32le f64le", ""), ("wav", "s16le s24le f32le", "-rf64 always"),
    ("w64", "u8 s16le s24le s32le f32le f64le", ""), ("aiff", "s8 s16be s24be s32be", ""),
    ("aiff", "f32be f64be", ""), ("au", "s8 s16be s24be s32be f32be f64be", ""),
    ("raw", "u8 s8 s16le s16be s24le s24be s32le s32be f32le f32be f64le f64be", ""),
  ]
  private static let companded = [("wav", "alaw mulaw", ""), ("au", "alaw mulaw", "")]

  private struct Made {
    var path: String
    var coding: String
    var isRaw: Bool { path.hasSuffix(".raw") }
  }

  /// Noise in steps of a 128th, which eight bits hold too, as FFmpeg's f64le.
  private func noise(frames: Int, channels: Int) -> [UInt8] {
    var random = Seeded.of("equal files")
    return (0..<frames * channels).flatMap { index in
      let level = 100 >> (index % channels % 3)
      let value = Double(Int.random(in: -level...level, using: &random)) / 128
      return little64(Int(truncatingIfNeeded: value.bitPattern))
    }
  }

  /// All files of a number of channels, by one run of ffmpeg.
  private func make(
    _ list: [(String, String, String)], _ channels: Int, _ folder: ScratchFolder
  ) throws -> [Made] {
    var words = ["-v", "error", "-nostdin", "-y", "-f", "f64le", "-ar", "48000"]
    words += ["-ac", "\(channels)", "-i", "in.f64"]
    var made: [Made] = []
    for (suffix, codings, options) in list {
      for coding in codings.split(separator: " ").map(String.init) {
        let name = "\(channels)-\(made.count)-\(coding).\(suffix)"
        words += options.split(separator: " ").map(String.init)
        words += ["-c:a", "pcm_\(coding)"] + (suffix == "raw" ? ["-f", coding] : []) + [name]
        made.append(Made(path: folder[name], coding: coding))
      }
    }
    let outcome = try ProcessRunner.run("ffmpeg", words, directory: folder.path)
    try #require(outcome.ending == .exit(0), "\(outcome)")
    return made
  }

  private func document(_ words: [String]) throws -> JSONText {
    let (output, errors) = (MemoryOutput(), MemoryOutput())
    let exit = Tool.run(
      ["pcm-info", "--json"] + words,
      CommandEnvironment(standardOutput: output, standardError: errors))
    try #require(exit.rawValue == 0, "\(words): \(errors.text)")
    return try JSONText(output.bytes)
  }

  private func document(_ made: Made, _ channels: Int) throws -> JSONText {
    let raw = ["-f", made.coding, "-ar", "48000", "-ac", "\(channels)"]
    return try document((made.isRaw ? raw : []) + [made.path])
  }

  private func figures(_ item: JSONText) -> [Double?] {
    let keys = ["peak_db", "true_peak_db", "rms_db", "dc_offset", "crest_factor"]
    let all = [item["overall"] ?? .null] + (item["channels"]?.items ?? [])
    return [item["format"]?["frames"]?.number]
      + all.flatMap { figure in keys.map { figure[$0]?.number } }
  }

  @Test(arguments: [1, 2, 3, 6, 8, 16, 64]) func allMeasureTheSame(channels: Int) throws {
    let folder = try ScratchFolder()
    try folder.write(noise(frames: 2400, channels: channels), to: "in.f64")
    let made = try make(Self.containers, channels, folder)
    let expected = figures(try document(made[0], channels))
    #expect(expected.count == 6 + 5 * channels && !expected.contains(nil))
    #expect(expected.first == 2400)
    for file in made.dropFirst() {
      let item = try document(file, channels)
      #expect(figures(item) == expected, "\(file.path)")
      #expect(item["format"]?["channels"]?.integer == channels, "\(file.path)")
    }
    // Companding takes away some, the same in either container.
    let laws = try make(Self.companded, channels, folder).map {
      figures(try document($0, channels))
    }
    #expect(laws[0] == laws[2] && laws[1] == laws[3])
    for law in laws.prefix(2) {
      #expect(abs((law[3] ?? .nan) - (expected[3] ?? .nan)) < 0.1)
    }
  }

  /// What loses nothing measures the same, and what loses little nearly.
  @Test func codedSoundMeasuresAlike() throws {
    let folder = try ScratchFolder()
    let names = ["a.wav", "a.flac", "a.mp3", "a.m4a", "a.opus"]
    let source = ["-f", "lavfi", "-i", "sine=997:r=48000:d=4", "-ac", "2", "a.wav"]
    for words in [source, ["-i", "a.wav"] + names.dropFirst()] {
      let outcome = try ProcessRunner.run(
        "ffmpeg", ["-v", "error", "-nostdin"] + words, directory: folder.path)
      try #require(outcome.ending == .exit(0), "\(outcome)")
    }
    let items = try names.map { try document([folder[$0]]) }
    #expect(figures(items[0]) == figures(items[1]))
    let expected = try #require(items[0]["loudness"]?["integrated"]?.number)
    for (name, item) in zip(names, items) {
      let loudness = try #require(item["loudness"]?["integrated"]?.number, "\(name)")
      // FFmpeg, too, hears its MP3 0.4 dB softer.
      #expect(abs(loudness - expected) < 0.6, "\(name): \(loudness), WAV \(expected)")
    }
  }
}
