import MediaBytes
import MediaModel

extension FLVChecker {
  /// Script data, and the form and place of `onMetaData`.
  struct ScriptChecks: Sendable {
    /// The first `onMetaData`, which speaks of the whole file.
    private(set) var first: FLVFacts.Metadata?
    private var count = 0
    private var hasKeyframes = false
    /// Whether tags of another file stand in front.
    private var isRejoined = false

    /// Begins again behind the header of another file.
    mutating func restart() {
      count = 0
      isRejoined = true
    }

    /// The index of keyframes, where this tag brings the first one.
    mutating func newKeyframes(
      _ inspector: FLVInspector, _ record: FLVTagRecord
    ) -> FLVMetadata.Keyframes? {
      guard !hasKeyframes, let metadata = inspector.metadata,
        metadata.offset == record.tag.offset, let keyframes = metadata.value.keyframes
      else { return nil }
      hasKeyframes = true
      return keyframes
    }

    mutating func check(
      _ record: FLVTagRecord, _ script: FLVScriptData, _ inspector: FLVInspector,
      _ found: inout [Finding]
    ) {
      guard record.size > 0, !record.isEncrypted else { return }
      let time = Double(record.dts) / 1000
      for anomaly in script.anomalies {
        let code = anomaly.kind.code(trailing: script.trailing)
        found.append(
          Finding(code, "\(anomaly.kind)", offset: anomaly.offset, time: time))
      }
      if let damage = script.damage {
        found.append(
          Finding(
            .malformedAMF, "\(damage.field): \(damage.reason)", offset: damage.offset, time: time))
      } else if script.name == nil {
        found.append(record.bodyFinding(.unusualAMF, "the script data has no name", at: 0))
      }
      if script.hasSetDataFrame {
        found.append(
          record.bodyFinding(
            .setDataFrame, "@setDataFrame stands before \(script.name ?? "nothing")", at: 0))
      }
      guard let metadata = inspector.metadata, metadata.offset == record.tag.offset else { return }
      checkMetadata(metadata, record, script, inspector.totals, &found)
    }

    private mutating func checkMetadata(
      _ metadata: FLVFacts.Metadata, _ record: FLVTagRecord, _ script: FLVScriptData,
      _ totals: FLVTotals, _ found: inout [Finding]
    ) {
      count += 1
      if first == nil { first = metadata }
      let mediaTags = totals.audio.tags + totals.video.tags
      if count > 1 {
        found.append(record.finding(.metadataRepeated, "onMetaData number \(count)"))
      } else if mediaTags > 0, !isRejoined {
        found.append(
          record.finding(
            .metadataLate, "onMetaData stands behind \(counted(mediaTags, "tag")) of media"))
      }
      switch metadata.source.unwrapped {
      case .object:
        found.append(
          record.finding(.metadataType, "onMetaData is an object, not an ECMA array"))
      case .undefined, .null:
        if script.damage == nil {
          found.append(record.finding(.metadataType, "onMetaData says nothing"))
        }
      default: break
      }
      for problem in metadata.value.problems {
        let code: FindingCode
        switch problem.kind {
        // The check of the index tells.
        case .countsDiffer: continue
        case .codecID: code = .metadataCodec
        case .numberAsText, .booleanAsOther, .wrongType, .trackID: code = .metadataType
        }
        found.append(record.finding(code, "\(problem)"))
      }
    }

    func finish(_ totals: FLVTotals, _ found: inout [Finding]) {
      guard first == nil, totals.audio.tags + totals.video.tags > 0 else { return }
      found.append(Finding(.metadataMissing, "no tag is an onMetaData"))
    }
  }
}

extension AMFAnomaly.Kind {
  fileprivate func code(trailing: [UInt8]) -> FindingCode {
    switch self {
    case .missingEndMarker: .missingEndMarker
    case .countDiffers: .arrayLength
    case .trailingBytes: trailing == [0, 0, 9] ? .extraEndMarker : .amfTrailingBytes
    case .invalidUTF8: .invalidText
    case .referenceOutOfRange, .referenceOfOtherType: .badReference
    case .duplicateKey: .duplicateKey
    case .emptyKey, .unusualBoolean, .unusualFlag: .unusualAMF
    }
  }
}
