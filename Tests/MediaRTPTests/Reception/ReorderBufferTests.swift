import TestSupport
import Testing

@testable import MediaRTP

/// A buffer behind what judges its packets.
private struct Ordering {
  var buffer: ReorderBuffer<Int>
  var window = RTPSequenceWindow()
  /// Packets that passed, until they are taken.
  var passed: [Int] = []

  init(_ limits: ReorderBuffer<Int>.Limits = .init()) { buffer = ReorderBuffer(limits: limits) }
}

@Suite struct ReorderBufferTests {
  private func insert(
    _ ordering: inout Ordering, _ number: Int, at milliseconds: Int64, isPast: Bool = false
  ) -> RTPArrival {
    let sequence = RTPSequenceNumber(rawValue: UInt16(truncatingIfNeeded: number))
    let (arrival, place) = ordering.window.add(sequence, isPast: isPast)
    if let passed = ordering.buffer.pass(arrival) {
      #expect(passed == place)
      ordering.passed.append(number)
    } else {
      ordering.buffer.insert(number, sequence, arrival, at: milliseconds * 1_000_000)
    }
    return arrival
  }

  private func take(_ ordering: inout Ordering, at milliseconds: Int64) -> [Int] {
    var found = ordering.passed
    ordering.passed = []
    while let released = ordering.buffer.next(at: milliseconds * 1_000_000) {
      found.append(released.packet)
    }
    return found
  }

