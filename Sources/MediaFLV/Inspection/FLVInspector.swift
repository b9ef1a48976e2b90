import MediaBytes
public import MediaModel

/// Explains tags one after the other, and keeps what they say of the tracks.
public struct FLVInspector: Sendable {
  /// The tracks in the order of their first tags.
  public private(set) var streams: [FLVStream] = []
  /// Sums over all tags.
  public private(set) var totals = FLVTotals()
  /// The last `onMetaData`.
  public private(set) var metadata: Metadata?
  private let amfLimits: AMFLimits

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
  public mutating func inspect(_ tag: FLVTag, body: RawSpan) -> FLVTagRecord? {
    var record = FLVTagRecord(tag, .unknown)
    return inspect(tag, body: body, into: &record) ? record : nil
  }

  /// The same in place of another record, which is faster; false where the bytes do not suffice.
  public mutating func inspect(
    _ tag: FLVTag, body: RawSpan, into record: inout FLVTagRecord
  ) -> Bool {
    guard read(tag, body, into: &record) else { return false }
    totals.take(record)
    if let kind = record.mediaKind {
      for place in record.parts.indices { take(record.parts[place], kind, &record, body) }
    } else {
      takeMetadata(record)
    }
    return true
  }

  /// Counts damage that was jumped over.
  public mutating func skip(_ skip: FLVSkip) { totals.skippedBytes += skip.range.count }

  /// Says whether closed captions are in a frame of a track, an index of `streams`.
  public mutating func noteCaptions(stream index: Int, areCarried: Bool) {
    if areCarried || streams[index].hasCaptions == nil { streams[index].hasCaptions = areCarried }
  }

  /// Keeps the first bytes of a track's first keyframe; `index` is one of `streams`.
  public mutating func noteFirstKeyframe(_ bytes: [UInt8], stream index: Int) {
    streams[index].firstKeyframe = bytes
  }

  /// The index of a track; nil where no tag belonged to it.
  public func streamIndex(_ kind: MediaKind, trackID: UInt8) -> Int? {
    streams.indices.first { streams[$0].kind == kind && streams[$0].trackID == trackID }
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

  private mutating func take(
    _ part: FLVMediaPart, _ kind: MediaKind, _ record: inout FLVTagRecord, _ body: RawSpan
  ) {
    let index = stream(kind, part.trackID)
    streams[index].take(record, part)
    // An empty one configures nothing, though some encoders send it ahead of the real one.
    guard part.kind == .sequenceHeader, !record.isEncrypted, !part.payload.isEmpty else { return }
    let configuration = [UInt8](copying: body.extracting(part.payload))
    let before = streams[index].configure(configuration, at: record.tag)
    if before != configuration {
      record.configurationChanges.append(
        FLVConfigurationChange(stream: index, before: before, after: configuration))
    }
  }

  private mutating func takeMetadata(_ record: FLVTagRecord) {
    guard case .script(let script) = record.body, let value = FLVMetadata(script) else { return }
    metadata = Metadata(
      value: value, source: script.arguments.first ?? .undefined, offset: record.tag.offset)
  }

  private mutating func stream(_ kind: MediaKind, _ trackID: UInt8) -> Int {
    if let index = streamIndex(kind, trackID: trackID) { return index }
    streams.append(FLVStream(index: streams.count, kind: kind, trackID: trackID))
    return streams.count - 1
  }
}

// MARK: - How much of a body is needed

extension FLVTag {
  /// How many bytes of a body are enough to tell whether all are needed, and if not, to read it.
  public static let bodyPrefix = 64

  /// Whether an inspector needs more than the first `bodyPrefix` bytes of the body, which are given.
  ///
  /// It may say so where fewer would have done; what is plain sound and pictures it knows.
  public func needsWholeBody(prefix: RawSpan) -> Bool {
    guard body.count > Self.bodyPrefix, !header.isFiltered else { return true }
    var reader = ByteReader(prefix)
    do throws(ParseError) {
      let first = try reader.u8("first byte of the body")
      switch header.type {
      case .audio:
        switch FLVSoundHeader(byte: first).format {
        case .exHeader: return FLVAudioPacketType(rawValue: first & 0xf) != .codedFrames
        case .aac: return FLVAACPacketType(rawValue: try reader.u8("AACPacketType")) != .raw
        default: return false
        }
      case .video:
        guard first & 0x80 == 0 else {
          let type = FLVVideoPacketType(rawValue: first & 0xf)
          return type != .codedFrames && type != .codedFramesX
        }
        guard FLVVideoCodecID(rawValue: first & 0xf).hasPacketType else { return false }
        return FLVAVCPacketType(rawValue: try reader.u8("AVCPacketType")) != .nalu
      case .script, .scriptAMF3: return true
      default: return false
      }
    } catch {
      return true
    }
  }
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
