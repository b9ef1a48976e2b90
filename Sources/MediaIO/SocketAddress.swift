import Glibc

/// An address and a port of UDP or TCP, as the kernel takes and gives them.
public struct SocketAddress: Hashable, Sendable {
  /// The bytes in network order: 4 for IPv4, 16 for IPv6.
  public let bytes: [UInt8]
  /// The port; 0 asks `bind` for any free one.
  public var port: UInt16
  /// The index of the interface that an address of IPv6 belongs to, 0 for none.
  public var scope: UInt32

  /// Makes one of its parts; nil unless `bytes` are 4 or 16.
  public init?(bytes: [UInt8], port: UInt16, scope: UInt32 = 0) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    self.init(checked: bytes, port: port, scope: bytes.count == 16 ? scope : 0)
  }

  private init(checked bytes: [UInt8], port: UInt16, scope: UInt32) {
    (self.bytes, self.port, self.scope) = (bytes, port, scope)
  }

  /// Reads digits: `127.0.0.1`, `::1`, `fe80::1%eth0`, `fe80::1%2`; nil where it is none of these.
  public init?(_ digits: String, port: UInt16) {
    guard !digits.utf8.contains(0) else { return nil }
    var ipv4 = in_addr()
    if inet_pton(AF_INET, digits, &ipv4) == 1 {
      self.init(checked: withUnsafeBytes(of: ipv4) { Array($0) }, port: port, scope: 0)
      return
    }
    let words = digits.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
    var ipv6 = in6_addr()
    guard let first = words.first, inet_pton(AF_INET6, String(first), &ipv6) == 1 else {
      return nil
    }
    var scope: UInt32 = 0
    if words.count == 2 {
      scope = UInt32(words[1]) ?? if_nametoindex(String(words[1]))
      guard scope != 0 else { return nil }
    }
    self.init(checked: withUnsafeBytes(of: ipv6) { Array($0) }, port: port, scope: scope)
  }

  /// Every address of this host, for a socket that listens on all of them.
  ///
  /// A socket bound to that of IPv6 is given what comes by IPv4 too.
  public static func any(isIPv4: Bool, port: UInt16 = 0) -> Self {
    Self(checked: [UInt8](repeating: 0, count: isIPv4 ? 4 : 16), port: port, scope: 0)
  }

  /// The addresses of `host`, a name or digits, in the order to try them in.
  ///
  /// - Parameters:
  ///   - host: without the brackets that a URL puts around IPv6.
  ///   - port: copied into each address.
  ///   - timeout: in nanoseconds; digits need no resolver and no time.
  /// - Returns: At least one address.
  /// - Throws: `ResolveFailure`, also when a signal that `Signals` caught comes meanwhile.
  public static func resolving(
    host: String, port: UInt16, timeout: Int64
  ) throws(ResolveFailure) -> [Self] {
    try resolve(host: host, port: port, timeout: timeout)
  }

  /// Whether it is one of IPv4.
  public var isIPv4: Bool { bytes.count == 4 }

  /// Whether it is a group (RFC 1112 section 4, RFC 4291 section 2.7).
  public var isMulticast: Bool { isIPv4 ? bytes[0] >> 4 == 0xe : bytes[0] == 0xff }

  /// The 32 bits of an address of IPv4.
  public var ipv4: UInt32? { isIPv4 ? bytes.reduce(0) { $0 << 8 | UInt32($1) } : nil }
}

extension SocketAddress: CustomStringConvertible {
  /// The address alone, in the text of RFC 5952: `127.0.0.1`, `fe80::1%eth0`.
  public var host: String {
    guard !isIPv4 else { return bytes.map(String.init).joined(separator: ".") }
    return digits + (scope == 0 ? "" : "%" + (Self.interfaceName(scope) ?? String(scope)))
  }

  /// With the port: `127.0.0.1:5004`, `[::1]:5004`.
  public var description: String { isIPv4 ? "\(host):\(port)" : "[\(host)]:\(port)" }

  /// The text of an address of IPv6.
  private var digits: String {
    let groups = (0..<8).map { UInt16(bytes[2 * $0]) << 8 | UInt16(bytes[2 * $0 + 1]) }
    // The C library writes ::102:304 as ::1.2.3.4, a form for addresses that are no more.
    if groups[..<6].allSatisfy({ $0 == 0 }), groups[6] != 0 {
      return "::" + String(groups[6], radix: 16) + ":" + String(groups[7], radix: 16)
    }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(INET6_ADDRSTRLEN)) { text in
      bytes.withUnsafeBytes { address in
        guard let start = address.baseAddress, let room = text.baseAddress,
          inet_ntop(AF_INET6, start, room, socklen_t(text.count)) != nil
        else { return "" }
        return String(cString: room)
      }
    }
  }

  private static func interfaceName(_ index: UInt32) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(IF_NAMESIZE)) { text in
      guard let room = text.baseAddress, if_indextoname(index, room) != nil else { return nil }
      return String(cString: room)
    }
  }
}

