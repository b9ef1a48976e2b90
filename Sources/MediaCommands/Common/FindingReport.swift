internal import MediaJSON
internal import MediaModel

/// How findings are printed, in every command.
enum FindingReport {
  static let report = Report(fields { (finding: Finding) in finding })

  /// The fields for what holds a finding; `place` tells where it is in its own way.
  static func fields<Subject>(
    time: String = "Media time in seconds", place: ReportField<Subject>? = nil,
    of finding: @escaping @Sendable (Subject) -> Finding
  ) -> [ReportField<Subject>] {
    let what: [ReportField<Subject>] = [
      .string("code", "Stable code of the rule") { finding($0).code.code },
      .string("level", "fatal, error, warning or info") { finding($0).severity.rawValue },
      .string("title", "The rule in a few words") { finding($0).code.title },
      .string("message", "What was seen") { finding($0).message },
    ]
    return what + (place.map { [$0] } ?? []) + [
      .integer("offset", "Byte offset in the input") { finding($0).offset },
      .real("time", time) { finding($0).time },
      .integer(
        "stream", "The track, by its index in streams", when: { finding($0).stream != nil }
      ) { finding($0).stream ?? 0 },
      .string("reference", "The clause it rests on") { finding($0).clause },
    ]
  }

  /// The end of a report for a person.
  static func lines(_ findings: [Finding]) -> [String] {
    findings.isEmpty ? ["  no findings"] : ["  findings"] + findings.map { "    " + line($0) }
  }

  /// One line for a person: `E10210  at 1432  PreviousTagSize is ...  (FLV 10.1 E.3)`.
  static func line(_ finding: Finding) -> String {
    line(
      finding,
      [
        finding.stream.map { "#\($0)" }, finding.offset.map { "at \($0)" },
        finding.time.map { "at \(Quantity.seconds($0))" },
      ])
  }

  /// The same with the words for its place that there are.
  static func line(_ finding: Finding, _ words: [String?]) -> String {
    let place = words.compactMap(\.self)
    var line = finding.code.code + "  "
    if !place.isEmpty { line += place.joined(separator: " ") + "  " }
    line += finding.message
    if let clause = finding.clause { line += "  (\(clause))" }
    return line
  }
}
