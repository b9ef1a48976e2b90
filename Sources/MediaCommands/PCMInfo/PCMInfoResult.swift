internal import MediaModel
internal import MediaRaw
internal import MediaSignal

/// What is known of an input's form, apart from how it sounds.
struct SoundDescription: Sendable {
  /// FFmpeg's name of the container, such as `wav`; `s16le` and the like of raw samples.
  var containerName: String
  /// The container where our own reader read it.
  var container: PCMContainer?
  /// FFmpeg's name of the coding, such as `pcm_s16le` or `aac`.
  var codecName: String
  /// Of the samples as they were measured; those of coded sound are what the decoder gives.
  var format: PCMFormat
  /// Bits of a sample: those that carry sound of PCM, nil of sound coded with loss.
  var bitsPerSample: Int?
  /// Bits per second: rate times depth times channels of PCM, what the container says of the rest.
  var bitRate: Int?
  /// FFmpeg's name of the layout, such as `5.1(side)`; nil where nothing says.
  var channelLayout: String?
  /// Where the channels stand: as the file says, or as is assumed where it does not.
  var positions: [ChannelPosition?] = []
  /// Whether `positions` is an assumption.
  var arePositionsAssumed = false
  /// Where the samples begin and how many bytes they take; nil where FFmpeg reads.
  var dataOffset: Int64?
  var dataByteCount: Int64?
  /// Bytes of the whole input where they are known.
  var byteCount: Int64?
  /// Frames that the header promises, and those there are; of the whole input, whatever was chosen
  /// of it.
  var declaredFrames: Int64?
  var frames: Int64?
  var metadata = PCMMetadata()
}

/// All that `pcm-info` found out about one input.
struct PCMInfoResult: Sendable {
  /// The input as the user gave it, secrets masked.
  var input: String
  var description: SoundDescription
  var measurement: SoundMeasurement
  /// The frames measured: all, unless --from or --to chose; every frame number in `measurement`
  /// counts from the beginning of the input all the same.
  var measured: Range<Int64>
  /// Numbers of the channels measured within the input: all, unless --channels-only chose.
  var channels: [Int]
  /// Whether mono was counted as two equal channels.
  var isDualMono: Bool
  var findings: [Finding] = []
  /// Packets that FFmpeg could not decode, or not wholly.
  var undecodablePackets = 0
  /// Why reading ended early; what is said holds for the part read.
  var failure: FailedInput?
  /// How much each measured channel counts in loudness.
  var loudnessWeights: [Double] = []
  /// Of --target.
  var target: TargetVerdict?
}
