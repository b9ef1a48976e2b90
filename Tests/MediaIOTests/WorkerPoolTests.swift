import Foundation
import Synchronization
import Testing

@testable import MediaIO
import TestSupport

@Suite struct WorkerPoolTests {
  @Test(arguments: [-1, 0, 1, 2, 8, 100], [0, 1, 7, 300])
  func deliversInOrder(jobs: Int, count: Int) {
    let seed: UInt64 = 20_260_714
    var delivered: [Int] = []
    mapInOrder(jobs: jobs, count: count) { index in
      var random = Seeded(seed &+ UInt64(index))
      usleep(UInt32.random(in: 0...1000, using: &random))
      return index * index
    } deliver: { index, square in
      #expect(square == index * index, "seed \(seed)")
      delivered.append(index)
    }
    #expect(delivered == Array(0..<count))
  }

  @Test func aNegativeCountIsNone() {
    mapInOrder(jobs: 4, count: -3) {
      $0
    } deliver: { _, _ in
      Issue.record("delivered")
    }
  }

  @Test(arguments: [1, 2, 8]) func runsAheadOnlySoFar(jobs: Int) {
    let begun = Atomic(0)
    mapInOrder(jobs: jobs, count: 100) { index in
      begun.add(1, ordering: .relaxed)
      return index
    } deliver: { index, _ in
      #expect(begun.load(ordering: .relaxed) <= index + 2 * jobs)
    }
    #expect(begun.load(ordering: .relaxed) == 100)
  }

  struct Stop: Error, Equatable { let index: Int }

  @Test(arguments: [1, 8]) func stopsWhereDeliveryThrows(jobs: Int) {
    let begun = Atomic(0)
    var delivered = 0
    #expect(throws: Stop(index: 5)) {
      try mapInOrder(jobs: jobs, count: 10_000) { index in
        begun.add(1, ordering: .relaxed)
        return index
      } deliver: { index, _ in
        guard index < 5 else { throw Stop(index: index) }
        delivered += 1
      }
    }
    #expect(delivered == 5)
    #expect(begun.load(ordering: .relaxed) <= 5 + 2 * jobs)
  }

  @Test func threadsRunAtTheSameTime() {
    // Each waits for the other: one thread alone would never end.
    let met = Monitor(0)
    var results: [Int] = []
    mapInOrder(jobs: 2, count: 2) { index in
      met.change { $0 += 1 }
      return met.wait { $0 == 2 ? index : nil }
    } deliver: { _, value in
      results.append(value)
    }
    #expect(results == [0, 1])
  }

  @Test func theStackIsDeep() {
    // 2.5 MiB of frames at least: too deep for the 2 MiB that some systems give a thread.
    @Sendable func deep(_ level: Int) -> Int {
      withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 1) { room in
        room[0] = 1
        return level == 0 ? 0 : deep(level - 1) + Int(room[0])
      }
    }
    mapInOrder(jobs: 2, count: 2) { _ in
      deep(2500)
    } deliver: { _, depth in
      #expect(depth == 2500)
    }
  }

  // MARK: Items that are drawn

  struct Dry: Error, Equatable { let drawn: Int }

  @Test(arguments: [-1, 1, 2, 8], [0, 1, 2, 7, 300])
  func deliversWhatIsDrawnInOrder(jobs: Int, count: Int) {
    let seed: UInt64 = 20_261_122
    var drawn = 0
    var delivered: [Int] = []
    mapInOrder(jobs: jobs) {
      defer { drawn += 1 }
      return drawn < count ? drawn : nil
    } work: { (item: Int) in
      var random = Seeded(seed &+ UInt64(item))
      usleep(UInt32.random(in: 0...1000, using: &random))
      return item * item
    } deliver: {
      delivered.append($0)
    }
    #expect(delivered == (0..<count).map { $0 * $0 }, "seed \(seed)")
    #expect(drawn == count + 1)
  }

  @Test(arguments: [1, 4]) func deliversWhatWasDrawnBeforeDrawingFailed(jobs: Int) {
    var drawn = 0
    var delivered: [Int] = []
    #expect(throws: Dry(drawn: 7)) {
      try mapInOrder(jobs: jobs) {
        guard drawn < 7 else { throw Dry(drawn: drawn) }
        defer { drawn += 1 }
        return drawn
      } work: { (item: Int) in
        item
      } deliver: {
        delivered.append($0)
      }
    }
    #expect(delivered == Array(0..<7))
  }

  @Test(arguments: [1, 4]) func drawsNoFurtherWhereDeliveryThrows(jobs: Int) {
    var drawn = 0
    #expect(throws: Stop(index: 5)) {
      try mapInOrder(jobs: jobs) {
        defer { drawn += 1 }
        return drawn
      } work: { (item: Int) in
        item
      } deliver: {
        if $0 == 5 { throw Stop(index: $0) }
      }
    }
    #expect(drawn <= 6 + 2 * jobs)
  }

  @Test(arguments: [1, 3]) func drawsAheadOnlySoFar(jobs: Int) {
    var (drawn, delivered) = (0, 0)
    mapInOrder(jobs: jobs) {
      #expect(drawn - delivered < 2 * jobs)
      defer { drawn += 1 }
      return drawn < 200 ? drawn : nil
    } work: { (item: Int) in
      item
    } deliver: { _ in
      delivered += 1
    }
    #expect(delivered == 200)
  }

  @Test func aSingleItemIsWorkedOnByTheCaller() {
    let caller = pthread_self()
    var items = [1]
    mapInOrder(jobs: 8) {
      items.popLast()
    } work: { _ in
      pthread_equal(pthread_self(), caller) != 0
    } deliver: {
      #expect($0)
    }
  }

  @Test func theCallerDraws() {
    let caller = pthread_self()
    var left = 20
    mapInOrder(jobs: 4) {
      #expect(pthread_equal(pthread_self(), caller) != 0)
      left -= 1
      return left > 0 ? left : nil
    } work: { (item: Int) in
      item
    } deliver: { _ in
    }
  }
}

@Suite struct BufferPoolTests {
  @Test func usesAgainWhatWasGivenBack() {
    let pool = BufferPool(byteCount: 4096)
    var first: BufferPool.Buffer? = pool.take()
    let address = first?.bytes.baseAddress
    let second = pool.take()
    #expect(second.bytes.baseAddress != address && second.bytes.count == 4096)
    first = nil
    #expect(pool.take().bytes.baseAddress == address)
  }
}

@Suite struct ProcessorsTests {
  @Test func thereIsAtLeastOneAndNoMoreThanTheMachineHas() {
    #expect((1...ProcessInfo.processInfo.processorCount).contains(Processors.availableCount))
  }
}
