import MediaModel
import MediaRTMP
import Testing

/// What a peer acknowledges after each million bytes, and what is then on its way.
private func acknowledge(
  _ sequences: [UInt32], every step: Int = 1_000_000
) -> (bytes: RTMPSentBytes, codes: [String]) {
  var bytes = RTMPSentBytes()
  var codes: [String] = []
  for sequence in sequences {
    bytes.send(step)
    if let deviation = bytes.acknowledge(sequence) { codes.append(deviation.code.name) }
  }
  return (bytes, codes)
}

@Suite struct RTMPSentBytesTests {
  @Test func countsBytesOnTheirWay() {
    var bytes = RTMPSentBytes()
    bytes.send(5000)
    #expect(bytes.inFlight == 5000 && !bytes.hasAcknowledgement)
    let deviation = bytes.acknowledge(3000)
    #expect(deviation == nil && bytes.inFlight == 2000 && bytes.hasAcknowledgement)
  }

  @Test func thePeerMayCountTheHandshake() {
    let (bytes, codes) = acknowledge([1_003_073, 2_003_073])
    #expect(codes.isEmpty && bytes.inFlight == 0)
  }

  @Test func wrapsAtTwoToThe32() {
    let step = 0x6000_0000
    let (bytes, codes) = acknowledge([0x6000_0000, 0xc000_0000, 0x2000_0000], every: step)
    #expect(codes.isEmpty && bytes.acknowledged == 3 * step)
  }

  @Test func incrementsAreToldFromTotals() {
    let (bytes, codes) = acknowledge([1_000_000, 1_000_000, 1_000_000, 1_000_000])
    #expect(codes == ["acknowledgement-increments"] && bytes.inFlight == 0)
  }

  @Test func anEarlyWrapIsFollowed() {
    let (bytes, codes) = acknowledge(
      [0x5000_0000, 0xa000_0000, 0, 0x5000_0000], every: 0x5000_0000)
    #expect(codes == ["acknowledgement-wraps-early"] && bytes.inFlight == 0)
  }

  @Test func aWrapOf31BitsIsFollowed() {
    let (bytes, codes) = acknowledge(
      [0x3000_0000, 0x6000_0000, 0x1000_0000, 0x4000_0000, 0x7000_0000, 0x2000_0000],
      every: 0x3000_0000)
    #expect(codes == ["acknowledgement-wraps-early"] && bytes.inFlight == 0)
  }

  @Test func whatWasNeverSentIsNotAcknowledged() {
    let (bytes, codes) = acknowledge([50_000_000])
    #expect(codes == ["acknowledgement-too-much"] && bytes.inFlight == 1_000_000)
  }
}
