import Glibc
import MediaModel
import Testing

@testable import MediaIO

private let six = (1...3).compactMap { SocketAddress("2001:db8::\($0)", port: 1935) }
private let four = (1...3).compactMap { SocketAddress("192.0.2.\($0)", port: 1935) }
private let second: Nanoseconds = 1_000_000_000

extension HappyEyeballs {
  /// Everything to do now.
  fileprivate mutating func actions() -> [Action] {
    var actions: [Action] = []
    while true {
      let action = nextAction()
      if case .wait = action { return actions }
      actions.append(action)
    }
  }
}

@Suite struct HappyEyeballsTests {
  @Test func familiesTakeTurns() {
    let mixed = HappyEyeballs.interleaved(six + four)
    #expect(mixed == [six[0], four[0], six[1], four[1], six[2], four[2]])
    let uneven = HappyEyeballs.interleaved([four[0], six[0], six[1], six[2]])
    #expect(uneven == [four[0], six[0], six[1], six[2]])
    #expect(HappyEyeballs.interleaved(four) == four)
    #expect(HappyEyeballs.interleaved([]).isEmpty)
  }

  @Test func anAttemptIsAloneForAQuarterOfASecond() {
    var race = HappyEyeballs([six[0], four[0]], at: 0, limit: 10 * second)
    #expect(race.actions() == [.connect(0)])
    #expect(race.nextAction() == .wait(until: 250_000_000))
    race.tick(at: 249_999_999)
    #expect(race.actions() == [])
    race.tick(at: 250_000_000)
    #expect(race.actions() == [.connect(1)])
    #expect(race.nextAction() == .wait(until: 10 * second))
    race.connected(1)
    #expect(race.actions() == [.abandon(0), .won(1)])
    // Whatever the others do now is of no interest.
    race.connected(0)
    race.failed(0, code: ECONNREFUSED, at: 3)
    race.tick(at: 11 * second)
    #expect(race.nextAction() == .wait(until: nil))
  }

  @Test func aFailureBeginsTheNextAtOnce() {
    var race = HappyEyeballs([six[0], four[0], four[1]], at: 0, limit: 10 * second)
    _ = race.actions()
    race.failed(0, code: ENETUNREACH, at: 5)
    #expect(race.actions() == [.connect(1)])
    #expect(race.nextAction() == .wait(until: 250_000_005))
    race.failed(1, code: ECONNREFUSED, at: 6)
    race.failed(1, code: ECONNREFUSED, at: 6)  // told twice, counted once
    #expect(race.actions() == [.connect(2)])
    race.failed(2, code: EHOSTUNREACH, at: 7)
    #expect(race.actions() == [.lost])
    #expect(race.codes == [ENETUNREACH, ECONNREFUSED, EHOSTUNREACH])
    #expect(race.mostTelling == ECONNREFUSED)
  }

  @Test func whatRunsAtTheLimitHasTimedOut() {
    var race = HappyEyeballs([six[0], four[0]], at: 7, limit: second)
    _ = race.actions()
    race.tick(at: 7 + second / 2)
    #expect(race.actions() == [.connect(1)])
    race.failed(1, code: ENETUNREACH, at: 8 + second / 2)
    #expect(race.actions() == [])
    race.tick(at: 7 + second)
    #expect(race.actions() == [.abandon(0), .lost])
    #expect(race.codes == [ETIMEDOUT, ENETUNREACH])
    #expect(race.mostTelling == ETIMEDOUT)
  }

  @Test(arguments: [
    [ENETUNREACH, ETIMEDOUT, ECONNREFUSED], [ENETUNREACH, EACCES, ETIMEDOUT],
    [ENETUNREACH, EACCES], [EADDRNOTAVAIL, ETIMEDOUT, ECONNRESET],
  ]) func theMostTellingComesLastHere(_ codes: [Int32]) {
    for codes in [codes, codes.reversed()] {
      var race = HappyEyeballs(Array((six + four).prefix(codes.count)), at: 0, limit: second)
      for (attempt, code) in codes.enumerated() { race.failed(attempt, code: code, at: 0) }
      #expect(race.actions().last == .lost)
    }
    var race = HappyEyeballs(Array((six + four).prefix(codes.count)), at: 0, limit: second)
    for (attempt, code) in codes.enumerated() { race.failed(attempt, code: code, at: 0) }
    #expect(race.mostTelling == codes.last)
  }

  @Test func noLimitIsALimit() {
    var race = HappyEyeballs([four[0]], at: second, limit: .max)
    #expect(race.actions() == [.connect(0)])
    #expect(race.nextAction() == .wait(until: .max))
  }
}
