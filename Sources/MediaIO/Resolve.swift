import CSystem
import Glibc

/// A host's name could not be turned into addresses.
public struct ResolveFailure: Error, Equatable, CustomStringConvertible {
  /// The host as the user gave it.
  public let host: String
  /// Why, in the resolver's words.
  public let reason: String
  /// What to make of it.
  public let kind: Kind

  /// What to make of a failure.
  public enum Kind: Hashable, Sendable {
    /// There is no such host, or it has no address.
    case unknownHost
    /// The resolver could not find out: another try may succeed.
    case temporary
    /// No answer came in time.
    case timedOut
    /// A signal that `Signals` caught came first.
    case interrupted
    /// This system failed.
    case system
  }

  /// Whether no answer came in time.
  public var timedOut: Bool { kind == .timedOut }

  /// `host: reason`.
  public var description: String { "\(host): \(reason)" }
}

/// The addresses of `host`, a name or digits, in the order to try them in.
///
/// The resolver runs on a thread of its own: where it does not answer in time it is left alone.
/// Within an event loop `Resolver` does the same without waiting.
///
/// - Parameters:
///   - host: Without the brackets that a URL puts around IPv6.
///   - port: Copied into each address.
///   - timeout: In nanoseconds; digits need no resolver and no time.
/// - Returns: At least one address.
/// - Throws: `ResolveFailure`, also when a signal that `Signals` caught comes meanwhile.
public func resolve(
  host: String, port: UInt16, timeout: Int64
) throws(ResolveFailure) -> [SocketAddress] {
  try resolve(host: host, port: port, timeout: timeout, lookUp: lookUp)
}

/// What blocks: the addresses of a host, their ports 0.
typealias LookUp = @Sendable (String) -> Result<[SocketAddress], ResolveFailure>

/// `resolve` with the blocking part as an argument.
func resolve(
  host: String, port: UInt16, timeout: Int64, lookUp: @escaping LookUp
) throws(ResolveFailure) -> [SocketAddress] {
  if let address = SocketAddress(host, port: port) { return [address] }
  try checkName(host)
  let outcome: Handover<Result<[SocketAddress], ResolveFailure>>.Outcome
  do {
    let handover = try Handover<Result<[SocketAddress], ResolveFailure>>()
    try WorkerThread { handover.put(lookUp(host)) }.detach()
    outcome = handover.wait(timeout: timeout)
  } catch {
    throw ResolveFailure(host: host, reason: error.description, kind: .system)
  }
  switch outcome {
  case .value(let result): return try result.get().map { $0.with(port: port) }
  case .timedOut: throw ResolveFailure.late(host)
  case .interrupted: throw ResolveFailure(host: host, reason: "interrupted", kind: .interrupted)
  }
}

/// The C library would take an empty name for this host, and end one at its first zero.
func checkName(_ host: String) throws(ResolveFailure) {
  guard !host.isEmpty, !host.utf8.contains(0) else {
    throw ResolveFailure(host: host, reason: "not a host name", kind: .unknownHost)
  }
}

extension ResolveFailure {
  static func late(_ host: String) -> Self {
    Self(host: host, reason: "no answer in time", kind: .timedOut)
  }

  /// What `getaddrinfo` answered, and errno at that moment.
  init(host: String, code: Int32, errno system: Int32) {
    let call = IOFailure(call: "getaddrinfo", code: system, subject: host)
    let isOfSystem = code == EAI_SYSTEM && system != 0
    let kind: Kind =
      switch code {
      case EAI_AGAIN: .temporary
      case EAI_SYSTEM, EAI_MEMORY: .system
      default: .unknownHost
      }
    self.init(
      host: host, reason: isOfSystem ? call.reason : String(cString: gai_strerror(code)),
      kind: kind)
  }
}

extension SocketAddress {
  /// The same address with another port.
  func with(port: UInt16) -> Self {
    var address = self
    address.port = port
    return address
  }
}

/// Asks the C library, which may take as long as it likes.
@Sendable
func lookUp(_ host: String) -> Result<[SocketAddress], ResolveFailure> {
  var hints = addrinfo()
  hints.ai_family = AF_UNSPEC
  hints.ai_socktype = Int32(SOCK_STREAM.rawValue)  // otherwise each address comes three times
  var list: UnsafeMutablePointer<addrinfo>?
  let code = getaddrinfo(host, nil, &hints, &list)
  guard code == 0 else {
    return .failure(ResolveFailure(host: host, code: code, errno: errno))
  }
  defer { freeaddrinfo(list) }
  var addresses: [SocketAddress] = []
  var entry = list?.pointee
  while let each = entry {
    let bytes = UnsafeRawBufferPointer(start: each.ai_addr, count: Int(each.ai_addrlen))
    if let address = SocketAddress(sockaddr: bytes), !addresses.contains(address) {
      addresses.append(address)
    }
    entry = each.ai_next?.pointee
  }
  guard !addresses.isEmpty else {
    return .failure(
      ResolveFailure(host: host, reason: "no usable address", kind: .unknownHost))
  }
  return .success(addresses)
}
