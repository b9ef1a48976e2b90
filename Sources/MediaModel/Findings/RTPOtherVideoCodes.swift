/// Area 31, pictures other than H.264 and H.265: 31210 to 31399.
extension FindingCode {
  static let rtpOtherVideo: [FindingCode] = [
    videoFrameNotWhole, videoMarkerMissing, videoPacketWithoutStart, videoFrameTooLarge,
    videoEmptyPayload, jpegHeader, jpegType, jpegNoTables, jpegFragmentOffset, jpegHeaderChange,
    jpegTableLength, jpegSizeUnknown, jpegRestartInterval, jpegInterlaced, vp8Descriptor,
    vp8ReservedBits, vp8PictureID, vp8Header, vp9Descriptor, vp9StartEnd, vp9PictureID, vp9Header,
    vp9Prediction, av1Element, av1Continuation, av1ReservedBits, av1DroppedUnit, av1NewSequence,
    av1SizeField, av1Unit, tsSync, tsOddSize, tsPacketSize, tsGap, psStructure, psUnitCut, psNoMap,
    psStreamType, psPESHeader, psAudioFraming, mp4vNoConfiguration, mp4vStart,
  ]

  /// E31210.
  public static let videoFrameNotWhole = FindingCode(
    .error, "31210", "a frame is not whole",
    "Packets of it are missing, so it is dropped, or kept as damaged where that is asked for.")

  /// W31211.
  public static let videoMarkerMissing = FindingCode(
    .warning, "31211", "the last packet of a frame has no marker",
    "Receivers that wait for the marker show the frame only when the next one begins.")

  /// E31212.
  public static let videoPacketWithoutStart = FindingCode(
    .error, "31212", "a packet belongs to no frame that began",
    "Nothing was lost before it, so its sender set the marker or the start wrongly.")

  /// E31213.
  public static let videoFrameTooLarge = FindingCode(
    .error, "31213", "a frame is larger than any can be",
    "The frame is cut off, so that memory stays bounded.")

  /// W31214.
  public static let videoEmptyPayload = FindingCode(
    .warning, "31214", "a packet carries no part of a frame",
    "It takes a sequence number and nothing else.")

  /// E31220.
  public static let jpegHeader = FindingCode(
    .error, "31220", "the JPEG header cannot be read",
    "The packet is left out, and the frame with it.", clause: "RFC 2435 3.1")

  /// E31221.
  public static let jpegType = FindingCode(
    .error, "31221", "JPEG type that has no meaning",
    "Only types 0, 1, 64 and 65 say how the scan is coded.", clause: "RFC 2435 3.1.3")

  /// E31222.
  public static let jpegNoTables = FindingCode(
    .error, "31222", "quantization tables are missing",
    "The packet names tables that were not sent, so the picture cannot be decoded.",
    clause: "RFC 2435 3.1.8")

  /// E31223.
  public static let jpegFragmentOffset = FindingCode(
    .error, "31223", "fragment offset does not follow",
    "Bytes of the scan are missing or come twice although no packet is.", clause: "RFC 2435 3.1.2")

  /// W31224.
  public static let jpegHeaderChange = FindingCode(
    .warning, "31224", "the JPEG header changes inside a frame",
    "Type, Q, width and height are to be the same in all packets of a frame.",
    clause: "RFC 2435 3.1")

  /// W31225.
  public static let jpegTableLength = FindingCode(
    .warning, "31225", "unusual length of quantization tables",
    "Types 0 and 1 have two tables of 64 bytes; receivers may refuse anything else.",
    clause: "RFC 2435 3.1.8")

  /// E31226.
  public static let jpegSizeUnknown = FindingCode(
    .error, "31226", "neither the packet nor the SDP says how large the picture is",
    "A size of 0 leaves it to the SDP, so the picture cannot be decoded.", clause: "RFC 2435 3.1.5")

  /// W31227.
  public static let jpegRestartInterval = FindingCode(
    .warning, "31227", "restart interval of 0",
    "Types 64 to 127 have restart markers, so the interval cannot be 0.", clause: "RFC 2435 3.1.7")

  /// W31228.
  public static let jpegInterlaced = FindingCode(
    .warning, "31228", "JPEG picture of one field",
    "Each field is given as a picture of its own.", clause: "RFC 2435 3.1.1")

  /// E31240.
  public static let vp8Descriptor = FindingCode(
    .error, "31240", "the VP8 payload descriptor cannot be read",
    "The packet is left out, and the frame with it.", clause: "RFC 7741 4.2")

  /// W31241.
  public static let vp8ReservedBits = FindingCode(
    .warning, "31241", "reserved bits of the VP8 payload descriptor are set",
    "They must be 0 and mean nothing yet.", clause: "RFC 7741 4.2")

  /// W31242.
  public static let vp8PictureID = FindingCode(
    .warning, "31242", "PictureID does not count frames one by one",
    "Receivers take the step for loss although no packet is missing.", clause: "RFC 7741 4.2")

  /// W31243.
  public static let vp8Header = FindingCode(
    .warning, "31243", "the VP8 frame header cannot be read",
    "The frame is given as it came, but decoders are likely to refuse it.", clause: "RFC 7741 4.3")

  /// E31260.
  public static let vp9Descriptor = FindingCode(
    .error, "31260", "the VP9 payload descriptor cannot be read",
    "The packet is left out, and the frame with it.", clause: "RFC 9628 4.2")

