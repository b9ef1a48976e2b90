import MediaBytes
import MediaIO
import MediaRTP
import MediaRTSP
import Testing

@testable import MediaCommands

@Suite struct RTSPDatagramRouteTests {
  private let server: SocketAddress
  init() throws { server = try #require(SocketAddress("192.0.2.1", port: 554)) }

  private func route(
    _ transport: String, session: String = "", media: String = "m=video 0 RTP/AVP 96",
    server: String? = nil
  ) throws -> RTSPDatagramRoute {
    let lines = ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", session, "t=0 0", media]
    let text = lines.filter { !$0.isEmpty }.joined(separator: "\r\n") + "\r\n"
    let bytes = Array(text.utf8)
    var reader = ByteReader(bytes.span)
    let description = try SDPSession(parsing: &reader)
    let answer = try #require(RTSPTransport.parse(transport).first)
    let peer = try server.map { try #require(SocketAddress($0, port: 554)) } ?? self.server
    return try RTSPDatagramRoute(answer, description.media[0], in: description, server: peer)
  }

  struct Vector: CustomTestStringConvertible, Sendable {
    var testDescription: String { transport }
    var transport: String
    var sources: [String]
    var rtp: UInt16?
    var rtcp: UInt16?
  }

  static let unicast = [
    Vector(
      transport: "RTP/AVP;unicast;client_port=5000-5001;server_port=6000-6001",
      sources: ["192.0.2.1"], rtp: 6000, rtcp: 6001),
    Vector(
      transport: "RTP/AVP/UDP;unicast;client_port=5000-5001;server_port=6001",
      sources: ["192.0.2.1"], rtp: 6001, rtcp: 6002),
    Vector(
      transport: "RTP/AVP;unicast;client_port=5000-5001;server_port=0-0", sources: ["192.0.2.1"]),
    Vector(
      transport: "RTP/AVP;unicast;server_port=6000-0", sources: ["192.0.2.1"], rtp: 6000, rtcp: 6001
    ),
    Vector(transport: "RTP/AVP;unicast;server_port=65535", sources: ["192.0.2.1"], rtp: 65535),
    Vector(transport: "RTP/AVP;unicast", sources: ["192.0.2.1"]),
    Vector(transport: "RTP/AVP;unicast;source=", sources: ["192.0.2.1"]),
    Vector(transport: "RTP/AVP;unicast;source=camera.example", sources: ["192.0.2.1"]),
    Vector(transport: "RTP/AVP;unicast;source=0.0.0.0", sources: ["192.0.2.1"]),
    Vector(transport: "RTP/AVP;unicast;source=::1", sources: ["192.0.2.1"]),
    Vector(transport: "RTP/AVP;unicast;source=239.0.0.1", sources: ["192.0.2.1"]),
    Vector(transport: "RTP/AVP;unicast;source=192.0.2.1", sources: ["192.0.2.1"]),
    Vector(transport: "RTP/AVP;unicast;source=10.0.0.9", sources: ["192.0.2.1", "10.0.0.9"]),
    Vector(transport: "RTP/AVP;unicast;destination=198.51.100.7", sources: ["192.0.2.1"]),
  ]

  @Test(arguments: unicast) func packetsComeFromTheServersHost(_ vector: Vector) throws {
    let route = try route(vector.transport)
    #expect(route.group == nil)
    #expect(route.sources.map(\.host) == vector.sources)
    #expect(route.serverPorts == .init(rtp: vector.rtp, rtcp: vector.rtcp))
  }

  @Test func portsOfTheHostDoNotCountAndOtherHostsDo() throws {
    let route = try route("RTP/AVP;unicast;server_port=6000-6001")
    #expect(route.takes(try #require(SocketAddress("192.0.2.1", port: 1))))
    #expect(!route.takes(try #require(SocketAddress("192.0.2.2", port: 6000))))
  }

  struct Grouped: CustomTestStringConvertible, Sendable {
    var testDescription: String { transport + " " + session + " " + media }
    var transport: String
    var session = ""
    var media = "m=video 0 RTP/AVP 96"
    var rtp: String
    var rtcp: String?
    var sources: [String] = []
  }

  static let groups = [
    Grouped(
      transport: "RTP/AVP;multicast;destination=239.1.2.3;port=5004-5005;ttl=16",
      rtp: "239.1.2.3:5004", rtcp: "239.1.2.3:5005"),
    Grouped(
      transport: "RTP/AVP;multicast;destination=239.1.2.3;port=5003",
      rtp: "239.1.2.3:5003", rtcp: "239.1.2.3:5004"),
    // Ports under another name, and a group that nobody calls one.
    Grouped(
      transport: "RTP/AVP;unicast;destination=239.1.2.3;client_port=5004-5009",
      rtp: "239.1.2.3:5004", rtcp: "239.1.2.3:5009"),
    Grouped(
      transport: "RTP/AVP;multicast;destination=239.1.2.3;server_port=5004-5005",
      rtp: "239.1.2.3:5004", rtcp: "239.1.2.3:5005"),
    Grouped(
      transport: "RTP/AVP;multicast;destination=239.1.2.3;port=65535", rtp: "239.1.2.3:65535"),
    Grouped(
      transport: "RTP/AVP;multicast", session: "c=IN IP4 239.9.9.9/16",
      media: "m=video 5010 RTP/AVP 96", rtp: "239.9.9.9:5010", rtcp: "239.9.9.9:5011"),
    Grouped(
      transport: "RTP/AVP;multicast;destination=10.0.0.1", session: "c=IN IP4 0.0.0.0",
      media: "m=video 5010 RTP/AVP 96\r\nc=IN IP4 239.9.9.9/16\r\na=rtcp-mux",
      rtp: "239.9.9.9:5010"),
    Grouped(
      transport: "RTP/AVP;multicast;destination=[ff15::7];port=5004-5005",
      rtp: "[ff15::7]:5004", rtcp: "[ff15::7]:5005"),
    Grouped(
      transport: "RTP/AVP;multicast;destination=232.1.2.3;port=5004-5005;source=10.0.0.9",
      session: "a=source-filter: incl IN IP4 * 10.0.0.8", rtp: "232.1.2.3:5004",
      rtcp: "232.1.2.3:5005", sources: ["10.0.0.9"]),
    Grouped(
      transport: "RTP/AVP;multicast;destination=232.1.2.3;port=5004-5005;source=camera",
      session: "a=source-filter: incl IN IP4 232.1.2.3 10.0.0.8 name 10.0.0.7",
      rtp: "232.1.2.3:5004", rtcp: "232.1.2.3:5005", sources: ["10.0.0.8", "10.0.0.7"]),
    // That of the media stands for the session's, and one for another address says nothing.
    Grouped(
      transport: "RTP/AVP;multicast;destination=232.1.2.3;port=5004-5005",
      session: "a=source-filter: incl IN IP4 * 10.0.0.8",
      media: "m=video 0 RTP/AVP 96\r\na=source-filter: incl IN IP4 232.1.2.4 10.0.0.7",
      rtp: "232.1.2.3:5004", rtcp: "232.1.2.3:5005"),
    Grouped(
      transport: "RTP/AVP;multicast;destination=232.1.2.3;port=5004-5005",
      session: "a=source-filter: excl IN IP4 * 10.0.0.8", rtp: "232.1.2.3:5004",
      rtcp: "232.1.2.3:5005"),
  ]

  @Test(arguments: groups) func groupsAreThoseOfTheAnswerOrTheDescription(
    _ vector: Grouped
  ) throws {
    let route = try route(vector.transport, session: vector.session, media: vector.media)
    #expect(route.group?.rtp.description == vector.rtp)
    #expect(route.group?.rtcp?.description == vector.rtcp)
    #expect(route.sources.map(\.host) == vector.sources)
  }

  @Test func aGroupThatNobodyNamesIsTheServersFault() throws {
    for transport in [
      "RTP/AVP;multicast;port=5004", "RTP/AVP;multicast;destination=10.0.0.1;port=5004",
      "RTP/AVP;multicast;destination=239.1.2.3", "RTP/AVP;multicast;destination=239.1.2.3;port=0-0",
    ] {
      let failure = #expect(throws: Failure.self) { _ = try route(transport) }
      #expect(failure?.exit == .protocolError, "\(transport)")
    }
  }
}
