import Testing

@testable import MediaIO

@Suite struct SocketAddressTests {
  @Test(arguments: [
    ("127.0.0.1", "127.0.0.1:5004"), ("::1", "[::1]:5004"), ("::", "[::]:5004"),
    ("2001:DB8:0:0:1:0:0:1", "[2001:db8::1:0:0:1]:5004"),
    ("2001:db8:0:1:1:1:1:1", "[2001:db8:0:1:1:1:1:1]:5004"),
    ("::1.2.3.4", "[::102:304]:5004"), ("::ffff:1.2.3.4", "[::ffff:1.2.3.4]:5004"),
    ("fe80::1%lo", "[fe80::1%lo]:5004"), ("fe80::1%4000000", "[fe80::1%4000000]:5004"),
  ]) func readsAndWrites(_ digits: String, _ text: String) throws {
    let address = try #require(SocketAddress(digits, port: 5004))
    #expect(address.description == text)
    #expect(SocketAddress(address.host, port: 5004) == address)
    #expect(SocketAddress(bytes: address.bytes, port: 5004, scope: address.scope) == address)
  }

  @Test(arguments: [
    "", "localhost", "127.0.0", "256.0.0.1", "1.2.3.4 ", ":::", "fe80::1%", "fe80::1%nosuchif",
    "::1\0", "[::1]",
  ]) func refuses(_ text: String) { #expect(SocketAddress(text, port: 1) == nil) }

  @Test func refusesOtherSizes() {
    for count in 0...20 where count != 4 && count != 16 {
      #expect(SocketAddress(bytes: [UInt8](repeating: 1, count: count), port: 1) == nil)
      #expect(SocketAddress(sockaddr: .init(start: nil, count: 0)) == nil)
    }
  }

  @Test func theStructureOfCComesBack() throws {
    for digits in ["10.20.30.40", "2001:db8::7", "fe80::1%1"] {
      let address = try #require(SocketAddress(digits, port: 0x1234))
      let back = address.withSockaddr { pointer, size in
        SocketAddress(sockaddr: .init(start: pointer, count: Int(size)))
      }
      #expect(back == address)
      // Every prefix is refused, but for the padding at an IPv4 structure's end.
      address.withSockaddr { pointer, size in
        for count in 0..<16 {
          #expect(SocketAddress(sockaddr: .init(start: pointer, count: count)) == nil)
        }
      }
    }
  }

  @Test func ipv4ThroughIPv6IsIPv4() throws {
    let mapped = try #require(SocketAddress("::ffff:10.0.0.1", port: 9))
    let back = mapped.withSockaddr { SocketAddress(sockaddr: .init(start: $0, count: Int($1))) }
    #expect(back?.description == "10.0.0.1:9")
    #expect(back?.ipv4 == 0x0a00_0001)
  }

  @Test func groups() {
    for (digits, isGroup) in [
      ("224.0.0.1", true), ("239.255.255.255", true), ("223.255.255.255", false),
      ("240.0.0.1", false), ("ff02::1", true), ("fe80::1", false),
    ] {
      #expect(SocketAddress(digits, port: 0)?.isMulticast == isGroup)
    }
  }

  @Test func resolves() throws {
    let timeout: Int64 = 20_000_000_000
    // Digits need no resolver, so no time either.
    let digits = try SocketAddress.resolving(host: "127.0.0.1", port: 7, timeout: 0)
    #expect(digits.map(\.description) == ["127.0.0.1:7"])
    let named = try SocketAddress.resolving(host: "localhost", port: 7, timeout: timeout)
    #expect(!named.isEmpty)
    #expect(named.allSatisfy { $0.port == 7 && ["127.0.0.1", "::1"].contains($0.host) })
    #expect(throws: ResolveFailure.self) {
      try SocketAddress.resolving(host: "", port: 7, timeout: timeout)
    }
  }

  @Test func interfaces() throws {
    let loopback = try NetworkInterface("lo")
    #expect(loopback.index != 0)
    #expect(loopback.ipv4 == 0x7f00_0001)
    #expect(try NetworkInterface("127.0.0.1") == loopback)
    #expect(try NetworkInterface(String(loopback.index)) == loopback)
    #expect(
      ioFailure { _ = try NetworkInterface("nosuchif") }?.description
        == "interface nosuchif: No such device")
    #expect(ioFailure { _ = try NetworkInterface("192.0.2.1") } != nil)
  }
}
