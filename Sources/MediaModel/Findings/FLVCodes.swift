/// Area 10: FLV files and tags.
extension FindingCode {
  static let flvFile: [FindingCode] = [
    flvVersion, flvReservedFlags, flvFlagsMismatch, flvDataOffset, flvWithoutTags, wrongDataOffset,
    previousTagSize, previousTagSizeZero, previousTagSizeDialect, firstPreviousTagSize,
    missingLastPreviousTagSize, streamID, reservedTagBits, unknownTagType, encryptedTag,
    filterWithoutEncryption, skippedBytes, wrongDataSize, truncatedTag, secondHeader, emptyTag,
    timestampJump, timestampWrap, negativeTimestamp, crosses24Bits, missingExtension,
    equalTimestamps, firstTimestamp, timestampRegression,
    headerTimestamp,
  ]

  /// W10001.
  public static let flvVersion = FindingCode(
    .warning, "10001", "unknown FLV version",
    "Only version 1 was ever published, so players may refuse the file.", clause: "FLV 10.1 E.2")
  /// W10002.
  public static let flvReservedFlags = FindingCode(
    .warning, "10002", "reserved header flags are set",
    "Bits that must be zero are not; strict readers refuse the file.", clause: "FLV 10.1 E.2")
  /// W10003.
  public static let flvFlagsMismatch = FindingCode(
    .warning, "10003", "header flags do not match the tags",
    "Players that trust the flags wait for a track that never comes, or leave one out.",
    clause: "FLV 10.1 E.2")
  /// I10004.
  public static let flvDataOffset = FindingCode(
    .info, "10004", "the header is longer than 9 bytes",
    "DataOffset leaves room for extensions, which readers that assume 9 do not expect.",
    clause: "FLV 10.1 E.2")
  /// I10005.
  public static let flvWithoutTags = FindingCode(
    .info, "10005", "no tags", "The file is a header alone.", clause: "FLV 10.1 E.3")
  /// E10006.
  public static let wrongDataOffset = FindingCode(
    .error, "10006", "DataOffset does not lead to the first tag",
    "Players that go where it says find no tags there and give up.", clause: "FLV 10.1 E.2")

  /// E10210.
  public static let previousTagSize = FindingCode(
    .error, "10210", "PreviousTagSize is wrong",
    "Players that seek backwards or resynchronise by it drop intact frames, as FFmpeg does.",
    clause: "FLV 10.1 E.3")
  /// E10211.
  public static let previousTagSizeZero = FindingCode(
    .error, "10211", "PreviousTagSize is zero",
    "The writer never filled it in; FFmpeg gives such files up or drops frames.",
    clause: "FLV 10.1 E.3")
  /// W10212.
  public static let previousTagSizeDialect = FindingCode(
    .warning, "10212", "PreviousTagSize counts something else",
    "The writer has a reading of its own: DataSize, DataSize + 10 or a running sum.",
    clause: "FLV 10.1 E.3")
  /// W10213.
  public static let firstPreviousTagSize = FindingCode(
    .warning, "10213", "PreviousTagSize0 is missing or not zero",
    "No tag precedes the first one, so 0 stands between the header and it.", clause: "FLV 10.1 E.3")
  /// W10214.
  public static let missingLastPreviousTagSize = FindingCode(
    .warning, "10214", "the last PreviousTagSize is missing",
    "The file ends right after a tag; no media is lost, but the end cannot be found from behind.",
    clause: "FLV 10.1 E.3")
  /// W10220.
  public static let streamID = FindingCode(
    .warning, "10220", "StreamID is not 0", "Recordings of RTMP may keep the message stream's.",
    clause: "FLV 10.1 E.4.1")
  /// W10221.
  public static let reservedTagBits = FindingCode(
    .warning, "10221", "reserved bits of the tag type are set",
    "They must be zero; strict readers skip the tag.", clause: "FLV 10.1 E.4.1")
  /// W10222.
  public static let unknownTagType = FindingCode(
    .warning, "10222", "unknown tag type", "No specification says what the tag carries.",
    clause: "FLV 10.1 E.4.1")
  /// I10223.
  public static let encryptedTag = FindingCode(
    .info, "10223", "encrypted tag",
    "The payload is ciphertext; tools that ignore the Filter bit take it for media.",
    clause: "FLV 10.1 F.3")
  /// E10224.
  public static let filterWithoutEncryption = FindingCode(
    .error, "10224", "Filter bit without an EncryptionTagHeader",
    "A player that obeys the bit looks for a decryption header and drops the frame.",
    clause: "FLV 10.1 F.3.1")
  /// E10230.
  public static let skippedBytes = FindingCode(
    .error, "10230", "damaged region skipped",
    "These bytes are no tags; whatever they carried is lost.", clause: "FLV 10.1 E.3")
  /// E10231.
  public static let wrongDataSize = FindingCode(
    .error, "10231", "DataSize is wrong",
    "Readers that believe it run into the tags behind, or past the end of the file.",
    clause: "FLV 10.1 E.4.1")
  /// E10232.
  public static let truncatedTag = FindingCode(
    .error, "10232", "the input ends inside a tag", "The rest of the last tag is missing.",
    clause: "FLV 10.1 E.4.1")
  /// E10234.
  public static let secondHeader = FindingCode(
    .error, "10234", "a second FLV header",
    "Files were joined byte by byte; players stop here, as FFmpeg does without a word.",
    clause: "FLV 10.1 E.2")
  /// I10235.
  public static let emptyTag = FindingCode(
    .info, "10235", "tag without data", "A tag of zero bytes carries nothing, at most silence.",
    clause: "FLV 10.1 E.4.1")

