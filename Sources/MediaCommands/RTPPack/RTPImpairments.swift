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
  private var streams: [Stream] = []
  /// What is on its way, RTP and RTCP of each stream, in the order of time.
  private var ways: [ArraySlice<Arrival>] = []
  private var arrivalCount = 0

  private struct Arrival {
    var packet: PacketBatch.Packet
    var bytes: [UInt8]
    /// Its place among all, which decides where times are the same.
    var number: Int
  }

  private struct Held {
    var packet: PacketBatch.Packet
    var bytes: [UInt8]
    /// How many packets have passed it.
    var passed = 0
  }

  private struct Stream {
    /// How many packets are still to be lost of a burst.
    var burstLeft = 0
    var held: [Held] = []
    /// Packets before this time would overtake.
    var lastTime: Int64 = 0
  }

  init(_ plan: RTPImpairmentPlan, random: SplitMix64) {
    self.plan = plan
    self.random = random
  }

  /// Adds to `result` what arrives until the end of a batch, in the order of time.
  mutating func apply(_ batch: PacketBatch, isLast: Bool = false, into result: PacketBatch) {
    guard let end = batch.packets.last else { return }
    // Behind the last packet of RTP are goodbyes, which nothing follows.
    let goodbyes =
      isLast ? (batch.packets.lastIndex { !$0.isRTCP } ?? -1) + 1 : batch.packets.count
    for packet in batch.packets[..<goodbyes] { take(packet, batch) }
    if isLast {
      for index in streams.indices { release(index) { _ in true } }
    }
    for packet in batch.packets[goodbyes...] { take(packet, batch, isGoodbye: true) }
    arrive(until: isLast ? .max : end.time, into: result)
  }

  private mutating func take(
    _ packet: PacketBatch.Packet, _ batch: PacketBatch, isGoodbye: Bool = false
  ) {
    while streams.count <= packet.stream {
      streams.append(Stream())
      ways += [[], []]
    }
    let bytes = [UInt8](batch[packet.range])
    guard packet.isRTCP else { return impair(packet, bytes) }
    var packet = packet
    if isGoodbye { packet.time = max(packet.time, streams[packet.stream].lastTime) }
    send(packet, bytes)
  }

  private mutating func impair(_ packet: PacketBatch.Packet, _ bytes: [UInt8]) {
    let index = packet.stream
    var packet = packet
    // Always the same number of draws a packet, so that one impairment does not move another.
    let (drop, double, swap) = (random.unit(), random.unit(), random.unit())
    let delay = random.unit()
    packet.time += Int64(delay * Double(plan.jitter))
    if streams[index].burstLeft == 0, drop < plan.drop { streams[index].burstLeft = plan.burst }
    if streams[index].burstLeft > 0 {
      streams[index].burstLeft -= 1
      totals.dropped += 1
      return
    }
    if plan.reorder > 0, swap < Self.reorderChance {
      streams[index].held.append(Held(packet: packet, bytes: bytes))
      return
    }
    append(packet, bytes)
    if double < plan.duplicate {
      totals.duplicated += 1
      append(packet, bytes)
    }
    for held in streams[index].held.indices { streams[index].held[held].passed += 1 }
    release(index) { [plan] in $0.passed >= plan.reorder }
  }

  /// Lets go of what is held, from the first on.
  private mutating func release(_ index: Int, where isFree: (Held) -> Bool) {
    while let first = streams[index].held.first, isFree(first) {
      streams[index].held.removeFirst()
      // What nothing has passed is not late.
      if first.passed > 0 { totals.reordered += 1 }
      append(first.packet, first.bytes)
    }
  }

  private mutating func append(_ packet: PacketBatch.Packet, _ bytes: [UInt8]) {
    var packet = packet
    // Delays differ, but a network that delays does not therefore swap.
    packet.time = max(packet.time, streams[packet.stream].lastTime)
    streams[packet.stream].lastTime = packet.time
    send(packet, bytes)
  }

  private mutating func send(_ packet: PacketBatch.Packet, _ bytes: [UInt8]) {
    arrivalCount += 1
    ways[2 * packet.stream + (packet.isRTCP ? 1 : 0)].append(
      Arrival(packet: packet, bytes: bytes, number: arrivalCount))
  }

  /// Adds to `result` what comes by `time`, before which no later packet is sent.
  private mutating func arrive(until time: Int64, into result: PacketBatch) {
    while true {
      var next: (way: Int, time: Int64, number: Int)?
      for way in ways.indices {
        guard let first = ways[way].first else { continue }
        if let next, (next.time, next.number) < (first.packet.time, first.number) { continue }
        next = (way, first.packet.time, first.number)
      }
      guard let next, next.time <= time, let found = ways[next.way].popFirst() else { return }
      var packet = found.packet
      packet.range = found.bytes.span.bytes.withUnsafeBytes { result.append($0) }
      result.packets.append(packet)
    }
  }
}
