import CSystem
import Glibc

/// A socket of UDP that never blocks but where it says so.
///
/// A peer that refuses datagrams by ICMP, or cannot be reached, is counted, never an error; the
/// kernel tells connected sockets alone.
public final class UDPSocket {
  /// How batches are handed to the kernel, the fastest way first.
  enum Sending {
    /// Messages that the kernel cuts into datagrams (UDP_SEGMENT).
    case segments
    /// Messages of one datagram each, many a call.
    case messages
    /// One datagram a call.
    case single
  }

  /// Whether it speaks IPv4.
  public let isIPv4: Bool
  /// Where datagrams go; nil until `connect`.
  public private(set) var peer: SocketAddress?
  /// How often the kernel has told that a datagram was refused.
  ///
  /// It joins refusals that come close together, so there may have been more.
  public internal(set) var refusedCount = 0
  /// Datagrams handed to the kernel.
  public internal(set) var sentCount = 0
  var sending: Sending
  let descriptor: FileDescriptor
  /// What failures call it: an address, once there is one.
  private(set) var subject: String

  /// Makes a socket of one family.
  public init(isIPv4: Bool) throws(IOFailure) {
    let type = Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let number = socket(isIPv4 ? AF_INET : AF_INET6, type, 0)
    guard number >= 0 else {
      throw IOFailure(call: "socket", code: errno, subject: isIPv4 ? "UDP" : "UDP over IPv6")
    }
    descriptor = FileDescriptor(owning: number, subject: "UDP")
    self.isIPv4 = isIPv4
    subject = "UDP"
    sending = csystem_udp_can_segment(number) ? .segments : .messages
    guard csystem_udp_prepare(number, !isIPv4) == 0 else { throw failure("setsockopt") }
  }

  /// Makes a socket that sends to `address` and hears it alone.
  public convenience init(connectingTo address: SocketAddress) throws(IOFailure) {
    try self.init(isIPv4: address.isIPv4)
    try connect(to: address)
  }

  /// Makes a socket that receives at `address`; the port 0 takes any free one.
  ///
  /// - Parameters:
  ///   - address: of this host, or a group, which keeps out what goes to other addresses.
  ///   - shared: lets other sockets bind to it too, as receivers of one group do.
  /// - Throws: `IOFailure`, such as `bind` with `EADDRINUSE`.
  public convenience init(
    bindingTo address: SocketAddress, shared: Bool = false
  ) throws(IOFailure) {
    try self.init(isIPv4: address.isIPv4)
    try bind(to: address, shared: shared)
  }

  /// The number for `EventLoop`, not to be closed.
  public var rawDescriptor: Int32 { descriptor.rawValue }

  /// Takes an address of this host, or a group, and a port.
  public func bind(to address: SocketAddress, shared: Bool = false) throws(IOFailure) {
    subject = address.description
    if shared { try set(SOL_SOCKET, SO_REUSEADDR, 1) }
    if !isIPv4 { try set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, address.isAny ? 0 : 1) }
    let code = address.withSockaddr { Glibc.bind(rawDescriptor, $0, $1) }
    guard code == 0 else { throw failure("bind") }
  }

  /// Sends to `address` from now on, and hears it alone.
  public func connect(to address: SocketAddress) throws(IOFailure) {
    subject = address.description
    let code = address.withSockaddr { Glibc.connect(rawDescriptor, $0, $1) }
    guard code == 0 else { throw failure("connect") }
    peer = address
  }

  /// The address and the port that it has taken.
  public func localAddress() throws(IOFailure) -> SocketAddress {
    var storage = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    let code = withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(rawDescriptor, $0, &size)
      }
    }
    guard code == 0 else { throw failure("getsockname") }
    let address = withUnsafeBytes(of: storage) {
      SocketAddress(sockaddr: .init(rebasing: $0.prefix(Int(size))))
    }
    guard let address else {
      throw IOFailure(call: "getsockname", code: EAFNOSUPPORT, subject: subject)
    }
    return address
  }
}

extension SocketAddress {
  /// Whether it stands for every address of this host.
  fileprivate var isAny: Bool { bytes.allSatisfy { $0 == 0 } }
}

// Options.

