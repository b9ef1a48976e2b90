import Testing

@testable import MediaIO

/// Values made on another thread.
@Suite struct BackgroundReaderTests {
  private struct Broken: Error {}

  /// All that comes, and what it ended with.
  private func drain(_ reader: BackgroundReader<Int>) throws -> [Int] {
    let driver = try Driver()
    var values: [Int] = []
    var ending: Result<Void, any Error>?
    var watch: Watch?
    watch = try driver.watch(reader.rawDescriptor) {
      do {
        // One step a look: between two of them a value may come.
        var step = try reader.next()
        while case .value(let value) = step {
          values.append(value)
          step = try reader.next()
        }
        if case .end = step { ending = .success(()) }
      } catch {
        ending = .failure(error)
      }
      if ending != nil { watch?.cancel() }
    }
    _ = try driver.run(until: MonotonicClock.now() + 20_000_000_000)
    try #require(ending).get()
    return values
  }

  @Test(arguments: [1, 3, 1000]) func givesAllInOrder(capacity: Int) throws {
    let count = Monitor(0)
    let reader = try BackgroundReader(capacity: capacity) {
      count.wait { count -> Int?? in
        count += 1
        return .some(count <= 500 ? count : nil)
      }
    }
    #expect(try drain(reader) == Array(1...500))
  }

  @Test func tellsFailuresBehindTheValues() throws {
    let count = Monitor(0)
    let reader = try BackgroundReader<Int>(capacity: 4) {
      let number = count.wait { count -> Int? in
        count += 1
        return count
      }
      if number > 3 { throw Broken() }
      return number
    }
    #expect(throws: Broken.self) { try drain(reader) }
  }

  @Test func holdsNoMoreThanItsCapacity() throws {
    let made = Monitor(0)
    let reader = try BackgroundReader<Int>(capacity: 2) {
      made.wait { made -> Int? in
        made += 1
        return made
      }
    }
    // The third is made, and waits for room.
    _ = made.wait { $0 >= 3 ? true : nil }
    guard case .value(1) = try reader.next() else { return #expect(Bool(false), "no value") }
  }
}
