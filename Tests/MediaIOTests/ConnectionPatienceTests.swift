import MediaModel
import Testing

@testable import MediaIO

/// Little that a peer says lies in the kernel until more comes, or for as long as there is patience.
@Suite struct ConnectionPatienceTests {
  private let driver: Driver
  private let pair: TCPPair

  init() throws {
    driver = try Driver()
    pair = try TCPPair()
  }

  private func begin(_ patience: Nanoseconds) throws -> (Connection<Talker>, Told) {
    let (connection, told) = driver.talk(Talker(), over: pair.client)
    try driver.run { told.connected == nil }
    connection.patience = patience
    try pair.say([1])
    try driver.run { told.heard.isEmpty }
    return (connection, told)
  }

  private func wait() throws {
    #expect(try driver.run(until: MonotonicClock.now() + 50_000_000) == .limit)
  }

  @Test func littleWaitsForMuch() throws {
    let (_, told) = try begin(60_000_000_000)
    try pair.say([2])
    try wait()
    #expect(told.heard == [1])
    try pair.say([UInt8](repeating: 3, count: 2048))
    try driver.run { told.heard.count < 2050 }
  }

  @Test func littleWaitsNoLongerThanThat() throws {
    let (connection, told) = try begin(20_000_000)
    try pair.say([2])
    try driver.run { told.heard.count < 2 }
    // Where nothing came for so long, what comes then is heard at once, however long the patience is.
    try driver.run { connection.nextLook != nil }
    connection.patience = 60_000_000_000
    try pair.say([3])
    try driver.run { told.heard.count < 3 }
  }

  @Test func withoutPatienceItIsHeardAtOnce() throws {
    let (connection, told) = try begin(60_000_000_000)
    try pair.say([2])
    try wait()
    connection.patience = nil
    try driver.run { told.heard.count < 2 }
  }

  @Test func theEndIsHeardAtOnce() throws {
    let (_, told) = try begin(60_000_000_000)
    try pair.say([2])
    pair.server.shutDownSending()
    #expect(try driver.run(until: soon()) == .finished)
    #expect(told.heard == [1, 2])
  }
}
