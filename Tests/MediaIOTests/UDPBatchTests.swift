import CSystem
import Glibc
import TestSupport
import Testing

@testable import MediaIO

@Suite struct UDPBatchTests {
  /// Every way of sending gives the same datagrams.
  private static let ways: [UDPSocket.Sending] = [.segments, .messages, .single]

  /// Sizes as a packetizer makes them: fragments and what is left of them, small ones, none.
  private static let shapes: [[Int]] = [
    [], [0], [1400], [0, 0, 5, 0], [1400, 1400, 7], [7, 1400, 1400], [5, 5, 4, 4, 4, 3],
    [Int](repeating: 1400, count: 39) + [1], [Int](repeating: 1400, count: 47),
    [Int](repeating: 12, count: 200), (1...150).map { $0 % 40 }, [65_507, 65_507, 1],
  ]

  @Test(arguments: ways, shapes)
  func arriveByteForByte(_ way: UDPSocket.Sending, _ sizes: [Int]) throws {
    let pair = try Pair()
    pair.sender.sending = way
    let sent = datagrams(sizes)
    try pair.sender.send(batch(sent))
    #expect(try pair.receive(sent.count) == sent)
    #expect(pair.sender.sentCount == sent.count)
    #expect(pair.sender.sending == way)
  }

  @Test func arriveOverIPv6AndUnconnected() throws {
    guard hasIPv6 else { return }
    let pair = try Pair(isIPv4: false)
    let sent = datagrams([Int](repeating: 1400, count: 40) + [99])
    let sender = try UDPSocket(isIPv4: false)
    try sender.send(batch(sent), to: pair.receiver.localAddress())
    #expect(try pair.receive(41) == sent)
  }

  @Test func aReceiverThatCoalescesHearsTheSame() throws {
    let pair = try Pair()
    guard pair.receiver.coalesceOnReceive() else { return }
    let sent = datagrams([Int](repeating: 1400, count: 39) + [17])
    try pair.sender.send(batch(sent))
    #expect(try pair.receive(40) == sent)
    #expect(pair.inbox.datagrams.allSatisfy { !$0.isTruncated })
  }

  /// Without checksums the kernel refuses to cut a run (EINVAL), in the midst of a batch too.
  @Test func whereTheKernelRefusesEachGoesAlone() throws {
    let pair = try Pair()
    try #require(pair.sender.sending == .segments)
    var on: Int32 = 1
    let size = socklen_t(MemoryLayout<Int32>.size)
    try #require(setsockopt(pair.sender.rawDescriptor, SOL_SOCKET, SO_NO_CHECK, &on, size) == 0)
    let sent = datagrams([3, 9, 1400, 1400, 1400, 2, 8])
    try pair.sender.send(batch(sent))
    #expect(try pair.receive(sent.count) == sent)
    #expect(pair.sender.sending == .messages)
    #expect(pair.sender.sentCount == sent.count)
  }

  /// What went before a datagram that cannot go has gone, and is counted.
  @Test(arguments: ways) func aFailureTellsHowFarItCame(_ way: UDPSocket.Sending) throws {
    let pair = try Pair()
    pair.sender.sending = way
    let sent = datagrams([5, 5, 65_508, 5])
    #expect(ioFailure { try pair.sender.send(batch(sent)) }?.code == EMSGSIZE)
    #expect(try pair.receive(2) == Array(sent.prefix(2)))
    #expect(pair.sender.sentCount == 2)
  }

  @Test func plansHoldEveryDatagramOnce() {
    let seeded = Seeded.of("send plans")
    var random = seeded
    for _ in 0..<500 {
      let kinds = [0, 1, 12, 1399, 1400, 1401, 60_000, 65_507]
      let sizes = (0..<Int.random(in: 0...200, using: &random)).map { _ in
        kinds[
          Int.random(in: 0..<kinds.count, using: &random) & Int.random(in: 0...7, using: &random)]
      }
      let first = Int.random(in: 0...sizes.count, using: &random)
      let plan = SendPlan(sizes, from: first, inSegments: true)
      var (index, offset) = (first, sizes[..<first].reduce(0, +))
      for (run, count) in zip(plan.runs, plan.counts) {
        let part = sizes[index..<index + count]
        #expect(run.offset == offset)
        #expect(run.size == part.reduce(0, +))
        #expect(count <= 64)
        #expect((run.segment == 0) == (count == 1))
        if count > 1 {
          #expect(run.size <= 65_507)
          #expect(part.dropLast().allSatisfy { $0 == Int(run.segment) })
          #expect((1...Int(run.segment)).contains(part.last ?? 0))
        }
        (index, offset) = (index + count, offset + run.size)
      }
      #expect(index == sizes.count)
      let single = SendPlan(sizes, from: first, inSegments: false)
      #expect(single.counts == [Int](repeating: 1, count: sizes.count - first))
    }
  }

  @Test func aBatchIsBuiltInPlaceOrNotAtAll() throws {
    struct Stop: Error {}
    var batch = DatagramBatch()
    batch.append([1])
    batch.append { $0 += [2, 3] }
    #expect(throws: Stop.self) {
      try batch.append { (bytes: inout [UInt8]) throws(Stop) in
        bytes += [9, 9]
        throw Stop()
      }
    }
    #expect(batch.bytes == [1, 2, 3])
    #expect(batch.sizes == [1, 2])
    batch.removeAll()
    #expect(batch.count == 0)
    #expect(batch.bytes.isEmpty)
  }
}
