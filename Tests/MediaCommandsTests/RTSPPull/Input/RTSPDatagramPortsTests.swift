import MediaBytes
import MediaIO
import MediaRTP
import TestSupport
import Testing

@testable import MediaCommands
@testable import MediaRTSP

@Suite struct RTSPDatagramPortsTests {
  private let rtp: [UInt8] = [0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9, 1, 2, 3]

  @Test(arguments: ["127.0.0.1", "::1"]) func packetsOfBothTracksCome(_ host: String) throws {
    let camera: DatagramCamera
    do {
      camera = try DatagramCamera(host)
    } catch let error as IOFailure where host == "::1" {
      // No IPv6 here.
      #expect(error.call == "bind" || error.call == "socket")
      return
    }
    let reception = try DatagramReception(server: camera.address)
    let ports = try #require(reception.ports)
    var asked: [RTSPTransport.Pair<UInt16>] = []
    for track in 0..<2 {
      let transport = try ports.plan(track: track, isMulticast: false)
      let pair = try #require(transport.clientPort)
      #expect(pair.rtp.isMultiple(of: 2) && pair.rtcp == pair.rtp + 1)
      #expect(
        transport.description == "RTP/AVP;unicast;client_port=\(pair.rtp)-\(pair.rtp + 1)")
      asked.append(pair)
      // What comes before the answer waits for it.
      try camera.pair.rtp.send(rtp, to: camera.address(pair.rtp))
      try ports.setUp(track: track, camera.answer(transport))
      try reception.wait(for: 2 * track + 1)
      try camera.pair.rtcp.send([0x80, 200, 0, 0], to: camera.address(pair.rtp + 1))
      try reception.wait(for: 2 * track + 2)
    }
    #expect(asked[0].rtp != asked[1].rtp)
    #expect(reception.packets.map(\.track) == [0, 0, 1, 1])
    #expect(reception.packets.map(\.isRTCP) == [false, true, false, true])
    #expect(reception.packets[0].bytes == rtp)
    #expect(reception.packets[0].source == camera.address(camera.pair.port).description)
    #expect(reception.packets[0].destination == camera.address(asked[0].rtp).description)
    #expect(ports.lastArrival != nil)
    #expect(try #require(ports.figures.receiveBufferByteCount) > 0)
  }

  @Test func soundIsReceivedTogetherWithPicturesAndInFrontOfThem() throws {
    let camera = try DatagramCamera()
    let reception = try DatagramReception(
      server: camera.address,
      description: "v=0\r\nm=audio 0 RTP/AVP 0\r\na=control:1\r\nm=video 0 RTP/AVP 26\r\n")
    let ports = try #require(reception.ports)
    let clients = try (0..<2).map { track in
      let transport = try ports.plan(track: track, isMulticast: false)
      try ports.setUp(track: track, camera.answer(transport))
      return camera.address(try #require(transport.clientPort).rtp)
    }
    for _ in 0..<20 {
      for client in clients { try camera.pair.rtp.send(rtp, to: client) }
      try reception.wait(for: reception.packets.count + 2)
    }
    #expect(reception.packets.map(\.track) == (0..<20).flatMap { _ in [0, 1] })
    // Sound comes though no picture does.
    try camera.pair.rtp.send(rtp, to: clients[0])
    try reception.wait(for: 41)
    #expect(reception.packets.last?.track == 0)
  }

  @Test func portsAreThoseOfTheRangeAndComeBack() throws {
    let camera = try DatagramCamera()
    let first = try freePorts()
    let reception = try DatagramReception(server: camera.address, ports: first...first + 3)
    let ports = try #require(reception.ports)
    let taken = try (0..<2).map { track in
      try DatagramReception.eventually {
        try #require(ports.plan(track: track, isMulticast: false).clientPort).rtp
      }
    }
    #expect(Set(taken) == [first, first + 2])
    let other = try DatagramReception(server: camera.address, ports: first...first + 3)
    let failure = #expect(throws: Failure.self) {
      _ = try other.ports?.plan(track: 0, isMulticast: false)
    }
    #expect(failure?.exit == .unavailable)
    #expect(failure?.message.contains("in \(first)-\(first + 3)") == true)
    ports.close()
    for track in 0..<2 {
      try DatagramReception.eventually {
        _ = try other.ports?.plan(track: track, isMulticast: false)
      }
    }
  }

  @Test func otherHostsAreCountedAndOtherPortsAreNot() throws {
    let camera = try DatagramCamera()
    let reception = try DatagramReception(server: camera.address)
    let ports = try #require(reception.ports)
    let asked = try ports.plan(track: 0, isMulticast: false)
    try ports.setUp(track: 0, camera.answer(asked))
    let target = camera.address(try #require(asked.clientPort).rtp)
    let stranger = try UDPSocket(bindingTo: #require(SocketAddress("127.0.0.2", port: 0)))
    try stranger.send(rtp, to: target)
    // Behind a router a camera sends from any port.
    let other = try UDPSocket(bindingTo: #require(SocketAddress("127.0.0.1", port: 0)))
    try other.send(rtp, to: target)
    try reception.wait(for: 1)
    #expect(reception.packets[0].source == "\(try other.localAddress())")
    #expect(ports.figures.foreignCount == 1)
  }

  @Test func theSourceOfTheAnswerIsHeardToo() throws {
    let camera = try DatagramCamera()
    let reception = try DatagramReception(server: camera.address)
    let ports = try #require(reception.ports)
    let asked = try ports.plan(track: 0, isMulticast: false)
    try ports.setUp(track: 0, camera.answer(asked, ";source=127.0.0.2"))
    let source = try UDPSocket(bindingTo: #require(SocketAddress("127.0.0.2", port: 0)))
    try source.send(rtp, to: camera.address(try #require(asked.clientPort).rtp))
    try reception.wait(for: 1)
    #expect(ports.figures.foreignCount == 0)
  }

  @Test func routersAreOpenedByPacketsThatAreValid() throws {
    let camera = try DatagramCamera()
    let reception = try DatagramReception(server: camera.address)
    let ports = try #require(reception.ports)
    let asked = try ports.plan(track: 1, isMulticast: false)
    try ports.setUp(track: 1, camera.answer(asked))
    ports.punch(ssrc: 0x1234_5678, cname: "receiver")
    let media = try camera.receive(camera.pair.rtp)
    let client = try #require(asked.clientPort)
    #expect(media.sender?.port == client.rtp)
    var reader = ByteReader(media.bytes.span)
    let packet = try RTPPacket(parsing: &reader)
    #expect(packet.ssrc == 0x1234_5678 && packet.payload.isEmpty)
    let report = try camera.receive(camera.pair.rtcp)
    #expect(report.sender?.port == client.rtcp)
    var reports = ByteReader(report.bytes.span)
    let compound = RTCPCompound(parsing: &reports)
    #expect(
      compound.packets == [
        .receiverReport(RTCPReceiverReport(ssrc: 0x1234_5678)),
        .sourceDescription(RTCPSourceDescription(ssrc: 0x1234_5678, cname: "receiver")),
      ])
    #expect(compound.damage == nil && compound.anomalies.isEmpty)
  }

  /// Nobody listens at the ports that are punched: what ICMP says of that does no harm.
  @Test func portsThatRefuseDoNotEndTheRun() throws {
    let camera = try DatagramCamera()
    let reception = try DatagramReception(server: camera.address)
    let ports = try #require(reception.ports)
    let asked = try ports.plan(track: 0, isMulticast: false)
    let closed = try UDPPortPair(bindingTo: camera.address).port
    let answer = try #require(
      RTSPTransport.parse("\(asked);server_port=\(closed)-\(closed + 1)").first)
    try ports.setUp(track: 0, answer)
    for _ in 0..<20 {
      ports.punch(ssrc: 1, cname: "receiver")
      ports.send(rtcp: [0x80, 201, 0, 1, 0, 0, 0, 1], track: 0)
    }
    try camera.pair.rtp.send(rtp, to: camera.address(try #require(asked.clientPort).rtp))
    try reception.wait(for: 1)
  }

  @Test func withoutPortsOfTheServersNothingIsSentUntilSomethingComes() throws {
    let camera = try DatagramCamera()
    let reception = try DatagramReception(server: camera.address)
    let ports = try #require(reception.ports)
    let asked = try ports.plan(track: 0, isMulticast: false)
    let client = try #require(asked.clientPort)
    try ports.setUp(track: 0, #require(RTSPTransport.parse("\(asked);server_port=0-0").first))
    ports.punch(ssrc: 1, cname: "receiver")
    let report: [UInt8] = [0x80, 201, 0, 1, 0, 0, 0, 1]
    ports.send(rtcp: report, track: 0)
    #expect(try camera.isQuiet(camera.pair.rtp) && camera.isQuiet(camera.pair.rtcp))
    try camera.pair.rtcp.send([0x80, 200, 0, 0], to: camera.address(client.rtp + 1))
    try reception.wait(for: 1)
    #expect(ports.lastArrival == nil)
    ports.send(rtcp: report, track: 0)
    let answer = try camera.receive(camera.pair.rtcp)
    #expect(answer.bytes == report && answer.sender?.port == client.rtcp)
    // Of a track that is not there.
    ports.send(rtcp: report, track: 1)
  }

  @Test func closingInTheMiddleOfABatchEndsIt() throws {
    let camera = try DatagramCamera()
    let reception = try DatagramReception(server: camera.address)
    let ports = try #require(reception.ports)
    let asked = try ports.plan(track: 0, isMulticast: false)
    for _ in 0..<10 {
      try camera.pair.rtp.send(rtp, to: camera.address(try #require(asked.clientPort).rtp))
    }
    reception.onPacket = { [unowned reception] in reception.close() }
    try ports.setUp(track: 0, camera.answer(asked))
    try reception.wait(for: 1)
    // Nothing is watched any more.
    #expect(try reception.driver.run(until: DatagramReception.limit) == .finished)
    #expect(reception.packets.count == 1)
  }

  @Test func anAnswerOverTheConnectionGivesThePortsBack() throws {
    let camera = try DatagramCamera()
    let reception = try DatagramReception(server: camera.address)
    let ports = try #require(reception.ports)
    let asked = try ports.plan(track: 0, isMulticast: false)
    try ports.setUp(
      track: 0, #require(RTSPTransport.parse("RTP/AVP/TCP;interleaved=0-1").first))
    let port = try #require(asked.clientPort).rtp
    try DatagramReception.eventually {
      _ = try UDPPortPair(bindingTo: .any(isIPv4: true), in: port...port + 1)
    }
    #expect(try reception.driver.run(until: DatagramReception.limit) == .finished)
  }
}
