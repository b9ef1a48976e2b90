import TestSupport
import Testing

/// What stands at the end of an input and cannot be sent is told with its size.
@Suite struct FrameSourceEndTests {
  private func notes(
    _ bytes: some Sequence<UInt8>, _ name: String, _ options: String...
  ) throws -> [String] {
    let folder = try ScratchFolder()
    let outcome = try Mediatool.run(
      ["rtp-pack", "--json", "--verify"] + options + [folder.write(Array(bytes), to: name)])
    #expect(outcome.ending == .exit(0), "\(outcome)")
    let notes = try JSONText(outcome.stdout)["notes"]?.items?.compactMap(\.string) ?? []
    #expect(notes.allSatisfy { outcome.errors.contains($0) }, "\(outcome)")
    return notes
  }

  @Test func partOfATransportPacket() throws {
    let packet = [0x47, 0x1f, 0xff, 0x10] + [UInt8](repeating: 0xff, count: 184)
    let stream = [[UInt8]](repeating: packet, count: 9).flatMap { $0 }
    #expect(try notes(stream, "a.ts", "--payload", "mp2t").isEmpty)
    #expect(
      try notes(stream + packet.prefix(100), "a.ts", "--payload", "mp2t")
        == ["the end, 100 bytes, is no whole packet and is left out"])
  }

  @Test func partOfASample() throws {
    func wav(_ count: UInt8) -> [UInt8] {
      Array("RIFF".utf8) + [36 + count, 0, 0, 0] + Array("WAVEfmt ".utf8)
        + [16, 0, 0, 0, 1, 0, 2, 0, 0x80, 0xbb, 0, 0, 0, 0xee, 2, 0, 4, 0, 16, 0]
        + Array("data".utf8) + [count, 0, 0, 0] + [UInt8](repeating: 1, count: Int(count))
    }
    #expect(try notes(wav(100), "a.wav").isEmpty)
    #expect(
      try notes(wav(103), "a.wav")
        == ["the end, 3 bytes, is no whole sample of each channel and is left out"])
    #expect(
      try notes(wav(100).dropLast(20), "a.wav")
        == ["the header promises 100 bytes of samples, the input ends after 80"])
  }

  @Test func unitsBehindTheLastPicture() throws {
    let sps = hex("00000001 67640028acd940780227e584000003000400000300f03c60c658")
    let stream = sps + hex("00000001 68ebecb22c 00000001 6588843f80")
    #expect(try notes(stream, "a.h264", "--fps", "25").isEmpty)
    #expect(
      try notes(stream + sps, "a.h264", "--fps", "25")
        == ["the end, 26 bytes, belongs to no picture and is left out"])
  }
}
