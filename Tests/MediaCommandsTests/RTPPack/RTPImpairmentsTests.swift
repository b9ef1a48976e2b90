import MediaModel
import TestSupport
import Testing

@testable import MediaCommands

/// What packets meet on their way, without any that are made of media.
@Suite struct RTPImpairmentsTests {
  /// A packet of one stream: when it is sent and, of RTP, its number.
  private struct Sent: Equatable {
    var time: Int64
    var number: Int64?
  }

  /// Sends batches, the last of which ends with BYE.
  private func arrived(
    _ batches: [[Sent]], _ plan: RTPImpairmentPlan, seed: UInt64
  ) -> (packets: [Sent], totals: RTPImpairments.Totals) {
    var impairments = RTPImpairments(plan, random: SplitMix64(seed: seed))
    var result: [Sent] = []
    for (index, packets) in batches.enumerated() {
      let (batch, arrived) = (PacketBatch(), PacketBatch())
      for packet in packets {
        let range = batch.extend(by: 12)
        batch.packets.append(
          PacketBatch.Packet(
            range: range, stream: 0, time: packet.time, isRTCP: packet.number == nil,
            number: packet.number ?? 0))
      }
      impairments.apply(batch, isLast: index == batches.count - 1, into: arrived)
      result += arrived.packets.map { Sent(time: $0.time, number: $0.isRTCP ? nil : $0.number) }
    }
    return (result, impairments.totals)
  }

  /// So many packets, a report before each hundredth, and a goodbye.
  private func stream(_ count: Int64, every step: Int64) -> [[Sent]] {
    let packets = (0..<count).flatMap { number -> [Sent] in
      (number % 100 == 0 ? [Sent(time: number * step)] : [])
        + [Sent(time: number * step, number: number)]
    }
    // The last batch has packets of media too, as it has where nothing is paced.
    return [Array(packets.dropLast(50)), packets.suffix(50) + [Sent(time: count * step)]]
  }

  @Test(arguments: 1...8 as ClosedRange<UInt64>) func nothingFollowsTheGoodbye(seed: UInt64) throws
  {
    var plan = RTPImpairmentPlan(reorder: 100)
    let late = arrived(stream(400, every: 10), plan, seed: seed)
    #expect(late.packets.last == Sent(time: 4000))
    plan.jitter = 2000
    let slow = arrived(stream(400, every: 10), plan, seed: seed)
    #expect(try #require(slow.packets.last).number == nil)
    for packets in [late.packets, slow.packets] {
      #expect(packets.compactMap(\.number).sorted() == Array(0..<400))
      #expect(zip(packets, packets.dropFirst()).allSatisfy { $0.time <= $1.time })
    }
  }

  @Test func jitterLeavesReportsWhereTheyAre() {
    let packets = arrived(stream(400, every: 10), RTPImpairmentPlan(jitter: 2000), seed: 3).packets
    let reports = packets.filter { $0.number == nil }.map(\.time)
    #expect(reports.dropLast() == [0, 1000, 2000, 3000])
    #expect(
      packets.contains { packet in packet.number.map { packet.time > $0 * 10 + 1000 } ?? false })
  }

  /// What is counted is what a receiver sees, whatever is lost around it.
  @Test(arguments: [1, 3]) func onlyPacketsThatArrivedOvertake(reorder: Int) {
    let plan = RTPImpairmentPlan(drop: 0.5, reorder: reorder)
    let found = arrived(stream(5000, every: 10), plan, seed: 1)
    var highest: Int64 = -1
    var late = 0
    for number in found.packets.compactMap(\.number) {
      if number < highest { late += 1 }
      highest = max(highest, number)
    }
    #expect(found.totals.reordered == late && late > 5)
  }
}
