import Foundation
import TestSupport
import Testing

/// `--duration` is media time from the first frame kept.
@Suite struct RTPUnpackDurationTests {
  /// RTCP alone for five seconds, then four of sound.
  private func capture(_ scratch: ScratchFolder) throws -> String {
    let packets = RTPCaptures.sound(200).map { ($0.time + 5_000_000_000, $0.bytes) }
    let report = RTPCaptures.report(ntp: RTPCaptures.start, rtp: 0)
    try RTPCaptures.write([(0, report)] + packets, to: scratch["a.pcap"])
    return scratch["a.pcap"]
  }

  @Test func whatComesBeforeTheFirstFrameIsNotCounted() throws {
    let scratch = try ScratchFolder()
    let path = try capture(scratch)
    _ = try rtpDocument(
      "--map", "96=L16/8000", "--duration", "1s", "-o", scratch["a.wav"], path)
    #expect(try contents(of: scratch["a.wav"]).count == 44 + 16_000)
    let document = try rtpDocument("--map", "96=L16/8000", "--duration", "1s", path)
    #expect(document["streams"]?[0]?["packets"]?.integer == 51)
  }

  /// Nothing says what packets hold: their arrival is all the time there is.
  @Test func withoutFramesItIsTheTimeOfArrival() throws {
    let scratch = try ScratchFolder()
    let document = try rtpDocument(
      "--map", "97=L16/8000", "--duration", "2s", try capture(scratch), exit: 65)
    #expect(document["streams"]?[0]?["packets"]?.integer ?? 0 > 90)
    #expect(document["streams"]?[0]?["packets"]?.integer ?? 200 < 180)
  }

  @Test func theLargestPacketIsOnlyChecked() throws {
    let scratch = try ScratchFolder()
    let outcome = try Mediatool.run(["rtp-unpack", "--mtu", "1200", try capture(scratch)])
    #expect(outcome.ending == .exit(64) && outcome.errors.contains("--check"), "\(outcome)")
  }
}
