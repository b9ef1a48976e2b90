internal import MediaJSON
internal import MediaModel

/// A finding, and the packet it is about.
struct RTPFinding: Hashable, Sendable {
  var finding: Finding
  /// Wireshark's number.
  var packet: Int?
  /// How many like it it stands for.
  var count = 1
}

/// Gathers findings; of each rule and source the first few whole, then only their number.
struct RTPFindings {
  /// What is about one source, or about none.
  private struct Subject {
    /// Each with its place among all that were added.
    var kept: [(place: Int, finding: RTPFinding)] = []
    var numbers: [FindingCode: Int] = [:]
  }
  private let keptOfEach: Int
  private var subjects: [Int?: Subject] = [:]
  private var count = 0

  init(keptOfEach: Int = 1000) { self.keptOfEach = keptOfEach }

  /// Adds what was noticed; `source` is the number of the source it is about.
  mutating func add(
    _ code: FindingCode, _ message: @autoclosure () -> String, packet: Int? = nil,
    time: Double? = nil, offset: Int? = nil, source: Int? = nil, clause: String? = nil
  ) {
    subjects[source, default: Subject()].numbers[code, default: 0] += 1
    guard let number = subjects[source]?.numbers[code], number <= keptOfEach else { return }
    let finding = Finding(code, message(), offset: offset, time: time, clause: clause)
    subjects[source]?.kept.append((count, RTPFinding(finding: finding, packet: packet)))
    count += 1
  }

  /// Forgets what was said of a source.
  mutating func forget(source: Int) { subjects[source] = nil }

  /// Forgets what payload formats remarked on a source: area 31.
  mutating func forgetPayload(source: Int) {
    let isRemark = { (code: FindingCode) in code.code.dropFirst().hasPrefix("31") }
    guard var subject = subjects.removeValue(forKey: source) else { return }
    subject.kept.removeAll { isRemark($0.finding.finding.code) }
    subject.numbers = subject.numbers.filter { !isRemark($0.key) }
    subjects[source] = subject
  }

  /// All findings in the order of their packets, those of sources that are no streams left out.
  func all(stream: (Int) -> Int?) -> [RTPFinding] {
    var all: [(place: Int, finding: RTPFinding)] = []
    for (source, subject) in subjects {
      let index = source.flatMap(stream)
      guard source == nil || index != nil else { continue }
      for (place, finding) in subject.kept {
        var finding = finding
        finding.finding.stream = index
        all.append((place, finding))
      }
      for (code, number) in subject.numbers where number > keptOfEach {
        let message = "\(number - keptOfEach) more like it, \(number) in all"
        let finding = RTPFinding(
          finding: Finding(code, message, stream: index), packet: nil, count: number - keptOfEach)
        all.append((.max, finding))
      }
    }
    return all.sorted { a, b in
      let (first, second) = (a.finding, b.finding)
      return (first.packet ?? .max, a.place, first.finding.code.code, first.finding.stream ?? -1)
        < (second.packet ?? .max, b.place, second.finding.code.code, second.finding.stream ?? -1)
    }.map(\.finding)
  }

  /// How many there were of each level.
  func counts(stream: (Int) -> Int?) -> [Severity: Int] {
    var counts: [Severity: Int] = [:]
    for (source, subject) in subjects where source.map({ stream($0) != nil }) ?? true {
      for (code, number) in subject.numbers { counts[code.severity, default: 0] += number }
    }
    return counts
  }
}

/// A finding as it is printed.
enum RTPFindingReport {
  static let report = Report<RTPFinding>(
    FindingReport.fields(
      time: "Seconds since the first packet",
      place: .integer("packet", "The packet's number, as Wireshark counts") { $0.packet },
      of: { $0.finding }))

  /// One line for a person: `E30010  #0 packet 17 at 0.040 s  packets lost: 2 of 300  (RFC ...)`.
  static func line(_ finding: RTPFinding) -> String {
    var inner = finding.finding
    inner.message = "\(inner.code.title): \(inner.message)"
    return FindingReport.line(
      inner,
      [
        inner.stream.map { "#\($0)" }, finding.packet.map { "packet \($0)" },
        inner.offset.map { "at byte \($0)" }, inner.time.map { "at \(Quantity.seconds($0))" },
      ])
  }

  /// Of each rule and stream the first few, then how many more there are.
  static func lines(_ findings: [RTPFinding]) -> [String] {
    struct Key: Hashable {
      var code: FindingCode
      var stream: Int?
    }
    let limit = 5
    var totals: [Key: Int] = [:]
    var seen: [Key: Int] = [:]
    let keyed = findings.map { (Key(code: $0.finding.code, stream: $0.finding.stream), $0) }
    for (key, finding) in keyed { totals[key, default: 0] += finding.count }
    var lines: [String] = []
    for (key, finding) in keyed {
      let (number, total) = (seen[key, default: 0] + 1, totals[key, default: 0])
      seen[key] = number
      // Instead of saying that there is one more, that one is told.
      if number <= limit || total == limit + 1 {
        lines.append(line(finding))
      } else if number == limit + 1 {
        let stream = key.stream.map { "#\($0)  " } ?? ""
        lines.append("\(key.code)  \(stream)and \(total - limit) more; --json lists them")
      }
    }
    return lines
  }
}
