internal import MediaFLV
internal import MediaModel

/// `--summary` for a person: totals, tracks and findings.
enum FLVDumpSummary {
  private static let findingsShown = 20

  static func text(_ result: FLVDumpResult) -> String {
    var lines = [head(result)]
    if let header = result.header {
      let totals = result.facts.totals
      lines.append("  " + tags(totals, header))
      if let skew = totals.largestSkew {
        let seconds = Quantity.decimal(milliseconds: skew.milliseconds)
        lines.append("  largest A/V skew \(seconds) s at byte \(skew.offset)")
      }
      if let metadata = result.facts.metadata {
        let count = metadata.source.unwrapped.properties?.count ?? 0
        let entries = "\(count) \(count == 1 ? "entry" : "entries")"
        lines.append("  onMetaData at byte \(metadata.offset), \(entries)")
      }
      if totals.skippedBytes > 0 {
        lines.append("  \(Quantity.counted(totals.skippedBytes, "byte")) skipped as damage")
      }
    }
    lines += result.facts.streams.flatMap { FLVStreamLine($0).lines }
    lines += findings(result)
    return lines.map { Quantity.printable($0) + "\n" }.joined()
  }

  private static func head(_ result: FLVDumpResult) -> String {
    guard result.header != nil else {
      let isRead = result.failure.map { $0.exit == .dataError } ?? true
      return "\(result.input): \(isRead ? "not FLV" : "nothing read")"
    }
    var parts = ["FLV"]
    if let duration = result.duration { parts.append(Quantity.time(duration)) }
    if let size = result.byteCount { parts.append(Quantity.bytes(Int64(size))) }
    if let rate = result.bitRate { parts.append(Quantity.bitRate(rate)) }
    return "\(result.input): " + parts.joined(separator: ", ")
  }

  private static func tags(_ totals: FLVTotals, _ header: FLVHeader) -> String {
    let kinds: [(String, FLVTotals.Count)] = [
      ("video", totals.video), ("audio", totals.audio), ("script", totals.script),
      ("unknown", totals.other),
    ]
    let parts = kinds.filter { $0.1.tags > 0 }.map { name, count in
      let first = count.firstTimestamp.map { ", from \(Quantity.decimal(milliseconds: $0))" } ?? ""
      return "\(count.tags) \(name) (\(Quantity.bytes(Int64(count.bytes)))\(first))"
    }
    return Quantity.counted(totals.tags, "tag")
      + (parts.isEmpty ? "" : ": ") + parts.joined(separator: ", ")
  }

  /// The last line of `--check`.
  static func verdict(_ result: FLVDumpResult) -> String {
    let tags = Quantity.counted(result.facts.totals.tags, "tag")
    return "\(result.input): \(counts(result) ?? "no findings") in \(tags)\n"
  }

  private static func counts(_ result: FLVDumpResult) -> String? {
    let counts = Severity.allCases.reversed().compactMap { level in
      result.counts[level].map { count in
        level == .error || level == .warning
          ? Quantity.counted(count, level.rawValue) : "\(count) \(level.rawValue)"
      }
    }
    return counts.isEmpty ? nil : counts.joined(separator: ", ")
  }

  private static func findings(_ result: FLVDumpResult) -> [String] {
    guard let counts = counts(result) else { return ["  no findings"] }
    let shown = result.findings.prefix(findingsShown).map { "    " + FindingReport.line($0) }
    let rest = result.findings.count - shown.count
    return ["  findings: " + counts] + shown
      + (rest > 0 ? ["    and \(rest) more, all in --json"] : [])
  }
}
