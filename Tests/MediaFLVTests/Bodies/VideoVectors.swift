/// Every form of video body of FLV 10.1 E.4.3.
let legacyVideoVectors: [BodyVector] = [
  BodyVector("empty", "", "empty"),
  BodyVector(
    "Sorenson H.263, 320x240", "12 0000 80 02 80",
    "key Sorenson H.263 320x240 | codedFrames flv1 t0 0 1..<6"),
  BodyVector(
    "Sorenson H.263, size in 8 bits", "22 0000 84 00 50 3c 00",
    "inter Sorenson H.263 160x120 | codedFrames flv1 t0 0 1..<8"),
  BodyVector(
    "Sorenson H.263, size in 16 bits", "32 0000 80 00 81 40 00 f0 00",
    "disposable inter Sorenson H.263 640x480 | codedFrames flv1 t0 0 1..<10"),
  BodyVector(
    "Screen video", "13 3140 20f0 00", "key Screen video 320x240 | codedFrames flashsv t0 0 1..<6"),
  BodyVector(
    "VP6 key frame", "14 28 38 36 0f 14 0f 14",
    "key On2 VP6 crop40 318x232 | codedFrames vp6f t0 0 2..<8"),
  BodyVector(
    "VP6 key frame of two partitions", "14 00 39 36 0010 0f 14",
    "key On2 VP6 crop0 320x240 | codedFrames vp6f t0 0 2..<8"),
  BodyVector(
    "VP6 inter frame", "24 28 b8 00", "inter On2 VP6 crop40 | codedFrames vp6f t0 0 2..<4"),
  BodyVector(
    "VP6 of nothing", "24", "inter On2 VP6 | codedFrames vp6f t0 0 1..<1 | ! emptyPayload @1"),
  BodyVector(
    "VP6 with alpha", "15 28 000004 38 36 0f 14 aa",
    "key On2 VP6 with alpha crop40 alpha4 318x232 | codedFrames vp6a t0 0 2..<10"),
  BodyVector(
    "VP6 whose alpha lies past the end", "25 00 0000ff b8",
    "inter On2 VP6 with alpha crop0 alpha255 | codedFrames vp6a t0 0 2..<6"
      + " | ! sizePastEnd(declared: 255, available: 1) @2"),
  BodyVector(
    "Screen video 2", "16 3140 20f0 00",
    "key Screen video 2 320x240 | codedFrames flashsv2 t0 0 1..<6"),
  BodyVector(
    "AVC sequence header", "17 00 000000 0142c01e",
    "key AVC 0 | sequenceHeader h264 t0 0 5..<9"),
  BodyVector(
    "AVC frame", "27 01 000050 00000001 41", "inter AVC 1 | codedFrames h264 t0 80 5..<10"),
  BodyVector(
    "AVC, negative composition time", "27 01 ffffd8 41",
    "inter AVC 1 | codedFrames h264 t0 -40 5..<6"),
  BodyVector(
    "AVC, least composition time", "27 01 800000 41",
    "inter AVC 1 | codedFrames h264 t0 -8388608 5..<6"),
  BodyVector(
    "AVC, generated key frame", "47 01 7fffff 65",
    "generated key AVC 1 | codedFrames h264 t0 8388607 5..<6"),
  BodyVector("AVC end of sequence", "17 02 000000", "key AVC 2 | sequenceEnd h264 t0 0 5..<5"),
  BodyVector(
    "AVC end of sequence without its time", "17 02",
    "key AVC 2 | sequenceEnd h264 t0 0 2..<2 | ! compositionTimeCutShort(0) @2"),
  BodyVector(
    "AVC end of sequence with half a time", "17 02 00",
    "key AVC 2 | sequenceEnd h264 t0 0 2..<3 | ! compositionTimeCutShort(1) @2"),
  BodyVector(
    "AVC of a reserved packet type", "17 03 000000 aa",
    "key AVC 3 | reserved h264 t0 0 5..<6 | ! reserved(\(field)avcPacketType, 3) @1"),
  BodyVector(
    "AVC sequence header of nothing", "17 00 000000",
    "key AVC 0 | sequenceHeader h264 t0 0 5..<5 | ! emptyPayload @5"),
  BodyVector(
    "H.263 dialect", "18 0000",
    "key H.263 (dialect, CodecID 8) | codedFrames h263 t0 0 1..<3"
      + " | ! dialect(\(field)codecID, 8) @0"),
  BodyVector(
    "MPEG-4 dialect", "29 01 000028 0000",
    "inter MPEG-4 part 2 (dialect, CodecID 9) 1 | codedFrames mpeg4 t0 40 5..<7"
      + " | ! dialect(\(field)codecID, 9) @0"),
  BodyVector(
    "HEVC dialect, sequence header", "1c 00 000000 01",
    "key HEVC (pre-standard dialect, CodecID 12) 0 | sequenceHeader hevc t0 0 5..<6"
      + " | ! dialect(\(field)codecID, 12) @0"),
  BodyVector(
    "HEVC dialect, frame", "2c 01 ffffd8 0201",
    "inter HEVC (pre-standard dialect, CodecID 12) 1 | codedFrames hevc t0 -40 5..<7"
      + " | ! dialect(\(field)codecID, 12) @0"),
  BodyVector(
    "AV1 dialect", "1d 01 000000 0a",
    "key AV1 (pre-standard dialect, CodecID 13) 1 | codedFrames av1 t0 0 5..<6"
      + " | ! dialect(\(field)codecID, 13) @0"),
  BodyVector(
    "reserved codec", "1f 00",
    "key reserved (15) | codedFrames ? t0 0 1..<2 | ! reserved(\(field)codecID, 15) @0"),
  BodyVector(
    "reserved frame type", "02 00",
    "reserved (0) Sorenson H.263 | codedFrames flv1 t0 0 1..<2"
      + " | ! reserved(\(field)frameType, 0) @0"),
  BodyVector(
    "start of seeking", "52 00", "command Sorenson H.263 StartSeek | command flv1 t0 0 2..<2"),
  BodyVector("end of seeking, AVC", "57 01", "command AVC EndSeek | command h264 t0 0 2..<2"),
  BodyVector(
    "end of seeking behind AVC's own fields", "57 00 000000 01",
    "command AVC 0 EndSeek | command h264 t0 0 6..<6"),
  BodyVector(
    "reserved command and more", "52 05 00",
    "command Sorenson H.263 reserved (5) | command flv1 t0 0 2..<3"
      + " | ! reserved(\(field)videoCommand, 5) @1 | ! trailingBytes(1) @2"),

  // MARK: Encrypted
  BodyVector(
    "AVC, encrypted", "17 01 000050 01 456e6372797074696f6e00 000010 \(iv) c0ffee",
    "key AVC 1 | Encryption encrypted | codedFrames h264 t0 80 36..<39", isFiltered: true),
  BodyVector(
    "VP6, selective, encrypted", "14 01 534500 000011 80 \(iv) c0ffee",
    "key On2 VP6 | SE encrypted | codedFrames vp6f t0 0 25..<28", isFiltered: true),
  BodyVector(
    "VP6, selective, in the clear", "14 01 534500 000001 00 28 38 36 0f 14",
    "key On2 VP6 crop40 318x232 | SE clear | codedFrames vp6f t0 0 10..<14", isFiltered: true),
  BodyVector(
    "command, encrypted", "52 01 534500 000011 80 \(iv) c0ffee",
    "command Sorenson H.263 | SE encrypted | command flv1 t0 0 25..<28", isFiltered: true),
  BodyVector(
    "Filter bit without a header", "27 01 000000 00000001 41",
    "inter AVC 1 | codedFrames h264 t0 0 5..<10 | ! missingEncryptionHeader @5",
    isFiltered: true),
]

