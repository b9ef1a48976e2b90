internal import MediaCLI

/// How a command prints what it found.
enum ResultFormat {
  case text, json, jsonl

  /// The one that a command line asks for.
  init(_ arguments: ParsedArguments) throws(UsageError) {
    switch (arguments[CommonOptions.json], arguments[CommonOptions.jsonl]) {
    case (true, true): throw UsageError("--json and --jsonl exclude each other")
    case (true, false): self = .json
    case (false, true): self = .jsonl
    case (false, false): self = .text
    }
  }
}
