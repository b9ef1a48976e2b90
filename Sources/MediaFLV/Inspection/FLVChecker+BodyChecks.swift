import MediaBytes
import MediaModel

extension FLVChecker {
  /// What the bodies of audio and video tags are like, and encryption.
  struct BodyChecks: Sendable {
    /// Bits of values that were told: a codec is that of a whole track, so once will do.
    private var soundFormats: UInt16 = 0
    private var codecIDs: UInt16 = 0
    private var fourCCs: Set<FourCC> = []
    /// Which kinds of tags had an encrypted one.
    private var encrypted: Set<FLVTagType> = []
    private var missingHeaders = FLVHabit<FLVTagType>(.filterWithoutEncryption)
    private var reservedValues = FLVHabit<FLVBodyAnomaly.Field>(.reservedBodyValue)

    func finish(_ found: inout [Finding]) {
      missingHeaders.finish(&found)
      reservedValues.finish(&found)
    }

    mutating func check(
      _ record: FLVTagRecord, _ inspector: FLVInspector, _ found: inout [Finding]
    ) {
      switch record.body {
      case .audio(let audio):
        for anomaly in audio.anomalies { take(anomaly, record, inspector, &found) }
      case .video(let video):
        for anomaly in video.anomalies { take(anomaly, record, inspector, &found) }
      case .unreadable(let error): found.append(record.unreadable(error))
      case .script, .unknown: break
      }
      if record.tag.header.isFiltered { checkFilter(record, inspector, &found) }
    }

    // MARK: Encryption

    private mutating func checkFilter(
      _ record: FLVTagRecord, _ inspector: FLVInspector, _ found: inout [Finding]
    ) {
      guard let encryption = record.encryption else {
        // In audio and video the body's anomalies tell it.
        if case .script = record.body, record.size > 0 {
          missingHeader(record, at: 0, inspector, &found)
        }
        return
      }
      if encryption.reservedBits != 0 || !encryption.extraParameters.isEmpty {
        found.append(
          record.bodyFinding(
            .badEncryption,
            "FilterParams of \(encryption.filterName) have "
              + (encryption.reservedBits != 0
                ? "reserved bits set (\(encryption.reservedBits))"
                : counted(encryption.extraParameters.count, "byte") + " more than they need"),
            at: 0))
      }
      guard encryption.isBodyEncrypted, encrypted.insert(record.tag.header.type).inserted else {
        return
      }
      found.append(
        record.finding(
          .encryptedTag,
          "the first encrypted tag of TagType \(record.tag.header.type.rawValue), "
            + "by the filter \(encryption.filterName)"))
    }

    private mutating func missingHeader(
      _ record: FLVTagRecord, at offset: Int, _ inspector: FLVInspector, _ found: inout [Finding]
    ) {
      let type = record.tag.header.type
      guard missingHeaders.begins(type, at: inspector.totals.tags(of: type)) else { return }
      found.append(
        record.bodyFinding(
          .filterWithoutEncryption,
          "the Filter bit is set, but what follows is no EncryptionTagHeader", at: offset))
    }

    // MARK: Anomalies

    private mutating func take(
      _ anomaly: FLVBodyAnomaly, _ record: FLVTagRecord, _ inspector: FLVInspector,
      _ found: inout [Finding]
    ) {
      let code: FindingCode
      let told: String
      var clause = record.bodyClause
      switch anomaly.kind {
      case .missingEncryptionHeader:
        return missingHeader(record, at: anomaly.offset, inspector, &found)
      case .reserved(let field, let value):
        let isCodec = field == .soundFormat || field == .codecID
        let number = inspector.totals.tags(of: record.tag.header.type)
        guard isCodec ? isNew(field, value) : reservedValues.begins(field, at: number) else {
          return
        }
        code = isCodec ? .unknownCodec : .reservedBodyValue
        told = "\(field.rawValue) is \(value), which has no meaning"
        clause = field.clause ?? record.enhancedClause("TagHeader")
      case .dialect(let field, let value):
        guard isNew(field, value) else { return }
        code = .preStandardCodec
        told = "\(field.rawValue) is \(value), a dialect for \(record.codecName)"
        clause = field.clause
      case .unknownFourCC(let fourCC):
        guard fourCCs.insert(fourCC).inserted else { return }
        code = .unknownCodec
        told = "FourCC is \(fourCC), which names no codec of Enhanced RTMP"
        clause = record.enhancedClause("TagHeader")
      case .sizePastEnd(let declared, let available):
        code = .sizePastBody
        told = "the size is \(declared), \(counted(available, "byte")) of the tag are left"
      case .trackTooShort(let count):
        code = .malformedBody
        told = "the track has \(counted(count, "byte")), too few for its CompositionTime"
      case .duplicateTrack(let trackID):
        code = .duplicateTrack
        told = "track \(trackID) stands twice in one message"
      case .compositionTimeCutShort(let count):
        code = .missingCompositionTime
        told = "CompositionTime has \(counted(count, "byte")) instead of 3"
        clause = code.clause
      case .emptyPayload:
        code = .emptyPayload
        told = "nothing follows the header of the body"
      case .noTracks:
        code = .emptyPayload
        told = "the multitrack message has no track"
      case .nanosecondOffsetOutOfRange(let value):
        code = .badModifier
        told = "TimestampOffsetNano is \(value), more than 999999"
        clause = code.clause
      case .modifierTooShort(let count):
        code = .badModifier
        told = "TimestampOffsetNano has \(counted(count, "byte")) instead of 3"
        clause = code.clause
      case .trailingBytes(let count):
        code = .bodyTrailingBytes
        told = "\(counted(count, "byte")) where nothing should follow"
      }
      found.append(
        record.bodyFinding(
          code, told, at: anomaly.offset, stream: record.onlyStream(inspector), clause: clause))
    }

    /// Whether a value is met for the first time.
    private mutating func isNew(_ field: FLVBodyAnomaly.Field, _ value: UInt8) -> Bool {
      let bit: UInt16 = 1 << UInt16(value & 15)
      if field == .soundFormat {
        defer { soundFormats |= bit }
        return soundFormats & bit == 0
      }
      defer { codecIDs |= bit }
      return codecIDs & bit == 0
    }
  }
}

extension FLVTagRecord {
  /// The track that the tag is of; nil where it carries several.
  fileprivate func onlyStream(_ inspector: FLVInspector) -> Int? {
    guard let kind = mediaKind, let part = parts.first, parts.count == 1 else { return nil }
    return inspector.streamIndex(kind, trackID: part.trackID)
  }

  fileprivate var codecName: String { parts.first?.codec?.rawValue ?? "an unknown codec" }
}

extension FLVTagRecord {
  /// What is to be said of a body that cannot be read.
  func unreadable(_ error: ParseError) -> Finding {
    // A modifier has no place there either, but is no second multitrack.
    let isNested =
      error.field.description == "packet type of multitrack"
      && error.reason != .invalid(UInt64(FLVVideoPacketType.modEx.rawValue))
    return Finding(
      isNested ? .nestedMultitrack : .malformedBody, "\(error.field): \(error.reason)",
      offset: error.offset, time: Double(dts) / 1000,
      clause: isNested ? enhancedClause("TagHeader") : nil)
  }
}
