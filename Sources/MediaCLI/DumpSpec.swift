import MediaJSON

extension ToolSpec {
  /// The whole description as one JSON document, for other tools; ends with a newline.
  public func dumpSpec() -> String {
    let document: JSONValue = [
      "schema": "mediatool.spec/1",
      "name": .string(name),
      "version": .string(version),
      "abstract": .string(abstract),
      "discussion": strings(discussion),
      "commands": .array(commands.map(\.json)),
      "options": .array(Self.globalOptions.options.map(\.spec.json)),
      "environment": .array(
        environment.map { ["name": .string($0.name), "help": .string($0.help)] }),
      "exits": .array(exits.map(\.json)),
      "examples": .array(examples.map(\.json)),
      "see_also": strings(seeAlso),
    ]
    return document.text(style: .pretty) + "\n"
  }
}

extension CommandSpec {
  fileprivate var json: JSONValue {
    [
      "name": .string(name),
      "abstract": .string(abstract),
      "hidden": .bool(hidden),
      "discussion": strings(discussion),
      "operands": .array(operands.map(\.json)),
      "groups": .array(
        groups.map {
          ["title": .string($0.title), "options": .array($0.options.map(\.spec.json))]
        }),
      "exits": .array(exits.map(\.json)),
      "examples": .array(examples.map(\.json)),
      "see_also": strings(seeAlso),
    ]
  }
}

extension OperandSpec {
  fileprivate var json: JSONValue {
    [
      "name": .string(name),
      "help": .string(help),
      "minimum": .integer(Int64(minimum)),
      "maximum": maximum.map { .integer(Int64($0)) } ?? .null,
      "completion": completion.json,
    ]
  }
}

extension OptionSpec {
  fileprivate var json: JSONValue {
    let kind =
      switch self.kind {
      case .flag: "flag"
      case .count: "count"
      case .value: "value"
      }
    return [
      "name": .string(name),
      "words": strings(words),
      "negated_word": string(negatedWord),
      "kind": .string(kind),
      "value": string(placeholder),
      "help": .string(help),
      "default": string(defaultText),
      "alone": string(bareText),
      "repeatable": .bool(repeatable),
      "hidden": .bool(hidden),
      "completion": completion.json,
    ]
  }
}

extension Completion {
  fileprivate var json: JSONValue {
    switch self {
    case .none: ["kind": "none"]
    case .file(let extensions): ["kind": "file", "extensions": strings(extensions)]
    case .directory: ["kind": "directory"]
    case .choices(let words): ["kind": "choices", "words": strings(words)]
    case .host: ["kind": "host"]
    case .url: ["kind": "url"]
    }
  }
}

extension ExitStatus {
  fileprivate var json: JSONValue {
    ["code": .integer(Int64(code)), "meaning": .string(meaning)]
  }
}

extension Example {
  fileprivate var json: JSONValue {
    ["caption": .string(caption), "command": .string(command)]
  }
}

private func strings(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }

private func string(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
