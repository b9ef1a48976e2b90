import MediaIO
import TestSupport
import Testing

@testable import MediaCommands
@testable import MediaRTSP

@Suite struct RTSPDatagramGroupTests {
  private let packet: [UInt8] = [0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9]

  /// A group of loopback on ports that were free a moment ago, and who sends to it.
  private func group(_ digits: String) throws -> (group: SocketAddress, sender: UDPSocket) {
    var group = try #require(SocketAddress(digits, port: 0))
    group.port = try freePorts()
    let sender = try UDPSocket(bindingTo: #require(SocketAddress("127.0.0.1", port: 0)))
    try sender.sendToGroups(through: NetworkInterface("lo"))
    return (group, sender)
  }

  private func answer(_ text: String) throws -> RTSPTransport {
    try #require(RTSPTransport.parse(text).first)
  }

  @Test(arguments: ["127.0.0.1", "lo", nil]) func groupsAreJoined(_ interface: String?) throws {
    let (group, sender) = try group("239.255.78.1")
    let server = try #require(SocketAddress("127.0.0.1", port: 554))
    let reception = try DatagramReception(
      server: server, interface: try interface.map { try NetworkInterface($0) })
    let ports = try #require(reception.ports)
    #expect(
      try ports.plan(track: 0, isMulticast: true).description == "RTP/AVP;multicast")
    try ports.setUp(
      track: 0,
      answer(
        "RTP/AVP;multicast;destination=\(group.host);port=\(group.port)-\(group.port + 1);ttl=1"))
    try sender.send(packet, to: group)
    try reception.wait(for: 1)
    #expect(reception.packets[0].destination == group.description)
    #expect(reception.packets[0].source == "\(try sender.localAddress())")
    var second = group
    second.port += 1
    try sender.send([0x80, 200, 0, 0], to: second)
    try reception.wait(for: 2)
    #expect(reception.packets.map(\.isRTCP) == [false, true])
  }

  /// Reports go to the sender's host and the group's port, not to the group.
  @Test func reportsGoToTheSenderAlone() throws {
    let (group, sender) = try group("239.255.78.2")
    let server = try #require(SocketAddress("127.0.0.1", port: 554))
    let reception = try DatagramReception(server: server, interface: try NetworkInterface("lo"))
    let ports = try #require(reception.ports)
    _ = try ports.plan(track: 0, isMulticast: true)
    try ports.setUp(
      track: 0,
      answer("RTP/AVP;multicast;destination=\(group.host);port=\(group.port)-\(group.port + 1)"))
    try sender.send(packet, to: group)
    try reception.wait(for: 1)
    ports.punch(ssrc: 1, cname: "nobody")
    var address = try #require(SocketAddress("127.0.0.1", port: group.port + 1))
    let listener = try UDPSocket(bindingTo: address)
    ports.send(rtcp: [0x80, 201, 0, 1, 0, 0, 0, 1], track: 0)
    let inbox = DatagramInbox()
    #expect(try listener.receive(into: inbox, until: DatagramReception.limit) == 1)
    #expect(inbox.bytes(0) == [0x80, 201, 0, 1, 0, 0, 0, 1])
    address.port -= 1
    #expect(ports.figures.unsentCount == 0 && reception.packets.count == 1)
  }

  @Test func aGroupIsHeardFromItsSourceAlone() throws {
    let (group, sender) = try group("232.9.9.10")
    let server = try #require(SocketAddress("127.0.0.1", port: 554))
    let text = RTSPScriptedServer.usualDescription
    let described = text.replacing(
      "m=audio 0",
      with: "c=IN IP4 \(group.host)/1\r\na=source-filter: incl IN IP4 * 127.0.0.1\r\nm=audio 0"
    ).replacing("m=video 0", with: "m=video \(group.port)")
    let reception = try DatagramReception(
      server: server, interface: try NetworkInterface("lo"), description: described)
    let ports = try #require(reception.ports)
    _ = try ports.plan(track: 0, isMulticast: true)
    try ports.setUp(track: 0, answer("RTP/AVP;multicast"))
    // Somebody else on this host wants packets of all sources.
    let bystander = try UDPSocket(bindingTo: group, shared: true)
    try bystander.join(group, on: NetworkInterface("lo"))
    let stranger = try UDPSocket(bindingTo: #require(SocketAddress("127.0.0.2", port: 0)))
    try stranger.sendToGroups(through: NetworkInterface("lo"))
    try stranger.send([1, 2, 3], to: group)
    try sender.send(packet, to: group)
    try reception.wait(for: 1)
    #expect(reception.packets[0].bytes == packet)
    let inbox = DatagramInbox()
    var heard: [[UInt8]] = []
    while heard.count < 2 {
      let count = try bystander.receive(into: inbox, until: DatagramReception.limit)
      try #require(count > 0)
      heard += (0..<count).map(inbox.bytes)
    }
    #expect(heard == [[1, 2, 3], packet])
  }

  @Test func groupsOfIPv6AreJoined() throws {
    guard let group = SocketAddress("ff15::78", port: 0),
      let interface = try? NetworkInterface("lo"),
      let sender = try? UDPSocket(isIPv4: false),
      (try? sender.sendToGroups(through: interface)) != nil
    else { return }
    var target = group
    target.port = try freePorts()
    target.scope = interface.index
    do {
      try sender.send(packet, to: target)
    } catch {
      // No route for it: no IPv6 here.
      return
    }
    let server = try #require(SocketAddress("::1", port: 554))
    let reception = try DatagramReception(server: server, interface: interface)
    let ports = try #require(reception.ports)
    _ = try ports.plan(track: 0, isMulticast: true)
    let ours = target.port + 2
    try ports.setUp(
      track: 0, answer("RTP/AVP;multicast;destination=ff15::78;port=\(ours)-\(ours + 1)"))
    target.port = ours
    try sender.send(packet, to: target)
    try reception.wait(for: 1)
    #expect(reception.packets[0].destination.contains("ff15::78"))
  }

  @Test func oneHostInsteadOfAGroupIsRefused() throws {
    let server = try #require(SocketAddress("127.0.0.1", port: 554))
    let reception = try DatagramReception(server: server)
    let ports = try #require(reception.ports)
    _ = try ports.plan(track: 0, isMulticast: true)
    let failure = #expect(throws: Failure.self) {
      try ports.setUp(track: 0, answer("RTP/AVP;unicast;server_port=6000-6001"))
    }
    #expect(failure?.exit == .unavailable)
  }
}
