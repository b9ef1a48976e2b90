internal import MediaJSON
internal import MediaRaw

/// `format`.
enum SoundFormatReport {
  static let report = Report<PCMInfoResult>([
    .string("format_name", "FFmpeg's name of the container, or of raw samples") {
      $0.description.containerName
    },
    .string("codec_name", "FFmpeg's name of the coding") { $0.description.codecName },
    .integer("sample_rate", "Frames per second") { $0.description.format.sampleRate },
    .integer("channels", "Number of channels") { $0.channelCount },
    .string("channel_layout", "FFmpeg's name of the layout") { $0.description.channelLayout },
    .json(
      "channel_names", "FFmpeg's name of where each channel stands; null where unknown",
      shape: .array(.any)
    ) { result in
      .array(result.allPositions.map { $0.map { .string($0.name) } ?? .null })
    },
    .bool("channel_names_assumed", "Whether the file leaves that open") {
      $0.description.arePositionsAssumed
    },
    .string("sample_format", "How a sample is stored; of coded sound, as it is decoded") {
      $0.description.format.sampleFormat.rawValue
    },
    .integer("bits_per_sample", "Bits of a sample; null of sound coded with loss") {
      $0.description.bitsPerSample
    },
    .string("endianness", "little or big; null of single bytes and of coded sound") {
      $0.description.endianness
    },
    .integer("block_align", "Bytes from one frame to the next; null of coded sound") {
      $0.description.dataOffset == nil ? nil : $0.description.format.blockAlign
    },
    .integer("data_offset", "Where the samples begin; null of coded sound") {
      $0.description.dataOffset
    },
    .integer("data_size", "Bytes of samples; null of coded sound") {
      $0.description.dataByteCount
    },
    .integer("size", "Bytes of the whole input") { $0.description.byteCount },
    .integer("frames", "Frames there are; one sample of each channel makes a frame") { $0.frames },
    .integer("declared_frames", "Frames that the header promises") {
      $0.description.declaredFrames
    },
    .real("duration", "Seconds of those there are") { $0.duration },
    .integer("bit_rate", "Bits per second: of PCM rate, depth and channels multiplied") {
      $0.description.bitRate
    },
    .object("codec_frames", "Frames that coding it would make", report: codecFrames) { $0 },
  ])

  private static let codecFrames = Report<PCMInfoResult>([
    .object("aac", "AAC of 1024 samples a frame", report: coded) { CodedFrames(1024, $0) },
    .object("mp3", "MP3 of 1152 samples a frame", report: coded) { CodedFrames(1152, $0) },
  ])

  private static let coded = Report<CodedFrames>([
    .integer("samples_per_frame", "Samples of each channel in a frame") { $0.samplesPerFrame },
    .integer("frames", "Frames, the last one filled up; what an encoder adds is not counted") {
      $0.frames
    },
    .real("frame_duration", "Seconds of a frame") { $0.duration },
  ])
}

/// The frames that coding a sound would make.
struct CodedFrames: Hashable, Sendable {
  var samplesPerFrame: Int64
  /// nil where the sound's length is not known.
  var frames: Int64?
  /// Seconds of a frame.
  var duration: Double

  init(_ samplesPerFrame: Int64, _ result: PCMInfoResult) {
    self.samplesPerFrame = samplesPerFrame
    frames = result.frames.map { $0 / samplesPerFrame + ($0 % samplesPerFrame == 0 ? 0 : 1) }
    duration = FrameSpan.seconds(samplesPerFrame, result.description.format.sampleRate)
  }
}

extension SoundDescription {
  /// `little` or `big`; nil of single bytes, and where FFmpeg decodes.
  var endianness: String? {
    guard dataOffset != nil, format.sampleFormat.byteCount > 1 else { return nil }
    return format.sampleFormat.rawValue.hasSuffix("be") ? "big" : "little"
  }
}
