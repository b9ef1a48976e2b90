/// Every form of audio body of FLV 10.1 E.4.2 and Enhanced RTMP v2, Enhanced Audio.
let audioVectors: [BodyVector] = [
  // MARK: Legacy
  BodyVector("silence", "", "silence"),
  BodyVector(
    "PCM, platform-endian, 8 bits", "01 80 80",
    "PCM, platform-endian 5512 2 | codedFrames pcm_u8 t0 0 1..<3"),
  BodyVector("ADPCM", "16 aa", "ADPCM 11025 1 | codedFrames adpcm_swf t0 0 1..<2"),
  BodyVector("MP3", "2f fffb", "MP3 44100 2 | codedFrames mp3 t0 0 1..<3"),
  BodyVector(
    "PCM, little-endian, 16 bits", "3e 0100",
    "PCM, little-endian 44100 1 | codedFrames pcm_s16le t0 0 1..<3"),
  BodyVector(
    "Nellymoser 16 kHz", "42 aa",
    "Nellymoser 16 kHz mono 16000 1 | codedFrames nellymoser t0 0 1..<2"),
  BodyVector(
    "Nellymoser 8 kHz", "52 aa", "Nellymoser 8 kHz mono 8000 1 | codedFrames nellymoser t0 0 1..<2"),
  BodyVector("Nellymoser", "6a aa", "Nellymoser 22050 1 | codedFrames nellymoser t0 0 1..<2"),
  BodyVector("A-law", "72 d5", "G.711 A-law 8000 1 | codedFrames pcm_alaw t0 0 1..<2"),
  BodyVector("mu-law", "83 ff", "G.711 µ-law 8000 2 | codedFrames pcm_mulaw t0 0 1..<2"),
  BodyVector(
    "AAC sequence header", "af 00 1210", "AAC 0 0 0 | sequenceHeader aac t0 0 2..<4"),
  BodyVector("AAC raw", "af 01 21 10", "AAC 0 0 1 | codedFrames aac t0 0 2..<4"),
  BodyVector(
    "AAC whose rate, size and type say nothing", "a0 01 21",
    "AAC 0 0 1 | codedFrames aac t0 0 2..<3"),
  BodyVector(
    "AAC of a reserved packet type", "af 02 21",
    "AAC 0 0 2 | reserved aac t0 0 2..<3 | ! reserved(\(field)aacPacketType, 2) @1"),
  BodyVector(
    "AAC raw of nothing", "af 01",
    "AAC 0 0 1 | codedFrames aac t0 0 2..<2 | ! emptyPayload @2"),
  BodyVector("Speex", "b2 aa", "Speex 16000 1 | codedFrames speex t0 0 1..<2"),
  BodyVector(
    "reserved format", "c2 aa",
    "reserved (12) 5512 1 | codedFrames ? t0 0 1..<2 | ! reserved(\(field)soundFormat, 12) @0"),
  BodyVector(
    "Opus dialect", "df aa",
    "Opus (dialect of SoundFormat 13) 0 0 | codedFrames opus t0 0 1..<2"
      + " | ! dialect(\(field)soundFormat, 13) @0"),
  BodyVector("MP3 8 kHz", "e2 ff", "MP3 8 kHz 8000 1 | codedFrames mp3 t0 0 1..<2"),
  BodyVector(
    "device-specific", "ff aa", "device-specific 44100 2 | codedFrames ? t0 0 1..<2"),

  // MARK: Enhanced
  BodyVector("mp4a start", "90 6d703461 1210", "pt0 | sequenceHeader aac mp4a t0 0 5..<7"),
  BodyVector(
    "mp4a start of nothing", "90 6d703461",
    "pt0 | sequenceHeader aac mp4a t0 0 5..<5 | ! emptyPayload @5"),
  BodyVector(
    "Opus start", "90 4f707573 4f70757348656164", "pt0 | sequenceHeader opus Opus t0 0 5..<13"),
  BodyVector(
    "Opus start of nothing", "90 4f707573", "pt0 | sequenceHeader opus Opus t0 0 5..<5"),
  BodyVector(
    "fLaC start", "90 664c6143 664c6143 80000022",
    "pt0 | sequenceHeader flac fLaC t0 0 5..<13"),
  BodyVector("mp4a frame", "91 6d703461 21", "pt1 | codedFrames aac mp4a t0 0 5..<6"),
  BodyVector("Opus frame", "91 4f707573 fc", "pt1 | codedFrames opus Opus t0 0 5..<6"),
  BodyVector("fLaC frame", "91 664c6143 fff8", "pt1 | codedFrames flac fLaC t0 0 5..<7"),
  BodyVector("ac-3 frame", "91 61632d33 0b77", "pt1 | codedFrames ac3 ac-3 t0 0 5..<7"),
  BodyVector("ec-3 frame", "91 65632d33 0b77", "pt1 | codedFrames eac3 ec-3 t0 0 5..<7"),
  BodyVector(".mp3 frame", "91 2e6d7033 fffb", "pt1 | codedFrames mp3 .mp3 t0 0 5..<7"),
  BodyVector(
    "unknown FourCC", "91 78787878 aa",
    "pt1 | codedFrames ? xxxx t0 0 5..<6 | ! unknownFourCC(xxxx) @5"),
  BodyVector("end", "92 6d703461", "pt2 | sequenceEnd aac mp4a t0 0 5..<5"),
  BodyVector(
    "end and more", "92 6d703461 00",
    "pt2 | sequenceEnd aac mp4a t0 0 5..<6 | ! trailingBytes(1) @5"),
  BodyVector(
    "multichannel, native", "94 4f707573 01 06 0000003f",
    "pt4 | multichannelConfig opus Opus t0 0 5..<11"),
  BodyVector(
    "reserved packet type 3", "93 6d703461 aa",
    "pt3 | reserved aac mp4a t0 0 5..<6 | ! reserved(\(field)audioPacketType, 3) @0"),
  BodyVector(
    "reserved packet type 15", "9f 6d703461 aa",
    "pt15 | reserved aac mp4a t0 0 5..<6 | ! reserved(\(field)audioPacketType, 15) @0"),
  BodyVector(
    "ModEx, 100 ns", "97 02 000064 01 4f707573 fc",
    "mod0:3 100ns pt1 | codedFrames opus Opus t0 0 10..<11"),
  BodyVector(
    "ModEx before multitrack", "97 02 000064 05 01 4f707573 03 fc",
    "mod0:3 100ns mt0 pt1 | codedFrames opus Opus t3 0 12..<13"),
  BodyVector(
    "one track", "95 01 6d703461 01 21", "mt0 pt1 | codedFrames aac mp4a t1 0 7..<8"),
  BodyVector(
    "one track, start", "95 00 6d703461 01 1210",
    "mt0 pt0 | sequenceHeader aac mp4a t1 0 7..<9"),
  BodyVector(
    "one track, multichannel", "95 04 6d703461 01 00 02",
    "mt0 pt4 | multichannelConfig aac mp4a t1 0 7..<9"),
  BodyVector(
    "many tracks", "95 11 6d703461 00 000002 2110 01 000001 22",
    "mt1 pt1 | codedFrames aac mp4a t0 0 10..<12 | codedFrames aac mp4a t1 0 16..<17"),
  BodyVector(
    "many tracks, many codecs", "95 21 6d703461 00 000002 2110 4f707573 ff 000001 fc",
    "mt2 pt1 | codedFrames aac mp4a t0 0 10..<12 | codedFrames opus Opus t255 0 20..<21"),

  // MARK: Encrypted
  BodyVector(
    "AAC, encrypted", "af 01 01 456e6372797074696f6e00 000010 \(iv) c0ffee",
    "AAC 0 0 1 | Encryption encrypted | codedFrames aac t0 0 33..<36", isFiltered: true),
  BodyVector(
    "MP3, selective, encrypted", "2f 01 534500 000011 80 \(iv) c0ffee",
    "MP3 44100 2 | SE encrypted | codedFrames mp3 t0 0 25..<28", isFiltered: true),
  BodyVector(
    "AAC, selective, in the clear", "af 01 01 534500 000001 00 21",
    "AAC 0 0 1 | SE clear | codedFrames aac t0 0 10..<11", isFiltered: true),
  BodyVector(
    "Opus, selective, encrypted", "91 4f707573 01 534500 000011 80 \(iv) c0ffee",
    "pt1 | SE encrypted | codedFrames opus Opus t0 0 29..<32", isFiltered: true),
  BodyVector(
    "Filter bit without a header", "af 01 21 10",
    "AAC 0 0 1 | codedFrames aac t0 0 2..<4 | ! missingEncryptionHeader @2", isFiltered: true),
  BodyVector(
    "Filter bit, and the body ends inside of what could be a header", "af 01 01 53",
    "AAC 0 0 1 | codedFrames aac t0 0 2..<4 | ! missingEncryptionHeader @2", isFiltered: true),
]

/// Audio bodies of which nobody could tell what follows.
let badAudioBodies = [
  BadBody("AAC without its packet type", "af", "AACPacketType at byte 1001: needs 1"),
  BadBody(
    "multitrack in multitrack", "95 05 6d703461", "packet type of multitrack at byte 1001: 5"),
  BadBody("ModEx in multitrack", "95 07 6d703461", "packet type of multitrack at byte 1001: 7"),
  BadBody("reserved multitrack type", "95 31 6d703461", "AvMultitrackType at byte 1001: 3 is not"),
  BadBody("half a FourCC", "91 6d70", "FourCC at byte 1001: needs 4"),
  BadBody("a modifier past the end", "97 02 0000", "modExData at byte 1002: needs 3"),
  BadBody("one track without its number", "95 01 6d703461", "trackId at byte 1006: needs 1"),
]

/// How an enumeration inside of MediaFLV begins when it is printed as part of another value.
let field = "MediaFLV.FLVBodyAnomaly.Field."
/// Sixteen bytes that AES-CBC could begin with.
let iv = "000102030405060708090a0b0c0d0e0f"
