/// Area 30: RTP; 32: RTCP; 33: SDP; 34: captures.
extension FindingCode {
  static let rtpPackets: [FindingCode] = [
    rtpLost, rtpDuplicated, rtpReordered, rtpRestarted, rtpStray, rtpMalformed, rtpTimestampJump,
    rtpOverMTU, rtpFragmented, rtpUnknownFormat, rtpGuessedFormat, rtpEncrypted, rtpHelperFormat,
    rtpTypeChange, rtpConflictingType, rtpTooManySources, rtpEmptyPayload, rtpSharedSSRC,
    rtpDroppedFrames, rtpDecodeTimes, rtpLeftOut, rtpPartialFrame, rtpWrongPace, rtpTooLate,
    rtpWrongStep, rtpTooMuchHeld, rtpBeforeKeyframe, rtpSilence,
  ]
  static let rtpControl: [FindingCode] = rtcp + sdp + captures

  private static let rtcp: [FindingCode] = [
    rtcpFirstIsNoReport, rtcpMissingCNAME, rtcpByeNotLast, rtcpPaddingBeforeLast, rtcpMalformed,
    rtcpMisplacedTime, rtcpDrift, rtcpNoSenderReport, rtcpUnknownType, rtcpEncrypted,
    rtpAfterGoodbye, rtcpAnomaly, rtcpTrailingBytes,
  ]
  private static let sdp: [FindingCode] = [
    sdpAnomaly, sdpUnreadable, sdpMissingMap, sdpWrongClock, sdpUndescribed, sdpMissingStream,
    sdpLineEnds,
  ]
  private static let captures: [FindingCode] = [
    captureCut, captureMalformed, captureChecksum, captureGap, captureJunk, captureTimeBack,
    captureUnknownLink,
  ]

  // MARK: RTP