extension UDPSocket {
  /// Receives what is sent to `group`, from `source` alone where one is given (RFC 4607).
  ///
  /// - Throws: `IOFailure`, such as `ENODEV` where no route says which interface to take.
  public func join(
    _ group: SocketAddress, from source: SocketAddress? = nil,
    on interface: NetworkInterface = .routed
  ) throws(IOFailure) {
    try changeMembership(joins: true, group, source, interface)
  }

  /// Ends what `join` with the same arguments began.
  public func leave(
    _ group: SocketAddress, from source: SocketAddress? = nil,
    on interface: NetworkInterface = .routed
  ) throws(IOFailure) {
    try changeMembership(joins: false, group, source, interface)
  }

  /// Sends what goes to groups through `interface`, and with its address.
  public func sendToGroups(through interface: NetworkInterface) throws(IOFailure) {
    let code = csystem_udp_send_through(
      rawDescriptor, !isIPv4, interface.index, interface.ipv4 ?? 0)
    guard code == 0 else { throw failure("setsockopt") }
  }

  /// Sets how many routers a datagram may pass: the time to live, or IPv6's hop limit, 1...255.
  ///
  /// It holds for groups, where it is 1 unless set, and for single hosts.
  public func setHopLimit(_ limit: UInt8) throws(IOFailure) {
    let level = isIPv4 ? Int32(IPPROTO_IP) : Int32(IPPROTO_IPV6)
    try set(level, isIPv4 ? IP_TTL : IPV6_UNICAST_HOPS, Int32(limit))
    try set(level, isIPv4 ? IP_MULTICAST_TTL : IPV6_MULTICAST_HOPS, Int32(limit))
  }

  /// Sets whether receivers on this host hear what it sends to groups; they do unless set.
  public func setGroupLoopback(_ isOn: Bool) throws(IOFailure) {
    let level = isIPv4 ? Int32(IPPROTO_IP) : Int32(IPPROTO_IPV6)
    try set(level, isIPv4 ? IP_MULTICAST_LOOP : IPV6_MULTICAST_LOOP, isOn ? 1 : 0)
  }

  /// Asks for room for `byteCount` bytes that wait to be received.
  ///
  /// - Returns: What the system granted, its own bookkeeping included: `net.core.rmem_max` is
  ///   the limit.
  @discardableResult
  public func setReceiveBuffer(_ byteCount: Int) throws(IOFailure) -> Int {
    // The kernel doubles what it is asked for, for its bookkeeping, and tells the double.
    try set(SOL_SOCKET, SO_RCVBUF, Int32(clamping: max(0, byteCount)))
    var (granted, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
    guard getsockopt(rawDescriptor, SOL_SOCKET, SO_RCVBUF, &granted, &size) == 0 else {
      throw failure("getsockopt")
    }
    return Int(granted)
  }

  /// Lets the kernel join datagrams that came together, which saves time and changes nothing else.
  ///
  /// - Returns: Whether this kernel can.
  @discardableResult
  public func coalesceOnReceive(_ isOn: Bool = true) -> Bool {
    csystem_udp_coalesce(rawDescriptor, isOn) == 0
  }

  private func changeMembership(
    joins: Bool, _ group: SocketAddress, _ source: SocketAddress?, _ interface: NetworkInterface
  ) throws(IOFailure) {
    let about = source.map { "\(group.host) from \($0.host)" } ?? group.host
    guard group.isMulticast, source.map({ $0.isIPv4 == group.isIPv4 }) ?? true else {
      throw IOFailure(call: joins ? "join" : "leave", code: EINVAL, subject: about)
    }
    let index = interface.index != 0 ? interface.index : group.scope
    let code = group.withSockaddr { group, size in
      guard let source else {
        return csystem_udp_membership(rawDescriptor, joins, group, nil, size, index)
      }
      return source.withSockaddr { source, _ in
        csystem_udp_membership(rawDescriptor, joins, group, source, size, index)
      }
    }
    guard code == 0 else {
      throw IOFailure(call: joins ? "join" : "leave", code: errno, subject: about)
    }
  }

  private func set(_ level: Int32, _ option: Int32, _ value: Int32) throws(IOFailure) {
    var value = value
    let size = socklen_t(MemoryLayout<Int32>.size)
    guard setsockopt(rawDescriptor, level, option, &value, size) == 0 else {
      throw failure("setsockopt")
    }
  }

  /// The failure of `call` that errno tells at this moment.
  func failure(_ call: String) -> IOFailure {
    IOFailure(call: call, code: errno, subject: subject)
  }
}
