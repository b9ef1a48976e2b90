import Glibc
import MediaBytes
import MediaCapture
import MediaIO
import MediaRTP
import TestSupport
import Testing

@testable import MediaCommands
@testable import MediaRTSP

/// Ports of ours, and what came to them.
final class DatagramReception {
  struct Packet: Equatable {
    var bytes: [UInt8]
    var track: Int
    var isRTCP: Bool
    var source: String
    var destination: String
  }

  /// Far later than any test lasts.
  static var limit: Int64 { MonotonicClock.now() + 20_000_000_000 }

  let driver: Driver
  private(set) var ports: RTSPDatagramPorts?
  private(set) var packets: [Packet] = []
  private var wanted = 0
  var onPacket: () -> Void = {}

  init(
    server: SocketAddress, ports range: ClosedRange<UInt16>? = nil,
    interface: NetworkInterface? = nil, description: String? = nil
  ) throws {
    driver = try Driver()
    let url = try RTSPURL("rtsp://camera/")
    var options = RTSPInputOptions(url: url)
    (options.ports, options.interface) = (range, interface)
    let text = Array((description ?? RTSPScriptedServer.usualDescription).utf8)
    let presentation = try RTSPPresentation(
      text, url: url, base: "rtsp://camera/", limits: SDPLimits())
    ports = RTSPDatagramPorts(
      driver, options, server: server, presentation: presentation
    ) { [unowned self] bytes, arrival in
      packets.append(
        Packet(
          bytes: [UInt8](copying: bytes), track: arrival.track, isRTCP: arrival.isRTCP,
          source: arrival.flow.source.description,
          destination: arrival.flow.destination.description))
      #expect(arrival.now <= MonotonicClock.now() && arrival.wall > 0)
      onPacket()
      if packets.count >= wanted { driver.stop() }
    }
  }

  /// Runs until that many packets have come in all.
  func wait(for count: Int) throws {
    wanted = count
    guard packets.count < count else { return }
    #expect(try driver.run(until: Self.limit) == .stopped)
    #expect(packets.count == count)
  }

  func close() { ports?.close() }

  /// Does what a process that is just being forked may stand against, as it holds our ports.
  @discardableResult
  static func eventually<Result>(_ body: () throws -> Result) throws -> Result {
    for _ in 0..<1000 {
      if let result = try? body() { return result }
      usleep(5_000)
    }
    return try body()
  }
}

/// A camera's two ports.
struct DatagramCamera {
  let pair: UDPPortPair
  let address: SocketAddress
  private let inbox = DatagramInbox()

  init(_ host: String = "127.0.0.1") throws {
    var address = try #require(SocketAddress(host, port: 0))
    pair = try UDPPortPair(bindingTo: address)
    address.port = 554
    self.address = address
  }

  var ports: String { "\(pair.port)-\(pair.port + 1)" }

  func answer(_ asked: RTSPTransport, _ more: String = "") throws -> RTSPTransport {
    try #require(
      RTSPTransport.parse("\(asked);server_port=\(ports)" + more).first)
  }

  func address(_ port: UInt16) -> SocketAddress {
    var address = address
    address.port = port
    return address
  }

  /// The next datagram at a port of the camera's.
  func receive(_ socket: UDPSocket) throws -> (bytes: [UInt8], sender: SocketAddress?) {
    let count = try socket.receive(into: inbox, until: DatagramReception.limit)
    try #require(count == 1)
    return (inbox.bytes(0), inbox.datagrams[0].sender)
  }

  func isQuiet(_ socket: UDPSocket) throws -> Bool { try socket.receive(into: inbox) == 0 }
}
