import MediaBytes

/// Where a track begins in RTP's terms: one part of an `RTP-Info` header (RFC 2326 §12.33).
public struct RTSPStreamInfo: Hashable, Sendable {
  /// The track's control URL, as the server writes it; may be empty.
  public var url: String
  /// The first packet's sequence number, where it is said.
  public var sequenceNumber: UInt16?
  /// The timestamp of where playing begins, where it is said.
  public var timestamp: UInt32?

  /// Makes one of its parts.
  public init(url: String, sequenceNumber: UInt16? = nil, timestamp: UInt32? = nil) {
    (self.url, self.sequenceNumber, self.timestamp) = (url, sequenceNumber, timestamp)
  }

  /// The parts of a header's value.
  ///
  /// Addresses may have commas and semicolons in them: a part begins with `url=`, and an address ends
  /// with the first parameter that is known.
  public static func parse(_ value: String) -> [Self] {
    var parts: [String] = []
    for part in value.parts(",") {
      if part.trimmed.hasTokenPrefix("url") || parts.isEmpty {
        parts.append(part)
      } else {
        parts[parts.count - 1] += "," + part
      }
    }
    return parts.compactMap { Self(parsing: $0) }
  }

  private init?(parsing text: String) {
    self.init(url: "")
    var isKnown = false
    var address: [String] = []
    for part in text.parts(";") {
      let (name, value) = part.cut(at: "=")
      switch (name.trimmed.lowercased(), value?.unquoted) {
      case ("url", _?) where address.isEmpty: address = [part.cut(at: "=").1 ?? ""]
      case ("seq", let value?): (sequenceNumber, isKnown) = (value.number(0...0xffff), true)
      case ("rtptime", let value?):
        (timestamp, isKnown) = (value.number(0...UInt32.max), true)
      case ("ssrc", _?): isKnown = true
      default: if !isKnown, !address.isEmpty, !part.trimmed.isEmpty { address.append(part) }
      }
    }
    url = address.joined(separator: ";").unquoted
    guard !url.isEmpty || isKnown else { return nil }
  }
}