  /// W10240.
  public static let timestampJump = FindingCode(
    .warning, "10240", "timestamps jump forward",
    "A player waits, and the duration grows, by time in which there is nothing.",
    clause: "FLV 10.1 E.4.1")
  /// E10241.
  public static let timestampWrap = FindingCode(
    .error, "10241", "timestamps wrap at 2^31",
    "After 24 days the timestamp turns negative or starts over, and players stop.",
    clause: "FLV 10.1 E.4.1")
  /// W10242.
  public static let negativeTimestamp = FindingCode(
    .warning, "10242", "negative timestamp", "Many players take it for one of 49 days.",
    clause: "FLV 10.1 E.4.1")
  /// I10243.
  public static let crosses24Bits = FindingCode(
    .info, "10243", "timestamps cross 0xFFFFFF",
    "From here on TimestampExtended counts, which some readers ignore.",
    clause: "FLV 10.1 E.4.1")
  /// E10244.
  public static let missingExtension = FindingCode(
    .error, "10244", "timestamps wrap at 24 bits",
    "The writer did not carry into TimestampExtended, so time starts over after 4 h 39 min.",
    clause: "FLV 10.1 E.4.1")
  /// I10245.
  public static let equalTimestamps = FindingCode(
    .info, "10245", "equal timestamps within a track",
    "Two frames are due in the same millisecond.", clause: "FLV 10.1 E.4.1")
  /// I10246.
  public static let firstTimestamp = FindingCode(
    .info, "10246", "the first timestamp is not 0",
    "Players that do not subtract it wait, or show a wrong time.", clause: "FLV 10.1 E.4.1")
  /// E10247.
  public static let timestampRegression = FindingCode(
    .error, "10247", "timestamps go back within a track",
    "A frame is due before the one it follows, so players drop or misplace it.",
    clause: "FLV 10.1 E.4.1")
  /// W10248.
  public static let headerTimestamp = FindingCode(
    .warning, "10248", "a sequence header's timestamp is far from the frames",
    "No frame is misplaced, but readers that count all tags wait, or tell a wrong duration.",
    clause: "FLV 10.1 E.4.1")
}

/// Area 11: the bodies of FLV tags.
extension FindingCode {
  static let flvBody: [FindingCode] = [
    malformedBody, reservedBodyValue, sizePastBody, nestedMultitrack, emptyPayload, badModifier,
    bodyTrailingBytes, unknownCodec, duplicateTrack, missingSequenceHeader, lateSequenceHeader,
    repeatedSequenceHeader, changedConfiguration, unreadableConfiguration, omittedSequenceHeader,
    negativeCompositionTime, impossibleCompositionTime, missingCompositionTime, preStandardCodec,
    badEncryption,
  ]

