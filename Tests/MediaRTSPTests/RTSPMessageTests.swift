import MediaRTP
import Testing

@testable import MediaRTSP

@Suite("RTSP messages")
struct RTSPMessageTests {
  static func message(_ head: String, _ body: String = "") throws -> RTSPMessage {
    try RTSPMessage(InterleavedMessage(head: Array(head.utf8), body: Array(body.utf8)))
  }

  @Test("A request is read as it was written")
  func request() throws {
    var headers = RTSPHeaders()
    headers.append("CSeq", "7")
    headers.append("X", "a\r\nInjected: b")
    let request = RTSPRequest(
      .setParameter, "rtsp://cam/a", headers: headers, body: Array("k: v".utf8))
    var deframer = InterleavedDeframer()
    let bytes = request.bytes
    deframer.receive(bytes.span)
    guard case .message(let found, at: 0)? = deframer.next(),
      case .request(let read) = try RTSPMessage(found)
    else { return #expect(Bool(false), "no request") }
    #expect(read.method == .setParameter)
    #expect(read.uri == "rtsp://cam/a")
    #expect(read.sequenceNumber == 7)
    #expect(read.headers["X"] == "a  Injected: b")
    #expect(read.headers["Injected"] == nil)
    #expect(read.headers["content-length"] == "4")
    #expect(read.body == Array("k: v".utf8))
  }

  @Test(
    "A status line, as servers write it",
    arguments: [
      ("RTSP/1.0 200 OK\r\n\r\n", RTSPStatus(200, "OK")),
      ("RTSP/1.0 200\n\n", RTSPStatus(200, "")),
      ("RTSP/1.0  404  Stream  not found \r\n\r\n", RTSPStatus(404, "Stream  not found")),
      ("HTTP/1.1 401 Unauthorized\r\n\r\n", RTSPStatus(401, "Unauthorized")),
      ("RTSP/2.0 551 \r\n\r\n", RTSPStatus(551, "")),
    ])
  func statuses(_ head: String, _ status: RTSPStatus) throws {
    guard case .response(let response) = try Self.message(head) else {
      return #expect(Bool(false), "no answer")
    }
    #expect(response.status == status)
  }

  @Test(
    "What is no start line is an error that shows it",
    arguments: ["RTSP/1.0 OK\r\n\r\n", "RTSP/1.0 20 OK\r\n\r\n", "RTSP/1.0\r\n\r\n"])
  func invalid(_ head: String) {
    #expect(throws: RTSPError.self) { try Self.message(head) }
  }

  @Test("Header fields: any case, blanks, lines that go on, lines that are none")
  func headers() throws {
    let message = try Self.message(
      "RTSP/1.0 200 OK\r\ncseq :  3 \r\nX-A: one\r\n two\r\nnonsense\r\n: empty\r\nx-a:three\r\n\r\n"
    )
    #expect(message.headers.values("X-a") == ["one two", "three"])
    #expect(message.headers["CSEQ"] == "3")
    #expect(message.headers.fields.count == 3)
  }

  @Test(
    "CSeq",
    arguments: [("5", 5), ("5 ", 5), ("5 x", 5), ("0", 0), ("-1", nil), ("x", nil), ("", nil)])
  func sequenceNumber(_ text: String, _ number: Int?) {
    #expect(RTSPHeaders([("CSeq", text)]).sequenceNumber == number)
  }
}
