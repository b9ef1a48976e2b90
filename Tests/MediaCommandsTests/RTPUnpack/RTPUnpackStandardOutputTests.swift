import TestSupport
import Testing

/// Frames on standard output.
@Suite struct RTPUnpackStandardOutputTests {
  private func unpack(_ arguments: String...) throws -> Outcome {
    try Mediatool.run(["rtp-unpack", "-y"] + arguments)
  }

  @Test func standardOutputTakesTheNaturalForm() throws {
    let scratch = try ScratchFolder()
    let capture = try RTPCaptures.write(RTPCaptures.sound(50), scratch)
    let file = try unpack("--map", "96=L16/8000", "-o", scratch["a.wav"], capture)
    #expect(file.ending == .exit(0), "\(file)")
    let outcome = try unpack("--map", "96=L16/8000", "-o", "-", capture)
    #expect(outcome.ending == .exit(0) && outcome.errors.isEmpty, "\(outcome)")
    #expect(outcome.stdout == (try contents(of: scratch["a.wav"])))
    let frames = try RTPCaptures.write(RTPCaptures.pictures("IPP"), scratch)
    let video = try unpack("--map", "96=VP8/90000", "-o", "-", frames)
    #expect(video.ending == .exit(0) && video.stdout.starts(with: Array("DKIF".utf8)))
    let nothing = try unpack("--map", "96=telephone-event/8000", "-o", "-", frames)
    #expect(nothing.ending == .exit(65) && nothing.stdout.isEmpty, "\(nothing)")
  }
}
