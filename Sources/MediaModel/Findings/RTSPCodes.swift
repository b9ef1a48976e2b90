/// Area 45: RTSP.
extension FindingCode {
  static let rtsp: [FindingCode] = [rtspTrackLeftOut]

  /// I45010.
  public static let rtspTrackLeftOut = FindingCode(
    .info, "45010", "track left out",
    "A track of the presentation is not played, as nothing could be done with its packets.",
    clause: "RFC 2326 C.1")
}
