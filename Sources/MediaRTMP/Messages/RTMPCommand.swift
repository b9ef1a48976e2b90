public import MediaBytes
public import MediaFLV

/// A command: a name, a number that its answer repeats, and values (Adobe RTMP 1.0 §7.2).
///
/// Values are as hostile as the peer: `AMFValue` answers nil for what is of another type, and
/// `RTMPCommand` never traps on them.
public struct RTMPCommand: Equatable, Sendable {
  /// What it is.
  public var name: RTMPCommandName
  /// What the answer to it repeats; 0 where none is wanted.
  public var transactionID: Double
  /// The command object and what follows it.
  public var values: [AMFValue]
  /// Message type 17 instead of 20.
  public var isAMF3: Bool
  /// What its writer did otherwise than the specification has it.
  public var oddities: [Oddity] = []

  /// What a reader put up with.
  public enum Oddity: Hashable, Sendable {
    /// No number behind the name.
    case noTransactionID
    /// AMF that is not in order.
    case anomaly(AMFAnomaly)
    /// The values end in damage; those before it are there.
    case damage(ParseError)
    /// Type 17 whose first byte is not 0 (Enhanced RTMP v2, AMF3 clarification).
    case noFormatByte
  }

  /// Makes a command.
  public init(
    _ name: RTMPCommandName, transactionID: Double = 0, _ values: [AMFValue] = [.null],
    isAMF3: Bool = false
  ) {
    (self.name, self.transactionID) = (name, transactionID)
    (self.values, self.isAMF3) = (values, isAMF3)
  }

  /// The values behind the command object.
  public var arguments: ArraySlice<AMFValue> { values.dropFirst() }
}

// MARK: - Parsing

extension RTMPCommand {
  /// Reads the payload of a command message.
  ///
  /// - Parameters:
  ///   - payload: all of it.
  ///   - isAMF3: whether the message is of type 17 instead of 20.
  ///   - limits: how far to read.
  /// - Throws: `ParseError` where there is no name; anything else is among `oddities`.
  public init(
    parsing payload: [UInt8], isAMF3: Bool, limits: AMFLimits = AMFLimits()
  ) throws(ParseError) {
    var reader = ByteReader(payload.span)
    // What follows the byte 0 is AMF0, in which single values change over to AMF3.
    let hasFormatByte = isAMF3 && reader.peekU8 == 0
    if hasFormatByte { try reader.skip(1, "format") }
    var decoder = AMFDecoder(limits: limits)
    let first = try decoder.amf0(&reader)
    guard let text = first.text else {
      throw ParseError(.invalid(UInt64(payload.first ?? 0)), "Command Name", at: 0)
    }
    name = RTMPCommandName(rawValue: text)
    self.isAMF3 = isAMF3
    (values, transactionID) = ([], 0)
    if isAMF3, !hasFormatByte { oddities.append(.noFormatByte) }
    while !reader.isAtEnd {
      let value = Result { () throws(ParseError) in try decoder.amf0(&reader) }
      switch value {
      case .success(let value): values.append(value)
      case .failure(let damage):
        if let partial = decoder.partial { values.append(partial) }
        oddities.append(.damage(damage))
        _ = reader.takeRest()
      }
    }
    oddities += decoder.anomalies.map { .anomaly($0) }
    if let number = values.first?.number {
      transactionID = number
      values.removeFirst()
    } else {
      oddities.append(.noTransactionID)
    }
  }
}

// MARK: - Writing

extension RTMPCommand {
  /// The payload of its message.
  public var payload: [UInt8] {
    var writer = ByteWriter(capacity: 256)
    if isAMF3 { writer.integer(0 as UInt8) }
    var encoder = AMFEncoder()
    for value in [.string(AMFString(name.rawValue)), .number(transactionID)] + values {
      encoder.amf0(value, to: &writer)
    }
    return writer.bytes
  }
}

// MARK: - Showing

extension RTMPCommand: CustomStringConvertible {
  /// One line without stream names and queries; what a peer says may still hold secrets.
  public var description: String { text(hiding: RTMPSecrets()) }

  /// One line in which nothing of `secrets` stands, such as `publish(5, null, "***", "live")`.
  public func text(hiding secrets: RTMPSecrets) -> String {
    var shown = values
    // Whoever reads this may know what kind of publishing it is, not what is published.
    if name.namesStream,
      let index = shown.indices.dropFirst().first(where: { shown[$0].text != nil })
    {
      shown[index] = .string("***")
    }
    if name == .connect, let object = shown.first?.properties {
      shown[0] = .object(AMFObject(object.map(Self.withoutQuery)))
    }
    let parts = [Self.number(transactionID)] + shown.map { $0.text(maxElements: 16) }
    return secrets.masked("\(name.rawValue.printable)(\(parts.joined(separator: ", ")))")
  }

  private static func withoutQuery(_ property: AMFProperty) -> AMFProperty {
    guard let text = property.value.text else { return property }
    let parts = text.split(atByte: UInt8(ascii: "?"), maxSplits: 1)
    guard parts.count == 2 else { return property }
    return AMFProperty(property.key, .string(AMFString("\(parts[0])?***")))
  }

  private static func number(_ value: Double) -> String { AMFValue.number(value).description }
}
