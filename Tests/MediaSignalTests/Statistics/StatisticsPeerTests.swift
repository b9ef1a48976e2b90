import MediaRaw
import TestSupport
import Testing

@testable import MediaSignal

@Suite("Statistics: what sox and astats print")
struct StatisticsPeerTests {
  enum Content: String, CaseIterable, Sendable { case noise, offset, clipped, quiet, over }

  struct Clip: Sendable, CustomTestStringConvertible {
    var format: SampleFormat
    var content: Content
    var testDescription: String { "\(format.rawValue) \(content.rawValue)" }

    /// How sox is told of raw samples.
    var soxArguments: [String] {
      let bits = String(format.bitsPerSample)
      return switch format {
      case .u8: ["-e", "unsigned", "-b", bits]
      case .f32le, .f64le: ["-e", "float", "-b", bits]
      default: ["-e", "signed", "-b", bits]
      }
    }
  }

  /// Each width with each content that it can hold.
  static let clips: [Clip] = [.u8, .s8, .s16le, .s24le, .s32le, .f32le, .f64le]
    .flatMap { (format: SampleFormat) in
      Content.allCases.map { Clip(format: format, content: $0) }
    }
    .filter { $0.content != .over || [.float, .double].contains($0.format.lane) }

  /// A quarter of a second of two channels.
  static func sound(_ clip: Clip) throws -> Sound {
    var sound = try Sound(clip.format, channelCount: 2)
    var generator = Seeded.of("peer \(clip)")
    for frame in 0..<12_000 {
      for channel in 0..<2 {
        let noise = Double.random(in: -1...1, using: &generator)
        let ramp = Double(frame % 109) / 109 - 0.5
        let value =
          switch clip.content {
          case .noise: noise * 0.7
          case .offset: noise * 0.3 + (channel == 0 ? 0.31 : -0.07)
          case .clipped: max(-1, min(1, ramp * 4))
          case .quiet: ramp * 0.02
          case .over: noise * 2.3
          }
        sound.append(value, as: clip.format)
      }
    }
    return sound
  }

  /// The numbers behind a word at the beginning of each line that has it.
  private static func numbers(_ text: String, _ word: String) -> [[Substring]] {
    text.split(separator: "\n").compactMap { line in
      guard let range = line.firstRange(of: word) else { return nil }
      return line[range.upperBound...].split(separator: " ")
    }
  }

  /// Whether a number is what is printed, to the last digit printed.
  private static func agrees(_ value: Double, _ printed: Substring) -> Bool {
    guard let number = Double(printed) else { return false }
    let digits = printed.split(separator: ".").dropFirst().first?.count ?? 0
    // A hair more than half the last digit: the peers round what they have rounded before.
    return abs(value - number) <= 0.5001 * Decibels.amplitude(-20 * Double(digits)) + 1e-9
  }

  private static func decibels(_ amplitude: Double) -> Double {
    Decibels.ofAmplitude(amplitude) ?? -.infinity
  }

  @Test("sox stats agrees to the last digit", .peers("sox"), arguments: clips)
  func sox(_ clip: Clip) throws {
    // sox holds samples in integers and clips what is beyond full scale, to 0 dB; so it says
    // something else where there are overs.
    guard clip.content != .over else { return try soxClips(clip) }
    let sound = try Self.sound(clip)
    let measurement = try sound.measure()
    let lines = try soxStatistics(clip, sound)
    let peaks = try #require(Self.numbers(lines, "Pk lev dB").first)
    let rms = try #require(Self.numbers(lines, "RMS lev dB").first)
    let offsets = try #require(Self.numbers(lines, "DC offset").first)
    let figures = [measurement.overall] + measurement.channels
    for (index, figure) in figures.enumerated() {
      #expect(Self.agrees(Self.decibels(figure.peak), peaks[index]), "\(lines)")
      #expect(Self.agrees(Self.decibels(figure.rms), rms[index]), "\(lines)")
      #expect(Self.agrees(figure.dcOffset, offsets[index]), "\(lines)")
    }
  }

  private func soxClips(_ clip: Clip) throws {
    let sound = try Self.sound(clip)
    let measurement = try sound.measure()
    #expect(measurement.overall.peak > 2.2)
    let lines = try soxStatistics(clip, sound)
    #expect(try #require(Self.numbers(lines, "Pk lev dB").first).allSatisfy { $0 == "0.00" })
  }

  private func soxStatistics(_ clip: Clip, _ sound: Sound) throws -> String {
    let folder = try ScratchFolder()
    let path = try folder.write(sound.bytes, to: "clip.raw")
    let outcome = try ProcessRunner.run(
      "sox", ["-t", "raw", "-r", "48000", "-c", "2"] + clip.soxArguments + [path, "-n", "stats"])
    try #require(outcome.exitCode == 0, "\(outcome)")
    return outcome.errors
  }

  // astats takes 32767 for the full scale of 16 bits, and 2147483647 of 32; so it is given numbers
  // in floating point, which FFmpeg makes by powers of two.
  @Test("astats agrees to the last digit", .peers("ffmpeg"), arguments: clips)
  func astats(_ clip: Clip) throws {
    let sound = try Self.sound(clip)
    let measurement = try sound.measure()
    let folder = try ScratchFolder()
    let path = try folder.write(sound.bytes, to: "clip.raw")
    let outcome = try ProcessRunner.run(
      "ffmpeg",
      [
        "-nostdin", "-hide_banner", "-f", clip.format.rawValue, "-ar", "48000", "-ac", "2", "-i",
        path, "-af", "aformat=sample_fmts=dblp,astats", "-f", "null", "-",
      ])
    try #require(outcome.exitCode == 0, "\(outcome)")
    let peaks = Self.numbers(outcome.errors, "Peak level dB:")
    let rms = Self.numbers(outcome.errors, "RMS level dB:")
    let offsets = Self.numbers(outcome.errors, "DC offset:")
    let figures = measurement.channels + [measurement.overall]
    for (index, figure) in figures.enumerated() {
      #expect(
        Self.agrees(Self.decibels(figure.peak), try #require(peaks[index].first)), "\(outcome)")
      #expect(Self.agrees(Self.decibels(figure.rms), try #require(rms[index].first)), "\(outcome)")
      #expect(Self.agrees(figure.dcOffset, try #require(offsets[index].first)), "\(outcome)")
    }
  }
}
