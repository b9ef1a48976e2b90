internal import Glibc
internal import MediaFLV
internal import MediaIO
internal import MediaJSON
internal import MediaModel

/// Prints a repair's changes as they are made, and the rest at the end.
final class FLVRepairPrinter {
  private static let drainAt = 60_000

  private let isJSON: Bool
  private let output: any ByteOutput
  private var writer = JSONWriter(style: .pretty)
  /// Changes of one kind and reason that came one after the other, in text.
  private var runs: [FLVRepairChange.Kind: Run] = [:]
  private var hasBegun = false

  private struct Run {
    var first: FLVRepairChange
    var last: FLVRepairChange
    var count = 1
  }

  init(isJSON: Bool, output: any ByteOutput) {
    self.isJSON = isJSON
    self.output = output
  }

  func begin(_ result: FLVRepairResult) throws {
    hasBegun = true
    guard isJSON else { return }
    writer.begin(FLVRepairReport.document, of: result, upTo: "changes")
  }

  func change(_ change: FLVRepairChange) throws {
    guard isJSON else {
      if var run = runs[change.kind], run.last.reason == change.reason,
        run.last.file == change.file
      {
        run.last = change
        run.count += 1
        runs[change.kind] = run
      } else {
        try end(runs[change.kind])
        runs[change.kind] = Run(first: change, last: change)
      }
      return
    }
    FLVRepairReport.change.write(change, into: &writer)
    if writer.byteCount > Self.drainAt { try writing { try writer.drain(to: output) } }
  }

  func finish(_ result: FLVRepairResult) throws {
    if isJSON {
      if !hasBegun { try begin(result) }
      writer.end(FLVRepairReport.document, of: result, behind: "changes")
      try writing { try writer.drain(to: output) }
    } else if result.failure == nil {
      let left = runs.values.sorted {
        ($0.first.file, $0.first.input.lowerBound) < ($1.first.file, $1.first.input.lowerBound)
      }
      for run in left { try end(run) }
      runs = [:]
      try writing { try output.write(Self.summary(result)) }
    }
    try writing { try output.flush() }
  }

  /// A failure to write is told as such; a reader who has gone is told by the failure itself.
  private func writing(_ body: () throws -> Void) throws {
    do {
      try body()
    } catch let error as IOFailure where error.code != EPIPE {
      throw Failure.output(error)
    }
  }

  // MARK: Text

  private func end(_ run: Run?) throws {
    guard let run else { return }
    let (first, last) = (run.first, run.last)
    var line = first.kind.rawValue + "  at \(first.input.lowerBound)"
    if run.count > 1 { line += " to \(last.input.lowerBound), \(run.count) times" }
    if first.input.count != first.output.count, run.count == 1 {
      line += "  \(first.input.count) bytes -> \(first.output.count)"
    }
    if first.old != nil || first.new != nil {
      line += "  " + Self.values(first)
      if run.count > 1 { line += " to " + Self.values(last) }
    }
    let text = Quantity.printable(line + "  (\(first.reason))") + "\n"
    try writing { try output.write(text) }
  }

  private static func values(_ change: FLVRepairChange) -> String {
    (change.old.map { "\($0)" } ?? "none") + " -> " + (change.new.map { "\($0)" } ?? "none")
  }

  private static func summary(_ result: FLVRepairResult) -> String {
    var text = ""
    for finding in result.findings {
      text += Quantity.printable(FindingReport.line(finding)) + "\n"
    }
    for file in result.outputs {
      let content = file.planned.content
      let duration = content.duration.map { ", \(Quantity.seconds($0))" } ?? ""
      let tags = content.totals.audio.tags + content.totals.video.tags
      text +=
        Quantity.printable(file.path) + ": \(file.planned.byteCount) bytes, \(tags) media tags"
        + duration + "\n"
    }
    let totals = result.totals
    text +=
      "\(totals.tagsKept) tags kept, \(totals.tagsDropped) dropped, "
      + "\(totals.tagsInserted) inserted; \(totals.bytesDropped) bytes dropped; "
      + "\(totals.changes[.timestamp] ?? 0) timestamps changed\n"
    if let verification = result.verification {
      text +=
        "verified: \(verification.compared) tags and \(verification.bytesCompared) bytes compared, "
        + "\(verification.different) tags differ, "
        + "\(verification.unreported) differences not listed\n"
    }
    return text
  }
}