  /// E30010.
  public static let rtpLost = FindingCode(
    .error, "30010", "packets lost",
    "Sequence numbers are missing, so what these packets carried is lost.",
    clause: "RFC 3550 A.3")
  /// I30011.
  public static let rtpDuplicated = FindingCode(
    .info, "30011", "packet duplicated",
    "A sequence number arrives twice; the second one is dropped. Receivers that count as RFC 3550 "
      + "does take it for one that was lost.", clause: "RFC 3550 A.3")
  /// I30012.
  public static let rtpReordered = FindingCode(
    .info, "30012", "packet reordered",
    "A packet arrives behind one with a higher number; receivers have to wait for it.",
    clause: "RFC 4737 3")
  /// W30013.
  public static let rtpRestarted = FindingCode(
    .warning, "30013", "sequence numbers begin anew",
    "The source jumps to other sequence numbers, as when it is restarted with the same SSRC.",
    clause: "RFC 3550 A.1")
  /// W30014.
  public static let rtpStray = FindingCode(
    .warning, "30014", "packet far from all others",
    "A packet's sequence number is far from those before and behind it, so it is not used.",
    clause: "RFC 3550 A.1")
  /// E30015.
  public static let rtpMalformed = FindingCode(
    .error, "30015", "not readable as RTP",
    "Header, header extension or padding of a packet contradict its size, so it is lost.",
    clause: "RFC 3550 5.1")
  /// W30016.
  public static let rtpTimestampJump = FindingCode(
    .warning, "30016", "timestamp jumps",
    "The timestamp goes on by something else than the time that passed, so players wait or hurry.",
    clause: "RFC 3550 5.1")
  /// W30017.
  public static let rtpOverMTU = FindingCode(
    .warning, "30017", "packet larger than the MTU",
    "The network has to cut it in fragments, of which one that is lost loses the whole packet.",
    clause: "RFC 3550 5")
  /// W30018.
  public static let rtpFragmented = FindingCode(
    .warning, "30018", "packet came in fragments of IP",
    "It was larger than the path takes, and one lost fragment loses the whole packet.",
    clause: "RFC 8085 3.2")
  /// I30019.
  public static let rtpUnknownFormat = FindingCode(
    .info, "30019", "payload format unknown",
    "No description says what the payload type means and the packets do not show it, so frames and "
      + "jitter are not known.", clause: "RFC 3551 3")
  /// I30020.
  public static let rtpGuessedFormat = FindingCode(
    .info, "30020", "payload format guessed",
    "No description says what the payload type means; what it is taken for rests on the packets "
      + "themselves.", clause: "RFC 3551 3")
  /// I30021.
  public static let rtpEncrypted = FindingCode(
    .info, "30021", "payload encrypted",
    "The packets are SRTP: they can be counted, but not put together.", clause: "RFC 3711 3.1")
  /// I30022.
  public static let rtpHelperFormat = FindingCode(
    .info, "30022", "payload serves another stream",
    "The packets are retransmissions, redundancy, error correction, comfort noise or telephone "
      + "events; they are counted, not put together.")
  /// I30023.
  public static let rtpTypeChange = FindingCode(
    .info, "30023", "source has several payload types",
    "A source may change its payload type, but many receivers do not expect it.",
    clause: "RFC 3550 5.1")
  /// W30024.
  public static let rtpConflictingType = FindingCode(
    .warning, "30024", "payload type conflicts with RTCP",
    "With its marker set a packet of payload type 64 to 95 looks like RTCP where both share a port.",
    clause: "RFC 5761 4")
  /// W30025.
  public static let rtpTooManySources = FindingCode(
    .warning, "30025", "too many sources",
    "More sources than are followed; the others are only counted.")
  /// I30026.
  public static let rtpEmptyPayload = FindingCode(
    .info, "30026", "packet without payload",
    "It is lawful, to keep a path open or a count going, but brings nothing.",
    clause: "RFC 6263 4.1")
  /// W30027.
  public static let rtpSharedSSRC = FindingCode(
    .warning, "30027", "SSRC used twice",
    "Packets of one SSRC come from several places, so receivers take two sources for one.",
    clause: "RFC 3550 8.2")
  /// E30028.
  public static let rtpDroppedFrames = FindingCode(
    .error, "30028", "frames incomplete",
    "Parts of frames are missing, so they were dropped, or kept and flagged where that was asked "
      + "for.")
  /// W30029.
  public static let rtpDecodeTimes = FindingCode(
    .warning, "30029", "pictures reordered further than announced",
    "The parameter sets allow fewer pictures to change places than do, so decode times do not fit.",
    clause: "ITU-T H.264 E.2.1")
  /// W30030.
  public static let rtpLeftOut = FindingCode(
    .warning, "30030", "stream left out of the output",
    "The output's format cannot hold it, or it began after the output did.")
  /// W30035.
  public static let rtpTooMuchHeld = FindingCode(
    .warning, "30035", "too much waits to be complete",
    "Packets that wait for others and frames without an end take more memory than all sources "
      + "together are given, so those that take most are not waited for any longer.")
  /// I30031.
  public static let rtpPartialFrame = FindingCode(
    .info, "30031", "stream begins or ends inside a frame",
    "The capture was begun or ended while a frame was on its way, so that frame is not whole.")
  /// W30032.
  public static let rtpWrongPace = FindingCode(
    .warning, "30032", "timestamps do not keep step with time",
    "They steadily count more or less than the clock rate, so it is another one, or a wrong one.",
    clause: "RFC 3550 5.1")
  /// E30033.
  public static let rtpTooLate = FindingCode(
    .error, "30033", "packet too late to be used",
    "It comes after the wait for it is over, so what it carried is lost as if it had not come.",
    clause: "RFC 4737 3")
  /// W30034.
  public static let rtpWrongStep = FindingCode(
    .warning, "30034", "timestamp goes on by something else than the sound lasts",
    "Players leave gaps or cut, and streams run apart; the sender counts another clock or frame "
      + "length.", clause: "RFC 3550 5.1")
  /// W30036.
  public static let rtpBeforeKeyframe = FindingCode(
    .warning, "30036", "frames before the first keyframe left out of the output",
    "Nothing can decode them, as what they are made from did not come.")
  /// I30037.
  public static let rtpSilence = FindingCode(
    .info, "30037", "silence in place of sound that did not come",
    "Files of samples have no times: what is lost, or was not sent, is made up for, so that the rest "
      + "stays in its place.")

  // MARK: RTCP

