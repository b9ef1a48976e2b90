internal import MediaCLI
internal import MediaRaw

/// `mediatool pcm-info`, described.
enum PCMInfo {
  // MARK: Raw samples

  static let sampleFormat = Key<SampleFormat>(
    "sample-format", short: "f", value: "NAME",
    help: "The input is raw samples of this format, such as s16le",
    completion: .choices(SampleFormat.allCases.map(\.rawValue)),
    parse: PCMInfoValues.sampleFormat)
  static let rate = Key<Int>(
    "rate", short: "r", aliases: ["-ar"], value: "HZ", help: "Sampling rate of raw samples",
    parse: ValueParsers.integer(in: 1...100_000_000))
  static let channels = Key<Int>(
    "channels", short: "c", aliases: ["-ac"], value: "N", help: "Channels of raw samples",
    parse: ValueParsers.integer(in: 1...PCMFormat.maxChannelCount))

  // MARK: What is measured

  static let from = Key<Int64>(
    "from", value: "TIME", help: "Measure from this media time on", parse: ValueParsers.time)
  static let to = Key<Int64>(
    "to", value: "TIME", help: "Measure up to this media time", parse: ValueParsers.positiveTime)
  static let channelsOnly = Key<ChannelSelection>(
    "channels-only", value: "LIST",
    help: "Measure only these channels: names such as L,R or numbers from 0",
    parse: PCMInfoValues.channelSelection)
  static let noLoudness = Flag(
    "no-loudness", help: "Measure neither loudness nor true peak, which is faster",
    negatable: false)
  static let dualMono = Flag(
    "dual-mono", help: "Count mono as two equal channels: 3 LU louder")
  static let silenceThreshold = DefaultedKey<Double>(
    "silence-threshold", value: "DB", default: "-60dB",
    help: "Silence does not exceed this level", parse: PCMInfoValues.decibels)
  static let silenceDuration = DefaultedKey<Int64>(
    "silence-duration", value: "TIME", default: "500ms", help: "Shortest silence to report",
    parse: ValueParsers.positiveTime)
  static let window = DefaultedKey<Int64>(
    "window", value: "TIME", default: "100ms",
    help: "With --jsonl, length of each window of the series"
  ) { text throws(UsageError) in
    let time = try ValueParsers.time(text)
    guard time >= 1_000_000 else { throw UsageError("must be at least 1ms") }
    return time
  }
  static let target = Key<LoudnessTarget>(
    "target", value: "NAME|LUFS,TP",
    help: "Exit 1 unless loudness and true peak are right for it",
    completion: .choices(LoudnessTarget.named.map(\.name)), parse: LoudnessTarget.init(parsing:))

  // MARK: Pictures

  static let waveform = Key<PicturePath>(
    "waveform", value: "FILE.svg|png", help: "Draw the wave, and where it clips",
    completion: .file(extensions: ["svg", "png"])
  ) { text throws(UsageError) in
    try PicturePath(text, kinds: [.svg, .png])
  }
  static let spectrogram = Key<PicturePath>(
    "spectrogram", value: "FILE.png", help: "Draw power over time and frequency",
    completion: .file(extensions: ["png"])
  ) { text throws(UsageError) in
    try PicturePath(text, kinds: [.png])
  }
  static let loudnessPlot = Key<PicturePath>(
    "loudness-plot", value: "FILE.svg", help: "Draw momentary and short-term loudness over time",
    completion: .file(extensions: ["svg"])
  ) { text throws(UsageError) in
    try PicturePath(text, kinds: [.svg])
  }

  // MARK: Work

  static let jobs = Key<Int>(
    "jobs", value: "N",
    help: "Threads, over several inputs or sharing one; as many as processors unless given",
    parse: ValueParsers.integer(in: 1...256))

  static let spec = CommandSpec(
    name: "pcm-info",
    abstract: "Measure sound: levels, loudness, clipping, silence",
    discussion: [
      """
      Says what sound INPUT holds and measures it in one pass: peak, true peak, RMS, DC offset, \
      noise floor, clipping, dropouts and silence of each channel and of all, loudness by BS.1770 \
      and EBU R 128, and how channels relate. WAV, RF64, BW64, W64, AIFF, AIFC and AU are read \
      without FFmpeg; anything else is decoded through it. INPUT is a file, - for standard input, \
      or a URL.
      """,
      """
      Raw samples need --sample-format, --rate and --channels. Formats have FFmpeg's names: u8, s8, \
      s16le, s24le, s24_32le, s32le, f32le, f64le, the same with be, alaw and mulaw; pcm_ may stand \
      in front.
      """,
      """
      Full scale is the magnitude of the lowest code: a sine that reaches it has a peak of 0 dBFS \
      and an RMS of -3.01 dBFS; rms_aes17_db is 3.01 dB more. What is not defined is null with a \
      reason beside it, as the loudness of 0.3 s.
      """,
      """
      --target judges the integrated loudness and the true peak: ebu-r128 (-23 LUFS within 0.5 LU, \
      -1 dBTP), atsc-a85 (-24 within 2, -2), youtube (-14, -1), spotify (-14, -1, or -2 where it is \
      louder), or two numbers such as -16,-1 (within 0.5 LU). Sound that is softer than a platform's \
      level meets it, as the platform does not turn it down. The gain to apply is said either way.
      """,
      """
      Of an input that ends inside its samples what is there is measured, and the exit code is 65 \
      unless --check decides. --expect takes 'path operator value' and tests the JSON result, as in \
      mediatool-probe(1).
      """,
    ],
    operands: [
      OperandSpec("INPUT", help: "File, URL or -", minimum: 1, maximum: nil, completion: .url)
    ],
    groups: [
      OptionGroup(
        "Output",
        [
          CommonOptions.json, CommonOptions.jsonl, window, CommonOptions.output,
          CommonOptions.force,
        ]),
      OptionGroup("Raw samples", [sampleFormat, rate, channels]),
      OptionGroup(
        "Measures",
        [from, to, channelsOnly, noLoudness, dualMono, silenceThreshold, silenceDuration]),
      OptionGroup("Pictures", [waveform, spectrogram, loudnessPlot]),
      OptionGroup(
        "Checks",
        [
          CommonOptions.check, CommonOptions.failOn,
          CommonOptions.expecting("overall.clipped_samples == 0"), target,
        ]),
      OptionGroup(
        "Input",
        [
          CommonOptions.tracks, CommonOptions.header, CommonOptions.userAgent,
          CommonOptions.timeout, jobs,
        ]),
      CommonOptions.messages,
    ],
    exits: ExitCode.meanings,
    examples: [
      Example("mediatool pcm-info song.wav", caption: "Measure a file"),
      Example(
        "mediatool pcm-info --target ebu-r128 programme.wav",
        caption: "Guard a delivery: exit 1 unless loudness and true peak are right"),
      Example(
        "mediatool pcm-info -f s16le -ar 48000 -ac 2 capture.raw", caption: "Measure raw samples"),
      Example(
        "mediatool pcm-info --expect 'overall.clipped_samples == 0' --check *.wav",
        caption: "Refuse clipped files in a CI job"),
      Example(
        "mediatool pcm-info --jsonl --window 100ms song.flac",
        caption: "Levels and loudness over time, one line a window"),
      Example(
        "mediatool pcm-info --waveform wave.svg --spectrogram spectrum.png song.wav",
        caption: "Look at the sound"),
    ],
    seeAlso: ["mediatool-probe(1)", "sox(1)", "ffmpeg-filters(1)", "mediatool-findings(7)"])
}
