import MediaBytes

/// `a=source-filter`: whose packets to an address are wanted, or unwanted (RFC 4570 3).
public struct SDPSourceFilter: Hashable, Sendable, CustomStringConvertible {
  /// Whether the sources are those that are wanted (`incl`), rather than those that are not (`excl`).
  public var isInclusive: Bool
  /// `nettype`, `IN`.
  public var networkType = "IN"
  /// `address-types`: `IP4`, `IP6`, or `*` where names stand for either.
  public var addressType: String
  /// `dest-address`: the address that packets go to, or `*` for each of the description's.
  public var destination: String
  /// `src-list`: addresses or names.
  public var sources: [String]

  /// Makes a filter that lets sources through, or keeps them out.
  public init(
    isInclusive: Bool = true, addressType: String, destination: String, sources: [String]
  ) {
    (self.isInclusive, self.addressType) = (isInclusive, addressType)
    (self.destination, self.sources) = (destination, sources)
  }

  /// Reads the attribute's value; nil without a mode, an address and a source.
  public init?(parsing value: String) {
    let words = value.fields()
    guard words.count >= 5 else { return nil }
    switch words[0].lowercased() {
    case "incl": isInclusive = true
    case "excl": isInclusive = false
    default: return nil
    }
    (networkType, addressType, destination) = (words[1], words[2], words[3])
    sources = [String](words[4...])
  }

  /// The attribute's value.
  public var description: String {
    ([isInclusive ? "incl" : "excl", networkType, addressType, destination] + sources)
      .joined(separator: " ")
  }
}

extension SDPSession {
  /// The filters of a media description: its own, else the session's (RFC 4570 3).
  public func sourceFilters(of media: SDPMedia) -> [SDPSourceFilter] {
    func filters(_ section: some SDPSection) -> [SDPSourceFilter] {
      section.attributes("source-filter").compactMap { SDPSourceFilter(parsing: $0.value ?? "") }
    }
    let own = filters(media)
    return own.isEmpty ? filters(self) : own
  }
}
