import MediaCLI
import MediaRaw
import TestSupport
import Testing

@testable import MediaCommands

/// Command lines that cannot be obeyed, and what is said.
@Suite struct PCMInfoUsageTests {
  struct Line: Sendable, CustomTestStringConvertible {
    var words: String
    var says: String
    var testDescription: String { words }

    init(_ words: String, _ says: String) {
      self.words = words
      self.says = says
    }
  }

  @Test(arguments: [
    Line("", "INPUT"),
    Line("--rate 48000 a.raw", "add --sample-format"),
    Line("-ac 2 a.raw", "add --sample-format"),
    Line("-f s16le a.raw", "--rate 48000 --channels 2"),
    Line("-f s16le -ar 48000 a.raw", "--channels 2"),
    Line("-f s16 -c 2 a.raw", "--rate 48000"),
    Line("-f s17le -ar 48000 -ac 2 a.raw", "s16le"),
    Line("-f s16le -ar 0 -ac 2 a.raw", "1"),
    Line("-f s16le -ar 48000 -ac 65 a.raw", "64"),
    Line("-f s16le -ar 48000 -ac 2 --tracks a:0 a.raw", "--tracks"),
    Line("--json --jsonl a.wav", "exclude"),
    Line("--window 1s a.wav", "--window needs --jsonl"),
    Line("--window 1us --jsonl a.wav", "at least 1ms"),
    Line("--from 5s --to 5s a.wav", "--from must be before --to"),
    Line("--to 0 a.wav", "longer than zero"),
    Line("--fail-on info a.wav", "--fail-on needs --check"),
    Line("--no-loudness --target youtube a.wav", "--no-loudness"),
    Line("--no-loudness --dual-mono a.wav", "--no-loudness"),
    Line("--no-loudness --loudness-plot a.svg a.wav", "--no-loudness"),
    Line("--target r128 a.wav", "ebu-r128"),
    Line("--target -16 a.wav", "LUFS,dBTP"),
    Line("--channels-only L,1 a.wav", "L,R"),
    Line("--channels-only 0,0 a.wav", "once"),
    Line("--channels-only L,FL a.wav", "once"),
    Line("--channels-only 64 a.wav", "63"),
    Line("--silence-threshold 3dB a.wav", "-60dB"),
    Line("--silence-duration 0 a.wav", "longer than zero"),
    Line("--waveform a.gif a.wav", ".svg or .png"),
    Line("--spectrogram a.svg a.wav", ".png"),
    Line("--loudness-plot a.png a.wav", ".svg"),
    Line("--waveform w.svg a.wav b.wav", "draws one input, 2 were given"),
    Line("--waveform - a.wav", "standard output"),
    Line("--waveform - --loudness-plot - -o r.txt a.wav", "standard output"),
    Line("--waveform w.svg --loudness-plot w.svg a.wav", "cannot both be w.svg"),
    Line("--waveform w.svg -o w.svg a.wav", "cannot both be w.svg"),
    Line("- -", "only once"),
    Line("--expect channels[0].peak>1 a.wav", "peak_db"),
    Line("--expect loudness.lufs<1 a.wav", "loudness"),
    Line("--loudness a.wav", "unknown option"),
    Line("--jobs 0 a.wav", "1"),
  ])
  func misuseIsRefused(_ line: Line) throws {
    let outcome = try Mediatool.run(
      ["pcm-info"] + line.words.split(separator: " ").map(String.init))
    #expect(outcome.ending == .exit(64) && outcome.stdout.isEmpty, "\(outcome)")
    #expect(outcome.errors.contains(line.says), "\(outcome)")
    #expect(outcome.errorLines.count <= 3)
  }

  @Test func theInputIsNeverTheOutput() throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write("RIFF", to: "a.svg")
    for words in [["-o", path], ["--waveform", path]] {
      let outcome = try Mediatool.run(["pcm-info", "-y"] + words + [path])
      #expect(outcome.ending == .exit(64) && outcome.errors.contains("is the input"), "\(outcome)")
    }
  }

  // MARK: Values

  @Test(arguments: [
    ("s16le", SampleFormat.s16le), ("pcm_s24be", .s24be), ("PCM_F32LE", .f32le), ("s16", .s16le),
    ("dbl", .f64le), ("ulaw", .mulaw), ("pcm_alaw", .alaw), ("u8", .u8),
  ])
  func sampleFormatsHaveFFmpegsNames(text: String, format: SampleFormat) throws {
    #expect(try PCMInfoValues.sampleFormat(text) == format)
  }

  @Test(arguments: [
    ("-60dB", -60.0), ("-60", -60), ("-72.5dBFS", -72.5), ("0dB", 0), ("-60 dB", -60),
  ])
  func levelsTakeUnits(text: String, level: Double) throws {
    #expect(try PCMInfoValues.decibels(text) == level)
  }

  @Test func channelsAreNamedOrNumbered() throws {
    #expect(try PCMInfoValues.channelSelection("1,0") == .numbers([1, 0]))
    #expect(
      try PCMInfoValues.channelSelection("l,R,Ls,LFE")
        == .positions([.frontLeft, .frontRight, .sideLeft, .lowFrequency]))
  }

  @Test func everyOptionReachesTheMeasurement() throws {
    let words = [
      "pcm-info", "-f", "pcm_s24le", "-ar", "44100", "-ac", "2", "--from", "1s", "--to", "2s",
      "--channels-only", "R", "--silence-threshold", "-50dB", "--silence-duration", "2s",
      "--dual-mono", "--timeout", "3s", "--jsonl", "--window", "250ms", "--spectrogram", "s.png",
      "--waveform", "w.png", "-",
    ]
    guard case .run(_, let arguments) = try Tool.spec.parse(words, width: 80) else {
      Issue.record("not a run")
      return
    }
    let options = try PCMInfoRequest(arguments).inputOptions(threads: 3, drawsWave: false)
    #expect(options.rawFormat?.sampleFormat == .s24le && options.rawFormat?.sampleRate == 44_100)
    #expect(options.from == 1_000_000_000 && options.to == 2_000_000_000)
    #expect(options.channels == .positions([.frontRight]) && options.isDualMono)
    #expect(options.silenceThreshold == -50 && options.minimumSilence == 2_000_000_000)
    #expect(options.timeout == 3_000_000_000 && options.seriesWindow == 250_000_000)
    #expect(options.measuresLoudness && options.measuresTruePeak && options.threads == 3)
    #expect(options.spectrogram != nil && options.keepsEnvelope)
  }
}
