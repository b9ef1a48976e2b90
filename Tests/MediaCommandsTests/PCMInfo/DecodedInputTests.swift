import Foundation
import MediaRaw
import MediaSignal
import TestSupport
import Testing

@testable import MediaCommands

/// What FFmpeg decodes for us.
@Suite(.peers("ffmpeg")) struct PCMInfoDecodedInputTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  /// Runs ffmpeg in the folder and gives the path of the file it was to write.
  private func ffmpeg(_ words: String, to name: String) throws -> String {
    let arguments = words.split(separator: " ").map(String.init)
    let outcome = try ProcessRunner.run(
      "ffmpeg", ["-v", "error", "-nostdin", "-y"] + arguments + [name], directory: folder.path)
    try #require(outcome.ending == .exit(0), "\(outcome)")
    return folder[name]
  }

  @Test(arguments: ["flac", "w64", "caf", "wv", "mka", "mov"])
  func losslessSoundMeasuresAsTheWAVItCameFrom(suffix: String) throws {
    let sound = TestSound.noise(seconds: 25, rate: 16_000)
    let wav = try folder.write(sound.wav, to: "a.wav")
    let decoded = try ffmpeg(
      "-i a.wav" + (suffix == "mka" || suffix == "mov" ? " -c:a alac" : ""), to: "b.\(suffix)")
    let expected = try measured(wav)
    for threads in [1, 3] {
      let result = try measured(decoded) { $0.threads = threads }
      #expect(result.measurement.words == expected.measurement.words)
      #expect(result.description.frames == 400_000 && result.undecodablePackets == 0)
      #expect(result.description.bitsPerSample == 16)
    }
  }

  @Test func twentyFourBitsComeAsTheyAre() throws {
    try folder.write(TestSound.noise(seconds: 3, rate: 48_000).wav, to: "a.wav")
    let wav = try ffmpeg("-i a.wav -af volume=0.37 -c:a pcm_s24le", to: "b.wav")
    let flac = try ffmpeg("-i b.wav -bits_per_raw_sample 24", to: "c.flac")
    let result = try measured(flac)
    #expect(result.description.format.validBits == 24)
    #expect(result.description.container == nil && result.description.codecName == "flac")

    #expect(result.measurement.words == (try measured(wav)).measurement.words)
  }

  @Test func planarFloatsComeInTheirOrder() throws {
    let sound = TestSound.noise(seconds: 3, rate: 48_000, channels: 3)
    try folder.write(sound.wav, to: "a.wav")
    let ogg = try ffmpeg("-i a.wav -c:a libvorbis -q:a 6", to: "b.ogg")
    let wav = try ffmpeg("-i b.ogg -c:a pcm_f32le", to: "c.wav")
    let (direct, through) = (try measured(ogg), try measured(wav))
    #expect(direct.measurement.words == through.measurement.words)
    #expect(direct.description.bitsPerSample == nil && direct.description.bitRate != nil)
  }

  @Test func aPipeOfWhatFFmpegDecodesLosesNoByte() throws {
    try folder.write(TestSound.noise(seconds: 12, rate: 48_000).wav, to: "a.wav")
    for name in ["b.flac", "b.mp3", "b.m4a"] {
      let path = try ffmpeg("-i a.wav", to: name)
      let piped = try measured("-", pipe: try contents(of: path))
      let direct = try measured(path)
      #expect(piped.measurement.words == direct.measurement.words, "\(name)")
      #expect(direct.measurement.frameCount >= 576_000)
    }
  }

  @Test func codingsInWAVThatAreNotPCMGoToFFmpeg() throws {
    try folder.write(TestSound.noise(seconds: 3, rate: 48_000).wav, to: "a.wav")
    let path = try ffmpeg("-i a.wav -c:a adpcm_ms", to: "b.wav")
    for result in [try measured(path), try measured("-", pipe: try contents(of: path))] {
      #expect(result.description.codecName == "adpcm_ms" && result.description.container == nil)
      #expect(result.measurement.frameCount >= 144_000)
    }
  }

  @Test func theTrackAskedForIsMeasured() throws {
    let tone = "-f lavfi -i sine=440:d=1:sample_rate=48000"
    let picture = "-f lavfi -i testsrc2=s=32x32:d=1"
    let path = try ffmpeg(
      "\(tone) \(tone) \(picture) -map 0 -map 1 -map 2 -filter:a:1 volume=0.25 -c:a flac",
      to: "a.mkv")
    func peak(_ tracks: String?) throws -> Double {
      try measured(path) { $0.tracks = try? tracks.map(TrackSelection.init(parsing:)) }
        .measurement.overall.peak
    }
    #expect(try peak(nil) == peak("a:0"))
    #expect(abs(try peak("a:1") / peak("a:0") - 0.25) < 0.001)
    let cases: [(String, ExitCode)] = [("v:0", .noInput), ("a:2", .noInput), ("a", .usage)]
    for (tracks, exit) in cases {
      let failure = failure(path) { $0.tracks = try? TrackSelection(parsing: tracks) }
      #expect(failure?.exit == exit, "\(tracks): \(failure?.message ?? "")")
    }
    #expect(failure(try ffmpeg(picture, to: "silent.mkv"))?.message == "there is no sound in it")
  }

  @Test func fromAndToAreOfTheDecodedSound() throws {
    let sound = TestSound.noise(seconds: 25, rate: 16_000)
    let wav = try folder.write(sound.wav, to: "a.wav")
    let flac = try ffmpeg("-i a.wav", to: "b.flac")
    func cut(_ options: inout SoundInputOptions) {
      (options.from, options.to) = (11_500_000_000, 24_000_000_000)
    }
    let (direct, decoded) = (try measured(wav, cut), try measured(flac, cut))
    #expect(decoded.measured == 184_000..<384_000)
    #expect(decoded.measurement.words == direct.measurement.words)
  }

  @Test func aChangeOfFormEndsTheMeasurementWithWords() throws {
    try folder.write(TestSound.noise(seconds: 3, rate: 48_000).wav, to: "a.wav")
    let first = try ffmpeg("-i a.wav -c:a aac", to: "b.aac")
    let second = try ffmpeg("-i a.wav -c:a aac -ac 1 -ar 44100", to: "c.aac")
    let both = try folder.write(
      try contents(of: first) + contents(of: second), to: "both.aac")
    let result = try measured(both)
    #expect(result.failure?.exit == .unavailable)
    #expect(result.failure?.message.contains("changes to 44100 Hz") == true)
    #expect(result.measurement.frameCount == (try measured(first)).measurement.frameCount)
  }

  @Test func moreChannelsThanAreMeasuredAreRefusedWithWords() throws {
    try folder.write([UInt8](repeating: 1, count: 65 * 2 * 100), to: "a.raw")
    let caf = try ffmpeg("-f s16le -ar 8000 -ac 65 -i a.raw -c:a pcm_s16le", to: "b.caf")
    let failure = failure(caf)
    #expect(failure?.exit == .unavailable, "\(failure?.message ?? "")")
    #expect(failure?.message.contains("65 channels") == true)
  }

  @Test func packetsThatCannotBeDecodedAreCounted() throws {
    try folder.write(TestSound.noise(seconds: 5, rate: 48_000).wav, to: "a.wav")
    var bytes = try contents(of: try ffmpeg("-i a.wav -frame_size 1152", to: "b.flac"))
    for index in bytes.count / 2..<bytes.count / 2 + 9000 { bytes[index] = 0x55 }
    let result = try measured(try folder.write(bytes, to: "broken.flac"))
    #expect(result.undecodablePackets > 0, "\(result.failure?.message ?? "no failure")")

    #expect((100_000..<240_000).contains(result.measurement.frameCount))
  }

  @Test func theLayoutIsFFmpegs() throws {
    var sound = TestSound.noise(seconds: 0.2, rate: 48_000, channels: 6)
    sound.mask = 0x3f
    try folder.write(sound.wav, to: "a.wav")
    let description = try measured(try ffmpeg("-i a.wav", to: "b.flac")).description
    #expect(description.channelLayout == "5.1" && !description.arePositionsAssumed)
    #expect(description.positions.compactMap { $0?.name } == ["FL", "FR", "FC", "LFE", "BL", "BR"])
    #expect(description.bitRate != nil)
  }
}
