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

  /// A STAP-A of zero sizes with something behind them.
  @Test(arguments: [UInt8(0), 1]) func emptyUnitsOfAnAggregateAreToldOnce(last: UInt8) {
    let payload = [0x78] + [UInt8](repeating: 0, count: 60_000) + [0, 1, 0x67, last]
    var depacketizer = H264Depacketizer()
    let output = receive([SentPacket(payload, marker: true)], &depacketizer)
    let aggregates = output.remarkCodes.filter { $0 == .emptyAggregate || $0 == .aggregateSize }
    #expect(aggregates == (last == 0 ? [.emptyAggregate] : [.emptyAggregate, .aggregateSize]))
  }

  /// What stands behind an empty one is as good as without it.
  @Test func unitsBehindAnEmptyOneAreKept() {
    var depacketizer = H264Depacketizer()
    let output = receive(
      [packet("78 0000 0002 6588 0000 0000 0002 6540 0000")], &depacketizer)
    #expect(output.frames.map(\.data) == [hex("00000002 6588 00000002 6540")])
    let codes = output.remarkCodes.filter { $0 == .emptyAggregate || $0 == .aggregatePadding }
    #expect(codes == [.emptyAggregate, .aggregatePadding])
  }
}
