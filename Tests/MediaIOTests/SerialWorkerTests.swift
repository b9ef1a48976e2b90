import MediaIO
import Synchronization
import Testing

struct SerialWorkerTests {
  @Test(arguments: [1, 4]) func worksInOrderOnEverything(capacity: Int) throws {
    let seen = Seen()
    let worker = try SerialWorker<Int, IOFailure>(capacity: capacity) { seen.add($0) }
    for number in 0..<1000 { try worker.put(number) }
    try worker.drain()
    #expect(seen.numbers == Array(0..<1000))
    // Draining is no end: more may follow.
    try worker.put(1000)
    try worker.drain()
    #expect(seen.numbers.last == 1000)
  }

  @Test func failureReachesTheGiver() throws {
    let seen = Seen()
    let broken = IOFailure(call: "write", code: 32, subject: "standard output")
    let worker = try SerialWorker<Int, IOFailure>(capacity: 2) { (number) throws(IOFailure) in
      if number == 3 { throw broken }
      seen.add(number)
    }
    #expect(throws: broken) {
      for number in 0..<1000 { try worker.put(number) }
    }
    #expect(throws: broken) { try worker.drain() }
    #expect(throws: broken) { try worker.put(7) }
    #expect(seen.numbers == [0, 1, 2])
  }

  @Test func whatWasGivenIsDoneWhenTheWorkerGoes() throws {
    let seen = Seen()
    do {
      let worker = try SerialWorker<Int, IOFailure>(capacity: 8) { seen.add($0) }
      for number in 0..<8 { try worker.put(number) }
    }
    #expect(seen.numbers == Array(0..<8))
  }
}

/// Numbers that a thread saw.
private final class Seen: Sendable {
  private let all = Mutex<[Int]>([])
  var numbers: [Int] { all.withLock { $0 } }
  func add(_ number: Int) { all.withLock { $0.append(number) } }
}
