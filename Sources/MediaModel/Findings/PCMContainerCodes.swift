/// Area 50: containers of PCM.
extension FindingCode {
  static let pcmContainers: [FindingCode] = [
    pcmSizeUnset, pcmDataCut, pcmFormSize, pcmMissingPad, pcmPartialFrame, pcmBlockAlign,
    pcmByteRate, pcmSecondData, pcmFrameCount, pcmFormatChunk, pcmChannelMask, pcmChunkSkipped,
    pcmBrokenChunk, pcmNoChunk,
  ]

  /// W50001.
  public static let pcmSizeUnset = FindingCode(
    .warning, "50001", "the size of the samples was never written",
    "The header was not completed, as of a stream or after an interruption, or the size does not "
      + "fit its field; the samples are taken to reach to the end of the input.")
  /// E50002.
  public static let pcmDataCut = FindingCode(
    .error, "50002", "the input ends inside the samples",
    "The header promises more sound than there is: the rest is lost, or the size is wrong.")
  /// W50003.
  public static let pcmFormSize = FindingCode(
    .warning, "50003", "the size of the whole file is wrong in its header",
    "Programs that trust it miss what lies behind, or refuse the file.")
  /// W50004.
  public static let pcmMissingPad = FindingCode(
    .warning, "50004", "a chunk of odd length without its pad byte",
    "The next chunk begins a byte too early, so that many programs do not find it or the samples.",
    clause: "Multimedia Programming Interface and Data Specifications 1.0, chapter 2")
  /// W50005.
  public static let pcmPartialFrame = FindingCode(
    .warning, "50005", "bytes after the last whole frame",
    "They are less than a sample of each channel, and are left out.")
  /// W50006.
  public static let pcmBlockAlign = FindingCode(
    .warning, "50006", "the size of a frame does not fit channels and width",
    "Programs that trust it read noise, or refuse the file; here the reading is taken that fits the "
      + "other fields.")
  /// W50007.
  public static let pcmByteRate = FindingCode(
    .warning, "50007", "the bytes per second are wrong in the header",
    "Programs that trust them show a wrong duration and seek to the wrong place.")
  /// E50008.
  public static let pcmSecondData = FindingCode(
    .error, "50008", "a second chunk of samples",
    "Only the first counts; what the others hold is heard in few programs.")
  /// W50009.
  public static let pcmFrameCount = FindingCode(
    .warning, "50009", "the number of frames stated is not that of the samples",
    "Programs that trust it show a wrong duration.")
  /// W50010.
  public static let pcmFormatChunk = FindingCode(
    .warning, "50010", "an odd description of the format",
    "Its length or a field is not as specified, though what is meant is clear.")
  /// W50011.
  public static let pcmChannelMask = FindingCode(
    .warning, "50011", "the channel mask does not fit the channels",
    "Which loudspeaker a channel belongs to is not certain.")
  /// I50012.
  public static let pcmChunkSkipped = FindingCode(
    .info, "50012", "a large chunk was not read",
    "What it says is left out, so that memory stays small.")
  /// W50013.
  public static let pcmBrokenChunk = FindingCode(
    .warning, "50013", "a chunk of metadata is not as specified",
    "What could be read of it is told; the samples are not touched.")
  /// W50014.
  public static let pcmNoChunk = FindingCode(
    .warning, "50014", "something that is no chunk behind the samples",
    "Where a chunk should begin there is something else; what follows is not read.")
}
