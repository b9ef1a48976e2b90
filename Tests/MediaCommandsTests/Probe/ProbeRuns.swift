import Synchronization
import TestSupport
import Testing

/// Runs `mediatool probe` with these arguments.
func probe(_ arguments: String..., input: StandardInput = .empty) throws -> Outcome {
  try Mediatool.run(["probe"] + arguments, input: input)
}

/// The document of `mediatool probe --json` with these arguments; the run must end with 0.
func document(_ arguments: String..., input: StandardInput = .empty) throws -> JSONText {
  let outcome = try Mediatool.run(["probe", "--json"] + arguments, input: input)
  try #require(outcome.ending == .exit(0), "\(outcome)")
  return try JSONText(outcome.stdout)
}

/// The tool's answer about a clip, kept for all tests that ask the same: several look at one
/// document from different sides.
func outcome(of recipe: Recipe, _ arguments: String...) throws -> Outcome {
  let words = ["probe"] + arguments + [try Clips.path(recipe)]
  let key = words.joined(separator: "\u{0}")
  if let known = outcomes.withLock({ $0[key] }) { return known }
  let outcome = try Mediatool.run(words)
  outcomes.withLock { $0[key] = outcome }
  return outcome
}

private let outcomes = Mutex<[String: Outcome]>([:])

/// All that can be asked at once, in one document.
func wholeOutcome(of recipe: Recipe) throws -> Outcome {
  try outcome(
    of: recipe, "--json", "--packets", "--frames", "--chapters", "--programs", "--count", "--gop",
    "--hash", "md5", "--check", "--fail-on", "fatal")
}

/// The plain document with chapters and measures; the run must end with 0 and say nothing else.
func measuredDocument(of recipe: Recipe) throws -> JSONText {
  let outcome = try outcome(of: recipe, "--json", "--chapters", "--count")
  try #require(outcome.ending == .exit(0) && outcome.stderr.isEmpty, "\(outcome)")
  return try JSONText(outcome.stdout)
}

/// ffprobe's JSON of these arguments.
func ffprobe(_ arguments: String...) throws -> JSONText {
  let outcome = try ProcessRunner.run("ffprobe", ["-v", "error", "-of", "json"] + arguments)
  try #require(outcome.ending == .exit(0), "\(outcome)")
  return try JSONText(outcome.stdout)
}

extension JSONText {
  /// `streams`, `findings` and the like; empty where the member is missing.
  func list(_ name: String) -> [JSONText] { self[name]?.items ?? [] }

  /// The same without these members, at any depth.
  func without(_ names: Set<String>) -> JSONText {
    switch self {
    case .object(let members):
      .object(
        members.filter { !names.contains($0.name) }.map {
          .init(name: $0.name, value: $0.value.without(names))
        })
    case .array(let items): .array(items.map { $0.without(names) })
    case .null, .bool, .number, .string: self
    }
  }

  /// Codes of its findings.
  var codes: [String] { list("findings").compactMap { $0["code"]?.string } }
}

/// `e` is within `tolerance` of this number.
func close(_ a: Double?, _ b: Double?, within tolerance: Double = 1e-6) -> Bool {
  guard let a, let b else { return a == nil && b == nil }
  return abs(a - b) <= tolerance * max(1, abs(a), abs(b))
}

extension Outcome {
  /// A failure's contract: nothing on standard output, one line of ours on standard error, and
  /// none of FFmpeg's own words.
  func isOneClearLine(_ exit: Int32, mentions words: [String] = []) -> Comment? {
    var faults: [String] = []
    if ending != .exit(exit) { faults.append("expected exit \(exit)") }
    if !stdout.isEmpty { faults.append("standard output is not empty") }
    if errorLines.count != 1 { faults.append("\(errorLines.count) lines on standard error") }
    if !errors.hasPrefix("mediatool probe: ") { faults.append("does not name the command") }
    if errors.contains(/@ 0x|\[[a-z0-9,_]+ @|Swift\/|Fatal error|Optional\(/) {
      faults.append("raw noise")
    }
    for word in words where !errors.lowercased().contains(word.lowercased()) {
      faults.append("does not say ‘\(word)’")
    }
    return faults.isEmpty ? nil : "\(faults.joined(separator: "; "))\n\(self)"
  }
}
