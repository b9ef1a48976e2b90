import MediaIO
import MediaModel
import MediaRTP
import MediaRTSP
import TestSupport
import Testing

@testable import MediaCommands

@Suite("Ways that packets come by")
struct RTSPInputTransportTests {
  private static let refusal = "on SETUP\n  RTSP/1.0 461 Unsupported Transport\n  CSeq: {cseq}\n"
  private static let setUp =
    "on SETUP\n  RTSP/1.0 200 OK\n  CSeq: {cseq}\n  Session: 1\n  Transport: {transport}\n"

  /// Sends a packet of each track to where the last SETUPs asked for.
  private func sendDatagrams(_ bench: InputBench) throws {
    let socket = try UDPSocket(bindingTo: try #require(SocketAddress("127.0.0.1", port: 0)))
    let requests = bench.requests.last ?? []
    let ports = requests.filter { $0.method == "SETUP" }.suffix(2).compactMap { request in
      request.header("Transport")?.split(separator: ";")
        .first { $0.hasPrefix("client_port=") }?.dropFirst(12).split(separator: "-").first
        .flatMap { UInt16($0) }
    }
    for (port, packet) in zip(ports, InputBench.packets) {
      guard let address = SocketAddress("127.0.0.1", port: port) else { continue }
      try socket.send(packet.bytes, to: address)
    }
  }

  @Test("Turns to UDP where TCP is refused")
  func refusedTCP() throws {
    let bench = try InputBench(Self.refusal + Self.setUp)
    try bench.start()
    var isSent = false
    try bench.run(until: { bench.packets.count == 2 }) {
      guard bench.input?.state == .playing, !isSent else { return }
      isSent = true
      #expect(throws: Never.self) { try sendDatagrams(bench) }
    }
    #expect(bench.packets.map(\.arrival.flow.transport) == [.udp, .udp])
    #expect(bench.connections.count == 1)
    #expect(bench.notes == ["the server refuses TCP (461 Unsupported Transport): asking for UDP"])
    #expect(bench.input?.byteCount ?? 0 > 0)
    try bench.end()
    #expect(bench.methods().last == "TEARDOWN")
  }

  @Test("Turns to UDP on a new connection where only a later track refuses TCP")
  func refusedLater() throws {
    let bench = try InputBench(Self.setUp + Self.refusal, Self.setUp)
    try bench.start()
    try bench.run { bench.input?.state == .playing }
    #expect(bench.connections.count == 2)
    #expect(bench.methods(0).last == "TEARDOWN")
    #expect(bench.requests[1].contains { $0.header("Transport")?.contains("client_port") == true })
    try bench.end()
  }

  @Test("Turns to TCP where UDP is refused, or silent", arguments: [true, false])
  func refusedUDP(isRefused: Bool) throws {
    let first = isRefused ? Self.refusal + Self.setUp : ""
    let bench = try InputBench(first, "")
    try bench.start {
      $0.transport = .udp
      $0.timeout = 2_000_000_000
    }
    try bench.run { bench.packets.count == 2 }
    #expect(bench.packets.allSatisfy { $0.arrival.flow.transport == .interleaved })
    #expect(bench.notes.count == 1)
    #expect(bench.connections.count == (isRefused ? 1 : 2))
    if !isRefused { #expect(bench.methods(0).last == "TEARDOWN") }
    #expect(!bench.words.contains("lost"))
    try bench.end()
  }

  @Test(
    "What is asked for by name is not exchanged", arguments: [RTSPTransportChoice.tcp, .multicast])
  func explicit(_ choice: RTSPTransportChoice) throws {
    let bench = try InputBench(Self.refusal)
    try bench.start {
      $0.transport = choice
      $0.retries = nil
    }
    try bench.run()
    #expect(bench.exit == .unavailable)
    #expect(bench.message.hasSuffix("461 Unsupported Transport"))
    #expect(bench.connections.count == 1)
  }

  @Test("Nothing is left where both are refused")
  func allRefused() throws {
    let bench = try InputBench(Self.refusal)
    try bench.start { $0.retries = nil }
    try bench.run()
    #expect(bench.exit == .unavailable)
    #expect(bench.message == "the server refuses SETUP over UDP: 461 Unsupported Transport")
  }
}