/// Every form of video body of Enhanced RTMP v2, Enhanced Video.
let enhancedVideoVectors: [BodyVector] = [
  // MARK: One track
  BodyVector("avc1 start", "90 61766331 0142", "key pt0 | sequenceHeader h264 avc1 t0 0 5..<7"),
  BodyVector("hvc1 start", "90 68766331 01", "key pt0 | sequenceHeader hevc hvc1 t0 0 5..<6"),
  BodyVector("vvc1 start", "90 76766331 ff", "key pt0 | sequenceHeader vvc vvc1 t0 0 5..<6"),
  BodyVector("av01 start", "90 61763031 81", "key pt0 | sequenceHeader av1 av01 t0 0 5..<6"),
  BodyVector("vp08 start", "90 76703038 01", "key pt0 | sequenceHeader vp8 vp08 t0 0 5..<6"),
  BodyVector("vp09 start", "90 76703039 01", "key pt0 | sequenceHeader vp9 vp09 t0 0 5..<6"),
  BodyVector(
    "avc1 frame", "a1 61766331 000050 aa", "inter pt1 | codedFrames h264 avc1 t0 80 8..<9"),
  BodyVector(
    "hvc1 frame, negative time", "a1 68766331 ffffd8 aabb",
    "inter pt1 | codedFrames hevc hvc1 t0 -40 8..<10"),
  BodyVector("vvc1 frame", "91 76766331 000001 aa", "key pt1 | codedFrames vvc vvc1 t0 1 8..<9"),
  BodyVector(
    "av01 frame has no time", "91 61763031 1200", "key pt1 | codedFrames av1 av01 t0 0 5..<7"),
  BodyVector(
    "vp08 frame has no time", "a1 76703038 31", "inter pt1 | codedFrames vp8 vp08 t0 0 5..<6"),
  BodyVector(
    "vp09 frame has no time", "a1 76703039 86", "inter pt1 | codedFrames vp9 vp09 t0 0 5..<6"),
  BodyVector("end", "92 68766331", "key pt2 | sequenceEnd hevc hvc1 t0 0 5..<5"),
  BodyVector("avc1 frame X", "a3 61766331 aa", "inter pt3 | codedFrames h264 avc1 t0 0 5..<6"),
  BodyVector(
    "vvc1 frame X", "c3 76766331 aa", "generated key pt3 | codedFrames vvc vvc1 t0 0 5..<6"),
  BodyVector(
    "metadata", "94 68766331 02 0009 636f6c6f72496e666f 03 000009",
    "key pt4 | metadata hevc hvc1 t0 0 5..<21"),
  BodyVector(
    "metadata, whose frame type says nothing", "d4 61763031 02 0009 636f6c6f72496e666f 06",
    "command pt4 | metadata av1 av01 t0 0 5..<18"),
  BodyVector(
    "metadata of frame type 0", "84 61763031 05", "reserved (0) pt4 | metadata av1 av01 t0 0 5..<6"),
  BodyVector(
    "MPEG-2 TS start", "95 61763031 80 04", "key pt5 | mpeg2TSSequenceStart av1 av01 t0 0 5..<7"),
  BodyVector(
    "unknown FourCC", "a1 78787878 aa",
    "inter pt1 | codedFrames ? xxxx t0 0 5..<6 | ! unknownFourCC(xxxx) @5"),
  BodyVector(
    "reserved packet type", "98 61766331 aa",
    "key pt8 | reserved h264 avc1 t0 0 5..<6 | ! reserved(\(field)videoPacketType, 8) @0"),
  BodyVector(
    "reserved frame type", "e3 61766331 aa",
    "reserved (6) pt3 | codedFrames h264 avc1 t0 0 5..<6 | ! reserved(\(field)frameType, 6) @0"),

  // MARK: Commands
  BodyVector("start of seeking", "d1 00", "command pt1 StartSeek | command ? t0 0 2..<2"),
  BodyVector("end of seeking", "d0 01", "command pt0 EndSeek | command ? t0 0 2..<2"),
  BodyVector(
    "command that would be multitrack", "d6 01", "command pt6 EndSeek | command ? t0 0 2..<2"),
  BodyVector(
    "command behind a modifier", "d7 02 0186a0 01 00",
    "command mod0:3 100000ns pt1 StartSeek | command ? t0 0 7..<7"),
  BodyVector(
    "reserved command and more", "d1 02 61766331",
    "command pt1 reserved (2) | command ? t0 0 2..<6"
      + " | ! reserved(\(field)videoCommand, 2) @1 | ! trailingBytes(4) @2"),

  // MARK: ModEx
  BodyVector(
    "largest offset", "a7 02 0f423f 01 61763031 aa",
    "inter mod0:3 999999ns pt1 | codedFrames av1 av01 t0 0 10..<11"),
  BodyVector(
    "offset with a byte more", "a7 03 000001ff 03 68766331 aa",
    "inter mod0:4 1ns pt3 | codedFrames hevc hvc1 t0 0 11..<12"),
  BodyVector(
    "chain with an unknown modifier", "a7 02 000001 07 00 aa 11 61766331 000050 bb",
    "inter mod0:3 mod1:1 1ns pt1 | codedFrames h264 avc1 t0 80 16..<17"
      + " | ! reserved(\(field)modExType, 1) @8"),
  BodyVector(
    "255 bytes", "a7 fe 000002 \(filler(252)) 01 61763031 aa",
    "inter mod0:255 2ns pt1 | codedFrames av1 av01 t0 0 262..<263"),
  BodyVector(
    "256 bytes need the wide size", "a7 ff 00ff 000002 \(filler(253)) 01 61763031 aa",
    "inter mod0:256 2ns pt1 | codedFrames av1 av01 t0 0 265..<266"),
  BodyVector(
    "wide size without need", "a7 ff 0002 000003 01 61763031 aa",
    "inter mod0:3 3ns pt1 | codedFrames av1 av01 t0 0 12..<13"),
  BodyVector(
    "65,536 bytes", "a7 ff ffff 000002 \(filler(65_533)) 01 61763031 aa",
    "inter mod0:65536 2ns pt1 | codedFrames av1 av01 t0 0 65545..<65546"),
  BodyVector(
    "offset of a millisecond", "a7 02 0f4240 01 61763031 aa",
    "inter mod0:3 pt1 | codedFrames av1 av01 t0 0 10..<11"
      + " | ! nanosecondOffsetOutOfRange(1000000) @2"),
  BodyVector(
    "offset of two bytes", "a7 01 0001 01 61763031 aa",
    "inter mod0:2 pt1 | codedFrames av1 av01 t0 0 9..<10 | ! modifierTooShort(2) @2"),

  // MARK: Encrypted
  BodyVector(
    "selective, encrypted", "91 68766331 01 534500 000011 80 \(iv) c0ffee",
    "key pt1 | SE encrypted | codedFrames hevc hvc1 t0 0 29..<32", isFiltered: true),
  BodyVector(
    "selective, in the clear", "91 68766331 01 534500 000001 00 000050 aa",
    "key pt1 | SE clear | codedFrames hevc hvc1 t0 80 16..<17", isFiltered: true),
  BodyVector(
    "many codecs, encrypted", "96 21 01 534500 000011 80 \(iv) c0ffee",
    "key mt2 pt1 | SE encrypted | codedFrames ? t0 0 26..<29", isFiltered: true),
]