  /// W32010.
  public static let rtcpFirstIsNoReport = FindingCode(
    .warning, "32010", "RTCP does not begin with a report",
    "Receivers may take the datagram for something else, unless both sides agreed on reduced-size "
      + "RTCP.", clause: "RFC 3550 6.1, RFC 5506 5")
  /// W32011.
  public static let rtcpMissingCNAME = FindingCode(
    .warning, "32011", "RTCP without a CNAME",
    "Every compound packet names its source, so that receivers know which streams belong together.",
    clause: "RFC 3550 6.1")
  /// W32012.
  public static let rtcpByeNotLast = FindingCode(
    .warning, "32012", "packet behind BYE",
    "A source that said goodbye goes on in the same datagram.",
    clause: "RFC 3550 6.1")
  /// W32013.
  public static let rtcpPaddingBeforeLast = FindingCode(
    .warning, "32013", "padding inside a compound packet",
    "Only the last packet of a datagram may be padded, so receivers may drop it.",
    clause: "RFC 3550 6.4.1")
  /// W32014.
  public static let rtcpMalformed = FindingCode(
    .warning, "32014", "RTCP malformed",
    "Lengths and counts contradict the datagram's size, so receivers drop all or part of it.",
    clause: "RFC 3550 A.2")
  /// W32015.
  public static let rtcpMisplacedTime = FindingCode(
    .warning, "32015", "sender report far from the packets",
    "The report's RTP timestamp is not near those of the packets sent with it, so streams are "
      + "played out of step.", clause: "RFC 3550 6.4.1")
  /// W32016.
  public static let rtcpDrift = FindingCode(
    .warning, "32016", "RTP clock drifts against sender reports",
    "Timestamps do not count at the clock rate by the sender's own wall clock, so streams run apart.",
    clause: "RFC 3550 6.4.1")
  /// I32017.
  public static let rtcpNoSenderReport = FindingCode(
    .info, "32017", "no sender report",
    "Without one, receivers cannot align the stream with others.", clause: "RFC 3550 6.4.1")
  /// I32018.
  public static let rtcpUnknownType = FindingCode(
    .info, "32018", "RTCP packet of unknown type", "It is passed over, as receivers have to.",
    clause: "RFC 3550 6.1")
  /// I32019.
  public static let rtcpEncrypted = FindingCode(
    .info, "32019", "RTCP encrypted", "The reports are SRTCP and cannot be read.",
    clause: "RFC 3711 3.4")
  /// W32020.
  public static let rtpAfterGoodbye = FindingCode(
    .warning, "32020", "packets after BYE",
    "The source said goodbye and went on, so receivers may have closed the stream.",
    clause: "RFC 3550 6.6")

  /// W32021.
  public static let rtcpAnomaly = FindingCode(
    .warning, "32021", "RTCP packet not as RFC 3550 has it",
    "Its padding or the end of its items is wrong, so strict receivers drop it.",
    clause: "RFC 3550 6.4.1, 6.5")
  /// I32022.
  public static let rtcpTrailingBytes = FindingCode(
    .info, "32022", "RTCP packet longer than its content",
    "What follows is passed over, as an extension that is not known.", clause: "RFC 3550 6.4.3")

  // MARK: SDP

  /// W33010.
  public static let sdpAnomaly = FindingCode(
    .warning, "33010", "session description not as RFC 8866 has it",
    "Strict receivers may refuse it.", clause: "RFC 8866 9")
  /// E33011.
  public static let sdpUnreadable = FindingCode(
    .error, "33011", "session description unreadable",
    "What payload types mean is lost with it.", clause: "RFC 8866 5")
  /// E33012.
  public static let sdpMissingMap = FindingCode(
    .error, "33012", "payload type without meaning",
    "A dynamic payload type on the m= line has no a=rtpmap, so no receiver knows what it is.",
    clause: "RFC 8866 6.6")
  /// W33013.
  public static let sdpWrongClock = FindingCode(
    .warning, "33013", "clock rate against the payload format",
    "The payload format fixes another clock rate than a=rtpmap has, so receivers disagree on time.")
  /// W33014.
  public static let sdpUndescribed = FindingCode(
    .warning, "33014", "payload type not in the session description",
    "A source sends what the description does not announce, so receivers drop it.",
    clause: "RFC 3264 5.1")
  /// I33015.
  public static let sdpMissingStream = FindingCode(
    .info, "33015", "described media does not come",
    "The description announces media of which there is no packet.")
  /// I33016.
  public static let sdpLineEnds = FindingCode(
    .info, "33016", "session description with bare line feeds",
    "Lines should end with CRLF; parsers are told to take LF too.", clause: "RFC 8866 5")

  // MARK: Captures

  /// W34010.
  public static let captureCut = FindingCode(
    .warning, "34010", "capture holds packets only in part",
    "The capture was made with a limit on the length of packets, so frames cannot be put together.")
  /// W34011.
  public static let captureMalformed = FindingCode(
    .warning, "34011", "packet with contradictory headers",
    "The headers of the link, IP, UDP or TCP contradict each other or the packet's size.")
  /// I34012.
  public static let captureChecksum = FindingCode(
    .info, "34012", "UDP checksum wrong",
    "The packet was damaged, or captured on its way out before the network card filled it in.",
    clause: "RFC 768")
  /// E34013.
  public static let captureGap = FindingCode(
    .error, "34013", "bytes of a connection are missing",
    "The capture does not hold all of the connection, so packets on it are lost.")
  /// E34014.
  public static let captureJunk = FindingCode(
    .error, "34014", "bytes between packets of a connection",
    "They are neither packet nor message, so the framing was lost for a while.",
    clause: "RFC 2326 10.12")
  /// I34015.
  public static let captureTimeBack = FindingCode(
    .info, "34015", "capture goes back in time",
    "Packets are not stored in the order of their times, so jitter is not as it was.")
  /// I34016.
  public static let captureUnknownLink = FindingCode(
    .info, "34016", "records of a link that is not known",
    "What one of the capture's interfaces recorded cannot be read, such as USB; it is passed over.")
}
