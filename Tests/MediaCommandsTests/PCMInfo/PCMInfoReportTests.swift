import MediaJSON
import MediaRaw
import MediaSignal
import TestSupport
import Testing

@testable import MediaCommands

/// The document `mediatool.pcm-info/1`.
@Suite struct PCMInfoReportTests {
  @Test func documentsFitTheirShape() throws {
    var failed = try SampleSounds.stereo()
    failed.failure = FailedInput(input: "in.wav", exit: .ioError, message: "gone")
    failed.target = failed.verdict(try LoudnessTarget(parsing: "ebu-r128"))
    var measured = try SampleSounds.stereo()
    measured.measurement.loudness = nil
    measured.measurement.overall.truePeak = nil
    var rich = try SampleSounds.mono()
    rich.description.metadata.broadcast = BroadcastExtension()
    rich.description.metadata.cues = [SoundCue(id: 1, frame: 48_000, label: "a")]
    rich.description.metadata.tags = ["title": "a"]
    for result in [failed, measured, rich, try SampleSounds.silence()] {
      let mismatches = PCMInfoReport.document.shape.mismatches(in: try result.document())
      #expect(mismatches.isEmpty, "\(mismatches.prefix(3))")
    }
  }

  /// The names that scripts rely on.
  @Test(arguments: [
    "format.sample_rate == 48000", "format.channels == 2", "format.sample_format == s16le",
    "format.bits_per_sample == 16", "format.duration == 10", "format.bit_rate == 1536000",
    "format.frames == 480000", "format.endianness == little", "format.block_align == 4",
    "format.codec_frames.aac.frames == 469", "format.codec_frames.mp3.frames == 417",
    "format.codec_frames.mp3.frame_duration == 0.024",
    "channels[0].name == FL", "channels[1].index == 1",
    "channels[0].peak_db == -6.0206", "channels[0].true_peak_db == -6.0206",
    "channels[0].rms_db == -9.0309", "channels[0].rms_aes17_db == -6.0206",
    "channels[0].crest_factor == 1.414214", "channels[0].crest_factor_db == 3.0103",
    "channels[0].dc_offset == 0.0001", "channels[0].clipped_samples == 0",
    "channels[0].noise_floor_db == -60", "channels[0].effective_bits == 16",
    "channels[0].peak_time == 0.25", "channels[0].rms_min_db == null",
    "channels[0].rms_min_db_reason == silence", "overall.peak_db == -6.0206",
    "overall.zero_crossings == 19999", "loudness.integrated == -9", "loudness.range == 0.25",
    "loudness.momentary_max == -9", "loudness.momentary_max_time == 0.4",
    "loudness.short_term_max == -9", "loudness.true_peak == -6.0206",
    "loudness.threshold == -19", "loudness.dual_mono == false",
    "loudness.channel_weights[1] == 1", "loudness.assumed_layout == null",
    "silence.count == 2", "silence[0].start == 1", "silence[0].end_frame == 96000",
    "silence[0].digital == true", "silence[1].duration == 0.5", "pairs[0].correlation == 0.5",
    "metadata.bext == null", "totals.frames == 480000", "totals.silence_duration == 1.5",
    "findings.count == 0",
  ])
  func keysSayWhatIsMeasured(_ text: String) throws {
    let expectation = try Expectation(parsing: text, shape: PCMInfoReport.document.shape)
    let answer = expectation.evaluate(on: PCMInfoReport.document.value(try SampleSounds.stereo()))
    #expect(answer.passed, "\(answer.message)")
  }

  @Test(arguments: [
    "channels[0].peak_db_reason == silence", "overall.true_peak_db_reason == silence",
    "overall.crest_factor_reason == silence", "channels[1].noise_floor_db_reason == silence",
    "loudness.integrated == null",
    #"loudness.integrated_reason == "too short: 0.3 s of 0.4 s""#,
    #"loudness.range_reason == "too short: 0.3 s of 3 s""#,
    "loudness.true_peak_reason == silence",
    #"pairs[0].correlation_reason == "a channel does not vary""#,
  ])
  func whatIsNotDefinedHasAReason(_ text: String) throws {
    let expectation = try Expectation(parsing: text, shape: PCMInfoReport.document.shape)
    let answer = expectation.evaluate(on: PCMInfoReport.document.value(try SampleSounds.silence()))
    #expect(answer.passed, "\(answer.message)")
  }

  @Test func reasonsAreOnlyWhereSomethingIsNull() throws {
    let members = try #require(try SampleSounds.stereo().document()["overall"]?.object)
    #expect(members["peak_db_reason"] == nil && members["true_peak_db_reason"] == nil)
    #expect(members["effective_bits_reason"] == nil)
    #expect(members["rms_min_db_reason"] == .string("silence"))
  }

  @Test(arguments: ["format.sampling_rate == 1", "channels[0].peak == 1", "windows.count == 1"])
  func namesThatAreNotThereAreRefused(_ text: String) {
    #expect(throws: ExpressionError.self) {
      try Expectation(parsing: text, shape: PCMInfoReport.document.shape)
    }
  }

  /// A reason never rounds up to what would have been enough.
  @Test func lengthsInReasonsAreRoundedDown() {
    #expect(
      Figure(.tooShort(seconds: 0.4), of: 0.399_999) == .unknown("too short: 0.3999 s of 0.4 s"))
    #expect(Figure(.noChannel, of: 1) == .unknown("no channel counts"))
  }

  @Test func aPartHasItsOwnPlace() throws {
    var result = try SampleSounds.stereo()
    result.measured = 96_000..<480_000
    result.measurement.frameCount = 384_000
    let document = PCMInfoReport.document.value(result)
    for text in ["totals.start == 2", "totals.duration == 8", "format.duration == 10"] {
      let expectation = try Expectation(parsing: text, shape: PCMInfoReport.document.shape)
      #expect(expectation.evaluate(on: document).passed, "\(text)")
    }
  }
}
