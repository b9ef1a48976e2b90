internal import MediaBytes
internal import MediaFLV
internal import MediaIO

/// Reads an input from its first byte to its last, and has every tag analysed.
///
/// What was read of a file is analysed on a second thread while the next tags are read; of an input
/// that has to wait it is done at once, so that nothing is told late.
struct FLVTagWalk {
  private let input: FLVInput
  private let desk: Desk
  private var worker: SerialWorker<FLVTagBatch, any Error>?
  private var scanner: FLVScanner
  private var batch = FLVTagBatch()

  /// What a walk has found; while it runs, the walk may be ahead of it.
  var analysis: FLVTagAnalysis {
    _read { yield desk.analysis }
    _modify { yield &desk.analysis }
  }

  init(_ input: FLVInput, limits: FLVLimits, _ analysis: FLVTagAnalysis) {
    self.input = input
    desk = Desk(analysis)
    scanner = FLVScanner(
      bodyPrefix: max(FLVTag.bodyPrefix, analysis.bodyPrefix), limits: limits)
  }

  /// - Throws: `ParseError` where the input is no FLV at all, what reading throws, and what an
  ///   observer throws.
  mutating func run() throws {
    defer { worker = nil }
    do {
      do {
        try read()
      } catch {
        // What came before is told first.
        try finish()
        throw error
      }
      try finish()
    } catch is FLVTagAnalysis.Enough {}
  }

  private mutating func finish() throws {
    try deliver()
    try worker?.drain()
  }

  private mutating func read() throws {
    while true {
      let step = try input.withWindow { window, offset in
        try scanner.step(window, at: offset, end: input.end)
      }
      switch step {
      case .needs(let range): try fill(range, retaining: scanner.retained)
      case .tag(let tag): try take(tag)
      case .header, .tagEnd, .skipped:
        batch.append(step)
        try deliverIfFull()
      case .end: return batch.append(step)
      }
    }
  }

  private mutating func take(_ tag: FLVTag) throws {
    let prefix = tag.body.prefix(scanner.bodyPrefix)
    let isNeededWhole = input.withBytes(of: prefix) { tag.needsWholeBody(prefix: $0) }
    if isNeededWhole { try fill(tag.body, retaining: min(scanner.retained, tag.offset)) }
    let input = input
    input.withBytes(of: isNeededWhole ? tag.body : prefix) { batch.append(tag, body: $0) }
    try deliverIfFull()
  }

  private mutating func deliverIfFull() throws {
    guard batch.isFull else { return }
    // Short inputs are through before a thread has started.
    if worker == nil, !input.isLive {
      worker = try SerialWorker(capacity: 4) { [desk] batch in try desk.analysis.take(batch) }
    }
    try deliver()
  }

  private mutating func fill(_ range: Range<Int>, retaining retained: Int) throws {
    if input.isLive, !input.covers(range) { try deliver() }
    try input.fill(range, retaining: retained)
  }

  private mutating func deliver() throws {
    guard !batch.isEmpty else { return }
    let full = batch
    batch = FLVTagBatch()
    if let worker { try worker.put(full) } else { try desk.analysis.take(full) }
  }

  /// Where the analysis lies: it belongs to the worker's thread while there is one.
  private final class Desk: @unchecked Sendable {
    var analysis: FLVTagAnalysis
    init(_ analysis: FLVTagAnalysis) { self.analysis = analysis }
  }
}

/// What a scanner found, with as much of the bodies as somebody wants to see.
///
/// It outlives the window it was found in, so that another thread can look at it.
struct FLVTagBatch: Sendable {
  private static let stepCount = 512
  private static let byteCount = 256 * 1024

  struct Entry: Sendable {
    var step: FLVScanner.Step
    /// Where the bytes of a tag's body lie among those of the batch.
    var body = 0..<0
  }

  private(set) var entries: [Entry] = []
  private(set) var bytes: [UInt8] = []

  var isEmpty: Bool { entries.isEmpty }
  var isFull: Bool { entries.count >= Self.stepCount || bytes.count >= Self.byteCount }

  mutating func append(_ step: FLVScanner.Step) {
    if entries.isEmpty { entries.reserveCapacity(Self.stepCount + 8) }
    entries.append(Entry(step: step))
  }

  mutating func append(_ tag: FLVTag, body: RawSpan) {
    let start = bytes.count
    unsafe body.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    append(.tag(tag))
    entries[entries.count - 1].body = start..<bytes.count
  }
}
