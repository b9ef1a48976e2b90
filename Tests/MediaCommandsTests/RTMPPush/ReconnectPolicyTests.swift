import MediaModel
import TestSupport
import Testing

@testable import MediaCommands

@Suite struct ReconnectPolicyTests {
  private static let second: Nanoseconds = 1_000_000_000

  /// The waits of an outage in which every try fails at once, in order.
  private func waits(_ policy: inout ReconnectPolicy, _ count: Int, from start: Nanoseconds = 0)
    -> [Nanoseconds]
  {
    var random = Seeded.of("ReconnectPolicy")
    var now = start
    return (0..<count).compactMap { _ in
      let wait = policy.wait(after: .other, at: now, using: &random)
      now += wait ?? 0
      return wait
    }
  }

  private func isNear(_ wait: Nanoseconds, _ expected: Nanoseconds) -> Bool {
    (expected * 8 / 10...expected * 12 / 10).contains(wait)
  }

  @Test func doublesToASecondAndAfterAMinuteToTen() {
    var policy = ReconnectPolicy(limit: nil)
    let waits = waits(&policy, 100)
    let beginning: [Nanoseconds] = [200, 400, 800, 1000, 1000].map { $0 * 1_000_000 }
    for (wait, expected) in zip(waits, beginning) { #expect(isNear(wait, expected)) }
    var elapsed: Nanoseconds = 0
    for wait in waits {
      #expect(wait <= (elapsed < 60 * Self.second ? 12 : 120) * Self.second / 10)
      elapsed += wait
    }
    #expect(waits.suffix(10).allSatisfy { isNear($0, 10 * Self.second) })
    #expect(Set(waits).count > 90, "jitter")
  }

  @Test(arguments: [0, 1, 3]) func endsAfterTheTriesAskedFor(limit: Int) {
    var policy = ReconnectPolicy(limit: limit)
    #expect(waits(&policy, 10).count == limit)
  }

  @Test func beginsAnewOnlyAfterAConnectionThatHeld() {
    var random = Seeded.of("ReconnectPolicy holds")
    var policy = ReconnectPolicy(limit: 2)
    #expect(waits(&policy, 5).count == 2)
    policy.succeeded(at: 20 * Self.second)
    #expect(policy.wait(after: .other, at: 21 * Self.second, using: &random) == nil)
    policy.succeeded(at: 30 * Self.second)
    let wait = policy.wait(after: .other, at: 41 * Self.second, using: &random)
    #expect(wait.map { isNear($0, Self.second / 5) } == true)
  }

  @Test func waitsOutItsOwnFormerConnection() {
    var random = Seeded.of("ReconnectPolicy name")
    var fresh = ReconnectPolicy(limit: 1)
    #expect(fresh.wait(after: .nameTaken, at: 0, using: &random) != nil)
    #expect(fresh.wait(after: .nameTaken, at: 0, using: &random) == nil)

    var policy = ReconnectPolicy(limit: 1)
    policy.succeeded(at: 0)
    #expect(policy.wait(after: .other, at: 20 * Self.second, using: &random) != nil)
    for seconds in 21..<70 {
      let now = Nanoseconds(seconds) * Self.second
      #expect(policy.wait(after: .nameTaken, at: now, using: &random) != nil)
    }
    #expect(policy.wait(after: .nameTaken, at: 81 * Self.second, using: &random) == nil)

    var never = ReconnectPolicy(limit: 0)
    never.succeeded(at: 0)
    #expect(never.wait(after: .nameTaken, at: 20 * Self.second, using: &random) == nil)
  }
}
