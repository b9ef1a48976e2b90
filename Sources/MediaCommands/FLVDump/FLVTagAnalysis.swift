internal import MediaBytes
internal import MediaFLV
internal import MediaModel

/// Somebody who wants to see what a walk finds, in the order of the input.
protocol FLVTagObserver: AnyObject {
  /// How many bytes of a body have to be shown; what the inspector needs is shown in any case.
  var bodyPrefix: Int { get }
  /// Whether plain frames without findings are to be shown at all.
  var wantsPlainFrames: Bool { get }
  func header(_ header: FLVHeader, at offset: Int) throws
  /// Sees a tag with the first `bodyPrefix` bytes of its body at least; they are gone afterwards.
  func tag(_ record: inout FLVTagRecord, body: RawSpan, _ inspector: inout FLVInspector) throws
  /// Sees a tag again when all findings about it are known; in place, for
  /// copies cost more.
  func complete(_ record: inout FLVTagRecord, _ inspector: inout FLVInspector) throws
}

extension FLVTagObserver {
  var bodyPrefix: Int { 0 }
  var wantsPlainFrames: Bool { true }
  func header(_ header: FLVHeader, at offset: Int) throws {}
  func tag(_ record: inout FLVTagRecord, body: RawSpan, _ inspector: inout FLVInspector) throws {}
  func complete(_ record: inout FLVTagRecord, _ inspector: inout FLVInspector) throws {}
}

/// Explains and checks what is read, and shows every tag to those who want it.
struct FLVTagAnalysis {
  private let observers: [any FLVTagObserver]
  private let wantsPlainFrames: Bool
  private let duration: Int64?
  private let isEnough: (() -> Bool)?
  private let mayBeEnough: Bool
  private(set) var inspector = FLVInspector()
  private var checker: FLVChecker
  /// The last tag; filled again for each, as every copy costs more than finding the tag.
  private var record = FLVTagRecord(
    FLVTag(index: 0, offset: 0, header: FLVTagHeader(.script, dataSize: 0, timestamp: 0)), .unknown)
  /// Whether more may be found about the last tag.
  private var isPending = false
  /// Whether something came behind the last tag; only where its `PreviousTagSize` is missing a tag
  /// follows at once.
  private var isClosed = true
  /// Whether the input does not end where no more came of it.
  var isCutShort = false
  /// How the input ended; nil while it has not.
  private(set) var end: FLVEnd?
  private(set) var header: FLVHeader?
  /// Findings of an input without a tag to tell them with.
  private(set) var findings: [Finding] = []

  /// Asks `isEnough` after each tag whether to stop; all of the input is read without, or until
  /// `duration` milliseconds of media are there.
  init(
    checks: FLVChecker, observers: [any FLVTagObserver], duration: Int64?,
    isEnough: (() -> Bool)?
  ) {
    checker = checks
    self.observers = observers
    wantsPlainFrames = observers.contains(where: \.wantsPlainFrames)
    self.duration = duration
    self.isEnough = isEnough
    mayBeEnough = isEnough != nil || duration != nil
  }

  /// How many bytes of a body the observers want to see.
  var bodyPrefix: Int { observers.map(\.bodyPrefix).max() ?? 0 }
  /// Whether to read on.
  var wantsMore: Bool {
    guard mayBeEnough else { return true }
    if let isEnough, isEnough() { return false }
    return duration.map { inspector.facts.totals.elapsed < $0 } ?? true
  }

  mutating func take(_ header: FLVHeader, at offset: Int) throws {
    self.header = self.header ?? header
    checker.header(header, at: offset)
    for observer in observers { try observer.header(header, at: offset) }
  }

  /// Takes a tag with the first bytes of its body; false where these do not suffice.
  mutating func take(_ tag: FLVTag, _ body: RawSpan) throws -> Bool {
    if isPending, !isClosed, let finding = checker.missingPreviousTagSize(at: tag.offset) {
      record.findings.append(finding)
    }
    isClosed = false
    try complete()
    guard inspector.inspect(tag, body: body, into: &record) else { return false }
    try show(body)
    return true
  }

  /// Takes a tag with all of its body that there is.
  mutating func takeWhole(_ tag: FLVTag, _ body: RawSpan) throws {
    guard try !take(tag, body) else { return }
    // The body was whole when the tag was found; the file has been cut since.
    let error = ParseError(.truncated(needed: 1), "tag body", at: tag.body.lowerBound)
    record = FLVTagRecord(tag, .unreadable(error))
    try show(body)
  }

  private mutating func show(_ body: RawSpan) throws {
    if !checker.passes(&record) { checker.check(&record, inspector) }
    // What the input's end may still tell of it is told all the same.
    isPending = true
    guard wantsPlainFrames || !record.isPlainFrame || !record.findings.isEmpty else { return }
    for observer in observers { try observer.tag(&record, body: body, &inspector) }
  }

  /// Takes the field behind a tag where it is exact.
  mutating func takeExactTagEnd(of tag: FLVTag) {
    isClosed = true
    if !checker.passesExactSizes { take(tag.exactPreviousTagSize) }
  }

  mutating func take(_ size: FLVPreviousTagSize) {
    isClosed = true
    let findings = checker.previousTagSize(size)
    if isPending, record.tag.index == size.tagIndex {
      record.findings += findings
    } else {
      checker.carry(findings)
    }
  }

  mutating func take(_ skip: FLVSkip) {
    isClosed = true
    checker.skipped(skip)
    inspector.skip(skip)
  }

  mutating func take(_ end: FLVEnd) {
    // Only what is open there is worth a word then.
    guard !isCutShort || end.isDamage else { return }
    self.end = end
    if let skip = end.skipped { inspector.skip(skip) }
  }

  /// Tells what is left to tell, and `last` behind it; no tag follows.
  mutating func finish(byteCount: Int?, _ last: Finding? = nil) throws {
    let found = checker.finish(inspector, header: header, end: end, byteCount: byteCount)
    let findings = found + (last.map { [$0] } ?? [])
    guard isPending else { return self.findings = findings }
    record.findings += findings
    try complete()
  }

  private mutating func complete() throws {
    guard isPending else { return }
    isPending = false
    guard wantsPlainFrames || !record.isPlainFrame || !record.findings.isEmpty else { return }
    for observer in observers { try observer.complete(&record, &inspector) }
  }
}
