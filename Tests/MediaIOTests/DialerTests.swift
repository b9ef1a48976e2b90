import Glibc
import TestSupport
import Testing

@testable import MediaIO

@Suite struct DialerTests {
  private let listener: TCPListener
  private let good: SocketAddress

  init() throws {
    listener = try TCPListener(at: .loopback(isIPv4: true))
    good = try listener.localAddress()
  }

  /// Connects to a name whose addresses are these, all with the port of the good one.
  private func dial(
    _ addresses: [SocketAddress], _ limits: ConnectionLimits = .milliseconds()
  ) throws -> Told {
    let driver = try Driver { _ in .success(addresses) }
    let destination = Destination(host: "several.example", port: good.port)
    let (connection, told) = driver.talk(Talker(), to: destination, limits)
    try driver.run { told.connected == nil && told.ending == nil }
    connection.abort()
    #expect(try driver.run(until: soon()) == .finished)
    return told
  }

  @Test func aDeadFirstAddressCostsNothing() throws {
    // Nobody else listens on this port, under other numbers of the loopback's network.
    let dead = try #require(SocketAddress("127.77.0.1", port: 0))
    let told = try dial([dead, good])
    #expect(told.order == ["resolved", "connected", "ended"])
    #expect(told.connected == good)
    #expect(told.resolved == [dead.with(port: good.port), good])
  }

  @Test(.enabled(if: hasIPv6)) func theOtherFamilyIsTried() throws {
    let told = try dial([.loopback(isIPv4: false), good])
    #expect(told.connected == good)
  }

  @Test func anAddressThatIsSilentIsOvertaken() throws {
    let silent = try SilentPort()
    let other = try #require(SocketAddress("127.77.0.2", port: silent.address.port))
    let heard = try TCPListener(at: other)
    let addresses = [silent.address, other]
    let driver = try Driver { _ in .success(addresses) }
    let destination = Destination(host: "several.example", port: silent.address.port)
    let (connection, told) = driver.talk(Talker(), to: destination)
    try driver.run { told.connected == nil && told.ending == nil }
    #expect(told.connected == other)
    let times = connection.times
    #expect(try #require(times.connecting) >= HappyEyeballs.attemptDelay)
    #expect(try #require(times.resolving) >= 0)
    #expect(times.securing == nil)
    connection.abort()
    #expect(try driver.run(until: soon()) == .finished)
    withExtendedLifetime(heard) {}
  }

  @Test func refusedByAll() throws {
    let port = try RefusingPort()
    let addresses = [port.address, port.address]
    let driver = try Driver { _ in .success(addresses) }
    let destination = Destination(host: "dead.example", port: port.address.port)
    let (_, told) = driver.talk(Talker(), to: destination)
    #expect(try driver.run(until: soon()) == .finished)
    #expect(told.connectFailure?.code == ECONNREFUSED)
    #expect(told.connectFailure?.attempts.count == 2)
    #expect(
      told.connectFailure?.description
        == "dead.example: Connection refused (\(port.address), \(port.address))")
    let failure = ConnectFailure(
      host: "127.0.0.1", attempts: [.init(address: port.address, code: ECONNREFUSED)],
      code: ECONNREFUSED)
    #expect(failure.description == "\(port.address): Connection refused")
  }

  @Test func aSilentAddressTimesOut() throws {
    let silent = try SilentPort()
    let driver = try Driver()
    let (_, told) = driver.talk(Talker(), to: Destination(silent.address), .milliseconds(phase: 30))
    #expect(try driver.run(until: soon()) == .finished)
    #expect(told.order == ["resolved", "ended"])
    #expect(told.connectFailure?.code == ETIMEDOUT)
  }

  @Test func aResolverThatIsSilentTimesOut() throws {
    let ends = try makePipe()
    defer { close(ends.writing) }
    let driver = try Driver { _ in
      let input = FileDescriptor(owning: ends.reading, subject: "pipe")
      var byte: UInt8 = 0
      #expect(read(input.rawValue, &byte, 1) == 0)  // when the test is over
      return .success([])
    }
    let destination = Destination(host: "slow.example", port: 1)
    let (_, told) = driver.talk(Talker(), to: destination, .milliseconds(phase: 20))
    #expect(try driver.run(until: soon()) == .finished)
    #expect(told.resolveFailure == .late("slow.example"))
    #expect(told.order == ["ended"])
  }

  @Test func unknownHosts() throws {
    let failure = ResolveFailure(host: "no.example", reason: "unknown", kind: .unknownHost)
    let driver = try Driver { _ in .failure(failure) }
    let (_, told) = driver.talk(Talker(), to: Destination(host: "no.example", port: 1))
    let (_, empty) = driver.talk(Talker(), to: Destination(host: "", port: 1))
    #expect(try driver.run(until: soon()) == .finished)
    #expect(told.resolveFailure == failure)
    #expect(empty.resolveFailure?.kind == .unknownHost)
  }

  @Test func givenUpInEveryPhase() throws {
    let ends = try makePipe()
    defer { close(ends.writing) }
    let driver = try Driver { _ in
      let input = FileDescriptor(owning: ends.reading, subject: "pipe")
      var byte: UInt8 = 0
      _ = read(input.rawValue, &byte, 1)
      return .success([])
    }
    let silent = try SilentPort()
    let (first, beforeAll) = driver.talk(Talker(), to: Destination(host: "a.example", port: 1))
    first.abort()
    let (second, resolving) = driver.talk(Talker(), to: Destination(host: "b.example", port: 1))
    let (third, connecting) = driver.talk(Talker(), to: Destination(silent.address))
    try driver.run { third.phase != .connecting }
    second.abort()
    third.abort()
    #expect(try driver.run(until: soon()) == .finished)
    for told in [beforeAll, resolving, connecting] { #expect(told.isAborted) }
    #expect(beforeAll.order == ["ended"])
    #expect(first.phase == .ended)
  }
}
