internal import MediaModel

/// What happens to packets on their way, for testing receivers; only RTP is hit, never RTCP.
struct RTPImpairmentPlan: Sendable {
  /// The chance of a packet to be lost, 0...1.
  var drop = 0.0
  /// How many packets are lost in a row each time.
  var burst = 1
  /// The chance of a packet to come twice.
  var duplicate = 0.0
  /// How many packets later one in a hundred comes.
  var reorder = 0
  /// The longest delay on the way, nanoseconds.
  var jitter: Int64 = 0

  /// Whether anything happens at all.
  var isActive: Bool { drop > 0 || duplicate > 0 || reorder > 0 || jitter > 0 }
}

/// Loses, doubles, delays and swaps packets by a plan and a seed.
struct RTPImpairments {
  /// What has happened.
  struct Totals {
    var dropped = 0
    var duplicated = 0
    var reordered = 0
  }

  private static let reorderChance = 0.01

  private let plan: RTPImpairmentPlan
  private var random: SplitMix64
  private(set) var totals = Totals()
  private var streams: [Int: Stream] = [:]

  private struct Stream {
    /// How many packets are still to be lost of a burst.
    var burstLeft = 0
    var held: [(packet: PacketBatch.Packet, bytes: [UInt8], after: Int)] = []
    /// Packets before this time would overtake.
    var lastTime: Int64 = 0
  }

  init(_ plan: RTPImpairmentPlan, random: SplitMix64) {
    self.plan = plan
    self.random = random
  }

  /// Adds to `result` what arrives of a batch.
  mutating func apply(_ batch: PacketBatch, into result: PacketBatch) {
    for packet in batch.packets {
      guard !packet.isRTCP else {
        var packet = packet
        packet.range = result.append(UnsafeRawBufferPointer(batch[packet.range]))
        result.packets.append(packet)
        continue
      }
      var stream = streams[packet.stream] ?? Stream()
      take(packet, batch, &stream, result)
      streams[packet.stream] = stream
    }
  }

  /// Adds what is still on its way.
  mutating func finish(into result: PacketBatch) {
    for index in streams.keys.sorted() {
      guard var stream = streams[index] else { continue }
      for held in stream.held { Self.append(held.packet, held.bytes, &stream, result) }
      stream.held = []
      streams[index] = stream
    }
  }

  private mutating func take(
    _ packet: PacketBatch.Packet, _ batch: PacketBatch, _ stream: inout Stream,
    _ result: PacketBatch
  ) {
    var packet = packet
    // Always the same number of draws a packet, so that one impairment does not move another.
    let (drop, double, swap) = (random.unit(), random.unit(), random.unit())
    let delay = random.unit()
    packet.time += Int64(delay * Double(plan.jitter))
    if stream.burstLeft == 0, drop < plan.drop { stream.burstLeft = plan.burst }
    if stream.burstLeft > 0 {
      stream.burstLeft -= 1
      totals.dropped += 1
      return release(&stream, result)
    }
    let bytes = [UInt8](batch[packet.range])
    if plan.reorder > 0, swap < Self.reorderChance {
      totals.reordered += 1
      stream.held.append((packet, bytes, plan.reorder))
      return
    }
    Self.append(packet, bytes, &stream, result)
    if double < plan.duplicate {
      totals.duplicated += 1
      Self.append(packet, bytes, &stream, result)
    }
    release(&stream, result)
  }

  /// Counts a packet that has passed those that are held, and lets go whose time has come.
  private func release(_ stream: inout Stream, _ result: PacketBatch) {
    for index in stream.held.indices { stream.held[index].after -= 1 }
    while let first = stream.held.first, first.after <= 0 {
      stream.held.removeFirst()
      Self.append(first.packet, first.bytes, &stream, result)
    }
  }

  private static func append(
    _ packet: PacketBatch.Packet, _ bytes: [UInt8], _ stream: inout Stream,
    _ result: PacketBatch
  ) {
    var packet = packet
    // Delays differ, but a network that delays does not therefore swap.
    packet.time = max(packet.time, stream.lastTime)
    stream.lastTime = packet.time
    packet.range = bytes.span.bytes.withUnsafeBytes { result.append($0) }
    result.packets.append(packet)
  }
}

/// Random numbers that a seed fixes.
struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// 0 up to, but not, 1.
  mutating func unit() -> Double { Double(next() >> 11) / Double(1 << 53) }
}
