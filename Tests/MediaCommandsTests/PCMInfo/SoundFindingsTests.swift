import MediaModel
import MediaRaw
import MediaSignal
import Testing

@testable import MediaCommands

/// What is odd about a sound.
@Suite struct SoundFindingsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var code: String
    var words: String
    var time: Double?
    var change: @Sendable (inout PCMInfoResult) -> Void
    var testDescription: String { "\(code) \(words)" }

    init(
      _ code: String, _ words: String, at time: Double? = nil,
      _ change: @escaping @Sendable (inout PCMInfoResult) -> Void
    ) {
      self.code = code
      self.words = words
      self.time = time
      self.change = change
    }
  }

  @Test func plainSoundHasNone() throws {
    #expect(SoundFindings.all(of: try SampleSounds.stereo()).isEmpty)
  }

  @Test(arguments: [
    Case("W51001", "channel FR stands at full scale for 3 frames", at: 1) {
      $0.measurement.channels[1].clippedRuns = [100..<102, 48_000..<48_003]
    },
    Case("W51001", "channel FR is at full scale for 9000 samples, in 3000 runs", at: 1) {
      $0.measurement.channels[1].clippedRuns = [100..<102, 48_000..<48_003]
      $0.measurement.channels[1].clippedRunCount = 3000
      $0.measurement.channels[1].clippedSamples = 9000
    },
    Case("W51002", "channel FL reaches +6.94 dBFS", at: 0.25) {
      $0.description.format.sampleFormat = .f32le
      $0.measurement.channels[0].peak = 2.2233
    },
    Case("W51003", "channel FL is off zero by -0.20 % of full scale") {
      $0.measurement.channels[0].dcOffset = -0.002
    },
    Case("W51004", "channel FL is digital silence") {
      $0.measurement.channels[0] = ChannelMeasurement()
    },
    Case("I51005", "channels FL and FR have the same samples") {
      $0.measurement.pairs[0].isIdentical = true
    },
    Case("W51006", "channels FL and FR differ only in sign") {
      $0.measurement.pairs[0].isInverted = true
    },
    Case("W51007", "swing against each other for 1.500 s", at: 2) {
      $0.measurement.pairs[0].outOfPhase = [96_000..<168_000]
    },
    Case("W51008", "channel FL breaks off for 96 frames", at: 3) {
      $0.measurement.channels[0].dropouts = [144_000..<144_096]
      $0.measurement.channels[0].dropoutCount = 1
    },
    Case("W51008", "channel FL breaks off 1500 times", at: 3) {
      $0.measurement.channels[0].dropouts = [144_000..<144_096]
      $0.measurement.channels[0].dropoutCount = 1500
    },
    Case("I51009", "16 of 24 bits are used") {
      $0.description.format.sampleFormat = .s24le
      $0.description.format.validBits = 24
    },
    Case("W51010", "channel FC has 97 % of its power below 120 Hz") {
      $0.description.format.channelCount = 3
      $0.description.positions = [.frontLeft, .frontRight, .frontCenter]
      $0.measurement.channels.append(SampleSounds.channel(amplitude: 0.1))
      $0.channels = [0, 1, 2]
      for (place, share) in [0.1, 0.2, 0.97].enumerated() {
        $0.measurement.channels[place].lowFrequencyShare = share
      }
    },
    Case("E51011", "channel FR has 1 sample that are no numbers") {
      $0.measurement.channels[1].invalidSamples = 1
    },
    Case("I51012", "true peak is -0.92 dBTP", at: 0.25) {
      $0.measurement.overall.truePeak = 0.9
    },
    Case("I51013", "integrated loudness is -9.00 LUFS, the chunk bext says -9.20") {
      $0.description.metadata.broadcast = BroadcastExtension()
      $0.description.metadata.broadcast?.loudness = -9.2
    },
    Case("W51014", "loudness range is 0.25 LU, the chunk bext says 5.00") {
      $0.description.metadata.broadcast = BroadcastExtension()
      $0.description.metadata.broadcast?.loudnessRange = 5
    },
    Case("I51015", "FL FR FC is assumed") {
      $0.description.format.channelCount = 3
      $0.description.positions = [.frontLeft, .frontRight, .frontCenter]
      $0.description.arePositionsAssumed = true
      $0.measurement.channels.append(SampleSounds.channel(amplitude: 0.1))
      $0.channels = [0, 1, 2]
    },
  ])
  func whatIsOddIsFound(_ test: Case) throws {
    var result = try SampleSounds.stereo()
    test.change(&result)
    let findings = SoundFindings.all(of: result)
    #expect(findings.map(\.code.code) == [test.code])
    #expect(findings.first?.message.contains(test.words) == true, "\(findings)")
    #expect(findings.first?.time == test.time)
  }

  /// What is no oddity, or is said elsewhere.
  @Test(arguments: [
    Case("", "two clipped samples in a row") { $0.measurement.channels[0].clippedRuns = [5..<7] },
    Case("", "a stored loudness within a tenth") {
      $0.description.metadata.broadcast = BroadcastExtension()
      $0.description.metadata.broadcast?.loudness = -9.1
    },
    Case("", "a stored loudness of the whole beside that of a part") {
      $0.description.metadata.broadcast = BroadcastExtension()
      $0.description.metadata.broadcast?.loudness = -20
      $0.measured = 48_000..<480_000
    },
    Case("", "an LFE in its place") {
      $0.description.format.channelCount = 3
      $0.description.positions = [.frontLeft, .frontRight, .lowFrequency]
      $0.measurement.channels.append(SampleSounds.channel(amplitude: 0.1))
      $0.channels = [0, 1, 2]
      for (place, share) in [0.1, 0.2, 0.97].enumerated() {
        $0.measurement.channels[place].lowFrequencyShare = share
      }
    },
    Case("", "floating point at full scale") {
      $0.description.format.sampleFormat = .f32le
      $0.measurement.channels[0].peak = 1
      $0.measurement.channels[0].clippedSamples = 1
    },
  ])
  func whatIsRightIsNot(_ test: Case) throws {
    var result = try SampleSounds.stereo()
    test.change(&result)
    #expect(SoundFindings.all(of: result).isEmpty, "\(test.words)")
  }

  @Test func silenceIsToldAChannelAndNotAPair() throws {
    var result = try SampleSounds.silence()
    result.measurement.pairs[0].isIdentical = true
    #expect(SoundFindings.all(of: result).map(\.code) == [.silentChannel, .silentChannel])
  }

  @Test func channelsThatAreAllTheSameAreToldOnce() throws {
    var result = try SampleSounds.stereo()
    result.description.format.channelCount = 4
    result.channels = [0, 1, 2, 3]
    result.measurement.channels = Array(
      repeating: SampleSounds.channel(amplitude: 0.5), count: 4)
    result.measurement.pairs = [(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)].map {
      ChannelPairMeasurement(
        first: $0, second: $1, correlation: 1, isIdentical: $1 != 1 && $0 != 1, isInverted: false)
    }
    #expect(
      SoundFindings.all(of: result).map(\.message) == ["channels FL, 2 and 3 have the same samples"]
    )
  }

  @Test func aThousandClippedRunsAreCounted() throws {
    var result = try SampleSounds.stereo()
    result.measurement.channels[0].clippedRuns = (0..<50).map { $0 * 10..<$0 * 10 + 4 }
    let findings = SoundFindings.all(of: result)
    #expect(findings.count == 11)
    #expect(findings.last?.message == "40 more like it, 50 in all")
  }
}
