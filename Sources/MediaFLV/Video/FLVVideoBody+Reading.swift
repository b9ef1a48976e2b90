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
    if first & 0x80 != 0 {
      try self.init(
        frameType, FLVVideoPacketType(rawValue: first & 0xf), &body, bodySize: bodySize,
        isFiltered: isFiltered)
    } else {
      try self.init(
        frameType, FLVVideoCodecID(rawValue: first & 0xf), &body, bodySize: bodySize,
        isFiltered: isFiltered)
    }
  }

  /// Reads what stands behind the first byte of ExVideoTagHeader.
  private init(
    _ frameType: FLVFrameType, _ type: FLVVideoPacketType, _ body: inout ByteReader,
    bodySize: Int, isFiltered: Bool
  ) throws(ParseError) {
    var anomalies: [FLVBodyAnomaly] = []
    var header = try FLVExHeader(afterType: type, &body, &anomalies)
    let isCommand = header.isCommand(frameType)
    let command = isCommand ? try body.videoCommand(&anomalies) : nil
    if !isCommand { try header.parseCodec(&body, &anomalies) }
    let encryption =
      isFiltered ? try FLVEncryption.find(&body, bodySize: bodySize, &anomalies) : nil
    let parts: FLVMediaParts
    if isCommand || encryption?.isBodyEncrypted ?? false {
      let part = FLVMediaPart(
        isCommand ? .command : header.packetType.kind, header.coding,
        payload: body.position..<bodySize)
      if isCommand, let anomaly = part.payloadAnomaly { anomalies.append(anomaly) }
      parts = FLVMediaParts(part)
    } else {
      parts = try header.parseParts(&body, bodySize: bodySize, &anomalies)
    }
    if header.packetType != .metadata, let anomaly = frameType.anomaly {
      anomalies.insert(anomaly, at: 0)
    }
    self.init(.enhanced(header), frameType, parts, FLVBodyExtras(encryption, anomalies))
    self.command = command
  }

  /// Reads what stands behind the first byte of VideoTagHeader.
  private init(
    _ frameType: FLVFrameType, _ codecID: FLVVideoCodecID, _ body: inout ByteReader,
    bodySize: Int, isFiltered: Bool
  ) throws(ParseError) {
    var anomalies: [FLVBodyAnomaly] = []
    if let anomaly = frameType.anomaly { anomalies.append(anomaly) }
    if let anomaly = codecID.anomaly { anomalies.append(anomaly) }
    var packetType: FLVAVCPacketType?
    var part = FLVMediaPart(.codedFrames, .video(codecID), payload: 1..<1)
    var isCutShort = false
    // Commands are written with and without the fields that AVC adds to VideoTagHeader.
    if codecID.hasPacketType, frameType != .command || bodySize >= 6 {
      let type = FLVAVCPacketType(rawValue: try body.u8("AVCPacketType"))
      if type.kind == .reserved {
        anomalies.append(FLVBodyAnomaly(.reserved(.avcPacketType, type.rawValue), at: 1))
      }
      part.kind = type.kind
      isCutShort = type.kind == .sequenceEnd && bodySize < 5
      if isCutShort {
        // What is missing says nothing there.
        anomalies.append(FLVBodyAnomaly(.compositionTimeCutShort(bodySize - 2), at: 2))
      } else {
        part.compositionTimeOffset = try body.i24("CompositionTime")
      }
      packetType = type
    }
    let encryption =
      isFiltered ? try FLVEncryption.find(&body, bodySize: bodySize, &anomalies) : nil
    let isEncrypted = encryption?.isBodyEncrypted ?? false
    var command: FLVVideoCommand?
    var picture = LegacyPicture()
    if frameType == .command {
      part.kind = .command
      if !isEncrypted { command = try body.videoCommand(&anomalies) }
    } else if !isEncrypted, codecID.rawValue < FLVVideoCodecID.avc.rawValue {
      picture = try LegacyPicture(codecID, &body, bodySize: bodySize, &anomalies)
    }
    part.payload = body.position..<bodySize
    if !isEncrypted, !isCutShort, let anomaly = part.payloadAnomaly { anomalies.append(anomaly) }
    self.init(
      .legacy(codecID, packetType), frameType, FLVMediaParts(part),
      FLVBodyExtras(encryption, anomalies))
    self.command = command
    vp6Adjustment = picture.vp6Adjustment
    alphaOffset = picture.alphaOffset
    pictureSize = picture.size
  }
}

/// What stands before a VP6 picture, and the size of a picture where it is cheap to know.
private struct LegacyPicture {
  var vp6Adjustment: UInt8?
  var alphaOffset: UInt32?
  var size: FLVPictureSize?

  init() {}

  init(
    _ codecID: FLVVideoCodecID, _ body: inout ByteReader, bodySize: Int,
    _ anomalies: inout [FLVBodyAnomaly]
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
    size = FLVPictureSize(codecID, vp6Adjustment: vp6Adjustment, payload: body)
  }
}

extension ByteReader {
  fileprivate mutating func videoCommand(
    _ anomalies: inout [FLVBodyAnomaly]
  ) throws(ParseError) -> FLVVideoCommand {
    let command = FLVVideoCommand(rawValue: try u8("VideoCommand"))
    if command.rawValue > FLVVideoCommand.endSeek.rawValue {
      anomalies.append(
        FLVBodyAnomaly(.reserved(.videoCommand, command.rawValue), at: position - 1))
    }
    return command
  }
}
