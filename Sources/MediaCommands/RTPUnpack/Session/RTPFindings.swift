internal import MediaJSON
internal import MediaModel

/// A finding, and the packet it is about.
struct RTPFinding: Hashable, Sendable {
  var finding: Finding
  /// Wireshark's number.
  var packet: Int?
}

/// Gathers findings; of each rule and source the first few whole, then only their number.
struct RTPFindings {
  private struct Key: Hashable {
    var code: FindingCode
    var source: Int?
  }
  private let keptOfEach: Int
  private var kept: [(source: Int?, finding: RTPFinding)] = []
  private var numbers: [Key: Int] = [:]

  init(keptOfEach: Int = 1000) { self.keptOfEach = keptOfEach }

  /// Adds what was noticed; `source` is the number of the source it is about.
  mutating func add(
    _ code: FindingCode, _ message: @autoclosure () -> String, packet: Int? = nil,
    time: Double? = nil, offset: Int? = nil, source: Int? = nil, clause: String? = nil
  ) {
    let number = numbers[Key(code: code, source: source), default: 0] + 1
    numbers[Key(code: code, source: source)] = number
    guard number <= keptOfEach else { return }
    let finding = Finding(code, message(), offset: offset, time: time, clause: clause)
    kept.append((source, RTPFinding(finding: finding, packet: packet)))
  }

  /// Forgets what was said of a source.
  mutating func forget(source: Int) {
    kept.removeAll { $0.source == source }
    numbers = numbers.filter { $0.key.source != source }
  }

  /// Forgets what payload formats remarked on a source: area 31.
  mutating func forgetPayload(source: Int) {
    let isRemark = { (code: FindingCode) in code.code.dropFirst().hasPrefix("31") }
    kept.removeAll { $0.source == source && isRemark($0.finding.finding.code) }
    numbers = numbers.filter { !($0.key.source == source && isRemark($0.key.code)) }
  }

  /// All findings in the order of their packets, those of sources that are no streams left out.
  func all(stream: (Int) -> Int?) -> [RTPFinding] {
    var all: [RTPFinding] = []
    for (source, finding) in kept {
      var finding = finding
      if let source {
        guard let index = stream(source) else { continue }
        finding.finding.stream = index
      }
      all.append(finding)
    }
    for (key, number) in numbers where number > keptOfEach {
      let index = key.source.flatMap(stream)
      if key.source != nil, index == nil { continue }
      let message = "\(number - keptOfEach) more like it, \(number) in all"
      all.append(RTPFinding(finding: Finding(key.code, message, stream: index), packet: nil))
    }
    return all.enumerated().sorted { a, b in
      (a.element.packet ?? .max, a.offset) < (b.element.packet ?? .max, b.offset)
    }.map(\.element)
  }

  /// How many there are of each level.
  func counts(stream: (Int) -> Int?) -> [Severity: Int] {
    var counts: [Severity: Int] = [:]
    for (key, number) in numbers where key.source.map({ stream($0) != nil }) ?? true {
      counts[key.code.severity, default: 0] += number
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

  /// One line for a person: `E30010  #0 packet 17  at 0.040 s  2 packets are missing  (RFC ...)`.
  static func line(_ finding: RTPFinding) -> String {
    let inner = finding.finding
    return FindingReport.line(
      inner,
      [
        inner.stream.map { "#\($0)" }, finding.packet.map { "packet \($0)" },
        inner.offset.map { "at byte \($0)" }, inner.time.map { "at \(Quantity.seconds($0))" },
      ])
  }
}
