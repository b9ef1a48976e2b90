package import MediaBitstream
public import MediaBytes
public import MediaModel

/// Takes frames out of tags as they come, for files and for live streams.
///
/// The track of a frame is the inspector's index of its stream.
package struct FLVFrames: Sendable {
  /// The first configuration of each stream.
  private var first: [Int: [UInt8]] = [:]
  /// Those that the next frame is the first of.
  private var changed: [Int: [UInt8]] = [:]
  private var lengthSizes: [Int: NALUnitLengthSize] = [:]

  package init() {}

  /// The frames of a tag that `inspector` has explained; `body` is all of it.
  package mutating func take(
    _ record: FLVTagRecord, _ body: RawSpan, _ inspector: FLVInspector
  ) throws(FLVFrameError) -> [Frame] {
    guard let kind = record.mediaKind else { return [] }
    for change in record.configurationChanges {
      if first[change.stream] == nil {
        first[change.stream] = change.after
      } else {
        changed[change.stream] = change.after
      }
    }
    var frames: [Frame] = []
    for part in record.parts {
      guard let index = inspector.streamIndex(kind, trackID: part.trackID) else { continue }
      if record.isEncrypted { throw .encrypted(kind, offset: record.tag.offset) }
      if part.kind == .sequenceHeader { learn(inspector.streams[index]) }
      guard part.kind == .codedFrames, !part.payload.isEmpty else { continue }
      let payload = body.extracting(part.payload.clamped(to: 0..<body.byteCount))
      var frame = Frame(track: index, data: try data(payload, index, record.tag))
      frame.dts = record.dts
      frame.pts = record.dts + part.presentationOffset
      frame.isKey = record.isKeyframe
      frame.offset = record.tag.offset
      frame.configuration = changed.removeValue(forKey: index)
      frames.append(frame)
    }
    return frames
  }

  /// The first configuration of a stream; where no sequence header said it, what its first frames
  /// do, among those that wait.
  package func configuration(_ stream: FLVStream, waiting: some Sequence<Frame>) -> [UInt8] {
    if let known = first[stream.index] { return known }
    guard stream.codec == .h264 || stream.codec == .hevc else { return [] }
    for frame in waiting where frame.track == stream.index {
      var builder = AccessUnitBuilder(isH265: stream.codec == .hevc)
      var cursor = NALUnitCursor(.lengthPrefixed(.four))
      let span = unsafe frame.data.span.bytes
      while let range = try? cursor.next(in: span) { builder.take(span.extracting(range)) }
      let found = builder.configuration
      if !found.isEmpty { return found }
    }
    return []
  }

  /// Learns how many bytes lengths of NAL units have.
  private mutating func learn(_ stream: FLVStream) {
    guard let bytes = stream.configuration else { return }
    lengthSizes[stream.index] = NALUnitLengthSize(configuration: bytes, of: stream.codec)
  }

  private func data(
    _ payload: RawSpan, _ index: Int, _ tag: FLVTag
  ) throws(FLVFrameError) -> [UInt8] {
    guard let size = lengthSizes[index], size != .four else { return [UInt8](copying: payload) }
    var writer = ByteWriter(capacity: payload.byteCount + 64)
    do throws(ParseError) {
      try NALUnitFraming.lengthPrefixed(size)
        .rewrite(payload, as: .lengthPrefixed(.four), into: &writer)
    } catch {
      throw .malformed(error, offset: tag.offset)
    }
    return writer.bytes
  }
}

/// Why the frames of a tag cannot be had.
public enum FLVFrameError: Error, Hashable, Sendable {
  /// The media of the tag at an offset is encrypted.
  case encrypted(MediaKind, offset: Int)
  /// The NAL units of the tag at an offset do not follow each other as their lengths say.
  case malformed(ParseError, offset: Int)
}

extension FLVFrameError: CustomStringConvertible {
  /// A sentence without a full stop.
  public var description: String {
    switch self {
    case .encrypted(let kind, let offset): "encrypted \(kind.rawValue) at byte \(offset)"
    case .malformed(let error, let offset): "in the tag at byte \(offset): \(error)"
    }
  }
}

extension NALUnitLengthSize {
  /// That of a configuration of H.264 or H.265; nil of other codecs and where it cannot be read.
  package init?(configuration bytes: [UInt8], of codec: Codec?) {
    var reader = ByteReader(bytes.span)
    switch codec {
    case .h264:
      guard let record = try? AVCDecoderConfigurationRecord(parsing: &reader) else { return nil }
      self = record.lengthSize
    case .hevc:
      guard let record = try? HEVCDecoderConfigurationRecord(parsing: &reader) else { return nil }
      self = record.lengthSize
    default: return nil
    }
  }
}