/// `AvMultitrackType` in all its forms.
let multitrackVideoVectors: [BodyVector] = [
  BodyVector(
    "one track", "a6 01 61766331 02 000050 aa",
    "inter mt0 pt1 | codedFrames h264 avc1 t2 80 10..<11"),
  BodyVector(
    "one track X", "a6 03 68766331 ff aa", "inter mt0 pt3 | codedFrames hevc hvc1 t255 0 7..<8"),
  BodyVector(
    "one track, metadata", "96 04 68766331 01 05", "key mt0 pt4 | metadata hevc hvc1 t1 0 7..<8"),
  BodyVector(
    "many tracks, start", "96 10 61766331 00 000001 01 01 000002 0102",
    "key mt1 pt0 | sequenceHeader h264 avc1 t0 0 10..<11"
      + " | sequenceHeader h264 avc1 t1 0 15..<17"),
  BodyVector(
    "many tracks, frames", "a6 11 68766331 00 000005 000028 aabb 01 000004 ffffff cc",
    "inter mt1 pt1 | codedFrames hevc hvc1 t0 40 13..<15 | codedFrames hevc hvc1 t1 -1 22..<23"),
  BodyVector(
    "many codecs, frames", "a6 21 68766331 00 000004 000028 aa 61763031 01 000002 1200",
    "inter mt2 pt1 | codedFrames hevc hvc1 t0 40 13..<14 | codedFrames av1 av01 t1 0 22..<24"),
  BodyVector(
    "many codecs, end", "96 22 68766331 00 000000 61763031 01 000000",
    "key mt2 pt2 | sequenceEnd hevc hvc1 t0 0 10..<10 | sequenceEnd av1 av01 t1 0 18..<18"),
  BodyVector(
    "many tracks behind a modifier", "a7 02 000001 06 13 61766331 05 000001 aa",
    "inter mod0:3 1ns mt1 pt3 | codedFrames h264 avc1 t5 0 15..<16"),
  BodyVector(
    "many tracks, one whose size runs past the end", "a6 13 61766331 00 0000ff aabb",
    "inter mt1 pt3 | codedFrames h264 avc1 t0 0 10..<12"
      + " | ! sizePastEnd(declared: 255, available: 2) @7", isExact: false),
  BodyVector(
    "many tracks and bytes that are none", "a6 13 61766331 00 000001 aa 0102",
    "inter mt1 pt3 | codedFrames h264 avc1 t0 0 10..<11 | ! trailingBytes(2) @11",
    isExact: false),
  BodyVector("no tracks of one codec", "a6 13 61766331", "inter mt1 pt3 | ! noTracks @6"),
  BodyVector("no tracks of many codecs", "a6 23", "inter mt2 pt3 | ! noTracks @2"),
  BodyVector(
    "a track too short for its time", "a6 11 61766331 00 000002 aabb 01 000004 000001 cc",
    "inter mt1 pt1 | codedFrames h264 avc1 t0 0 10..<12 | codedFrames h264 avc1 t1 1 19..<20"
      + " | ! trackTooShort(2) @10", isExact: false),
  BodyVector(
    "a track twice", "a6 13 61766331 07 000001 aa 07 000001 bb",
    "inter mt1 pt3 | codedFrames h264 avc1 t7 0 10..<11 | codedFrames h264 avc1 t7 0 15..<16"
      + " | ! duplicateTrack(7) @11"),
  BodyVector(
    "a track of nothing", "a6 13 61766331 00 000000 01 000001 aa",
    "inter mt1 pt3 | codedFrames h264 avc1 t0 0 10..<10 | codedFrames h264 avc1 t1 0 14..<15"
      + " | ! emptyPayload @10"),
]

