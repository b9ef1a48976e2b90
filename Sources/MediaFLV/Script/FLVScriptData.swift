public import MediaBytes

/// The body of a script tag: a name and its values (FLV 10.1 E.4.4).
///
/// Reading never fails as a whole: damage is told by `damage` and `anomalies`, and what was read
/// before it is there. An empty body, a name alone and an `onMetaData` that is an object instead
/// of an ECMA array are lawful here.
public struct FLVScriptData: Equatable, Sendable {
  /// How the values are written.
  public enum Encoding: Hashable, Sendable {
    /// AMF0, as in TagType 18; single values may be AMF3 behind the marker 0x11.
    case amf0
    /// AMF0 behind a byte 0, as in RTMP's message type 15.
    case amf0AfterFormatByte
    /// AMF3 throughout.
    case amf3
  }

  /// How the values are written.
  public var encoding: Encoding
  /// All values in order, the name among them.
  public var values: [AMFValue]
  /// Bytes behind the last value that are no value; written back as they are.
  public var trailing: [UInt8] = []
  /// What the reader put up with.
  public var anomalies: [AMFAnomaly] = []
  /// Where and why reading ended early; the last of `values` may then be incomplete.
  public var damage: ParseError?

  /// Makes a body of a name and its values.
  public init(_ name: AMFString, _ values: [AMFValue], encoding: Encoding = .amf0) {
    self.encoding = encoding
    self.values = [.string(name)] + values
  }

  /// `@setDataFrame`: RTMP's instruction to a server to keep what follows for later viewers.
  public static let setDataFrame: AMFString = "@setDataFrame"

  /// Whether the name stands behind `@setDataFrame`.
  ///
  /// Such a prefix belongs to RTMP; in a file it hides the name from most players.
  public var hasSetDataFrame: Bool {
    if case .string(Self.setDataFrame) = values.first?.unwrapped { true } else { false }
  }

  /// The name, such as `onMetaData`; nil where the body is empty or its name is no string.
  public var name: String? { values.dropFirst(hasSetDataFrame ? 1 : 0).first?.text }

  /// The values behind the name: usually one.
  public var arguments: ArraySlice<AMFValue> { values.dropFirst(hasSetDataFrame ? 2 : 1) }

  /// Whether it takes back what was said of the colours: `colorInfo` that is Undefined, or an object
  /// without properties (Enhanced RTMP v2, Metadata Frame).
  public var resetsColorInfo: Bool {
    guard name == "colorInfo", let value = arguments.first?.unwrapped else { return false }
    if case .undefined = value { return true }
    return value.properties?.isEmpty ?? false
  }
}

// MARK: - Parsing

extension FLVScriptData {
  /// Reads all that `reader` has left, the body of a tag of this type.
  ///
  /// In TagType 15 the first byte tells the encoding: 0 precedes AMF0, as in RTMP; an AMF0 string
  /// marker is AMF0 that a recorder stored without that byte; anything else is AMF3.
  public init(
    parsing reader: inout ByteReader, type: FLVTagType = .script, limits: AMFLimits = AMFLimits()
  ) {
    encoding = Self.encoding(of: type, first: reader.peekU8)
    values = []
    var decoder = AMFDecoder(limits: limits)
    var (start, position, anomalyCount) = (reader.offset, reader.position, 0)
    do throws(ParseError) {
      if encoding == .amf0AfterFormatByte { try reader.skip(1, "format") }
      while !reader.isAtEnd {
        (start, position) = (reader.offset, reader.position)
        anomalyCount = decoder.anomalyCount
        values.append(try encoding == .amf3 ? decoder.amf3(&reader) : decoder.amf0(&reader))
      }
    } catch {
      if isTrailing(error) {
        trailing = [UInt8](copying: reader.bytes.extracting(position..<reader.bytes.byteCount))
        // What was found odd about bytes that are no value does not matter.
        decoder.forgetAnomalies(from: anomalyCount)
        decoder.note(.trailingBytes(trailing.count), at: start)
      } else {
        if let partial = decoder.partial { values.append(partial) }
        damage = error
      }
    }
    _ = reader.takeRest()
    anomalies = decoder.anomalies
  }

  private static func encoding(of type: FLVTagType, first: UInt8?) -> Encoding {
    guard type == .scriptAMF3 else { return .amf0 }
    switch first {
    case 0: return .amf0AfterFormatByte
    case nil, AMF0Marker.string.rawValue: return .amf0
    default: return .amf3
    }
  }

  /// Once a name and a value are there, what cannot be read behind them is no damage to them; some
  /// writers end the body with one more 00 00 09, as older editions of the specification had it.
  private func isTrailing(_ error: ParseError) -> Bool {
    if case .overLimit = error.reason { return false }
    return !arguments.isEmpty
  }
}

// MARK: - Writing

extension FLVScriptData {
  /// Writes the body; of a damaged one, what was read of it.
  public func write(to writer: inout ByteWriter) {
    if encoding == .amf0AfterFormatByte { writer.integer(0 as UInt8) }
    var encoder = AMFEncoder()
    for value in values {
      switch encoding {
      case .amf0, .amf0AfterFormatByte: encoder.amf0(value, to: &writer)
      case .amf3: encoder.amf3(value, to: &writer)
      }
    }
    writer.append(trailing)
  }
}
