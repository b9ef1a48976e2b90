import Foundation
import TestSupport
import Testing

@testable import MediaCommands

/// Signals whose figures are known, as WAV files through the whole command.
@Suite struct PCMInfoSignalTests {
  /// A tone of 1 kHz in stretches of that level (dBFS) and those seconds.
  struct Signal: CustomTestStringConvertible, Sendable {
    var name: String
    var key: String
    var expected: Double
    var tolerance: ClosedRange<Double>
    /// Of each channel; the channels of a case are equally long.
    var channels: [[(level: Double, seconds: Double)]]
    var testDescription: String { name }

    static func tone(
      _ name: String, _ key: String, _ expected: Double, within: Double,
      _ stretches: [(level: Double, seconds: Double)]
    ) -> Signal {
      Signal(
        name: name, key: key, expected: expected, tolerance: -within...within,
        channels: [stretches, stretches])
    }

    var samples: [[Float]] {
      channels.map { stretches in
        var plane: [Float] = []
        for (level, seconds) in stretches {
          let amplitude = pow(10, level / 20)
          for _ in 0..<Int((seconds * 48_000).rounded()) {
            plane.append(Float(amplitude * sin(2 * .pi * Double(plane.count) / 48)))
          }
        }
        return plane
      }
    }
  }

  static let signals: [Signal] = [
    .tone("Tech 3341 case 1", "integrated", -23, within: 0.1, [(-23, 20)]),
    .tone("Tech 3341 case 2", "momentary_max", -33, within: 0.1, [(-33, 20)]),
    .tone(
      "Tech 3341 case 3", "integrated", -23, within: 0.1, [(-36, 10), (-23, 60), (-36, 10)]),
    Signal(
      name: "Tech 3341 case 6", key: "integrated", expected: -23, tolerance: -0.1...0.1,
      channels: [-28, -28, -24, -30, -30].map { [($0, 20)] }),
    .tone("Tech 3342 case 1", "range", 10, within: 1, [(-20, 20), (-30, 20)]),
    .tone("Tech 3342 case 3", "range", 20, within: 1, [(-40, 20), (-20, 20)]),
  ]

  /// One run for all.
  @Test func documentsOfTheEBUAreMet() throws {
    let folder = try ScratchFolder()
    let paths = try Self.signals.enumerated().map { index, signal in
      try folder.write(floatWAV(signal.samples), to: "\(index).wav")
    }
    let (output, errors) = (MemoryOutput(), MemoryOutput())
    let exit = Tool.run(
      ["pcm-info", "--json"] + paths,
      CommandEnvironment(standardOutput: output, standardError: errors))
    try #require(exit.rawValue == 0, "\(errors.text)")
    let items = try #require(try JSONText(output.bytes).items)
    try #require(items.count == Self.signals.count)
    for (signal, item) in zip(Self.signals, items) {
      let value = try #require(item["loudness"]?[signal.key]?.number, "\(signal.name)")
      #expect(signal.tolerance.contains(value - signal.expected), "\(signal.name): \(value)")
    }
  }

  // MARK: What others get wrong

  /// A tone to +6.94 dB: sox and volumedetect say 0.
  @Test func oversAreTold() throws {
    let amplitude = pow(10, 6.94 / 20)
    let plane = (0..<96_000).map { Float(amplitude * sin(2 * .pi * (Double($0) + 0.5) / 48)) }
    let folder = try ScratchFolder()
    let path = try folder.write(floatWAV([plane, plane]), to: "overs.wav")
    let item = try document([path])
    let peak = try #require(item["overall"]?["peak_db"]?.number)
    let expected = 6.94 + 20 * log10(cos(.pi / 48))  // no sample is at the crest
    #expect(abs(peak - expected) < 0.001)
    let truePeak = try #require(item["loudness"]?["true_peak"]?.number)
    #expect(truePeak >= peak && abs(truePeak - 6.94) < 0.05)
    #expect(item["overall"]?["true_peak_db"]?.number == truePeak)
    let rms = try #require(item["overall"]?["rms_db"]?.number)
    #expect(abs(rms - (6.94 - 3.0103)) < 0.001)
  }

  @Test func tooShortIsNullWithAReason() throws {
    let plane = (0..<14_400).map { Float(0.25 * sin(2 * .pi * Double($0) / 48)) }
    let folder = try ScratchFolder()
    let path = try folder.write(floatWAV([plane]), to: "short.wav")
    let item = try document([path])
    for key in ["integrated", "range", "momentary_max", "short_term_max", "threshold"] {
      #expect(item["loudness"]?[key]?.isNull == true, "\(key)")
      #expect(item["loudness"]?["\(key)_reason"]?.string?.isEmpty == false, "\(key)")
    }
    #expect(item["loudness"]?["true_peak"]?.number != nil)
    #expect(item["format"]?["duration"]?.number == 0.3)
  }

  /// ffmpeg writes sizes of 0xFFFFFFFF to a pipe; sox calls such a file 12 h 25 min long.
  @Test(.peers("ffmpeg")) func fiveSecondsThroughAPipeAreFive() throws {
    let outcome = try ProcessRunner.run(
      "/bin/sh",
      [
        "-c",
        "ffmpeg -v error -nostdin -f lavfi -i sine=997:r=48000:d=5 -f wav - "
          + "| \"$0\" pcm-info --json -",
        Mediatool.path,
      ])
    try #require(outcome.ending == .exit(0), "\(outcome)")
    let item = try JSONText(outcome.stdout)
    #expect(item["format"]?["duration"]?.number == 5)
    #expect(item["format"]?["frames"]?.number == 240_000)
    let codes = item["findings"]?.items?.compactMap { $0["code"]?.string }
    #expect(codes == ["W50001"])
  }

  private func document(_ words: [String]) throws -> JSONText {
    let (output, errors) = (MemoryOutput(), MemoryOutput())
    let exit = Tool.run(
      ["pcm-info", "--json"] + words,
      CommandEnvironment(standardOutput: output, standardError: errors))
    try #require(exit.rawValue == 0, "\(errors.text)")
    return try JSONText(output.bytes)
  }

  /// A WAV file of 32-bit floats at 48 kHz.
  private func floatWAV(_ planes: [[Float]]) -> [UInt8] {
    var samples: [Float] = []
    samples.reserveCapacity(planes.count * planes[0].count)
    for frame in planes[0].indices { for plane in planes { samples.append(plane[frame]) } }
    let data = samples.withUnsafeBytes { Array($0) }
    let align = 4 * planes.count
    let form =
      little16(3) + little16(planes.count) + little32(48_000) + little32(48_000 * align)
      + little16(align) + little16(32) + little16(0)
    let fact = Array("fact".utf8) + little32(4) + little32(planes[0].count)
    let head = Array("WAVEfmt ".utf8) + little32(18) + form + fact + Array("data".utf8)
    return Array("RIFF".utf8) + little32(head.count + 4 + data.count) + head
      + little32(data.count) + data
  }
}