/// Video bodies of which nobody could tell what follows.
let badVideoBodies = [
  BadBody("AVC without its packet type", "17", "AVCPacketType at byte 1001: needs 1"),
  BadBody("AVC with half a time", "17 01 00", "CompositionTime at byte 1002: needs 3"),
  BadBody("a command frame without one", "52", "VideoCommand at byte 1001: needs 1"),
  BadBody("an enhanced command frame without one", "d1", "VideoCommand at byte 1001: needs 1"),
  BadBody("half a FourCC", "91 6176", "FourCC at byte 1001: needs 4"),
  BadBody("hvc1 with half a time", "91 68766331 0000", "CompositionTime at byte 1005: needs 3"),
  BadBody(
    "multitrack in multitrack", "96 06 61766331", "packet type of multitrack at byte 1001: 6"),
  BadBody("ModEx in multitrack", "96 17 61766331", "packet type of multitrack at byte 1001: 7"),
  BadBody("reserved multitrack type", "96 31 61766331", "AvMultitrackType at byte 1001: 3 is not"),
  BadBody("a modifier past the end", "97 ff ffff 00", "modExData at byte 1004: needs 65536"),
  BadBody(
    "modifiers without end", "97 \(String(repeating: "000007", count: 65))",
    "ModEx at byte 1193: 65 exceeds the limit of 64"),
  BadBody(
    "more tracks than there are numbers",
    "a6 13 61766331 \(String(repeating: "00000000", count: 257))",
    "trackId at byte 2030: 257 exceeds the limit of 256"),
]

private func filler(_ count: Int) -> String { String(repeating: "5a", count: count) }
