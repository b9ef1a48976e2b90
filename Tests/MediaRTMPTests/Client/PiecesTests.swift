import MediaFLV
import MediaModel
import MediaRTMP
import TestSupport
import Testing

/// What a machine sends is the same in pieces and in one.
@Suite struct PiecesTests {
  /// Everything a client sends: random media between pings that it has to answer.
  private func stream(_ run: Int, inPieces: Bool) throws -> [UInt8] {
    var random = Seeded.of("pieces of a client \(run)")
    var options = try testOptions(.publish())
    options.chunkSize = [128, 600, 4096, 60_000, 0xff_ffff].randomElement(using: &random) ?? 0
    var (server, client) = (FakeServer(), RTMPClient(options, functions: testFunctions, at: 0))
    var wire: [UInt8] = []
    var time = UInt32(0xff_0000)
    while true {
      // Who asks sometimes gets the rest as usual.
      let pieces = inPieces && Int.random(in: 0..<4, using: &random) > 0 ? client.nextPieces() : []
      wire += pieces.flatMap(\.self)
      var answers = try server.receive(pieces.flatMap(\.self))
      let output = client.nextOutput()
      if case .send(let bytes) = output {
        wire += bytes
        answers += try server.receive(bytes)
      }
      if !answers.isEmpty { try client.receive(answers, at: 0) }
      switch output {
      case .send, .event: continue
      case .close: return wire
      case .wait: if !answers.isEmpty { continue }
      }
      guard client.canSendMedia else { return wire }
      // The same media whoever asks for it how often.
      random = Seeded.of("media of a client \(run) \(wire.count)")
      for _ in 0..<Int.random(in: 1...5, using: &random) {
        let sizes = [0, 1, 300, 511, 512, 4096, 59_999, 60_000, 60_001, 200_000]
        let size = sizes.randomElement(using: &random) ?? 0
        time &+= UInt32.random(in: 0...20_000, using: &random)
        try client.receive([2, 0, 0, 0, 0, 0, 6, 4, 0, 0, 0, 0, 0, 6, 1, 2, 3, 4], at: 0)
        client.send(
          Bool.random(using: &random) ? .video : .audio, timestamp: time, random.bytes(size))
      }
      if wire.count > 1_500_000 { client.finish(at: 0) }
    }
  }

  @Test(arguments: 0..<8) func aClientsBytesAreTheSame(run: Int) throws {
    let whole = try stream(run, inPieces: false)
    #expect(whole.count > 1_500_000)
    #expect(try stream(run, inPieces: true) == whole)
  }

  @Test func aServersBytesAreTheSame() throws {
    var server = RTMPServer(RTMPServerOptions(), functions: testFunctions, at: 0)
    let hello: [UInt8] = [3] + [UInt8](repeating: 0, count: 1536)
    try server.receive(hello, at: 0)
    var other = server
    let pieces = server.nextPieces().flatMap(\.self)
    #expect(other.nextOutput() == .send(pieces) && pieces.count == 3073)
    #expect(server.nextPieces().isEmpty && server.nextOutput() == other.nextOutput())
  }
}
