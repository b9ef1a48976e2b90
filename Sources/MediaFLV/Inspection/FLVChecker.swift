public import MediaModel

/// Finds what is wrong or unusual, tag by tag.
///
/// It keeps no more of the input than a few numbers for each track, and the keyframe index of the
/// metadata. One damaged place is one finding: what follows from it is not told again.
public struct FLVChecker: Sendable {
  /// So many findings of each rule are kept between two tags; of more their number is told.
  private static let carriedOfEach = 100

  /// What was found since the last tag; nil where that is nothing.
  private var carried: FindingCollector?
  private var files = FileChecks()
  private var bodies = BodyChecks()
  private var configurations = ConfigurationChecks()
  private var timing: TimingChecks
  private var scripts = ScriptChecks()
  private var index = KeyframeIndexChecks()

  /// `maxJump`: the longest step of a track's timestamps that is no jump, in milliseconds.
  public init(maxJump: Int64 = 10_000) {
    timing = TimingChecks(maxJump: maxJump)
  }

  /// Keeps findings for the next tag.
  public mutating func carry(_ findings: [Finding]) {
    guard !findings.isEmpty else { return }
    if carried == nil { carried = FindingCollector(keptOfEach: Self.carriedOfEach) }
    for finding in findings { carried?.add(finding) }
  }

  private mutating func takeCarried() -> [Finding] {
    defer { carried = nil }
    return carried?.all() ?? []
  }

  /// Looks at a file header.
  public mutating func header(_ header: FLVHeader, at offset: Int) {
    var found: [Finding] = []
    files.header(header, at: offset, &found)
    carry(found)
    guard offset > 0 else { return }
    timing.restart()
    configurations.restart()
    scripts.restart()
  }

  /// Looks at the field behind a tag.
  public mutating func previousTagSize(_ size: FLVPreviousTagSize) -> [Finding] {
    files.previousTagSize(size)
  }

  /// Takes note that the field behind the last tag is missing, and a tag stands at its `offset`.
  public mutating func missingPreviousTagSize(at offset: Int) -> Finding? {
    files.missingPreviousTagSize(at: offset)
  }

  /// Whether `previousTagSize` has nothing to say of an exact field behind a tag, nor anything to
  /// remember.
  public var passesExactSizes: Bool {
    // Nothing changes, but the checker is not copied to be asked.
    mutating get { files.isSizeExact }
  }

  /// Takes damage that was jumped over.
  public mutating func skipped(_ skip: FLVSkip) {
    var found: [Finding] = []
    files.skipped(skip, &found)
    carry(found)
    // How much time is missing cannot be known.
    timing.restart()
  }

  /// Looks at a tag, and adds to it what was found since the last one.
  public mutating func check(_ record: inout FLVTagRecord, _ inspector: FLVInspector) {
    var found: [Finding] = []
    if carried != nil { found = takeCarried() }
    check(record, inspector, &found)
    if !found.isEmpty { record.findings += found }
  }

  /// Whether a tag is a plain frame in its place, of which `check` has nothing to say; if so, it is
  /// taken note of.
  ///
  /// The record is handed over in place only because a copy costs more than the answer.
  public mutating func passes(_ record: inout FLVTagRecord) -> Bool {
    guard record.isPlainFrame, carried == nil, index.isDone, let stream = record.stream,
      let part = record.frame?.part, files.passes(record.tag),
      configurations.passes(part.coding, stream)
    else { return false }
    let time = Int64(record.tag.header.timestamp)
    guard timing.passes(part, at: time, stream) else { return false }
    files.note(time)
    return true
  }

  private mutating func check(
    _ record: FLVTagRecord, _ inspector: FLVInspector, _ found: inout [Finding]
  ) {
    files.check(record, inspector, &found)
    bodies.check(record, inspector, &found)
    if let kind = record.mediaKind {
      let parts = record.parts
      if let first = parts.first { check(first, kind, record, inspector, &found) }
      // Iterating over the usual one would cost more than its checks.
      if parts.endIndex > 1 {
        for part in parts.dropFirst() { check(part, kind, record, inspector, &found) }
      }
    } else if case .script(let script) = record.body {
      scripts.check(record, script, inspector, &found)
      if let keyframes = scripts.newKeyframes(inspector, record) {
        index.begin(keyframes, of: record)
      }
    }
    index.check(record)
  }

  private mutating func check(
    _ part: FLVMediaPart, _ kind: MediaKind, _ record: FLVTagRecord,
    _ inspector: FLVInspector,
    _ found: inout [Finding]
  ) {
    guard let stream = inspector.streamIndex(kind, trackID: part.trackID) else { return }
    configurations.check(record, part, stream, &found)
    timing.check(record, part, stream, inspector, &found)
  }

  /// Looks back at the whole input.
  ///
  /// An `end` of nil means that reading stopped before it; then nothing can be said of the whole.
  public mutating func finish(
    _ inspector: FLVInspector, header: FLVHeader?, end: FLVEnd?, byteCount: Int?
  ) -> [Finding] {
    var found = takeCarried()
    files.finish(&found)
    bodies.finish(&found)
    guard let end, let header else { return found }
    files.finish(inspector.totals, header, end, scripts.first, &found)
    configurations.finish(inspector.streams, &found)
    timing.finish(&found)
    scripts.finish(inspector.totals, &found)
    var measured = Measured(streams: inspector.streams, timing: timing, isWhole: files.isWhole)
    // Of a file that was cut or joined, what is left says nothing about what was written.
    if files.isWhole, let byteCount {
      measured.byteCount = byteCount + files.missingBytes
    }
    if let first = scripts.first { measured.checkFile(first, &found) }
    if let last = inspector.metadata { measured.checkTracks(last, &found) }
    index.finish(isWhole: measured.isWhole, hasVideo: inspector.totals.video.tags > 0, &found)
    return found
  }
}

// MARK: - What all checks share

extension FLVTagRecord {
  /// A finding about the tag: about the byte `field` bytes behind its first one.
  func finding(
    _ code: FindingCode, _ message: String, at field: Int = 0, stream: Int? = nil,
    clause: String? = nil
  ) -> Finding {
    Finding(
      code, message, offset: tag.offset + field, time: Double(dts) / 1000, stream: stream,
      clause: clause)
  }

  /// A finding about a byte of the tag's body.
  func bodyFinding(
    _ code: FindingCode, _ message: String, at offset: Int, stream: Int? = nil,
    clause: String? = nil
  ) -> Finding {
    finding(
      code, message, at: FLVTagHeader.byteCount + offset, stream: stream, clause: clause)
  }
}

/// A number and what is counted, such as `1 byte` and `2 bytes`.
func counted(_ count: Int, _ noun: String) -> String {
  "\(count) \(noun)\(count == 1 ? "" : "s")"
}
