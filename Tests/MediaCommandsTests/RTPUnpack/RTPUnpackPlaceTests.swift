import MediaIO
import TestSupport
import Testing

/// Where packets are received.
@Suite struct RTPUnpackPlaceTests {
  @Test(
    arguments: [
      ("rtp://:0", 64, "needs a port"), ("rtp://u:p@:5004", 64, "alone"),
      ("rtp://:5004?x=1", 64, "alone"), ("rtp://192.0.2.77:5004", 71, "192.0.2.77:5004"),
    ] as [(String, Int32, String)])
  func placesToReceiveAtAreChecked(url: String, exit: Int32, words: String) throws {
    let outcome = try Mediatool.run(["rtp-unpack", url], limit: 20)
    #expect(outcome.ending == .exit(exit) && outcome.errors.contains(words), "\(outcome)")
    #expect(outcome.stdout.isEmpty, "\(outcome)")
  }

  @Test func aTakenPortIsNamed() throws {
    let socket = try UDPSocket(bindingTo: .any(isIPv4: false))
    let port = try socket.localAddress().port
    let outcome = try Mediatool.run(["rtp-unpack", "rtp://:\(port)"], limit: 20)
    #expect(outcome.ending == .exit(71) && outcome.errors.contains(":\(port): "), "\(outcome)")
  }
}
