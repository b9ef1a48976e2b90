public import MediaBytes
import MediaModel

extension FLVVideoBody {
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
    var body = try reader.reader(min(bodySize, reader.remaining), "video body")
    guard bodySize > 0 else {
      self.init(.empty, FLVFrameType(rawValue: 0), parts: FLVMediaParts())
      return
    }
    let first = try body.u8("FrameType")
    let frameType = FLVFrameType(rawValue: first >> 4 & 7)
    // Until the form is known it is empty, and so are the parts until the end.
    self.init(.empty, frameType, parts: FLVMediaParts())
    if first & 0x80 != 0 {
      try parseEnhanced(
        FLVVideoPacketType(rawValue: first & 0xf), &body, bodySize: bodySize,
        isFiltered: isFiltered)
    } else {
      try parseLegacy(
        FLVVideoCodecID(rawValue: first & 0xf), &body, bodySize: bodySize, isFiltered: isFiltered)
    }
    let isMetadata = exHeader?.packetType == .metadata
    if !isMetadata, !(1...5).contains(frameType.rawValue) {
      anomalies.insert(FLVBodyAnomaly(.reserved(.frameType, frameType.rawValue), at: 0), at: 0)
    }
  }

  private mutating func parseEnhanced(
    _ type: FLVVideoPacketType, _ body: inout ByteReader, bodySize: Int, isFiltered: Bool
  ) throws(ParseError) {
    var header = try FLVExHeader(afterType: type, &body, &anomalies)
    let isCommand = header.isCommand(frameType)
    if isCommand {
      try parseCommand(&body)
    } else {
      try header.parseCodec(&body, &anomalies)
    }
    form = .enhanced(header)
    if isFiltered {
      encryption = try FLVEncryption.find(&body, bodySize: bodySize, &anomalies)
    }
    guard isCommand || encryption?.isBodyEncrypted ?? false else {
      parts = try header.parseParts(&body, bodySize: bodySize, &anomalies)
      return
    }
    let part = FLVMediaPart(
      isCommand ? .command : header.packetType.kind, fourCC: header.fourCC,
      codec: header.fourCC?.videoCodec, payload: body.position..<bodySize)
    if isCommand, let anomaly = part.payloadAnomaly { anomalies.append(anomaly) }
    parts = FLVMediaParts(part)
  }

  private mutating func parseLegacy(
    _ codecID: FLVVideoCodecID, _ body: inout ByteReader, bodySize: Int, isFiltered: Bool
  ) throws(ParseError) {
    if let anomaly = codecID.anomaly { anomalies.append(anomaly) }
    var packetType: FLVAVCPacketType?
    var part = FLVMediaPart(.codedFrames, codec: codecID.codec, payload: 1..<1)
    // Commands are written with and without the fields that AVC adds to VideoTagHeader.
    if codecID.hasPacketType, frameType != .command || bodySize >= 6 {
      let type = FLVAVCPacketType(rawValue: try body.u8("AVCPacketType"))
      if type.kind == .reserved {
        anomalies.append(FLVBodyAnomaly(.reserved(.avcPacketType, type.rawValue), at: 1))
      }
      part.compositionTimeOffset = try body.i24("CompositionTime")
      part.kind = type.kind
      packetType = type
    }
    form = .legacy(codecID, packetType)
    if isFiltered {
      encryption = try FLVEncryption.find(&body, bodySize: bodySize, &anomalies)
    }
    if frameType == .command { part.kind = .command }
    let isEncrypted = encryption?.isBodyEncrypted ?? false
    if !isEncrypted {
      if frameType == .command {
        try parseCommand(&body)
      } else {
        try parsePicture(codecID, &body, bodySize: bodySize)
      }
    }
    part.payload = body.position..<bodySize
    if !isEncrypted, let anomaly = part.payloadAnomaly { anomalies.append(anomaly) }
    parts = FLVMediaParts(part)
  }

  private mutating func parseCommand(_ body: inout ByteReader) throws(ParseError) {
    let command = FLVVideoCommand(rawValue: try body.u8("VideoCommand"))
    if command.rawValue > FLVVideoCommand.endSeek.rawValue {
      anomalies.append(
        FLVBodyAnomaly(.reserved(.videoCommand, command.rawValue), at: body.position - 1))
    }
    self.command = command
  }

  /// Reads what stands before a VP6 picture, and the picture's size where it is cheap to know.
  private mutating func parsePicture(
    _ codecID: FLVVideoCodecID, _ body: inout ByteReader, bodySize: Int
  ) throws(ParseError) {
    let isVP6 = codecID == .vp6 || codecID == .vp6Alpha
    if isVP6, body.position < bodySize {
      vp6Adjustment = try body.u8("HorizontalAdjustment")
    }
    if codecID == .vp6Alpha, bodySize - body.position >= 3 {
      var ahead = body
      let offset = try ahead.u24("OffsetToAlpha")
      let available = bodySize - ahead.position
      if offset > available {
        anomalies.append(
          FLVBodyAnomaly(
            .sizePastEnd(declared: Int(offset), available: available), at: body.position))
      }
      alphaOffset = offset
    }
    guard codecID.rawValue < FLVVideoCodecID.avc.rawValue else { return }
    pictureSize = FLVPictureSize(codecID, vp6Adjustment: vp6Adjustment, payload: body)
  }
}