  /// However far behind and however many they are: their turn is over.
  @Test func packetsThatFillAnOldHoleAreLate() {
    var buffer = Ordering()
    for number in 0..<600 where !(200..<203).contains(number) {
      _ = insert(&buffer, number, at: Int64(number))
      _ = take(&buffer, at: 10_000)
    }
    for number in 200..<203 { #expect(insert(&buffer, number, at: 20_000) == .late) }
    for number in 100..<103 {
      #expect(insert(&buffer, number, at: 20_000, isPast: true) == .duplicate)
    }
    #expect(insert(&buffer, 600, at: 20_000) == .inOrder)
    #expect(take(&buffer, at: 20_000) == [600])
    #expect(buffer.buffer.late == 3 && buffer.buffer.duplicates == 3 && buffer.buffer.count == 0)
  }

  @Test func inOrderNothingWaits() {
    var buffer = Ordering()
    for number in 65_530..<65_600 {
      #expect(insert(&buffer, number, at: 0) == (number == 65_530 ? .first : .inOrder))
      #expect(take(&buffer, at: 0) == [number])
    }
    #expect(buffer.buffer.count == 0 && buffer.buffer.deadline == nil && buffer.buffer.lost == 0)
  }

  @Test func aHoleIsWaitedForAndFilled() {
    var buffer = Ordering()
    _ = insert(&buffer, 1, at: 0)
    #expect(take(&buffer, at: 0) == [1])
    #expect(insert(&buffer, 4, at: 10) == .ahead(missing: 2))
    #expect(insert(&buffer, 3, at: 20) == .late)
    #expect(take(&buffer, at: 209) == [])
    #expect(buffer.buffer.deadline == 210_000_000)
    #expect(insert(&buffer, 2, at: 209) == .late)
    #expect(take(&buffer, at: 209) == [2, 3, 4])
  }

  @Test func aHoleIsGivenUpAfterTheWait() throws {
    var buffer = Ordering()
    _ = insert(&buffer, 1, at: 0)
    _ = take(&buffer, at: 0)
    _ = insert(&buffer, 4, at: 10)
    _ = insert(&buffer, 5, at: 12)
    let next = buffer.buffer.next(at: 210_000_000)
    let released = try #require(next)
    #expect(released.packet == 4 && released.lost == 2 && !released.isRestart)
    #expect(take(&buffer, at: 210) == [5])
    #expect(insert(&buffer, 3, at: 211) == .late)
    #expect(take(&buffer, at: 211) == [])
    #expect(buffer.buffer.late == 1 && buffer.buffer.lost == 2)
  }

  @Test func aFullBufferWaitsNoLonger() {
    var limits = ReorderBuffer<Int>.Limits()
    limits.maxPackets = 3
    var buffer = Ordering(limits)
    _ = insert(&buffer, 0, at: 0)
    _ = take(&buffer, at: 0)
    for number in 2...4 { _ = insert(&buffer, number, at: 0) }
    #expect(take(&buffer, at: 0) == [])
    _ = insert(&buffer, 5, at: 0)
    #expect(take(&buffer, at: 0) == [2, 3, 4, 5])
  }

  @Test func duplicatesAreDropped() {
    var buffer = Ordering()
    for number in [1, 1, 3, 3, 2, 2, 1] { _ = insert(&buffer, number, at: 0) }
    #expect(take(&buffer, at: 0) == [1, 2, 3])
    #expect(buffer.buffer.duplicates == 4 && buffer.buffer.lost == 0)
  }

  @Test func theFirstPacketMayBeHeld() {
    var limits = ReorderBuffer<Int>.Limits()
    limits.initialWait = 50_000_000
    var buffer = Ordering(limits)
    _ = insert(&buffer, 0, at: 0)
    #expect(take(&buffer, at: 0) == [] && buffer.buffer.deadline == 50_000_000)
    _ = insert(&buffer, 65_535, at: 10)
    #expect(take(&buffer, at: 50) == [65_535, 0])
  }

  @Test func aRestartFollowsWhatIsHeld() throws {
    var buffer = Ordering()
    for number in [1, 3] { _ = insert(&buffer, number, at: 0) }
    #expect(take(&buffer, at: 0) == [1])
    #expect(insert(&buffer, 40_000, at: 1) == .stray)
    #expect(insert(&buffer, 40_001, at: 2) == .restarted)
    #expect(take(&buffer, at: 3) == [])
    let first = buffer.buffer.next(at: 201_000_000)
    #expect(first?.packet == 3)
    let next = buffer.buffer.next(at: 201_000_000)
    let released = try #require(next)
    #expect(released.packet == 40_000 && released.isRestart && released.lost == 0)
    #expect(take(&buffer, at: 201) == [40_001])
    #expect(buffer.buffer.strays == 0 && buffer.buffer.lost == 1)
    #expect(insert(&buffer, 39_999, at: 202) == .late)
    #expect(buffer.buffer.late == 1)
  }

  @Test func aStrayThatNothingFollowsIsDropped() {
    var buffer = Ordering()
    for number in [1, 40_000, 2, 50_000, 3] { _ = insert(&buffer, number, at: 0) }
    #expect(take(&buffer, at: 0) == [1, 2, 3])
    #expect(buffer.buffer.strays == 2)
  }

  @Test func theEndWaitsForNothing() {
    var buffer = Ordering()
    for number in [1, 3, 5] { _ = insert(&buffer, number, at: 0) }
    buffer.buffer.finish()
    #expect(take(&buffer, at: 0) == [1, 3, 5])
    #expect(buffer.buffer.lost == 2)
  }

  @Test func orderIsRestoredWhateverTheNetworkDoes() {
    var random = Seeded.of("reorder buffer")
    for _ in 0..<30 {
      var sequence = [Int](65_000..<67_000).filter { _ in Int.random(in: 0..<50, using: &random) > 0
      }
      for index in stride(from: 0, to: sequence.count - 20, by: 20)
      where Bool.random(using: &random) {
        let range = index..<index + Int.random(in: 2...20, using: &random)
        sequence[range].shuffle(using: &random)
      }
      var limits = ReorderBuffer<Int>.Limits()
      limits.initialWait = limits.maxWait
      var buffer = Ordering(limits)
      var found: [Int] = []
      for (index, number) in sequence.enumerated() {
        _ = insert(&buffer, number, at: Int64(index))
        found += take(&buffer, at: Int64(index))
      }
      buffer.buffer.finish()
      found += take(&buffer, at: 0)
      #expect(found == sequence.sorted())
      #expect(buffer.buffer.lost == (found.last ?? 0) - (found.first ?? 0) + 1 - found.count)
    }
  }
}
