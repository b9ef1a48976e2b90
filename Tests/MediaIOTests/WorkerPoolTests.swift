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
}
