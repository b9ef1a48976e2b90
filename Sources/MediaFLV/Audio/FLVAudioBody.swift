public import MediaBytes
import MediaModel

/// The body of an audio tag or RTMP audio message, without its payload's bytes.
///
/// It is AUDIODATA of FLV 10.1 E.4.2.1 or ExAudioTagHeader and ExAudioTagBody of Enhanced RTMP v2.
public struct FLVAudioBody: Hashable, Sendable {
  /// How the body begins.
  public enum Form: Hashable, Sendable {
    /// Not at all: no bytes are the sign of silence.
    case silence
    /// With AudioTagHeader; the packet type is there for AAC only.
    case legacy(FLVSoundHeader, FLVAACPacketType?)
    /// With ExAudioTagHeader.
    case enhanced(FLVExHeader<FLVAudioPacketType>)
  }

  /// How the body begins.
  public var form: Form
  /// What the body carries; nothing when it is silence.
  ///
  /// Of an encrypted body it is one part, whose payload is all that is encrypted.
  public var parts: FLVMediaParts
  private var extras: FLVBodyExtras

  /// Makes a body of `parts`, whose payloads are where `write` will take them from.
  public init(_ form: Form, encryption: FLVEncryption? = nil, parts: FLVMediaParts) {
    self.init(form, parts, FLVBodyExtras(encryption))
  }

  private init(_ form: Form, _ parts: FLVMediaParts, _ extras: FLVBodyExtras) {
    self.form = form
    self.parts = parts
    self.extras = extras
  }

  /// Makes a legacy body of one payload.
  public init(
    _ header: FLVSoundHeader, _ packetType: FLVAACPacketType? = nil, payload: Range<Int>
  ) {
    let part = FLVMediaPart(packetType?.kind ?? .codedFrames, .sound(header), payload: payload)
    self.init(.legacy(header, packetType), parts: FLVMediaParts(part))
  }

  /// Makes an enhanced body of one track.
  public init(
    _ packetType: FLVAudioPacketType, _ fourCC: FourCC, modifiers: [FLVModifier] = [],
    payload: Range<Int>
  ) {
    let part = FLVMediaPart(packetType.kind, .enhancedAudio(fourCC), payload: payload)
    self.init(
      .enhanced(FLVExHeader(packetType, fourCC, modifiers: modifiers)), parts: FLVMediaParts(part))
  }

  /// EncryptionTagHeader and FilterParams; nil when the tag is not filtered.
  public var encryption: FLVEncryption? {
    get { extras.encryption }
    set { extras.encryption = newValue }
  }

  /// Whether the payload is ciphertext.
  public var isEncrypted: Bool { extras.encryption?.isBodyEncrypted ?? false }

  /// What is not as the specifications have it, in wire order.
  public var anomalies: [FLVBodyAnomaly] {
    get { extras.anomalies }
    set { extras.anomalies = newValue }
  }

  /// The enhanced header; nil in another form.
  public var exHeader: FLVExHeader<FLVAudioPacketType>? {
    if case .enhanced(let header) = form { header } else { nil }
  }

  /// The legacy header; nil in another form.
  public var soundHeader: FLVSoundHeader? {
    if case .legacy(let header, _) = form { header } else { nil }
  }

  /// Nanoseconds to add to the time of presentation; nil when no modifier says so.
  public var nanosecondOffset: UInt32? { exHeader?.nanosecondOffset }
}

// MARK: - Reading

