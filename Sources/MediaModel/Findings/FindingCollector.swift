/// Gathers findings; of each rule and track the first few whole, then only their number.
public struct FindingCollector: Sendable {
  private struct Key: Hashable, Sendable {
    var code: FindingCode
    var stream: Int?
  }
  private let keptOfEach: Int
  /// Those kept so far.
  public private(set) var findings: [Finding] = []
  private var counts: [Key: Int] = [:]

  /// Keeps so many findings of each rule and track, and counts the rest.
  public init(keptOfEach: Int = 10) {
    self.keptOfEach = keptOfEach
  }

  /// Keeps a finding, or counts it.
  public mutating func add(_ finding: Finding) {
    let key = Key(code: finding.code, stream: finding.stream)
    let count = counts[key, default: 0] + 1
    counts[key] = count
    if count <= keptOfEach { findings.append(finding) }
  }

  /// All findings, with one line for those left out of each rule and track.
  public func all() -> [Finding] {
    findings
      + counts.filter { $0.value > keptOfEach }.map { key, count in
        Finding(
          key.code, "\(count - keptOfEach) more like it, \(count) in all", stream: key.stream)
      }.sorted { ($0.stream ?? -1, $0.code.code) < ($1.stream ?? -1, $1.code.code) }
  }
}
