/// Area 31, sound: 31110 to 31199.
extension FindingCode {
  static let rtpAudio: [FindingCode] = [
    aacHeaderSection, aacSizePastEnd, aacEmptyUnit, aacTrailingBytes, aacHeadersLengthInBytes,
    aacIncompleteUnit, aacMarker, aacInterleaving, aacHeadersTrailingBits, aacIndex,
    latmConfiguration, latmElement, latmTrailingBytes, latmMarker, latmWithoutConfiguration,
    aacOwnSizes, latmCutConfiguration, opusPacket, audioTimestampStep, partialSample,
    mpegAudioHeader, mpegAudioReserved,
    mpegAudioFragment, mpegAudioFrame, mpegAudioRobust,
  ]

  /// E31110.
  public static let aacHeaderSection = FindingCode(
    .error, "31110", "the AU header section is longer than its packet",
    "Nothing says where the access units of the packet begin, so they are lost.",
    clause: "RFC 3640 3.2.1")
  /// E31111.
  public static let aacSizePastEnd = FindingCode(
    .error, "31111", "an access unit runs past the end of its packet",
    "Only an access unit alone in its packet may continue in the next one; this one is lost.",
    clause: "RFC 3640 3.2.3")
  /// W31112.
  public static let aacEmptyUnit = FindingCode(
    .warning, "31112", "a packet without access units, or an empty access unit",
    "There is nothing to decode, though the packet takes the place of sound.",
    clause: "RFC 3640 3.2.1")
  /// W31113.
  public static let aacTrailingBytes = FindingCode(
    .warning, "31113", "bytes behind the last access unit",
    "No AU header accounts for them, so they are left out.", clause: "RFC 3640 3.2.3")
  /// W31114.
  public static let aacHeadersLengthInBytes = FindingCode(
    .warning, "31114", "AU-headers-length counts bytes",
    "It is to count bits; receivers that trust it find no access units.",
    clause: "RFC 3640 3.2.1")
  /// E31115.
  public static let aacIncompleteUnit = FindingCode(
    .error, "31115", "a fragmented access unit is not complete",
    "Its fragments have fewer bytes than its size promises although no packet is missing.",
    clause: "RFC 3640 3.1")
  /// W31116.
  public static let aacMarker = FindingCode(
    .warning, "31116", "the marker does not fit the access units",
    "It must be set where an access unit ends, and only there; receivers that trust it wait.",
    clause: "RFC 3640 3.1")
  /// I31117.
  public static let aacInterleaving = FindingCode(
    .info, "31117", "access units are interleaved",
    "They are put in order again, which takes as long as the stream says.",
    clause: "RFC 3640 3.2.3.2")
  /// W31118.
  public static let aacHeadersTrailingBits = FindingCode(
    .warning, "31118", "bits behind the last AU header",
    "AU-headers-length leaves a rest that is no header; the lengths in the description may be wrong.",
    clause: "RFC 3640 3.2.1")
  /// W31119.
  public static let aacIndex = FindingCode(
    .warning, "31119", "AU-Index is not 0",
    "It must be 0 in the first AU header; receivers that trust it misplace the access units.",
    clause: "RFC 3640 3.3.6")

  /// E31120.
  public static let latmConfiguration = FindingCode(
    .error, "31120", "the StreamMuxConfig cannot be used",
    "Without it nothing says where the frames of sound are, so they are lost.",
    clause: "ISO/IEC 14496-3 1.7.3")
  /// E31121.
  public static let latmElement = FindingCode(
    .error, "31121", "an AudioMuxElement cannot be read",
    "Its lengths do not fit the packets it came in, so its frames are lost.",
    clause: "ISO/IEC 14496-3 1.7.3")
  /// W31122.
  public static let latmTrailingBytes = FindingCode(
    .warning, "31122", "bytes behind an AudioMuxElement",
    "A packet ends with its element; what follows is left out.", clause: "RFC 6416 6.1")
  /// W31123.
  public static let latmMarker = FindingCode(
    .warning, "31123", "an AudioMuxElement without a marker at its end",
    "It was ended by the next timestamp; receivers that wait for the marker lose it.",
    clause: "RFC 6416 6.1")
  /// E31124.
  public static let latmWithoutConfiguration = FindingCode(
    .error, "31124", "sound before the first StreamMuxConfig",
    "The configuration is sent in band and did not come yet, so frames are lost.",
    clause: "RFC 6416 6.1")

  /// W31125.
  public static let aacOwnSizes = FindingCode(
    .warning, "31125", "fragments of an access unit say their own size",
    "Each must repeat the size of the whole; other receivers take every fragment for a whole one.",
    clause: "RFC 3640 3.2.3.1")
  /// W31126.
  public static let latmCutConfiguration = FindingCode(
    .warning, "31126", "the StreamMuxConfig is not whole",
    "Nothing says how frames are delimited; receivers that go by the letter refuse the stream.",
    clause: "ISO/IEC 14496-3 1.7.3")

  /// E31130.
  public static let opusPacket = FindingCode(
    .error, "31130", "an Opus packet is malformed",
    "It is empty, or its frames would last longer than 120 ms, so it cannot be decoded.",
    clause: "RFC 6716 3.2")
  /// W31131.
  public static let audioTimestampStep = FindingCode(
    .warning, "31131", "the timestamp goes on by less than was sent",
    "Sound overlaps, or the sender counts another clock than the description names.",
    clause: "RFC 3550 5.1")

  /// E31140.
  public static let partialSample = FindingCode(
    .error, "31140", "a packet ends inside a sample",
    "Packets hold whole samples of all channels; what is left over is lost.",
    clause: "RFC 3551 4.3")

  /// E31150.
  public static let mpegAudioHeader = FindingCode(
    .error, "31150", "a packet has no room for its MPEG audio header",
    "Four bytes stand before the sound; without them the packet is lost.", clause: "RFC 2250 3.5")
  /// W31151.
  public static let mpegAudioReserved = FindingCode(
    .warning, "31151", "reserved bits of the MPEG audio header are set",
    "They must be zero; the sender may mean another payload format.", clause: "RFC 2250 3.5")
  /// E31152.
  public static let mpegAudioFragment = FindingCode(
    .error, "31152", "a fragmented frame is not complete",
    "Frag_offset does not go on where the fragment before it ended although no packet is missing.",
    clause: "RFC 2250 3.5")
  /// E31153.
  public static let mpegAudioFrame = FindingCode(
    .error, "31153", "no frame of MPEG audio where one should begin",
    "What is left of the packet is no frame, so it is lost.", clause: "RFC 2250 3.5")
  /// E31154.
  public static let mpegAudioRobust = FindingCode(
    .error, "31154", "the loss-tolerant format of MP3",
    "Its application data units are not put together again, so nothing can be played.",
    clause: "RFC 5219 4")
}
