import MediaRaw
import TestSupport
import Testing

private let sound = chunk("data", Array(repeating: 0, count: 40))

private func padded(_ text: String, _ count: Int) -> [UInt8] {
  Array(text.utf8) + [UInt8](repeating: 0, count: count - text.utf8.count)
}

private func bext(version: Int, loudness: [Int], umid: [UInt8] = []) -> [UInt8] {
  padded("A voice", 256) + padded("Me", 32) + padded("REF", 32) + Array("2026-11-2112:34:56".utf8)
    + le(5_000_000_000, 8) + le(version, 2) + umid + [UInt8](repeating: 0, count: 64 - umid.count)
    + loudness.flatMap { le($0, 2) } + [UInt8](repeating: 0, count: 180)
    + Array("A=PCM\r\n".utf8)
}

@Suite("What a file tells of its sound")
struct SoundMetadataTests {
  @Test("The broadcast extension, loudness from version 2 on")
  func broadcast() throws {
    let levels = [-2301, 650, -105, 0x7fff, -1800]
    let umid = Array(repeating: UInt8(0xab), count: 32)
    let file = read(
      wav(fmt(), chunk("bext", bext(version: 2, loudness: levels, umid: umid)), sound))
    let found = try #require(file.metadata.broadcast)
    #expect(found.description == "A voice" && found.originator == "Me")
    #expect(found.originatorReference == "REF" && found.originationDate == "2026-11-21")
    #expect(found.originationTime == "12:34:56" && found.timeReference == 5_000_000_000)
    #expect(found.version == 2 && found.umid == String(repeating: "ab", count: 32))
    #expect(found.loudness == -23.01 && found.loudnessRange == 6.5 && found.maxTruePeak == -1.05)
    #expect(found.maxMomentary == nil && found.maxShortTerm == -18)
    #expect(found.codingHistory == "A=PCM\r\n" && file.findings.isEmpty)
    let old = read(wav(fmt(), chunk("bext", bext(version: 1, loudness: levels)), sound))
    #expect(old.metadata.broadcast?.loudness == nil && old.metadata.broadcast?.umid == nil)
    let short = read(wav(fmt(), chunk("bext", padded("A voice", 300)), sound))
    #expect(short.codes == ["W50013"] && short.metadata.broadcast?.description == "A voice")
  }

  @Test("Points and their names, whichever come first")
  func cues() {
    func point(_ id: Int, _ frame: Int) -> [UInt8] {
      le(id, 4) + le(0, 4) + Array("data".utf8) + le(0, 4) + le(0, 4) + le(frame, 4)
    }
    let points = chunk("cue ", le(2, 4) + point(1, 3) + point(2, 7))
    let names = chunk(
      "LIST", Array("adtl".utf8) + chunk("labl", le(2, 4) + Array("two\0".utf8)))
    let expected = [SoundCue(id: 1, frame: 3), SoundCue(id: 2, frame: 7, label: "two")]
    #expect(read(wav(fmt(), points, names, sound)).metadata.cues == expected)
    #expect(read(wav(fmt(), names, sound, points)).metadata.cues == expected)
    let short = read(wav(fmt(), chunk("cue ", le(9, 4) + point(1, 3)), sound))
    #expect(short.metadata.cues == [SoundCue(id: 1, frame: 3)] && short.codes == ["W50013"])
  }

  @Test("iXML as it stands, and tags in UTF-8 or else Latin-1")
  func texts() {
    let tags = chunk(
      "LIST",
      Array("INFO".utf8) + chunk("IART", [0x4e, 0xe4]) + chunk("ISFT", Array("ä\0".utf8))
        + chunk("IXYZ", Array("own".utf8)) + chunk("IART", Array("second".utf8)))
    let file = read(wav(fmt(), sound, tags, chunk("iXML", Array("<BWFXML/>\n\0".utf8))))
    #expect(file.metadata.ixml == "<BWFXML/>\n")
    #expect(file.metadata.tags == ["artist": "Nä", "encoder": "ä", "IXYZ": "own"])
  }
}
