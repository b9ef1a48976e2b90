/// Area 51: sound.
extension FindingCode {
  static let sound: [FindingCode] = [
    clipping, overs, dcOffset, silentChannel, identicalChannels, invertedChannels, outOfPhase,
    dropout, unusedBits, misplacedBass, invalidSamples, truePeakNearFullScale, storedLoudness,
    storedLoudnessWrong, assumedChannelOrder,
  ]

  /// W51001.
  public static let clipping = FindingCode(
    .warning, "51001", "clipped samples",
    "Three and more samples in a row stand at full scale, so the top of the wave is cut off.")
  /// W51002.
  public static let overs = FindingCode(
    .warning, "51002", "samples beyond full scale",
    "Floating point holds them, but every integer format and every output cuts them off.")
  /// W51003.
  public static let dcOffset = FindingCode(
    .warning, "51003", "DC offset",
    "The wave does not swing around zero, which takes headroom and clicks at every cut.")
  /// W51004.
  public static let silentChannel = FindingCode(
    .warning, "51004", "channel of digital silence",
    "Every sample is zero, as where a source was not connected.")
  /// I51005.
  public static let identicalChannels = FindingCode(
    .info, "51005", "identical channels",
    "Two channels have the same samples: mono in two channels, which takes twice the room.")
  /// W51006.
  public static let invertedChannels = FindingCode(
    .warning, "51006", "inverted channel",
    "Two channels differ only in sign, so a mono receiver hears nothing of them.")
  /// W51007.
  public static let outOfPhase = FindingCode(
    .warning, "51007", "channels out of phase",
    "For a second and more two channels swing against each other, and cancel out in mono.")
  /// W51008.
  public static let dropout = FindingCode(
    .warning, "51008", "dropout",
    "Sound breaks off into zeros and resumes, as where a buffer was lost on the way.")
  /// I51009.
  public static let unusedBits = FindingCode(
    .info, "51009", "bits never used",
    "The low bits are zero in every sample, as of sound made with less depth.")
  /// W51010.
  public static let misplacedBass = FindingCode(
    .warning, "51010", "bass alone where the layout has no LFE",
    "Channels are likely in another order than the layout says, as 5.1 in the order of film.")
  /// E51011.
  public static let invalidSamples = FindingCode(
    .error, "51011", "samples that are no numbers",
    "NaN and infinity cannot be played; the rest is measured as if they were zero.")
  /// I51012.
  public static let truePeakNearFullScale = FindingCode(
    .info, "51012", "true peak above -1 dBTP",
    "A lossy encoder or a converter may clip it; whether it may be so high a --target decides.",
    clause: "EBU R 128")
  /// I51013.
  public static let storedLoudness = FindingCode(
    .info, "51013", "stored loudness differs from the measured one",
    "The chunk bext says something else than the sound, by a little.", clause: "EBU Tech 3285")
  /// W51014.
  public static let storedLoudnessWrong = FindingCode(
    .warning, "51014", "stored loudness is wrong",
    "A player or a store that trusts the chunk bext plays the sound too loud or too soft.",
    clause: "EBU Tech 3285")
  /// I51015.
  public static let assumedChannelOrder = FindingCode(
    .info, "51015", "channel order assumed",
    "The file does not say which loudspeaker each channel is for; loudness depends on it.")
}
