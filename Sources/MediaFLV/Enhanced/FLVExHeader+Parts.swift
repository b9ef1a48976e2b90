import MediaBytes
import MediaModel

/// A track number has 8 bits, so one more comes twice.
private let maxTracks = 256

// ExAudioTagBody and ExVideoTagBody (Enhanced RTMP v2) differ only in which codecs there are and
// where a composition time stands.
extension FLVExHeader {
  /// Whether each track says how long it is.
  private var isMany: Bool { multitrack.map { $0 != .oneTrack } ?? false }

  /// Reads all tracks; `reader` began at the body's first byte and may hold only its first bytes.
  func parseParts(
    _ reader: inout ByteReader, bodySize: Int, _ anomalies: inout [FLVBodyAnomaly]
  ) throws(ParseError) -> FLVMediaParts {
    guard isMany else {
      let trackID = multitrack == nil ? 0 : try reader.u8("trackId")
      return FLVMediaParts(
        try part(trackID, fourCC, end: bodySize, &reader, &anomalies))
    }
    var parts = FLVMediaParts()
    let headerSize = multitrack == .manyTracks ? 4 : 8
    while reader.position < bodySize {
      guard bodySize - reader.position >= headerSize else {
        anomalies.append(
          FLVBodyAnomaly(.trailingBytes(bodySize - reader.position), at: reader.position))
        break
      }
      guard parts.count < maxTracks else {
        throw ParseError(
          .overLimit(UInt64(parts.count + 1), limit: maxTracks), "trackId", at: reader.offset)
      }
      let end = try parseTrack(&reader, bodySize: bodySize, &parts, &anomalies)
      // The last payload need not be there to be described.
      if end == bodySize { break }
      try reader.skip(end - reader.position, "track payload")
    }
    if parts.isEmpty {
      anomalies.append(FLVBodyAnomaly(.noTracks, at: reader.position))
    }
    return parts
  }

  /// Reads a track's head and says where its payload ends.
  private func parseTrack(
    _ reader: inout ByteReader, bodySize: Int, _ parts: inout FLVMediaParts,
    _ anomalies: inout [FLVBodyAnomaly]
  ) throws(ParseError) -> Int {
    var codec = fourCC
    if multitrack == .manyTracksManyCodecs {
      codec = FourCC(rawValue: try reader.u32("FourCC"))
    }
    let trackID = try reader.u8("trackId")
    if parts.contains(where: { $0.trackID == trackID }) {
      anomalies.append(FLVBodyAnomaly(.duplicateTrack(trackID), at: reader.position - 1))
    }
    var size = Int(try reader.u24("size of track"))
    let available = bodySize - reader.position
    if size > available {
      anomalies.append(
        FLVBodyAnomaly(
          .sizePastEnd(declared: size, available: available), at: reader.position - 3))
      size = available
    }
    let end = reader.position + size
    parts.append(try part(trackID, codec, end: end, &reader, &anomalies))
    return end
  }

  /// Reads what stands before a payload that goes on to byte `end` of the body.
  private func part(
    _ trackID: UInt8, _ fourCC: FourCC?, end: Int, _ reader: inout ByteReader,
    _ anomalies: inout [FLVBodyAnomaly]
  ) throws(ParseError) -> FLVMediaPart {
    let start = reader.position
    var part = FLVMediaPart(
      packetType.kind, fourCC.map(PacketType.coding) ?? .unsaid, trackID: trackID,
      payload: start..<end)
    if let fourCC, part.codec == nil {
      anomalies.append(FLVBodyAnomaly(.unknownFourCC(fourCC), at: start))
    }
    if let fourCC, packetType.hasCompositionTime(fourCC) {
      guard end - start >= 3 || !isMany else {
        // One track cut short takes nothing from the others.
        anomalies.append(FLVBodyAnomaly(.trackTooShort(end - start), at: start))
        return part
      }
      part.compositionTimeOffset = try reader.i24("CompositionTime")
      part.payload = reader.position..<end
    }
    if let anomaly = part.payloadAnomaly { anomalies.append(anomaly) }
    return part
  }

  /// Writes all tracks, their payloads taken from `source`.
  func writeParts(_ parts: FLVMediaParts, to writer: inout ByteWriter, copying source: RawSpan) {
    precondition(isMany || parts.count == 1, "exactly one part without many tracks")
    let isManyCodecs = multitrack == .manyTracksManyCodecs
    for part in parts {
      guard let codec = isManyCodecs ? part.fourCC : fourCC else {
        preconditionFailure("the track needs a FourCC")
      }
      if isManyCodecs { writer.integer(codec.rawValue) }
      if multitrack != nil { writer.integer(part.trackID) }
      let hasTime = packetType.hasCompositionTime(codec)
      if isMany { writer.u24(UInt32(part.payload.count + (hasTime ? 3 : 0))) }
      if hasTime { writer.i24(part.compositionTimeOffset) }
      writer.append(source.extracting(part.payload))
    }
  }
}

extension FLVMediaPart {
  /// What the size of the payload says against its kind.
  var payloadAnomaly: FLVBodyAnomaly? {
    switch kind {
    case .codedFrames:
      payload.isEmpty ? FLVBodyAnomaly(.emptyPayload, at: payload.lowerBound) : nil
    case .sequenceHeader:
      payload.isEmpty && !(fourCC?.mayLackConfiguration ?? false)
        ? FLVBodyAnomaly(.emptyPayload, at: payload.lowerBound) : nil
    case .sequenceEnd, .command:
      payload.isEmpty
        ? nil : FLVBodyAnomaly(.trailingBytes(payload.count), at: payload.lowerBound)
    case .metadata, .mpeg2TSSequenceStart, .multichannelConfig, .reserved: nil
    }
  }
}