extension FLVAudioBody {
  /// Reads a body of `bodySize` bytes, of which `reader` may hold only the first.
  ///
  /// With less than all, `truncated` says that what is there does not suffice: many tracks need
  /// the whole body, all other forms their first few bytes. Nothing behind `bodySize` is read.
  /// `isFiltered` is the tag's `Filter` bit. Throws `invalid`, `unsupported` or `overLimit` where
  /// nobody could tell what follows.
  public init(
    parsing reader: inout ByteReader, bodySize: Int, isFiltered: Bool = false
  ) throws(ParseError) {
    precondition(bodySize >= 0, "a body has no negative size")
    // A reader of its own, so that positions count from the start of the body.
    var body = try reader.reader(min(bodySize, reader.remaining), "audio body")
    guard bodySize > 0 else {
      self.init(.silence, parts: FLVMediaParts())
      return
    }
    var anomalies: [FLVBodyAnomaly] = []
    let form: Form
    let sound = FLVSoundHeader(byte: try body.u8("SoundFormat"))
    if sound.format == .exHeader {
      let type = FLVAudioPacketType(rawValue: sound.byte & 0xf)
      var header = try FLVExHeader(afterType: type, &body, &anomalies)
      try header.parseCodec(&body, &anomalies)
      form = .enhanced(header)
    } else {
      if let anomaly = sound.format.anomaly { anomalies.append(anomaly) }
      form = .legacy(sound, sound.format == .aac ? try body.aacPacketType(&anomalies) : nil)
    }
    let encryption =
      isFiltered ? try FLVEncryption.find(&body, bodySize: bodySize, &anomalies) : nil
    let parts = try form.parseParts(
      &body, bodySize: bodySize, isEncrypted: encryption?.isBodyEncrypted ?? false, &anomalies)
    self.init(form, parts, FLVBodyExtras(encryption, anomalies))
  }
}

extension FLVAudioBody.Form {
  fileprivate func parseParts(
    _ body: inout ByteReader, bodySize: Int, isEncrypted: Bool,
    _ anomalies: inout [FLVBodyAnomaly]
  ) throws(ParseError) -> FLVMediaParts {
    let rest = body.position..<bodySize
    switch self {
    case .silence:
      return FLVMediaParts()
    case .enhanced(let header):
      guard isEncrypted else {
        return try header.parseParts(&body, bodySize: bodySize, &anomalies)
      }
      return FLVMediaParts(FLVMediaPart(header.packetType.kind, header.coding, payload: rest))
    case .legacy(let sound, let packetType):
      let part = FLVMediaPart(packetType?.kind ?? .codedFrames, .sound(sound), payload: rest)
      if !isEncrypted, let anomaly = part.payloadAnomaly { anomalies.append(anomaly) }
      return FLVMediaParts(part)
    }
  }
}

extension ByteReader {
  fileprivate mutating func aacPacketType(
    _ anomalies: inout [FLVBodyAnomaly]
  ) throws(ParseError) -> FLVAACPacketType {
    let type = FLVAACPacketType(rawValue: try u8("AACPacketType"))
    if type.kind == .reserved {
      anomalies.append(FLVBodyAnomaly(.reserved(.aacPacketType, type.rawValue), at: 1))
    }
    return type
  }
}

// MARK: - Writing

extension FLVAudioBody {
  /// Writes the body, each part's payload taken from where it says in `source`.
  ///
  /// For a body that was read, `source` is all of that body; for one made, whatever its payload
  /// ranges are about.
  public func write(to writer: inout ByteWriter, copying source: RawSpan) {
    switch form {
    case .silence:
      precondition(parts.isEmpty, "silence has no parts")
    case .legacy(let header, let packetType):
      precondition(header.format != .exHeader, "SoundFormat 9 is not a legacy format")
      precondition(
        (packetType != nil) == (header.format == .aac), "AAC alone has a packet type")
      precondition(parts.count == 1, "a legacy body has one part")
      writer.integer(header.byte)
      if let packetType { writer.integer(packetType.rawValue) }
      encryption?.write(to: &writer)
      for part in parts { writer.append(source.extracting(part.payload)) }
    case .enhanced(let header):
      header.writeTypes(highBits: FLVSoundFormat.exHeader.rawValue << 4, to: &writer)
      header.writeCodec(to: &writer)
      encryption?.write(to: &writer)
      if isEncrypted {
        for part in parts { writer.append(source.extracting(part.payload)) }
      } else {
        header.writeParts(parts, to: &writer, copying: source)
      }
    }
  }
}
