import MediaBitstream
import MediaModel
import TestSupport
import Testing

@testable import MediaRTP

/// How a payload format is tried with packets that are wrong.
struct PayloadDamage: CustomTestStringConvertible, Sendable {
  var name: String
  /// How many lists of changed packets are tried.
  var rounds = 400
  /// Packets that are right, or of many kinds.
  var packets: @Sendable (inout Seeded) throws -> [SentPacket]
  /// A depacketizer, with the parameters of a round.
  var make: @Sendable (_ round: Int, _ keepDamaged: Bool) throws -> any RTPDepacketizer
  /// What is put in front of each frame at most.
  var overhead = 0
  /// Whether frames are NAL units behind their lengths.
  var hasUnits = false

  init(
    _ name: String, rounds: Int = 400, overhead: Int = 0, hasUnits: Bool = false,
    packets: @escaping @Sendable (inout Seeded) throws -> [SentPacket],
    make: @escaping @Sendable (_ round: Int, _ keepDamaged: Bool) throws -> any RTPDepacketizer
  ) {
    self.name = name
    self.rounds = rounds
    self.overhead = overhead
    self.hasUnits = hasUnits
    self.packets = packets
    self.make = make
  }

  var testDescription: String { name }
}

/// Whatever packets hold, nothing traps, nothing grows beyond what came, and no frame is malformed.
@Suite struct PayloadDamageTests {
  static let formats: [PayloadDamage] = [
    .h264, .h265, .vp8, .vp9, .av1, .jpeg, .mpegTS, .mpegPS, .mp4v,
    .aac, .latm, .opus, .pcm, .mpegAudio,
  ]

  private func check(
    _ packets: [SentPacket], _ format: PayloadDamage, round: Int, lost: Set<Int> = []
  ) throws {
    let keepDamaged = round % 2 == 0
    var depacketizer = try format.make(round, keepDamaged)
    let output = receive(packets, &depacketizer, lost: lost)
    let came = packets.reduce(0) { $0 + $1.payload.count }
    let given = output.frames.reduce(0) { $0 + $1.data.count }
    #expect(given <= 2 * came + format.overhead * output.frames.count, "round \(round)")
    #expect(output.frames.allSatisfy { !$0.data.isEmpty }, "round \(round)")
    #expect(keepDamaged || output.frames.allSatisfy { !$0.isDamaged }, "round \(round)")
    guard format.hasUnits else { return }
    for frame in output.frames {
      var cursor = NALUnitCursor(.lengthPrefixed(.four))
      while try cursor.next(in: frame.data.span.bytes) != nil {}
    }
  }

  @Test(arguments: formats) func mutations(_ format: PayloadDamage) throws {
    var random = Seeded.of("mutations of \(format.name)")
    for round in 0..<format.rounds {
      let packets = mutated(try format.packets(&random), &random)
      let lost = Int.random(in: 0..<(2 * packets.count + 1), using: &random)
      try check(packets, format, round: round, lost: [lost])
    }
  }

  /// One packet is cut, at any byte of its beginning and of its end.
  @Test(arguments: formats) func everyPrefix(_ format: PayloadDamage) throws {
    var random = Seeded.of("prefixes of \(format.name)")
    let packets = try format.packets(&random)
    for (index, packet) in packets.prefix(12).enumerated() {
      let count = packet.payload.count
      for end in 0..<count where end < 48 || end > count - 16 {
        var cut = packets
        cut[index].payload.removeSubrange(end...)
        try check(cut, format, round: end)
      }
    }
  }

  /// Random changes of packets: bytes, lengths, order, loss, markers and times.
  private func mutated(_ packets: [SentPacket], _ random: inout Seeded) -> [SentPacket] {
    var result = packets
    for _ in 0..<Int.random(in: 1...6, using: &random) where !result.isEmpty {
      let index = Int.random(in: result.indices, using: &random)
      let count = result[index].payload.count
      switch Int.random(in: 0..<11, using: &random) {
      case 0 where count > 0:
        let place = Int.random(in: 0..<count, using: &random)
        result[index].payload[place] = .random(in: 0...255, using: &random)
      case 1, 2:
        // Headers are in front.
        guard count > 0 else { continue }
        let place = Int.random(in: 0..<min(24, count), using: &random)
        result[index].payload[place] ^= 1 << UInt8.random(in: 0...7, using: &random)
      case 3: result[index].payload.removeLast(Int.random(in: 0...count, using: &random))
      case 4: result[index].payload += random.bytes(Int.random(in: 1...40, using: &random))
      case 5: result[index].payload = random.bytes(Int.random(in: 0...40, using: &random))
      case 6: result[index].marker.toggle()
      case 7: result[index].timestamp &+= Int64.random(in: -2...2, using: &random)
      case 8: result[index].timestamp = Int64(bitPattern: random.next())
      case 9: result.remove(at: index)
      default: result.swapAt(index, Int.random(in: result.indices, using: &random))
      }
    }
    return result
  }
}
