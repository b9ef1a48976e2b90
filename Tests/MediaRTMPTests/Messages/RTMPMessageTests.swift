import MediaModel
import MediaRTMP
import Testing

@Suite struct RTMPMessageTests {
  @Test func namesOfTypes() {
    #expect("\(RTMPMessageType.setPeerBandwidth)" == "Set Peer Bandwidth")
    #expect("\(RTMPMessageType(rawValue: 99))" == "type 99")
    #expect(RTMPMessageType.abort.isProtocolControl && !RTMPMessageType.audio.isProtocolControl)
  }

  /// A connect command may hold a password in its tcUrl.
  @Test func payloadsAreNotShown() {
    let message = RTMPMessage(
      chunkStreamID: 3, typeID: .command, payload: [UInt8]("secret".utf8))
    #expect("\(message)" == "command, 6 bytes, timestamp 0, stream 0, chunk stream 3")
    var dumped = ""
    dump(message, to: &dumped)
    #expect(!dumped.contains("115") && !String(reflecting: message).contains("115"))
  }

  @Test func errorsSayWhatWhereAndWhatElse() {
    let error = RTMPError(
      .malformed, "Set Chunk Size", seen: "0", expected: "1 to 2147483647", at: 3089)
    #expect("\(error)" == "Set Chunk Size at byte 3089: 0, expected 1 to 2147483647")
    #expect("\(RTMPError(.unsupported, "scheme", seen: "rtmpe", fault: .local))" == "scheme: rtmpe")
    #expect(error.fault == .peer)
  }

  @Test func deviationsCarryTheirClause() {
    let code = Deviation.Code("s2-not-echo", "Adobe RTMP 1.0 §5.2.4")
    let deviation = Deviation(code, seen: "other bytes", action: "went on")
    #expect("\(deviation)" == "s2-not-echo: other bytes; went on (Adobe RTMP 1.0 §5.2.4)")
  }
}