  /// E11001.
  public static let malformedBody = FindingCode(
    .error, "11001", "the tag's body cannot be read",
    "Its own header is cut short or contradicts itself, so the media in it is lost.",
    clause: "FLV 10.1 E.4.2, E.4.3")
  /// W11002.
  public static let reservedBodyValue = FindingCode(
    .warning, "11002", "reserved value", "A field has a value without a meaning.",
    clause: "FLV 10.1 E.4.2.1, E.4.3.1")
  /// E11003.
  public static let sizePastBody = FindingCode(
    .error, "11003", "a size runs past the end of the tag",
    "A part of the tag claims bytes that the tag does not have.",
    clause: "Enhanced RTMP v2, ExVideoTagBody")
  /// E11004.
  public static let nestedMultitrack = FindingCode(
    .error, "11004", "multitrack inside multitrack", "Such a message has no meaning.",
    clause: "Enhanced RTMP v2, ExVideoTagHeader")
  /// I11005.
  public static let emptyPayload = FindingCode(
    .info, "11005", "a body without a payload",
    "Its header announces a frame, a configuration or tracks, and nothing follows.",
    clause: "FLV 10.1 E.4.2, E.4.3")
  /// W11006.
  public static let badModifier = FindingCode(
    .warning, "11006", "a ModEx modifier is out of range",
    "A nanosecond offset is 0 to 999,999 in at least three bytes.",
    clause: "Enhanced RTMP v2, TimestampOffsetNano")
  /// W11007.
  public static let bodyTrailingBytes = FindingCode(
    .warning, "11007", "bytes behind the end of the tag's content",
    "The tag is longer than what it holds.", clause: "FLV 10.1 E.4.2, E.4.3")
  /// W11008.
  public static let unknownCodec = FindingCode(
    .warning, "11008", "unknown codec",
    "No specification says what decodes the track, so players leave it out.",
    clause: "FLV 10.1 E.4.2.1, E.4.3.1")
  /// W11009.
  public static let duplicateTrack = FindingCode(
    .warning, "11009", "one track twice in a message",
    "A message has one part for a track, so players keep one of the two.",
    clause: "Enhanced RTMP v2, ExVideoTagBody")
  /// E11010.
  public static let missingSequenceHeader = FindingCode(
    .error, "11010", "no sequence header",
    "No decoder can be set up for the track's frames.", clause: "FLV 10.1 E.4.3.2")
  /// E11011.
  public static let lateSequenceHeader = FindingCode(
    .error, "11011", "frames before the sequence header",
    "They cannot be decoded, as the decoder is set up only later.", clause: "FLV 10.1 E.4.3.2")
  /// I11012.
  public static let repeatedSequenceHeader = FindingCode(
    .info, "11012", "equal sequence header repeated",
    "Lawful, and useful to those who join late.", clause: "FLV 10.1 E.4.3.2")
  /// I11013.
  public static let changedConfiguration = FindingCode(
    .info, "11013", "codec configuration changes",
    "From here on frames need another decoder set-up; some players cannot do that.",
    clause: "FLV 10.1 E.4.3.2")
  /// E11014.
  public static let unreadableConfiguration = FindingCode(
    .error, "11014", "the sequence header cannot be read",
    "Decoders cannot be set up from it.", clause: "ISO/IEC 14496-15 5.3.3.1")
  /// I11016.
  public static let omittedSequenceHeader = FindingCode(
    .info, "11016", "no sequence header, though the decoder can do without",
    "Its key frames tell what it needs, but players that set up ahead of them wait.",
    clause: "Enhanced RTMP v2, SequenceStart")
  /// I11020.
  public static let negativeCompositionTime = FindingCode(
    .info, "11020", "negative composition time",
    "Lawful as SI24, though readers that take it as unsigned show the frame hours late.",
    clause: "FLV 10.1 E.4.3.1")
  /// E11021.
  public static let impossibleCompositionTime = FindingCode(
    .error, "11021", "presentation order that no decoder can produce",
    "More than 16 frames that come before it are to be shown after it; none holds so many back.",
    clause: "FLV 10.1 E.4.3.1, H.264 A.3.1")
  /// W11022.
  public static let missingCompositionTime = FindingCode(
    .warning, "11022", "an end of sequence without its CompositionTime",
    "No media is lost, but readers that count on its three bytes run past the end of the tag.",
    clause: "FLV 10.1 E.4.3.1")
  /// I11030.
  public static let preStandardCodec = FindingCode(
    .info, "11030", "codec of a pre-standard dialect",
    "A number that Adobe never assigned; Enhanced RTMP names the codec by FourCC instead.",
    clause: "FLV 10.1 E.4.2.1, E.4.3.1")
  /// W11040.
  public static let badEncryption = FindingCode(
    .warning, "11040", "an unusual encryption header",
    "It sets reserved bits, or has more parameters than its filter defines.",
    clause: "FLV 10.1 F.3.2")
}

