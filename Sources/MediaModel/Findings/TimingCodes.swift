/// Area 70: the timing of tracks.
extension FindingCode {
  static let timing: [FindingCode] = [
    missingTimestamps, decreasingDTS, repeatedDTS, gap, overlap, startSkew, durationMismatch,
    bitRateMismatch, frameRateMismatch, keyframeInterval, emptyTrack, ptsBeforeDTS, corruptPackets,
    firstNotKeyframe, negativeStart,
  ]

  /// W70001.
  public static let missingTimestamps = FindingCode(
    .warning, "70001", "packets without timestamps",
    "Players must guess when such packets are due, and segmenters may cut in the wrong place.")
  /// E70002.
  public static let decreasingDTS = FindingCode(
    .error, "70002", "decoding timestamps go back",
    "A packet is due for decoding before the one it follows, so players drop or misplace it.",
    clause: "ISO/IEC 14496-12 8.6.1.2")
  /// W70003.
  public static let repeatedDTS = FindingCode(
    .warning, "70003", "decoding timestamp repeated",
    "Two packets of a track are due at the same time, which many muxers refuse.")
  /// W70004.
  public static let gap = FindingCode(
    .warning, "70004", "gap between packets",
    "A packet begins later than the one before it ends, by more than the threshold.")
  /// W70005.
  public static let overlap = FindingCode(
    .warning, "70005", "overlap of packets",
    "A packet begins before the one before it ends, by more than the threshold.")
  /// W70006.
  public static let startSkew = FindingCode(
    .warning, "70006", "audio and video start apart",
    "One track begins without the other for longer than the threshold.")
  /// W70007.
  public static let durationMismatch = FindingCode(
    .warning, "70007", "declared duration differs from the measured one",
    "Seek bars and playlists built on the declared duration will be wrong.")
  /// I70008.
  public static let bitRateMismatch = FindingCode(
    .info, "70008", "declared bit rate differs from the measured one",
    "A player that picks streams by the declared bit rate picks the wrong one.")
  /// W70009.
  public static let frameRateMismatch = FindingCode(
    .warning, "70009", "declared frame rate differs from the measured one",
    "Tools that take times from the declared frame rate will drift.")
  /// W70010.
  public static let keyframeInterval = FindingCode(
    .warning, "70010", "keyframe interval over the limit",
    "Seeking, joining a live stream and cutting segments wait for the next keyframe.")
  /// W70011.
  public static let emptyTrack = FindingCode(
    .warning, "70011", "track without packets",
    "The header announces a track that never delivers, and players may wait for it.")
  /// W70012.
  public static let ptsBeforeDTS = FindingCode(
    .warning, "70012", "presentation before decoding",
    "A packet is shown before it is decoded, which only MP4's signed offsets can express.",
    clause: "ISO/IEC 14496-12 8.6.1.3")
  /// E70013.
  public static let corruptPackets = FindingCode(
    .error, "70013", "packets flagged as corrupt",
    "The demuxer saw lost or damaged bytes inside these packets.")
  /// W70014.
  public static let firstNotKeyframe = FindingCode(
    .warning, "70014", "first video packet is not a keyframe",
    "Nothing can be shown until the first keyframe arrives.")
  /// I70015.
  public static let negativeStart = FindingCode(
    .info, "70015", "starts before zero or inside an edit list",
    "The first packets prime the decoder and are not presented; a tool that ignores that is late.",
    clause: "ISO/IEC 14496-12 8.6.6")
}
