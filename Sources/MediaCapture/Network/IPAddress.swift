/// An address of IPv4 or IPv6.
public struct IPAddress: Hashable, Sendable {
  let high: UInt64
  let low: UInt64
  /// Whether it is one of IPv4.
  public let isIPv4: Bool

  /// Makes one of IPv4; 127.0.0.1 is 0x7f000001.
  public init(ipv4: UInt32) {
    (high, low, isIPv4) = (0, UInt64(ipv4), true)
  }

  /// Makes one of IPv6 of its first and last eight bytes.
  public init(ipv6 high: UInt64, _ low: UInt64) {
    (self.high, self.low, isIPv4) = (high, low, false)
  }

  /// The 32 bits of an address of IPv4.
  public var ipv4: UInt32? { isIPv4 ? UInt32(truncatingIfNeeded: low) : nil }

  /// The bytes in wire order: 4 or 16.
  public var bytes: [UInt8] {
    isIPv4
      ? (0..<4).map { UInt8(truncatingIfNeeded: low >> (24 - 8 * $0)) }
      : (0..<16).map { UInt8(truncatingIfNeeded: ($0 < 8 ? high : low) >> (56 - 8 * ($0 % 8))) }
  }

  /// Whether packets to it go to a group (RFC 1112 section 4, RFC 4291 section 2.7).
  public var isMulticast: Bool { isIPv4 ? low >> 28 == 0xe : high >> 56 == 0xff }

  /// The eight groups of an address of IPv6.
  var groups: [UInt16] {
    (0..<8).map { UInt16(truncatingIfNeeded: ($0 < 4 ? high : low) >> (48 - 16 * ($0 % 4))) }
  }
}

extension IPAddress: CustomStringConvertible {
  /// The text of RFC 5952, such as `127.0.0.1` or `2001:db8::1`.
  public var description: String {
    guard !isIPv4 else { return bytes.map(String.init).joined(separator: ".") }
    if high == 0, low >> 32 == 0xffff {
      return "::ffff:\(IPAddress(ipv4: UInt32(truncatingIfNeeded: low)))"
    }
    let groups = groups
    // The longest run of two zeros or more becomes `::`, of several the first.
    var best = 0..<0
    var start = 0
    for index in 0...8 where index == 8 || groups[index] != 0 {
      if index - start > max(best.count, 1) { best = start..<index }
      start = index + 1
    }
    func text(_ part: ArraySlice<UInt16>) -> String {
      part.map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard !best.isEmpty else { return text(groups[...]) }
    return text(groups[..<best.lowerBound]) + "::" + text(groups[best.upperBound...])
  }
}

extension IPAddress {
  /// Reads `127.0.0.1`, `2001:db8::1` or `::ffff:1.2.3.4`; nil where it is none of these.
  public init?(_ text: String) {
    guard text.utf8.count <= 45 else { return nil }
    guard text.contains(":") else {
      guard let value = Self.dotted(text) else { return nil }
      self.init(ipv4: value)
      return
    }
    // At most one `::`, each side of it a list of groups.
    var sides: [[UInt16]] = []
    var rest = Substring(text)
    while let gap = Self.doubleColon(in: rest) {
      guard sides.isEmpty, let groups = Self.groups(rest[..<gap.lowerBound], mayEndInIPv4: false)
      else { return nil }
      sides.append(groups)
      rest = rest[gap.upperBound...]
    }
    guard let last = Self.groups(rest, mayEndInIPv4: true) else { return nil }
    let present = (sides.first?.count ?? 0) + last.count
    guard sides.isEmpty ? present == 8 : present <= 7 else { return nil }
    let all =
      (sides.first ?? []) + [UInt16](repeating: 0, count: 8 - present) + last
    let halves = all.reduce((0, 0) as (UInt64, UInt64)) { halves, group in
      (halves.0 << 16 | halves.1 >> 48, halves.1 << 16 | UInt64(group))
    }
    self.init(ipv6: halves.0, halves.1)
  }

  private static func doubleColon(in text: Substring) -> Range<Substring.Index>? {
    var index = text.startIndex
    while index < text.endIndex {
      let next = text.index(after: index)
      if next < text.endIndex, text[index] == ":", text[next] == ":" {
        return index..<text.index(after: next)
      }
      index = next
    }
    return nil
  }

  private static func groups(_ text: Substring, mayEndInIPv4: Bool) -> [UInt16]? {
    guard !text.isEmpty else { return [] }
    var groups: [UInt16] = []
    let words = text.split(separator: ":", omittingEmptySubsequences: false)
    for (index, word) in words.enumerated() {
      if mayEndInIPv4, index == words.count - 1, let value = dotted(String(word)) {
        groups += [UInt16(value >> 16), UInt16(truncatingIfNeeded: value)]
        continue
      }
      guard (1...4).contains(word.utf8.count), word.allSatisfy(\.isHexDigit),
        let group = UInt16(word, radix: 16)
      else { return nil }
      groups.append(group)
    }
    return groups.count <= 8 ? groups : nil
  }

  private static func dotted(_ text: String) -> UInt32? {
    let words = text.split(separator: ".", omittingEmptySubsequences: false)
    guard words.count == 4 else { return nil }
    var value: UInt32 = 0
    for word in words {
      guard (1...3).contains(word.utf8.count), word.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let byte = UInt8(word)
      else { return nil }
      value = value << 8 | UInt32(byte)
    }
    return value
  }
}

/// An address and a port of UDP or TCP.
public struct Endpoint: Hashable, Sendable, CustomStringConvertible {
  /// The address.
  public var address: IPAddress
  /// The port.
  public var port: UInt16

  /// Makes an endpoint.
  public init(address: IPAddress, port: UInt16) {
    self.address = address
    self.port = port
  }

  /// The text with the port, such as `127.0.0.1:5004` or `[::1]:5004`.
  public var description: String {
    address.isIPv4 ? "\(address):\(port)" : "[\(address)]:\(port)"
  }
}
