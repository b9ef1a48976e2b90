import MediaRTMP
import TestSupport
import Testing

private struct Case: Sendable {
  var control: RTMPControl
  var type: UInt8
  var payload: [UInt8]

  init(_ control: RTMPControl, _ type: UInt8, _ payload: String) {
    self.control = control
    self.type = type
    self.payload = hex(payload)
  }
}

private let cases: [Case] = [
  Case(.setChunkSize(10_000), 1, "00002710"),
  Case(.abort(chunkStreamID: 7), 2, "00000007"),
  Case(.acknowledgement(45_953_968), 3, "02bd33b0"),
  Case(.userControl(.streamBegin(1)), 4, "0000 00000001"),
  Case(.userControl(.streamEOF(2)), 4, "0001 00000002"),
  Case(.userControl(.streamDry(3)), 4, "0002 00000003"),
  Case(
    .userControl(.setBufferLength(stream: 35_534, milliseconds: 235_345)), 4,
    "0003 00008ace 00039751"),
  Case(.userControl(.streamIsRecorded(4)), 4, "0004 00000004"),
  Case(.userControl(.pingRequest(569_834_435)), 4, "0006 21f6fbc3"),
  Case(.userControl(.pingResponse(0xffff_ffff)), 4, "0007 ffffffff"),
  Case(.userControl(.bufferEmpty(5)), 4, "001f 00000005"),
  Case(.userControl(.bufferReady(6)), 4, "0020 00000006"),
  Case(.userControl(.other(0x1a, [])), 4, "001a"),
  Case(.userControl(.other(0x1b, [1, 2])), 4, "001b 0102"),
  Case(.windowAcknowledgementSize(2_500_000), 5, "002625a0"),
  Case(.setPeerBandwidth(2_500_000, .dynamic), 6, "002625a0 02"),
  Case(.setPeerBandwidth(0, .hard), 6, "00000000 00"),
  Case(.setPeerBandwidth(1, RTMPBandwidthLimit(rawValue: 9)), 6, "00000001 09"),
]

@Suite struct RTMPControlTests {
  @Test(arguments: cases) private func writesAndReads(_ given: Case) throws {
    let message = RTMPMessage(
      chunkStreamID: 2, typeID: RTMPMessageType(rawValue: given.type), payload: given.payload)
    #expect(given.control.message == message)
    #expect(try RTMPControl(message) == given.control)
  }

  @Test(arguments: cases) private func everyPrefixSaysWhatIsMissing(_ given: Case) throws {
    if case .userControl(.other) = given.control { return }
    for count in 0..<given.payload.count {
      let message = RTMPMessage(
        chunkStreamID: 2, typeID: RTMPMessageType(rawValue: given.type),
        payload: [UInt8](given.payload.prefix(count)))
      let error = #expect(throws: RTMPError.self) { try RTMPControl(message, at: 99) }
      let least = given.type == 4 && count < 2 ? 2 : given.payload.count
      #expect(error?.expectation == "\(least) or more" && error?.offset == 99)
    }
  }

  @Test func bytesBehindTheFieldsAreLetPass() throws {
    let message = RTMPMessage(
      chunkStreamID: 2, typeID: .acknowledgement, payload: hex("0000000109"))
    #expect(try RTMPControl(message) == .acknowledgement(1))
  }

  @Test func otherMessagesAreNone() throws {
    let message = RTMPMessage(chunkStreamID: 4, typeID: .audio, payload: [])
    #expect(try RTMPControl(message) == nil)
  }
}
