import Foundation
import TestSupport
import Testing

/// What an output lacks is said, and what is missing from it leaves the rest in its place.
@Suite struct RTPUnpackOmissionTests {
  private func unpack(_ arguments: String...) throws -> Outcome {
    try Mediatool.run(["rtp-unpack", "-y"] + arguments)
  }

  @Test func aSecondSourceIsNamed() throws {
    let scratch = try ScratchFolder()
    let first = RTPCaptures.sound(50)
    let second = RTPCaptures.sound(50).map {
      var packet = $0
      packet.ssrc = 7
      packet.time += 2_000_000_000
      return packet
    }
    let capture = try RTPCaptures.write(first + second, scratch)
    let outcome = try unpack("--map", "96=L16/8000", "-o", scratch["a.wav"], capture)
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(outcome.errors.contains("1 stream left out (#1)"), "\(outcome)")
    #expect(try wavSamples(scratch["a.wav"]).count == 50 * 320)
    let quiet = try unpack(
      "--map", "96=L16/8000", "--tracks", "1", "-o", scratch["b.wav"], capture)
    #expect(quiet.ending == .exit(0) && quiet.errors.isEmpty, "\(quiet)")
  }

  @Test func framesBeforeTheFirstKeyframeAreCounted() throws {
    let scratch = try ScratchFolder()
    let capture = try RTPCaptures.write(RTPCaptures.pictures("PPPIPP"), scratch)
    let map = "96=VP8/90000"
    let outcome = try unpack("--map", map, "-o", scratch["a.mkv"], capture)
    #expect(outcome.ending == .exit(0), "\(outcome)")
    #expect(outcome.errors.contains("3 frames before a keyframe"), "\(outcome)")
    let document = try rtpDocument("--map", map, "-y", "-o", scratch["a.mkv"], capture)
    let codes = document["findings"]?.items?.compactMap { $0["code"]?.string } ?? []
    #expect(codes.contains("W30036"))
    let whole = try unpack(
      "--map", map, "-o", scratch["a.mkv"],
      try RTPCaptures.write(RTPCaptures.pictures("IPP"), scratch))
    #expect(whole.ending == .exit(0) && whole.errors.isEmpty, "\(whole)")
  }

  @Test func whatCannotBeWrittenIsSaid() throws {
    let scratch = try ScratchFolder()
    let map = "96=VP8/90000"
    var capture = try RTPCaptures.write(RTPCaptures.pictures("PPPP"), scratch)
    let without = try unpack("--map", map, "-o", scratch["a.mkv"], capture)
    #expect(without.ending == .exit(65), "\(without)")
    #expect(without.errors.contains("no keyframe came, 4 frames without one"), "\(without)")
    capture = try RTPCaptures.write(RTPCaptures.pictures("IPPP"), scratch)
    let unheld = try unpack("--map", map, "-o", scratch["a.flv"], capture)
    #expect(unheld.ending == .exit(69), "\(unheld)")
    #expect(unheld.errors.contains("flv files do not hold vp8"), "\(unheld)")
    for output in ["a.mkv", "a.ivf", "a.wav"] {
      let none = try unpack("--map", map, "--tracks", "v:1", "-o", scratch[output], capture)
      #expect(none.ending == .exit(65) && none.errorLines.count == 1, "\(none)")
      #expect(none.errors.contains("--tracks v:1 selects nothing: there is video"), "\(none)")
    }
  }
}
