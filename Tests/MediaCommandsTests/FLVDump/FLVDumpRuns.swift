import Foundation
import TestSupport
import Testing

/// Runs `mediatool flv-dump` with these arguments.
func flvDump(_ arguments: String..., input: StandardInput = .empty) throws -> Outcome {
  try Mediatool.run(["flv-dump"] + arguments, input: input)
}

/// The document of `mediatool flv-dump --json` with these arguments.
func flvDocument(
  _ arguments: String..., input: StandardInput = .empty, exit: Int32 = 0
) throws -> JSONText {
  let outcome = try Mediatool.run(["flv-dump", "--json"] + arguments, input: input)
  try #require(outcome.ending == .exit(exit), "\(outcome)")
  return try JSONText(outcome.stdout)
}

/// The tags of `mediatool flv-dump --jsonl`, whatever it ended with.
func flvTags(_ arguments: String..., input: StandardInput = .empty) throws -> [JSONText] {
  let outcome = try Mediatool.run(["flv-dump", "--jsonl"] + arguments, input: input)
  return try outcome.stdout.split(separator: UInt8(ascii: "\n")).map { try JSONText(Array($0)) }
}

/// The bytes of a file.
func bytes(of path: String) throws -> [UInt8] {
  [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
}

extension JSONText {
  /// Findings about the tag's frame itself, not about the file around it.
  var frameFindings: [JSONText] {
    list("findings").filter { $0["code"]?.string?.dropFirst().hasPrefix("2") == true }
  }
}
