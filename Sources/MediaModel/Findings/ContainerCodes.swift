/// Area 80: containers other than FLV.
extension FindingCode {
  static let containers: [FindingCode] = [
    missingMoov, pastEnd, sizeMismatch, brokenStructure, missingEnd,
  ]

  /// F80001.
  public static let missingMoov = FindingCode(
    .fatal, "80001", "MP4 without a moov box",
    "The recording was cut off before its index was written, so no player can read it.",
    clause: "ISO/IEC 14496-12 8.2.1")
  /// E80002.
  public static let pastEnd = FindingCode(
    .error, "80002", "a box, element or chunk runs past the end of the file",
    "Its size promises bytes that the file does not have: they are lost, or the size is wrong.")
  /// W80003.
  public static let sizeMismatch = FindingCode(
    .warning, "80003", "sizes in the header do not match the file",
    "The header was never completed, as when a recording is still running or was interrupted.")

  /// E80004.
  public static let brokenStructure = FindingCode(
    .error, "80004", "the container's structure is broken",
    "Where a unit should begin there is something else, so what it carried is lost.")
  /// I80005.
  public static let missingEnd = FindingCode(
    .info, "80005", "no end-of-stream mark",
    "The last page does not say that the stream ends, as when a recording was interrupted.",
    clause: "RFC 3533 6")
}
