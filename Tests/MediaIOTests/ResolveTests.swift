import Foundation
import Testing

@testable import MediaIO

@Suite struct ResolveTests {
  private let second: Int64 = 1_000_000_000

  @Test func literals() throws {
    let four = try resolve(host: "127.0.0.1", port: 1935, timeout: 10 * second)
    #expect(four.map(\.description) == ["127.0.0.1:1935"])
    #expect(four.first?.family == .ipv4)
    #expect(four.first?.socketAddress.count == MemoryLayout<sockaddr_in>.size)
    // sin_family in the machine's order, then port and address in the network's.
    #expect(four.first?.socketAddress[2..<8] == [0x07, 0x8f, 127, 0, 0, 1])
    let six = try resolve(host: "::1", port: 554, timeout: 10 * second)
    #expect(six.map(\.description) == ["[::1]:554"])
    #expect(six.first?.family == .ipv6)
    #expect(six.first?.socketAddress.count == MemoryLayout<sockaddr_in6>.size)
  }

  @Test func localhost() throws {
    let all = try resolve(host: "localhost", port: 80, timeout: 10 * second)
    #expect(all.contains { $0.host == "127.0.0.1" || $0.host == "::1" })
    #expect(all.allSatisfy { $0.port == 80 })
    #expect(Set(all).count == all.count)
  }

  @Test(arguments: ["nonexistent.invalid", "", "a\0b", String(repeating: "x", count: 70_000)])
  func badNames(_ host: String) throws {
    let failure = #expect(throws: ResolveFailure.self) {
      _ = try resolve(host: host, port: 80, timeout: 30 * second)
    }
    #expect(failure?.host == host)
    #expect(failure?.timedOut == false)
    #expect(failure?.reason.isEmpty == false)
  }

  @Test func aResolverThatSleepsIsLeft() throws {
    let ends = try makePipe()
    defer { close(ends.writing) }
    let failure = #expect(throws: ResolveFailure.self) {
      _ = try resolve(host: "slow.example", port: 80, timeout: 20_000_000) { _, _ in
        // Ends when the test has closed the other end.
        let input = FileDescriptor(owning: ends.reading, subject: "pipe")
        var byte: UInt8 = 0
        #expect(read(input.rawValue, &byte, 1) == 0)
        return .success([])
      }
    }
    #expect(
      failure
        == ResolveFailure(host: "slow.example", reason: "no answer in time", timedOut: true))
    #expect(failure?.description == "slow.example: no answer in time")
  }

  @Test(arguments: [0, -1, Int64.min]) func noTimeAtAll(timeout: Int64) {
    let failure = #expect(throws: ResolveFailure.self) {
      _ = try resolve(host: "127.0.0.1", port: 80, timeout: timeout)
    }
    #expect(failure?.timedOut == true)
  }

  @Test func endlessTime() throws {
    #expect(try resolve(host: "127.0.0.1", port: 80, timeout: Int64.max).count == 1)
  }
}
