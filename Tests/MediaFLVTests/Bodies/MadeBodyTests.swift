import MediaBytes
import MediaFLV
import MediaModel
import Testing

/// Bodies made of values, and the bytes the specification wants for them.
struct MadeBodyTests {
  private let source = bytes("aabbcc")

  @Test func legacyForms() {
    let aac = FLVAudioBody(FLVSoundHeader(.aac), .raw, payload: 0..<3)
    #expect(aac.written(copying: source) == bytes("af 01 aabbcc"))
    let mp3 = FLVAudioBody(
      FLVSoundHeader(.mp3, rateCode: 1, is16Bit: true, isStereo: false), payload: 1..<3)
    #expect(mp3.written(copying: source) == bytes("26 bbcc"))
    #expect(FLVAudioBody(.silence, parts: []).written(copying: source).isEmpty)
    let avc = FLVVideoBody(.avc, .nalu, .inter, compositionTimeOffset: -40, payload: 0..<3)
    #expect(avc.written(copying: source) == bytes("27 01 ffffd8 aabbcc"))
    let end = FLVVideoBody(.avc, .endOfSequence, .key, payload: 0..<0)
    #expect(end.written(copying: source) == bytes("17 02 000000"))
    var vp6 = FLVVideoBody(.vp6, nil, .key, payload: 0..<1)
    vp6.vp6Adjustment = 0x28
    #expect(vp6.written(copying: source) == bytes("14 28 aa"))
  }

  @Test func commands() {
    #expect(FLVVideoBody(command: .startSeek).written(copying: []) == bytes("d0 00"))
    #expect(
      FLVVideoBody(command: .endSeek, codecID: .avc).written(copying: []) == bytes("57 01"))
  }

  @Test func enhancedForms() {
    let opus = FLVAudioBody(.codedFrames, .opus, payload: 0..<1)
    #expect(opus.written(copying: source) == bytes("91 4f707573 aa"))
    let hevc = FLVVideoBody(.codedFrames, .hvc1, .key, compositionTimeOffset: 80, payload: 0..<3)
    #expect(hevc.written(copying: source) == bytes("91 68766331 000050 aabbcc"))
    let av1 = FLVVideoBody(
      .codedFrames, .av01, .inter, modifiers: [.timestampOffset(nanoseconds: 999_999)],
      payload: 2..<3)
    #expect(av1.written(copying: source) == bytes("a7 02 0f423f 01 61763031 cc"))
    let start = FLVVideoBody(.sequenceStart, .vvc1, .key, payload: 0..<1)
    #expect(start.written(copying: source) == bytes("90 76766331 aa"))
  }

  @Test func multitrackForms() {
    let first = FLVMediaPart(
      .codedFrames, .enhancedVideo(.hvc1), compositionTimeOffset: 40, payload: 0..<1)
    let second = FLVMediaPart(
      .codedFrames, .enhancedVideo(.av01), trackID: 1, payload: 1..<3)
    let codecs = FLVVideoBody(
      .enhanced(FLVExHeader(.codedFrames, nil, multitrack: .manyTracksManyCodecs)), .inter,
      parts: [first, second])
    #expect(
      codecs.written(copying: source)
        == bytes("a6 21 68766331 00 000004 000028 aa 61763031 01 000002 bbcc"))
    let audio = FLVAudioBody(
      .enhanced(FLVExHeader(.codedFrames, .mp4a, multitrack: .manyTracks)),
      parts: [
        FLVMediaPart(.codedFrames, .enhancedAudio(.mp4a), payload: 0..<2),
        FLVMediaPart(.codedFrames, .enhancedAudio(.mp4a), trackID: 1, payload: 2..<3),
      ])
    #expect(
      audio.written(copying: source) == bytes("95 11 6d703461 00 000002 aabb 01 000001 cc"))
    let one = FLVVideoBody(
      .enhanced(
        FLVExHeader(
          .codedFrames, .hvc1, multitrack: .oneTrack, modifiers: [.timestampOffset(nanoseconds: 1)]
        )), .inter, parts: [first])
    #expect(
      one.written(copying: source) == bytes("a7 02 000001 06 01 68766331 00 000028 aa"))
  }

  @Test func encryptedForms() {
    var body = FLVAudioBody(FLVSoundHeader(.aac), .raw, payload: 0..<3)
    let vector = FLVEncryption.InitializationVector(
      high: 0x0001_0203_0405_0607, low: 0x0809_0a0b_0c0d_0e0f)
    body.encryption = FLVEncryption(.encryption(vector))
    #expect(
      body.written(copying: source)
        == bytes("af 01 01 456e6372797074696f6e00 000010 \(iv) aabbcc"))
    body.encryption = FLVEncryption(.selective(nil))
    #expect(body.written(copying: source) == bytes("af 01 01 534500 000001 00 aabbcc"))
  }

  @Test func anInvalidValueStopsTheWriter() async {
    await #expect(processExitsWith: .failure) {
      _ = FLVModifier.timestampOffset(nanoseconds: 1_000_000)
    }
    await #expect(processExitsWith: .failure) {
      _ = FLVVideoBody(.avc, nil, .key, payload: 0..<0).written(copying: [])
    }
    await #expect(processExitsWith: .failure) {
      _ = FLVVideoBody(.av1Dialect, .nalu, .key, payload: 0..<9).written(copying: [1])
    }
  }

  @Test func onePartListsBehaveAsCollections() {
    let part = FLVMediaPart(.codedFrames, .unsaid, payload: 0..<1)
    var parts = FLVMediaParts()
    #expect(parts.isEmpty && parts.first == nil)
    parts.append(part)
    #expect(parts == FLVMediaParts(part) && parts.count == 1)
    parts.append(FLVMediaPart(.command, .unsaid, payload: 1..<2))
    #expect(parts.map(\.kind) == [.codedFrames, .command])
    #expect(parts.last?.payload == 1..<2)
  }
}
