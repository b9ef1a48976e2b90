/// Area 31, 010 to 099: H.264 and H.265 over RTP.
extension FindingCode {
  static let rtpVideo: [FindingCode] = [
    emptyNALPayload, reservedNALType, forbiddenBit, nestedNALPacket, temporalIDZero,
    aggregateSize, aggregatePadding, emptyAggregate, fragmentStartAndEnd, fragmentWithoutStart,
    fragmentWithoutEnd, fragmentTypeChange, startCodesInPayload, packetizationMode,
    decodingOrder, contentInformation, missingMarker, earlyMarker, parameterSetsApart,
    frameOverLimit, missingParameterSets, spropUnreadable, spropStartCodes, spropEmpty,
    videoFormatParameter,
  ]

  /// W31010.
  public static let emptyNALPayload = FindingCode(
    .warning, "31010", "packet without a NAL unit",
    "The packet has a header at most, so it carries nothing.")
  /// W31011.
  public static let reservedNALType = FindingCode(
    .warning, "31011", "NAL unit type that RTP reserves",
    "Receivers may pass such packets over, so what they carry may not arrive.")
  /// W31012.
  public static let forbiddenBit = FindingCode(
    .warning, "31012", "forbidden_zero_bit is set",
    "The sender says that the NAL unit has errors, and decoders may drop it.")
  /// E31013.
  public static let nestedNALPacket = FindingCode(
    .error, "31013", "aggregate or fragment inside another",
    "A packet type stands where a NAL unit must, so receivers lose what is in it.")
  /// W31014.
  public static let temporalIDZero = FindingCode(
    .warning, "31014", "temporal identifier of zero",
    "TID 0 is forbidden, and strict receivers drop the packet.", clause: "RFC 7798 1.1.4")
  /// E31020.
  public static let aggregateSize = FindingCode(
    .error, "31020", "NAL unit runs past the end of its packet",
    "An aggregate promises more bytes than it has, so the rest of it is lost.")
  /// I31021.
  public static let aggregatePadding = FindingCode(
    .info, "31021", "zeros after the last NAL unit of an aggregate",
    "The packet was padded without saying so; the zeros are passed over.")
  /// W31022.
  public static let emptyAggregate = FindingCode(
    .warning, "31022", "empty NAL unit in an aggregate",
    "A size of zero stands where a NAL unit must.")
  /// W31030.
  public static let fragmentStartAndEnd = FindingCode(
    .warning, "31030", "fragment that is both start and end",
    "A NAL unit that fits must not be sent as a fragment, and strict receivers drop it.")
  /// E31031.
  public static let fragmentWithoutStart = FindingCode(
    .error, "31031", "fragment without a start",
    "No packet is missing, yet the NAL unit has no beginning, so it is lost.")
  /// E31032.
  public static let fragmentWithoutEnd = FindingCode(
    .error, "31032", "fragments without an end",
    "No packet is missing, yet the NAL unit has no end, so it is lost.")
  /// W31033.
  public static let fragmentTypeChange = FindingCode(
    .warning, "31033", "NAL unit type changes between fragments",
    "The type of the first fragment is taken for the NAL unit.")
  /// W31040.
  public static let startCodesInPayload = FindingCode(
    .warning, "31040", "start codes inside a payload",
    "The sender packed a byte stream; the NAL units in it are taken apart.")
  /// W31041.
  public static let packetizationMode = FindingCode(
    .warning, "31041", "packet type outside the packetization mode",
    "A receiver that relies on the description cannot read such packets.")
  /// W31042.
  public static let decodingOrder = FindingCode(
    .warning, "31042", "decoding order goes back from one frame to the next",
    "Frames are interleaved over packets, and are given in the order in which they came.")
  /// I31043.
  public static let contentInformation = FindingCode(
    .info, "31043", "packet with content information",
    "The control information of a PACI packet is passed over, its payload is taken.",
    clause: "RFC 7798 4.4.4")
  /// W31050.
  public static let missingMarker = FindingCode(
    .warning, "31050", "last packet of a frame without a marker",
    "Receivers notice the end of the frame only when the next one begins.")
  /// W31051.
  public static let earlyMarker = FindingCode(
    .warning, "31051", "marker before the last packet of a frame",
    "Receivers that rely on markers cut the frame apart.")
  /// W31052.
  public static let parameterSetsApart = FindingCode(
    .warning, "31052", "packets of one frame with different timestamps",
    "What must precede a picture came with a timestamp of its own, and is put before the next one.")
  /// E31053.
  public static let frameOverLimit = FindingCode(
    .error, "31053", "frame larger than the limit",
    "A frame grew past what this program holds, and is dropped.")
  /// E31060.
  public static let missingParameterSets = FindingCode(
    .error, "31060", "no parameter sets before the first keyframe",
    "Neither the description nor the stream has them, so decoders cannot begin.")
  /// W31061.
  public static let spropUnreadable = FindingCode(
    .warning, "31061", "parameter sets in the description cannot be read",
    "They are no Base64 or of a wrong type, and are passed over.")
  /// W31062.
  public static let spropStartCodes = FindingCode(
    .warning, "31062", "start codes inside parameter sets of the description",
    "Each must be one NAL unit alone; the start codes are removed.")
  /// I31063.
  public static let spropEmpty = FindingCode(
    .info, "31063", "empty parameter sets in the description",
    "The description names them without a value, so they must come in the stream.")
  /// W31064.
  public static let videoFormatParameter = FindingCode(
    .warning, "31064", "unreadable video format parameter",
    "A parameter has a value that is not allowed, and is passed over.")
}
