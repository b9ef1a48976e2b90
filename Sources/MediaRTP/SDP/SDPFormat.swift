import MediaBytes

/// `a=rtpmap`: what a payload type means (RFC 8866 6.6).
public struct SDPRTPMap: Hashable, Sendable, CustomStringConvertible {
  /// The payload type.
  public var payloadType: RTPPayloadType
  /// `encoding name`.
  public var encodingName: String
  /// `clock rate`; nil where it is missing or 0, as devices write.
  public var clockRate: UInt32?
  /// `encoding parameters`: of sound, the channels.
  public var encodingParameters: String?

  /// Makes a map; one channel is what is meant where none are given.
  public init(
    _ payloadType: RTPPayloadType, _ encodingName: String, clockRate: UInt32, channels: Int? = nil
  ) {
    self.payloadType = payloadType
    self.encodingName = encodingName
    self.clockRate = clockRate
    encodingParameters = channels.map { "\($0)" }
  }

  /// Reads the attribute's value; nil without a payload type or a name.
  public init?(parsing value: String) {
    let words = value.fields(maxSplits: 1)
    guard words.count == 2, let type = words[0].number(0...UInt8(127)) else { return nil }
    let parts = words[1].parts("/").map(\.trimmed)
    guard let name = parts.first, !name.isEmpty else { return nil }
    payloadType = RTPPayloadType(rawValue: type)
    encodingName = name
    clockRate = parts.count > 1 ? parts[1].number(1...UInt32.max) : nil
    let rest = parts.dropFirst(2).joined(separator: "/").trimmed
    encodingParameters = rest.isEmpty ? nil : rest
  }

  /// The encoding parameters as a number.
  public var channels: Int? { encodingParameters?.number(1...65_535) }

  /// The attribute's value.
  public var description: String {
    let text = "\(payloadType) \(encodingName)"
    let rate = clockRate.map { "\($0)" }
    guard let encodingParameters else { return rate.map { "\(text)/\($0)" } ?? text }
    return "\(text)/\(rate ?? "")/\(encodingParameters)"
  }
}

/// `a=fmtp`: parameters of a format (RFC 8866 6.15).
public struct SDPFormatParameters: Hashable, Sendable, CustomStringConvertible {
  /// A parameter: `name=value`, or a word alone.
  public struct Parameter: Hashable, Sendable {
    /// The name, or the word.
    public var name: String
    /// What follows the first `=`, without quotes around it; nil without one.
    public var value: String?

    /// Makes a parameter.
    public init(_ name: String, _ value: String? = nil) {
      self.name = name
      self.value = value
    }
  }

  /// The payload type.
  public var payloadType: RTPPayloadType
  /// The parameters in their order.
  public var parameters: [Parameter]

  /// Makes parameters of a format.
  public init(payloadType: RTPPayloadType, _ parameters: [Parameter] = []) {
    self.payloadType = payloadType
    self.parameters = parameters
  }

  /// Reads the attribute's value; nil without a payload type.
  ///
  /// Parameters stand between semicolons, but one in quotes may hold semicolons.
  public init?(parsing value: String) {
    let words = value.fields(maxSplits: 1)
    guard let first = words.first, let type = first.number(0...UInt8(127)) else { return nil }
    payloadType = RTPPayloadType(rawValue: type)
    parameters = []
    for part in Self.split(words.count > 1 ? words[1] : "") {
      let (name, value) = part.cut(at: "=")
      parameters.append(Parameter(name.trimmed, value.map { Self.unquoted($0.trimmed) }))
    }
  }

  /// The parts between semicolons outside of quotes, none of them empty.
  private static func split(_ text: String) -> [String] {
    var parts: [String] = []
    var part: [UInt8] = []
    var isQuoted = false
    // A quote that nothing closes is none.
    var quotesLeft = text.utf8.count { $0 == UInt8(ascii: "\"") }
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") {
        quotesLeft -= 1
        isQuoted = !isQuoted && quotesLeft > 0
      }
      if byte == UInt8(ascii: ";"), !isQuoted {
        parts.append(String(decoding: part, as: UTF8.self))
        part = []
      } else {
        part.append(byte)
      }
    }
    parts.append(String(decoding: part, as: UTF8.self))
    return parts.map(\.trimmed).filter { !$0.isEmpty }
  }

  private static func unquoted(_ text: String) -> String {
    let bytes = text.utf8
    let quote = UInt8(ascii: "\"")
    guard bytes.count >= 2, bytes.first == quote, bytes.last == quote else { return text }
    return String(Substring(bytes.dropFirst().dropLast()))
  }

  /// The value of the first parameter of a name, case not regarded: nil where there is none, empty
  /// where it has none.
  public subscript(name: String) -> String? {
    parameters.first { $0.name.isSameToken(as: name) }.map { $0.value ?? "" }
  }

  /// A parameter as a number.
  public func integer(_ name: String) -> Int? { self[name]?.number(0...Int.max) }

  /// A parameter whose value is Base64, or several with commas between them; nil where there is none
  /// or one of them is no Base64.
  ///
  /// Empty ones, which devices write, are left out.
  public func base64(_ name: String) -> [[UInt8]]? {
    guard let value = self[name] else { return nil }
    var found: [[UInt8]] = []
    for part in value.parts(",").map(\.trimmed) where !part.isEmpty {
      guard let bytes = Base64.decode(part) else { return nil }
      found.append(bytes)
    }
    return found
  }

  /// A parameter whose value is hexadecimal digits, two a byte, such as `config`.
  public func hexadecimal(_ name: String) -> [UInt8]? {
    guard let digits = self[name]?.utf8.map({ Self.digit($0) }), digits.count % 2 == 0 else {
      return nil
    }
    var bytes: [UInt8] = []
    for start in stride(from: 0, to: digits.count, by: 2) {
      guard let high = digits[start], let low = digits[start + 1] else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x37
    case 0x61...0x66: byte - 0x57
    default: nil
    }
  }

  /// The attribute's value; a value that holds a semicolon is put in quotes.
  public var description: String {
    let parts = parameters.map { parameter in
      guard let value = parameter.value else { return parameter.name }
      let needsQuotes = value.utf8.contains(UInt8(ascii: ";"))
      return needsQuotes ? "\(parameter.name)=\"\(value)\"" : "\(parameter.name)=\(value)"
    }
    return "\(payloadType) " + parts.joined(separator: "; ")
  }
}
