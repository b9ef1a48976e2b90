import MediaModel
import Testing

@Suite struct FindingTests {
  @Test func everyCodeIsWellFormed() {
    let areas = [
      "00", "10", "11", "12", "20", "21", "30", "31", "32", "33", "34", "45", "50", "51", "60",
      "70", "80",
    ]
    for code in FindingCode.all {
      let digits = code.code.dropFirst()
      #expect(digits.count == 5 && digits.allSatisfy(\.isWholeNumber), "\(code)")
      #expect(areas.contains(String(digits.prefix(2))), "\(code)")
      #expect(code.code.first.map(String.init) == letter(code.severity))
      #expect(!code.title.isEmpty && !code.title.hasSuffix("."), "\(code)")
      #expect(code.explanation.hasSuffix(".") && code.explanation.count > 20, "\(code)")
      #expect(FindingCode(code.code) == code)
    }
  }

  @Test func numbersAreUniqueAndInOrder() {
    let numbers = FindingCode.all.map { String($0.code.dropFirst()) }
    #expect(Set(numbers).count == numbers.count)
    #expect(numbers == numbers.sorted())
  }

  /// The codes are a promise to scripts: a change here breaks them.
  @Test func codesKeepTheirMeaning() {
    let codes: [(FindingCode, String)] = [
      (.unreadable, "F00001"), (.truncated, "E00010"), (.readError, "E00011"),
      (.trailingBytes, "W00012"), (.decodingError, "E00020"), (.missingTimestamps, "W70001"),
      (.decreasingDTS, "E70002"), (.repeatedDTS, "W70003"), (.gap, "W70004"),
      (.overlap, "W70005"), (.startSkew, "W70006"), (.durationMismatch, "W70007"),
      (.bitRateMismatch, "I70008"), (.frameRateMismatch, "W70009"),
      (.keyframeInterval, "W70010"), (.emptyTrack, "W70011"), (.ptsBeforeDTS, "W70012"),
      (.corruptPackets, "E70013"), (.firstNotKeyframe, "W70014"), (.negativeStart, "I70015"),
      (.flvVersion, "W10001"), (.flvReservedFlags, "W10002"), (.flvFlagsMismatch, "W10003"),
      (.flvDataOffset, "I10004"), (.flvWithoutTags, "I10005"), (.wrongDataOffset, "E10006"),
      (.previousTagSize, "E10210"),
      (.previousTagSizeZero, "E10211"), (.previousTagSizeDialect, "W10212"),
      (.firstPreviousTagSize, "W10213"), (.missingLastPreviousTagSize, "W10214"),
      (.streamID, "W10220"), (.reservedTagBits, "W10221"), (.unknownTagType, "W10222"),
      (.encryptedTag, "I10223"), (.filterWithoutEncryption, "E10224"), (.skippedBytes, "E10230"),
      (.wrongDataSize, "E10231"), (.truncatedTag, "E10232"), (.secondHeader, "E10234"),
      (.emptyTag, "I10235"), (.timestampJump, "W10240"), (.timestampWrap, "E10241"),
      (.negativeTimestamp, "W10242"), (.crosses24Bits, "I10243"), (.missingExtension, "E10244"),
      (.equalTimestamps, "I10245"), (.firstTimestamp, "I10246"), (.timestampRegression, "E10247"),
      (.headerTimestamp, "W10248"),
      (.malformedBody, "E11001"), (.reservedBodyValue, "W11002"), (.sizePastBody, "E11003"),
      (.nestedMultitrack, "E11004"), (.emptyPayload, "I11005"), (.badModifier, "W11006"),
      (.bodyTrailingBytes, "W11007"), (.unknownCodec, "W11008"),
      (.duplicateTrack, "W11009"), (.missingSequenceHeader, "E11010"),
      (.lateSequenceHeader, "E11011"), (.repeatedSequenceHeader, "I11012"),
      (.changedConfiguration, "I11013"), (.unreadableConfiguration, "E11014"),
      (.omittedSequenceHeader, "I11016"),
      (.negativeCompositionTime, "I11020"), (.impossibleCompositionTime, "E11021"),
      (.missingCompositionTime, "W11022"),
      (.preStandardCodec, "I11030"), (.badEncryption, "W11040"), (.malformedAMF, "W12001"),
      (.arrayLength, "I12002"), (.missingEndMarker, "I12003"), (.amfTrailingBytes, "W12004"),
      (.invalidText, "W12005"), (.badReference, "W12006"), (.duplicateKey, "I12007"),
      (.metadataType, "I12008"), (.extraEndMarker, "I12009"), (.metadataMissing, "I12010"),
      (.metadataLate, "I12011"), (.setDataFrame, "W12013"), (.unusualAMF, "I12014"),
      (.metadataUnfilled, "I12015"),
      (.metadataDuration, "W12020"), (.metadataFileSize, "W12021"), (.metadataSize, "W12022"),
      (.metadataFrameRate, "W12023"), (.metadataCodec, "W12024"), (.metadataAudio, "W12025"),
      (.keyframeIndex, "W12030"), (.keyframeIndexDialect, "I12031"), (.metadataRepeated, "I12032"),
      (.nalUnitLengths, "E20001"), (.keyFlag, "W20002"), (.startCodes, "E20003"),
      (.parameterSets, "W20004"), (.malformedAudioFrame, "W21001"),
      (.pcmSizeUnset, "W50001"), (.pcmDataCut, "E50002"), (.pcmFormSize, "W50003"),
      (.pcmMissingPad, "W50004"), (.pcmPartialFrame, "W50005"), (.pcmBlockAlign, "W50006"),
      (.pcmByteRate, "W50007"), (.pcmSecondData, "E50008"), (.pcmFrameCount, "W50009"),
      (.pcmFormatChunk, "W50010"), (.pcmChannelMask, "W50011"), (.pcmChunkSkipped, "I50012"),
      (.pcmBrokenChunk, "W50013"), (.pcmNoChunk, "W50014"),
      (.clipping, "W51001"), (.overs, "W51002"), (.dcOffset, "W51003"),
      (.silentChannel, "W51004"), (.identicalChannels, "I51005"), (.invertedChannels, "W51006"),
      (.outOfPhase, "W51007"), (.dropout, "W51008"), (.unusedBits, "I51009"),
      (.misplacedBass, "W51010"), (.invalidSamples, "E51011"),
      (.truePeakNearFullScale, "I51012"), (.storedLoudness, "I51013"),
      (.storedLoudnessWrong, "W51014"), (.assumedChannelOrder, "I51015"),
      (.missingMoov, "F80001"), (.pastEnd, "E80002"), (.sizeMismatch, "W80003"),
      (.brokenStructure, "E80004"), (.missingEnd, "I80005"),
      (.aacHeaderSection, "E31110"), (.aacSizePastEnd, "E31111"), (.aacEmptyUnit, "W31112"),
      (.aacTrailingBytes, "W31113"), (.aacHeadersLengthInBytes, "W31114"),
      (.aacIncompleteUnit, "E31115"), (.aacMarker, "W31116"), (.aacInterleaving, "I31117"),
      (.aacHeadersTrailingBits, "W31118"), (.aacIndex, "W31119"), (.latmConfiguration, "E31120"),
      (.latmElement, "E31121"), (.latmTrailingBytes, "W31122"), (.latmMarker, "W31123"),
      (.latmWithoutConfiguration, "E31124"), (.aacOwnSizes, "W31125"),
      (.latmCutConfiguration, "W31126"), (.opusPacket, "E31130"),
      (.audioTimestampStep, "W31131"), (.partialSample, "E31140"), (.mpegAudioHeader, "E31150"),
      (.mpegAudioReserved, "W31151"), (.mpegAudioFragment, "E31152"), (.mpegAudioFrame, "E31153"),
      (.mpegAudioRobust, "E31154"),
      (.emptyNALPayload, "W31010"), (.reservedNALType, "W31011"), (.forbiddenBit, "W31012"),
      (.nestedNALPacket, "E31013"), (.temporalIDZero, "W31014"), (.aggregateSize, "E31020"),
      (.aggregatePadding, "I31021"), (.emptyAggregate, "W31022"),
      (.fragmentStartAndEnd, "W31030"), (.fragmentWithoutStart, "E31031"),
      (.fragmentWithoutEnd, "E31032"), (.fragmentTypeChange, "W31033"),
      (.startCodesInPayload, "W31040"), (.packetizationMode, "W31041"),
      (.decodingOrder, "W31042"), (.contentInformation, "I31043"), (.missingMarker, "W31050"),
      (.earlyMarker, "W31051"), (.parameterSetsApart, "W31052"), (.frameOverLimit, "E31053"),
      (.missingParameterSets, "E31060"), (.spropUnreadable, "W31061"),
      (.spropStartCodes, "W31062"), (.spropEmpty, "I31063"), (.videoFormatParameter, "W31064"),
      (.videoFrameNotWhole, "E31210"), (.videoMarkerMissing, "W31211"),
      (.videoPacketWithoutStart, "E31212"), (.videoFrameTooLarge, "E31213"),
      (.videoEmptyPayload, "W31214"), (.jpegHeader, "E31220"), (.jpegType, "E31221"),
      (.jpegNoTables, "E31222"), (.jpegFragmentOffset, "E31223"), (.jpegHeaderChange, "W31224"),
      (.jpegTableLength, "W31225"), (.jpegSizeUnknown, "E31226"),
      (.jpegRestartInterval, "W31227"), (.jpegInterlaced, "W31228"), (.vp8Descriptor, "E31240"),
      (.vp8ReservedBits, "W31241"), (.vp8PictureID, "W31242"), (.vp8Header, "W31243"),
      (.vp9Descriptor, "E31260"), (.vp9StartEnd, "W31261"), (.vp9PictureID, "W31262"),
      (.vp9Header, "W31263"), (.vp9Prediction, "W31264"), (.av1Element, "E31280"),
      (.av1Continuation, "W31281"), (.av1ReservedBits, "W31282"), (.av1DroppedUnit, "I31283"),
      (.av1NewSequence, "W31284"), (.av1SizeField, "I31285"), (.av1Unit, "E31286"),
      (.tsSync, "E31300"), (.tsOddSize, "E31301"), (.tsPacketSize, "I31302"), (.tsGap, "E31303"),
      (.psStructure, "E31320"), (.psUnitCut, "E31321"), (.psNoMap, "W31322"),
      (.psStreamType, "I31323"), (.psAudioFraming, "W31325"),
      (.mp4vNoConfiguration, "W31340"), (.mp4vStart, "W31341"),
      (.rtpLost, "E30010"), (.rtpDuplicated, "I30011"), (.rtpReordered, "I30012"),
      (.rtpRestarted, "W30013"), (.rtpStray, "W30014"), (.rtpMalformed, "E30015"),
      (.rtpTimestampJump, "W30016"), (.rtpOverMTU, "W30017"), (.rtpFragmented, "W30018"),
      (.rtpUnknownFormat, "I30019"), (.rtpGuessedFormat, "I30020"), (.rtpEncrypted, "I30021"),
      (.rtpHelperFormat, "I30022"), (.rtpTypeChange, "I30023"), (.rtpConflictingType, "W30024"),
      (.rtpTooManySources, "W30025"), (.rtpEmptyPayload, "I30026"), (.rtpSharedSSRC, "W30027"),
      (.rtpDroppedFrames, "E30028"), (.rtpDecodeTimes, "W30029"), (.rtpLeftOut, "W30030"),
      (.rtpTooMuchHeld, "W30035"),
      (.rtpPartialFrame, "I30031"), (.rtpWrongPace, "W30032"), (.rtpTooLate, "E30033"),
      (.rtpWrongStep, "W30034"), (.sdpLineEnds, "I33016"),
      (.rtpBeforeKeyframe, "W30036"),
      (.rtpSilence, "I30037"),
      (.rtcpFirstIsNoReport, "W32010"), (.rtcpMissingCNAME, "W32011"),
      (.rtcpByeNotLast, "W32012"), (.rtcpPaddingBeforeLast, "W32013"), (.rtcpMalformed, "W32014"),
      (.rtcpMisplacedTime, "W32015"), (.rtcpDrift, "W32016"), (.rtcpNoSenderReport, "I32017"),
      (.rtcpUnknownType, "I32018"), (.rtcpEncrypted, "I32019"), (.rtpAfterGoodbye, "W32020"),
      (.rtcpAnomaly, "W32021"), (.rtcpTrailingBytes, "I32022"),
      (.sdpAnomaly, "W33010"), (.sdpUnreadable, "E33011"), (.sdpMissingMap, "E33012"),
      (.sdpWrongClock, "W33013"), (.sdpUndescribed, "W33014"), (.sdpMissingStream, "I33015"),
      (.captureCut, "W34010"), (.captureMalformed, "W34011"), (.captureChecksum, "I34012"),
      (.captureGap, "E34013"), (.captureJunk, "E34014"), (.captureTimeBack, "I34015"),
      (.captureUnknownLink, "I34016"), (.psPESHeader, "E31324"), (.rtspTrackLeftOut, "I45010"),
      (.pictureCut, "E60001"), (.outsideRange, "W60002"), (.overshoot, "I60003"),
      (.manyClipped, "W60004"), (.fewClipped, "I60005"), (.lowBitsSet, "W60006"),
      (.highBitsSet, "W60007"), (.pictureSizeInName, "W60008"), (.perhapsLimited, "I60009"),
      (.emptyPictures, "W60010"), (.matrixOfUnusualHeight, "I60011"), (.noColour, "I60012"),
    ]
    for (code, text) in codes {
      #expect(code.code == text)
      #expect(FindingCode.all.contains(code))
    }
    #expect(codes.count == FindingCode.all.count)
    #expect(FindingCode("E99999") == nil)
    #expect(FindingCode("") == nil)
  }

  @Test func severitiesAreOrdered() {
    #expect(Severity.allCases == Severity.allCases.sorted())
    #expect(Severity.fatal > .error && Severity.error > .warning && Severity.warning > .info)
    #expect(Severity(rawValue: "warning") == .warning)
  }

  @Test func readsAsOneLine() {
    let finding = Finding(.missingMoov, "no moov in 3 boxes", offset: 48)
    #expect(finding.severity == .fatal)
    #expect(finding.description == "F80001  at 48  no moov in 3 boxes  (ISO/IEC 14496-12 8.2.1)")
    #expect(
      Finding(.gap, "gap of 1.5 s", time: 2.5, stream: 1).description
        == "W70004  #1  at 2.5 s  gap of 1.5 s")
  }

  private func letter(_ severity: Severity) -> String {
    switch severity {
    case .info: "I"
    case .warning: "W"
    case .error: "E"
    case .fatal: "F"
    }
  }
}
