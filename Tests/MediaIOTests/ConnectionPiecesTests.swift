import MediaBytes
import MediaModel
import TestSupport
import Testing

@testable import MediaIO

/// Says what is in its outbox, in pieces to whoever asks for them.
private struct Scatterer: Machine {
  typealias Event = Never
  struct Failure: Error {}

  var outbox = ScatteredBytes()
  /// Bytes that are not told as pieces, behind those that are.
  var plain: [[UInt8]] = []

  mutating func receive(_ bytes: [UInt8], at now: Nanoseconds) {}
  mutating func tick(at now: Nanoseconds) {}
  mutating func nextPieces() -> [ArraySlice<UInt8>] { outbox.takePieces() }
  mutating func nextOutput() -> Output<Never> {
    plain.isEmpty ? .wait(until: nil) : .send(plain.removeFirst())
  }
}

/// Pieces arrive as the bytes that they are, however little the peer takes at a time.
@Suite struct ConnectionPiecesTests {
  /// Sends much in many updates to a peer that reads in odd amounts.
  private func talk(_ seed: String, _ tls: (client: TLSContext, server: TLSContext)?) throws {
    var random = Seeded.of(seed)
    let driver = try Driver()
    let listener = try TCPListener(at: .loopback(isIPv4: true))
    let connection = driver.connect(
      Scatterer(), to: Destination(try listener.localAddress(), tls: tls?.client),
      limits: .milliseconds()
    ) { _ in }
    try driver.run { connection.phase == .resolving || connection.phase == .connecting }
    try waitUntil(listener.rawDescriptor, .readable)
    let socket = try #require(try listener.accept())
    try socket.keepLittle()
    try connection.socket?.keepLittle()
    let (_, told) = driver.talk(Talker(), over: socket, tls: tls?.server)
    try driver.run { connection.phase != .open }

    var expected: [UInt8] = []
    let shared = random.bytes(300_000)
    for _ in 0..<60 {
      connection.update { machine in
        for _ in 0..<Int.random(in: 0...20, using: &random) {
          let header = random.bytes(Int.random(in: 1...18, using: &random))
          let start = Int.random(in: 0...shared.count, using: &random)
          let range =
            start..<min(
              shared.count, start + Int.random(in: 0...70_000, using: &random) / 4)
          machine.outbox.write { $0 += header }
          machine.outbox.append(shared, range)
          expected += header + shared[range]
        }
        let last = random.bytes(Int.random(in: 0...9, using: &random))
        machine.plain.append(last)
        expected += last
      }
      #expect(
        tls != nil || connection.queuedByteCount + Int(connection.sentByteCount) == expected.count)
      _ = try driver.run(until: MonotonicClock.now())
    }
    try driver.run { told.heard.count < expected.count }
    #expect(isSame(told.heard, expected))
    #expect(connection.queuedByteCount == 0)
    #expect(tls != nil || Int(connection.sentByteCount) == expected.count)
  }

  @Test(arguments: 0..<4) func overTCP(run: Int) throws { try talk("pieces \(run)", nil) }

  @Test(.peers("openssl")) func overTLS() throws {
    let authority = try TestAuthority()
    let identity = try authority.issue()
    try talk(
      "pieces by TLS",
      (
        try TLSContext(trusting: .authorities(file: authority.file)),
        try TLSContext(certificateFile: identity.certificate, keyFile: identity.key)
      ))
  }

  /// Many receivers have one payload, which is where it was.
  @Test func nothingIsCopiedOnTheWay() throws {
    let payload = [UInt8](repeating: 7, count: 100_000)
    let place = payload.withUnsafeBytes { $0.baseAddress }
    var queue = SendQueue()
    var scattered = ScatteredBytes()
    scattered.append([1])
    scattered.append(payload)
    queue.append(pieces: scattered.takePieces())
    #expect(queue.byteCount == 100_001)
    #expect(queue.pieces.last?.withUnsafeBytes { $0.baseAddress } == place)
  }
}
