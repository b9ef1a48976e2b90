internal import MediaBitstream
internal import MediaBytes
internal import MediaFLV
internal import MediaModel

/// What is wrong with a frame of NAL units.
struct FrameFindings {
  private let record: FLVTagRecord
  /// The index of the track among the inspector's streams.
  private let stream: Int
  private let units: NALUnitLister
  /// Where the payload lies in the input.
  private let place: Range<Int>

  init(
    _ record: FLVTagRecord, _ part: FLVMediaPart, stream: Int, _ units: NALUnitLister
  ) {
    self.record = record
    self.stream = stream
    self.units = units
    let start = record.tag.body.lowerBound
    place = start + part.payload.lowerBound..<start + part.payload.upperBound
  }

  /// Parameter sets of a configuration that cannot be read.
  func configuration(_ bytes: [UInt8]) -> [Finding] {
    let errors = NALUnitLister.unreadableSets(units.codec, bytes)
    return unreadable(errors) { _ in place.lowerBound }
  }

  /// What is wrong with a frame.
  func frame(_ frame: NALUnitLister.Frame) -> [Finding] {
    var findings: [Finding] = []
    if frame.isAnnexB {
      findings.append(
        finding(
          .startCodes, "start codes (Annex B) where lengths of \(sizeText) belong",
          at: place.lowerBound))
    }
    if let error = frame.lengthError {
      findings.append(finding(.nalUnitLengths, lengths(error), at: error.offset))
    }
    findings += unreadable(frame.unreadable) { $0.offset }
    if let contradiction = contradiction(frame) {
      let clause =
        units.codec == .h264 ? nil : "\(units.codec == .h265 ? "H.265" : "H.266") 7.4.2.2"
      findings.append(
        finding(.keyFlag, contradiction, at: record.tag.body.lowerBound, clause: clause))
    }
    return findings
  }

  private func unreadable(
    _ errors: FirstOf<ParseError>, at offset: (ParseError) -> Int
  ) -> [Finding] {
    var findings = errors.elements.map {
      finding(.parameterSets, "\($0.field): \($0.reason)", at: offset($0))
    }
    if errors.more > 0 {
      findings.append(
        finding(.parameterSets, "\(errors.more) more cannot be read", at: place.lowerBound))
    }
    return findings
  }

  private var sizeText: String {
    units.lengthSize == .one ? "1 byte" : "\(units.lengthSize.rawValue) bytes"
  }

  private func lengths(_ error: ParseError) -> String {
    let end = place.upperBound
    guard case .truncated(let needed) = error.reason else { return "\(error)" }
    if needed == units.lengthSize.rawValue, end - error.offset < needed {
      return "\(end - error.offset) bytes are left at the end, a length takes \(sizeText)"
    }
    return "a length says \(needed) bytes, \(end - error.offset) are left"
  }

  private func contradiction(_ frame: NALUnitLister.Frame) -> String? {
    guard frame.hasSlices, frame.lengthError == nil else { return nil }
    if frame.isRandomAccess, !record.isKeyframe {
      // A recovery point with inter slices heals only gradually: no keyframe.
      guard frame.isIntra || units.codec != .h264 else { return nil }
      return "FrameType says \(frameType), the NAL units begin decoding anew"
    }
    // Not all encoders mark pictures that need no others as such.
    guard record.isKeyframe, !frame.isRandomAccess else { return nil }
    let isKnown = units.codec != .h266 ? !frame.isIntra : true
    return isKnown ? "FrameType says \(frameType), the slices need other pictures" : nil
  }

  private var frameType: String {
    if case .video(let video) = record.body { video.frameType.description } else { "" }
  }

  private func finding(
    _ code: FindingCode, _ message: String, at offset: Int, clause: String? = nil
  ) -> Finding {
    Finding(
      code, message, offset: offset, time: Double(record.dts) / 1000, stream: stream, clause: clause
    )
  }
}
