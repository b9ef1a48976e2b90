internal import MediaBytes
internal import MediaFLV
internal import MediaModel

/// Somebody who wants to see what a walk finds, in the order of the input.
protocol FLVTagObserver: AnyObject {
  /// How many bytes of a body have to be shown; what the inspector needs is shown in any case.
  var bodyPrefix: Int { get }
  func header(_ header: FLVHeader, at offset: Int) throws
  /// Sees a tag with the first `bodyPrefix` bytes of its body at least; they are gone afterwards.
  func tag(_ record: inout FLVTagRecord, body: RawSpan, _ inspector: inout FLVInspector) throws
  /// Sees a tag again when all findings about it are known.
  func complete(_ record: FLVTagRecord, _ inspector: FLVInspector) throws
}

extension FLVTagObserver {
  var bodyPrefix: Int { 0 }
  func header(_ header: FLVHeader, at offset: Int) throws {}
  func tag(_ record: inout FLVTagRecord, body: RawSpan, _ inspector: inout FLVInspector) throws {}
  func complete(_ record: FLVTagRecord, _ inspector: FLVInspector) throws {}
}

/// Explains and checks what is read, and shows every tag to those who want it.
struct FLVTagAnalysis {
  /// Nobody wants more.
  struct Enough: Error {}

  private let observers: [any FLVTagObserver]
  /// Asked after each tag whether to read on.
  private let wantsMore: (FLVInspector) -> Bool
  private(set) var inspector = FLVInspector()
  private var checker: FLVChecker
  /// The last tag; filled again for each, as every copy costs more than finding the tag.
  private var record = FLVTagRecord(
    FLVTag(index: 0, offset: 0, header: FLVTagHeader(.script, dataSize: 0, timestamp: 0)), .unknown)
  /// Whether more may be found about the last tag.
  private var isPending = false
  /// How the input ended; nil while it has not.
  private(set) var end: FLVEnd?
  private(set) var header: FLVHeader?
  /// Findings of an input without a tag to tell them with.
  private(set) var findings: [Finding] = []

  init(
    checks: FLVChecker, observers: [any FLVTagObserver],
    wantsMore: @escaping (FLVInspector) -> Bool
  ) {
    checker = checks
    self.observers = observers
    self.wantsMore = wantsMore
  }

  /// How many bytes of a body the observers want to see.
  var bodyPrefix: Int { observers.map(\.bodyPrefix).max() ?? 0 }

  /// - Throws: `Enough`, and what an observer throws.
  mutating func take(_ batch: FLVTagBatch) throws {
    let bytes = batch.bytes.span.bytes
    for entry in batch.entries {
      switch entry.step {
      case .tag(let tag): try take(tag, bytes.extracting(entry.body))
      case .tagEnd(let size):
        take(size)
        if !wantsMore(inspector) { throw Enough() }
      case .header(let header, let offset):
        self.header = self.header ?? header
        checker.header(header, at: offset)
        for observer in observers { try observer.header(header, at: offset) }
      case .skipped(let skip):
        checker.skipped(skip)
        inspector.skip(skip)
      case .end(let how): end = how
      case .needs: break
      }
    }
  }

  /// Tells what is left to tell; no tag follows.
  mutating func finish(byteCount: Int?) throws {
    let findings = checker.finish(inspector, header: header, end: end, byteCount: byteCount)
    guard isPending else { return self.findings = findings }
    record.findings += findings
    try complete()
  }

  private mutating func take(_ tag: FLVTag, _ body: RawSpan) throws {
    try complete()
    if !inspector.inspect(tag, body: body, into: &record) {
      // The body was whole when the tag was found; the file has been cut since.
      let error = ParseError(.truncated(needed: 1), "tag body", at: tag.body.lowerBound)
      record = FLVTagRecord(tag, .unreadable(error))
    }
    checker.check(&record, inspector)
    isPending = true
    for observer in observers { try observer.tag(&record, body: body, &inspector) }
  }

  private mutating func take(_ size: FLVPreviousTagSize) {
    guard let finding = checker.previousTagSize(size) else { return }
    if isPending, record.tag.index == size.tagIndex {
      record.findings.append(finding)
    } else {
      checker.carry([finding])
    }
  }

  private mutating func complete() throws {
    guard isPending else { return }
    isPending = false
    for observer in observers { try observer.complete(record, inspector) }
  }
}
