import Foundation
import Testing

@testable import MediaIO

@Suite struct ResolveTests {
  private let second: Int64 = 1_000_000_000

  @Test func literals() throws {
    let four = try resolve(host: "127.0.0.1", port: 1935, timeout: 10 * second)
    #expect(four.map(\.description) == ["127.0.0.1:1935"])
    let six = try resolve(host: "::1", port: 554, timeout: 10 * second)
    #expect(six.map(\.description) == ["[::1]:554"])
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
      _ = try resolve(host: "slow.example", port: 80, timeout: 20_000_000) { _ in
        // Ends when the test has closed the other end.
        let input = FileDescriptor(owning: ends.reading, subject: "pipe")
        var byte: UInt8 = 0
        #expect(read(input.rawValue, &byte, 1) == 0)
        return .success([])
      }
    }
    #expect(
      failure
        == ResolveFailure(host: "slow.example", reason: "no answer in time", kind: .timedOut))
    #expect(failure?.description == "slow.example: no answer in time")
  }

  @Test(arguments: [0, -1, Int64.min]) func noTimeAtAll(timeout: Int64) {
    let failure = #expect(throws: ResolveFailure.self) {
      _ = try resolve(host: "localhost", port: 80, timeout: timeout)
    }
    #expect(failure?.timedOut == true)
    // Digits need no resolver.
    #expect(throws: Never.self) { _ = try resolve(host: "::1", port: 80, timeout: timeout) }
  }

  @Test func endlessTime() throws {
    #expect(try resolve(host: "localhost", port: 80, timeout: Int64.max).isEmpty == false)
  }
}