/// Area 12: AMF and metadata.
extension FindingCode {
  static let amf: [FindingCode] = [
    malformedAMF, arrayLength, missingEndMarker, amfTrailingBytes, invalidText, badReference,
    duplicateKey, metadataType, extraEndMarker, metadataMissing, metadataLate, setDataFrame,
    unusualAMF, metadataUnfilled, metadataDuration, metadataFileSize, metadataSize,
    metadataFrameRate, metadataCodec, metadataAudio, keyframeIndex, keyframeIndexDialect,
    metadataRepeated,
  ]

  /// W12001.
  public static let malformedAMF = FindingCode(
    .warning, "12001", "script data cannot be read to its end",
    "The values behind the damage are lost; the media is not.", clause: "FLV 10.1 E.4.4")
  /// I12002.
  public static let arrayLength = FindingCode(
    .info, "12002", "ECMA array of another length than declared",
    "The length is only approximate, but readers that allocate by it fail.",
    clause: "FLV 10.1 E.4.4.4")
  /// I12003.
  public static let missingEndMarker = FindingCode(
    .info, "12003", "object without its end marker",
    "Old encoders leave out the 00 00 09; the end of the tag ends the object.",
    clause: "FLV 10.1 E.4.4.4")
  /// W12004.
  public static let amfTrailingBytes = FindingCode(
    .warning, "12004", "bytes behind the script data",
    "They are no value that can be read.", clause: "FLV 10.1 E.4.4")
  /// W12005.
  public static let invalidText = FindingCode(
    .warning, "12005", "text is not UTF-8", "Readers show or compare it in different ways.",
    clause: "AMF0 1.3.1")
  /// W12006.
  public static let badReference = FindingCode(
    .warning, "12006", "reference to a value that is not there",
    "What it stands for cannot be known.", clause: "AMF0 2.9")
  /// I12007.
  public static let duplicateKey = FindingCode(
    .info, "12007", "one key twice in an object", "Readers differ on which value counts.",
    clause: "FLV 10.1 E.4.4")
  /// I12008.
  public static let metadataType = FindingCode(
    .info, "12008", "metadata of an unusual type",
    "Some readers expect an ECMA array of numbers and fail on anything else.",
    clause: "FLV 10.1 E.5")
  /// I12009.
  public static let extraEndMarker = FindingCode(
    .info, "12009", "one end marker too many",
    "Earlier editions of the specification asked for a 00 00 09 behind the last value.",
    clause: "FLV 10.1 E.4.4")
  /// I12010.
  public static let metadataMissing = FindingCode(
    .info, "12010", "no onMetaData", "Players must measure size and duration themselves.",
    clause: "FLV 10.1 E.5")
  /// I12011.
  public static let metadataLate = FindingCode(
    .info, "12011", "onMetaData is not the first tag",
    "Players that set themselves up by it start late.", clause: "FLV 10.1 E.5")
  /// W12013.
  public static let setDataFrame = FindingCode(
    .warning, "12013", "@setDataFrame in a file",
    "An instruction to RTMP servers; in a file it hides the metadata behind it from most players.",
    clause: "FLV 10.1 E.5")
  /// I12014.
  public static let unusualAMF = FindingCode(
    .info, "12014", "values written in an unusual way",
    "A flag, a name or the lack of one that few writers make and some readers trip over.",
    clause: "FLV 10.1 E.4.4")
  /// I12015.
  public static let metadataUnfilled = FindingCode(
    .info, "12015", "metadata that was never filled in",
    "The writer could not go back, as on a live stream; players measure for themselves.",
    clause: "FLV 10.1 E.5")
  /// W12020.
  public static let metadataDuration = FindingCode(
    .warning, "12020", "duration in the metadata differs from the tags",
    "Seek bars and playlists built on it will be wrong.", clause: "FLV 10.1 E.5")
  /// W12021.
  public static let metadataFileSize = FindingCode(
    .warning, "12021", "filesize in the metadata differs from the file",
    "The file was cut, extended or never completed.", clause: "FLV 10.1 E.5")
  /// W12022.
  public static let metadataSize = FindingCode(
    .warning, "12022", "width or height in the metadata differs from the video",
    "Players lay out their window by the metadata.", clause: "FLV 10.1 E.5")
  /// W12023.
  public static let metadataFrameRate = FindingCode(
    .warning, "12023", "frame rate in the metadata differs from the tags",
    "Tools that take times from it will drift.", clause: "FLV 10.1 E.5")
  /// W12024.
  public static let metadataCodec = FindingCode(
    .warning, "12024", "codec id in the metadata differs from the tags",
    "Players that choose a decoder by the metadata choose the wrong one.",
    clause: "FLV 10.1 E.5")
  /// W12025.
  public static let metadataAudio = FindingCode(
    .warning, "12025", "audio rate or channels in the metadata differ from the tags",
    "Tools that set up sound by the metadata play at the wrong speed.", clause: "FLV 10.1 E.5")
  /// W12030.
  public static let keyframeIndex = FindingCode(
    .warning, "12030", "keyframe index does not point at keyframes",
    "Seeking by the index lands in the middle of a tag.", clause: "FLV 10.1 E.5")
  /// I12031.
  public static let keyframeIndexDialect = FindingCode(
    .info, "12031", "keyframe index points behind tag headers",
    "Some writers index the byte after the tag header instead of the tag.",
    clause: "FLV 10.1 E.5")
  /// I12032.
  public static let metadataRepeated = FindingCode(
    .info, "12032", "more than one onMetaData", "The last one counts from where it stands.",
    clause: "FLV 10.1 E.5")
}

