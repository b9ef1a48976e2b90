import MediaModel
import MediaRTMP
import TestSupport
import Testing

private func aggregate(_ payload: [UInt8], at timestamp: UInt32 = 5000) -> RTMPAggregate {
  RTMPAggregate(
    RTMPMessage(
      chunkStreamID: 6, timestamp: timestamp, typeID: .aggregate, messageStreamID: 1,
      payload: payload))
}

private func part(_ timestamp: UInt32, _ payload: [UInt8], type: RTMPMessageType) -> RTMPMessage {
  RTMPMessage(
    chunkStreamID: 6, timestamp: timestamp, typeID: type, messageStreamID: 1, payload: payload)
}

/// Two tags 40 ms apart, the second with another stream ID as some servers have it.
private let first = hex("09 000002 0003e8 00 000000 1122")
private let second = hex("08 000001 000410 00 000001 33")
private let whole = first + hex("0000000d") + second + hex("0000000c")
private let parts = [part(5000, [0x11, 0x22], type: .video), part(5040, [0x33], type: .audio)]

@Suite struct RTMPAggregateTests {
  @Test func timestampsAreRelativeToTheFirst() {
    let found = aggregate(whole)
    #expect(found.messages == parts && found.deviations.isEmpty)
    #expect(aggregate(whole, at: 0xffff_fff0).messages.map(\.timestamp) == [0xffff_fff0, 24])
    // Back in time inside, and with the extension byte.
    let back = aggregate(
      hex("08 000000 000005 01 000000 0000000b 08 000000 000001 01 000000 0000000b"))
    #expect(back.messages.map(\.timestamp) == [5000, 4996] && back.deviations.isEmpty)
  }

  @Test func damageLeavesWhatIsBefore() {
    for count in 1..<whole.count {
      let found = aggregate([UInt8](whole.prefix(count)))
      let names = found.deviations.map(\.code.name)
      let full = count < 13 ? 0 : count < 29 ? 1 : 2
      #expect(found.messages == [RTMPMessage](parts.prefix(full)), "\(count)")
      switch count {
      case 13..<17, 29..<33: #expect(names == ["aggregate-back-pointer"], "\(count)")
      case 17: #expect(names.isEmpty)
      default: #expect(names == ["aggregate-damaged"], "\(count)")
      }
    }
    #expect(aggregate([]).messages.isEmpty && aggregate([]).deviations.isEmpty)
    #expect(
      aggregate(first + hex("0000000d 09 ffffff 000000 00 000000")).deviations.first?.seen
        == "no whole message in the last 11 bytes, from byte 17 of the aggregate")
  }

  @Test func oddBackPointersAreToldOnce() {
    let found = aggregate(first + hex("00000000") + second + hex("00000000"))
    #expect(found.messages == parts)
    #expect(
      found.deviations.map(\.seen) == ["the back pointer of a message of 13 bytes is 0"])
  }
}
