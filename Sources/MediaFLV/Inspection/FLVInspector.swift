import MediaBytes
public import MediaModel

/// Explains tags one after the other, and keeps what they say of the tracks.
public struct FLVInspector: Sendable {
  /// What the tags so far said.
  public private(set) var facts = FLVFacts()
  private let amfLimits: AMFLimits

  /// Begins before the first tag.
  public init(amfLimits: AMFLimits = AMFLimits()) {
    self.amfLimits = amfLimits
  }

  /// The tracks in the order of their first tags.
  public var streams: [FLVStream] { facts.streams }
  /// Sums over all tags.
  public var totals: FLVTotals { facts.totals }
  /// The last `onMetaData`.
  public var metadata: FLVFacts.Metadata? { facts.metadata }

  /// Explains a tag by the first bytes of its body, or by all of them.
  ///
  /// Nil where the bytes do not suffice: script data, configurations and messages of several tracks
  /// are needed whole.
  public mutating func inspect(_ tag: FLVTag, body: RawSpan) -> FLVTagRecord? {
    var record = FLVTagRecord(tag, .unknown)
    return inspect(tag, body: body, into: &record) ? record : nil
  }

  /// The same in place of another record, which is faster; false where the bytes do not suffice.
  public mutating func inspect(
    _ tag: FLVTag, body: RawSpan, into record: inout FLVTagRecord
  ) -> Bool {
    if let frame = FLVPlainFrame(tag, body) {
      record.take(tag, frame)
      facts.totals.take(tag, isFrame: true, isEncrypted: false)
      record.stream = take(
        frame.part, frame.mediaKind, at: Int64(tag.header.timestamp),
        isKeyframe: frame.isKeyframe, isEncrypted: false, body)
      return true
    }
    guard read(tag, body, into: &record) else { return false }
    facts.totals.take(
      tag, isFrame: record.kind == .codedFrames, isEncrypted: record.isEncrypted)
    guard let kind = record.mediaKind else {
      takeMetadata(record)
      return true
    }
    if case .video(let video) = record.body, let size = video.pictureSize {
      facts.streams[stream(kind, record.firstPart?.trackID ?? 0)].pictureSize = size
    }
    for part in record.parts {
      let stream = take(
        part, kind, at: record.dts, isKeyframe: record.isKeyframe,
        isEncrypted: record.isEncrypted, body)
      if record.stream == nil { record.stream = stream }
      configure(stream, part, &record, body)
    }
    return true
  }

  /// Counts damage that was jumped over.
  public mutating func skip(_ skip: FLVSkip) { facts.totals.skippedBytes += skip.range.count }

  /// Says whether closed captions are in a frame of a track, an index of `streams`.
  public mutating func noteCaptions(stream index: Int, areCarried: Bool) {
    if areCarried || facts.streams[index].walkedCaptions == nil {
      facts.streams[index].walkedCaptions = areCarried
    }
  }

  /// The index of a track; nil where no tag belonged to it.
  public func streamIndex(_ kind: MediaKind, trackID: UInt8) -> Int? {
    facts.streams.indices.first {
      facts.streams[$0].kind == kind && facts.streams[$0].trackID == trackID
    }
  }

