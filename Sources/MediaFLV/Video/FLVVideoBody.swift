public import MediaBytes
import MediaModel

/// The body of a video tag or RTMP video message, without its payload's bytes.
///
/// It is VIDEODATA of FLV 10.1 E.4.3.1 or ExVideoTagHeader and ExVideoTagBody of Enhanced RTMP v2.
public struct FLVVideoBody: Hashable, Sendable {
  /// How the body begins.
  public enum Form: Hashable, Sendable {
    /// Not at all: it has no bytes.
    case empty
    /// With VideoTagHeader; the packet type is there for AVC and what was made after it.
    case legacy(FLVVideoCodecID, FLVAVCPacketType?)
    /// With ExVideoTagHeader; a command has no FourCC.
    case enhanced(FLVExHeader<FLVVideoPacketType>)
  }

  /// How the body begins.
  public var form: Form
  /// `FrameType`, without a meaning in an empty body and beside metadata.
  public var frameType: FLVFrameType
  /// `VideoCommand`; nil in other frames, and where it is encrypted.
  public var command: FLVVideoCommand?
  /// How much a VP6 picture is to be cropped: columns in the high four bits, rows in the low four.
  public var vp6Adjustment: UInt8?
  /// `OffsetToAlpha`: where a VP6 picture's alpha channel begins, behind this number itself.
  ///
  /// The number's three bytes are the first of the payload, as decoders want them.
  public internal(set) var alphaOffset: UInt32?
  /// What the body carries; nothing when it is empty.
  ///
  /// Of an encrypted body it is one part, whose payload is all that is encrypted.
  public var parts: FLVMediaParts
  /// What the frame of a codec older than AVC says of its size, where its first bytes do.
  public internal(set) var pictureSize: FLVPictureSize?
  private var extras: FLVBodyExtras

  /// Makes a body of `parts`, whose payloads are where `write` will take them from.
  public init(
    _ form: Form, _ frameType: FLVFrameType, encryption: FLVEncryption? = nil,
    parts: FLVMediaParts
  ) {
    self.init(form, frameType, parts, FLVBodyExtras(encryption))
  }

  init(
    _ form: Form, _ frameType: FLVFrameType, _ parts: FLVMediaParts, _ extras: FLVBodyExtras
  ) {
    self.form = form
    self.frameType = frameType
    self.parts = parts
    self.extras = extras
  }

  /// Makes a legacy body of one payload.
  public init(
    _ codecID: FLVVideoCodecID, _ packetType: FLVAVCPacketType? = nil, _ frameType: FLVFrameType,
    compositionTimeOffset: Int32 = 0, payload: Range<Int>
  ) {
    self.init(
      .legacy(codecID, packetType), frameType,
      parts: FLVMediaParts(
        FLVMediaPart(
          packetType?.kind ?? .codedFrames, .video(codecID),
          compositionTimeOffset: compositionTimeOffset, payload: payload)))
  }

  /// Makes an enhanced body of one track.
  public init(
    _ packetType: FLVVideoPacketType, _ fourCC: FourCC, _ frameType: FLVFrameType,
    compositionTimeOffset: Int32 = 0, modifiers: [FLVModifier] = [], payload: Range<Int>
  ) {
    self.init(
      .enhanced(FLVExHeader(packetType, fourCC, modifiers: modifiers)), frameType,
      parts: FLVMediaParts(
        FLVMediaPart(
          packetType.kind, .enhancedVideo(fourCC),
          compositionTimeOffset: compositionTimeOffset, payload: payload)))
  }

  /// Makes a command; `codecID` is nil for the enhanced form.
  public init(command: FLVVideoCommand, codecID: FLVVideoCodecID? = nil) {
    let form: Form =
      codecID.map { .legacy($0, nil) } ?? .enhanced(FLVExHeader(.sequenceStart, nil))
    let part = FLVMediaPart(.command, codecID.map { .video($0) } ?? .unsaid, payload: 0..<0)
    self.init(form, .command, parts: FLVMediaParts(part))
    self.command = command
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
  public var exHeader: FLVExHeader<FLVVideoPacketType>? {
    if case .enhanced(let header) = form { header } else { nil }
  }

  /// `CodecID`; nil in another form than the legacy one.
  public var codecID: FLVVideoCodecID? {
    if case .legacy(let codecID, _) = form { codecID } else { nil }
  }

  /// Nanoseconds to add to the time of presentation; nil when no modifier says so.
  public var nanosecondOffset: UInt32? { exHeader?.nanosecondOffset }

  /// Whether a decoder can begin with this body's frames.
  ///
  /// Sequence headers may say so of themselves too: look at the part's kind besides.
  public var isKeyframe: Bool { frameType.isKey && exHeader?.packetType != .metadata }
}

extension FLVExHeader<FLVVideoPacketType> {
  /// Whether the frame is a command and has neither FourCC nor body.
  func isCommand(_ frameType: FLVFrameType) -> Bool {
    frameType == .command && packetType != .metadata
  }
}

// MARK: - Writing

extension FLVVideoBody {
  /// Writes the body, each part's payload taken from where it says in `source`.
  ///
  /// For a body that was read, `source` is all of that body; for one made, whatever its payload
  /// ranges are about.
  public func write(to writer: inout ByteWriter, copying source: RawSpan) {
    precondition(frameType.rawValue < 8, "FrameType has three bits")
    switch form {
    case .empty:
      precondition(parts.isEmpty, "an empty body has no parts")
    case .legacy(let codecID, let packetType):
      writeLegacy(codecID, packetType, to: &writer, copying: source)
    case .enhanced(let header):
      header.writeTypes(highBits: 0x80 | frameType.rawValue << 4, to: &writer)
      let isCommand = header.isCommand(frameType)
      if isCommand { writeCommand(to: &writer) } else { header.writeCodec(to: &writer) }
      encryption?.write(to: &writer)
      if isCommand || isEncrypted {
        for part in parts { writer.append(source.extracting(part.payload)) }
      } else {
        header.writeParts(parts, to: &writer, copying: source)
      }
    }
  }

  private func writeLegacy(
    _ codecID: FLVVideoCodecID, _ packetType: FLVAVCPacketType?, to writer: inout ByteWriter,
    copying source: RawSpan
  ) {
    precondition(codecID.rawValue < 16, "CodecID has four bits")
    precondition(parts.count == 1, "a legacy body has one part")
    precondition(
      (packetType != nil) == codecID.hasPacketType || frameType == .command,
      "AVC and what was made after it have a packet type, others not")
    writer.integer(frameType.rawValue << 4 | codecID.rawValue)
    for part in parts {
      if let packetType {
        writer.integer(packetType.rawValue)
        if !isCutShort { writer.i24(part.compositionTimeOffset) }
      }
      encryption?.write(to: &writer)
      if !isEncrypted {
        if frameType == .command { writeCommand(to: &writer) }
        if let vp6Adjustment { writer.integer(vp6Adjustment) }
      }
      writer.append(source.extracting(part.payload))
    }
  }

  /// Whether it was read without its CompositionTime.
  private var isCutShort: Bool {
    anomalies.contains { if case .compositionTimeCutShort = $0.kind { true } else { false } }
  }

  private func writeCommand(to writer: inout ByteWriter) {
    guard let command else { preconditionFailure("a command frame needs its command") }
    writer.integer(command.rawValue)
  }
}
