import MediaBytes

/// What the session level and each media description have in common: lines in their order.
public protocol SDPSection {
  /// All lines of the section but the `m=` that begins it, those that are unknown included.
  var lines: [SDPLine] { get set }
}

extension SDPSection {
  /// The values of all lines of a type, in their order.
  public func values(_ type: SDPLineType) -> [String] {
    lines.filter { $0.type == type }.map(\.value)
  }

  /// All attributes, in their order.
  public var attributes: [SDPAttribute] {
    values(.attribute).map { SDPAttribute(parsing: $0) }
  }

  /// The attributes of a name, in their order; case does not matter.
  public func attributes(_ name: String) -> [SDPAttribute] {
    attributes.filter { $0.name.isSameToken(as: name) }
  }

  /// The value of the first attribute of a name: nil where there is none, empty where it has none.
  public func value(_ name: String) -> String? {
    attributes(name).first.map { $0.value ?? "" }
  }

  /// Whether there is an attribute of a name.
  public func has(_ name: String) -> Bool { !attributes(name).isEmpty }

  /// Appends an `a=` line.
  public mutating func add(_ attribute: SDPAttribute) { lines.append(SDPLine(attribute)) }

  /// `i=`.
  public var information: String? { values(.information).first }
  /// `c=`, those that can be read.
  public var connections: [SDPConnection] {
    values(.connection).compactMap { SDPConnection(parsing: $0) }
  }
  /// `b=`, those that can be read.
  public var bandwidths: [SDPBandwidth] {
    values(.bandwidth).compactMap { SDPBandwidth(parsing: $0) }
  }
  /// `a=control`: the URL for RTSP, absolute or relative (RFC 2326 C.1.1).
  public var control: String? { value("control") }
  /// `a=sendrecv`, `a=recvonly`, `a=sendonly`, `a=inactive`: the first of them (RFC 8866 6.7).
  public var direction: SDPDirection? {
    for attribute in attributes where attribute.value == nil {
      if let direction = SDPDirection(rawValue: attribute.name) { return direction }
    }
    return nil
  }
  /// `a=extmap`, those that can be read (RFC 8285 8).
  public var extensionMaps: [SDPExtensionMap] {
    attributes("extmap").compactMap { SDPExtensionMap(parsing: $0.value ?? "") }
  }
  /// Whether the section says how media is to be encrypted: `a=crypto`, `a=key-mgmt` or
  /// `a=fingerprint` (RFC 4568, RFC 4567, RFC 5763).
  public var hasKeys: Bool { has("crypto") || has("key-mgmt") || has("fingerprint") }
}

/// Which way media goes, seen from whoever made the description (RFC 8866 6.7).
public enum SDPDirection: String, Hashable, Sendable, CaseIterable {
  /// Both ways.
  case sendAndReceive = "sendrecv"
  /// Only towards the author.
  case receiveOnly = "recvonly"
  /// Only away from the author.
  case sendOnly = "sendonly"
  /// Not at all.
  case inactive
}