  private func read(_ tag: FLVTag, _ bytes: RawSpan, into record: inout FLVTagRecord) -> Bool {
    let isWhole = bytes.byteCount >= tag.body.count
    var reader = ByteReader(bytes, baseOffset: tag.body.lowerBound)
    do throws(ParseError) {
      let header = tag.header
      switch header.type {
      case .audio:
        let audio = try FLVAudioBody(
          parsing: &reader, bodySize: tag.body.count, isFiltered: header.isFiltered)
        guard isWhole || !audio.parts.areNeededWhole else { return false }
        record.take(tag, audio)
      case .video:
        let video = try FLVVideoBody(
          parsing: &reader, bodySize: tag.body.count, isFiltered: header.isFiltered)
        guard isWhole || !video.parts.areNeededWhole else { return false }
        record.take(tag, video)
      case .script, .scriptAMF3:
        guard isWhole else { return false }
        var encryption: FLVEncryption?
        if header.isFiltered {
          encryption = try FLVEncryption(parsing: &reader, isWhole: true)
          // What follows is no AMF.
          if encryption?.isBodyEncrypted ?? false { _ = reader.takeRest() }
        }
        let script = FLVScriptData(parsing: &reader, type: header.type, limits: amfLimits)
        record.take(tag, script, encryption)
      default: record.take(tag, .unknown, .unknown)
      }
    } catch {
      if !isWhole, case .truncated = error.reason { return false }
      record.take(tag, .unreadable(error), .damaged)
    }
    return true
  }

  /// Answers the index of the track.
  private mutating func take(
    _ part: FLVMediaPart, _ kind: MediaKind, at due: Int64, isKeyframe: Bool, isEncrypted: Bool,
    _ body: RawSpan
  ) -> Int {
    let index = stream(kind, part.trackID)
    facts.streams[index].take(part, at: due, isKeyframe: isKeyframe)
    if facts.streams[index].firstKeyframe == nil, isKeyframe, !part.payload.isEmpty,
      !isEncrypted
    {
      let shown = part.payload.clamped(to: 0..<body.byteCount).prefix(FLVTag.bodyPrefix)
      facts.streams[index].firstKeyframe = [UInt8](copying: body.extracting(shown))
    }
    return index
  }

  private mutating func configure(
    _ index: Int, _ part: FLVMediaPart, _ record: inout FLVTagRecord, _ body: RawSpan
  ) {
    // An empty one configures nothing, though some encoders send it ahead of the real one.
    guard part.kind == .sequenceHeader, !record.isEncrypted, !part.payload.isEmpty else { return }
    let configuration = [UInt8](copying: body.extracting(part.payload))
    let before = facts.streams[index].configure(configuration, at: record.tag)
    if before != configuration {
      record.configurationChanges.append(
        FLVConfigurationChange(stream: index, before: before, after: configuration))
    }
  }

  private mutating func takeMetadata(_ record: FLVTagRecord) {
    guard case .script(let script) = record.body, let value = FLVMetadata(script) else { return }
    facts.metadata = FLVFacts.Metadata(
      value: value, source: script.arguments.first ?? .undefined, offset: record.tag.offset)
  }

  private mutating func stream(_ kind: MediaKind, _ trackID: UInt8) -> Int {
    if let index = streamIndex(kind, trackID: trackID) { return index }
    facts.streams.append(FLVStream(index: facts.streams.count, kind: kind, trackID: trackID))
    return facts.streams.count - 1
  }
}

/// What the tags of an FLV say, all together.
public struct FLVFacts: Sendable {
  /// The tracks in the order of their first tags.
  public internal(set) var streams: [FLVStream] = []
  /// Sums over all tags.
  public internal(set) var totals = FLVTotals()
  /// The last `onMetaData`.
  public internal(set) var metadata: Metadata?

  /// An `onMetaData` tag.
  public struct Metadata: Sendable {
    /// What it says, as far as that has a meaning.
    public var value: FLVMetadata
    /// What it says, word for word.
    public var source: AMFValue
    /// Where its tag begins.
    public var offset: Int
  }

  /// Nothing yet.
  public init() {}
}

// MARK: - How much of a body is needed

extension FLVTag {
  /// How many bytes of a body suffice, unless all are needed.
  public static let bodyPrefix = 64
}

extension FLVMediaParts {
  /// Whether the payloads themselves say something about their tracks.
  fileprivate var areNeededWhole: Bool {
    switch first?.kind {
    case .sequenceHeader, .metadata, .multichannelConfig, .mpeg2TSSequenceStart: true
    case .codedFrames, .sequenceEnd, .command, .reserved, nil: false
    }
  }
}
