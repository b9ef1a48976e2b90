internal import MediaBytes
internal import MediaFLV
internal import MediaModel

/// Somebody who wants to see what a walk finds, in the order of the input.
protocol FLVTagObserver: AnyObject {
  /// How many bytes of a body have to be shown; what the inspector needs is shown in any case.
  var bodyPrefix: Int { get }
  func header(_ header: FLVHeader, at offset: Int) throws
  /// Sees a tag with the first `bodyPrefix` bytes of its body at least; they are gone afterwards.
  func tag(_ record: inout FLVTagRecord, body: RawSpan, _ inspector: FLVInspector) throws
  /// Sees a tag again when all findings about it are known.
  func complete(_ record: FLVTagRecord, _ inspector: FLVInspector) throws
  func skipped(_ skip: FLVSkip) throws
}

extension FLVTagObserver {
  var bodyPrefix: Int { 0 }
  func header(_ header: FLVHeader, at offset: Int) throws {}
  func tag(_ record: inout FLVTagRecord, body: RawSpan, _ inspector: FLVInspector) throws {}
  func complete(_ record: FLVTagRecord, _ inspector: FLVInspector) throws {}
  func skipped(_ skip: FLVSkip) throws {}
}

/// Reads an input from its first byte to its last, and shows every tag to those who want it.
struct FLVTagWalk {
  private let input: FLVInput
  private let observers: [any FLVTagObserver]
  private var scanner: FLVScanner
  let inspector = FLVInspector()
  private(set) var checker: FLVChecker
  /// The last tag, until it is known that nothing more is to be said of it.
  private var pending: FLVTagRecord?
  /// How the input ended; nil while it has not.
  private(set) var end: FLVEnd?
  private(set) var header: FLVHeader?
  /// Findings of an input without a tag to tell them with.
  private(set) var findings: [Finding] = []
  /// Asked after each tag whether to read on.
  var shouldContinue: () -> Bool = { true }

  init(
    _ input: FLVInput, limits: FLVLimits, checks: FLVChecker, observers: [any FLVTagObserver]
  ) {
    self.input = input
    self.observers = observers
    checker = checks
    scanner = FLVScanner(
      bodyPrefix: max(64, observers.map(\.bodyPrefix).max() ?? 0), limits: limits)
  }

  /// - Throws: `ParseError` where the input is no FLV at all, what reading throws, and what an
  ///   observer throws.
  mutating func run() throws {
    while end == nil {
      let step = try input.withWindow { window, offset in
        try scanner.step(window, at: offset, end: input.end)
      }
      try take(step)
      if case .tagEnd = step, !shouldContinue() { break }
    }
  }

  /// Tells what is left to tell; no tag follows.
  mutating func finish() throws {
    let findings = checker.finish(inspector, header: header, end: end, byteCount: input.byteCount)
    guard var last = pending.take() else { return self.findings = findings }
    last.findings += findings
    try complete(last)
  }

  private mutating func take(_ step: FLVScanner.Step) throws {
    switch step {
    case .needs(let range): try input.fill(range, retaining: scanner.retained)
    case .header(let header, let offset):
      self.header = self.header ?? header
      checker.header(header, at: offset)
      for observer in observers { try observer.header(header, at: offset) }
    case .tag(let tag): try take(tag)
    case .tagEnd(let size):
      if pending != nil, pending?.tag.index == size.tagIndex {
        pending?.findings += checker.previousTagSize(size)
      } else {
        checker.carry(checker.previousTagSize(size))
      }
    case .skipped(let skip):
      checker.skipped(skip)
      inspector.skip(skip)
      for observer in observers { try observer.skipped(skip) }
    case .end(let how): end = how
    }
  }

  private mutating func take(_ tag: FLVTag) throws {
    if let last = pending.take() { try complete(last) }
    var record = try inspected(tag)
    record.findings += checker.check(record, inspector)
    try input.withWindow { window, offset in
      let body = window.extracting(Self.place(of: tag, in: window, at: offset))
      for observer in observers { try observer.tag(&record, body: body, inspector) }
    }
    pending = record
  }

  private func inspected(_ tag: FLVTag) throws -> FLVTagRecord {
    for _ in 0..<2 {
      let record = input.withWindow { window, offset in
        inspector.inspect(tag, body: window.extracting(Self.place(of: tag, in: window, at: offset)))
      }
      if let record { return record }
      try input.fill(tag.body, retaining: min(scanner.retained, tag.offset))
    }
    // The body was whole when the tag was told; the file has been cut since.
    return FLVTagRecord(
      tag, .unreadable(ParseError(.truncated(needed: 1), "tag body", at: tag.body.lowerBound)))
  }

  /// Where as much of a tag's body as the window has lies in it.
  private static func place(of tag: FLVTag, in window: RawSpan, at offset: Int) -> Range<Int> {
    let start = tag.body.lowerBound - offset
    guard start >= 0, start <= window.byteCount else { return 0..<0 }
    return start..<min(window.byteCount, start + tag.body.count)
  }

  private func complete(_ record: borrowing FLVTagRecord) throws {
    for observer in observers { try observer.complete(record, inspector) }
  }
}
