internal import MediaBytes
internal import MediaFLV
internal import MediaIO

/// One reading of a repair's input from end to end.
struct FLVRepairPass {
  let file: ReadableFile
  let limits: FLVLimits
  let options: FLVRepair.Options

  /// Reads, and hands out what there is to do as soon as it is known.
  ///
  /// - Throws: `ParseError` where the input is no FLV, what reading throws, and what `take` throws.
  func run(
    plan: FLVRepairPlan? = nil, _ take: (FLVRepairOutput) throws -> Void = { _ in }
  ) throws -> FLVRepair {
    let input = FLVInput(file)
    var scanner = FLVScanner(limits: limits)
    var inspector = FLVInspector()
    var repair = FLVRepair(options, plan: plan)
    while true {
      let step = try input.withWindow { try scanner.step($0, at: $1, end: input.end) }
      var isEnded = false
      switch step {
      case .needs(let range): try input.fill(range, retaining: scanner.retained)
      case .header(let header, let offset): repair.header(header, at: offset)
      case .tag(let tag):
        let record = try Self.inspected(tag, input, scanner.retained, &inspector)
        let streams = record.mediaKind.map { kind in
          record.parts.compactMap { inspector.streamIndex(kind, trackID: $0.trackID) }
        }
        input.withBytes(of: tag.body) { repair.tag(record, body: $0, streams: streams ?? []) }
      case .tagEnd(let size): repair.previousTagSize(size)
      case .skipped(let skip): repair.skipped(skip)
      case .end(let how):
        if scanner.tagCount == 0, how.isDamage { throw Failure(.dataError, FLVDumpRun.noTags) }
        repair.finish(how)
        isEnded = true
      }
      if case .needs = step { continue }
      for output in repair.takeOutputs() { try take(output) }
      if isEnded { return repair }
      if let signal = Signals.received { throw Failure(.signal(signal), "interrupted") }
    }
  }

  private static func inspected(
    _ tag: FLVTag, _ input: FLVInput, _ retained: Int, _ inspector: inout FLVInspector
  ) throws -> FLVTagRecord {
    for _ in 0..<2 {
      let record = input.withBytes(of: tag.body) { inspector.inspect(tag, body: $0) }
      if let record { return record }
      try input.fill(tag.body, retaining: min(retained, tag.offset))
    }
    throw FLVRepairRun.changedMeanwhile
  }
}

/// The tags of a file one after the other, for comparing.
final class FLVTagCursor {
  private let input: FLVInput
  private var scanner: FLVScanner
  /// The next tag; nil at the end.
  private(set) var tag: FLVTag?

  init(_ file: ReadableFile, limits: FLVLimits) throws {
    input = FLVInput(file)
    scanner = FLVScanner(bodyPrefix: 0, limits: limits)
    try advance()
  }

  func advance() throws {
    while true {
      switch try input.withWindow({ try scanner.step($0, at: $1, end: input.end) }) {
      case .needs(let range): try input.fill(range, retaining: scanner.retained)
      case .tag(let next):
        tag = next
        return
      case .end:
        tag = nil
        return
      case .header, .tagEnd, .skipped: break
      }
    }
  }
}
