import CSystem
import Glibc

/// An address to connect to.
public struct ResolvedAddress: Hashable, Sendable, CustomStringConvertible {
  /// The two families of the Internet.
  public enum Family: Sendable {
    /// IPv4.
    case ipv4
    /// IPv6.
    case ipv6
  }

  /// The family.
  public let family: Family
  /// The address in digits, such as `127.0.0.1` or `fe80::1%eth0`.
  public let host: String
  /// The port.
  public let port: UInt16
  /// The bytes of the C `sockaddr_in` or `sockaddr_in6`, for `connect` and `bind`.
  public let socketAddress: [UInt8]

  /// `127.0.0.1:1935`, `[::1]:1935`.
  public var description: String {
    family == .ipv4 ? "\(host):\(port)" : "[\(host)]:\(port)"
  }
}

/// A host's name could not be turned into addresses.
public struct ResolveFailure: Error, Equatable, CustomStringConvertible {
  /// The host as the user gave it.
  public let host: String
  /// Why, in the resolver's words.
  public let reason: String
  /// Whether no answer came in time.
  public let timedOut: Bool

  /// `host: reason`.
  public var description: String { "\(host): \(reason)" }
}

/// The addresses of `host`, a name or digits, in the order to try them in.
///
/// The resolver runs on a thread of its own: where it does not answer in time it is left alone.
///
/// - Parameters:
///   - host: Without the brackets that a URL puts around IPv6.
///   - port: Copied into each address.
///   - timeout: In nanoseconds.
/// - Returns: At least one address.
/// - Throws: `ResolveFailure`, also when a signal that `Signals` caught comes meanwhile.
public func resolve(
  host: String, port: UInt16, timeout: Int64
) throws(ResolveFailure) -> [ResolvedAddress] {
  try resolve(host: host, port: port, timeout: timeout, lookUp: lookUp)
}

typealias LookUp = @Sendable (String, UInt16) -> Result<[ResolvedAddress], ResolveFailure>

/// `resolve` with the blocking part as an argument.
func resolve(
  host: String, port: UInt16, timeout: Int64, lookUp: @escaping LookUp
) throws(ResolveFailure) -> [ResolvedAddress] {
  guard !host.isEmpty, !host.utf8.contains(0) else {
    throw ResolveFailure(host: host, reason: "not a host name", timedOut: false)
  }
  let outcome: Handover<Result<[ResolvedAddress], ResolveFailure>>.Outcome
  do {
    let handover = try Handover<Result<[ResolvedAddress], ResolveFailure>>()
    try WorkerThread { handover.put(lookUp(host, port)) }.detach()
    outcome = handover.wait(timeout: timeout)
  } catch {
    throw ResolveFailure(host: host, reason: error.description, timedOut: false)
  }
  switch outcome {
  case .value(let result): return try result.get()
  case .timedOut: throw ResolveFailure(host: host, reason: "no answer in time", timedOut: true)
  case .interrupted: throw ResolveFailure(host: host, reason: "interrupted", timedOut: false)
  }
}

/// Asks the C library, which may take as long as it likes.
@Sendable
private func lookUp(
  _ host: String, _ port: UInt16
) -> Result<[ResolvedAddress], ResolveFailure> {
  var hints = addrinfo()
  hints.ai_family = AF_UNSPEC
  hints.ai_socktype = Int32(SOCK_STREAM.rawValue)  // otherwise each address comes three times
  hints.ai_flags = AI_NUMERICSERV
  var list: UnsafeMutablePointer<addrinfo>?
  let code = getaddrinfo(host, String(port), &hints, &list)
  guard code == 0 else {
    let system = code == EAI_SYSTEM ? errno : 0
    let failure = IOFailure(call: "getaddrinfo", code: system, subject: host)
    let reason = system != 0 ? failure.reason : String(cString: gai_strerror(code))
    return .failure(ResolveFailure(host: host, reason: reason, timedOut: false))
  }
  defer { freeaddrinfo(list) }
  var addresses: [ResolvedAddress] = []
  var entry = list?.pointee
  while let each = entry {
    if let address = ResolvedAddress(each, port: port), !addresses.contains(address) {
      addresses.append(address)
    }
    entry = each.ai_next?.pointee
  }
  guard !addresses.isEmpty else {
    return .failure(ResolveFailure(host: host, reason: "no usable address", timedOut: false))
  }
  return .success(addresses)
}

extension ResolvedAddress {
  /// Nil for a family we do not know.
  fileprivate init?(_ entry: addrinfo, port: UInt16) {
    switch entry.ai_family {
    case AF_INET: family = .ipv4
    case AF_INET6: family = .ipv6
    default: return nil
    }
    guard let address = entry.ai_addr else { return nil }
    let byteCount = Int(entry.ai_addrlen)
    socketAddress = Array(UnsafeRawBufferPointer(start: address, count: byteCount))
    self.port = port
    let digits = withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) {
      text -> String? in
      let code = getnameinfo(
        address, entry.ai_addrlen, text.baseAddress, socklen_t(text.count), nil, 0,
        NI_NUMERICHOST)
      return code == 0 ? text.baseAddress.map { String(cString: $0) } : nil
    }
    guard let digits else { return nil }
    host = digits
  }
}
