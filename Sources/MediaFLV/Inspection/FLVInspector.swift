import MediaBytes
public import MediaModel

/// Explains tags one after the other, and keeps what they say of the tracks.
///
/// Belongs to one thread.
public final class FLVInspector {
  /// The tracks in the order of their first tags.
  public private(set) var streams: [FLVStream] = []
  /// Sums over all tags.
  public private(set) var totals = FLVTotals()
  /// The last `onMetaData`.
  public private(set) var metadata: Metadata?
  private let amfLimits: AMFLimits
  /// What tells the tracks apart, beside `streams`, which are too large to search for each tag.
  private var keys: [Key] = []

  private struct Key: Equatable, Sendable {
    var isVideo: Bool
    var trackID: UInt8
  }

  /// An `onMetaData` tag.
  public struct Metadata: Sendable {
    /// What it says, as far as that has a meaning.
    public var value: FLVMetadata
    /// What it says, word for word.
    public var source: AMFValue
    /// Where its tag begins.
    public var offset: Int
  }

  /// Begins before the first tag.
  public init(amfLimits: AMFLimits = AMFLimits()) {
    self.amfLimits = amfLimits
  }

  /// Explains a tag by the first bytes of its body, or by all of them.
  ///
  /// Nil where the bytes do not suffice: script data, configurations and messages of several tracks
  /// are needed whole.
  public func inspect(_ tag: FLVTag, body: RawSpan) -> FLVTagRecord? {
    let isWhole = body.byteCount >= tag.body.count
    var encryption: FLVEncryption?
    guard let content = read(tag, body, isWhole: isWhole, &encryption) else { return nil }
    var record = FLVTagRecord(tag, content)
    record.scriptEncryption = encryption
    if !isWhole, record.parts.contains(where: { $0.kind.isNeededWhole }) { return nil }
    totals.take(record)
    note(&record, body)
    return record
  }

  /// Counts damage that was jumped over.
  public func skip(_ skip: FLVSkip) { totals.skippedBytes += skip.range.count }

  /// Says that closed captions were seen in the frames of a track, an index of `streams`.
  public func noteCaptions(stream index: Int) { streams[index].hasCaptions = true }

  /// Keeps the first bytes of a track's first keyframe; `index` is one of `streams`.
  public func noteFirstKeyframe(_ bytes: [UInt8], stream index: Int) {
    streams[index].firstKeyframe = bytes
  }

  private func read(
    _ tag: FLVTag, _ bytes: RawSpan, isWhole: Bool, _ encryption: inout FLVEncryption?
  ) -> FLVTagBody? {
    var reader = ByteReader(bytes, baseOffset: tag.body.lowerBound)
    do throws(ParseError) {
      let header = tag.header
      switch header.type {
      case .audio:
        return .audio(
          try FLVAudioBody(
            parsing: &reader, bodySize: tag.body.count, isFiltered: header.isFiltered))
      case .video:
        return .video(
          try FLVVideoBody(
            parsing: &reader, bodySize: tag.body.count, isFiltered: header.isFiltered))
      case .script, .scriptAMF3:
        guard isWhole else { return nil }
        if header.isFiltered {
          encryption = try FLVEncryption(parsing: &reader, isWhole: true)
          // What follows is no AMF.
          if encryption?.isBodyEncrypted ?? false { _ = reader.takeRest() }
        }
        return .script(FLVScriptData(parsing: &reader, type: header.type, limits: amfLimits))
      default: return .unknown
      }
    } catch {
      if !isWhole, case .truncated = error.reason { return nil }
      return .unreadable(error)
    }
  }

  private func note(_ record: inout FLVTagRecord, _ body: RawSpan) {
    if case .script(let script) = record.body, let value = FLVMetadata(script) {
      metadata = Metadata(
        value: value, source: script.arguments.first ?? .undefined, offset: record.tag.offset)
    }
    guard let kind = record.mediaKind else { return }
    for part in record.parts {
      let index = stream(kind, part)
      streams[index].take(record, part)
      // An empty one configures nothing, though some encoders send it ahead of the real one.
      guard part.kind == .sequenceHeader, !record.isEncrypted, !part.payload.isEmpty else {
        continue
      }
      let configuration = [UInt8](copying: body.extracting(part.payload))
      let before = streams[index].configure(configuration, at: record.tag)
      if before != configuration {
        record.configurationChanges.append(
          FLVConfigurationChange(stream: index, before: before, after: configuration))
      }
    }
  }

  /// The index of a track; nil where no tag belonged to it.
  public func streamIndex(_ kind: MediaKind, trackID: UInt8) -> Int? {
    keys.firstIndex(of: Key(isVideo: kind == .video, trackID: trackID))
  }

  private func stream(_ kind: MediaKind, _ part: FLVMediaPart) -> Int {
    if let index = streamIndex(kind, trackID: part.trackID) { return index }
    keys.append(Key(isVideo: kind == .video, trackID: part.trackID))
    streams.append(FLVStream(index: streams.count, kind: kind, trackID: part.trackID))
    return streams.count - 1
  }
}

extension FLVMediaPart.Kind {
  /// Whether the payload itself says something about the track.
  fileprivate var isNeededWhole: Bool {
    switch self {
    case .sequenceHeader, .metadata, .multichannelConfig, .mpeg2TSSequenceStart: true
    case .codedFrames, .sequenceEnd, .command, .reserved: false
    }
  }
}
