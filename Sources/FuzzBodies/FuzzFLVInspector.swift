import MediaBytes
import MediaFLV

/// Scans, inspects and checks the whole input as one window.
///
/// A second inspector sees only the first bytes of each body unless more is needed; both learn the
/// same. The last metadata take another keyframe index.
public func fuzzFLVInspector(_ bytes: RawSpan) {
  var scanner = FLVScanner(bodyPrefix: FLVTag.bodyPrefix)
  var inspection = Inspection()
  do throws(ParseError) {
    while true {
      let step = try scanner.step(bytes, at: 0, end: bytes.byteCount)
      if case .end(let how) = step { return inspection.finish(how, byteCount: bytes.byteCount) }
      inspection.take(step, bytes)
    }
  } catch {
    precondition(error.offset <= 8, "an error behind the header")
  }
}

/// One walk over an input, in the order in which the dump makes it.
private struct Inspection {
  private var inspector = FLVInspector()
  private var thrifty = FLVInspector()
  private var checker = FLVChecker()
  private var header: FLVHeader?
  private var (tags, bodyBytes, skipped) = (0, 0, 0)

  mutating func take(_ step: FLVScanner.Step, _ bytes: RawSpan) {
    switch step {
    case .needs: preconditionFailure("asks for more than all")
    case .header(let found, let offset):
      header = header ?? found
      checker.header(found, at: offset)
    case .tag(let tag): take(tag, bytes.extracting(tag.body))
    case .tagEnd(let size):
      if size.kind == .exact, size.tagIndex != nil, checker.passesExactSizes { return }
      checker.carry(checker.previousTagSize(size))
    case .skipped(let skip):
      checker.skipped(skip)
      inspector.skip(skip)
      skipped += skip.range.count
    case .end: break
    }
  }

  private mutating func take(_ tag: FLVTag, _ body: RawSpan) {
    tags += 1
    bodyBytes += body.byteCount
    let start = body.extracting(0..<min(FLVTag.bodyPrefix, body.byteCount))
    guard var record = inspector.inspect(tag, body: body),
      let other = thrifty.inspect(tag, body: start) ?? thrifty.inspect(tag, body: body)
    else { preconditionFailure("what was asked for does not suffice") }
    precondition(other.kind == record.kind && other.parts == record.parts, "differs")
    precondition(other.pts == record.pts && other.isKeyframe == record.isKeyframe, "differs")
    for part in record.parts {
      precondition(part.payload.upperBound <= body.byteCount, "a payload outside the body")
    }
    precondition(record.payloadSize ?? 0 <= record.size, "more payload than body")
    precondition(record.isEncrypted == other.isEncrypted, "differs")
    for change in record.configurationChanges {
      precondition(inspector.streams.indices.contains(change.stream), "no such track")
      precondition(change.before != change.after, "no change")
    }
    if !checker.passes(&record) { checker.check(&record, inspector) }
  }

  mutating func finish(_ end: FLVEnd, byteCount: Int) {
    let totals = inspector.totals
    precondition(totals.tags == tags && totals.bytes == bodyBytes, "miscounted")
    precondition(totals.skippedBytes == skipped && totals.elapsed >= Int64(Int32.min) * 2)
    precondition(thrifty.streams.count == inspector.streams.count, "other tracks")
    for (stream, other) in zip(inspector.streams, thrifty.streams) {
      precondition(
        inspector.streamIndex(stream.kind, trackID: stream.trackID) == stream.index, "misplaced")
      precondition(stream.configuration == other.configuration && stream.pts == other.pts)
      precondition(stream.keyframes <= stream.frames, "more keyframes than frames")
      precondition(stream.configurationChanges < max(1, stream.sequenceHeaders), "miscounted")
      for measure in [stream.duration, stream.bitRate, stream.frameRate] {
        precondition(measure.map { $0.isFinite && $0 >= 0 } ?? true, "no measure")
      }
    }
    _ = checker.finish(inspector, header: header, end: end, byteCount: byteCount)
    if let metadata = inspector.metadata { rebuild(metadata) }
  }
}

private func rebuild(_ metadata: FLVFacts.Metadata) {
  precondition(metadata.value.problems.allSatisfy { !$0.description.isEmpty }, "no words")
  guard let properties = metadata.source.properties,
    var body = FLVMetadataBody(properties, keyframeCount: 1)
  else { return }
  let size = body.bytes.count
  body.setNumber("width", 16)
  body.setKeyframe(0, position: 13, time: 0.5)
  precondition(body.bytes.count == size, "the size changed")
  var reader = ByteReader(body.bytes.span)
  let again = FLVMetadata(FLVScriptData(parsing: &reader))
  let index = FLVMetadata.Keyframes(filePositions: [13], times: [0.5])
  precondition(again?.keyframes == index, "another index")
}
