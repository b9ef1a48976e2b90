import Foundation
import MediaModel
import MediaRaw
import MediaSignal
import TestSupport
import Testing

@testable import MediaCommands

@Suite struct PCMInfoInputTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  // MARK: Ways in

  @Test func everyWayInGivesTheSameMeasurement() throws {
    // Several pieces of 10 s.
    let sound = TestSound.noise(seconds: 35)
    let path = try folder.write(sound.wav, to: "a.wav")
    let expected = try measured(path)
    #expect(expected.measurement.frameCount == 280_000)
    #expect(expected.measured == 0..<280_000)
    let ways = [
      try measured("file://" + path), try measured("-", pipe: sound.wav),
      try measured(path) { $0.threads = 4 },
      try measured("-", pipe: sound.wav) { $0.threads = 4 },
      try measured("-", pipe: sound.raw) { $0.rawFormat = try? sound.format },
    ]
    for result in ways {
      #expect(result.measurement.words == expected.measurement.words)
      #expect(result.description.frames == 280_000)
      #expect(result.failure == nil)
    }
  }

  @Test func fiveSecondsThroughAPipeAreFiveSeconds() throws {
    var sound = TestSound.noise(seconds: 5)
    for size: UInt32 in [0xffff_ffff, 0x7fff_f000, 0] {
      sound.declaredByteCount = size
      let result = try measured("-", pipe: sound.wav)
      #expect(result.measurement.frameCount == 40_000, "declared \(size)")
      #expect(result.description.frames == 40_000)
    }
  }

  @Test func bytesBehindTheLastRawFrameAreTold() throws {
    let sound = TestSound.noise(seconds: 1)
    let bytes = sound.raw + [1, 2, 3]
    let path = try folder.write(bytes, to: "a.raw")
    for pipe in [nil, bytes] {
      let result = try measured(pipe == nil ? path : "-", pipe: pipe) {
        $0.rawFormat = try? sound.format
      }
      #expect(result.measurement.frameCount == 8000 && result.description.frames == 8000)
      #expect(result.findings.map(\.code) == [.pcmPartialFrame])
      #expect(result.findings.first?.offset == 32_000)
    }
  }

  @Test func whatAHeaderPromisesBeyondTheEndIsNotWaitedFor() throws {
    var sound = TestSound.noise(seconds: 1)
    sound.declaredByteCount = 1_000_000
    let path = try folder.write(sound.wav, to: "short.wav")
    #expect(try measured(path).measurement.frameCount == 8000)
    #expect(try measured("-", pipe: sound.wav).measurement.frameCount == 8000)
  }

  @Test func aPipeMayHaveMuchBetweenFormAndSamples() throws {
    let sound = TestSound.noise(seconds: 1)
    let junk = Array("JUNK".utf8) + little32(3_000_000) + [UInt8](repeating: 7, count: 3_000_000)
    let bytes = Array(sound.wav[..<36]) + junk + sound.wav[36...]
    let file = try measured(try folder.write(bytes, to: "a.wav"))
    #expect(file.measurement.frameCount == 8000)
    #expect(try measured("-", pipe: bytes).measurement.words == file.measurement.words)
  }

  @Test(arguments: [1, 8, 1000, 8000, 48_000, 192_000, 100_000_000])
  func settlingIsTheSmallerPartOfAPiece(rate: Int) throws {
    for channels in [1, 64] {
      let format = try #require(
        PCMFormat(sampleFormat: .f64le, sampleRate: rate, channelCount: channels))
      let plan = SoundPlan(format: format, loudnessWeights: [])
      let sizes = PieceSizes(format, settlingFrames: plan.settlingFrames)
      #expect(sizes.chunkFrames >= min(2 * sizes.settlingFrames, (64 << 20) / format.blockAlign))
      #expect(sizes.frames * format.blockAlign <= 128 << 20)
    }
  }

  @Test func aHeaderWithoutSamplesIsNoFailure() throws {
    let path = try folder.write(TestSound(samples: []).wav, to: "none.wav")
    let result = try measured(path)
    #expect(result.measured == 0..<0 && result.description.frames == 0)
  }

  @Test func describesWhatItReads() throws {
    var sound = TestSound.noise(seconds: 0.1, channels: 6)
    sound.mask = 0x60f
    let path = try folder.write(sound.wav, to: "a.wav")
    let description = try measured(path).description
    #expect(description.containerName == "wav" && description.container == .wav)
    #expect(description.codecName == "pcm_s16le" && description.bitRate == 8000 * 16 * 6)
    #expect(description.channelLayout == "5.1(side)" && !description.arePositionsAssumed)
    #expect(description.dataOffset == 68 && description.dataByteCount == Int64(sound.raw.count))
    sound.mask = nil
    let plain = try measured(try folder.write(sound.wav, to: "b.wav")).description
    #expect(plain.arePositionsAssumed && plain.channelLayout == nil)
    #expect(plain.positions.compactMap { $0?.name } == ["FL", "FR", "FC", "LFE", "BL", "BR"])
  }

  // MARK: A part of it

  @Test(arguments: [1, 4]) func measuresFromAndTo(threads: Int) throws {
    let sound = TestSound.noise(seconds: 35)
    let path = try folder.write(sound.wav, to: "a.wav")
    func cut(_ options: inout SoundInputOptions) {
      options.threads = threads
      options.from = 7_300_000_000
      options.to = 31_000_000_000
    }
    let file = try measured(path, cut)
    #expect(file.measured == 58_400..<248_000)
    #expect(file.measurement.frameCount == 189_600)
    #expect(file.description.frames == 280_000)
    var part = sound
    part.samples = Array(sound.samples[116_800..<496_000])
    let alone = try measured(try folder.write(part.wav, to: "part.wav")).measurement
    #expect(file.measurement.overall.peak == alone.overall.peak)
    #expect(abs(file.measurement.overall.rms - alone.overall.rms) < 1e-12)
    #expect(file.measurement.overall.peakFrame == alone.overall.peakFrame.map { $0 + 58_400 })
    let pipe = try measured("-", pipe: sound.wav, cut)
    #expect(pipe.measurement.words == file.measurement.words && pipe.measured == file.measured)
  }

  @Test func placesCountFromTheBeginningOfTheInput() throws {
    var sound = TestSound(channelCount: 1, samples: Array(repeating: 100, count: 80_000))
    sound.samples[50_000] = 20_000
    let path = try folder.write(sound.wav, to: "a.wav")
    var options = SoundInputOptions(timeout: 1_000_000_000)
    options.from = 5_000_000_000
    options.seriesWindow = 1_000_000_000
    let seconds = stride(from: Int64(40_000), to: 80_000, by: 8000).map { $0..<$0 + 8000 }
    var windows: [Range<Int64>] = []
    let result = try opened(path, options).measure(
      onWindow: { windows.append($0.frames) }, onLoudness: { _, _, _ in }, progress: { _, _ in })
    #expect(result.measurement.overall.peakFrame == 50_000)
    #expect(windows == seconds)
  }

  @Test func refusesToBeginBehindTheEnd() throws {
    let sound = TestSound.noise(seconds: 1)
    let path = try folder.write(sound.wav, to: "a.wav")
    #expect(failure(path) { $0.from = 1_000_000_000 }?.exit == .usage)
    #expect(failure("-", pipe: sound.wav) { $0.from = 1_000_000_000 }?.exit == .usage)
    #expect(failure(path) { $0.from = 999_000_000 } == nil)
  }

  @Test(arguments: [1, 2, 3]) func measuresChosenChannels(threads: Int) throws {
    var sound = TestSound.noise(seconds: 25, channels: 6)
    sound.mask = 0x3f
    let path = try folder.write(sound.wav, to: "a.wav")
    let raw = try folder.write(sound.channels([1, 4]).raw, to: "b.s16le")
    let expected = try measured(raw) {
      $0.rawFormat = PCMFormat(sampleFormat: .s16le, sampleRate: 8000, channelCount: 2)
      $0.measuresLoudness = false
    }
    let chosen = try measured(path) {
      $0.channels = .positions([.frontRight, .backLeft])
      $0.threads = threads
      $0.measuresLoudness = false
    }
    #expect(chosen.channels == [1, 4])
    #expect(chosen.measurement.words == expected.measurement.words)
    let piped = try measured("-", pipe: sound.wav) {
      $0.channels = .numbers([1, 4])
      $0.measuresLoudness = false
    }
    #expect(piped.measurement.words == expected.measurement.words)
  }

  @Test func chosenChannelsKeepTheirWeights() throws {
    var sound = TestSound.noise(seconds: 1, channels: 8)
    sound.mask = 0x63f
    let path = try folder.write(sound.wav, to: "a.wav")
    var options = SoundInputOptions(timeout: 1_000_000_000)
    options.channels = .positions([.backLeft, .sideLeft, .lowFrequency])
    #expect(try opened(path, options).plan.loudnessWeights == [1, 1.41, 0])
    options.channels = .positions([.frontLeft])
    options.isDualMono = true
    #expect(try opened(path, options).plan.loudnessWeights == [2])
  }

  @Test func saysWhichChannelsThereAre() throws {
    let path = try folder.write(TestSound.noise(seconds: 0.1).wav, to: "a.wav")
    let number = failure(path) { $0.channels = .numbers([2]) }
    #expect(number?.exit == .usage && number?.message.contains("0 to 1") == true)
    let name = failure(path) { $0.channels = .positions([.frontCenter]) }
    #expect(name?.exit == .usage && name?.message.contains("FL, FR") == true)
  }

  @Test func timesBecomeFrames() {
    #expect(MediaFrames.roundedUp(0, rate: 48_000) == 0)
    #expect(MediaFrames.roundedUp(1, rate: 48_000) == 1)
    #expect(MediaFrames.roundedUp(1_000_000_000, rate: 44_100) == 44_100)
    #expect(MediaFrames.roundedUp(100_000_000, rate: 11_025) == 1103)
    #expect(MediaFrames.roundedUp(.max, rate: 1_000_000_000) == .max)
    #expect(MediaFrames.roundedUp(-5, rate: 48_000) == 0)
  }

  // MARK: What cannot be read

  @Test func refusesWhatIsNoSound() throws {
    try FileManager.default.createDirectory(
      atPath: folder["d"], withIntermediateDirectories: false)
    var random = Seeded(7)
    let noise = (0..<50_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    let cases: [(String, ExitCode, String)] = [
      (folder["d"], .noInput, "directory"),
      (folder["missing.wav"], .noInput, "No such file"),
      (try folder.write([], to: "empty.wav"), .dataError, "empty"),
      (try folder.write(noise, to: "a.raw"), .usage, "--sample-format"),
      (try folder.write(noise, to: "a.PCM"), .usage, "--channels"),
      (try folder.write(noise, to: "a.s24le"), .usage, "--rate"),
      (try folder.write(noise, to: "noise"), .usage, "--sample-format"),
      (try folder.write(noise, to: "noise.xyz"), .dataError, "no sound"),
      (try folder.write("Some words.\n", to: "words.txt"), .dataError, "plain text"),
      (
        try folder.write(Array("RIFF\u{4}\0\0\0WAVE".utf8), to: "cut.wav"), .dataError, "byte"
      ),
    ]
    for (path, exit, words) in cases {
      let failure = failure(path)
      #expect(failure?.exit == exit, "\(path): \(failure?.message ?? "no failure")")
      #expect(failure?.message.contains(words) == true, "\(path): \(failure?.message ?? "")")
    }
    #expect(failure("-", pipe: noise)?.exit == .usage)
    #expect(failure("-", pipe: [])?.exit == .dataError)
    #expect(failure("-", pipe: []) { $0.rawFormat = try? TestSound(samples: []).format } != nil)
  }

  @Test func tellsOfAFileThatShrinksMeanwhile() throws {
    let sound = TestSound.noise(seconds: 35)
    let path = try folder.write(sound.wav, to: "a.wav")
    let input = try opened(path, SoundInputOptions(timeout: 1_000_000_000))
    try #require(truncate(path, off_t(sound.wav.count / 2)) == 0)
    let result = try measure(input)
    #expect(result.failure?.exit == .ioError)
    #expect(result.measurement.frameCount == result.measured.upperBound)
    #expect((139_000..<140_001).contains(result.measurement.frameCount))
  }

  @Test func aPipeThatFallsSilentIsMeasuredSoFar() throws {
    let sound = TestSound.noise(seconds: 12)
    let result = try measured("-", pipe: Array(sound.wav.dropLast(8000)), staysOpen: true) {
      $0.timeout = 200_000_000
      $0.threads = 2
    }
    #expect(result.failure?.exit == .timedOut)
    #expect(result.measured == 0..<94_000 && result.measurement.frameCount == 94_000)
    // What the header promises may yet come.
    #expect(result.findings.isEmpty)
    let nothing = failure("-", pipe: Array(sound.wav.prefix(44)), staysOpen: true) {
      $0.timeout = 200_000_000
    }
    #expect(nothing?.exit == .timedOut)
  }

  @Test func ourReadersSeeOneTrack() throws {
    let path = try folder.write(TestSound.noise(seconds: 0.1).wav, to: "a.wav")
    #expect(failure(path) { $0.tracks = try? TrackSelection(parsing: "a:0") } == nil)
    #expect(failure(path) { $0.tracks = try? TrackSelection(parsing: "a:1") }?.exit == .noInput)
  }

  // MARK: Large

  /// 4.5 GB of holes, with a second of sound at the end.
  @Test func readsBeyondFourGigabytes() throws {
    let (rate, frames) = (48_000, 1_125_000_000)
    let path = folder["large.wav"]
    let ds64 =
      little64(4 * frames + 72) + little64(4 * frames) + little64(frames) + little32(0)
    var header = Array("RF64".utf8) + little32(0xffff_ffff) + Array("WAVEds64".utf8)
    header += little32(28) + ds64 + Array("fmt ".utf8) + little32(16) + little16(1) + little16(2)
    header += little32(rate) + little32(rate * 4) + little16(4) + little16(16)
    header += Array("data".utf8) + little32(0xffff_ffff)
    try folder.write(header, to: "large.wav")
    let last = TestSound.noise(seconds: 1, rate: rate)
    let handle = try #require(FileHandle(forWritingAtPath: path))
    let start = header.count + 4 * (frames - rate)
    try handle.seek(toOffset: UInt64(start))
    try handle.write(contentsOf: last.raw)
    try handle.close()
    let result = try measured(path) {
      $0.from = Int64(frames / rate - 1) * 1_000_000_000
      $0.threads = 2
    }
    #expect(result.description.frames == Int64(frames))
    #expect(result.description.container == .rf64)
    let shift = Int64(frames - rate) - result.measured.lowerBound
    #expect(shift >= 0 && result.measured.upperBound == Int64(frames))
    let alone = try measured(try folder.write(last.wav, to: "last.wav")).measurement
    #expect(result.measurement.overall.peak == alone.overall.peak)
    #expect(
      result.measurement.overall.peakFrame
        == alone.overall.peakFrame.map { $0 + Int64(frames - rate) })
  }
}
