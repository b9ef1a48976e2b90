import MediaBytes

/// `o=`: who made the description (RFC 8866 5.2).
public struct SDPOrigin: Hashable, Sendable, CustomStringConvertible {
  /// `username`, `-` where there is none.
  public var username: String
  /// `sess-id`: digits, though devices write other things.
  public var sessionID: String
  /// `sess-version`: digits, likewise.
  public var sessionVersion: String
  /// `nettype`, `IN`.
  public var networkType: String
  /// `addrtype`, `IP4` or `IP6`.
  public var addressType: String
  /// `unicast-address`.
  public var address: String

  /// Makes an origin in the Internet; the address decides between IP4 and IP6.
  public init(
    username: String = "-", sessionID: String = "0", sessionVersion: String = "0", address: String
  ) {
    self.username = username
    self.sessionID = sessionID
    self.sessionVersion = sessionVersion
    networkType = "IN"
    addressType = SDPConnection.addressType(of: address)
    self.address = address
  }

  /// Reads the value of a line.
  ///
  /// Usernames with spaces, missing fields and other words for `IN` are met in the field: the last
  /// two words before the network type are the numbers, all before them is the name. Nil where there
  /// is not even a network type.
  public init?(parsing value: String) {
    let words = value.fields()
    guard
      let network = words.lastIndex(where: { $0.isSameToken(as: "IN") })
        ?? (words.count >= 3 ? words.count - 3 : nil)
    else { return nil }
    let before = words[..<network]
    sessionVersion = before.last ?? ""
    sessionID = before.dropLast().last ?? ""
    username = before.dropLast(2).joined(separator: " ")
    networkType = words[network]
    addressType = network + 1 < words.count ? words[network + 1] : ""
    address = words[min(network + 2, words.count)...].joined(separator: " ")
  }

  /// Whether it has all six fields, and numbers where they must be.
  public var isWellFormed: Bool {
    ![username, networkType, addressType, address].contains { $0.isEmpty || $0.fields().count > 1 }
      && [sessionID, sessionVersion].allSatisfy { $0.number(0...UInt64.max) != nil }
  }

  /// The value of its line.
  public var description: String {
    [username, sessionID, sessionVersion, networkType, addressType, address].joined(separator: " ")
  }
}

/// `c=`: where the media goes (RFC 8866 5.7).
public struct SDPConnection: Hashable, Sendable, CustomStringConvertible {
  /// `nettype`, `IN`.
  public var networkType = "IN"
  /// `addrtype`, `IP4` or `IP6`.
  public var addressType: String
  /// The address or host name, or the first of several multicast addresses.
  public var address: String
  /// The time to live of IPv4 multicast, 0...255.
  public var timeToLive: UInt8?
  /// How many addresses in a row, from `address` on.
  public var addressCount: Int?

  /// Makes a connection in the Internet; the address decides between IP4 and IP6.
  public init(address: String, timeToLive: UInt8? = nil, addressCount: Int? = nil) {
    addressType = Self.addressType(of: address)
    self.address = address
    self.timeToLive = timeToLive
    self.addressCount = addressCount
  }

  static func addressType(of address: String) -> String {
    address.utf8.contains(UInt8(ascii: ":")) ? "IP6" : "IP4"
  }

  /// Reads the value of a line; nil where no address is in it.
  ///
  /// Devices leave out the address type, call it `IPV4`, or repeat `c=IN`: the last word counts.
  public init?(parsing value: String) {
    let words = value.fields()
    guard words.count >= 2, let last = words.last else { return nil }
    let parts = last.parts("/")
    guard let first = parts.first, !first.isEmpty, parts.count <= 3,
      !["IN", "IP4", "IP6"].contains(where: { first.isSameToken(as: $0) })
    else { return nil }
    address = first
    networkType = words[0]
    addressType = words.count >= 3 ? words[words.count - 2] : Self.addressType(of: first)
    if addressType.isSameToken(as: "IPV4") { addressType = "IP4" }
    if addressType.isSameToken(as: "IPV6") { addressType = "IP6" }
    let numbers = parts.dropFirst().map { $0.number(0...65_535) }
    guard !numbers.contains(nil) else { return nil }
    var rest = numbers.compactMap { $0 }
    if addressType != "IP6", let ttl = rest.first {
      guard let ttl = UInt8(exactly: ttl) else { return nil }
      timeToLive = ttl
      rest.removeFirst()
    }
    guard rest.count <= 1 else { return nil }
    addressCount = rest.first
  }

  /// The value of its line.
  public var description: String {
    let suffix = [timeToLive.map(Int.init), addressCount].compactMap { $0.map { "/\($0)" } }
    return "\(networkType) \(addressType) \(address)\(suffix.joined())"
  }
}

/// `b=`: a bandwidth (RFC 8866 5.8).
public struct SDPBandwidth: Hashable, Sendable, CustomStringConvertible {
  /// `bwtype`: `AS` and `CT` count in kbit/s, `TIAS`, `RS` and `RR` in bit/s.
  public var type: String
  /// The number.
  public var value: UInt64

  /// Makes a bandwidth.
  public init(_ type: String, _ value: UInt64) {
    self.type = type
    self.value = value
  }

  /// Reads the value of a line; nil where it is no name, colon and number.
  public init?(parsing text: String) {
    let (type, number) = text.cut(at: ":")
    guard !type.trimmed.isEmpty, let value = number?.trimmed.number(0...UInt64.max) else {
      return nil
    }
    self.init(type.trimmed, value)
  }

  /// In bits a second; nil of types that have no such meaning here, and past 64 bits.
  public var bitsPerSecond: UInt64? {
    switch type {
    case "TIAS", "RS", "RR": return value
    case "AS", "CT":
      let (bits, isOver) = value.multipliedReportingOverflow(by: 1000)
      return isOver ? nil : bits
    default: return nil
    }
  }

  /// The value of its line.
  public var description: String { "\(type):\(value)" }
}

/// `t=`: when the session takes place, in seconds since 1900 or 0 for no bound (RFC 8866 5.9).
public struct SDPTiming: Hashable, Sendable, CustomStringConvertible {
  /// `start-time`.
  public var start: UInt64
  /// `stop-time`.
  public var stop: UInt64

  /// Makes a permanent session, or one of a certain time.
  public init(start: UInt64 = 0, stop: UInt64 = 0) {
    self.start = start
    self.stop = stop
  }

  /// Reads the value of a line; nil where it is not two numbers.
  public init?(parsing value: String) {
    let words = value.fields()
    guard words.count == 2, let start = words[0].number(0...UInt64.max),
      let stop = words[1].number(0...UInt64.max)
    else { return nil }
    self.init(start: start, stop: stop)
  }

  /// The value of its line.
  public var description: String { "\(start) \(stop)" }
}
