internal import MediaJSON
internal import MediaModel

/// How findings are printed, in every command.
enum FindingReport {
  static let report = Report<Finding>([
    .string("code", "Stable code of the rule") { $0.code.code },
    .string("level", "fatal, error, warning or info") { $0.severity.rawValue },
    .string("title", "The rule in a few words") { $0.code.title },
    .string("message", "What was seen") { $0.message },
    .integer("offset", "Byte offset in the input") { $0.offset },
    .real("time", "Media time in seconds") { $0.time },
    .integer("stream", "The track, by its index in streams", when: { $0.stream != nil }) {
      $0.stream ?? 0
    },
    .string("reference", "The clause it rests on") { $0.clause },
  ])

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
