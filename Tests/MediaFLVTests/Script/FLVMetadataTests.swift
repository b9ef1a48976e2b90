import MediaBytes
import MediaFLV
import Testing

private func metadata(_ properties: [AMFProperty]) -> FLVMetadata {
  FLVMetadata(.ecmaArray(AMFECMAArray(properties)))
}

private func numbers(_ values: [Double]) -> AMFValue { .strictArray(values.map { .number($0) }) }

@Suite struct FLVMetadataTests {
  @Test func everyProperty() {
    let numbers = [
      "duration", "width", "height", "framerate", "videodatarate", "audiodatarate",
      "audiosamplerate", "audiosamplesize", "audiochannels", "audiodelay", "filesize", "datasize",
      "videosize", "audiosize", "lasttimestamp", "lastkeyframetimestamp", "lastkeyframelocation",
    ]
    let flags = [
      "stereo", "canSeekToEnd", "hasVideo", "hasAudio", "hasMetadata", "hasKeyframes",
    ]
    let texts = ["encoder", "metadatacreator", "creationdate"]
    var properties = numbers.enumerated().map {
      AMFProperty(AMFString($0.element), .number(Double($0.offset)))
    }
    properties += flags.map { AMFProperty(AMFString($0), .boolean(true)) }
    properties += texts.map { AMFProperty(AMFString($0), .string(AMFString($0))) }
    let found = metadata(properties)
    #expect(found.problems == [])
    #expect(
      [
        found.duration, found.width, found.height, found.frameRate, found.videoDataRate,
        found.audioDataRate, found.audioSampleRate, found.audioSampleSize, found.audioChannels,
        found.audioDelay, found.fileSize, found.dataSize, found.videoSize, found.audioSize,
        found.lastTimestamp, found.lastKeyframeTimestamp, found.lastKeyframeLocation,
      ] == numbers.indices.map(Double.init))
    #expect(
      [
        found.isStereo, found.canSeekToEnd, found.hasVideo, found.hasAudio, found.hasMetadata,
        found.hasKeyframes,
      ] == [Bool?](repeating: true, count: 6))
    #expect([found.encoder, found.metadataCreator, found.creationDate] == texts)
  }

  @Test func codecIDs() {
    let cases: [(AMFValue, FLVMetadata.CodecID?, FourCC?)] = [
      (.number(7), .id(7), nil), (.number(0), .id(0), nil),
      (.number(1_635_135_537), .fourCC(.av01), .av01), (.string("avc1"), .text("avc1"), .avc1),
      (.string(".mp3"), .text(".mp3"), .mp3), (.string("VP6"), .text("VP6"), nil),
      (.number(-1), nil, nil), (.number(.nan), nil, nil), (.number(7.5), nil, nil),
    ]
    for (value, id, fourCC) in cases {
      let found = metadata([AMFProperty("videocodecid", value), AMFProperty("audiocodecid", value)])
      #expect(found.videoCodecID == id)
      #expect(found.audioCodecID == id)
      #expect(found.videoCodecID?.fourCC == fourCC)
      #expect(found.problems.count == (id == nil ? 2 : 0))
      if let id { #expect(id.value == value) }
    }
  }

  @Test func wrongTypesAreTold() {
    let found = metadata([
      AMFProperty("width", .string("640")), AMFProperty("height", .string("tall")),
      AMFProperty("stereo", .number(1)), AMFProperty("hasAudio", .string("false")),
      AMFProperty("hasVideo", .number(2)), AMFProperty("duration", .boolean(true)),
      AMFProperty("encoder", .number(1)), AMFProperty("keyframes", .number(1)),
      AMFProperty("videocodecid", .null), AMFProperty("framerate", .undefined),
    ])
    #expect(found.width == 640)
    #expect(found.height == nil)
    #expect(found.isStereo == true)
    #expect(found.hasAudio == false)
    #expect(found.hasVideo == nil)
    let lines = Set(found.problems.map(\.description))
    #expect(
      lines == [
        "width is the text \"640\", not a number", "height is of the type string",
        "stereo is 1, not a boolean", "hasAudio is \"false\", not a boolean",
        "hasVideo is of the type number", "duration is of the type boolean",
        "encoder is of the type number", "keyframes is of the type number",
      ])
  }

  @Test func oddNumbersAreValues() {
    let found = metadata([
      AMFProperty("duration", .number(.nan)), AMFProperty("filesize", .number(0x1p60)),
      AMFProperty("width", .number(-.infinity)), AMFProperty("height", .avmPlus(.integer(9))),
    ])
    #expect(found.duration?.isNaN == true)
    #expect(found.fileSize == 0x1p60)
    #expect(found.width == -.infinity)
    #expect(found.height == 9)
    #expect(found.problems == [])
  }

  @Test func theLastOfTwoCounts() {
    #expect(
      metadata([AMFProperty("width", .number(1)), AMFProperty("width", .number(2))]).width == 2)
  }

  @Test func emptyAndWrongBodies() {
    #expect(FLVMetadata(FLVScriptData("onMetaData", [])) == FLVMetadata())
    #expect(FLVMetadata(FLVScriptData("onMetaData", [.null])) == FLVMetadata())
    let wrong = FLVMetadata(FLVScriptData("onMetaData", [.number(1)]))
    #expect(wrong?.problems.map(\.description) == ["onMetaData is of the type number"])
    #expect(FLVMetadata(FLVScriptData("onCuePoint", [])) == nil)
    #expect(FLVMetadata(.object(AMFObject([AMFProperty("width", .number(1))]))).width == 1)
  }

  // MARK: Keyframes

  @Test func keyframes() {
    let index = AMFValue.object(
      AMFObject([
        AMFProperty("filepositions", numbers([13, 5e9])), AMFProperty("times", numbers([0, 2])),
      ]))
    let found = metadata([AMFProperty("keyframes", index)])
    #expect(found.keyframes == .init(filePositions: [13, 5e9], times: [0, 2]))
    #expect(found.problems == [])
  }

  @Test func oddKeyframes() {
    let index = AMFValue.object(
      AMFObject([
        AMFProperty(
          "filepositions",
          .ecmaArray(AMFECMAArray([AMFProperty("0", .string("9")), AMFProperty("1", .null)]))),
        AMFProperty("times", .avmPlus(.vector(AMFVector(.double([1]))))),
      ]))
    let found = metadata([AMFProperty("keyframes", index)])
    #expect(found.keyframes?.filePositions.first == 9)
    #expect(found.keyframes?.filePositions.last?.isNaN == true)
    #expect(found.keyframes?.times == [1])
    #expect(
      found.problems.map(\.description) == [
        "keyframes.filepositions is the text \"9\", not a number",
        "keyframes has 2 filepositions and 1 times",
      ])
  }

  // MARK: Enhanced RTMP

  @Test func aTrackIsDescribedOnce() {
    func info(_ width: Double) -> AMFValue {
      .object(AMFObject([AMFProperty("width", .number(width))]))
    }
    let entries =
      (1...600).map { AMFProperty("1", info(Double($0))) }
      + (0..<600).map { AMFProperty(AMFString("x\($0)"), .null) }
      + (0..<600).map { AMFProperty(AMFString("\($0)"), info(Double($0))) }
    let found = metadata([AMFProperty("videoTrackIdInfoMap", .object(AMFObject(entries)))])
    #expect(found.videoTracks.map(\.id) == Array(0...255))
    #expect(found.videoTracks.map(\.info.width) == (0...255).map(Double.init))
    #expect(found.problems.count == 256)
  }

  @Test func trackMaps() {
    func info(_ properties: [AMFProperty]) -> AMFValue { .object(AMFObject(properties)) }
    let found = metadata([
      AMFProperty("width", .number(1920)),
      AMFProperty(
        "videoTrackIdInfoMap",
        info([
          AMFProperty("1", info([AMFProperty("width", .number(640))])),
          AMFProperty("x\u{1b}", info([])), AMFProperty("300", info([])),
          AMFProperty("2", info([AMFProperty("height", .string("tall"))])),
        ])),
      AMFProperty(
        "audioTrackIdInfoMap",
        info([
          AMFProperty(
            "1",
            info([
              AMFProperty("channels", .number(2)), AMFProperty("samplerate", .number(48_000)),
              AMFProperty("audiocodecid", .number(1_332_770_163)),
            ]))
        ])),
    ])
    #expect(found.width == 1920)
    #expect(found.videoTracks.map(\.id) == [1, 2])
    #expect(found.videoTracks.first?.info.width == 640)
    #expect(found.audioTracks.first?.info.audioChannels == 2)
    #expect(found.audioTracks.first?.info.audioSampleRate == 48_000)
    #expect(found.audioTracks.first?.info.audioCodecID == .fourCC(.opus))
    #expect(
      found.problems.map(\.description) == [
        #"videoTrackIdInfoMap has "x\u001b", which is no track's number"#,
        #"videoTrackIdInfoMap has "300", which is no track's number"#,
        "videoTrackIdInfoMap.2.height is of the type string",
      ])
  }
}
