import MediaBytes
import MediaModel
import TestSupport
import Testing

@testable import MediaRTP

/// Payloads that cost more than they should unless care is taken.
@Suite struct HostilePayloadTests {
  /// Two bytes are enough to break a rule of program streams.
  @Test func remarksOfOneCallAreBounded() {
    let unit = MPEGPSTests.pack + [0xff]
    let piece = Array(repeatElement(unit, count: 5000).joined())
    var depacketizer = MPEGPSDepacketizer()
    let output = receive([SentPacket(piece, marker: true)], &depacketizer)
    #expect(output.remarks.count == RTPOutput.mostRemarks)
    #expect(output.remarkCodeSet == [.psStructure])
  }
}