  /// W31261.
  public static let vp9StartEnd = FindingCode(
    .warning, "31261", "B and E of VP9 contradict the order of packets",
    "B is to be on the first and E on the last packet of each layer frame.", clause: "RFC 9628 4.2")

  /// W31262.
  public static let vp9PictureID = FindingCode(
    .warning, "31262", "PictureID does not count pictures one by one",
    "Receivers take the step for loss although no packet is missing.", clause: "RFC 9628 4.2")

  /// W31263.
  public static let vp9Header = FindingCode(
    .warning, "31263", "the VP9 frame header cannot be read",
    "The frame is given as it came, but decoders are likely to refuse it.", clause: "RFC 9628 4.3")

  /// W31264.
  public static let vp9Prediction = FindingCode(
    .warning, "31264", "P contradicts the VP9 frame",
    "A key frame is said to be predicted, or a predicted frame to be none.", clause: "RFC 9628 4.2")

  /// E31280.
  public static let av1Element = FindingCode(
    .error, "31280", "an OBU element runs past the end of its packet",
    "What follows in the packet is lost.", clause: "AV1 RTP 4.5")

  /// W31281.
  public static let av1Continuation = FindingCode(
    .warning, "31281", "Z and Y do not agree from packet to packet",
    "An OBU that was begun is to be continued in the next packet, and only such one.",
    clause: "AV1 RTP 4.4")

  /// W31282.
  public static let av1ReservedBits = FindingCode(
    .warning, "31282", "reserved bits of the AV1 aggregation header are set",
    "They must be 0 and mean nothing yet.", clause: "AV1 RTP 4.4")

  /// I31283.
  public static let av1DroppedUnit = FindingCode(
    .info, "31283", "a temporal delimiter or tile list was sent",
    "They should not be, and receivers leave them out.", clause: "AV1 RTP 5")

  /// W31284.
  public static let av1NewSequence = FindingCode(
    .warning, "31284", "N without a sequence header",
    "N stands on the first packet of a coded video sequence, which begins with one.",
    clause: "AV1 RTP 4.4")

  /// I31285.
  public static let av1SizeField = FindingCode(
    .info, "31285", "an OBU keeps its size field",
    "It should be left out, since the element has a length.", clause: "AV1 RTP 4.5")

  /// E31286.
  public static let av1Unit = FindingCode(
    .error, "31286", "an OBU cannot be read",
    "It is left out, and the temporal unit counts as damaged.", clause: "AV1 5.3")

  /// E31300.
  public static let tsSync = FindingCode(
    .error, "31300", "bytes without the sync byte of a TS packet",
    "They belong to no TS packet, so they are left out.", clause: "RFC 2250 2")

  /// E31301.
  public static let tsOddSize = FindingCode(
    .error, "31301", "a packet does not hold whole TS packets",
    "RTP packets carry an integral number of TS packets; the rest is left out.",
    clause: "RFC 2250 2")

  /// I31302.
  public static let tsPacketSize = FindingCode(
    .info, "31302", "TS packets of 192 or 204 bytes",
    "What stands before or behind the 188 bytes is left out.", clause: "RFC 2250 2")

  /// E31303.
  public static let tsGap = FindingCode(
    .error, "31303", "TS packets are missing",
    "RTP packets between two others were lost, and as many TS packets as they held.",
    clause: "RFC 2250 2")

  /// E31320.
  public static let psStructure = FindingCode(
    .error, "31320", "bytes of the program stream belong to no unit",
    "They are passed over as far as the next start code.", clause: "ISO/IEC 13818-1 2.5.3")

  /// E31321.
  public static let psUnitCut = FindingCode(
    .error, "31321", "a unit of the program stream is cut off",
    "Its length promises more than the packets of its frame hold.", clause: "ISO/IEC 13818-1 2.5.3")

  /// W31322.
  public static let psNoMap = FindingCode(
    .warning, "31322", "an elementary stream that no map names",
    "Its kind is told from its stream_id and first bytes.", clause: "ISO/IEC 13818-1 2.5.4")

  /// I31323.
  public static let psStreamType = FindingCode(
    .info, "31323", "a stream type without a known frame format",
    "Its bytes are given as they came.", clause: "ISO/IEC 13818-1 2.5.4")

  /// E31324.
  public static let psPESHeader = FindingCode(
    .error, "31324", "a PES header cannot be read",
    "Where its data begins cannot be told, so it is left out.", clause: "ISO/IEC 13818-1 2.4.3.7")

  /// W31325.
  public static let psAudioFraming = FindingCode(
    .warning, "31325", "sound does not divide into frames",
    "Bytes between ADTS frames are left out.", clause: "ISO/IEC 14496-3 1.A.3")

  /// W31340.
  public static let mp4vNoConfiguration = FindingCode(
    .warning, "31340", "a key frame without configuration",
    "Neither the fmtp line nor the stream has a video object layer, so decoders cannot begin.",
    clause: "RFC 6416 7.1")

  /// W31341.
  public static let mp4vStart = FindingCode(
    .warning, "31341", "a frame does not begin with a start code",
    "Each frame begins with a header of its own; decoders are likely to refuse it.",
    clause: "RFC 6416 5.2")
}