/// Area 20: H.264, H.265 and H.266; area 21: other codecs.
extension FindingCode {
  static let codecs: [FindingCode] = [
    nalUnitLengths, keyFlag, startCodes, parameterSets, malformedAudioFrame,
  ]

  /// E20001.
  public static let nalUnitLengths = FindingCode(
    .error, "20001", "NAL unit lengths do not fill the frame",
    "A length runs past the end, so decoders drop the frame.", clause: "ISO/IEC 14496-15 5.3.4.2")
  /// W20002.
  public static let keyFlag = FindingCode(
    .warning, "20002", "key flag contradicts the NAL units",
    "Seeking and cutting by the flag starts where decoding cannot.", clause: "H.264 7.4.1.2.4")
  /// E20003.
  public static let startCodes = FindingCode(
    .error, "20003", "start codes where lengths belong",
    "The writer put Annex B into a container that wants length-prefixed NAL units.",
    clause: "ISO/IEC 14496-15 5.3.4.2")
  /// W20004.
  public static let parameterSets = FindingCode(
    .warning, "20004", "a parameter set or header of a NAL unit cannot be read",
    "Decoders may fail on it.", clause: "H.264 7.3, H.265 7.3")
  /// W21001.
  public static let malformedAudioFrame = FindingCode(
    .warning, "21001", "frame of sound with a contradicting header",
    "The frame's own header disagrees with the track's configuration.")
}
