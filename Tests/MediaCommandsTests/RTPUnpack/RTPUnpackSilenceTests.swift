import TestSupport
import Testing

/// Sound that did not come leaves the rest in its place.
@Suite struct RTPUnpackSilenceTests {
  private func unpack(_ arguments: String...) throws -> Outcome {
    try Mediatool.run(["rtp-unpack", "-y"] + arguments)
  }

  @Test(arguments: [("L16/8000", 0, 320), ("PCMU/8000", 0xff, 160), ("PCMA/8000", 0xd5, 160)])
  func lostSoundIsSilence(format: String, silence: UInt8, size: Int) throws {
    let scratch = try ScratchFolder()
    var packets = RTPCaptures.sound(20)
    for index in packets.indices { packets[index].payload = [UInt8](repeating: 1, count: size) }
    packets.removeSubrange(5..<8)
    let capture = try RTPCaptures.write(packets, scratch)
    let outcome = try unpack("--map", "96=\(format)", "-o", scratch["a.wav"], capture)
    #expect(outcome.ending == .exit(0) && outcome.errorLines.count == 1, "\(outcome)")
    #expect(outcome.errors.contains("3 packets lost; 1 gap filled with 0.060 s of silence"))
    let found = try wavSamples(scratch["a.wav"])
    #expect(found.count == 20 * size)
    #expect(found[..<(5 * size)].allSatisfy { $0 == 1 })
    #expect(found[(5 * size)..<(8 * size)].allSatisfy { $0 == silence })
    let document = try rtpDocument("--map", "96=\(format)", "-y", "-o", scratch["a.wav"], capture)
    let codes = document["findings"]?.items?.compactMap { $0["code"]?.string } ?? []
    #expect(codes.contains("I30037"))
  }
}