extension SocketAddress {
  /// Reads the bytes of a `sockaddr_in` or `sockaddr_in6`; nil for what is neither.
  ///
  /// What came by IPv4 to a socket of IPv6 (`::ffff:1.2.3.4`) is given as IPv4.
  init?(sockaddr raw: UnsafeRawBufferPointer) {
    guard raw.count >= MemoryLayout<sockaddr_in>.size else { return nil }
    switch Int32(raw.loadUnaligned(as: sa_family_t.self)) {
    case AF_INET:
      let value = raw.loadUnaligned(as: sockaddr_in.self)
      let bytes = withUnsafeBytes(of: value.sin_addr) { Array($0) }
      self.init(checked: bytes, port: UInt16(bigEndian: value.sin_port), scope: 0)
    case AF_INET6 where raw.count >= MemoryLayout<sockaddr_in6>.size:
      let value = raw.loadUnaligned(as: sockaddr_in6.self)
      let bytes = withUnsafeBytes(of: value.sin6_addr) { Array($0) }
      let port = UInt16(bigEndian: value.sin6_port)
      if bytes.starts(with: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]) {
        self.init(checked: Array(bytes[12...]), port: port, scope: 0)
      } else {
        self.init(checked: bytes, port: port, scope: value.sin6_scope_id)
      }
    default: return nil
    }
  }

  /// Hands `body` the C structure and its size.
  func withSockaddr<Result>(
    _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    if isIPv4 {
      var value = sockaddr_in()
      value.sin_family = sa_family_t(AF_INET)
      value.sin_port = port.bigEndian
      withUnsafeMutableBytes(of: &value.sin_addr) { $0.copyBytes(from: bytes) }
      return Self.pass(&value, body)
    }
    var value = sockaddr_in6()
    value.sin6_family = sa_family_t(AF_INET6)
    value.sin6_port = port.bigEndian
    value.sin6_scope_id = scope
    withUnsafeMutableBytes(of: &value.sin6_addr) { $0.copyBytes(from: bytes) }
    return Self.pass(&value, body)
  }

  private static func pass<Value, Result>(
    _ value: inout Value, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
  ) -> Result {
    withUnsafePointer(to: &value) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<Value>.size))
      }
    }
  }
}

/// A network interface that groups are joined on and sent through.
public struct NetworkInterface: Hashable, Sendable {
  /// The kernel's number for it; 0 leaves the choice to routing.
  public let index: UInt32
  /// Its first address of IPv4, or the one it was found by: the source of what is sent to groups.
  public let ipv4: UInt32?

  /// The one that routing chooses.
  public static let routed = Self(index: 0, ipv4: nil)

  private init(index: UInt32, ipv4: UInt32?) { (self.index, self.ipv4) = (index, ipv4) }

  /// Finds it by name (`lo`), number, or an address that it holds (`127.0.0.1`).
  ///
  /// - Throws: `IOFailure` with `ENODEV` where there is none.
  public init(_ text: String) throws(IOFailure) {
    let holds = SocketAddress(text, port: 0)
    let wanted = holds == nil ? UInt32(text) ?? if_nametoindex(text) : nil
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else {
      throw IOFailure(call: "getifaddrs", code: errno, subject: text)
    }
    defer { freeifaddrs(list) }
    var (found, ipv4): (UInt32?, UInt32?) = (nil, nil)
    var entry = list
    while let each = entry?.pointee {
      entry = each.ifa_next
      let index = if_nametoindex(each.ifa_name)
      let address = each.ifa_addr.flatMap { SocketAddress(sockaddr: $0) }
      let isHeld = holds.map { address?.bytes == $0.bytes } ?? false
      guard index != 0, isHeld || index == wanted else { continue }
      found = index
      ipv4 = ipv4 ?? address?.ipv4
    }
    guard let found else { throw IOFailure(call: "interface", code: ENODEV, subject: text) }
    self.init(index: found, ipv4: ipv4)
  }
}

extension SocketAddress {
  /// Reads what a `sockaddr` of the C library points to.
  fileprivate init?(sockaddr pointer: UnsafeMutablePointer<sockaddr>) {
    switch Int32(pointer.pointee.sa_family) {
    case AF_INET:
      self.init(sockaddr: UnsafeRawBufferPointer(start: pointer, count: 16))
    case AF_INET6:
      self.init(sockaddr: UnsafeRawBufferPointer(start: pointer, count: 28))
    default: return nil
    }
  }
}
