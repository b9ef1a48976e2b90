import MediaBytes

/// A line `a=ssrc`: an attribute of one source (RFC 5576 4.1).
public struct SDPSourceAttribute: Hashable, Sendable, CustomStringConvertible {
  /// The source.
  public var ssrc: UInt32
  /// What is said of it, such as `cname`.
  public var attribute: SDPAttribute

  /// Makes it of its parts.
  public init(ssrc: UInt32, _ attribute: SDPAttribute) {
    self.ssrc = ssrc
    self.attribute = attribute
  }

  /// Reads the attribute's value; nil without a number and a name.
  public init?(parsing value: String) {
    let words = value.fields(maxSplits: 1)
    guard words.count == 2, let ssrc = words[0].number(0...UInt32.max) else { return nil }
    self.init(ssrc: ssrc, SDPAttribute(parsing: words[1]))
  }

  /// The attribute's value.
  public var description: String { "\(ssrc) \(attribute)" }
}

/// All that `a=ssrc` says of a source.
public struct SDPSource: Hashable, Sendable {
  /// The source.
  public var ssrc: UInt32
  /// What is said of it.
  public var attributes: [SDPAttribute]

  /// The canonical name, as in SDES (RFC 5576 6.1).
  public var cname: String? { value("cname") }
  /// The stream that it is part of, and its track (RFC 8830 2).
  public var msid: String? { value("msid") }

  private func value(_ name: String) -> String? {
    attributes.first { $0.name == name }?.value
  }
}

/// `a=ssrc-group`: sources that belong together (RFC 5576 4.2).
public struct SDPSourceGroup: Hashable, Sendable, CustomStringConvertible {
  /// How: `FID` for retransmission, `FEC-FR` for repair, `SIM` for simulcast.
  public var semantics: String
  /// The sources.
  public var sources: [UInt32]

  /// Makes it of its parts.
  public init(_ semantics: String, sources: [UInt32]) {
    self.semantics = semantics
    self.sources = sources
  }

  /// Reads the attribute's value; nil without a word, and where what follows are no numbers.
  public init?(parsing value: String) {
    let words = value.fields()
    guard let first = words.first else { return nil }
    let numbers = words.dropFirst().map { $0.number(0...UInt32.max) }
    guard !numbers.contains(nil) else { return nil }
    self.init(first, sources: numbers.compactMap { $0 })
  }

  /// The attribute's value.
  public var description: String {
    ([semantics] + sources.map { "\($0)" }).joined(separator: " ")
  }
}

/// `a=rtcp`: where RTCP goes, if not to the next port (RFC 3605 2.1).
public struct SDPRTCPPort: Hashable, Sendable, CustomStringConvertible {
  /// The port.
  public var port: UInt16
  /// The address, if it is another than RTP's.
  public var connection: SDPConnection?

  /// Makes it of its parts.
  public init(port: UInt16, connection: SDPConnection? = nil) {
    self.port = port
    self.connection = connection
  }

  /// Reads the attribute's value; nil without a port, or with an address that cannot be read.
  public init?(parsing value: String) {
    let words = value.fields(maxSplits: 1)
    guard let port = words.first?.number(UInt16.min...UInt16.max) else { return nil }
    var connection: SDPConnection?
    if words.count > 1 {
      connection = SDPConnection(parsing: words[1])
      guard connection != nil else { return nil }
    }
    self.init(port: port, connection: connection)
  }

  /// The attribute's value.
  public var description: String { connection.map { "\(port) \($0)" } ?? "\(port)" }
}

/// `a=rtcp-fb`: feedback that is understood (RFC 4585 4.2).
public struct SDPFeedback: Hashable, Sendable, CustomStringConvertible {
  /// The payload type it is about; nil for all of them.
  public var payloadType: RTPPayloadType?
  /// `nack`, `ack`, `ccm`, `trr-int`, or another name.
  public var name: String
  /// What follows, such as `pli`.
  public var parameter: String?

  /// Makes it of its parts.
  public init(_ payloadType: RTPPayloadType?, _ name: String, _ parameter: String? = nil) {
    self.payloadType = payloadType
    self.name = name
    self.parameter = parameter
  }

  /// Reads the attribute's value; nil without a payload type or `*`, and a name.
  public init?(parsing value: String) {
    let words = value.fields(maxSplits: 2)
    guard words.count >= 2 else { return nil }
    var type: RTPPayloadType?
    if words[0] != "*" {
      guard let number = words[0].number(0...UInt8(127)) else { return nil }
      type = RTPPayloadType(rawValue: number)
    }
    self.init(type, words[1], words.count > 2 ? words[2] : nil)
  }

  /// The attribute's value.
  public var description: String {
    let words = [payloadType?.description ?? "*", name, parameter]
    return words.compactMap { $0 }.joined(separator: " ")
  }
}

/// `a=extmap`: what an element of the header extension means (RFC 8285 8).
public struct SDPExtensionMap: Hashable, Sendable, CustomStringConvertible {
  /// The local identifier: 1...14, 1...255, or 4096...4351 while it is negotiated.
  public var id: UInt16
  /// Which way it is used; nil for the media's way.
  public var direction: SDPDirection?
  /// What it means.
  public var uri: String
  /// `extensionattributes`, if any follow.
  public var attributes: String?

  /// Makes it of its parts.
  public init(id: UInt16, uri: String) {
    self.id = id
    self.uri = uri
  }

  /// Reads the attribute's value; nil without an identifier and a URI.
  public init?(parsing value: String) {
    let words = value.fields(maxSplits: 2)
    guard words.count >= 2 else { return nil }
    let (number, way) = words[0].cut(at: "/")
    guard let id = number.number(1...UInt16(4351)) else { return nil }
    self.init(id: id, uri: words[1])
    if let way {
      guard let direction = SDPDirection(rawValue: way) else { return nil }
      self.direction = direction
    }
    attributes = words.count > 2 ? words[2] : nil
  }

  /// The attribute's value.
  public var description: String {
    let number = direction.map { "\(id)/\($0.rawValue)" } ?? "\(id)"
    return [number, uri, attributes].compactMap { $0 }.joined(separator: " ")
  }
}

/// `a=group`: media descriptions that belong together (RFC 5888 5).
public struct SDPGroup: Hashable, Sendable, CustomStringConvertible {
  /// How: `BUNDLE`, `LS`, `FID`, `DUP` and others.
  public var semantics: String
  /// Their `a=mid`.
  public var mids: [String]

  /// Makes it of its parts.
  public init(_ semantics: String, mids: [String]) {
    self.semantics = semantics
    self.mids = mids
  }

  /// Reads the attribute's value; nil without a word.
  public init?(parsing value: String) {
    let words = value.fields()
    guard let first = words.first else { return nil }
    self.init(first, mids: [String](words.dropFirst()))
  }

  /// The attribute's value.
  public var description: String { ([semantics] + mids).joined(separator: " ") }
}
