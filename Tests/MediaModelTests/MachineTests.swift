import MediaModel
import Testing

/// Answers each line with its length and asks to be woken a second after the last bytes.
private struct LineCounter: Machine {
  enum Failure: Error { case never }
  private var line: [UInt8] = []
  private var due: [Output<Int>] = []
  private var deadline: Nanoseconds?

  mutating func receive(_ bytes: [UInt8], at now: Nanoseconds) throws(Failure) {
    deadline = now + 1_000_000_000
    for byte in bytes {
      if byte == 10 {
        due += [.event(line.count), .send([UInt8(line.count)])]
        line = []
      } else {
        line.append(byte)
      }
    }
  }

  mutating func tick(at now: Nanoseconds) throws(Failure) {
    if let deadline, now >= deadline { due.append(.close) }
  }

  mutating func nextOutput() -> Output<Int> {
    due.isEmpty ? .wait(until: deadline) : due.removeFirst()
  }
}

@Suite struct MachineTests {
  @Test func anyCutGivesTheSameOutputs() throws {
    let wire: [UInt8] = [1, 2, 10, 10, 3, 10]
    for size in 1...wire.count {
      var machine = LineCounter()
      var outputs: [Output<Int>] = []
      for start in stride(from: 0, to: wire.count, by: size) {
        try machine.receive([UInt8](wire[start..<min(start + size, wire.count)]), at: 5)
        while true {
          let output = machine.nextOutput()
          if output == .wait(until: 1_000_000_005) { break }
          outputs.append(output)
        }
      }
      #expect(
        outputs == [.event(2), .send([2]), .event(0), .send([0]), .event(1), .send([1])])
      try machine.tick(at: 2_000_000_000)
      #expect(machine.nextOutput() == .close)
    }
  }
}
